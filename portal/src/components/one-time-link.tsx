import { Button, Group, Stack } from '@mantine/core';
import { CopyText } from './copy-text.tsx';
import { Moment } from './moment.tsx';

/** A link that is shown this once, with what to do with it. */
export function OneTimeLink({
  url,
  expiresAt,
  name,
  onClose,
}: {
  url: string;
  expiresAt: number;
  name: string;
  onClose: () => void;
}) {
  return (
    <Stack gap="md">
      <p>
        Send this link to <strong>{name}</strong> by a way you trust. It works once, until{' '}
        <Moment time={expiresAt} form="log" />, and is not shown again.
      </p>
      <CopyText text={url} label="link" />
      <Group justify="flex-end">
        <Button onClick={onClose}>Done</Button>
      </Group>
    </Stack>
  );
}
