import type { TextInputProps } from '@mantine/core';
import { TextInput } from '@mantine/core';
import { fieldError } from '../api/field-errors.ts';

export interface NameFieldProps extends Omit<TextInputProps, 'error' | 'value' | 'onChange'> {
  /** What the API said about the whole form. */
  readonly error: unknown;
  readonly value: string;
  readonly onChange: (name: string) => void;
}

/** The name of what is made: the first field of its form. */
export function NameField({ error, onChange, ...field }: NameFieldProps) {
  return (
    <TextInput
      label="Name"
      required
      data-autofocus
      error={fieldError(error, 'name')}
      onChange={event => onChange(event.currentTarget.value)}
      {...field}
    />
  );
}
