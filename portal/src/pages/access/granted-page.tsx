import { Link } from '@tanstack/react-router';
import type { OperationOutput } from '../../../../src/admin/contract/contract.ts';
import { behind, pageOf, usePages } from '../../api/pages.ts';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ListSearch, searchQuery, useListSearch } from '../../components/list-search.tsx';
import { Moment } from '../../components/moment.tsx';
import { PagedList } from '../../components/paged-list.tsx';
import { Panel } from '../../components/panel.tsx';
import { plural } from '../../components/time.ts';
import { TwoLines } from '../../components/two-lines.tsx';
import { AccessSection } from './access-section.tsx';

type Grant = OperationOutput<'grants.list'>['grants'][number];

/** What groups are granted, all in one list: the mapping from a directory to roles here. */
export function GrantedPage() {
  const search = useListSearch();
  const pages = usePages('grants.list', {
    key: searchQuery(search),
    ask: place => ({ query: { ...searchQuery(search), ...pageOf(place) } }),
    items: page => page.grants,
    next: page => behind(page.grants),
  });
  return (
    <AccessSection
      title="Granted to groups"
      lead="Who is in a group has what it is granted, from wherever the group comes. Open a group to grant it something."
    >
      <ListSearch search={search} label="Search groups" hint="Search by group" />
      <Panel flush>
        <PagedList
          pages={pages}
          more="Show more"
          empty={
            <EmptyState title="No group is granted anything" action={<Link to="/people/groups">To the groups</Link>}>
              Everybody has only what they were given themselves.
            </EmptyState>
          }
        >
          {grants => <Grants grants={grants} />}
        </PagedList>
      </Panel>
    </AccessSection>
  );
}

function Grants({ grants }: { grants: readonly Grant[] }) {
  return (
    <DataTable
      label="What groups are granted"
      rows={grants}
      rowKey={({ id }) => id}
      columns={[
        {
          key: 'group',
          header: 'Group',
          narrow: 'title',
          cell: ({ groupId, groupName, members }) => (
            <TwoLines below={plural(members, 'person', 'people')}>
              <Link to="/people/groups/$groupId" params={{ groupId }}>
                {groupName === '' ? 'A group that is gone' : groupName}
              </Link>
            </TwoLines>
          ),
        },
        { key: 'role', header: 'Role', width: 'minmax(0, 1.2fr)', cell: ({ roleName }) => roleName },
        { key: 'where', header: 'Where', cell: ({ projectName }) => projectName ?? 'At the gate itself' },
        { key: 'by', header: 'Granted by', cell: ({ createdBy }) => createdBy },
        { key: 'since', header: 'Since', width: '110px', cell: ({ createdAt }) => <Moment time={createdAt} /> },
      ]}
    />
  );
}
