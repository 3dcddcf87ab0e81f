import { Button, Group, Stack } from '@mantine/core';
import type { ReactNode } from 'react';
import { CopyText } from '../../components/copy-text.tsx';

/** A secret that is shown this once. */
export function KeySecret({ token, children, onClose }: { token: string; children: ReactNode; onClose: () => void }) {
  return (
    <Stack gap="md">
      <div>{children}</div>
      <CopyText text={token} label="secret" />
      <p className="quiet">It is not shown again: only its hash is kept.</p>
      <Group justify="flex-end">
        <Button onClick={onClose}>Done</Button>
      </Group>
    </Stack>
  );
}
