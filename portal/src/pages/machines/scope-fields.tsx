import { MultiSelect, TagsInput } from '@mantine/core';
import { fieldError } from '../../api/field-errors.ts';
import { useApi } from '../../api/queries.ts';
import { PermissionChoice } from '../keys/permission-choice.tsx';

export interface Scope {
  readonly sites: readonly string[];
  readonly paths: readonly string[];
  readonly permissions: readonly string[];
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
