import { getAccount } from '../accounts.ts';
import { foldEmail } from '../email.ts';
import type { Ground, Work } from '../ground.ts';
import { resourceOf } from '../ground.ts';
import type { SignInContext } from '../identity.ts';
import type { Target } from '../lockout.ts';
import { recordFailure } from '../lockout.ts';
import { insertNotice } from '../notices/notices.ts';
import { challengeOf, checkAssertion, readAssertion } from './answers.ts';
import { handleOf, namesOf } from './ceremonies.ts';
import type { Bond } from './challenges.ts';
import { claimChallenge } from './challenges.ts';
import type { Answer } from './passkeys.ts';
import type { PasskeyRow } from './rows.ts';

/** A right answer: whose passkey it was, and what to write of it. */
export interface Use {
  readonly row: PasskeyRow;
  readonly signCount: number;
  readonly backedUp: boolean;
}

/**
 * Judges an answer: form, challenge (used up whatever comes of it), credential, holder, signature, then counter. Every refusal is recorded
 * with its reason; to the visitor they are one. A counter that did not go on means that a copy may be about: refused, and its person told.
 */
export async function judgeAnswer(
  ground: Ground,
  input: { answer: Answer; bond: Bond },
  ctx: SignInContext,
): Promise<Use | undefined> {
  const { bond } = input;
  const answer = readAssertion(input.answer);
  const row = answer && (await findByCredential(ground, answer.id));
  const refuse = async (reason: string): Promise<undefined> => {
    await recordFailure(ground, await targetOf(ground, bond.userId ?? row?.user_id, ctx), { reason });
    return undefined;
  };
  if (!answer) return refuse('malformed');
  const challenge = challengeOf(answer);
  if (challenge === undefined || !(await claimChallenge(ground, challenge, bond))) return refuse('challenge');
  if (!row) return refuse('unknown');
  const { userHandle } = answer.response;
  if (bond.userId !== null && row.user_id !== bond.userId) return refuse('not_theirs');
  // A passkey that was asked for without a name must say whose it is (section 7.2 step 6).
  if (userHandle === undefined ? bond.userId === null : userHandle !== handleOf(row.user_id))
    return refuse('not_theirs');
  const about = { names: namesOf(ground), credentialId: row.credential_id, publicKey: row.public_key };
  const right = await checkAssertion(answer, challenge, about);
  if (!right) return refuse('wrong');
  if ((right.signCount > 0 || row.sign_count > 0) && right.signCount <= row.sign_count) {
    await tellSuspicion(ground, row, right.signCount, ctx);
    return refuse('counter');
  }
  return { row, ...right };
}

/**
 * Writes that it was used. False when it was taken away meanwhile, or somebody used it in the same moment with a higher counter. Needs the
 * account locked.
 */
export async function noteUse(work: Work, use: Use): Promise<boolean> {
  const noted = await work.tx
    .updateTable('identity_passkeys')
    .set({ sign_count: use.signCount, backed_up: use.backedUp ? 1 : 0, last_used_at: work.ground.now() })
    .where('id', '=', use.row.id)
    .where(where => where.or([where('sign_count', '<', use.signCount), where('sign_count', '=', 0)]))
    .returning('id')
    .executeTakeFirst();
  return noted !== undefined;
}

/** Whose attempt it is, for the record; without a person it is nobody's. */
export async function targetOf(ground: Ground, userId: string | undefined, ctx: SignInContext): Promise<Target> {
  if (userId === undefined) return { norm: '', ctx, factor: 'passkey' };
  const { user } = await getAccount(ground.db, userId);
  return { norm: foldEmail(user.email), userId, ctx, factor: 'passkey' };
}

async function findByCredential(ground: Ground, credentialId: string): Promise<PasskeyRow | undefined> {
  return ground.db
    .selectFrom('identity_passkeys')
    .selectAll()
    .where('credential_id', '=', credentialId)
    .executeTakeFirst();
}

async function tellSuspicion(ground: Ground, row: PasskeyRow, given: number, ctx: SignInContext): Promise<void> {
  const { user } = await getAccount(ground.db, row.user_id);
  await ground.audit.append({
    type: 'user.passkey_suspected',
    outcome: 'denied',
    principal: { kind: 'anonymous', id: 'anonymous', name: 'anonymous' },
    action: 'session.open',
    resource: resourceOf(user),
    requestId: ctx.requestId,
    clientIp: ctx.clientIp,
    data: { passkeyId: row.id, name: row.name, held: row.sign_count, given },
  });
  const { clientIp } = ctx;
  await insertNotice(ground, ground.db, { userId: user.id, kind: 'passkey_suspected', what: row.name, clientIp });
}
