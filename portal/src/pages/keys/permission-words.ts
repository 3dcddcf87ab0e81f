interface Ability {
  readonly value: string;
  readonly label: string;
}

/** What a key or a role can be allowed, in words, in the order of the work: `permissions` of the API that belong to a project. */
export const projectAbilities: readonly { readonly group: string; readonly items: readonly Ability[] }[] = [
  {
    group: 'Workflows',
    items: [
      { value: 'workflow.read', label: 'See' },
      { value: 'workflow.create', label: 'Create' },
      { value: 'workflow.update', label: 'Change' },
      { value: 'workflow.delete', label: 'Delete' },
      { value: 'workflow.execute', label: 'Run' },
      { value: 'workflow.share', label: 'Share' },
    ],
  },
  {
    group: 'Executions',
    items: [
      { value: 'execution.read', label: 'See' },
      { value: 'execution.control', label: 'Stop and mark' },
      { value: 'execution.delete', label: 'Delete' },
    ],
  },
  {
    group: 'Credentials',
    items: [
      { value: 'credential.use', label: 'Use' },
      { value: 'credential.read', label: 'See without secrets' },
      { value: 'credential.create', label: 'Create' },
      { value: 'credential.manage', label: 'Manage' },
    ],
  },
  {
    group: 'Data sources',
    items: [
      { value: 'data_source.read', label: 'See' },
      { value: 'data_source.use', label: 'Use' },
      { value: 'data_source.create', label: 'Create' },
      { value: 'data_source.manage', label: 'Manage' },
    ],
  },
  {
    group: 'Project',
    items: [
      { value: 'project.read', label: 'See' },
      { value: 'project.manage', label: 'Manage members' },
    ],
  },
];

const known = new Map<string, string>([
  ...projectAbilities.flatMap(({ group, items }) =>
    items.map(({ value, label }) => [value, `${group}: ${label.toLowerCase()}`] as const),
  ),
  // Nobody can be given it alone, so it is no choice above.
  ['project.own', 'Project: make Owners, move work, delete the project'],
]);

/** Permissions in words, each group named once: "Workflows: see, run; Executions: see". */
export function abilityList(permissions: readonly string[]): string {
  const groups = Map.groupBy(permissions.map(abilityLabel), label => label.split(': ', 1)[0] ?? label);
  return [...groups]
    .map(([group, labels]) => [group, labels.map(label => label.slice(group.length + 2)).join(', ')])
    .map(([group, labels]) => (labels === '' ? group : `${group}: ${labels}`))
    .join('; ');
}

/** A permission in words; what is not known is shown as it is. */
export const abilityLabel = (permission: string): string => known.get(permission) ?? permission;
