import { Button } from '@mantine/core';
import { IconRobot } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { OperationOutput } from '../../../../src/admin/contract/contract.ts';
import { useApi, useMay } from '../../api/queries.ts';
import { Answer } from '../../components/answer.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Panel } from '../../components/panel.tsx';
import { SkeletonRows } from '../../components/skeleton-rows.tsx';
import { StateDot } from '../../components/state-dot.tsx';
import { lastUsedColumn } from '../../components/table-columns.tsx';
import { TwoLines } from '../../components/two-lines.tsx';
import { PeopleSection } from '../people/people-section.tsx';
import { NewMachineDialog } from './new-machine-dialog.tsx';

export type Machine = OperationOutput<'machines.get'>['account'];

/** Accounts of programs: each answers to a person and never may more than they. */
export function MachinesPage() {
  const mayRead = useMay('user.read');
  const machines = useApi('machines.list', { query: { all: mayRead ? 'true' : 'false' } });
  const [isMaking, setMaking] = useState(false);
  return (
    <PeopleSection
      title="Service accounts"
      lead="For programs and agents. Each has an owner who answers for it, and never may more than they. It gets short-lived tokens with a secret or a key."
      actions={
        <Button leftSection={<IconRobot size={16} stroke={1.7} />} onClick={() => setMaking(true)}>
          New service account
        </Button>
      }
    >
      <Panel flush>
        <Answer query={machines} skeleton={<SkeletonRows rows={5} />}>
          {data =>
            data.accounts.length === 0 ? (
              <EmptyState title="No program has an account">
                A service account is better than a person’s API key where a program outlives the person’s task.
              </EmptyState>
            ) : (
              <MachineTable machines={data.accounts} />
            )
          }
        </Answer>
      </Panel>
      {isMaking && <NewMachineDialog onClose={() => setMaking(false)} />}
    </PeopleSection>
  );
}

function MachineTable({ machines }: { machines: readonly Machine[] }) {
  const navigate = useNavigate();
  return (
    <DataTable
      label="Service accounts"
      rows={machines}
      rowKey={({ id }) => id}
      onRow={({ id }) => void navigate({ to: '/people/service-accounts/$machineId', params: { machineId: id } })}
      columns={[
        {
          key: 'name',
          header: 'Account',
          narrow: 'title',
          cell: ({ id, name }) => (
            <TwoLines below={<code>{id}</code>}>
              <Link to="/people/service-accounts/$machineId" params={{ machineId: id }}>
                {name}
              </Link>
            </TwoLines>
          ),
        },
        { key: 'owner', header: 'Owner', cell: ({ owner }) => owner.name ?? owner.email ?? 'gone' },
        {
          key: 'state',
          header: 'State',
          width: 'minmax(0, 1.4fr)',
          cell: machine => <MachineState machine={machine} />,
        },
        lastUsedColumn,
      ]}
    />
  );
}

/** Whether its tokens are good for anything. */
export function MachineState({ machine }: { machine: Machine }) {
  if (machine.disabled) return <StateDot level="bad">Disabled</StateDot>;
  if (machine.owner.state === 'gone') return <StateDot level="bad">Nobody answers for it</StateDot>;
  if (machine.owner.state === 'disabled') return <StateDot level="bad">Its owner is disabled</StateDot>;
  return <StateDot level="good">Active</StateDot>;
}
