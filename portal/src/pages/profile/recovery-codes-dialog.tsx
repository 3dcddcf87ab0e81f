import { Button, Checkbox, Group, Stack } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy, IconDownload } from '@tabler/icons-react';
import { useState } from 'react';
import { Dialog } from '../../components/dialog.tsx';
import styles from './profile-page.module.css';

/** New recovery codes in a dialog of their own. */
export function RecoveryCodesDialog({ codes, onClose }: { codes: readonly string[]; onClose: () => void }) {
  return (
    <Dialog
      onClose={onClose}
      title="Keep your recovery codes"
      closeOnClickOutside={false}
      withCloseButton={false}
      closeOnEscape={false}
    >
      <RecoveryCodes codes={codes} onClose={onClose} />
    </Dialog>
  );
}

/** The codes, shown this once, with the ways to keep them. */
export function RecoveryCodes({ codes, onClose }: { codes: readonly string[]; onClose: () => void }) {
  const [isKept, setKept] = useState(false);
  const clipboard = useClipboard({ timeout: 2000 });
  return (
    <Stack gap="md">
      <p>Each works once in place of the app. They are shown only now, and older codes are void.</p>
      <ul className={styles.codes} aria-label="Recovery codes">
        {codes.map(code => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <Group gap="sm">
        <Button
          variant="default"
          leftSection={clipboard.copied ? <IconCheck size={16} /> : <IconCopy size={16} />}
          onClick={() => clipboard.copy(codes.join('\n'))}
        >
          {clipboard.copied ? 'Copied' : 'Copy'}
        </Button>
        <Button variant="default" leftSection={<IconDownload size={16} />} onClick={() => download(codes)}>
          Download
        </Button>
      </Group>
      <Checkbox
        label="I keep them where I can find them without this device"
        checked={isKept}
        onChange={event => setKept(event.currentTarget.checked)}
      />
      <Group justify="flex-end">
        <Button disabled={!isKept} onClick={onClose}>
          Done
        </Button>
      </Group>
    </Stack>
  );
}

function download(codes: readonly string[]): void {
  const text = `Sallyport recovery codes for ${window.location.host}\nEach works once.\n\n${codes.join('\n')}\n`;
  const url = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = 'sallyport-recovery-codes.txt';
  link.click();
  URL.revokeObjectURL(url);
}
