import { SallyportError } from '../core/errors.ts';
import type { Secret } from '../core/secret.ts';
import { findAccount, lockAccount } from './accounts.ts';
import { foldEmail } from './email.ts';
import type { Ground } from './ground.ts';
import { change } from './ground.ts';
import type { SignInContext, SignInStep } from './identity.ts';
import { recordFailure } from './lockout.ts';
import { getLiveRow, openSession, parseMethods, toSession, whyNotLive } from './sessions.ts';
import { hashToken, makeToken } from './tokens.ts';

const handoffMs = 30_000;

/** A code that moves a live session to one other host, once, within 30 seconds. */
export async function issueHandoff(ground: Ground, sessionId: string, host: string): Promise<Secret> {
  if (host === '' || host.length > 260 || host !== host.toLowerCase()) {
    throw new SallyportError(
      'core.invalid_input',
      `Cannot hand a session to "${host.slice(0, 260)}": want a host in lower case`,
    );
  }
  const now = ground.now();
  await getLiveRow(ground.db, sessionId, now);
  const { token, hash } = makeToken('handoff', ground.random);
  await ground.db
    .insertInto('identity_handoffs')
    .values({ code_hash: hash, session_id: sessionId, host, expires_at: now + handoffMs, used_at: null })
    .execute();
  return token;
}

/**
 * Exchanges the code for a session on its host, with the proofs and the end of the one it came from, ending with it. A code shown on another
 * host is spent all the same: it has leaked.
 */
export async function redeemHandoff(ground: Ground, code: Secret, ctx: SignInContext): Promise<SignInStep> {
  const hash = hashToken('handoff', code);
  if (hash === undefined) return { state: 'refused' };
  const handoff = await ground.db
    .selectFrom('identity_handoffs')
    .selectAll()
    .where('code_hash', '=', hash)
    .executeTakeFirst();
  const parent =
    handoff &&
    (await ground.db
      .selectFrom('identity_sessions')
      .selectAll()
      .where('id', '=', handoff.session_id)
      .executeTakeFirst());
  const account = parent && (await findAccount(ground.db, { id: parent.user_id }));
  if (!handoff || !parent || !account) return { state: 'refused' };
  const step = await change(ground, async work => {
    const now = ground.now();
    const current = await lockAccount(work, parent.user_id);
    const claimed = await work.tx
      .updateTable('identity_handoffs')
      .set({ used_at: now })
      .where('code_hash', '=', hash)
      .where('used_at', 'is', null)
      .where('expires_at', '>', now)
      .returning('host')
      .executeTakeFirst();
    if (claimed?.host !== ctx.host || current.user.disabled) return undefined;
    const from = await work.tx
      .selectFrom('identity_sessions')
      .selectAll()
      .where('id', '=', parent.id)
      .executeTakeFirst();
    if (!from || whyNotLive(toSession(from), now) !== undefined) return undefined;
    const methods = parseMethods(from.methods);
    return { state: 'signed_in' as const, ...(await openSession(work, { account: current, methods, ctx, from })) };
  });
  if (step) return step;
  const target = { norm: foldEmail(account.user.email), userId: account.user.id, ctx, factor: 'link' as const };
  await recordFailure(ground, target, { reason: 'handoff' });
  return { state: 'refused' };
}
