import type { ComponentProps } from 'react';

/** What is being sent: whether an answer is awaited, and what went wrong. */
export interface Sending {
  readonly isPending: boolean;
  readonly error: unknown;
}

/** A form that the page sends itself. */
export function Form({ onSubmit, ...form }: Omit<ComponentProps<'form'>, 'onSubmit'> & { onSubmit: () => void }) {
  return (
    <form
      {...form}
      onSubmit={event => {
        event.preventDefault();
        onSubmit();
      }}
    />
  );
}
