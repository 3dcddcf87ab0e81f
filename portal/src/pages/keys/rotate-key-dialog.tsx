import { Button, Group, Select, Stack } from '@mantine/core';
import type { FormEvent } from 'react';
import { useState } from 'react';
import { useAction } from '../../api/queries.ts';
import { Dialog } from '../../components/dialog.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { endOf } from '../perimeter/ends.ts';
import { KeySecret } from './key-secret.tsx';
import { keyLives } from './new-key-dialog.tsx';

const overlaps = [
  { value: '0', label: 'At once' },
  { value: '3600000', label: 'After an hour' },
  { value: '86400000', label: 'After a day' },
  { value: '604800000', label: 'After a week' },
];

/** Gives a key a successor with the same scopes. */
export function RotateKeyDialog({ id, name, onClose }: { id: string; name: string; onClose: () => void }) {
  const [overlap, setOverlap] = useState('86400000');
  const [life, setLife] = useState('90d');
  const rotate = useAction('keys.rotate', { refreshes: ['keys.list'] });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const now = Date.now();
    rotate.mutate({ params: { id }, body: { overlapMs: Number(overlap), expiresAt: endOf(life, now) ?? now } });
  };
  return (
    <Dialog onClose={onClose} title={`Rotate ${name}`} closeOnClickOutside={rotate.data === undefined}>
      {rotate.data === undefined ? (
        <form onSubmit={submit}>
          <Stack gap="md">
            <Select
              label="The old key ends"
              data={overlaps}
              allowDeselect={false}
              value={overlap}
              onChange={value => setOverlap(value ?? overlap)}
            />
            <Select
              label="The new key ends after"
              data={keyLives}
              allowDeselect={false}
              value={life}
              onChange={value => setLife(value ?? life)}
            />
            {rotate.error !== null && <ProblemNotice error={rotate.error} />}
            <Group justify="flex-end" gap="sm">
              <Button variant="default" onClick={onClose}>
                Cancel
              </Button>
              <Button type="submit" loading={rotate.isPending}>
                Rotate
              </Button>
            </Group>
          </Stack>
        </form>
      ) : (
        <KeySecret token={rotate.data.token} onClose={onClose}>
          The successor of <strong>{name}</strong>. Put it in place before the old one ends.
        </KeySecret>
      )}
    </Dialog>
  );
}
