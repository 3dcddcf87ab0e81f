import type { Kysely } from 'kysely';
import { SallyportError } from '../core/errors.ts';
import type { Tx } from './ground.ts';
import type { ReviewScope } from './review-items.ts';
import type { ReviewTables } from './review-tables.ts';
import type { AccessTables } from './tables.ts';

export interface Campaign {
  readonly id: string;
  readonly name: string;
  readonly scope: ReviewScope;
  readonly scopeName: string;
  readonly state: 'open' | 'closed';
  readonly unanswered: 'keep' | 'revoke';
  readonly reviewers: readonly string[];
  readonly createdAt: number;
  readonly createdBy: string;
  readonly dueAt: number;
  readonly closedAt: number | null;
  readonly items: number;
  readonly kept: number;
  readonly revoked: number;
  readonly sha256: string | null;
}

export type ReviewItem = ReviewTables['access_review_items'];

/** The campaign, its row locked until the transaction ends. Throws `access.review_closed`. */
export async function lockOpen(tx: Tx, id: string): Promise<Campaign> {
  await tx
    .updateTable('access_campaigns')
    .set(update => ({ revision: update('revision', '+', 1) }))
    .where('id', '=', id)
    .execute();
  const campaign = toCampaign(await campaignRow(tx, id));
  if (campaign.state === 'closed') throw isClosed(campaign);
  return campaign;
}

/** Throws `access.review_not_found`. */
export async function campaignRow(db: Kysely<AccessTables>, id: string): Promise<ReviewTables['access_campaigns']> {
  const row = await db.selectFrom('access_campaigns').selectAll().where('id', '=', id).executeTakeFirst();
  if (row) return row;
  throw new SallyportError('access.review_not_found', `Cannot find review "${id.slice(0, 60)}": want the id of one`);
}

/** `access.review_closed`. */
export function isClosed({ name }: Campaign): SallyportError {
  const message = `Cannot change review "${name}": it is closed`;
  return new SallyportError('access.review_closed', message, { detail: message });
}

/** A row as a campaign. */
export const toCampaign = (row: ReviewTables['access_campaigns']): Campaign => ({
  id: row.id,
  name: row.name,
  // Written by `createCampaign` alone.
  scope: JSON.parse(row.scope) as ReviewScope,
  scopeName: row.scope_name,
  state: row.state,
  unanswered: row.unanswered,
  reviewers: JSON.parse(row.reviewers) as string[],
  createdAt: row.created_at,
  createdBy: row.created_by,
  dueAt: row.due_at,
  closedAt: row.closed_at,
  items: row.items,
  kept: row.kept,
  revoked: row.revoked,
  sha256: row.sha256_json,
});
