import { Button } from '@mantine/core';
import { IconUserPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { behind, pageOf, usePages } from '../../api/pages.ts';
import { useMay } from '../../api/queries.ts';
import { EmptyState } from '../../components/empty-state.tsx';
import { ListSearch, searchQuery, useListSearch } from '../../components/list-search.tsx';
import { PagedList } from '../../components/paged-list.tsx';
import { Panel } from '../../components/panel.tsx';
import { InviteDialog } from './invite-dialog.tsx';
import { PeopleSection } from './people-section.tsx';
import { PeopleTable } from './people-table.tsx';

/** Who may sign in at the gate. */
export function PeoplePage() {
  const mayManage = useMay('user.manage');
  const search = useListSearch();
  const [isInviting, setInviting] = useState(false);
  const pages = usePages('users.list', {
    key: searchQuery(search),
    ask: place => ({ query: { ...searchQuery(search), ...pageOf(place) } }),
    items: page => page.users,
    next: page => behind(page.users),
  });
  const isSearched = search.asked !== '';
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
      <ListSearch search={search} label="Search people" hint="Search by name or e-mail" />
      <Panel flush>
        <PagedList
          pages={pages}
          more="Show more people"
          empty={
            <EmptyState title={isSearched ? 'Nobody found' : 'Nobody is here yet'}>
              {isSearched
                ? `No name or e-mail address holds “${search.asked}”.`
                : 'Invite the people who work with what stands behind the gate.'}
            </EmptyState>
          }
        >
          {users => <PeopleTable users={users} />}
        </PagedList>
      </Panel>
      {isInviting && <InviteDialog onClose={() => setInviting(false)} />}
    </PeopleSection>
  );
}
