import { Button } from '@mantine/core';
import { IconHourglass } from '@tabler/icons-react';
import { useState } from 'react';
import type { OperationOutput } from '../../../../src/admin/contract/contract.ts';
import { useAction, useApi, useMay, useMe } from '../../api/queries.ts';
import { Answer } from '../../components/answer.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Moment } from '../../components/moment.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { SkeletonRows } from '../../components/skeleton-rows.tsx';
import { duration } from '../../components/time.ts';
import styles from './access.module.css';
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
      <Answer
        query={elevations}
        skeleton={
          <Panel>
            <SkeletonRows rows={6} />
          </Panel>
        }
      >
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
            cell: ({ email, name }) => (
              <span className={styles.what}>
                {name}
                <small>{email}</small>
              </span>
            ),
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
              <span className={styles.what}>
                {reason}
                {decidedBy !== null && (
                  <small>
                    {decidedBy}
                    {comment !== null && comment !== '' && `: ${comment}`}
                  </small>
                )}
              </span>
            ),
          },
          {
            key: 'when',
            header: 'When',
            width: '150px',
            cell: one => (
              <span className={styles.what}>
                {states[one.state]}
                <small>
                  {one.state === 'asked' && `for ${duration(one.durationMs)}`}
                  {one.state === 'active' && one.expiresAt !== null && (
                    <>
                      until <Moment time={one.expiresAt} />
                    </>
                  )}
                  {one.state !== 'asked' && one.state !== 'active' && <Moment time={one.endedAt ?? one.askedAt} />}
                </small>
              </span>
            ),
          },
          {
            key: 'acts',
            header: '',
            width: '110px',
            align: 'end',
            narrow: 'bare',
            cell: one => (
              <span className={styles.acts}>
                {onDecide && one.mayDecide && (
                  <Button size="compact-xs" onClick={() => onDecide(one)}>
                    Decide
                  </Button>
                )}
                {(one.state === 'active' || one.state === 'asked') && (one.userId === me.person.id || mayManage) && (
                  <Button
                    size="compact-xs"
                    variant="default"
                    loading={end.isPending && end.variables.params.id === one.id}
                    onClick={() => end.mutate({ params: { id: one.id } })}
                  >
                    {one.state === 'asked' ? 'Withdraw' : 'End'}
                  </Button>
                )}
              </span>
            ),
          },
        ]}
      />
      <ProblemNotice error={end.error} />
    </>
  );
}
