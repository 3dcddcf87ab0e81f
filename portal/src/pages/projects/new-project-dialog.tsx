import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { FormEvent } from 'react';
import { useState } from 'react';
import { fieldError } from '../../api/field-errors.ts';
import { useAction } from '../../api/queries.ts';
import { Dialog } from '../../components/dialog.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';

/** Makes a project and goes to it. */
export function NewProjectDialog({ onClose }: { onClose: () => void }) {
  const [name, setName] = useState('');
  const navigate = useNavigate();
  const create = useAction('projects.create', {
    refreshes: ['projects.list', 'me.get'],
    onDone: project => void navigate({ to: '/projects/$projectId', params: { projectId: project.id } }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({ body: { name: name.trim() } });
  };
  return (
    <Dialog onClose={onClose} title="New project">
      <form onSubmit={submit}>
        <Stack gap="md">
          <TextInput
            label="Name"
            description="You become its Owner and choose who else belongs to it."
            required
            withAsterisk={false}
            maxLength={80}
            data-autofocus
            autoComplete="off"
            error={fieldError(create.error, 'name')}
            value={name}
            onChange={event => setName(event.currentTarget.value)}
          />
          {create.error !== null && <ProblemNotice error={create.error} />}
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={create.isPending}>
              Make the project
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}
