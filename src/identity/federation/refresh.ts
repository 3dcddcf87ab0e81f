import { isSallyportError } from '../../core/errors.ts';
import { systemPrincipal } from '../../core/events.ts';
import { createLimiter } from '../../core/limiter.ts';
import type { Ground } from '../ground.ts';
import type { AccountRow } from './arrive.ts';
import { accountContext } from './arrive.ts';
import { endGone, keepFresh } from './checked.ts';
import type { Connection, Connections } from './connections.ts';
import { nextCheck } from './due.ts';
import type { ExternalOutcome } from './federation.ts';
import { endProviderSessions } from './links.ts';
import type { ProviderRow } from './providers.ts';

const directoryBatch = 200;
const partyBatch = 40;
const partiesAtOnce = 4;
const retryMs = 15_000;
const withoutTokenMs = 3_600_000;
const checkMsMax = 60_000;

interface Tally {
  checked: number;
  ended: number;
}

/**
 * Looks people with live sessions (of directories also those with live API keys or programs) up again where a provider can say. Every link has its own
 * due time, taken by one node; providers are asked side by side, each with bounded concurrency. One that is away is logged and, after the
 * grace, takes the sessions begun there with it: what cannot be checked is not believed for ever.
 */
export async function refresh(ground: Ground, connections: Connections, signal: AbortSignal): Promise<Tally> {
  const tally: Tally = { checked: 0, ended: 0 };
  const rows = await ground.db
    .selectFrom('identity_providers')
    .selectAll()
    .where('enabled', '=', 1)
    .where('kind', 'in', ['ldap', 'oidc'])
    .execute();
  await Promise.all(
    rows.map(async row => {
      try {
        await refreshProvider(ground, { row, connection: connections.of(row), signal, tally });
      } catch (error) {
        ground.log.error('federation.refresh_failed', { provider: row.slug, error });
      }
    }),
  );
  return tally;
}

interface Round {
  readonly row: ProviderRow;
  readonly connection: Connection;
  readonly signal: AbortSignal;
  readonly tally: Tally;
}

async function refreshProvider(ground: Ground, round: Round): Promise<void> {
  const { connection, row } = round;
  if (connection.kind === 'saml') return;
  // Who binds as the person has nobody to ask with.
  if (connection.kind === 'ldap' && connection.provider.settings.bind.kind !== 'service') return;
  const links = await claimDue(ground, row, connection);
  if (links.length === 0) return;
  const signal = AbortSignal.any([round.signal, AbortSignal.timeout(checkMsMax)]);
  const isAnswering =
    connection.kind === 'ldap'
      ? await askDirectory(ground, { ...round, connection, signal }, links)
      : await askParty(ground, { ...round, connection, signal }, links);
  await noteReach(ground, round, isAnswering);
}

/** Links whose time has come, each for one node: the time moves on before anybody is asked. */
async function claimDue(ground: Ground, row: ProviderRow, connection: Exclude<Connection, { kind: 'saml' }>) {
  const now = ground.now();
  const isDirectory = connection.kind === 'ldap';
  const due = await ground.db
    .selectFrom('identity_accounts')
    .selectAll()
    .where('provider_id', '=', row.id)
    .where('check_at', '<=', now)
    .where('user_id', 'in', live => {
      let sessions = live
        .selectFrom('identity_sessions')
        .select('user_id')
        .where('provider_id', '=', row.id)
        .where('ended_at', 'is', null);
      // A token to renew may have ended with the session it came with: it says nothing of who came by a passkey since.
      if (!isDirectory) sessions = sessions.where('methods', 'like', '%oidc%');
      const keys = live
        .selectFrom('identity_api_keys')
        .select('user_id')
        .where('revoked_at', 'is', null)
        .where('expires_at', '>', now);
      const programs = live
        .selectFrom('identity_users')
        .select(of => of.ref('owner_id').$notNull().as('user_id'))
        .where('owner_id', 'is not', null)
        .where('disabled', '=', 0);
      return isDirectory ? sessions.union(keys).union(programs) : sessions;
    })
    .orderBy('check_at')
    .limit(isDirectory ? directoryBatch : partyBatch)
    .execute();
  return claim(ground, connection, due);
}

async function claim(ground: Ground, connection: Connection, due: readonly AccountRow[]): Promise<AccountRow[]> {
  const claimed: AccountRow[] = [];
  await ground.db.transaction().execute(async tx => {
    claimed.length = 0;
    for (const link of due) {
      const mine = await tx
        .updateTable('identity_accounts')
        .set({ check_at: nextCheck(ground, connection.provider) })
        .where('provider_id', '=', link.provider_id)
        .where('subject_key', '=', link.subject_key)
        .where('check_at', '=', link.check_at)
        .returning('subject_key')
        .executeTakeFirst();
      if (mine) claimed.push(link);
    }
  });
  return claimed;
}

type Asking<K extends Connection['kind']> = Round & { readonly connection: Extract<Connection, { readonly kind: K }> };

async function askDirectory(ground: Ground, asking: Asking<'ldap'>, links: readonly AccountRow[]): Promise<boolean> {
  const { directory } = asking.connection;
  const subjects = links.map(link => link.subject);
  let outcomes: ReadonlyMap<string, ExternalOutcome>;
  try {
    outcomes = await directory.lookUp(subjects, asking.signal);
  } catch (error) {
    await postpone(ground, links, error);
    return false;
  }
  for (const link of links) {
    const outcome = outcomes.get(link.subject);
    if (outcome) await take(ground, asking, link, outcome);
  }
  return true;
}

async function askParty(ground: Ground, asking: Asking<'oidc'>, links: readonly AccountRow[]): Promise<boolean> {
  const limit = createLimiter({ activeMax: partiesAtOnce, waitingMax: partyBatch, code: 'identity.busy' });
  const answers = await Promise.all(links.map(link => limit(() => askOne(ground, asking, link))));
  return !answers.includes(false);
}

async function askOne(ground: Ground, asking: Asking<'oidc'>, link: AccountRow): Promise<boolean> {
  const { party } = asking.connection;
  if (link.keepsake === null) {
    await setCheck(ground, link, ground.now() + withoutTokenMs);
    return true;
  }
  const keepsake = ground.vault.open(link.keepsake, accountContext(link.provider_id, link.subject));
  let outcome: ExternalOutcome | null;
  try {
    outcome = await party.refresh(keepsake, asking.signal);
  } catch (error) {
    await postpone(ground, [link], error);
    return false;
  }
  if (outcome === null) await setCheck(ground, link, ground.now() + withoutTokenMs);
  else await take(ground, asking, link, outcome);
  return true;
}

async function take(
  ground: Ground,
  { connection, tally }: Round,
  link: AccountRow,
  outcome: ExternalOutcome,
): Promise<void> {
  tally.checked++;
  // An answer about somebody else is about nobody.
  if (outcome.kind === 'identity' && outcome.identity.subject !== link.subject) return;
  if (outcome.kind === 'identity') await keepFresh(ground, connection.provider, link, outcome.identity);
  else tally.ended += await endGone(ground, connection.provider, link, outcome.refusal);
}

async function postpone(ground: Ground, links: readonly AccountRow[], error: unknown): Promise<void> {
  if (!isSallyportError(error)) ground.log.error('federation.refresh_failed', { error });
  for (const link of links) await setCheck(ground, link, ground.now() + retryMs);
}

async function setCheck(ground: Ground, link: AccountRow, at: number): Promise<void> {
  await ground.db
    .updateTable('identity_accounts')
    .set({ check_at: at })
    .where('provider_id', '=', link.provider_id)
    .where('subject_key', '=', link.subject_key)
    .execute();
}

/** Since when a provider is away is in the store, so that every node and a restart count the same grace. */
async function noteReach(ground: Ground, { connection, row, tally }: Round, isAnswering: boolean): Promise<void> {
  const set = (since: number | null) =>
    ground.db.updateTable('identity_providers').set({ unreachable_since: since }).where('id', '=', row.id).execute();
  if (isAnswering) {
    if (row.unreachable_since === null) return;
    ground.log.info('federation.provider_back', { provider: row.slug });
    await set(null);
    return;
  }
  const now = ground.now();
  const since = row.unreachable_since ?? now;
  ground.log.error('federation.provider_unreachable', { provider: row.slug, sinceMs: now - since });
  if (row.unreachable_since === null) await set(now);
  if (now - since < ground.config.federation.unreachableGraceMinutes * 60_000) return;
  const by = systemPrincipal;
  const reason = 'provider_unreachable';
  tally.ended += await endProviderSessions(ground, by, { providerId: connection.provider.id, reason });
}

/**
 * Whether the directory that this session belongs to still knows its person: asked at once, by the rules of every later round. One that is
 * away says nothing. False when it ended the session.
 */
export async function isVouched(
  ground: Ground,
  connections: Connections,
  { sessionId, signal }: { readonly sessionId: string; readonly signal: AbortSignal },
): Promise<boolean> {
  const found = await ground.db
    .selectFrom('identity_sessions as s')
    .innerJoin('identity_providers as p', 'p.id', 's.provider_id')
    .selectAll('p')
    .select('s.user_id')
    .where('s.id', '=', sessionId)
    .where('p.kind', '=', 'ldap')
    .executeTakeFirst();
  if (found === undefined) return true;
  const { user_id: userId, ...row } = found;
  const connection = connections.of(row);
  if (connection.kind !== 'ldap' || connection.provider.settings.bind.kind !== 'service') return true;
  const links = await ground.db
    .selectFrom('identity_accounts')
    .selectAll()
    .where('provider_id', '=', row.id)
    .where('user_id', '=', userId)
    .execute();
  const asking = { row, connection, signal, tally: { checked: 0, ended: 0 } };
  await askDirectory(ground, asking, await claim(ground, connection, links));
  const live = await ground.db
    .selectFrom('identity_sessions')
    .select('id')
    .where('id', '=', sessionId)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return live !== undefined;
}

/** Runs one round at a time: a call while one is under way joins it. */
export function createRefresh(ground: Ground, connections: Connections): (signal: AbortSignal) => Promise<Tally> {
  let running: Promise<Tally> | undefined;
  return signal => {
    running ??= refresh(ground, connections, signal).finally(() => {
      running = undefined;
    });
    return running;
  };
}
