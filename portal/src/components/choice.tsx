import type { SelectProps } from '@mantine/core';
import { Select } from '@mantine/core';

export interface ChoiceProps<Value extends string> extends Omit<SelectProps, 'data' | 'value' | 'onChange'> {
  readonly choices: readonly { readonly value: Value; readonly label: string }[];
  readonly value: Value;
  readonly onChange: (value: Value) => void;
}

/** One of some values, always one: what is not among them changes nothing. */
export function Choice<Value extends string>({ choices, value, onChange, ...select }: ChoiceProps<Value>) {
  return (
    <Select
      {...select}
      data={[...choices]}
      value={value}
      onChange={next => onChange(choices.find(choice => choice.value === next)?.value ?? value)}
    />
  );
}
