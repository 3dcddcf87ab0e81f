import { Select, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useAction, useApi } from '../../api/queries.ts';
import { Choice } from '../../components/choice.tsx';
import { FormDialog } from '../../components/form-dialog.tsx';
import type { Project } from './projects-page.tsx';

const kinds = [
  { value: 'workflow', label: 'Workflow' },
  { value: 'credential', label: 'Credential' },
  { value: 'data_source', label: 'Data source' },
] as const;

/** Puts a workflow, credential or data source into the project, out of the one it was in. */
export function AssignDialog({ project, onClose }: { project: Project; onClose: () => void }) {
  const sites = useApi('sites.list');
  const [site, setSite] = useState<string | null>(null);
  const [kind, setKind] = useState<(typeof kinds)[number]['value']>('workflow');
  const [resourceId, setResourceId] = useState('');
  const assign = useAction('projects.assignResource', { refreshes: ['projects.listResources'], onDone: onClose });
  const choices = sites.data?.sites.map(entry => ({ value: entry.id, label: entry.name })) ?? [];
  const chosen = site ?? choices[0]?.value ?? null;
  const submit = () => {
    if (chosen !== null)
      assign.mutate({ params: { id: project.id, site: chosen, kind, resourceId: resourceId.trim() } });
  };
  return (
    <FormDialog
      title={`Assign to ${project.name}`}
      act="Assign"
      action={assign}
      isReady={chosen !== null}
      onSubmit={submit}
      onClose={onClose}
    >
      <Select label="Site" data={choices} value={chosen} onChange={setSite} />
      <Choice label="Kind" choices={kinds} value={kind} onChange={setKind} />
      <TextInput
        label="Id"
        description="The last part of its address on the platform, as in /workflow/4TqJ9pZ2"
        required
        maxLength={200}
        spellCheck={false}
        autoComplete="off"
        data-autofocus
        value={resourceId}
        onChange={event => setResourceId(event.currentTarget.value)}
      />
    </FormDialog>
  );
}
