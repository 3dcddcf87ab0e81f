import { useState } from 'react';
import { behind, pageOf, usePages } from '../../api/pages.ts';
import { useAction } from '../../api/queries.ts';
import { AddForm } from '../../components/add-form.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { PagedList } from '../../components/paged-list.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { RowButton } from '../../components/row-button.tsx';
import { actsColumn } from '../../components/table-columns.tsx';
import { roleLabel } from '../../roles.ts';
import { personColumn } from '../people/person-column.tsx';
import { PersonSelect } from '../people/person-select.tsx';
import type { Group } from './sources.ts';

const refreshes = ['groups.members', 'groups.get', 'groups.list', 'groups.ofPerson', 'access.ofPerson'] as const;

/** Who is in the group; of one that is kept here, also the way to change it. */
export function GroupMembers({ group, mayManage }: { group: Group; mayManage: boolean }) {
  const mayChange = mayManage && group.source.kind === 'local';
  const pages = usePages('groups.members', {
    key: group.id,
    ask: place => ({ params: { id: group.id }, query: pageOf(place) }),
    items: page => page.users,
    next: page => behind(page.users),
  });
  const remove = useAction('groups.removeMember', { refreshes });
  return (
    <Panel title="People" flush>
      <PagedList
        pages={pages}
        rows={4}
        more="Show more people"
        empty={<EmptyState title="Nobody is in it">What it is granted, nobody has by it.</EmptyState>}
      >
        {users => (
          <DataTable
            label="People in the group"
            rows={users}
            rowKey={person => person.id}
            columns={[
              personColumn,
              { key: 'role', header: 'Own role', width: 'minmax(0, 1fr)', cell: person => roleLabel(person.role) },
              {
                ...actsColumn,
                width: '100px',
                cell: person =>
                  mayChange && (
                    <RowButton
                      aria-label={`Take ${person.name} out`}
                      loading={remove.isPending && remove.variables.params.userId === person.id}
                      onClick={() => remove.mutate({ params: { id: group.id, userId: person.id } })}
                    >
                      Take out
                    </RowButton>
                  ),
              },
            ]}
          />
        )}
      </PagedList>
      <ProblemNotice error={remove.error} />
      {mayChange && <NewMember group={group} present={pages.items?.map(person => person.id) ?? []} />}
    </Panel>
  );
}

function NewMember({ group, present }: { group: Group; present: readonly string[] }) {
  const [userId, setUserId] = useState<string | null>(null);
  const add = useAction('groups.addMember', { refreshes, onDone: () => setUserId(null) });
  const submit = () => {
    if (userId !== null) add.mutate({ params: { id: group.id, userId } });
  };
  return (
    <AddForm act="Add" isReady={userId !== null} action={add} onSubmit={submit}>
      <PersonSelect
        label="Add a person"
        isLeftOut={person => present.includes(person.id)}
        value={userId}
        onChange={setUserId}
      />
    </AddForm>
  );
}
