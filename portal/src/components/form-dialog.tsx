import { Button, Group, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { Dialog } from './dialog.tsx';
import type { Sending } from './form.tsx';
import { Form } from './form.tsx';
import { ProblemNotice } from './problem-notice.tsx';

export interface FormDialogProps {
  readonly title: string;
  readonly size?: 'md' | 'lg';
  /** What the button says: the act itself. */
  readonly act: string;
  readonly isDangerous?: boolean;
  /** False while something is missing: the button does not work. */
  readonly isReady?: boolean;
  readonly action: Sending;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  /** What stands in place of the form once it is sent; a press beside the dialog does not lose it. */
  readonly done?: ReactNode;
  /** The form itself is not lost by a press beside the dialog either. */
  readonly isHeld?: boolean;
  readonly children: ReactNode;
}

/** A form in a dialog: its fields, what went wrong, the act and the way out. */
export function FormDialog({ isReady = true, isHeld = false, size = 'md', done, ...props }: FormDialogProps) {
  const { act, action, children, isDangerous, onClose, onSubmit, title } = props;
  return (
    <Dialog onClose={onClose} title={title} size={size} closeOnClickOutside={!isHeld && done === undefined}>
      {done ?? (
        <Form onSubmit={() => isReady && onSubmit()}>
          <Stack gap="md">
            {children}
            <ProblemNotice error={action.error} />
            <Group justify="flex-end" gap="sm">
              <Button variant="default" onClick={onClose}>
                Cancel
              </Button>
              <Button
                type="submit"
                color={isDangerous ? 'rust' : 'verdigris'}
                disabled={!isReady}
                loading={action.isPending}
              >
                {act}
              </Button>
            </Group>
          </Stack>
        </Form>
      )}
    </Dialog>
  );
}
