import { Button } from '@mantine/core';
import type { InfiniteData } from '@tanstack/react-query';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { OperationOutput } from '../../../../src/admin/contract/contract.ts';
import { call } from '../../api/api.ts';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { MoreButton } from '../../components/more-button.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { SkeletonRows } from '../../components/skeleton-rows.tsx';
import { plural } from '../../components/time.ts';
import { eventColumns } from '../../events/event-columns.tsx';
import type { AuditEvent } from '../../events/event-sentence.ts';
import type { AuditFilter } from './audit-filter.ts';
import { auditQuery, hasConditions } from './audit-filter.ts';
import styles from './audit-page.module.css';

const pageSize = 100;
const livePollMs = 3000;
type Found = OperationOutput<'audit.search'>;

export interface AuditTableProps {
  readonly filter: AuditFilter;
  readonly isLive: boolean;
  readonly selected: AuditEvent | undefined;
  readonly onSelect: (event: AuditEvent) => void;
  readonly onClear: () => void;
}

/** What was found, newest first, page by page; live shows the newest page and asks again every three seconds. */
export function AuditTable({ filter, isLive, selected, onSelect, onClear }: AuditTableProps) {
  const query = useInfiniteQuery<Found, Error, InfiniteData<Found>, readonly unknown[], string | undefined>({
    queryKey: ['audit.search', filter, isLive],
    queryFn: ({ signal, pageParam }) => {
      const asked = { ...auditQuery(filter, Date.now()), limit: pageSize };
      return call(
        'audit.search',
        { query: pageParam === undefined ? asked : { ...asked, cursor: pageParam } },
        { signal },
      );
    },
    initialPageParam: undefined,
    getNextPageParam: page => page.next ?? undefined,
    refetchInterval: isLive ? livePollMs : false,
    placeholderData: previous => previous,
    ...(isLive ? { maxPages: 1 } : {}),
  });
  const events = query.data?.pages.flatMap(page => page.events) ?? [];
  if (query.data === undefined) {
    if (query.error !== null) return <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />;
    return (
      <Panel>
        <SkeletonRows rows={10} />
      </Panel>
    );
  }
  if (events.length === 0) return <NothingFound filter={filter} onClear={onClear} />;
  return (
    <Panel flush>
      <DataTable
        label="Events, newest first"
        dense
        columns={eventColumns({ onSelect })}
        rows={events}
        rowKey={event => `${event.seq}`}
        onRow={onSelect}
        isActive={event => event.seq === selected?.seq}
      />
      <div className={styles.footer} aria-live="polite">
        {isLive ? (
          <span className={styles.live}>Showing the newest {plural(events.length, 'event')}, as they come</span>
        ) : query.hasNextPage ? (
          <MoreButton query={query}>Show older events</MoreButton>
        ) : (
          <span>{plural(events.length, 'event')}: the whole answer</span>
        )}
      </div>
    </Panel>
  );
}

function NothingFound({ filter, onClear }: { filter: AuditFilter; onClear: () => void }) {
  return (
    <Panel>
      <EmptyState
        title="No events match"
        action={
          hasConditions(filter) && (
            <Button variant="default" size="xs" onClick={onClear}>
              Clear filters
            </Button>
          )
        }
      >
        Nothing like this was recorded in the period. Take a condition away or choose a longer period.
      </EmptyState>
    </Panel>
  );
}
