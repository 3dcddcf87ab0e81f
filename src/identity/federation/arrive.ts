import { isSallyportError, SallyportError } from '../../core/errors.ts';
import type { AuthMethod } from '../../core/events.ts';
import { systemPrincipal } from '../../core/events.ts';
import { findAccount, lockAccount } from '../accounts.ts';
import { foldEmail, loginForRecord, parseEmail, printable } from '../email.ts';
import type { Db, Ground, Work } from '../ground.ts';
import { change, principalOf, resourceOf, whence } from '../ground.ts';
import { syncProviderGroups } from '../groups/membership.ts';
import type { SignInContext, SignInStep, User } from '../identity.ts';
import { forgetPendings } from '../pendings.ts';
import { insertUser } from '../people.ts';
import { endSessionsOf, getLiveRow } from '../sessions.ts';
import { proceed } from '../sign-in.ts';
import { sha256 } from '../tokens.ts';
import { nextCheck } from './due.ts';
import type { ExternalIdentity, Provider } from './federation.ts';
import type { Newcomer, NewcomerRefusal } from './link-rule.ts';
import { decideNewcomer, refusalTexts } from './link-rule.ts';
import { keepsakeContext, type Origin } from './origin.ts';
import { followProfile, nameOf } from './profile.ts';
import { isEnabled } from './providers.ts';
import type { FederationTables } from './tables.ts';

export type AccountRow = FederationTables['identity_accounts'];

/** Somebody a provider vouches for, at the door. */
export interface Arriving {
  readonly provider: Provider;
  readonly identity: ExternalIdentity;
  readonly ctx: SignInContext;
  /** What they typed, where they typed it here. */
  readonly login?: string;
}

/** What a keepsake of an account elsewhere is sealed for. */
export const accountContext = (providerId: string, subject: string): string =>
  `identity/account/${providerId}/${sha256(subject)}`;

/**
 * First change: finds, links or makes the account, and takes over name, address and groups. It is told before the session opens, so that what
 * the groups grant is in force when the second factor is decided. Refusals are recorded and say nothing to the visitor.
 */
export async function admit(ground: Ground, arriving: Arriving): Promise<User | undefined> {
  for (let attempt = 1; ; attempt++) {
    try {
      const admitted = await change(ground, work => admitOnce(work, arriving));
      if (typeof admitted !== 'string') return admitted;
      await refuseArrival(ground, arriving, admitted, refusalTexts[admitted]);
      return undefined;
    } catch (error) {
      // Two first sign-ins of one person at once: the second finds what the first made.
      const isRace = isSallyportError(error, 'store.conflict') || isSallyportError(error, 'identity.user_exists');
      if (!isRace || attempt > 2) throw error;
    }
  }
}

/** Second change: the second factor, or the session. */
export function open(ground: Ground, arriving: Arriving, user: User): Promise<SignInStep> {
  const { ctx, identity, provider } = arriving;
  return change(ground, async work => {
    const account = await lockAccount(work, user.id);
    const link = await findLink(work.tx, provider.id, identity.subject);
    if (account.user.disabled || link?.user_id !== user.id) return { state: 'refused' };
    if (!(await isEnabled(work.tx, provider.id))) return { state: 'refused' };
    return proceed(work, { account, methods: methodsOf(arriving), ctx, origin: originOf(ground, arriving) });
  });
}

/**
 * Proof again: only by the person whose session it is, and only when the provider says they proved it just now. Who needs a second factor
 * that the provider did not ask for goes on as at any sign-in.
 */
export async function reopen(
  ground: Ground,
  arriving: Arriving,
  again: { sessionId: string; startedAt: number },
): Promise<SignInStep> {
  const { ctx, identity, provider } = arriving;
  const provedAt = identity.authenticatedAt;
  if (provedAt === null || provedAt < again.startedAt - freshMs) {
    await refuseArrival(ground, arriving, 'not_fresh', 'the provider does not say that the person proved it just now');
    return { state: 'refused' };
  }
  const row = await getLiveRow(ground.db, again.sessionId, ground.now());
  const link = await findLink(ground.db, provider.id, identity.subject);
  if (row.host !== ctx.host || link?.user_id !== row.user_id) {
    await refuseArrival(ground, arriving, 'other_person', 'it is not the person whose session it is');
    return { state: 'refused' };
  }
  const user = await admit(ground, arriving);
  if (user === undefined) return { state: 'refused' };
  const methods = methodsOf(arriving);
  return change(ground, async work => {
    const account = await lockAccount(work, user.id);
    if (account.user.disabled) return { state: 'refused' as const };
    const origin = originOf(ground, arriving);
    const old = await getLiveRow(work.tx, row.id, ground.now());
    // The subject may have become somebody else's account meanwhile.
    if (old.user_id !== user.id) return { state: 'refused' as const };
    return proceed(work, { account, methods, ctx, origin, old });
  });
}

const freshMs = 2 * 60_000;

function methodsOf({ identity, provider }: Arriving): AuthMethod[] {
  return provider.trustsMfa && identity.isMfa ? [provider.kind, 'provider_mfa'] : [provider.kind];
}

function originOf(ground: Ground, { identity, provider }: Arriving): Origin {
  const ends = [
    provider.sessionHoursMax === null ? undefined : ground.now() + provider.sessionHoursMax * 3_600_000,
    identity.endsAt,
  ].filter(at => at !== undefined);
  return {
    providerId: provider.id,
    upstreamSession: identity.upstreamSession,
    keepsake: identity.keepsake === null ? null : ground.vault.seal(identity.keepsake, keepsakeContext(provider.id)),
    endsAt: ends.length === 0 ? null : Math.min(...ends),
    authenticatedAt: identity.authenticatedAt,
  };
}

async function admitOnce(work: Work, arriving: Arriving): Promise<User | NewcomerRefusal> {
  const { identity, provider } = arriving;
  if (!(await isEnabled(work.tx, provider.id))) return 'switched_off';
  const link = await findLink(work.tx, provider.id, identity.subject);
  let user: User;
  if (link) {
    user = (await lockAccount(work, link.user_id)).user;
    if (user.disabled) return 'disabled';
  } else {
    const made = await newcomer(work, arriving);
    if (typeof made === 'string') {
      // Another first sign-in of theirs came between the reads: this one is to be begun again.
      if (await findLink(work.tx, provider.id, identity.subject))
        throw new SallyportError('store.conflict', 'Cannot admit somebody who was linked meanwhile');
      return made;
    }
    user = made;
  }
  await keepLink(work, arriving, user.id);
  user = await followProfile(work, { user, identity, provider, isNew: link === undefined });
  await syncProviderGroups(work, systemPrincipal, {
    ...{ user, providerId: provider.id, names: identity.groups },
    isCaseless: provider.kind === 'ldap',
  });
  return user;
}

async function newcomer(work: Work, arriving: Arriving): Promise<User | NewcomerRefusal> {
  const { identity, provider } = arriving;
  const seen = await findKnown(work.ground, work.tx, arriving);
  // Locked before the rule is asked: who was made an Owner a moment ago must not be taken for who they were.
  if (seen) await lockAccount(work, seen.user.id);
  const known = seen && (await findKnown(work.ground, work.tx, arriving));
  if (known?.user.id !== seen?.user.id) throw movedMeanwhile();
  const decided = decideNewcomer({ identity, provider, account: known });
  if (typeof decided === 'string') return decided;
  if (decided.kind === 'link' && known) {
    const { user } = known;
    await recordLink(work, { provider, subject: identity.subject, user, how: 'email' });
    return takeOver(work, user);
  }
  const user = await insertUser(work, systemPrincipal, {
    ...{ email: parseEmail(identity.email ?? '').email, role: 'member' as const },
    name: nameOf(identity),
  });
  await recordLink(work, { provider, subject: identity.subject, user, how: 'new' });
  return user;
}

function movedMeanwhile(): SallyportError {
  return new SallyportError('store.conflict', 'Cannot take an address to an account: it is another one’s by now');
}

/**
 * Whoever held the account before may have been somebody else: nothing they could come back with stays. From now on the provider proves who
 * this is, so password and passkeys go too. An authenticator app stays, as a wall before the provider's word. API keys stay: they are
 * listed, and programs hang on them.
 */
async function takeOver(work: Work, user: User): Promise<User> {
  await endSessionsOf(work, user.id, { by: systemPrincipal, reason: 'linked' });
  await forgetPendings(work, user.id);
  const now = work.ground.now();
  await work.tx
    .updateTable('identity_links')
    .set({ expires_at: now })
    .where('user_id', '=', user.id)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .execute();
  await work.tx.deleteFrom('identity_passwords').where('user_id', '=', user.id).execute();
  await work.tx.deleteFrom('identity_passkeys').where('user_id', '=', user.id).execute();
  const bare = { ...user, hasPassword: false, factors: { ...user.factors, passkeys: 0 } };
  work.told.users.set(user.id, bare);
  return bare;
}

/** The account that has the address, with what the rule asks of it. */
export async function findKnown(
  ground: Ground,
  db: Db,
  { identity, provider }: Pick<Arriving, 'identity' | 'provider'>,
): Promise<(Newcomer['account'] & { readonly user: User }) | undefined> {
  if (identity.email === null) return undefined;
  const account = await findAccount(db, { norm: foldEmail(identity.email) });
  if (!account) return undefined;
  const { user } = account;
  const other = await db
    .selectFrom('identity_accounts')
    .select('subject_key')
    .where('provider_id', '=', provider.id)
    .where('user_id', '=', user.id)
    .executeTakeFirst();
  const isOwner = user.role === 'owner' || ground.roleOf?.(user.id) === 'owner';
  return { user, isOwner, isLinkedThere: other !== undefined };
}

/** Whose account this subject of a provider is. */
export function findLink(db: Db, providerId: string, subject: string): Promise<AccountRow | undefined> {
  return db
    .selectFrom('identity_accounts')
    .selectAll()
    .where('provider_id', '=', providerId)
    .where('subject_key', '=', sha256(subject))
    .executeTakeFirst();
}

/** The row of a link, new or as of now. */
export async function keepLink(
  work: Work,
  { identity, login, provider }: Omit<Arriving, 'ctx'>,
  userId: string,
): Promise<void> {
  const { ground, tx } = work;
  const now = ground.now();
  const seen = {
    email: identity.email === null ? null : printable(identity.email),
    last_seen_at: now,
    check_at: nextCheck(ground, provider),
    ...(login === undefined ? {} : { login }),
    ...(identity.keepsake === null
      ? {}
      : { keepsake: ground.vault.seal(identity.keepsake, accountContext(provider.id, identity.subject)) }),
  };
  await tx
    .insertInto('identity_accounts')
    .values({
      provider_id: provider.id,
      subject_key: sha256(identity.subject),
      subject: identity.subject,
      user_id: userId,
      login: null,
      keepsake: null,
      created_at: now,
      ...seen,
    })
    .onConflict(conflict => conflict.columns(['provider_id', 'subject_key']).doUpdateSet(seen))
    .execute();
}

export async function recordLink(
  work: Work,
  linked: { provider: Provider; subject: string; user: User; how: 'email' | 'new' | 'operator' },
): Promise<void> {
  const { how, provider, subject, user } = linked;
  await work.record({
    type: 'account.linked',
    outcome: 'success',
    principal: principalOf(user),
    action: 'account.link',
    resource: resourceOf(user),
    data: { provider: provider.name, subject: printable(subject), how },
  });
}

/** For the record and the log: why somebody who was at a provider is not let in here. */
export async function refuseArrival(
  ground: Ground,
  { ctx, identity, provider }: { provider: Provider; ctx: SignInContext; identity?: ExternalIdentity | undefined },
  reason: string,
  detail: string,
): Promise<void> {
  ground.log.warn('federation.refused', {
    ...{ provider: provider.slug, reason, detail: printable(detail, 500), requestId: ctx.requestId },
  });
  const email = identity?.email;
  await ground.audit.append({
    type: 'auth.failed',
    outcome: 'failure',
    principal: { kind: 'anonymous', id: 'anonymous', name: 'anonymous' },
    action: 'session.open',
    resource: { kind: 'provider', id: provider.id, name: provider.name },
    ...whence(ctx),
    data: { login: email ? loginForRecord(foldEmail(email)) : '(unknown)', factor: provider.kind, reason },
  });
}
