import { Button } from '@mantine/core';
import { IconUsersPlus } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { behind, pageOf, usePages } from '../../api/pages.ts';
import { useMay } from '../../api/queries.ts';
import { Choice } from '../../components/choice.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { ListSearch, searchQuery, useListSearch } from '../../components/list-search.tsx';
import { PagedList } from '../../components/paged-list.tsx';
import { Panel } from '../../components/panel.tsx';
import { TwoLines } from '../../components/two-lines.tsx';
import { PeopleSection } from '../people/people-section.tsx';
import styles from './groups.module.css';
import { NewGroupDialog } from './new-group-dialog.tsx';
import type { Group, SourceChoice } from './sources.ts';
import { sourceChoices, sourceWords } from './sources.ts';
import { useSourceNames } from './use-source-names.ts';

/** Groups, wherever they are kept: what a group is granted, its people have. */
export function GroupsPage() {
  const mayManage = useMay('user.manage');
  const search = useListSearch();
  const [source, setSource] = useState<SourceChoice>('all');
  const [isMaking, setMaking] = useState(false);
  const conditions = { ...searchQuery(search), ...(source === 'all' ? {} : { source }) };
  const pages = usePages('groups.list', {
    key: conditions,
    ask: place => ({ query: { ...conditions, ...pageOf(place) } }),
    items: page => page.groups,
    next: page => behind(page.groups),
  });
  return (
    <PeopleSection
      title="Groups"
      lead="What a group is granted, everybody in it has. Groups of a directory or identity provider follow it; others are kept here."
      actions={
        mayManage && (
          <Button leftSection={<IconUsersPlus size={16} />} onClick={() => setMaking(true)}>
            New group
          </Button>
        )
      }
    >
      <search className={styles.filters}>
        <ListSearch search={search} label="Search groups" hint="Search by name" />
        <Choice aria-label="Kept by" choices={sourceChoices} value={source} onChange={setSource} />
      </search>
      <Panel flush>
        <PagedList
          pages={pages}
          more="Show more groups"
          empty={
            <EmptyState title={search.asked === '' && source === 'all' ? 'No groups yet' : 'No group matches'}>
              Groups of an identity provider appear when somebody signs in with them, or when they are provisioned.
            </EmptyState>
          }
        >
          {groups => <GroupTable groups={groups} />}
        </PagedList>
      </Panel>
      {isMaking && <NewGroupDialog onClose={() => setMaking(false)} />}
    </PeopleSection>
  );
}

function GroupTable({ groups }: { groups: readonly Group[] }) {
  const navigate = useNavigate();
  const names = useSourceNames();
  return (
    <DataTable
      label="Groups"
      rows={groups}
      rowKey={group => group.id}
      onRow={group => void navigate({ to: '/people/groups/$groupId', params: { groupId: group.id } })}
      columns={[
        {
          key: 'name',
          header: 'Group',
          width: 'minmax(0, 3fr)',
          narrow: 'title',
          cell: group => (
            <TwoLines below={group.externalId !== null && group.externalId !== group.name && group.externalId}>
              <Link to="/people/groups/$groupId" params={{ groupId: group.id }}>
                {group.name}
              </Link>
            </TwoLines>
          ),
        },
        { key: 'source', header: 'Kept by', width: 'minmax(0, 2fr)', cell: group => sourceWords(group, names) },
        { key: 'members', header: 'People', width: '90px', align: 'end', cell: group => group.memberCount },
      ]}
    />
  );
}
