import { useNavigate } from '@tanstack/react-router';
import type { OperationOutput } from '../../../../src/admin/contract/contract.ts';
import { DataTable } from '../../components/data-table.tsx';
import { StateDot } from '../../components/state-dot.tsx';
import { PastMoment } from '../../components/table-columns.tsx';
import { roleLabel } from '../../roles.ts';
import { personColumn } from './person-column.tsx';

export type Person = OperationOutput<'users.get'>;

/** People, one row each; a row leads to the person. */
export function PeopleTable({ users }: { users: readonly Person[] }) {
  const navigate = useNavigate();
  return (
    <DataTable
      label="People"
      rows={users}
      rowKey={person => person.id}
      onRow={person => void navigate({ to: '/people/$personId', params: { personId: person.id } })}
      columns={[
        personColumn,
        { key: 'role', header: 'Role', width: 'minmax(0, 1.3fr)', cell: person => roleLabel(person.role) },
        { key: 'state', header: 'State', width: 'minmax(0, 1.4fr)', cell: person => <AccountState person={person} /> },
        {
          key: 'mfa',
          header: 'Second factor',
          width: 'minmax(0, 1.6fr)',
          cell: person => <FactorState person={person} />,
        },
        {
          key: 'last',
          header: 'Last sign-in',
          width: 'minmax(0, 1.2fr)',
          cell: person => <PastMoment time={person.lastSignInAt} />,
        },
      ]}
    />
  );
}

/** Whether the account works: disabled, not set up yet, or active. */
export function AccountState({ person }: { person: Person }) {
  if (person.disabled) return <StateDot level="bad">Disabled</StateDot>;
  if (!person.hasPassword && person.lastSignInAt === null) return <StateDot level="off">Invited</StateDot>;
  return <StateDot level="good">Active</StateDot>;
}

/** Whether the person proves more than a password. */
export function FactorState({ person }: { person: Person }) {
  const { totp, passkeys } = person.factors;
  const keys = passkeys === 1 ? 'Passkey' : `${passkeys} passkeys`;
  if (passkeys > 0) return <StateDot level="good">{totp ? `${keys}, app` : keys}</StateDot>;
  if (totp) return <StateDot level="good">Authenticator app</StateDot>;
  return <StateDot level="warn">None</StateDot>;
}
