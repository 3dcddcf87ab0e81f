import { assuranceOf, isAssured } from '../core/assurance.ts';
import { isSallyportError } from '../core/errors.ts';
import type { AuthMethod } from '../core/events.ts';
import type { Secret } from '../core/secret.ts';
import type { Account } from './accounts.ts';
import { findAccount, hasSecondFactor, lockAccount } from './accounts.ts';
import { foldEmail } from './email.ts';
import type { Directories, Found } from './federation/directories.ts';
import type { Origin } from './federation/origin.ts';
import { readOrigin } from './federation/origin.ts';
import type { Ground, Work } from './ground.ts';
import { change } from './ground.ts';
import type { SignInContext, SignInStep, User } from './identity.ts';
import type { Attempt, Target } from './lockout.ts';
import {
  beginPasswordAttempt,
  beginPersonalAttempt,
  clearPasswordAttempts,
  clearPersonalAttempts,
  recordFailure,
  returnAttempt,
} from './lockout.ts';
import { isLongEnough } from './password-policy.ts';
import { claimPending, findPending, makePending } from './pendings.ts';
import type { Demand } from './policy/mfa-policy.ts';
import { demandOf } from './policy/mfa-policy.ts';
import { factorOf, takeCode } from './second-factor.ts';
import type { SessionRow } from './sessions.ts';
import { getLiveRow, openSession, parseMethods, renewSession } from './sessions.ts';

/**
 * The first factor. An unknown person, a disabled one, one without a password and a wrong password take the same steps: one attempt
 * counted, one read, one password computation, one record, and the same answer. Who has no password here is asked for at the directories,
 * which takes its time: a refusal that asked nobody is held as long.
 */
export async function signIn(
  ground: Ground,
  input: { email: string; password: Secret },
  ctx: SignInContext,
  directories: Directories,
): Promise<SignInStep> {
  const startedAt = performance.now();
  const norm = foldEmail(input.email);
  const target: Target = { norm, ctx, factor: 'password' };
  const attempt = await beginPasswordAttempt(ground, target);
  if (attempt.waitMs > 0) return refuse(ground, target, { attempt, reason: 'locked' });
  const account = await findAccount(ground.db, { norm });
  const stored = account && !account.user.disabled ? account.passwordHash : null;
  const known: Target = account ? { ...target, userId: account.user.id } : target;
  const isLocal = account !== undefined && account.passwordHash !== null;
  let isRight: boolean;
  let found: Found;
  try {
    [isRight, found] = await Promise.all([
      ground.passwords.verify(stored, input.password),
      isLocal ? { kind: 'none' as const } : directories.ask(input.email, input.password),
    ]);
  } catch (error) {
    if (isSallyportError(error, 'identity.busy')) await returnAttempt(ground, target);
    throw error;
  }
  if (found.kind === 'identity') {
    const entered = await directories.enter(found, input.email, ctx);
    if (entered.state === 'refused') return refusedStep(ground, attempt);
    await change(ground, work => clearPasswordAttempts(work, target));
    return entered;
  }
  if (!isRight || !account || stored === null) {
    if (isLocal) await directories.hold(startedAt);
    if (found.kind === 'refused') {
      if (found.reason === 'unreachable') await returnAttempt(ground, target);
      return refuse(ground, { ...known, factor: 'ldap' }, { attempt, reason: found.reason });
    }
    return refuse(ground, known, { attempt, reason: account?.user.disabled ? 'disabled' : 'wrong' });
  }
  const rehashed = ground.passwords.isOutdated(stored) ? await ground.passwords.hash(input.password) : undefined;
  const step = await change(ground, async work => {
    const current = await lockAccount(work, account.user.id);
    // While the password was computed it may have been changed, or the person disabled.
    if (current.passwordHash !== stored || current.user.disabled) return undefined;
    await clearPasswordAttempts(work, target);
    if (rehashed !== undefined) await keepHash(work, current, { hash: rehashed, password: input.password });
    return proceed(work, { account: current, methods: ['password'], ctx });
  });
  return step ?? refuse(ground, known, { attempt, reason: 'changed' });
}

/**
 * What follows a factor: the second one, its enrolment, or the session. Who has a second factor gives it, whether or not it is compulsory;
 * who must sign in with a passkey and has none makes one, after any factor they have. Needs the account locked.
 */
export async function proceed(
  work: Work,
  signing: {
    account: Account;
    methods: readonly AuthMethod[];
    ctx: SignInContext;
    origin?: Origin | undefined;
    /** The session this is a fresh proof for: it is renewed when nothing more is wanted. */
    old?: SessionRow;
  },
): Promise<SignInStep> {
  const { account, old } = signing;
  const { user } = account;
  const demand = await demandOf(work.ground, work.tx, account);
  const have = assuranceOf(signing.methods);
  if (hasSecondFactor(account) && have === 'sfa') {
    const factors = offered(user.factors, demand);
    return { state: 'factor_needed', pending: await makePending(work, 'totp', signing), factors };
  }
  const isEnough = demand === 'none' || isAssured(have, demand === 'mfa' ? 'mfa' : 'phr');
  if (!isEnough) {
    const only = demand === 'phishing_resistant' ? ('passkey' as const) : null;
    return { state: 'enrolment_needed', pending: await makePending(work, 'enrolment', signing), user, only };
  }
  const opened = old ? await renewSession(work, { ...signing, old }) : await openSession(work, signing);
  return { state: 'signed_in', ...opened };
}

/** Where a passkey is wanted and there is one, a code from an app is no way around it. */
function offered(factors: User['factors'], demand: Demand): User['factors'] {
  return demand === 'phishing_resistant' && factors.passkeys > 0 ? { ...factors, totp: false } : factors;
}

/**
 * The second factor. Attempts are counted per person, across pending sign-ins and kinds of code, so that starting again gives no new
 * guesses; a pending sign-in is good for one success.
 */
export async function answerTotp(
  ground: Ground,
  input: { pending: Secret; code: string },
  ctx: SignInContext,
): Promise<SignInStep> {
  const pending = await findPending(ground, 'totp', input.pending, ctx.host);
  const account = pending && (await findAccount(ground.db, { id: pending.user_id }));
  if (!pending || !account || account.user.disabled) return { state: 'refused' };
  const userId = account.user.id;
  const target: Target = { norm: foldEmail(account.user.email), userId, ctx, factor: factorOf(input.code) };
  const attempt = await beginPersonalAttempt(ground, 't', userId);
  if (attempt.waitMs > 0) return refuse(ground, target, { attempt, reason: 'locked' });
  const step = await change(ground, async work => {
    const current = await lockAccount(work, userId);
    if (current.user.disabled || !(await claimPending(work, pending.token_hash))) return undefined;
    const method = await takeOffered(work, current, input.code);
    // Thrown, so that a wrong code leaves the pending sign-in as it was.
    if (method === undefined) throw new WrongCode();
    await clearPersonalAttempts(work, 't', userId);
    const methods = [...parseMethods(pending.methods), method];
    return proceed(work, { account: current, methods, ctx, origin: readOrigin(pending.origin) });
  }).catch(catchWrongCode);
  return step ?? refuse(ground, target, { attempt, reason: 'wrong' });
}

/**
 * Proof again by the person of a session: password, and the second factor where there is one. The old session ends and a new one, with a
 * new id and token, takes its place.
 */
export async function reauthenticate(
  ground: Ground,
  input: { sessionId: string; password: Secret; code?: string },
  ctx: SignInContext,
  directories: Directories,
): Promise<SignInStep> {
  const row = await getLiveRow(ground.db, input.sessionId, ground.now());
  const account = await findAccount(ground.db, { id: row.user_id });
  if (!account || account.user.disabled || row.host !== ctx.host) return { state: 'refused' };
  const userId = account.user.id;
  const target: Target = { norm: foldEmail(account.user.email), userId, ctx, factor: 'password' };
  const attempt = await beginPersonalAttempt(ground, 'r', userId);
  if (attempt.waitMs > 0) return refuse(ground, target, { attempt, reason: 'locked' });
  const isElsewhere = account.passwordHash === null && (await directories.proves(account.user, input.password));
  if (!isElsewhere && !(await ground.passwords.verify(account.passwordHash, input.password))) {
    return refuse(ground, target, { attempt, reason: 'wrong' });
  }
  const { code } = input;
  const coded: Target = { ...target, factor: factorOf(code ?? '') };
  const codeAttempt = hasSecondFactor(account) ? await beginPersonalAttempt(ground, 't', userId) : attempt;
  if (codeAttempt.waitMs > 0) return refuse(ground, coded, { attempt: codeAttempt, reason: 'locked' });
  const step = await change(ground, async work => {
    const current = await lockAccount(work, userId);
    const old = await getLiveRow(work.tx, row.id, ground.now());
    if (current.user.disabled || current.passwordHash !== account.passwordHash) return undefined;
    const method = hasSecondFactor(current) ? await takeOffered(work, current, code ?? '') : undefined;
    if (hasSecondFactor(current) && method === undefined) throw new WrongCode();
    await clearPersonalAttempts(work, 'r', userId);
    await clearPersonalAttempts(work, 't', userId);
    const first = isElsewhere === true ? ('ldap' as const) : ('password' as const);
    const methods: AuthMethod[] = method === undefined ? [first] : [first, method];
    return { state: 'signed_in' as const, ...(await renewSession(work, { account: current, old, methods, ctx })) };
  }).catch(catchWrongCode);
  return step ?? refuse(ground, coded, { attempt: codeAttempt, reason: 'wrong' });
}

/** As `takeCode`, but no code of an app where only a passkey will do. */
async function takeOffered(work: Work, account: Account, typed: string): Promise<AuthMethod | undefined> {
  const isApp = factorOf(typed) === 'totp';
  if (isApp && !offered(account.user.factors, await demandOf(work.ground, work.tx, account)).totp) return undefined;
  return takeCode(work, account, typed);
}

/** Keeps a new hash of the same password. */
async function keepHash(work: Work, account: Account, made: { hash: string; password: Secret }): Promise<void> {
  await work.tx
    .updateTable('identity_passwords')
    .set({
      hash: made.hash,
      single_factor: isLongEnough(made.password, work.ground.config.passwords.lengthMin) ? 1 : 0,
    })
    .where('user_id', '=', account.user.id)
    .execute();
}

/** Records and answers. How long to wait is said alike for people who exist and who do not. */
async function refuse(ground: Ground, target: Target, why: { attempt: Attempt; reason: string }): Promise<SignInStep> {
  await recordFailure(ground, target, { reason: why.reason, lock: why.attempt.lock });
  return refusedStep(ground, why.attempt);
}

function refusedStep(ground: Ground, { lock, waitMs }: Attempt): SignInStep {
  const retryAfterMs = waitMs > 0 ? waitMs : lock === undefined ? 0 : Math.max(1, lock.untilMs - ground.now());
  return retryAfterMs > 0 ? { state: 'refused', retryAfterMs } : { state: 'refused' };
}

/** Leaves a transaction so that it is rolled back; never leaves this file. */
class WrongCode extends Error {}

function catchWrongCode(error: unknown): undefined {
  if (error instanceof WrongCode) return undefined;
  throw error;
}
