import { Button, Group, Radio, Stack, TextInput } from '@mantine/core';
import type { FormEvent } from 'react';
import { useState } from 'react';
import { fieldError } from '../../api/field-errors.ts';
import { useAction } from '../../api/queries.ts';
import { Dialog } from '../../components/dialog.tsx';
import { OneTimeLink } from '../../components/one-time-link.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import type { GlobalRole } from '../../roles.ts';
import { globalRoles } from '../../roles.ts';

/** Makes an account and hands out the one link that sets it up. */
export function InviteDialog({ onClose }: { onClose: () => void }) {
  const [email, setEmail] = useState('');
  const [name, setName] = useState('');
  const [role, setRole] = useState<GlobalRole>('member');
  const invite = useAction('users.create', { refreshes: ['users.list', 'system.overview'] });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    invite.mutate({ body: { email: email.trim(), name: name.trim(), role } });
  };
  return (
    <Dialog
      onClose={onClose}
      title={invite.data ? 'Invitation made' : 'Invite a person'}
      closeOnClickOutside={!invite.data}
    >
      {invite.data ? (
        <OneTimeLink {...invite.data.link} name={invite.data.user.name} onClose={onClose} />
      ) : (
        <form onSubmit={submit}>
          <Stack gap="md">
            <TextInput
              label="Name"
              required
              withAsterisk={false}
              maxLength={120}
              data-autofocus
              autoComplete="off"
              error={fieldError(invite.error, 'name')}
              value={name}
              onChange={event => setName(event.currentTarget.value)}
            />
            <TextInput
              label="E-mail address"
              type="email"
              required
              withAsterisk={false}
              maxLength={254}
              autoComplete="off"
              error={fieldError(invite.error, 'email')}
              value={email}
              onChange={event => setEmail(event.currentTarget.value)}
            />
            <Radio.Group
              label="Role"
              value={role}
              onChange={value => setRole(globalRoles.find(entry => entry.value === value)?.value ?? 'member')}
            >
              <Stack gap="xs" mt={8}>
                {globalRoles.map(entry => (
                  <Radio key={entry.value} value={entry.value} label={entry.label} description={entry.may} />
                ))}
              </Stack>
            </Radio.Group>
            {invite.error !== null && <ProblemNotice error={invite.error} />}
            <Group justify="flex-end" gap="sm">
              <Button variant="default" onClick={onClose}>
                Cancel
              </Button>
              <Button type="submit" loading={invite.isPending}>
                Make the invitation
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Dialog>
  );
}
