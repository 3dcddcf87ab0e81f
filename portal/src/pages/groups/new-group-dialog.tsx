import { Button, Group as Row, Select, Stack, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { FormEvent } from 'react';
import { useState } from 'react';
import { fieldError } from '../../api/field-errors.ts';
import { useAction, useApi, useMay } from '../../api/queries.ts';
import { Dialog } from '../../components/dialog.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';

const here = 'here';

/** Makes a group that is kept here, or names one of a provider before anybody brought it, so that it can be granted something. */
export function NewGroupDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const [source, setSource] = useState(here);
  const providers = useApi('providers.list', undefined, { enabled: useMay('settings.manage') });
  const navigate = useNavigate();
  const options = {
    refreshes: ['groups.list'] as const,
    onDone: ({ id }: { readonly id: string }) =>
      void navigate({ to: '/people/groups/$groupId', params: { groupId: id } }),
  };
  const make = useAction('groups.create', options);
  const announce = useAction('groups.announce', options);
  const action = source === here ? make : announce;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (source === here) make.mutate({ body: { name: name.trim() } });
    else announce.mutate({ body: { providerId: source, name: name.trim() } });
  };
  const sources = (providers.data?.providers ?? []).map(({ id, provider }) => ({ value: id, label: provider.name }));
  return (
    <Dialog onClose={onClose} title="New group">
      <form onSubmit={submit}>
        <Stack gap="md">
          {sources.length > 0 && (
            <Select
              label="Kept by"
              description="A provider’s group has the people the provider says, as they sign in"
              data={[{ value: here, label: 'The gate' }, ...sources]}
              allowDeselect={false}
              value={source}
              onChange={value => setSource(value ?? here)}
            />
          )}
          <TextInput
            label="Name"
            description={source === here ? undefined : 'Exactly as the provider calls it'}
            required
            withAsterisk={false}
            maxLength={256}
            data-autofocus
            error={fieldError(action.error, 'name')}
            value={name}
            onChange={event => setName(event.currentTarget.value)}
          />
          {action.error !== null && <ProblemNotice error={action.error} />}
          <Row justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={action.isPending}>
              {source === here ? 'Make the group' : 'Go on'}
            </Button>
          </Row>
        </Stack>
      </form>
    </Dialog>
  );
}
