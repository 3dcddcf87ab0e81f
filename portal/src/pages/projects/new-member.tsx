import { useState } from 'react';
import { useAction, useMay } from '../../api/queries.ts';
import { AddForm } from '../../components/add-form.tsx';
import { Choice } from '../../components/choice.tsx';
import { PersonSelect } from '../people/person-select.tsx';
import type { Project } from './projects-page.tsx';
import { useRoleChoices } from './use-role-choices.ts';

/** Adds a person or a service account to the project. Only who may read the list of people can choose from it. */
export function NewMember({ project, present }: { project: Project; present: readonly string[] }) {
  const mayRead = useMay('user.read');
  const [userId, setUserId] = useState<string | null>(null);
  const [role, setRole] = useState('viewer');
  const roles = useRoleChoices();
  const add = useAction('projects.setMember', {
    refreshes: ['projects.listMembers', 'projects.list', 'me.get'],
    onDone: () => setUserId(null),
  });
  if (!mayRead) return null;
  const submit = () => {
    if (userId !== null) add.mutate({ params: { id: project.id, userId }, body: { role } });
  };
  return (
    <AddForm act="Add" isReady={userId !== null} action={add} onSubmit={submit}>
      <PersonSelect
        label="Add a person or service account"
        withMachines
        isLeftOut={one => present.includes(one.id) || one.disabled}
        value={userId}
        onChange={setUserId}
      />
      <Choice label="As" data-narrow choices={roles} value={role} onChange={setRole} />
    </AddForm>
  );
}
