import { Button } from '@mantine/core';
import { IconBan } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useState } from 'react';
import type { OperationOutput } from '../../../../src/admin/contract/contract.ts';
import { named, usePages } from '../../api/pages.ts';
import { useAction, useMay } from '../../api/queries.ts';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Moment } from '../../components/moment.tsx';
import { PagedList } from '../../components/paged-list.tsx';
import { Panel } from '../../components/panel.tsx';
import { RowButton } from '../../components/row-button.tsx';
import { SearchField } from '../../components/search-field.tsx';
import { actsColumn } from '../../components/table-columns.tsx';
import { plural } from '../../components/time.ts';
import { TwoLines } from '../../components/two-lines.tsx';
import { BanDialog } from './ban-dialog.tsx';
import styles from './perimeter.module.css';
import { PerimeterPage } from './perimeter-page.tsx';
import { countryWords } from './words.ts';

type Ban = OperationOutput<'bans.list'>['bans'][number];

/** Who is kept out, by whom, and until when. */
export function BansPage() {
  const { search } = useSearch({ from: '/perimeter/bans' });
  const navigate = useNavigate();
  const mayManage = useMay('site.manage');
  const [isAdding, setAdding] = useState(false);
  return (
    <PerimeterPage
      title="Bans"
      lead="Addresses whose requests are not taken. Automatic bans end by themselves and do not hold for people who are signed in."
      actions={
        mayManage && (
          <Button variant="default" leftSection={<IconBan size={16} stroke={1.7} />} onClick={() => setAdding(true)}>
            Ban an address
          </Button>
        )
      }
    >
      <search className={styles.filters}>
        <SearchField
          label="Search"
          placeholder="Address, block or reason"
          value={search}
          onChange={value =>
            void navigate({
              to: '/perimeter/bans',
              search: value === undefined ? {} : { search: value },
              replace: true,
              resetScroll: false,
            })
          }
        />
      </search>
      <BanList search={search} mayManage={mayManage} />
      {isAdding && <BanDialog onClose={() => setAdding(false)} />}
    </PerimeterPage>
  );
}

function BanList({ search, mayManage }: { search: string | undefined; mayManage: boolean }) {
  const [lifting, setLifting] = useState<Ban>();
  const conditions = search === undefined ? {} : { search };
  const pages = usePages('bans.list', {
    key: conditions,
    ask: place => ({ query: { ...conditions, ...place } }),
    items: page => page.bans,
    next: named,
  });
  return (
    <Panel flush>
      <PagedList
        pages={pages}
        more="Show older bans"
        total={plural(pages.first?.total ?? 0, 'ban')}
        empty={
          <EmptyState title={search === undefined ? 'Nobody is banned' : 'No ban matches'}>
            {search === undefined
              ? 'Every address may come.'
              : 'Neither this address nor a block that holds it is kept out.'}
          </EmptyState>
        }
      >
        {bans => <BanTable bans={bans} onLift={mayManage ? setLifting : undefined} />}
      </PagedList>
      {lifting && <Lifting ban={lifting} onClose={() => setLifting(undefined)} />}
    </Panel>
  );
}

function BanTable({ bans, onLift }: { bans: readonly Ban[]; onLift: ((ban: Ban) => void) | undefined }) {
  return (
    <DataTable
      label="Bans, newest first"
      rows={bans}
      rowKey={({ network }) => network}
      columns={[
        {
          key: 'network',
          header: 'Address',
          width: 'minmax(0, 2fr)',
          narrow: 'title',
          cell: ({ country, network }) => (
            <TwoLines below={country !== null && countryWords(country)}>
              <code>{network}</code>
            </TwoLines>
          ),
        },
        { key: 'reason', header: 'Reason', width: 'minmax(0, 3fr)', cell: ({ reason }) => reason },
        {
          key: 'by',
          header: 'By',
          width: 'minmax(0, 1.6fr)',
          cell: ({ createdBy, source }) => (source === 'automatic' ? 'the gate itself' : createdBy),
        },
        { key: 'since', header: 'Since', width: '110px', cell: ({ createdAt }) => <Moment time={createdAt} /> },
        {
          key: 'until',
          header: 'Ends',
          width: '110px',
          cell: ({ until }) => (until === null ? 'when lifted' : <Moment time={until} />),
        },
        {
          ...actsColumn,
          width: '64px',
          cell: ban =>
            onLift && (
              <RowButton aria-label={`Lift ${ban.network}`} onClick={() => onLift(ban)}>
                Lift
              </RowButton>
            ),
        },
      ]}
    />
  );
}

function Lifting({ ban, onClose }: { ban: Ban; onClose: () => void }) {
  const lift = useAction('bans.lift', { refreshes: ['bans.list', 'perimeter.summary'], onDone: onClose });
  return (
    <ConfirmDialog
      title="Lift the ban"
      act="Lift"
      action={lift}
      onClose={onClose}
      onConfirm={() => lift.mutate({ body: { network: ban.network } })}
    >
      <code>{ban.network}</code> may come again from the next request on.
    </ConfirmDialog>
  );
}
