import { useState } from 'react';
import type { OperationOutput } from '../../../../src/admin/contract/contract.ts';
import { useApi, useMay } from '../../api/queries.ts';
import { AddForm } from '../../components/add-form.tsx';
import { Answer } from '../../components/answer.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Moment } from '../../components/moment.tsx';
import { Panel } from '../../components/panel.tsx';
import { RowButton } from '../../components/row-button.tsx';
import { actsColumn } from '../../components/table-columns.tsx';
import { chosenRole, nowhere, RolePlaceFields } from '../access/role-place.tsx';
import type { GrantChange } from './grant-preview.tsx';
import { GrantPreview } from './grant-preview.tsx';
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
          ...actsColumn,
          width: '100px',
          cell: grant => (
            <RowButton aria-label={`Take ${grant.roleName} back`} onClick={() => onRevoke(grant)}>
              Take back
            </RowButton>
          ),
        },
      ]}
    />
  );
}

function NewGrant({ group, onAsk }: { group: Group; onAsk: (change: GrantChange) => void }) {
  const mayGlobal = useMay('user.manage');
  const [place, setPlace] = useState(nowhere);
  const chosen = chosenRole(place);
  const submit = () => {
    if (chosen !== undefined) onAsk({ kind: 'add', target: { groupId: group.id, ...chosen } });
  };
  return (
    <AddForm act="See what changes" isReady={chosen !== undefined} onSubmit={submit}>
      <RolePlaceFields label="Grant a role in" withGate={mayGlobal} value={place} onChange={setPlace} />
    </AddForm>
  );
}
