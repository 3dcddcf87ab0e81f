import { Button, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconSearch, IconUserPlus } from '@tabler/icons-react';
import type { InfiniteData } from '@tanstack/react-query';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { OperationOutput } from '../../../../src/admin/contract/contract.ts';
import { call } from '../../api/api.ts';
import { useMay } from '../../api/queries.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { MoreButton } from '../../components/more-button.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { SkeletonRows } from '../../components/skeleton-rows.tsx';
import { InviteDialog } from './invite-dialog.tsx';
import styles from './people-page.module.css';
import { PeopleSection } from './people-section.tsx';
import { PeopleTable } from './people-table.tsx';

const pageSize = 100;
type Found = OperationOutput<'users.list'>;

/** Who may sign in at the gate. */
export function PeoplePage() {
  const mayManage = useMay('user.manage');
  const [search, setSearch] = useState('');
  const [asked] = useDebouncedValue(search.trim(), 300);
  const [isInviting, setInviting] = useState(false);
  const people = usePeople(asked);
  const users = people.data?.pages.flatMap(page => page.users);
  return (
    <PeopleSection
      title="People"
      lead="Who may sign in, with which role, and how well they prove who they are."
      actions={
        mayManage && (
          <Button leftSection={<IconUserPlus size={16} />} onClick={() => setInviting(true)}>
            Invite a person
          </Button>
        )
      }
    >
      <TextInput
        aria-label="Search people"
        placeholder="Search by name or e-mail"
        className={styles.search ?? ''}
        leftSection={<IconSearch size={16} stroke={1.6} />}
        value={search}
        onChange={event => setSearch(event.currentTarget.value)}
      />
      {users === undefined && people.error !== null && (
        <ProblemNotice error={people.error} onRetry={() => void people.refetch()} />
      )}
      {users === undefined && people.error === null && (
        <Panel>
          <SkeletonRows rows={8} />
        </Panel>
      )}
      {users?.length === 0 && (
        <Panel>
          <EmptyState title={asked === '' ? 'Nobody is here yet' : 'Nobody found'}>
            {asked === ''
              ? 'Invite the people who work with what stands behind the gate.'
              : `No name or e-mail address holds “${asked}”.`}
          </EmptyState>
        </Panel>
      )}
      {users !== undefined && users.length > 0 && (
        <Panel flush>
          <PeopleTable users={users} />
          {people.hasNextPage && (
            <div className={styles.more}>
              <MoreButton query={people}>Show more people</MoreButton>
            </div>
          )}
        </Panel>
      )}
      {isInviting && <InviteDialog onClose={() => setInviting(false)} />}
    </PeopleSection>
  );
}

function usePeople(search: string) {
  return useInfiniteQuery<Found, Error, InfiniteData<Found>, readonly unknown[], string | undefined>({
    queryKey: ['users.list', { search }],
    queryFn: ({ signal, pageParam }) => {
      const query = { limit: pageSize, ...(search === '' ? {} : { search }) };
      return call(
        'users.list',
        { query: pageParam === undefined ? query : { ...query, after: pageParam } },
        { signal },
      );
    },
    initialPageParam: undefined,
    getNextPageParam: page => (page.users.length < pageSize ? undefined : page.users.at(-1)?.id),
    placeholderData: keepPreviousData,
  });
}
