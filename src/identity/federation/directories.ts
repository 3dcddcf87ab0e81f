import { setTimeout as wait } from 'node:timers/promises';
import { isSallyportError } from '../../core/errors.ts';
import type { Secret } from '../../core/secret.ts';
import { printable } from '../email.ts';
import type { Ground } from '../ground.ts';
import type { SignInContext, SignInStep, User } from '../identity.ts';
import { admit, open } from './arrive.ts';
import type { Connection, Connections } from './connections.ts';
import type { ExternalIdentity, ExternalRefusal, Provider } from './federation.ts';

/** What the directories said of a login. */
export type Found =
  | { readonly kind: 'identity'; readonly provider: Provider; readonly identity: ExternalIdentity }
  | { readonly kind: 'refused'; readonly reason: ExternalRefusal['reason'] | 'unreachable'; readonly provider: string }
  /** No directory is asked. */
  | { readonly kind: 'none' };

/** The directories people sign in to with the ordinary form. */
export interface Directories {
  /** Asks them in order of their names, until one knows the login; the password goes to no further one. Never throws for one that is away. */
  ask(login: string, password: Secret): Promise<Found>;
  /** The person a directory vouched for, let in or not; a refusal is recorded. */
  enter(found: Extract<Found, { readonly kind: 'identity' }>, login: string, ctx: SignInContext): Promise<SignInStep>;
  /** Whether the password is that of the directory this person comes from. Null when they come from none. */
  proves(user: User, password: Secret): Promise<boolean | null>;
  /** Holds a refusal that asked nobody until about as long has passed as one of a directory takes. `startedAt` is of `performance.now()`. */
  hold(startedAt: number): Promise<void>;
}

const askMsMax = 20_000;
const loginCharsMax = 254;
const rememberedMax = 64;
const holdMsMax = 5000;

export function createDirectories(ground: Ground, connections: Connections): Directories {
  /** How long refusals took lately, so that others can take as long. */
  const pace: number[] = [];
  return {
    async ask(login, password) {
      const all = await enabledDirectories(ground, connections);
      if (all.length === 0) {
        pace.length = 0;
        return { kind: 'none' };
      }
      const startedAt = performance.now();
      const found = await askInTurn(ground, all, { login: printable(login.trim(), loginCharsMax), password });
      if (found.kind === 'refused') {
        pace.push(performance.now() - startedAt);
        if (pace.length > rememberedMax) pace.shift();
      }
      return found;
    },
    async enter({ identity, provider }, login, ctx) {
      const arriving = { provider, identity, ctx, login: printable(login.trim(), loginCharsMax) };
      const user = await admit(ground, arriving);
      return user === undefined ? { state: 'refused' } : open(ground, arriving, user);
    },
    proves: (user, password) => proves(ground, connections, user, password),
    async hold(startedAt) {
      const like = pace[ground.random(1).readUInt8(0) % Math.max(1, pace.length)];
      if (like === undefined) return;
      const leftMs = Math.min(like - (performance.now() - startedAt), holdMsMax);
      if (leftMs > 0) await wait(leftMs);
    },
  };
}

type DirectoryConnection = Extract<Connection, { readonly kind: 'ldap' }>;

async function enabledDirectories(ground: Ground, connections: Connections): Promise<DirectoryConnection[]> {
  const rows = await ground.db
    .selectFrom('identity_providers')
    .selectAll()
    .where('kind', '=', 'ldap')
    .where('enabled', '=', 1)
    .orderBy('name')
    .orderBy('id')
    .execute();
  return rows.map(row => connections.of(row)).filter(connection => connection.kind === 'ldap');
}

async function askInTurn(
  ground: Ground,
  all: readonly DirectoryConnection[],
  typed: { login: string; password: Secret },
): Promise<Found> {
  const signal = AbortSignal.timeout(askMsMax);
  let last: Found = { kind: 'none' };
  for (const { directory, provider } of all) {
    try {
      const outcome = await directory.authenticate(typed, signal);
      if (outcome.kind === 'identity') return { kind: 'identity', provider, identity: outcome.identity };
      const { detail, reason } = outcome.refusal;
      ground.log.info('federation.directory_refused', { provider: provider.slug, reason, detail });
      last = { kind: 'refused', reason, provider: provider.slug };
      // A directory that knows the person has the last word; one that binds directly cannot say whom it knows.
      const isKnown = reason !== 'unknown' && (provider.settings.bind.kind === 'service' || reason !== 'wrong');
      if (isKnown) return last;
    } catch (error) {
      if (!isSallyportError(error)) throw error;
      ground.log.error('federation.directory_unreachable', { provider: provider.slug, error });
      if (last.kind === 'none') last = { kind: 'refused', reason: 'unreachable', provider: provider.slug };
    }
  }
  return last;
}

async function proves(ground: Ground, connections: Connections, user: User, password: Secret): Promise<boolean | null> {
  const links = await ground.db
    .selectFrom('identity_accounts as a')
    .innerJoin('identity_providers as p', 'p.id', 'a.provider_id')
    .selectAll('p')
    .select(['a.subject', 'a.login'])
    .where('a.user_id', '=', user.id)
    .where('p.kind', '=', 'ldap')
    .where('p.enabled', '=', 1)
    .orderBy('p.name')
    .limit(3)
    .execute();
  if (links.length === 0) return null;
  for (const { login, subject, ...row } of links) {
    const connection = connections.of(row);
    if (connection.kind !== 'ldap') continue;
    const typed = { login: login ?? user.email, password };
    const outcome = await connection.directory.authenticate(typed, AbortSignal.timeout(askMsMax));
    if (outcome.kind === 'identity' && outcome.identity.subject === subject) return true;
  }
  return false;
}
