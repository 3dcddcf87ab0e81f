import { Button, Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import { useAction, useApi, useMay } from '../../api/queries.ts';
import { Form } from '../../components/form.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import styles from './projects-page.module.css';
import type { Project } from './projects-page.tsx';
import { useRoleChoices } from './use-role-choices.ts';

/** Adds a person or a service account to the project. Only who may read the list of people can choose from it. */
export function NewMember({ project, present }: { project: Project; present: readonly string[] }) {
  const mayRead = useMay('user.read');
  const [search, setSearch] = useState('');
  const [userId, setUserId] = useState<string | null>(null);
  const [role, setRole] = useState('viewer');
  const roles = useRoleChoices();
  const [asked] = useDebouncedValue(search.split(' · ')[0]?.trim() ?? '', 250);
  const query = asked === '' ? {} : { search: asked };
  const people = useApi('users.list', { query: { limit: 50, ...query } }, { enabled: mayRead });
  const machines = useApi('machines.list', { query: { all: 'true', ...query } }, { enabled: mayRead });
  const add = useAction('projects.setMember', {
    refreshes: ['projects.listMembers', 'projects.list', 'me.get'],
    onDone: () => {
      setUserId(null);
      setSearch('');
    },
  });
  if (!mayRead) return null;
  const choices = [
    ...(people.data?.users ?? []).map(person => ({ ...person, label: `${person.name} · ${person.email}` })),
    ...(machines.data?.accounts ?? []).slice(0, 50).map(one => ({ ...one, label: `${one.name} · service account` })),
  ]
    .filter(one => !present.includes(one.id) && !one.disabled)
    .map(({ id, label }) => ({ value: id, label }));
  const submit = () => {
    if (userId !== null) add.mutate({ params: { id: project.id, userId }, body: { role } });
  };
  return (
    <Form onSubmit={submit} className={styles.add}>
      <Select
        label="Add a person or service account"
        placeholder="Name or e-mail"
        searchable
        clearable
        nothingFoundMessage="Nobody found"
        data={choices}
        searchValue={search}
        onSearchChange={setSearch}
        value={userId}
        onChange={setUserId}
      />
      <Select label="As" data={[...roles]} value={role} onChange={value => setRole(value ?? role)} />
      <Button type="submit" variant="default" disabled={userId === null} loading={add.isPending}>
        Add
      </Button>
      <ProblemNotice error={add.error} />
    </Form>
  );
}
