import { Radio, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { fieldError } from '../../api/field-errors.ts';
import { useAction } from '../../api/queries.ts';
import { FormDialog } from '../../components/form-dialog.tsx';
import { NameField } from '../../components/name-field.tsx';
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
  return (
    <FormDialog
      title={invite.data ? 'Invitation made' : 'Invite a person'}
      act="Make the invitation"
      action={invite}
      onSubmit={() => invite.mutate({ body: { email: email.trim(), name: name.trim(), role } })}
      onClose={onClose}
      done={
        invite.data && (
          <Stack gap="md">
            {join.error !== null && (
              <>
                <p>The account is made, but the person is not in the project. Add them on the project’s page.</p>
                <ProblemNotice error={join.error} />
              </>
            )}
            <OneTimeLink {...invite.data.link} name={invite.data.user.name} onClose={onClose} />
          </Stack>
        )
      }
    >
      <NameField maxLength={120} autoComplete="off" error={invite.error} value={name} onChange={setName} />
      <TextInput
        label="E-mail address"
        type="email"
        required
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
    </FormDialog>
  );
}
