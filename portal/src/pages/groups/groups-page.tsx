import { Button, Select, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch, IconUsersPlus } from '@tabler/icons-react';
import type { InfiniteData } from '@tanstack/react-query';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { OperationOutput } from '../../../../src/admin/contract/contract.ts';
import { call } from '../../api/api.ts';
import { useMay } from '../../api/queries.ts';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { MoreButton } from '../../components/more-button.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { SkeletonRows } from '../../components/skeleton-rows.tsx';
import { PeopleSection } from '../people/people-section.tsx';
import styles from './groups.module.css';
import { NewGroupDialog } from './new-group-dialog.tsx';
import type { Group, SourceChoice } from './sources.ts';
import { sourceChoices, sourceWords } from './sources.ts';
import { useSourceNames } from './use-source-names.ts';

const pageSize = 100;
type Found = OperationOutput<'groups.list'>;

/** Groups, wherever they are kept: what a group is granted, its people have. */
export function GroupsPage() {
  const mayManage = useMay('user.manage');
  const [search, setSearch] = useState('');
  const [source, setSource] = useState<SourceChoice>('all');
  const [isMaking, setMaking] = useState(false);
  const [asked] = useDebouncedValue(search.trim(), 300);
  const found = useGroups(asked, source);
  const groups = found.data?.pages.flatMap(page => page.groups);
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
        <TextInput
          aria-label="Search groups"
          placeholder="Search by name"
          leftSection={<IconSearch size={16} stroke={1.6} />}
          value={search}
          onChange={event => setSearch(event.currentTarget.value)}
        />
        <Select
          aria-label="Kept by"
          data={[...sourceChoices]}
          value={source}
          onChange={value => setSource(sourceChoices.find(choice => choice.value === value)?.value ?? 'all')}
        />
      </search>
      {groups === undefined && found.error !== null && (
        <ProblemNotice error={found.error} onRetry={() => void found.refetch()} />
      )}
      {groups === undefined && found.error === null && (
        <Panel>
          <SkeletonRows rows={8} />
        </Panel>
      )}
      {groups?.length === 0 && (
        <Panel>
          <EmptyState title={asked === '' && source === 'all' ? 'No groups yet' : 'No group matches'}>
            Groups of an identity provider appear when somebody signs in with them, or when they are provisioned.
          </EmptyState>
        </Panel>
      )}
      {groups !== undefined && groups.length > 0 && (
        <Panel flush>
          <GroupTable groups={groups} />
          {found.hasNextPage && (
            <div className={styles.more}>
              <MoreButton query={found}>Show more groups</MoreButton>
            </div>
          )}
        </Panel>
      )}
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
            <span className={styles.what}>
              <Link to="/people/groups/$groupId" params={{ groupId: group.id }}>
                {group.name}
              </Link>
              {group.externalId !== null && group.externalId !== group.name && <small>{group.externalId}</small>}
            </span>
          ),
        },
        { key: 'source', header: 'Kept by', width: 'minmax(0, 2fr)', cell: group => sourceWords(group, names) },
        { key: 'members', header: 'People', width: '90px', align: 'end', cell: group => group.memberCount },
      ]}
    />
  );
}

function useGroups(search: string, source: SourceChoice) {
  return useInfiniteQuery<Found, Error, InfiniteData<Found>, readonly unknown[], string | undefined>({
    queryKey: ['groups.list', { search, source }],
    queryFn: ({ signal, pageParam }) => {
      const query = {
        limit: pageSize,
        ...(search === '' ? {} : { search }),
        ...(source === 'all' ? {} : { source }),
        ...(pageParam === undefined ? {} : { after: pageParam }),
      };
      return call('groups.list', { query }, { signal });
    },
    initialPageParam: undefined,
    getNextPageParam: page => (page.groups.length < pageSize ? undefined : page.groups.at(-1)?.id),
    placeholderData: keepPreviousData,
  });
}
