import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { useAction } from '../../api/queries.ts';
import { FormDialog } from '../../components/form-dialog.tsx';
import { NameField } from '../../components/name-field.tsx';

/** Makes a project and goes to it. */
export function NewProjectDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const navigate = useNavigate();
  const create = useAction('projects.create', {
    refreshes: ['projects.list', 'me.get'],
    onDone: project => void navigate({ to: '/projects/$projectId', params: { projectId: project.id } }),
  });
  const submit = () => create.mutate({ body: { name: name.trim() } });
  return (
    <FormDialog title="New project" act="Make the project" action={create} onSubmit={submit} onClose={onClose}>
      <NameField
        description="You become its Owner and choose who else belongs to it."
        maxLength={80}
        autoComplete="off"
        error={create.error}
        value={name}
        onChange={setName}
      />
    </FormDialog>
  );
}
