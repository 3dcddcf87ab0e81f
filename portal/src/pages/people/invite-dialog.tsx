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
import type { FirstProject } from './first-project.tsx';
import { FirstProjectFields } from './first-project.tsx';

/** Makes an account, puts it into a project where one was chosen, and hands out the one link that sets it up. */
export function InviteDialog({ onClose }: { onClose: () => void }) {
  const [email, setEmail] = useState('');
  const [name, setName] = useState('');
  const [role, setRole] = useState<GlobalRole>('member');
  const [first, setFirst] = useState<FirstProject>({ projectId: null, role: 'viewer' });
  const join = useAction('projects.setMember', { refreshes: ['projects.listMembers', 'projects.list'] });
  const invite = useAction('users.create', {
    refreshes: ['users.list', 'system.overview'],
    onDone: ({ user }) => {
      if (first.projectId === null) return;
      join.mutate({ params: { id: first.projectId, userId: user.id }, body: { role: first.role } });
    },
  });
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
        <Stack gap="md">
          {join.error !== null && (
            <>
              <p>The account is made, but the person is not in the project. Add them on the project’s page.</p>
              <ProblemNotice error={join.error} />
            </>
          )}
          <OneTimeLink {...invite.data.link} name={invite.data.user.name} onClose={onClose} />
        </Stack>
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
            <FirstProjectFields value={first} onChange={setFirst} />
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
