interface Ability {
  readonly value: string;
  readonly label: string;
}

const words = {
  workflow: [
    'Workflows',
    { read: 'See', create: 'Create', update: 'Change', delete: 'Delete', execute: 'Run', share: 'Share' },
  ],
  execution: ['Executions', { read: 'See', control: 'Stop and mark', delete: 'Delete' }],
  credential: ['Credentials', { use: 'Use', read: 'See without secrets', create: 'Create', manage: 'Manage' }],
  data_source: ['Data sources', { read: 'See', use: 'Use', create: 'Create', manage: 'Manage' }],
  project: ['Project', { read: 'See', manage: 'Manage members' }],
} as const;

/** What a key or a role can be allowed, in words, in the order of the work: `permissions` of the API that belong to a project. */
export const projectAbilities: readonly { readonly group: string; readonly items: readonly Ability[] }[] =
  Object.entries(words).map(([about, [group, acts]]) => ({
    group,
    items: Object.entries(acts).map(([act, label]) => ({ value: `${about}.${act}`, label })),
  }));

/** The same for a list to choose from, where each stands alone: "Workflows: see". */
export const abilityChoices = projectAbilities.map(({ group, items }) => ({
  group,
  items: items.map(({ value, label }) => ({ value, label: `${group}: ${label.toLowerCase()}` })),
}));

const known = new Map<string, string>([
  ...abilityChoices.flatMap(({ items }) => items.map(({ value, label }) => [value, label] as const)),
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
