import type { SelectProps } from '@mantine/core';
import { Select } from '@mantine/core';

export interface FilterChoiceProps<Value extends string> extends Omit<SelectProps, 'data' | 'value' | 'onChange'> {
  readonly choices: readonly { readonly value: Value; readonly label: string }[];
  /** Undefined for any. */
  readonly value: Value | undefined;
  readonly onChange: (value: Value | undefined) => void;
}

/** A condition that is one of some values, or none. */
export function FilterChoice<Value extends string>({ choices, value, onChange, ...select }: FilterChoiceProps<Value>) {
  return (
    <Select
      size="xs"
      placeholder="Any"
      clearable
      {...select}
      data={[...choices]}
      value={value ?? null}
      onChange={next => onChange(choices.find(choice => choice.value === next)?.value)}
    />
  );
}

/** Choices whose values are their own names. */
export const plainChoices = <Value extends string>(values: readonly Value[]) =>
  values.map(value => ({ value, label: value }));
