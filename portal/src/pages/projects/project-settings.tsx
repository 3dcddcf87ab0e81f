import { Button, Stack, TextInput } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { fieldError } from '../../api/field-errors.ts';
import { useAction } from '../../api/queries.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { Form } from '../../components/form.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import type { Project } from './projects-page.tsx';

/** The name of the project, and its end. */
export function ProjectSettings({ project, mayDelete }: { project: Project; mayDelete: boolean }) {
  const [name, setName] = useState(project.name);
  const [isDeleting, setDeleting] = useState(false);
  const navigate = useNavigate();
  const rename = useAction('projects.rename', { refreshes: ['projects.list', 'me.get'] });
  const remove = useAction('projects.delete', {
    refreshes: ['projects.list', 'me.get'],
    onDone: () => void navigate({ to: '/projects' }),
  });
  const submit = () => rename.mutate({ params: { id: project.id }, body: { name: name.trim() } });
  return (
    <Panel title="Settings">
      <Form onSubmit={submit}>
        <Stack gap="md" align="flex-start">
          <TextInput
            label="Name"
            w="100%"
            maxLength={80}
            required
            error={fieldError(rename.error, 'name')}
            value={name}
            onChange={event => setName(event.currentTarget.value)}
          />
          <ProblemNotice error={rename.error} />
          {name.trim() !== project.name && (
            <Button type="submit" size="xs" loading={rename.isPending}>
              Rename
            </Button>
          )}
          {mayDelete && (
            <Button color="rust" size="xs" variant="outline" onClick={() => setDeleting(true)}>
              Delete this project
            </Button>
          )}
        </Stack>
      </Form>
      {isDeleting && (
        <ConfirmDialog
          title={`Delete ${project.name}?`}
          act="Delete the project"
          typed={project.name}
          isDangerous
          action={remove}
          onConfirm={() => remove.mutate({ params: { id: project.id } })}
          onClose={() => setDeleting(false)}
        >
          <p>
            Its members lose their roles in it. A project that still holds workflows or credentials cannot be deleted.
          </p>
        </ConfirmDialog>
      )}
    </Panel>
  );
}
