import { Link, useNavigate, useSearch } from '@tanstack/react-router';
import { named, usePages } from '../../api/pages.ts';
import { useApi } from '../../api/queries.ts';
import type { Column } from '../../components/data-table.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { FilterChoice, plainChoices } from '../../components/filter-choice.tsx';
import { Moment } from '../../components/moment.tsx';
import { PagedList } from '../../components/paged-list.tsx';
import { Panel } from '../../components/panel.tsx';
import { plural } from '../../components/time.ts';
import { TwoLines } from '../../components/two-lines.tsx';
import type { IncidentFilter, Verdict } from './incident-filter.ts';
import { verdicts } from './incident-filter.ts';
import styles from './perimeter.module.css';
import { PerimeterPage, VerdictMark } from './perimeter-page.tsx';
import type { Incident } from './words.ts';
import { verdictWords, whyWords } from './words.ts';

const pageSize = 50;

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

function Filters({ filter: { site, verdict } }: { filter: IncidentFilter }) {
  const navigate = useNavigate();
  const sites = useApi('sites.list');
  const put = ({ site, verdict }: { site: string | undefined; verdict: Verdict | undefined }) => {
    const search = { ...(site === undefined ? {} : { site }), ...(verdict === undefined ? {} : { verdict }) };
    void navigate({ to: '/perimeter/incidents', search, replace: true, resetScroll: false });
  };
  return (
    <search className={styles.filters}>
      <FilterChoice
        label="Site"
        choices={plainChoices(sites.data?.sites.map(one => one.name) ?? [])}
        value={site}
        onChange={next => put({ site: next, verdict })}
      />
      <FilterChoice
        label="What became of it"
        choices={verdicts.map(value => ({ value, label: verdictWords(value) }))}
        value={verdict}
        onChange={next => put({ site, verdict: next })}
      />
    </search>
  );
}

function IncidentTable({ filter }: { filter: IncidentFilter }) {
  const navigate = useNavigate();
  const pages = usePages('perimeter.incidents', {
    key: filter,
    ask: place => ({ query: { ...filter, ...place, limit: pageSize } }),
    items: page => page.incidents,
    next: named,
  });
  return (
    <Panel flush>
      <PagedList
        pages={pages}
        rows={10}
        more="Look further back"
        total={`${plural(pages.items?.length ?? 0, 'incident')}: all there are`}
        empty={<EmptyState title="No incidents">Nothing of this kind is recorded.</EmptyState>}
      >
        {incidents => (
          <DataTable
            label="Incidents, newest first"
            columns={columns}
            rows={incidents}
            rowKey={incident => `${incident.id} ${incident.phase} ${incident.by} ${incident.time}`}
            onRow={({ id }) => void navigate({ to: '/perimeter/incidents/$incidentId', params: { incidentId: id } })}
          />
        )}
      </PagedList>
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
    cell: ({ clientIp, person }) => <TwoLines below={clientIp}>{person ?? 'not signed in'}</TwoLines>,
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
