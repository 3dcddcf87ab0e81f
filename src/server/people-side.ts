import type {
  Access,
  AccessChange,
  AccessHands,
  AccessTables,
  Roster,
  RosterEntry,
  RosterGroup,
} from '../access/access.ts';
import { createAccess, createRoster, globalRoleOf } from '../access/access.ts';
import { systemPrincipal } from '../core/events.ts';
import type { SiteRecord } from '../gateway/gateway.ts';
import type { Identity, IdentityTables, UserRole } from '../identity/identity.ts';
import { createIdentity } from '../identity/identity.ts';
import { openBreachedList } from './breached-list.ts';
import type { LoadedConfig } from './config.ts';
import type { ControlPlane } from './control-plane.ts';
import { toRosterGroup } from './control-plane.ts';
import type { Foundation } from './foundation.ts';

/** Who people are and what they may, with the roster that both are read from. */
export interface PeopleSide {
  readonly identity: Identity;
  readonly access: Access;
  readonly roster: Roster;
}

export interface PeopleSideDeps {
  /** Undefined until it is there: rooms are made before it. */
  readonly control: () => ControlPlane | undefined;
  readonly portalOrigin: () => string;
  readonly sites: () => Promise<readonly SiteRecord[]>;
}

/** Makes the rooms of identity and access. A change in either is in force at every data plane when the call that made it returns. */
export async function createPeopleSide(
  { config }: LoadedConfig,
  house: Foundation,
  deps: PeopleSideDeps,
  stack: AsyncDisposableStack,
): Promise<PeopleSide> {
  const roster = createRoster();
  const { breachedFile } = config.identity.passwords;
  const breached = breachedFile === null ? undefined : stack.use(await openBreachedList(breachedFile));
  const identity = createIdentity(config.identity, {
    ...house,
    db: house.store.db<IdentityTables>(),
    changed: async change => {
      const gone = change.kind === 'group' && change.group === null ? roster.group(change.groupId) : undefined;
      await deps.control()?.identityChanged(change);
      if (change.kind === 'groups') await identity.mfaPolicy.endWeakSessions([change.userId]);
      if (gone !== undefined) await access.grants.forgetGroup(systemPrincipal, gone.id, gone.name);
    },
    ...(breached === undefined ? {} : { isBreached: breached.has }),
    portalOrigin: deps.portalOrigin,
    roleOf: userId => roleOf(roster.entry(userId), house.clock.now()),
  });
  const access = createAccess({
    ...house,
    db: house.store.db<AccessTables>(),
    config: config.access,
    roster,
    hands: handsOf(identity),
    changed: async change => {
      await deps.control()?.accessChanged(change);
      await identity.mfaPolicy.endWeakSessions(raisedBy(change, roster));
    },
    siteUsing: async projectId =>
      (await deps.sites()).find(site => site.defaultProject === projectId || site.projects.includes(projectId))?.name,
  });
  return { identity, access, roster };
}

/** Who may have come to a higher global role by this: they were signed in as less. */
function raisedBy(change: AccessChange, roster: Roster): readonly string[] {
  if (change.kind === 'elevation') {
    const { project, userId } = change.elevation;
    return change.isLive && project === null ? [userId] : [];
  }
  if (change.kind !== 'grants') return [];
  const groups = change.added.filter(grant => grant.project === null).map(grant => grant.groupId);
  return [...new Set(groups.flatMap(id => [...roster.membersOf(id)]))];
}

/** How reviews take away what identity keeps. */
function handsOf(identity: Identity): AccessHands {
  return {
    makeMember: async (by, userId) => void (await identity.setRole(by, userId, 'member')),
    leaveGroup: (by, input) => identity.groups.setMember(by, { ...input, isMember: false }),
    async revokeKey(by, id) {
      if ((await identity.getApiKey(id)).revokedAt !== null) return false;
      await identity.revokeApiKey(by, id);
      return true;
    },
  };
}

/** Every group, page by page, and who is in which. */
export async function loadGroups({ groups }: Pick<Identity, 'groups'>) {
  const found: RosterGroup[] = [];
  for (let after: string | undefined; ; ) {
    const page = await groups.list({ limit: 500, ...(after === undefined ? {} : { after }) });
    found.push(...page.map(toRosterGroup));
    after = page.at(-1)?.id;
    if (after === undefined || page.length < 500) break;
  }
  return { groups: found, groupsOf: await groups.load() };
}

/** The global role somebody holds in effect: by themselves, by a group, for a time. */
function roleOf(entry: RosterEntry | undefined, now: number): UserRole | undefined {
  return entry && globalRoleOf(entry, now);
}
