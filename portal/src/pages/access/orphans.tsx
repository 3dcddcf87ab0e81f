import { Link } from '@tanstack/react-router';
import { useApi } from '../../api/queries.ts';
import { Fact, Facts } from '../../components/facts.tsx';
import { Moment } from '../../components/moment.tsx';
import { Panel } from '../../components/panel.tsx';
import { duration } from '../../components/time.ts';

/** What nobody answers for, and who has not come for long. */
export function Orphans() {
  const { data } = useApi('access.orphans');
  const groups = useApi(
    'groups.list',
    { query: { limit: 500 } },
    { enabled: data !== undefined && data.grants.length > 0 },
  );
  if (data === undefined) return null;
  const { grants, inactive, inactiveAfterMs, keys, projects } = data;
  if (grants.length + inactive.length + keys.length + projects.length === 0) return null;
  return (
    <Panel
      title="Nobody answers for these"
      note={`Accounts not used for ${duration(inactiveAfterMs)} are disabled by themselves.`}
    >
      <Facts>
        {projects.map(one => (
          <Fact key={one.id} name="Project">
            <Link to="/projects/$projectId" params={{ projectId: one.id }}>
              {one.name}
            </Link>
            : {one.reason}
          </Fact>
        ))}
        {keys.map(one => (
          <Fact key={one.id} name="API key">
            <Link to="/people/$personId" params={{ personId: one.userId }}>
              {one.name}
            </Link>{' '}
            <code>{one.prefix}…</code>: {one.reason}
          </Fact>
        ))}
        {grants.map(one => (
          <Fact key={one.id} name="Grant">
            <Link to="/people/groups/$groupId" params={{ groupId: one.groupId }}>
              {groups.data?.groups.find(group => group.id === one.groupId)?.name ?? 'A group'}
            </Link>
            : {one.reason}
          </Fact>
        ))}
        {inactive.slice(0, 50).map(one => (
          <Fact key={one.userId} name="Person">
            <Link to="/people/$personId" params={{ personId: one.userId }}>
              {one.name}
            </Link>
            , last seen {one.lastSeenAt === null ? 'never' : <Moment time={one.lastSeenAt} />}
          </Fact>
        ))}
      </Facts>
    </Panel>
  );
}
