import { Button, Group, Select } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { useAction } from '../../api/queries.ts';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { globalRoleChoices, globalRoles, roleLabel } from '../../roles.ts';
import styles from './people-page.module.css';
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
    <div className={styles.acts}>
      <Group align="flex-end" gap="sm" w="100%">
        <Select
          label="Role"
          description={globalRoles.find(entry => entry.value === role)?.may}
          inputWrapperOrder={['label', 'input', 'description']}
          flex={1}
          data={globalRoleChoices}
          value={role}
          onChange={value => setRole(globalRoles.find(entry => entry.value === value)?.value ?? person.role)}
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
    </div>
  );
}
