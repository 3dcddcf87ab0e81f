import { SallyportError } from '../core/errors.ts';
import type { NewEvent, PrincipalRef } from '../core/events.ts';
import { operatorPrincipal, systemPrincipal } from '../core/events.ts';
import type { Tx } from './ground.ts';
import type { ReviewItem } from './review-rows.ts';
import { lockOpen } from './review-rows.ts';
import type { ReviewDeps } from './reviews.ts';

const commentCharsMax = 500;

/** How old a cut-off revocation is before the sweep takes it for one: until then whoever answered may be at it. */
const cutOffMs = 60_000;

interface Answer {
  readonly campaignId: string;
  readonly itemIds: readonly string[];
  readonly answer: 'keep' | 'revoke';
  readonly comment: string;
  /** Nobody answered in time: what has got an answer meanwhile keeps it. */
  readonly isLapse?: boolean;
}

type Outcome = { readonly outcome: NonNullable<ReviewItem['outcome']>; readonly note: string | null };

/**
 * One answer for all of these items or, when one is not to be answered so, for none: checked, recorded and written first, then done. A
 * revocation that was cut off between the two is finished by the sweep. Throws `access.denied` for what somebody holds themselves or is
 * not theirs to answer, `store.conflict` for what has an answer.
 */
export async function answerItems(deps: ReviewDeps, by: PrincipalRef, given: Answer): Promise<ReviewItem[]> {
  const answered = await deps.db.transaction().execute(tx => writeAnswers(deps, tx, by, given));
  if (given.answer === 'keep') return answered;
  const done: ReviewItem[] = [];
  for (const item of answered) done.push(await settle(deps, by, item));
  return done;
}

async function writeAnswers(deps: ReviewDeps, tx: Tx, by: PrincipalRef, given: Answer): Promise<ReviewItem[]> {
  const { answer, campaignId } = given;
  const comment = given.comment.normalize('NFC').trim().slice(0, commentCharsMax);
  const campaign = await lockOpen(tx, campaignId);
  const found = await findItems(tx, given);
  for (const item of found) refuseUnfit(by, item, campaign.reviewers);
  const held = given.isLapse === true ? found.filter(item => item.answer === null) : found;
  const settled = held.find(item => item.answer !== null);
  if (settled) {
    const message = `Cannot answer item "${settled.id}": it has an answer`;
    throw new SallyportError('store.conflict', message, { detail: 'Somebody answered this already.' });
  }
  if (held.length === 0) return [];
  const row = {
    ...{ answer, comment, answered_by: by.name, answered_by_id: by.id, answered_at: deps.clock.now() },
    outcome: answer === 'keep' ? ('kept' as const) : null,
  };
  await Promise.all(held.map(item => deps.audit.append(answeredEvent(by, item, row))));
  await tx
    .updateTable('access_review_items')
    .set(row)
    .where('campaign_id', '=', campaignId)
    .where(
      'id',
      'in',
      held.map(item => item.id),
    )
    .execute();
  const counted = answer === 'keep' ? ('kept' as const) : ('revoked' as const);
  await tx
    .updateTable('access_campaigns')
    .set(update => ({ [counted]: update(counted, '+', held.length) }))
    .where('id', '=', campaignId)
    .execute();
  return held.map(item => ({ ...item, ...row }));
}

function answeredEvent(
  by: PrincipalRef,
  item: ReviewItem,
  { answer, comment, outcome }: { answer: 'keep' | 'revoke'; comment: string; outcome: 'kept' | null },
): NewEvent {
  return {
    type: 'review.answered',
    outcome: 'success',
    principal: by,
    action: answer === 'keep' ? 'review.keep' : 'review.revoke',
    resource: { kind: 'user', id: item.user_id, name: item.email },
    ...(item.project_id === null ? {} : { project: item.project_id }),
    data: { itemId: item.id, what: item.what, answer, comment, outcome: outcome ?? 'asked' },
  };
}

/** Finishes revocations that were answered and not done, of one campaign or of all, each as whoever answered. */
export async function finishRevocation(deps: ReviewDeps, campaignId?: string): Promise<void> {
  let rows = deps.db
    .selectFrom('access_review_items')
    .selectAll()
    .where('answer', '=', 'revoke')
    .where('outcome', 'is', null);
  rows =
    campaignId === undefined
      ? rows.where('answered_at', '<=', deps.clock.now() - cutOffMs).limit(100)
      : rows.where('campaign_id', '=', campaignId);
  for (const item of await rows.execute()) await settle(deps, answererOf(item), item);
}

function answererOf({ answered_by: name, answered_by_id: id }: ReviewItem): PrincipalRef {
  for (const known of [systemPrincipal, operatorPrincipal]) if (known.id === id) return known;
  return { kind: 'user', id: id ?? '', name: name ?? '' };
}

/** Of two who do the same revocation at once, the first one's outcome stays: a closed campaign does not change any more. */
async function settle(deps: ReviewDeps, by: PrincipalRef, item: ReviewItem): Promise<ReviewItem> {
  const done = await revoke(deps, by, item);
  const written = await deps.db
    .updateTable('access_review_items')
    .set(done)
    .where('id', '=', item.id)
    .where('outcome', 'is', null)
    .returningAll()
    .executeTakeFirst();
  if (written) return written;
  const kept = await deps.db.selectFrom('access_review_items').selectAll().where('id', '=', item.id).executeTakeFirst();
  return kept ?? { ...item, ...done };
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

/** All of them, in the order in which they are named; throws `access.review_not_found` when one is missing. */
export async function findItems(
  tx: Tx,
  { campaignId, itemIds }: { readonly campaignId: string; readonly itemIds: readonly string[] },
): Promise<ReviewItem[]> {
  const ids = [...new Set(itemIds)];
  const rows = await tx
    .selectFrom('access_review_items')
    .selectAll()
    .where('campaign_id', '=', campaignId)
    .where('id', 'in', ids)
    .execute();
  const byId = new Map(rows.map(row => [row.id, row]));
  return ids.map(id => {
    const row = byId.get(id);
    if (row) return row;
    throw new SallyportError('access.review_not_found', `Cannot find item "${id.slice(0, 60)}" of the review`);
  });
}

/** Nobody reviews their own; an item given to one reviewer is theirs alone. */
function refuseUnfit(by: PrincipalRef, item: ReviewItem, reviewers: readonly string[]): void {
  if (by.kind === operatorPrincipal.kind || by.kind === systemPrincipal.kind) return;
  const isTheirs = reviewers.includes(by.id) && (item.reviewer_id === null || item.reviewer_id === by.id);
  if (by.kind === 'user' && isTheirs && item.user_id !== by.id) return;
  const detail = item.user_id === by.id ? 'Nobody reviews what they hold themselves.' : 'This is not yours to review.';
  throw new SallyportError('access.denied', `Cannot answer item "${item.id}" as "${by.name}"`, { detail });
}
