import type { OperationOutput } from '../../../../src/admin/contract/contract.ts';

export type Group = OperationOutput<'groups.get'>;

/** Who keeps a group, in words. */
export function sourceWords(group: Pick<Group, 'source'>, names: ReadonlyMap<string, string>): string {
  switch (group.source.kind) {
    case 'local':
      return 'Kept here';
    case 'provider':
      return `From ${names.get(group.source.providerId) ?? 'an identity provider'}`;
    case 'scim':
      return `Provisioned by ${names.get(group.source.clientId) ?? 'a SCIM client'}`;
    default:
      return group.source satisfies never;
  }
}

export const sourceChoices = [
  { value: 'all', label: 'All groups' },
  { value: 'local', label: 'Kept here' },
  { value: 'provider', label: 'From providers' },
  { value: 'scim', label: 'Provisioned' },
] as const;

export type SourceChoice = (typeof sourceChoices)[number]['value'];
