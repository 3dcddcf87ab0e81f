import { MultiSelect, TagsInput } from '@mantine/core';
import type { OperationInput } from '../../../../src/admin/contract/contract.ts';
import { fieldError } from '../../api/field-errors.ts';
import { useApi } from '../../api/queries.ts';
import { PermissionChoice } from '../keys/permission-choice.tsx';

export interface Scope {
  readonly sites: readonly string[];
  readonly paths: readonly string[];
  readonly permissions: readonly string[];
}

type ScopeBody = Pick<OperationInput<'keys.create'>['body'], 'sites' | 'paths' | 'permissions'>;

/** As little as is of any use, once a site is chosen. */
export const freshScope: Scope = { sites: [], paths: ['/'], permissions: ['workflow.read'] };

/** Whether it is good for anything at all. */
export const isUseful = ({ permissions, sites }: Scope): boolean => sites.length > 0 && permissions.length > 0;

/** The scope as the API takes it; no path at all means all of them. */
export function scopeBody({ paths, permissions, sites }: Scope): ScopeBody {
  return {
    sites: [...sites],
    paths: paths.length === 0 ? ['/'] : [...paths],
    // The choice holds permissions of the contract only.
    permissions: [...permissions] as ScopeBody['permissions'],
  };
}

/** What a program's account or key is good for: sites, paths and permissions. */
export function ScopeFields({
  value,
  error,
  onChange,
}: {
  value: Scope;
  error: unknown;
  onChange: (scope: Scope) => void;
}) {
  const sites = useApi('sites.list');
  return (
    <>
      <MultiSelect
        label="Good for"
        placeholder={value.sites.length === 0 ? 'Choose sites' : ''}
        data={sites.data?.sites.map(site => ({ value: site.id, label: site.name })) ?? []}
        error={fieldError(error, 'sites')}
        value={[...value.sites]}
        onChange={chosen => onChange({ ...value, sites: chosen })}
      />
      <TagsInput
        label="Paths"
        description="It is good for these and what is below them"
        error={fieldError(error, 'paths')}
        value={[...value.paths]}
        onChange={paths => onChange({ ...value, paths })}
      />
      <PermissionChoice
        value={value.permissions}
        error={fieldError(error, 'permissions')}
        onChange={permissions => onChange({ ...value, permissions })}
      />
    </>
  );
}
