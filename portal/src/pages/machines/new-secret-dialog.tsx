import { Button, Group, Select, Stack, TextInput } from '@mantine/core';
import type { FormEvent } from 'react';
import { useState } from 'react';
import { fieldError } from '../../api/field-errors.ts';
import { useAction } from '../../api/queries.ts';
import { Dialog } from '../../components/dialog.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { KeySecret } from '../keys/key-secret.tsx';
import { keyLives } from '../keys/new-key-dialog.tsx';
import { endOf } from '../perimeter/ends.ts';
import type { Machine } from './machines-page.tsx';

/** Makes a client secret for a service account. */
export function NewSecretDialog({ machine, onClose }: { machine: Machine; onClose: () => void }) {
  const [name, setName] = useState('');
  const [life, setLife] = useState('90d');
  const make = useAction('machines.createSecret', { refreshes: ['machines.get', 'machines.list'] });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const now = Date.now();
    make.mutate({ params: { id: machine.id }, body: { name: name.trim(), expiresAt: endOf(life, now) ?? now } });
  };
  if (make.data !== undefined) {
    return (
      <Dialog onClose={onClose} title="Secret made" closeOnClickOutside={false}>
        <KeySecret token={make.data.secret} onClose={onClose}>
          Give it to <strong>{machine.name}</strong> together with its client id.
        </KeySecret>
      </Dialog>
    );
  }
  return (
    <Dialog onClose={onClose} title="New secret">
      <form onSubmit={submit}>
        <Stack gap="md">
          <TextInput
            label="Name"
            description="Where it will be kept"
            required
            withAsterisk={false}
            maxLength={120}
            data-autofocus
            error={fieldError(make.error, 'name')}
            value={name}
            onChange={event => setName(event.currentTarget.value)}
          />
          <Select
            label="Ends after"
            data={keyLives}
            allowDeselect={false}
            value={life}
            onChange={value => setLife(value ?? life)}
          />
          {make.error !== null && <ProblemNotice error={make.error} />}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={make.isPending}>
              Make the secret
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
