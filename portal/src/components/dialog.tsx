import type { ModalProps } from '@mantine/core';
import { Modal } from '@mantine/core';
import { useEffect, useState } from 'react';

/** A dialog that is there while it is mounted; when it goes, the focus is again where it came from. */
export function Dialog(props: Omit<ModalProps, 'opened' | 'stackId'>) {
  const [origin] = useState(() => document.activeElement);
  useEffect(
    () => () => {
      // After the next frame: the element may be disabled until the change that closed the dialog is drawn.
      requestAnimationFrame(() => {
        if (origin instanceof HTMLElement && origin.isConnected && document.activeElement === document.body)
          origin.focus();
      });
    },
    [origin],
  );
  // In the stack Escape always closes what is on top, which must not happen to a dialog that says otherwise.
  const stack = props.closeOnEscape === false ? {} : { stackId: 'page' };
  return <Modal opened {...stack} {...props} />;
}
