import type { OperationOutput } from '../../src/admin/contract/contract.ts';

export type GlobalRole = OperationOutput<'users.get'>['role'];
export type ProjectRole = OperationOutput<'projects.listMembers'>['members'][number]['role'];

interface RoleWords<R> {
  readonly value: R;
  readonly label: string;
  readonly may: string;
}

/** The global roles and what each may do, weakest first. */
export const globalRoles: readonly RoleWords<GlobalRole>[] = [
  { value: 'member', label: 'Member', may: 'Works in the projects they belong to. Sees nothing of the gate itself.' },
  {
    value: 'administrator',
    label: 'Administrator',
    may: 'Manages people, sites, projects and settings, reads the audit log, and looks into every project without changing its workflows.',
  },
  { value: 'owner', label: 'Owner', may: 'Everything, in every project. There is always at least one.' },
];

/** The project roles and what each may do in its project, weakest first. */
export const projectRoles: readonly RoleWords<ProjectRole>[] = [
  { value: 'viewer', label: 'Viewer', may: 'Sees workflows, executions and data sources. Changes and runs nothing.' },
  {
    value: 'editor',
    label: 'Editor',
    may: 'Also creates, changes, runs and deletes workflows, and uses credentials and data sources, without seeing their secrets.',
  },
  { value: 'admin', label: 'Admin', may: 'Also manages credentials, data sources and members, and shares workflows.' },
  {
    value: 'owner',
    label: 'Owner',
    may: 'Also makes other Owners, moves workflows to other projects, and deletes the project.',
  },
];

/** The choices of a role, for a select. */
export const globalRoleChoices = globalRoles.map(({ value, label }) => ({ value, label }));
export const projectRoleChoices = projectRoles.map(({ value, label }) => ({ value, label }));

/** A role as people read it; what is not known is shown as it is. */
export function roleLabel(role: string): string {
  return [...globalRoles, ...projectRoles].find(entry => entry.value === role)?.label ?? role;
}
