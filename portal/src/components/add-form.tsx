import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import styles from './add-form.module.css';
import type { Sending } from './form.tsx';
import { Form } from './form.tsx';
import { ProblemNotice } from './problem-notice.tsx';

export interface AddFormProps {
  /** What the button says: the act itself. */
  readonly act: string;
  readonly isReady: boolean;
  /** Left out where the act is asked for once more before it is sent. */
  readonly action?: Sending;
  readonly onSubmit: () => void;
  /** The fields; a narrow one says so with `data-narrow`. */
  readonly children: ReactNode;
}

/** One line at the foot of a list that adds to it. */
export function AddForm({ act, isReady, action, onSubmit, children }: AddFormProps) {
  return (
    <Form onSubmit={onSubmit} className={styles.add}>
      {children}
      <Button type="submit" variant="default" disabled={!isReady} loading={action?.isPending ?? false}>
        {act}
      </Button>
      <ProblemNotice error={action?.error ?? null} />
    </Form>
  );
}
