import { ActionIcon, Tooltip } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import styles from './copy-text.module.css';

/** A text that is meant to be carried elsewhere, with the button that copies it. */
export function CopyText({ text, label }: { text: string; label: string }) {
  return (
    <div className={styles.copy}>
      <code className={styles.text}>{text}</code>
      <CopyIcon text={text} label={label} />
    </div>
  );
}

/** The button alone; says when it has copied. */
export function CopyIcon({ text, label }: { text: string; label: string }) {
  const clipboard = useClipboard({ timeout: 2000 });
  const said = clipboard.copied ? 'Copied' : `Copy ${label}`;
  return (
    <Tooltip label={said}>
      <ActionIcon variant="subtle" color="gray" aria-label={said} onClick={() => clipboard.copy(text)}>
        {clipboard.copied ? <IconCheck size={16} stroke={1.7} /> : <IconCopy size={16} stroke={1.7} />}
      </ActionIcon>
    </Tooltip>
  );
}
