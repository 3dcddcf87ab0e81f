import { Select } from '@mantine/core';
import type { InfiniteData } from '@tanstack/react-query';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import type { OperationOutput } from '../../../../src/admin/contract/contract.ts';
import { call } from '../../api/api.ts';
import { useApi } from '../../api/queries.ts';
import type { Column } from '../../components/data-table.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Moment } from '../../components/moment.tsx';
import { MoreButton } from '../../components/more-button.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { SkeletonRows } from '../../components/skeleton-rows.tsx';
import { plural } from '../../components/time.ts';
import type { IncidentFilter } from './incident-filter.ts';
import { verdicts } from './incident-filter.ts';
import styles from './perimeter.module.css';
import { PerimeterPage, VerdictMark } from './perimeter-page.tsx';
import type { Incident } from './words.ts';
import { verdictWords, whyWords } from './words.ts';

const pageSize = 50;
type Found = OperationOutput<'perimeter.incidents'>;

/** What the firewall, the shields and the answer rules met, newest first. */
export function IncidentsPage() {
  const filter = useSearch({ from: '/perimeter/incidents' });
  return (
    <PerimeterPage title="Incidents" lead="Requests that were stopped or would have been, newest first.">
      <Filters filter={filter} />
      <IncidentTable filter={filter} />
    </PerimeterPage>
  );
}

function Filters({ filter }: { filter: IncidentFilter }) {
  const navigate = useNavigate();
  const sites = useApi('sites.list');
  const put = (change: { site?: string | null; verdict?: string | null }) => {
    const next = { ...filter, ...change };
    const verdict = verdicts.find(entry => entry === next.verdict);
    const search = {
      ...(next.site === null || next.site === undefined ? {} : { site: next.site }),
      ...(verdict === undefined ? {} : { verdict }),
    };
    void navigate({ to: '/perimeter/incidents', search, replace: true, resetScroll: false });
  };
  return (
    <search className={styles.filters}>
      <Select
        label="Site"
        size="xs"
        placeholder="Any"
        clearable
        data={sites.data?.sites.map(site => site.name) ?? []}
        value={filter.site ?? null}
        onChange={site => put({ site })}
      />
      <Select
        label="What became of it"
        size="xs"
        placeholder="Any"
        clearable
        data={verdicts.map(value => ({ value, label: verdictWords(value) }))}
        value={filter.verdict ?? null}
        onChange={verdict => put({ verdict })}
      />
    </search>
  );
}

function IncidentTable({ filter }: { filter: IncidentFilter }) {
  const navigate = useNavigate();
  const query = useInfiniteQuery<Found, Error, InfiniteData<Found>, readonly unknown[], string | undefined>({
    queryKey: ['perimeter.incidents', filter],
    queryFn: ({ signal, pageParam }) => {
      const asked = { ...filter, limit: pageSize };
      const given = { query: pageParam === undefined ? asked : { ...asked, cursor: pageParam } };
      return call('perimeter.incidents', given, { signal });
    },
    initialPageParam: undefined,
    getNextPageParam: page => page.next ?? undefined,
    placeholderData: previous => previous,
  });
  const incidents = query.data?.pages.flatMap(page => page.incidents) ?? [];
  if (query.data === undefined) {
    if (query.error !== null) return <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />;
    return (
      <Panel>
        <SkeletonRows rows={10} />
      </Panel>
    );
  }
  if (incidents.length === 0 && !query.hasNextPage) {
    return (
      <Panel>
        <EmptyState title="No incidents">Nothing of this kind is recorded.</EmptyState>
      </Panel>
    );
  }
  return (
    <Panel flush>
      <DataTable
        label="Incidents, newest first"
        columns={columns}
        rows={incidents}
        rowKey={incident => `${incident.id} ${incident.phase} ${incident.by} ${incident.time}`}
        onRow={({ id }) => void navigate({ to: '/perimeter/incidents/$incidentId', params: { incidentId: id } })}
      />
      <div className={styles.footer} aria-live="polite">
        {query.hasNextPage ? (
          <MoreButton query={query}>Look further back</MoreButton>
        ) : (
          <span>{plural(incidents.length, 'incident')}: all there are</span>
        )}
      </div>
    </Panel>
  );
}

const columns: readonly Column<Incident>[] = [
  {
    key: 'what',
    header: 'What',
    width: 'minmax(0, 5fr)',
    narrow: 'title',
    cell: incident => (
      <Link to="/perimeter/incidents/$incidentId" params={{ incidentId: incident.id }} className={styles.what}>
        <span>{whyWords(incident)}</span>
        <code>
          {incident.method} {incident.path}
        </code>
      </Link>
    ),
  },
  {
    key: 'who',
    header: 'Who',
    width: 'minmax(0, 2fr)',
    cell: ({ clientIp, person }) => (
      <span className={styles.who}>
        <span>{person ?? 'not signed in'}</span>
        {clientIp !== null && <small>{clientIp}</small>}
      </span>
    ),
  },
  {
    key: 'site',
    header: 'Site',
    width: 'minmax(0, 1.2fr)',
    cell: ({ site }) => site ?? <span className="quiet">–</span>,
  },
  { key: 'verdict', header: 'Verdict', width: '100px', cell: ({ verdict }) => <VerdictMark verdict={verdict} /> },
  { key: 'time', header: 'Time', width: '132px', align: 'end', cell: ({ time }) => <Moment time={time} form="log" /> },
];
