import { Button } from '@mantine/core';
import { named, usePages } from '../../api/pages.ts';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { PagedList } from '../../components/paged-list.tsx';
import { Panel } from '../../components/panel.tsx';
import { plural } from '../../components/time.ts';
import { eventColumns } from '../../events/event-columns.tsx';
import type { AuditEvent } from '../../events/event-sentence.ts';
import type { AuditFilter } from './audit-filter.ts';
import { auditQuery, hasConditions } from './audit-filter.ts';
import styles from './audit-page.module.css';

const pageSize = 100;
const livePollMs = 3000;

export interface AuditTableProps {
  readonly filter: AuditFilter;
  readonly isLive: boolean;
  readonly selected: AuditEvent | undefined;
  readonly onSelect: (event: AuditEvent) => void;
  readonly onClear: () => void;
}

/** What was found, newest first, page by page; live shows the newest page and asks again every three seconds. */
export function AuditTable({ filter, isLive, selected, onSelect, onClear }: AuditTableProps) {
  const pages = usePages('audit.search', {
    key: { filter, isLive },
    ask: place => ({ query: { ...auditQuery(filter, Date.now()), ...place, limit: pageSize } }),
    items: page => page.events,
    next: named,
    refetchInterval: isLive ? livePollMs : false,
    ...(isLive ? { maxPages: 1 } : {}),
  });
  const found = plural(pages.items?.length ?? 0, 'event');
  return (
    <Panel flush>
      <PagedList
        pages={pages}
        rows={10}
        more="Show older events"
        total={`${found}: the whole answer`}
        end={isLive ? <span className={styles.live}>Showing the newest {found}, as they come</span> : undefined}
        empty={<NothingFound filter={filter} onClear={onClear} />}
      >
        {events => (
          <DataTable
            label="Events, newest first"
            dense
            columns={eventColumns({ onSelect })}
            rows={events}
            rowKey={event => `${event.seq}`}
            onRow={onSelect}
            isActive={event => event.seq === selected?.seq}
          />
        )}
      </PagedList>
    </Panel>
  );
}

function NothingFound({ filter, onClear }: { filter: AuditFilter; onClear: () => void }) {
  return (
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
  );
}
