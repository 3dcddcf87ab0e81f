import { Button, Group, MultiSelect, Select, Stack, TagsInput, TextInput } from '@mantine/core';
import type { FormEvent } from 'react';
import { useState } from 'react';
import type { OperationInput } from '../../../../src/admin/contract/contract.ts';
import { fieldError } from '../../api/field-errors.ts';
import { useAction, useApi } from '../../api/queries.ts';
import { Dialog } from '../../components/dialog.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { endOf } from '../perimeter/ends.ts';
import { KeySecret } from './key-secret.tsx';
import { PermissionChoice } from './permission-choice.tsx';

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
  const [draft, setDraft] = useState({ name: '', sites: [] as string[], paths: ['/'], life: '90d' });
  const [may, setMay] = useState<string[]>(['workflow.read']);
  const sites = useApi('sites.list');
  const make = useAction('keys.create', { refreshes: ['keys.list', 'me.listNotices'] });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { life, name, paths, sites: wanted } = draft;
    const now = Date.now();
    make.mutate({
      body: {
        name: name.trim(),
        sites: wanted,
        paths: paths.length === 0 ? ['/'] : paths,
        // The choice holds permissions of the contract only.
        permissions: may as Permissions,
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
          <MultiSelect
            label="Good for"
            placeholder={draft.sites.length === 0 ? 'Choose sites' : ''}
            data={sites.data?.sites.map(site => ({ value: site.id, label: site.name })) ?? []}
            error={fieldError(make.error, 'sites')}
            value={draft.sites}
            onChange={chosen => setDraft({ ...draft, sites: chosen })}
          />
          <TagsInput
            label="Paths"
            description="It is good for these and what is below them"
            error={fieldError(make.error, 'paths')}
            value={draft.paths}
            onChange={paths => setDraft({ ...draft, paths })}
          />
          <PermissionChoice value={may} error={fieldError(make.error, 'permissions')} onChange={setMay} />
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
            <Button type="submit" disabled={draft.sites.length === 0 || may.length === 0} loading={make.isPending}>
              Make the key
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
