import { TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import type { InfiniteData } from '@tanstack/react-query';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { OperationOutput } from '../../../../src/admin/contract/contract.ts';
import { call } from '../../api/api.ts';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Moment } from '../../components/moment.tsx';
import { MoreButton } from '../../components/more-button.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { SkeletonRows } from '../../components/skeleton-rows.tsx';
import styles from './access.module.css';
import { AccessSection } from './access-section.tsx';

const pageSize = 100;
type Found = OperationOutput<'grants.list'>;

/** What groups are granted, all in one list: the mapping from a directory to roles here. */
export function GrantedPage() {
  const [search, setSearch] = useState('');
  const [asked] = useDebouncedValue(search.trim(), 300);
  const query = useInfiniteQuery<Found, Error, InfiniteData<Found>, readonly unknown[], string | undefined>({
    queryKey: ['grants.list', { search: asked }],
    queryFn: ({ signal, pageParam }) => {
      const given = {
        limit: pageSize,
        ...(asked === '' ? {} : { search: asked }),
        ...(pageParam === undefined ? {} : { after: pageParam }),
      };
      return call('grants.list', { query: given }, { signal });
    },
    initialPageParam: undefined,
    getNextPageParam: page => (page.grants.length < pageSize ? undefined : page.grants.at(-1)?.id),
    placeholderData: keepPreviousData,
  });
  const grants = query.data?.pages.flatMap(page => page.grants);
  return (
    <AccessSection
      title="Granted to groups"
      lead="Who is in a group has what it is granted, from wherever the group comes. Open a group to grant it something."
    >
      <TextInput
        aria-label="Search groups"
        placeholder="Search by group"
        className={styles.search ?? ''}
        leftSection={<IconSearch size={16} stroke={1.6} />}
        value={search}
        onChange={event => setSearch(event.currentTarget.value)}
      />
      <Panel flush>
        {grants === undefined && query.error === null && <SkeletonRows rows={6} />}
        {query.error !== null && <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />}
        {grants?.length === 0 && (
          <EmptyState title="No group is granted anything" action={<Link to="/people/groups">To the groups</Link>}>
            Everybody has only what they were given themselves.
          </EmptyState>
        )}
        {grants !== undefined && grants.length > 0 && <Grants grants={grants} />}
        {query.hasNextPage && (
          <div className={styles.more}>
            <MoreButton query={query}>Show more</MoreButton>
          </div>
        )}
      </Panel>
    </AccessSection>
  );
}

function Grants({ grants }: { grants: Found['grants'] }) {
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
            <span className={styles.what}>
              <Link to="/people/groups/$groupId" params={{ groupId }}>
                {groupName === '' ? 'A group that is gone' : groupName}
              </Link>
              <small>{members === 1 ? '1 person' : `${members.toLocaleString('en-GB')} people`}</small>
            </span>
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
