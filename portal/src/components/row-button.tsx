import type { ButtonProps } from '@mantine/core';
import { Button } from '@mantine/core';
import type { ComponentProps } from 'react';

/** What can be done with one row of a table. */
export function RowButton(props: ButtonProps & Omit<ComponentProps<'button'>, keyof ButtonProps>) {
  return <Button size="compact-xs" variant="default" {...props} />;
}
