import { Button, Group, Stack, TextInput } from '@mantine/core';
import type { FormEvent, ReactNode } from 'react';
import { useState } from 'react';
import { Dialog } from './dialog.tsx';
import { ProblemNotice } from './problem-notice.tsx';

export interface ConfirmDialogProps {
  readonly title: string;
  readonly children: ReactNode;
  /** What the button says: the act itself. */
  readonly act: string;
  /** Must be typed before the button works, for what cannot be taken back. */
  readonly typed?: string;
  readonly isDangerous?: boolean;
  readonly action: { readonly isPending: boolean; readonly error: unknown };
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Says what will happen and asks once more. */
export function ConfirmDialog(props: ConfirmDialogProps) {
  const [text, setText] = useState('');
  const isReady = props.typed === undefined || text.trim() === props.typed;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady) props.onConfirm();
  };
  return (
    <Dialog onClose={props.onClose} title={props.title} size="md">
      <form onSubmit={submit}>
        <Stack gap="md">
          <div>{props.children}</div>
          {props.typed !== undefined && (
            <TextInput
              label={
                <>
                  Type <code>{props.typed}</code> to go on
                </>
              }
              autoComplete="off"
              spellCheck={false}
              data-autofocus
              value={text}
              onChange={event => setText(event.currentTarget.value)}
            />
          )}
          {props.action.error !== null && <ProblemNotice error={props.action.error} />}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={props.onClose}>
              Cancel
            </Button>
            <Button
              type="submit"
              color={props.isDangerous ? 'rust' : 'verdigris'}
              disabled={!isReady}
              loading={props.action.isPending}
            >
              {props.act}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
