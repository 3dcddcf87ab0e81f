import { Button, Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import type { InfiniteData } from '@tanstack/react-query';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import type { OperationOutput } from '../../../../src/admin/contract/contract.ts';
import { call } from '../../api/api.ts';
import { useAction, useApi } from '../../api/queries.ts';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Form } from '../../components/form.tsx';
import { MoreButton } from '../../components/more-button.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { SkeletonRows } from '../../components/skeleton-rows.tsx';
import { roleLabel } from '../../roles.ts';
import styles from './groups.module.css';
import type { Group } from './sources.ts';

const pageSize = 100;
const refreshes = ['groups.members', 'groups.get', 'groups.list', 'groups.ofPerson', 'access.ofPerson'] as const;
type Found = OperationOutput<'groups.members'>;

/** Who is in the group; of one that is kept here, also the way to change it. */
export function GroupMembers({ group, mayManage }: { group: Group; mayManage: boolean }) {
  const mayChange = mayManage && group.source.kind === 'local';
  const query = useInfiniteQuery<Found, Error, InfiniteData<Found>, readonly unknown[], string | undefined>({
    queryKey: ['groups.members', group.id],
    queryFn: ({ signal, pageParam }) => {
      const asked = { limit: pageSize, ...(pageParam === undefined ? {} : { after: pageParam }) };
      return call('groups.members', { params: { id: group.id }, query: asked }, { signal });
    },
    initialPageParam: undefined,
    getNextPageParam: page => (page.users.length < pageSize ? undefined : page.users.at(-1)?.id),
  });
  const remove = useAction('groups.removeMember', { refreshes });
  const users = query.data?.pages.flatMap(page => page.users);
  return (
    <Panel title="People" flush>
      {users === undefined && query.error === null && <SkeletonRows rows={4} />}
      {query.error !== null && <ProblemNotice error={query.error} onRetry={() => void query.refetch()} />}
      {users?.length === 0 && <EmptyState title="Nobody is in it">What it is granted, nobody has by it.</EmptyState>}
      {users !== undefined && users.length > 0 && (
        <DataTable
          label="People in the group"
          rows={users}
          rowKey={person => person.id}
          columns={[
            {
              key: 'person',
              header: 'Person',
              width: 'minmax(0, 3fr)',
              narrow: 'title',
              cell: person => (
                <span className={styles.what}>
                  <Link to="/people/$personId" params={{ personId: person.id }}>
                    {person.name}
                  </Link>
                  <small>{person.email}</small>
                </span>
              ),
            },
            { key: 'role', header: 'Own role', width: 'minmax(0, 1fr)', cell: person => roleLabel(person.role) },
            {
              key: 'remove',
              header: '',
              width: '100px',
              align: 'end',
              narrow: 'bare',
              cell: person =>
                mayChange && (
                  <Button
                    size="compact-xs"
                    variant="default"
                    aria-label={`Take ${person.name} out`}
                    loading={remove.isPending && remove.variables.params.userId === person.id}
                    onClick={() => remove.mutate({ params: { id: group.id, userId: person.id } })}
                  >
                    Take out
                  </Button>
                ),
            },
          ]}
        />
      )}
      <ProblemNotice error={remove.error} />
      {query.hasNextPage && (
        <div className={styles.more}>
          <MoreButton query={query}>Show more people</MoreButton>
        </div>
      )}
      {mayChange && <NewMember group={group} present={users?.map(person => person.id) ?? []} />}
    </Panel>
  );
}

function NewMember({ group, present }: { group: Group; present: readonly string[] }) {
  const [search, setSearch] = useState('');
  const [userId, setUserId] = useState<string | null>(null);
  const [asked] = useDebouncedValue(search.split(' · ')[0]?.trim() ?? '', 250);
  const people = useApi('users.list', { query: { limit: 50, ...(asked === '' ? {} : { search: asked }) } });
  const add = useAction('groups.addMember', {
    refreshes,
    onDone: () => {
      setUserId(null);
      setSearch('');
    },
  });
  const submit = () => {
    if (userId !== null) add.mutate({ params: { id: group.id, userId } });
  };
  return (
    <Form onSubmit={submit} className={styles.add}>
      <Select
        label="Add a person"
        placeholder="Name or e-mail"
        searchable
        clearable
        nothingFoundMessage="Nobody found"
        data={(people.data?.users ?? [])
          .filter(person => !present.includes(person.id))
          .map(person => ({ value: person.id, label: `${person.name} · ${person.email}` }))}
        filter={({ options }) => options}
        searchValue={search}
        onSearchChange={setSearch}
        value={userId}
        onChange={setUserId}
      />
      <Button type="submit" variant="default" disabled={userId === null} loading={add.isPending}>
        Add
      </Button>
      <ProblemNotice error={add.error} />
    </Form>
  );
}
