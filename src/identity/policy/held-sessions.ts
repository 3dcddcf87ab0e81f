import { assuranceOf, isAssured } from '../../core/assurance.ts';
import { systemPrincipal } from '../../core/events.ts';
import { findAccount, lockAccount } from '../accounts.ts';
import type { Ground } from '../ground.ts';
import { change } from '../ground.ts';
import type { SessionRow } from '../sessions.ts';
import { endSessions, parseMethods } from '../sessions.ts';
import type { Demand } from './mfa-policy.ts';
import { demandOf } from './mfa-policy.ts';

const atOnce = 500;

/**
 * Ends the sessions of these people that prove less than policy wants of what they now are. Who comes to a role by a group or for a time was
 * signed in as somebody else: with a password alone nobody goes on as an Owner. Returns how many ended.
 */
export async function endWeakSessions(ground: Ground, userIds: readonly string[]): Promise<number> {
  const found = new Set<string>();
  for (let at = 0; at < userIds.length; at += atOnce) {
    const rows = await ground.db
      .selectFrom('identity_sessions')
      .select(['user_id', 'methods'])
      .where('ended_at', 'is', null)
      .where('user_id', 'in', userIds.slice(at, at + atOnce))
      .execute();
    for (const row of rows) if (isWeak(row, 'phishing_resistant')) found.add(row.user_id);
  }
  let ended = 0;
  for (const userId of found) ended += await endWeakOf(ground, userId);
  return ended;
}

async function endWeakOf(ground: Ground, userId: string): Promise<number> {
  const known = await findAccount(ground.db, { id: userId });
  if (known === undefined || (await demandOf(ground, ground.db, known)) === 'none') return 0;
  return change(ground, async work => {
    const account = await lockAccount(work, userId);
    const demand = await demandOf(ground, work.tx, account);
    const rows = await work.tx
      .selectFrom('identity_sessions')
      .selectAll()
      .where('user_id', '=', userId)
      .where('ended_at', 'is', null)
      .execute();
    const weak = rows.filter(row => isWeak(row, demand));
    return endSessions(work, weak, { by: systemPrincipal, reason: () => 'role_wants_more' });
  });
}

function isWeak({ methods }: Pick<SessionRow, 'methods'>, demand: Demand): boolean {
  if (demand === 'none') return false;
  return !isAssured(assuranceOf(parseMethods(methods)), demand === 'mfa' ? 'mfa' : 'phr');
}
