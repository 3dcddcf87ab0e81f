import { Button, Group } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useAction } from '../../api/queries.ts';
import { Choice } from '../../components/choice.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { globalRoleChoices, globalRoles, roleLabel } from '../../roles.ts';
import type { Person } from './people-table.tsx';

/** Changes a person's global role, and whether the account works at all. */
export function PersonRole({ person, isSelf }: { person: Person; isSelf: boolean }) {
  const [role, setRole] = useState(person.role);
  const update = useAction('users.update', {
    refreshes: ['users.get', 'users.list', 'users.listSessions', 'me.get'],
    onDone: next =>
      notifications.show({ message: `${next.name}: ${next.disabled ? 'disabled' : roleLabel(next.role)}.` }),
  });
  const put = (body: { role?: Person['role']; disabled?: boolean }) =>
    update.mutate({ params: { id: person.id }, body });
  return (
    <Group gap={8} mt={14}>
      <Group align="flex-end" gap="sm" w="100%">
        <Choice
          label="Role"
          description={globalRoles.find(entry => entry.value === role)?.may}
          inputWrapperOrder={['label', 'input', 'description']}
          flex={1}
          choices={globalRoleChoices}
          value={role}
          onChange={setRole}
        />
      </Group>
      {role !== person.role && (
        <Button size="xs" loading={update.isPending} onClick={() => put({ role })}>
          Make {person.name} {roleLabel(role)}
        </Button>
      )}
      {!isSelf && (
        <Button
          size="xs"
          variant="default"
          loading={update.isPending && role === person.role}
          onClick={() => put({ disabled: !person.disabled })}
        >
          {person.disabled ? 'Enable the account' : 'Disable the account'}
        </Button>
      )}
      <ProblemNotice error={update.error} />
    </Group>
  );
}
