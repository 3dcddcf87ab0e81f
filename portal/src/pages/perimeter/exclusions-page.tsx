import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import type { OperationOutput } from '../../../../src/admin/contract/contract.ts';
import { useAction, useApi, useMay } from '../../api/queries.ts';
import { Answer } from '../../components/answer.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Moment } from '../../components/moment.tsx';
import { Panel } from '../../components/panel.tsx';
import { RowButton } from '../../components/row-button.tsx';
import { StateDot } from '../../components/state-dot.tsx';
import { actsColumn } from '../../components/table-columns.tsx';
import { TwoLines } from '../../components/two-lines.tsx';
import { ExclusionDialog } from './exclusion-dialog.tsx';
import styles from './perimeter.module.css';
import { PerimeterPage } from './perimeter-page.tsx';

type Exclusion = OperationOutput<'exclusions.create'>;

/** Rules that do not count at some place: each with a reason and, unless somebody said otherwise, an end. */
export function ExclusionsPage() {
  const exclusions = useApi('exclusions.list', {});
  const mayManage = useMay('site.manage');
  const [isAdding, setAdding] = useState(false);
  const [removing, setRemoving] = useState<Exclusion>();
  return (
    <PerimeterPage
      title="Exclusions"
      lead="Rules of the firewall that do not count at one place. The best way to one leads from an incident."
      actions={
        mayManage && (
          <Button variant="default" leftSection={<IconPlus size={16} stroke={1.7} />} onClick={() => setAdding(true)}>
            New exclusion
          </Button>
        )
      }
    >
      <Answer query={exclusions}>
        {data =>
          data.exclusions.length === 0 ? (
            <Panel>
              <EmptyState title="No exclusions">Every rule counts everywhere.</EmptyState>
            </Panel>
          ) : (
            <Panel flush>
              <ExclusionTable exclusions={data.exclusions} onRemove={mayManage ? setRemoving : undefined} />
            </Panel>
          )
        }
      </Answer>
      {isAdding && <ExclusionDialog onClose={() => setAdding(false)} />}
      {removing && <Removal exclusion={removing} onClose={() => setRemoving(undefined)} />}
    </PerimeterPage>
  );
}

interface ExclusionTableProps {
  readonly exclusions: readonly Exclusion[];
  readonly onRemove: ((exclusion: Exclusion) => void) | undefined;
}

function ExclusionTable({ exclusions, onRemove }: ExclusionTableProps) {
  return (
    <DataTable
      label="Exclusions, newest first"
      rows={exclusions}
      rowKey={({ id }) => id}
      columns={[
        {
          key: 'rule',
          header: 'Rule',
          width: 'minmax(0, 3fr)',
          narrow: 'title',
          cell: ({ endpoint, name, rule, zone }) => (
            <span className={styles.what}>
              <span>{rule}</span>
              <code>
                {zone === '*' ? 'anywhere' : zone} {name} · {endpoint === '*' ? 'every route' : endpoint}
              </code>
            </span>
          ),
        },
        { key: 'site', header: 'Site', width: 'minmax(0, 1fr)', cell: ({ site }) => site },
        {
          key: 'reason',
          header: 'Reason',
          width: 'minmax(0, 2.6fr)',
          cell: ({ createdBy, reason }) => <TwoLines below={createdBy}>{reason}</TwoLines>,
        },
        { key: 'until', header: 'Ends', width: '124px', cell: one => <Ends expiresAt={one.expiresAt} /> },
        {
          ...actsColumn,
          width: '84px',
          cell: one => onRemove && <RowButton onClick={() => onRemove(one)}>Remove</RowButton>,
        },
      ]}
    />
  );
}

function Ends({ expiresAt }: { expiresAt: number | null }) {
  if (expiresAt === null) return <StateDot level="warn">Never</StateDot>;
  if (expiresAt <= Date.now()) return <StateDot level="off">Over</StateDot>;
  return <Moment time={expiresAt} />;
}

function Removal({ exclusion, onClose }: { exclusion: Exclusion; onClose: () => void }) {
  const remove = useAction('exclusions.delete', { refreshes: ['exclusions.list'], onDone: onClose });
  return (
    <ConfirmDialog
      title="Remove the exclusion"
      act="Remove"
      action={remove}
      onClose={onClose}
      onConfirm={() => remove.mutate({ params: { id: exclusion.id } })}
    >
      <code>{exclusion.rule}</code> counts again at {exclusion.site}, from the next request on. What it let through
      until now may be stopped.
    </ConfirmDialog>
  );
}
