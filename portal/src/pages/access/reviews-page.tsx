import { Button } from '@mantine/core';
import { IconChecklist } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { OperationOutput } from '../../../../src/admin/contract/contract.ts';
import { useApi, useMay } from '../../api/queries.ts';
import { Answer } from '../../components/answer.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Moment } from '../../components/moment.tsx';
import { Panel } from '../../components/panel.tsx';
import { SkeletonRows } from '../../components/skeleton-rows.tsx';
import { StateDot } from '../../components/state-dot.tsx';
import { TwoLines } from '../../components/two-lines.tsx';
import styles from './access.module.css';
import { AccessSection } from './access-section.tsx';
import { NewReviewDialog } from './new-review-dialog.tsx';
import { Orphans } from './orphans.tsx';

export type Campaign = OperationOutput<'reviews.get'>;

/** Who still needs what they have: campaigns, each kept as evidence. */
export function ReviewsPage() {
  const campaigns = useApi('reviews.list', { query: { limit: 200 } });
  const mayManage = useMay('review.manage');
  const mayRead = useMay('user.read');
  const [isMaking, setMaking] = useState(false);
  return (
    <AccessSection
      title="Access reviews"
      lead="A campaign lists who holds what and when it was last used. Reviewers keep it or take it away, and the result is kept as evidence."
      actions={
        mayManage && (
          <Button leftSection={<IconChecklist size={16} stroke={1.7} />} onClick={() => setMaking(true)}>
            Begin a review
          </Button>
        )
      }
    >
      <Panel flush>
        <Answer query={campaigns} skeleton={<SkeletonRows rows={5} />}>
          {data =>
            data.campaigns.length === 0 ? (
              <EmptyState title="Nothing to review">
                {mayManage ? 'Begin one each quarter: auditors ask for it.' : 'Nobody asked you to review anything.'}
              </EmptyState>
            ) : (
              <Campaigns campaigns={data.campaigns} />
            )
          }
        </Answer>
      </Panel>
      {mayRead && <Orphans />}
      {isMaking && <NewReviewDialog onClose={() => setMaking(false)} />}
    </AccessSection>
  );
}

function Campaigns({ campaigns }: { campaigns: readonly Campaign[] }) {
  const navigate = useNavigate();
  return (
    <DataTable
      label="Access reviews"
      rows={campaigns}
      rowKey={({ id }) => id}
      onRow={({ id }) => void navigate({ to: '/access/reviews/$reviewId', params: { reviewId: id } })}
      columns={[
        {
          key: 'name',
          header: 'Review',
          narrow: 'title',
          cell: ({ id, name, scopeName }) => (
            <TwoLines below={scopeName}>
              <Link to="/access/reviews/$reviewId" params={{ reviewId: id }}>
                {name}
              </Link>
            </TwoLines>
          ),
        },
        {
          key: 'state',
          header: 'State',
          width: '120px',
          cell: ({ state }) =>
            state === 'open' ? <StateDot level="warn">Open</StateDot> : <StateDot level="good">Closed</StateDot>,
        },
        { key: 'progress', header: 'Answered', cell: campaign => <Progress campaign={campaign} /> },
        {
          key: 'due',
          header: 'Due',
          width: '130px',
          cell: ({ closedAt, dueAt }) => <Moment time={closedAt ?? dueAt} />,
        },
      ]}
    />
  );
}

/** How far it is: kept, taken away, open. */
export function Progress({ campaign }: { campaign: Campaign }) {
  const { items, kept, open, revoked } = campaign;
  const part = (count: number) => ({ width: `${items === 0 ? 0 : (count / items) * 100}%` });
  return (
    <TwoLines below={`${kept} kept, ${revoked} taken away`}>
      {items - open} of {items}
      <span className={styles.bar} aria-hidden>
        <span style={part(kept)} />
        <span style={part(revoked)} />
      </span>
    </TwoLines>
  );
}
