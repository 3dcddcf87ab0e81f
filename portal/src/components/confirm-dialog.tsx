import { TextInput } from '@mantine/core';
import type { ReactNode } from 'react';
import { useState } from 'react';
import type { Sending } from './form.tsx';
import { FormDialog } from './form-dialog.tsx';

export interface ConfirmDialogProps {
  readonly title: string;
  readonly children: ReactNode;
  /** What the button says: the act itself. */
  readonly act: string;
  /** Must be typed before the button works, for what cannot be taken back. */
  readonly typed?: string;
  readonly isDangerous?: boolean;
  readonly action: Sending;
  readonly onConfirm: () => void;
  readonly onClose: () => void;
}

/** Says what will happen and asks once more. */
export function ConfirmDialog({ children, typed, onConfirm, ...dialog }: ConfirmDialogProps) {
  const [text, setText] = useState('');
  return (
    <FormDialog {...dialog} isReady={typed === undefined || text.trim() === typed} onSubmit={onConfirm}>
      <div>{children}</div>
      {typed !== undefined && (
        <TextInput
          label={
            <>
              Type <code>{typed}</code> to go on
            </>
          }
          autoComplete="off"
          spellCheck={false}
          data-autofocus
          value={text}
          onChange={event => setText(event.currentTarget.value)}
        />
      )}
    </FormDialog>
  );
}
