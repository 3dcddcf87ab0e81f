import { Button, Group } from '@mantine/core';
import { IconHourglass } from '@tabler/icons-react';
import { useState } from 'react';
import type { OperationOutput } from '../../../../src/admin/contract/contract.ts';
import { useAction, useApi, useMay, useMe } from '../../api/queries.ts';
import { Answer } from '../../components/answer.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Moment } from '../../components/moment.tsx';
import { Panel } from '../../components/panel.tsx';
import { PanelSkeleton } from '../../components/panel-skeleton.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { RowButton } from '../../components/row-button.tsx';
import { actsColumn } from '../../components/table-columns.tsx';
import { duration } from '../../components/time.ts';
import { TwoLines } from '../../components/two-lines.tsx';
import { AccessSection } from './access-section.tsx';
import { BreakGlass } from './break-glass.tsx';
import { DecisionDialog, ElevationDialog } from './elevation-dialogs.tsx';

type Found = OperationOutput<'elevations.list'>;
export type Elevation = Found['elevations'][number];
const refreshes = ['elevations.list', 'me.get', 'access.ofPerson'] as const;

/** Roles for a time: asked for, approved by somebody else, over by themselves. */
export function ElevationPage() {
  const elevations = useApi('elevations.list', { query: { limit: 200 } });
  const mayRead = useMay('user.read');
  const [isAsking, setAsking] = useState(false);
  return (
    <AccessSection
      title="Roles for a time"
      lead="Ask for a role when you need it. Another person approves it, and it ends by itself."
      actions={
        <Button leftSection={<IconHourglass size={16} stroke={1.7} />} onClick={() => setAsking(true)}>
          Ask for a role
        </Button>
      }
    >
      <Answer query={elevations} skeleton={<PanelSkeleton />}>
        {data => <Lists found={data} />}
      </Answer>
      {mayRead && <BreakGlass />}
      {isAsking && elevations.data && (
        <ElevationDialog durationMaxMs={elevations.data.durationMaxMs} onClose={() => setAsking(false)} />
      )}
    </AccessSection>
  );
}

function Lists({ found }: { found: Found }) {
  const [deciding, setDeciding] = useState<Elevation>();
  const asked = found.elevations.filter(one => one.state === 'asked');
  const active = found.elevations.filter(one => one.state === 'active');
  const past = found.elevations.filter(one => one.state !== 'asked' && one.state !== 'active');
  return (
    <>
      <Panel title="Waiting for an answer" flush>
        {asked.length === 0 ? (
          <EmptyState title="Nothing waits">Nobody has asked for a role.</EmptyState>
        ) : (
          <Table elevations={asked} label="Waiting" onDecide={setDeciding} />
        )}
      </Panel>
      <Panel title="In force" flush>
        {active.length === 0 ? (
          <EmptyState title="None">Everybody has what they always have.</EmptyState>
        ) : (
          <Table elevations={active} label="In force" onDecide={undefined} />
        )}
      </Panel>
      {past.length > 0 && (
        <Panel title="Past" flush>
          <Table elevations={past} label="Past" onDecide={undefined} />
        </Panel>
      )}
      {deciding && <DecisionDialog elevation={deciding} onClose={() => setDeciding(undefined)} />}
    </>
  );
}

const states = {
  asked: 'Waiting',
  active: 'In force',
  denied: 'Denied',
  withdrawn: 'Withdrawn',
  unanswered: 'Nobody answered',
  ended: 'Ended early',
  expired: 'Over',
} as const;

function Table({
  elevations,
  label,
  onDecide,
}: {
  elevations: readonly Elevation[];
  label: string;
  onDecide: ((elevation: Elevation) => void) | undefined;
}) {
  const me = useMe();
  const mayManage = useMay('user.manage');
  const end = useAction('elevations.end', { refreshes });
  return (
    <>
      <DataTable
        label={label}
        rows={elevations}
        rowKey={({ id }) => id}
        columns={[
          {
            key: 'who',
            header: 'Who',
            narrow: 'title',
            cell: ({ email, name }) => <TwoLines below={email}>{name}</TwoLines>,
          },
          {
            key: 'what',
            header: 'Role',
            cell: ({ projectName, roleName }) =>
              projectName === null ? `${roleName} of the gate` : `${roleName} in ${projectName}`,
          },
          {
            key: 'why',
            header: 'Why',
            width: 'minmax(0, 3fr)',
            cell: ({ comment, decidedBy, reason }) => (
              <TwoLines below={decidedBy !== null && [decidedBy, comment].filter(Boolean).join(': ')}>
                {reason}
              </TwoLines>
            ),
          },
          {
            key: 'when',
            header: 'When',
            width: '150px',
            cell: one => (
              <TwoLines
                below={
                  <>
                    {one.state === 'asked' && `for ${duration(one.durationMs)}`}
                    {one.state === 'active' && one.expiresAt !== null && (
                      <>
                        until <Moment time={one.expiresAt} />
                      </>
                    )}
                    {one.state !== 'asked' && one.state !== 'active' && <Moment time={one.endedAt ?? one.askedAt} />}
                  </>
                }
              >
                {states[one.state]}
              </TwoLines>
            ),
          },
          {
            ...actsColumn,
            width: '110px',
            cell: one => (
              <Group gap={6} justify="flex-end">
                {onDecide && one.mayDecide && (
                  <Button size="compact-xs" onClick={() => onDecide(one)}>
                    Decide
                  </Button>
                )}
                {(one.state === 'active' || one.state === 'asked') && (one.userId === me.person.id || mayManage) && (
                  <RowButton
                    loading={end.isPending && end.variables.params.id === one.id}
                    onClick={() => end.mutate({ params: { id: one.id } })}
                  >
                    {one.state === 'asked' ? 'Withdraw' : 'End'}
                  </RowButton>
                )}
              </Group>
            ),
          },
        ]}
      />
      <ProblemNotice error={end.error} />
    </>
  );
}
