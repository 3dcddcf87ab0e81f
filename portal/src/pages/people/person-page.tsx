import { Link, useParams } from '@tanstack/react-router';
import { useApi, useMay, useMe } from '../../api/queries.ts';
import { Answer } from '../../components/answer.tsx';
import { Columns } from '../../components/columns.tsx';
import { Fact, Facts } from '../../components/facts.tsx';
import { Moment } from '../../components/moment.tsx';
import { Page } from '../../components/page.tsx';
import { Panel } from '../../components/panel.tsx';
import { PanelSkeleton } from '../../components/panel-skeleton.tsx';
import { roleLabel } from '../../roles.ts';
import { KeysPanel } from '../keys/keys-panel.tsx';
import type { Person } from './people-table.tsx';
import { AccountState } from './people-table.tsx';
import { EmergencyMark, PersonAccess, PersonGroups } from './person-access.tsx';
import { PersonDeletion } from './person-deletion.tsx';
import { PersonRole } from './person-role.tsx';
import { PersonSessions } from './person-sessions.tsx';
import { PersonSignIn } from './person-sign-in.tsx';

/** One person: what they may do, how they sign in, where they are signed in. */
export function PersonPage() {
  const { personId } = useParams({ from: '/people/$personId' });
  const person = useApi('users.get', { params: { id: personId } });
  return (
    <Page title={person.data?.name ?? 'Person'} lead={person.data?.email} back={{ to: '/people', label: 'People' }}>
      <Answer query={person} skeleton={<PanelSkeleton />}>
        {data => <Details person={data} />}
      </Answer>
    </Page>
  );
}

function Details({ person }: { person: Person }) {
  const mayManage = useMay('user.manage');
  const isSelf = useMe().person.id === person.id;
  return (
    <>
      <Columns isEven>
        <Panel title="Account">
          <Facts>
            <Fact name="State">
              <AccountState person={person} />
            </Fact>
            {!mayManage && <Fact name="Role">{roleLabel(person.role)}</Fact>}
            <Fact name="Since">
              <Moment time={person.createdAt} />
            </Fact>
            <Fact name="Last sign-in">
              {person.lastSignInAt === null ? 'Never' : <Moment time={person.lastSignInAt} />}
            </Fact>
            <Fact name="Record">
              <Link to="/audit" search={{ range: '30d', principal: person.id }}>
                What this person did
              </Link>
            </Fact>
          </Facts>
          {mayManage && <PersonRole key={person.role} person={person} isSelf={isSelf} />}
        </Panel>
        <PersonSignIn person={person} mayManage={mayManage} isSelf={isSelf} />
      </Columns>
      <PersonAccess person={person} />
      <PersonGroups person={person} />
      {mayManage && <PersonSessions person={person} />}
      <KeysPanel userId={person.id} isOwn={isSelf} />
      {mayManage && <EmergencyMark person={person} />}
      {mayManage && !isSelf && <PersonDeletion person={person} />}
    </>
  );
}
