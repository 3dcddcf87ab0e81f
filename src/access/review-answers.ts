import { SallyportError } from '../core/errors.ts';
import type { PrincipalRef } from '../core/events.ts';
import { operatorPrincipal, systemPrincipal } from '../core/events.ts';
import type { Tx } from './ground.ts';
import type { ReviewItem } from './review-rows.ts';
import { lockOpen } from './review-rows.ts';
import type { ReviewDeps } from './reviews.ts';

const commentCharsMax = 500;

interface Answer {
  readonly campaignId: string;
  readonly itemId: string;
  readonly answer: 'keep' | 'revoke';
  readonly comment: string;
}

type Outcome = { readonly outcome: NonNullable<ReviewItem['outcome']>; readonly note: string | null };

/**
 * One answer: recorded and written first, then done. A revocation that was cut off between the two is finished by the sweep. Throws
 * `access.denied` for what somebody holds themselves or is not theirs to answer, `store.conflict` for what has an answer.
 */
export async function answerItem(deps: ReviewDeps, by: PrincipalRef, given: Answer): Promise<ReviewItem> {
  const { answer, itemId } = given;
  const comment = given.comment.normalize('NFC').trim().slice(0, commentCharsMax);
  const item = await deps.db.transaction().execute(async tx => {
    const campaign = await lockOpen(tx, given.campaignId);
    const held = await findItem(tx, given);
    refuseUnfit(by, held, campaign.reviewers);
    if (held.answer !== null) {
      const message = `Cannot answer item "${itemId}": it has an answer`;
      throw new SallyportError('store.conflict', message, { detail: 'Somebody answered this already.' });
    }
    const after: ReviewItem = {
      ...held,
      ...{ answer, comment, answered_by: by.name, answered_at: deps.clock.now() },
      outcome: answer === 'keep' ? 'kept' : null,
    };
    await deps.audit.append({
      type: 'review.answered',
      outcome: 'success',
      principal: by,
      action: answer === 'keep' ? 'review.keep' : 'review.revoke',
      resource: { kind: 'user', id: held.user_id, name: held.email },
      ...(held.project_id === null ? {} : { project: held.project_id }),
      data: { itemId, what: held.what, answer, comment, outcome: after.outcome ?? 'asked' },
    });
    const { id, ...row } = after;
    await tx.updateTable('access_review_items').set(row).where('id', '=', id).execute();
    const counted = answer === 'keep' ? ('kept' as const) : ('revoked' as const);
    await tx
      .updateTable('access_campaigns')
      .set(update => ({ [counted]: update(counted, '+', 1) }))
      .where('id', '=', campaign.id)
      .execute();
    return after;
  });
  return answer === 'keep' ? item : settle(deps, by, item);
}

/** Finishes revocations that were answered and not done, of one campaign or of all. */
export async function finishRevocation(deps: ReviewDeps, campaignId?: string): Promise<void> {
  let rows = deps.db
    .selectFrom('access_review_items')
    .selectAll()
    .where('answer', '=', 'revoke')
    .where('outcome', 'is', null);
  rows = campaignId === undefined ? rows.limit(100) : rows.where('campaign_id', '=', campaignId);
  for (const item of await rows.execute()) await settle(deps, systemPrincipal, item);
}

async function settle(deps: ReviewDeps, by: PrincipalRef, item: ReviewItem): Promise<ReviewItem> {
  const done = await revoke(deps, by, item);
  await deps.db.updateTable('access_review_items').set(done).where('id', '=', item.id).execute();
  return { ...item, ...done };
}

/** By the same calls as by hand: what these refuse (the last Owner, an Owner's role by who is none) stays, and the item says why. */
async function revoke(deps: ReviewDeps, by: PrincipalRef, item: ReviewItem): Promise<Outcome> {
  const { hands, roster } = deps;
  const userId = item.user_id;
  if (roster.person(userId) === undefined) return { outcome: 'gone', note: 'The person is no more.' };
  try {
    switch (item.kind) {
      case 'global_role': {
        if (roster.person(userId)?.role !== item.role) return gone;
        const isKeptAside = (await deps.breakGlass.list()).some(account => account.userId === userId);
        if (by.kind === 'system' && isKeptAside)
          return { outcome: 'failed', note: 'An account for emergencies keeps its role until a person takes it.' };
        await hands.makeMember(by, userId);
        return revoked;
      }
      case 'project_role': {
        const projectId = item.project_id ?? '';
        if (roster.directRole(userId, projectId) !== item.role) return gone;
        await deps.setMember(by, { projectId, userId, role: null });
        return revoked;
      }
      case 'membership': {
        const groupId = item.group_id ?? '';
        if (!roster.groupsOf(userId).includes(groupId)) return gone;
        if (roster.group(groupId)?.source !== 'local')
          return { outcome: 'to_be_done_elsewhere', note: 'Take the person out of the group where it is kept.' };
        await hands.leaveGroup(by, { groupId, userId });
        return revoked;
      }
      case 'elevation':
        if (!roster.elevationsOf(userId).some(one => one.id === item.ref_id)) return gone;
        await deps.endElevation(by, item.ref_id ?? '');
        return revoked;
      case 'api_key':
        return (await hands.revokeKey(by, item.ref_id ?? '')) ? revoked : gone;
      default:
        return item.kind satisfies never;
    }
  } catch (error) {
    if (!(error instanceof SallyportError) || error.code === 'internal' || error.code === 'audit.unavailable')
      throw error;
    return { outcome: 'failed', note: (error.detail ?? error.message).slice(0, 500) };
  }
}

const revoked: Outcome = { outcome: 'revoked', note: null };
const gone: Outcome = { outcome: 'gone', note: 'It was changed or taken away meanwhile.' };

async function findItem(tx: Tx, { campaignId, itemId }: Answer): Promise<ReviewItem> {
  const row = await tx
    .selectFrom('access_review_items')
    .selectAll()
    .where('campaign_id', '=', campaignId)
    .where('id', '=', itemId)
    .executeTakeFirst();
  if (row) return row;
  throw new SallyportError('access.review_not_found', `Cannot find item "${itemId.slice(0, 60)}" of the review`);
}

/** Nobody reviews their own; an item given to one reviewer is theirs alone. */
function refuseUnfit(by: PrincipalRef, item: ReviewItem, reviewers: readonly string[]): void {
  if (by.kind === operatorPrincipal.kind || by.kind === systemPrincipal.kind) return;
  const isTheirs = reviewers.includes(by.id) && (item.reviewer_id === null || item.reviewer_id === by.id);
  if (by.kind === 'user' && isTheirs && item.user_id !== by.id) return;
  const detail = item.user_id === by.id ? 'Nobody reviews what they hold themselves.' : 'This is not yours to review.';
  throw new SallyportError('access.denied', `Cannot answer item "${item.id}" as "${by.name}"`, { detail });
}
