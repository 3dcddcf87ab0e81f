import { decidePerson, globalRoleOf } from '../../access/access.ts';
import { SallyportError } from '../../core/errors.ts';
import type { LinkPurpose, User, UserRole } from '../../identity/identity.ts';
import type { peopleRoutes } from '../contract/people-routes.ts';
import type { AdminConfig, AdminDeps } from '../deps.ts';
import type { Call, Caller, Handlers } from './handler.ts';
import { demandDecision, denied, invalid } from './handler.ts';
import { clearAfter, leavePlatforms } from './leaving.ts';
import { linkUrl, toPerson, toSession } from './shapes.ts';

type PeopleOperation = keyof typeof peopleRoutes;

/** What Administrators and Owners do with other people. Nobody changes their own role, disables or deletes themselves. */
export function peopleHandlers(config: AdminConfig, deps: AdminDeps): Handlers<PeopleOperation> {
  const { identity } = deps;
  return {
    async 'users.list'(_, { query }) {
      const { search, limit, after } = query;
      const given = { ...(search === undefined ? {} : { search }), ...(after === undefined ? {} : { after }) };
      const users = await identity.listUsers({ ...given, limit });
      return { users: users.map(toPerson) };
    },

    async 'users.create'({ caller }, { body }) {
      demandMayManage(caller, null, body.role);
      const user = await identity.createUser(caller.principal, body);
      return {
        user: toPerson(user),
        link: await issueLink(config, deps, caller, { purpose: 'invitation', userId: user.id }),
      };
    },

    async 'users.get'(_, { params }) {
      return toPerson(await identity.getUser(params.id));
    },

    'users.update': (call, { params, body }) => updateUser(deps, call, params.id, body),

    async 'users.delete'({ caller, signal }, { params }) {
      const user = await identity.getUser(params.id);
      demandMayManage(caller, user, null);
      refuseSelf(caller, user, 'delete yourself');
      // Identity refuses for the last Owner, so it goes first; a person who is gone has no use of what is left elsewhere.
      await identity.deleteUser(caller.principal, user.id);
      await clearAfter(deps, caller.principal, user.id, signal);
      return {};
    },

    async 'users.issueLink'({ caller }, { params, body }) {
      const user = await identity.getUser(params.id);
      demandMayManage(caller, user, user.role);
      if (user.disabled) throw invalid('params.id', 'the account is disabled; enable it first');
      if (body.purpose === 'invitation' && user.hasPassword) {
        throw invalid('body.purpose', 'the account is set up already; want "recovery"');
      }
      return issueLink(config, deps, caller, { purpose: body.purpose, userId: user.id });
    },

    async 'users.removeTotp'({ caller }, { params }) {
      const user = await identity.getUser(params.id);
      demandMayManage(caller, user, user.role);
      refuseSelf(caller, user, 'take away your own factor here; it is done in your account');
      await identity.removeTotp(caller.principal, user.id);
      return {};
    },

    ...sessionHandlers(deps),
  };
}

function sessionHandlers(deps: AdminDeps): Handlers<'users.listSessions' | 'users.endSessions'> {
  const { identity } = deps;
  return {
    async 'users.listSessions'({ caller }, { params }) {
      const user = await identity.getUser(params.id);
      const sessions = await identity.listSessions({ userId: user.id, includeEnded: true, limit: 100 });
      const currentId = caller.kind === 'person' ? caller.session.id : undefined;
      return { sessions: sessions.map(session => toSession(session, currentId)) };
    },

    async 'users.endSessions'({ caller, signal }, { params }) {
      const user = await identity.getUser(params.id);
      demandMayManage(caller, asInEffect(deps, user), undefined);
      const keep = caller.kind === 'person' && caller.user.id === user.id ? caller.session.id : undefined;
      const ended = await identity.endAllSessions(caller.principal, user.id, 'ended by an administrator', keep);
      await leavePlatforms(deps, user.id, signal);
      return { ended };
    },
  };
}

interface UserChange {
  readonly name?: string | undefined;
  readonly role?: UserRole | undefined;
  readonly disabled?: boolean | undefined;
}

/** All rules are checked before the first change, so that a refused part leaves nothing half done. */
async function updateUser(deps: AdminDeps, { caller, signal }: Call, userId: string, change: UserChange) {
  let user = await deps.identity.getUser(userId);
  const { name, role, disabled } = change;
  demandMayManage(caller, user, role ?? user.role);
  if (role !== undefined && role !== user.role) refuseSelf(caller, user, 'change your own role');
  if (disabled === true) refuseSelf(caller, user, 'disable yourself');
  const by = caller.principal;
  if (role !== undefined && role !== user.role) user = await deps.identity.setRole(by, userId, role);
  if (disabled !== undefined && disabled !== user.disabled) {
    user = await deps.identity.setDisabled(by, userId, disabled);
    if (disabled) await leavePlatforms(deps, userId, signal);
  }
  if (name !== undefined && name !== user.name) user = await deps.identity.updateProfile(by, userId, { name });
  return toPerson(user);
}

/** Throws `access.denied` unless the caller may. `user` null: somebody new. `next` null: deleted. The operator may manage anybody. */
export function demandMayManage(caller: Caller, user: User | null, next: UserRole | null | undefined): void {
  if (caller.kind === 'operator') return;
  const person = { current: user?.role ?? null, ...(next === undefined ? {} : { next }) };
  demandDecision(decidePerson(caller.subject, person, caller.now), 'user.manage');
}

/** The person with the global role they hold now, by groups and for a time too: for what identity itself does not hold against it. */
export function asInEffect({ clock, roster }: Pick<AdminDeps, 'clock' | 'roster'>, user: User): User {
  const entry = roster.entry(user.id);
  return entry === undefined ? user : { ...user, role: globalRoleOf(entry, clock.now()) };
}

/** Throws `access.denied` when it is the caller's own account. */
export function refuseSelf(caller: Caller, user: User, what: string): void {
  if (caller.kind === 'person' && caller.user.id === user.id) throw denied('user.manage', `you cannot ${what}.`);
}

async function issueLink(
  config: AdminConfig,
  deps: AdminDeps,
  caller: Caller,
  input: { purpose: LinkPurpose; userId: string },
): Promise<{ url: string; expiresAt: number }> {
  const { token, expiresAt } = await deps.identity.issueLink(caller.principal, input);
  return { url: linkUrl(config, token.reveal()), expiresAt };
}

/** The link that makes the first Owner; refused once there is one. */
export async function issueFirstOwnerLink(config: AdminConfig, deps: AdminDeps, caller: Caller) {
  if ((await deps.identity.countOwners()) > 0) {
    throw new SallyportError('identity.owner_exists', 'Cannot issue link "first_owner": an Owner exists', {
      detail: 'An Owner exists already: ask them for an invitation, or issue a recovery link for them.',
    });
  }
  const { token, expiresAt } = await deps.identity.issueLink(caller.principal, { purpose: 'first_owner' });
  return { url: linkUrl(config, token.reveal()), expiresAt };
}
