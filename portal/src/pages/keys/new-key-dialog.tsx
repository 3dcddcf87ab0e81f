import { Button, Group, Select, Stack, TextInput } from '@mantine/core';
import type { FormEvent } from 'react';
import { useState } from 'react';
import type { OperationInput } from '../../../../src/admin/contract/contract.ts';
import { fieldError } from '../../api/field-errors.ts';
import { useAction } from '../../api/queries.ts';
import { Dialog } from '../../components/dialog.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import type { Scope } from '../machines/scope-fields.tsx';
import { ScopeFields } from '../machines/scope-fields.tsx';
import { endOf } from '../perimeter/ends.ts';
import { KeySecret } from './key-secret.tsx';

type Permissions = OperationInput<'keys.create'>['body']['permissions'];

/** How long a key may live; none lives for ever. */
export const keyLives = [
  { value: '30d', label: '30 days' },
  { value: '90d', label: '90 days' },
  { value: '180d', label: '180 days' },
  { value: '365d', label: 'A year' },
];

/** Makes an API key, with as little as the program needs. */
export function NewKeyDialog({ onClose }: { onClose: () => void }) {
  const [draft, setDraft] = useState({ name: '', life: '90d' });
  const [scope, setScope] = useState<Scope>({ sites: [], paths: ['/'], permissions: ['workflow.read'] });
  const make = useAction('keys.create', { refreshes: ['keys.list', 'me.listNotices'] });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { life, name } = draft;
    const { paths, permissions, sites } = scope;
    const now = Date.now();
    make.mutate({
      body: {
        name: name.trim(),
        sites: [...sites],
        paths: paths.length === 0 ? ['/'] : [...paths],
        // The choice holds permissions of the contract only.
        permissions: [...permissions] as Permissions,
        expiresAt: endOf(life, now) ?? now,
      },
    });
  };
  if (make.data !== undefined) {
    return (
      <Dialog onClose={onClose} title="API key made" closeOnClickOutside={false}>
        <KeySecret token={make.data.token} onClose={onClose}>
          Give this key to <strong>{make.data.key.name}</strong>. It is sent as <code>Authorization: Bearer …</code>.
        </KeySecret>
      </Dialog>
    );
  }
  return (
    <Dialog onClose={onClose} title="New API key" size="lg">
      <form onSubmit={submit}>
        <Stack gap="md">
          <TextInput
            label="Name"
            description="What will use it"
            required
            withAsterisk={false}
            maxLength={100}
            data-autofocus
            error={fieldError(make.error, 'name')}
            value={draft.name}
            onChange={event => setDraft({ ...draft, name: event.currentTarget.value })}
          />
          <ScopeFields value={scope} error={make.error} onChange={setScope} />
          <Select
            label="Ends after"
            data={keyLives}
            allowDeselect={false}
            value={draft.life}
            error={fieldError(make.error, 'expiresAt')}
            onChange={life => setDraft({ ...draft, life: life ?? draft.life })}
          />
          {make.error !== null && <ProblemNotice error={make.error} />}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button
              type="submit"
              disabled={scope.sites.length === 0 || scope.permissions.length === 0}
              loading={make.isPending}
            >
              Make the key
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
