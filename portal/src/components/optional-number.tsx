import type { NumberInputProps } from '@mantine/core';
import { NumberInput } from '@mantine/core';

export interface OptionalNumberProps extends Omit<NumberInputProps, 'value' | 'onChange'> {
  readonly value: number | null;
  readonly onChange: (value: number | null) => void;
}

/** A number, or none while the field is empty. */
export function OptionalNumber({ value, onChange, ...field }: OptionalNumberProps) {
  return (
    <NumberInput
      hideControls
      {...field}
      value={value ?? ''}
      onChange={next => onChange(typeof next === 'number' ? next : null)}
    />
  );
}
