import { Select } from '@mantine/core';
import { useState } from 'react';
import type { OperationOutput } from '../../../../src/admin/contract/contract.ts';
import { useApi } from '../../api/queries.ts';
import { Answer } from '../../components/answer.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ListEnd } from '../../components/list-end.tsx';
import { Moment } from '../../components/moment.tsx';
import { Panel } from '../../components/panel.tsx';
import { StateDot } from '../../components/state-dot.tsx';
import { plural } from '../../components/time.ts';
import styles from './perimeter.module.css';
import { PerimeterPage } from './perimeter-page.tsx';

type Advisory = OperationOutput<'perimeter.advisories'>['advisories'][number];
type List = OperationOutput<'perimeter.lists'>['lists'][number];

/** What is known from outside: faults of the platforms behind the gate, and addresses others have met. */
export function AdvisoriesPage() {
  const sites = useApi('sites.list');
  const lists = useApi('perimeter.lists');
  return (
    <PerimeterPage
      title="Lists and advisories"
      lead="What is known from outside: faults of the platforms behind the gate, and addresses that others have met."
    >
      <Answer query={sites}>
        {data => (
          <SiteAdvisories sites={data.sites.filter(site => site.platform !== 'generic').map(site => site.name)} />
        )}
      </Answer>
      <Panel title="Lists" note="Reputation and ranges of trusted hops, as the configuration names them." flush>
        <Answer query={lists}>{data => <ListTable lists={data.lists} />}</Answer>
      </Panel>
    </PerimeterPage>
  );
}

function SiteAdvisories({ sites }: { sites: readonly string[] }) {
  const [chosen, setChosen] = useState<string>();
  const site = chosen ?? sites[0];
  const title = 'Advisories';
  if (site === undefined) {
    return (
      <Panel title={title}>
        <EmptyState title="No platform to know of">No site is an n8n or a Flowise.</EmptyState>
      </Panel>
    );
  }
  return (
    <Panel
      title={title}
      note="What stands between a known fault and this site."
      flush
      actions={
        <Select
          aria-label="Site"
          size="xs"
          data={[...sites]}
          value={site}
          onChange={value => setChosen(value ?? site)}
        />
      }
    >
      <AdvisoryTable key={site} site={site} />
    </Panel>
  );
}

const states = {
  update_needed: { level: 'bad', words: 'Update needed', rank: 0 },
  unknown_version: { level: 'warn', words: 'Version unknown', rank: 1 },
  partly: { level: 'warn', words: 'Partly shielded', rank: 2 },
  shielded: { level: 'good', words: 'Shielded', rank: 3 },
  gate: { level: 'good', words: 'Stopped by the gate', rank: 4 },
  not_affected: { level: 'off', words: 'Not affected', rank: 5 },
} as const;

function AdvisoryTable({ site }: { site: string }) {
  const found = useApi('perimeter.advisories', { query: { site } });
  return (
    <Answer query={found}>
      {({ advisories, version }) => (
        <>
          <DataTable
            label={`Advisories for ${site}`}
            rows={advisories.toSorted((a, b) => states[a.state].rank - states[b.state].rank)}
            rowKey={({ id }) => id}
            columns={advisoryColumns}
          />
          <ListEnd>
            {plural(advisories.length, 'known advisory', 'known advisories')};{' '}
            {version === null ? 'the platform has not said its version' : `the platform says it runs ${version}`}
          </ListEnd>
        </>
      )}
    </Answer>
  );
}

const advisoryColumns = [
  {
    key: 'what',
    header: 'Advisory',
    width: 'minmax(0, 4fr)',
    narrow: 'title' as const,
    cell: ({ id, title }: Advisory) => (
      <span className={styles.what}>
        <span>{title}</span>
        <code>{id}</code>
      </span>
    ),
  },
  { key: 'severity', header: 'Severity', width: '84px', cell: ({ severity }: Advisory) => severity },
  { key: 'affected', header: 'Affected', width: 'minmax(0, 1.6fr)', cell: ({ affected }: Advisory) => affected },
  {
    key: 'state',
    header: 'State',
    width: '158px',
    cell: ({ state }: Advisory) => <StateDot level={states[state].level}>{states[state].words}</StateDot>,
  },
  {
    key: 'how',
    header: 'How',
    width: 'minmax(0, 3fr)',
    cell: ({ how }: Advisory) => <span className="quiet">{how}</span>,
  },
];

function ListTable({ lists }: { lists: readonly List[] }) {
  if (lists.length === 0) {
    return (
      <EmptyState title="No lists">
        The configuration file may name lists of addresses: files, or feeds that are read again by themselves.
      </EmptyState>
    );
  }
  return (
    <DataTable
      label="Lists"
      rows={lists}
      rowKey={({ id }) => id}
      columns={[
        { key: 'id', header: 'List', width: 'minmax(0, 2fr)', narrow: 'title', cell: ({ id }) => <b>{id}</b> },
        { key: 'kind', header: 'Kind', width: 'minmax(0, 1.4fr)', cell: ({ kind }) => kind.replaceAll('_', ' ') },
        {
          key: 'entries',
          header: 'Entries',
          width: '90px',
          align: 'end',
          cell: ({ entries }) => entries.toLocaleString('en-GB'),
        },
        {
          key: 'state',
          header: 'State',
          width: 'minmax(0, 2.4fr)',
          cell: ({ error, loadedAt }) =>
            error === null ? (
              <StateDot level="good">In force</StateDot>
            ) : (
              <StateDot level={loadedAt === null ? 'bad' : 'warn'}>
                {loadedAt === null ? error : `The former one is in force: ${error}`}
              </StateDot>
            ),
        },
        {
          key: 'loaded',
          header: 'Read',
          width: '110px',
          cell: ({ loadedAt }) =>
            loadedAt === null ? <span className="quiet">Never</span> : <Moment time={loadedAt} />,
        },
      ]}
    />
  );
}
