import { Select } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useAction, useApi, useMay } from '../../api/queries.ts';
import { FormDialog } from '../../components/form-dialog.tsx';
import { NameField } from '../../components/name-field.tsx';

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
  const submit = () => {
    if (source === here) make.mutate({ body: { name: name.trim() } });
    else announce.mutate({ body: { providerId: source, name: name.trim() } });
  };
  const sources = (providers.data?.providers ?? []).map(({ id, provider }) => ({ value: id, label: provider.name }));
  return (
    <FormDialog
      title="New group"
      act={source === here ? 'Make the group' : 'Go on'}
      action={action}
      onSubmit={submit}
      onClose={onClose}
    >
      {sources.length > 0 && (
        <Select
          label="Kept by"
          description="A provider’s group has the people the provider says, as they sign in"
          data={[{ value: here, label: 'The gate' }, ...sources]}
          value={source}
          onChange={value => setSource(value ?? here)}
        />
      )}
      <NameField
        description={source === here ? undefined : 'Exactly as the provider calls it'}
        maxLength={256}
        error={action.error}
        value={name}
        onChange={setName}
      />
    </FormDialog>
  );
}
