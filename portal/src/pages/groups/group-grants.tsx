import { Button, Select } from '@mantine/core';
import { useState } from 'react';
import type { OperationOutput } from '../../../../src/admin/contract/contract.ts';
import { useApi, useMay } from '../../api/queries.ts';
import { Answer } from '../../components/answer.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Form } from '../../components/form.tsx';
import { Moment } from '../../components/moment.tsx';
import { Panel } from '../../components/panel.tsx';
import type { GrantChange } from './grant-preview.tsx';
import { GrantPreview } from './grant-preview.tsx';
import styles from './groups.module.css';
import type { Group } from './sources.ts';

export type Grant = OperationOutput<'grants.list'>['grants'][number];

/** What everybody in the group has by it. Every change is shown with whom it touches before it is made. */
export function GroupGrants({ group }: { group: Group }) {
  const grants = useApi('grants.list', { query: { groupId: group.id, limit: 500 } });
  const [change, setChange] = useState<GrantChange>();
  return (
    <Panel title="Granted" note="Each person of the group has this with the next request." flush>
      <Answer query={grants}>
        {data =>
          data.grants.length === 0 ? (
            <EmptyState title="Granted nothing">Being in this group gives nobody anything yet.</EmptyState>
          ) : (
            <GrantTable grants={data.grants} onRevoke={grant => setChange({ kind: 'remove', grant })} />
          )
        }
      </Answer>
      <NewGrant group={group} onAsk={setChange} />
      {change && <GrantPreview change={change} group={group} onClose={() => setChange(undefined)} />}
    </Panel>
  );
}

function GrantTable({ grants, onRevoke }: { grants: readonly Grant[]; onRevoke: (grant: Grant) => void }) {
  return (
    <DataTable
      label="What the group is granted"
      rows={grants}
      rowKey={grant => grant.id}
      columns={[
        {
          key: 'role',
          header: 'Role',
          width: 'minmax(0, 1.4fr)',
          narrow: 'title',
          cell: grant => grant.roleName,
        },
        {
          key: 'where',
          header: 'Where',
          width: 'minmax(0, 2fr)',
          cell: grant => grant.projectName ?? 'At the gate itself',
        },
        { key: 'by', header: 'Granted by', width: 'minmax(0, 2fr)', cell: grant => grant.createdBy },
        { key: 'since', header: 'Since', width: '110px', cell: grant => <Moment time={grant.createdAt} /> },
        {
          key: 'revoke',
          header: '',
          width: '100px',
          align: 'end',
          narrow: 'bare',
          cell: grant => (
            <Button
              size="compact-xs"
              variant="default"
              aria-label={`Take ${grant.roleName} back`}
              onClick={() => onRevoke(grant)}
            >
              Take back
            </Button>
          ),
        },
      ]}
    />
  );
}

const atTheGate = 'gate';
const globalChoices = [
  { value: 'administrator', label: 'Administrator' },
  { value: 'owner', label: 'Owner' },
];

function NewGrant({ group, onAsk }: { group: Group; onAsk: (change: GrantChange) => void }) {
  const mayGlobal = useMay('user.manage');
  const projects = useApi('projects.list');
  const roles = useApi('roles.list');
  const [where, setWhere] = useState<string | null>(null);
  const [role, setRole] = useState<string | null>(null);
  const places = [
    ...(mayGlobal ? [{ value: atTheGate, label: 'The gate itself' }] : []),
    ...(projects.data?.projects.map(project => ({ value: project.id, label: project.name })) ?? []),
  ];
  const projectRoles = [...(roles.data?.builtIn ?? []), ...(roles.data?.custom ?? [])].map(one => ({
    value: one.id,
    label: one.name,
  }));
  const submit = () => {
    if (where === null || role === null) return;
    onAsk({ kind: 'add', target: { groupId: group.id, project: where === atTheGate ? null : where, role } });
  };
  return (
    <Form onSubmit={submit} className={styles.add}>
      <Select
        label="Grant a role in"
        placeholder="Choose"
        searchable
        data={places}
        value={where}
        onChange={value => {
          setWhere(value);
          setRole(null);
        }}
      />
      <Select
        label="Role"
        placeholder="Choose"
        disabled={where === null}
        data={where === atTheGate ? globalChoices : projectRoles}
        value={role}
        onChange={setRole}
      />
      <Button type="submit" variant="default" disabled={where === null || role === null}>
        See what changes
      </Button>
    </Form>
  );
}
