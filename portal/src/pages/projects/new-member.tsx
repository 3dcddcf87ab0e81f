import { Button, Select } from '@mantine/core';
import type { FormEvent } from 'react';
import { useState } from 'react';
import { useAction, useApi, useMay } from '../../api/queries.ts';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import type { ProjectRole } from '../../roles.ts';
import { projectRoleChoices, projectRoles } from '../../roles.ts';
import styles from './projects-page.module.css';
import type { Project } from './projects-page.tsx';

/** Adds a person to the project. Only who may read the list of people can choose from it. */
export function NewMember({ project, present }: { project: Project; present: readonly string[] }) {
  const mayRead = useMay('user.read');
  const [search, setSearch] = useState('');
  const [userId, setUserId] = useState<string | null>(null);
  const [role, setRole] = useState<ProjectRole>('viewer');
  const people = useApi('users.list', { query: { limit: 200 } }, { enabled: mayRead });
  const add = useAction('projects.setMember', {
    refreshes: ['projects.listMembers', 'projects.list', 'me.get'],
    onDone: () => {
      setUserId(null);
      setSearch('');
    },
  });
  if (!mayRead) return null;
  const choices = (people.data?.users ?? [])
    .filter(person => !present.includes(person.id) && !person.disabled)
    .map(person => ({ value: person.id, label: `${person.name} · ${person.email}` }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (userId !== null) add.mutate({ params: { id: project.id, userId }, body: { role } });
  };
  return (
    <form onSubmit={submit} className={styles.add}>
      <Select
        label="Add a person"
        placeholder={choices.length === 0 ? 'Everybody belongs to it' : 'Name or e-mail'}
        searchable
        clearable
        nothingFoundMessage="Nobody found"
        data={choices}
        searchValue={search}
        onSearchChange={setSearch}
        value={userId}
        onChange={setUserId}
      />
      <Select
        label="As"
        data={projectRoleChoices}
        value={role}
        onChange={value => setRole(projectRoles.find(entry => entry.value === value)?.value ?? role)}
      />
      <Button type="submit" variant="default" disabled={userId === null} loading={add.isPending}>
        Add
      </Button>
      {add.error !== null && <ProblemNotice error={add.error} />}
    </form>
  );
}
