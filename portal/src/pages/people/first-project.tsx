import { Group, Select } from '@mantine/core';
import { useApi, useMay } from '../../api/queries.ts';
import { Choice } from '../../components/choice.tsx';
import type { ProjectRole } from '../../roles.ts';
import { projectRoleChoices } from '../../roles.ts';

/** The project a new person begins in, if any. */
export interface FirstProject {
  readonly projectId: string | null;
  readonly role: ProjectRole;
}

/** Asks for a project and a role in it, where the signed-in person may add people to projects. Only who may own one makes Owners. */
export function FirstProjectFields({
  value,
  onChange,
}: {
  value: FirstProject;
  onChange: (value: FirstProject) => void;
}) {
  const mayManage = useMay('project.manage');
  const mayOwn = useMay('project.own');
  const projects = useApi('projects.list', undefined, { enabled: mayManage });
  if (!mayManage) return null;
  const roles = mayOwn ? projectRoleChoices : projectRoleChoices.filter(choice => choice.value !== 'owner');
  return (
    <Group grow align="flex-start">
      <Select
        label="First project"
        placeholder="None yet"
        clearable
        searchable
        nothingFoundMessage="Nothing found"
        data={(projects.data?.projects ?? []).map(project => ({ value: project.id, label: project.name }))}
        value={value.projectId}
        onChange={projectId => onChange({ ...value, projectId })}
      />
      <Choice
        label="As"
        choices={roles}
        disabled={value.projectId === null}
        value={value.role}
        onChange={role => onChange({ ...value, role })}
      />
    </Group>
  );
}
