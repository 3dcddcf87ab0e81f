import { Select } from '@mantine/core';
import { useApi } from '../../api/queries.ts';

/** A role and where it counts, as far as they are chosen. */
export interface RolePlace {
  /** The id of a project, or `gate`. */
  readonly where: string | null;
  readonly role: string | null;
}

export const nowhere: RolePlace = { where: null, role: null };

const gate = 'gate';
const gateRoles = [
  { value: 'administrator', label: 'Administrator' },
  { value: 'owner', label: 'Owner' },
];

/** The choice as the API takes it, null for the gate itself as the project; undefined while it is not made. */
export function chosenRole({ where, role }: RolePlace): { project: string | null; role: string } | undefined {
  if (where === null || role === null) return undefined;
  return { project: where === gate ? null : where, role };
}

export interface RolePlaceFieldsProps {
  /** What the first field is called. */
  readonly label: string;
  readonly withGate: boolean;
  /** What is wrong with the place and with the role. */
  readonly errors?: { readonly where: string | undefined; readonly role: string | undefined };
  readonly value: RolePlace;
  readonly onChange: (value: RolePlace) => void;
}

/** Asks for a project, or the gate itself, and for a role there. */
export function RolePlaceFields({ label, withGate, errors, value, onChange }: RolePlaceFieldsProps) {
  const projects = useApi('projects.list');
  const roles = useApi('roles.list');
  const { where, role } = value;
  const named = (one: { readonly id: string; readonly name: string }) => ({ value: one.id, label: one.name });
  const projectRoles = [...(roles.data?.builtIn ?? []), ...(roles.data?.custom ?? [])].map(named);
  return (
    <>
      <Select
        label={label}
        placeholder="Choose"
        searchable
        data={[
          ...(projects.data?.projects.map(named) ?? []),
          ...(withGate ? [{ value: gate, label: 'The gate itself' }] : []),
        ]}
        value={where}
        error={errors?.where}
        onChange={next => onChange({ where: next, role: null })}
      />
      <Select
        label="Role"
        placeholder="Choose"
        disabled={where === null}
        data={where === gate ? gateRoles : projectRoles}
        value={role}
        error={errors?.role}
        onChange={next => onChange({ where, role: next })}
      />
    </>
  );
}
