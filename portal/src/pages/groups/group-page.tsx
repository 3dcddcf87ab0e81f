import { Link, useParams } from '@tanstack/react-router';
import { useApi, useMay } from '../../api/queries.ts';
import { Answer } from '../../components/answer.tsx';
import { Fact, Facts } from '../../components/facts.tsx';
import { Moment } from '../../components/moment.tsx';
import { Page } from '../../components/page.tsx';
import { Panel } from '../../components/panel.tsx';
import { PanelSkeleton } from '../../components/panel-skeleton.tsx';
import { GroupDeletion } from './group-deletion.tsx';
import { GroupGrants } from './group-grants.tsx';
import { GroupMembers } from './group-members.tsx';
import type { Group } from './sources.ts';
import { sourceWords } from './sources.ts';
import { useSourceNames } from './use-source-names.ts';

/** One group: what it is granted, and who is in it. */
export function GroupPage() {
  const { groupId } = useParams({ from: '/people/groups/$groupId' });
  const group = useApi('groups.get', { params: { id: groupId } });
  return (
    <Page title={group.data?.name ?? 'Group'} back={{ to: '/people/groups', label: 'Groups' }}>
      <Answer query={group} skeleton={<PanelSkeleton />}>
        {data => <Details group={data} />}
      </Answer>
    </Page>
  );
}

function Details({ group }: { group: Group }) {
  const mayManage = useMay('user.manage');
  const names = useSourceNames();
  return (
    <>
      <Panel title="Group">
        <Facts>
          <Fact name="Kept by">{sourceWords(group, names)}</Fact>
          {group.externalId !== null && <Fact name="Known there as">{group.externalId}</Fact>}
          <Fact name="People">{group.memberCount}</Fact>
          <Fact name="Since">
            <Moment time={group.createdAt} />
          </Fact>
          {group.source.kind !== 'local' && (
            <Fact name="Changes">
              Who is in it is decided there.{' '}
              {group.source.kind === 'provider' ? (
                <Link to="/sign-in">Identity providers</Link>
              ) : (
                <Link to="/sign-in/provisioning">Provisioning</Link>
              )}
            </Fact>
          )}
        </Facts>
      </Panel>
      <GroupGrants group={group} />
      <GroupMembers key={group.id} group={group} mayManage={mayManage} />
      {mayManage && <GroupDeletion group={group} />}
    </>
  );
}
