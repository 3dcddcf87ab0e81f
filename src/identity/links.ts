import { SallyportError } from '../core/errors.ts';
import type { PrincipalRef } from '../core/events.ts';
import { systemPrincipal } from '../core/events.ts';
import type { Secret } from '../core/secret.ts';
import type { Account } from './accounts.ts';
import { findAccount, getAccount, lockAccount, lockOwners, refuseMachine, refuseOverOwner } from './accounts.ts';
import { foldEmail, parseEmail, parseName } from './email.ts';
import type { Ground, Work } from './ground.ts';
import { change, principalOf, resourceOf, whence } from './ground.ts';
import type { Link, LinkPurpose, SignInContext, SignInStep, User } from './identity.ts';
import { clearPasswordAttempts } from './lockout.ts';
import { notify } from './notices/notices.ts';
import { demandGoodPassword } from './password-policy.ts';
import { countOwners, insertUser, isMfaSure, policyFor, setPassword } from './people.ts';
import { judge, readMfaPolicy } from './policy/mfa-policy.ts';
import { endSessionsOf } from './sessions.ts';
import { proceed } from './sign-in.ts';
import type { IdentityTables } from './tables.ts';
import { hashToken, makeToken } from './tokens.ts';

const lifetimesMs: Readonly<Record<LinkPurpose, number>> = {
  first_owner: 15 * 60_000,
  invitation: 72 * 3_600_000,
  recovery: 3_600_000,
};

type LinkRow = IdentityTables['identity_links'];

/** Makes a link; one of the same purpose and person that was not used is void from then on. */
export function issueLink(
  ground: Ground,
  by: PrincipalRef,
  input: { purpose: LinkPurpose; userId?: string },
): Promise<{ token: Secret; expiresAt: number }> {
  return change(ground, async work => {
    const now = ground.now();
    const user = await personFor(work, by, input);
    const { token, hash } = makeToken('link', ground.random);
    const expiresAt = now + lifetimesMs[input.purpose];
    await work.record({
      type: 'link.issued',
      outcome: 'success',
      principal: by,
      action: 'link.issue',
      ...(user ? { resource: resourceOf(user) } : {}),
      data: { purpose: input.purpose, email: user?.email ?? '', expiresAt },
    });
    if (user && input.purpose === 'recovery') {
      await notify(work, { userId: user.id, kind: 'recovery_issued', by: by.name });
    }
    await work.tx
      .updateTable('identity_links')
      .set({ expires_at: now })
      .where('purpose', '=', input.purpose)
      .where('user_id', user ? '=' : 'is', user?.id ?? null)
      .where('used_at', 'is', null)
      .where('expires_at', '>', now)
      .execute();
    await work.tx
      .insertInto('identity_links')
      .values({
        token_hash: hash,
        purpose: input.purpose,
        user_id: user?.id ?? null,
        created_at: now,
        expires_at: expiresAt,
        used_at: null,
      })
      .execute();
    return { token, expiresAt };
  });
}

/** Whom a link is for; undefined for the first Owner, who does not exist yet. */
async function personFor(
  work: Work,
  by: PrincipalRef,
  input: { purpose: LinkPurpose; userId?: string },
): Promise<User | undefined> {
  if (input.purpose === 'first_owner') {
    await lockOwners(work);
    if ((await countOwners({ ...work.ground, db: work.tx })) > 0) throw ownerExists();
    if (by.kind !== 'operator' && by.kind !== 'system') {
      throw new SallyportError(
        'access.denied',
        `Cannot issue a first-owner link as "${by.name}": want the local operator`,
      );
    }
    return undefined;
  }
  if (input.userId === undefined) {
    throw new SallyportError('core.invalid_input', `Cannot issue a link for "${input.purpose}": want a person`);
  }
  const { user } = await lockAccount(work, input.userId);
  await refuseOverOwner(work, by, { current: user });
  refuseMachine(user);
  if (user.disabled) throw conflict(`Cannot issue a link for "${user.email}": the account is disabled`);
  if (input.purpose === 'invitation' && user.hasPassword) {
    throw conflict(`Cannot invite "${user.email}": the person has set a password; a recovery link sets a new one`);
  }
  return user;
}

/** Looks without using. */
export async function inspectLink(ground: Ground, token: Secret): Promise<Link | undefined> {
  const row = await findLink(ground, token);
  if (!row) return undefined;
  const account = row.user_id === null ? undefined : await findAccount(ground.db, { id: row.user_id });
  if (row.user_id !== null && (!account || account.user.disabled)) return undefined;
  const isMfa = account ? await isMfaSure(ground, account) : await isOwnerMfa(ground);
  return {
    purpose: row.purpose,
    email: account?.user.email ?? null,
    userId: row.user_id,
    expiresAt: row.expires_at,
    passwordCharsMin: policyFor(ground, { user: account?.user ?? { email: '', name: '' }, isMfa }).lengthMin,
  };
}

/** Uses a link to set a password, and signs in by it as by a first factor: whoever has a second one is asked for it. */
export async function redeemLink(
  ground: Ground,
  token: Secret,
  input: { email?: string; name?: string; password: Secret },
  ctx: SignInContext,
): Promise<SignInStep> {
  const row = await findLink(ground, token);
  if (!row) throw linkInvalid();
  const account = row.user_id === null ? undefined : await findAccount(ground.db, { id: row.user_id });
  if (row.user_id !== null && (!account || account.user.disabled)) throw linkInvalid();
  const person = account?.user ?? newOwner(input);
  const isMfa = account ? await isMfaSure(ground, account) : await isOwnerMfa(ground);
  await demandGoodPassword(ground, input.password, policyFor(ground, { user: person, isMfa }));
  const hash = await ground.passwords.hash(input.password);
  return change(ground, async work => {
    // In the order every change takes its locks: owners, person, then the link.
    if (row.user_id === null) await lockOwners(work);
    const before = row.user_id === null ? undefined : await lockAccount(work, row.user_id);
    if (before?.user.disabled || !(await claimLink(work, row))) throw linkInvalid();
    if (row.user_id === null && (await countOwners({ ...ground, db: work.tx })) > 0) throw ownerExists();
    const user = before?.user ?? (await insertUser(work, undefined, { ...person, role: 'owner' }));
    await work.record({
      type: 'link.used',
      outcome: 'success',
      principal: principalOf(user),
      action: 'link.use',
      resource: resourceOf(user),
      ...whence(ctx),
      data: { purpose: row.purpose, email: user.email },
    });
    if (row.purpose === 'recovery') await notify(work, { userId: user.id, kind: 'recovered', clientIp: ctx.clientIp });
    await setPassword(work, { user, hash, password: input.password, by: principalOf(user), how: 'link' });
    await endSessionsOf(work, user.id, { by: systemPrincipal, reason: 'password_changed' });
    await clearPasswordAttempts(work, { norm: foldEmail(user.email), ctx, factor: 'link' });
    const current: Account = await getAccount(work.tx, user.id);
    return proceed(work, { account: current, methods: ['link', 'password'], ctx });
  });
}

function newOwner(input: { email?: string; name?: string }): { email: string; name: string } {
  return { email: parseEmail(input.email ?? '').email, name: parseName(input.name ?? '') };
}

/** Whether the first Owner will need a second factor. */
async function isOwnerMfa(ground: Ground): Promise<boolean> {
  const kept = await readMfaPolicy(ground, ground.db);
  return judge({ roles: ['owner'], groups: new Set(), hasShortPassword: false }, kept) !== 'none';
}

async function findLink(ground: Ground, token: Secret): Promise<LinkRow | undefined> {
  const hash = hashToken('link', token);
  if (hash === undefined) return undefined;
  return ground.db
    .selectFrom('identity_links')
    .selectAll()
    .where('token_hash', '=', hash)
    .where('used_at', 'is', null)
    .where('expires_at', '>', ground.now())
    .executeTakeFirst();
}

/** True for exactly one caller. */
async function claimLink(work: Work, row: LinkRow): Promise<boolean> {
  const now = work.ground.now();
  const claimed = await work.tx
    .updateTable('identity_links')
    .set({ used_at: now })
    .where('token_hash', '=', row.token_hash)
    .where('used_at', 'is', null)
    .where('expires_at', '>', now)
    .returning('token_hash')
    .executeTakeFirst();
  return claimed !== undefined;
}

function linkInvalid(): SallyportError {
  return new SallyportError(
    'identity.link_invalid',
    'Cannot use the link: want one that is known, unused and not expired',
    {
      detail: 'The link is used, expired or unknown. Ask for a new one.',
    },
  );
}

function ownerExists(): SallyportError {
  const detail = 'An Owner exists already; further people are invited.';
  return new SallyportError('identity.owner_exists', `Cannot use a first-owner link: ${detail}`, { detail });
}

function conflict(message: string): SallyportError {
  return new SallyportError('store.conflict', message, { detail: message });
}
