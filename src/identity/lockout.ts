import { sql } from 'kysely';
import type { AuthMethod } from '../core/events.ts';
import { anonymous } from '../core/events.ts';
import { canonicalIp, networkOf } from '../core/ip.ts';
import { loginForRecord } from './email.ts';
import type { Db, Ground, Work } from './ground.ts';
import { whence } from './ground.ts';
import type { SignInContext } from './identity.ts';
import { sha256 } from './tokens.ts';

/** Who is being tried, from where. */
export interface Target {
  /** Folded e-mail address as given; nobody needs to have it. */
  readonly norm: string;
  readonly userId?: string;
  readonly ctx: SignInContext;
  readonly factor: AuthMethod;
}

/**
 * One attempt, counted as failed before it is judged: of a burst of parallel guesses no more are judged than of a slow row of them. An
 * attempt that must wait costs no password computation, whether or not the person exists.
 */
export interface Attempt {
  /** Milliseconds until the next attempt is judged; 0 when this one is. */
  readonly waitMs: number;
  /** The lock this attempt set, should it fail. */
  readonly lock: { readonly scope: 'account' | 'network'; readonly untilMs: number } | undefined;
}

export const knownNetworkMs = 30 * 24 * 3_600_000;
/** What keys begin with under which a network is kept that a login came from: people of a directory type names that are no address. */
export const knownPrefix = 'k:';

/** The network attempts are counted by. */
export function networkOfClient(ctx: SignInContext): string {
  const ip = canonicalIp(ctx.clientIp);
  return ip === undefined ? 'unknown' : networkOf(ip);
}

/**
 * Counts an attempt at a password: by network, by account and network, and by account alone. The last is left out for a network this
 * person signed in from within 30 days, so that guessing from elsewhere cannot keep them out.
 */
export async function beginPasswordAttempt(ground: Ground, target: Target): Promise<Attempt> {
  const { lockout } = ground.config;
  const network = networkOfClient(target.ctx);
  const windowMs = lockout.networkWindowMinutes * 60_000;
  const counted = await ground.counters.increment(networkKey(network), 1, windowMs);
  if (counted.value > lockout.networkFailuresMax) {
    const isFirst = counted.value === lockout.networkFailuresMax + 1;
    const untilMs = ground.now() + counted.expiresInMs;
    return { waitMs: Math.max(1, counted.expiresInMs), lock: isFirst ? { scope: 'network', untilMs } : undefined };
  }
  const subject = subjectOf(target.norm);
  const isKnown = await isKnownNetwork(ground.db, { norm: target.norm, network, since: ground.now() - knownNetworkMs });
  const attempt = await ground.db.transaction().execute(async tx => {
    const pair = await reserve(tx, ground, { key: `p:${subject}:${network}`, subject, max: lockout.failuresMax });
    if (pair.waitMs > 0 || isKnown) return pair;
    const account = await reserve(tx, ground, { key: `a:${subject}`, subject, max: lockout.accountFailuresMax });
    return account.waitMs > 0 || account.lock ? account : pair;
  });
  // What waits was never judged, so it does not count against everybody else in its network.
  if (attempt.waitMs > 0) await ground.counters.increment(networkKey(network), -1, windowMs);
  return attempt;
}

/** Counts an attempt at something only this person has: a code (`t`), or their password once signed in (`r`). */
export function beginPersonalAttempt(ground: Ground, kind: 't' | 'r', userId: string): Promise<Attempt> {
  return reserve(ground.db, ground, {
    key: `${kind}:${userId}`,
    subject: userId,
    max: ground.config.lockout.failuresMax,
  });
}

/** The attempt was right: failures of this account are forgotten, and its network is not charged. */
export async function clearPasswordAttempts(work: Work, target: Target): Promise<void> {
  const { norm } = target;
  await work.tx.deleteFrom('identity_lockouts').where('subject', '=', subjectOf(norm)).execute();
  const key = knownKey(norm, networkOfClient(target.ctx));
  const seen = { last_at: work.ground.now() };
  await work.tx
    .insertInto('identity_lockouts')
    .values({ key, subject: key, failures: 0, locked_until: 0, ...seen })
    .onConflict(conflict => conflict.column('key').doUpdateSet(seen))
    .execute();
  await unchargeNetwork(work.ground, target.ctx);
}

export async function clearPersonalAttempts(work: Work, kind: 't' | 'r', userId: string): Promise<void> {
  await work.tx.deleteFrom('identity_lockouts').where('key', '=', `${kind}:${userId}`).execute();
}

/** Gives an attempt back that was never judged, because the house was busy. */
export async function returnAttempt(ground: Ground, target: Target): Promise<void> {
  const subject = subjectOf(target.norm);
  const keys = [`p:${subject}:${networkOfClient(target.ctx)}`, `a:${subject}`];
  await ground.db
    .updateTable('identity_lockouts')
    .set(update => ({ failures: update('failures', '-', 1), locked_until: 0 }))
    .where('key', 'in', keys)
    .where('failures', '>', 0)
    .execute();
  await unchargeNetwork(ground, target.ctx);
}

/** Records a failed attempt, and once the lock it set. */
export async function recordFailure(
  ground: Ground,
  target: Target,
  outcome: { reason: string; lock?: Attempt['lock'] },
): Promise<void> {
  const login = loginForRecord(target.norm);
  const resource = target.userId === undefined ? {} : { resource: { kind: 'user', id: target.userId, name: login } };
  const about = { principal: anonymous, action: 'session.open', ...resource, ...whence(target.ctx) };
  await ground.audit.append({
    type: 'auth.failed',
    outcome: 'failure',
    ...about,
    data: { login, factor: target.factor, reason: outcome.reason },
  });
  if (!outcome.lock) return;
  await ground.audit.append({ type: 'auth.locked', outcome: 'denied', ...about, data: { login, ...outcome.lock } });
}

/** Letters that directories take for others, beside those with a mark on them. */
const alike: ReadonlyMap<string, string> = new Map([
  ...([
    ['ß', 'ss'],
    ['æ', 'ae'],
    ['œ', 'oe'],
    ['ø', 'o'],
    ['đ', 'd'],
    ['ð', 'd'],
    ['ł', 'l'],
    ['þ', 'th'],
    ['ı', 'i'],
  ] as const),
]);

/**
 * What guesses at one login are counted by. Directories compare loosely (RFC 4518; Active Directory takes no notice of accents): what any of
 * them could take for the same name counts as one, or each spelling of it would give new guesses.
 */
function subjectOf(norm: string): string {
  const bare = norm.normalize('NFKD').replace(/[\p{M}\p{Default_Ignorable_Code_Point}\p{C}\s]/gu, '');
  return sha256(Array.from(bare, letter => alike.get(letter) ?? letter).join(''));
}

const knownKey = (norm: string, network: string): string => `${knownPrefix}${subjectOf(norm)}:${network}`;

const networkKey = (network: string): string => `identity:failures:${network}`;

async function unchargeNetwork(ground: Ground, ctx: SignInContext): Promise<void> {
  const windowMs = ground.config.lockout.networkWindowMinutes * 60_000;
  await ground.counters.increment(networkKey(networkOfClient(ctx)), -1, windowMs);
}

async function isKnownNetwork(db: Db, about: { norm: string; network: string; since: number }): Promise<boolean> {
  const found = await db
    .selectFrom('identity_sessions as s')
    .innerJoin('identity_users as u', 'u.id', 's.user_id')
    .select('s.id')
    .where('u.email_norm', '=', about.norm)
    .where('s.network', '=', about.network)
    .where('s.created_at', '>', about.since)
    .limit(1)
    .executeTakeFirst();
  if (found !== undefined) return true;
  const typed = await db
    .selectFrom('identity_lockouts')
    .select('key')
    .where('key', '=', knownKey(about.norm, about.network))
    .where('last_at', '>', about.since)
    .executeTakeFirst();
  return typed !== undefined;
}

/**
 * Adds one failure in one statement, so that parallel attempts are counted one by one on either database. From the `max`th failure on each
 * sets a lock, twice as long as the one before, up to the longest. A locked row is left as it is: waiting is never prolonged by trying.
 */
async function reserve(db: Db, ground: Ground, row: { key: string; subject: string; max: number }): Promise<Attempt> {
  const { lockout } = ground.config;
  const now = ground.now();
  const longestMs = lockout.longestDelayS * 1000;
  const bigint = (value: number) => sql<number>`cast(${value} as bigint)`;
  const forgotten = sql<boolean>`identity_lockouts.last_at <= ${bigint(now - lockout.forgetAfterHours * 3_600_000)}`;
  const steps: { failures: number; delayMs: number }[] = [];
  for (let delayMs = lockout.firstDelayS * 1000, failures = row.max; ; delayMs *= 2, failures++) {
    steps.unshift({ failures, delayMs: Math.min(delayMs, longestMs) });
    if (delayMs >= longestMs) break;
  }
  const locks = steps.map(
    step => sql`when identity_lockouts.failures + 1 >= ${bigint(step.failures)} then ${bigint(now + step.delayMs)}`,
  );
  const reserved = await db
    .insertInto('identity_lockouts')
    .values({ key: row.key, subject: row.subject, failures: 1, last_at: now, locked_until: 0 })
    .onConflict(conflict =>
      conflict
        .column('key')
        .doUpdateSet({
          failures: sql<number>`case when ${forgotten} then ${bigint(1)} else identity_lockouts.failures + 1 end`,
          last_at: now,
          locked_until: sql<number>`case when ${forgotten} then ${bigint(0)} ${sql.join(locks, sql` `)} else ${bigint(0)} end`,
        })
        // A lock further away than the longest one was written by a clock that has since been set right.
        .where(
          sql<boolean>`identity_lockouts.locked_until <= ${bigint(now)} or identity_lockouts.locked_until > ${bigint(now + longestMs)}`,
        ),
    )
    .returning('locked_until')
    .executeTakeFirst();
  if (reserved) {
    return {
      waitMs: 0,
      lock: reserved.locked_until > now ? { scope: 'account', untilMs: reserved.locked_until } : undefined,
    };
  }
  const locked = await db
    .selectFrom('identity_lockouts')
    .select('locked_until')
    .where('key', '=', row.key)
    .executeTakeFirst();
  return { waitMs: Math.max(1, (locked?.locked_until ?? 0) - now), lock: undefined };
}
