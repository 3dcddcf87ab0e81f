import type { Kysely } from 'kysely';
import { SallyportError } from '../core/errors.ts';
import type { PrincipalRef } from '../core/events.ts';
import { systemPrincipal } from '../core/events.ts';
import type { Access } from './access.ts';
import type { BreakGlass } from './break-glass.ts';
import type { Elevations } from './elevations.ts';
import type { AccessDeps } from './ground.ts';
import { cleanName, fold, invalid } from './ground.ts';
import { answerItems, findItems, finishRevocation } from './review-answers.ts';
import { fingerprint, printCsv, printJson } from './review-export.ts';
import type { ReviewedKey, ReviewScope } from './review-items.ts';
import { collectFindings, countFindings, scopeInWords, toItemRow } from './review-items.ts';
import type { Campaign, ReviewItem } from './review-rows.ts';
import { campaignRow, isClosed, lockOpen, toCampaign } from './review-rows.ts';
import type { ReviewTables } from './review-tables.ts';
import type { AccessTables } from './tables.ts';
import type { Uses } from './uses.ts';

const rowsAtOnce = 400;
const lapsedAtOnce = 100;
const yearMs = 366 * 86_400_000;
const nameCharsMax = 120;
const reviewersMax = 50;
/** How much one campaign lists at most. */
export const reviewItemsMax = 200_000;

export type { Campaign, ReviewItem } from './review-rows.ts';

export interface CampaignInput {
  readonly name: string;
  readonly scope: ReviewScope;
  readonly reviewers: readonly string[];
  readonly dueAt: number;
  readonly unanswered: 'keep' | 'revoke';
  /** Every live API key, where the scope wants them. */
  readonly keys: readonly ReviewedKey[];
}

/** Access reviews. Nobody answers for what they hold themselves; what is revoked is gone when the answer returns. */
export interface Reviews {
  /** Newest first, at most 200 after the campaign `after`; with a reviewer only theirs. */
  list(query?: {
    state?: 'open' | 'closed' | 'all';
    reviewer?: string;
    limit?: number;
    after?: string;
  }): Promise<Campaign[]>;
  get(id: string): Promise<Campaign>;
  /** How many items and people a campaign of this scope would list. */
  preview(scope: ReviewScope, keys: readonly ReviewedKey[]): { items: number; people: number };
  /** At most 200,000 items and 50 reviewers; due within a year. */
  create(by: PrincipalRef, input: CampaignInput): Promise<Campaign>;
  /** In the order in which they were made, at most 500 after the item `after`. */
  listItems(
    id: string,
    query: {
      state?: 'open' | 'answered' | 'all';
      answerableBy?: string;
      search?: string;
      limit?: number;
      after?: string;
    },
  ): Promise<ReviewItem[]>;
  /** All of them or none: of items answered already, or not theirs to answer, it throws. What cannot be revoked is told in the item. */
  answer(
    by: PrincipalRef,
    input: { id: string; items: readonly string[]; answer: 'keep' | 'revoke'; comment: string },
  ): Promise<ReviewItem[]>;
  /** All of them or none, to one reviewer of the campaign; null: to any. */
  assign(by: PrincipalRef, input: { id: string; items: readonly string[]; reviewerId: string | null }): Promise<void>;
  /** What has no answer lapses as the campaign says; then nothing changes any more, and the record has the fingerprint of the evidence. */
  close(by: PrincipalRef, id: string): Promise<Campaign>;
  /** Throws `internal` when the rows are not those the fingerprint was taken of. */
  export(id: string, format: 'csv' | 'json'): Promise<{ text: string; sha256: string }>;
  /** Closes what is due, and finishes revocations that were cut off. */
  sweep(): Promise<number>;
}

/** What a review uses of the rest of the room. */
export interface ReviewDeps extends AccessDeps {
  readonly breakGlass: Pick<BreakGlass, 'list'>;
  readonly uses: Pick<Uses, 'load'>;
  readonly setMember: Access['setMember'];
  readonly endElevation: Elevations['end'];
}

export function createReviews(deps: ReviewDeps): Reviews {
  const { db, roster } = deps;
  let isSweeping = false;
  return {
    list: (query = {}) => listCampaigns(deps, query),
    get: id => getCampaign(db, id),
    preview: (scope, keys) => countFindings(roster, scope, keys),
    create: (by, input) => createCampaign(deps, by, input),
    listItems: (id, query) => listItems(deps, id, query),
    answer: (by, { answer, comment, id, items }) =>
      answerItems(deps, by, { campaignId: id, itemIds: items, answer, comment }),
    assign: (by, input) => assign(deps, by, input),
    close: (by, id) => close(deps, by, id),
    async export(id, format) {
      const campaign = await campaignRow(db, id);
      const held = format === 'csv' ? campaign.sha256_csv : campaign.sha256_json;
      if (campaign.state !== 'closed' || held === null) {
        throw invalid(`Cannot export review "${campaign.name}": it is open; close it first`);
      }
      const items = await allItems(db, id);
      const text = format === 'csv' ? printCsv(items) : printJson(campaign, items);
      const sha256 = fingerprint(text);
      if (sha256 !== held)
        throw new SallyportError('internal', `Cannot export review "${id}": its rows are not those that were closed`);
      return { text, sha256 };
    },
    async sweep() {
      // A large campaign takes longer to close than the time between two sweeps.
      if (isSweeping) return 0;
      isSweeping = true;
      try {
        return await closeDue(deps);
      } finally {
        isSweeping = false;
      }
    },
  };
}

async function closeDue(deps: ReviewDeps): Promise<number> {
  const due = await deps.db
    .selectFrom('access_campaigns')
    .select('id')
    .where('state', '=', 'open')
    .where('due_at', '<=', deps.clock.now())
    .limit(10)
    .execute();
  for (const { id } of due) await close(deps, systemPrincipal, id);
  await finishRevocation(deps);
  return due.length;
}

async function createCampaign(deps: ReviewDeps, by: PrincipalRef, input: CampaignInput): Promise<Campaign> {
  const now = deps.clock.now();
  if (input.dueAt <= now || input.dueAt > now + yearMs)
    throw invalid('Cannot begin a review: want it due within a year');
  const reviewers = [...new Set(input.reviewers)];
  if (reviewers.length === 0 || reviewers.length > reviewersMax)
    throw invalid(`Cannot begin a review: want 1 to ${reviewersMax} reviewers`);
  const id = deps.newId();
  const row = {
    ...{ id, name: cleanName('review', input.name, nameCharsMax), scope: JSON.stringify(input.scope) },
    ...{ scope_name: scopeInWords(deps.roster, input.scope), state: 'open', unanswered: input.unanswered },
    ...{ reviewers: JSON.stringify(reviewers), created_at: now, created_by: by.name, due_at: input.dueAt },
    ...{ closed_at: null, sha256_json: null, sha256_csv: null, revision: 0, items: 0, kept: 0, revoked: 0 },
  } satisfies ReviewTables['access_campaigns'];
  const uses = await deps.uses.load();
  const rows: ReviewItem[] = [];
  for (const finding of collectFindings(deps.roster, input.scope, { keys: input.keys, uses })) {
    if (rows.length >= reviewItemsMax) throw invalid(`Cannot begin a review of more than ${reviewItemsMax} items`);
    rows.push(toItemRow(finding, { id: deps.newId(), campaignId: id }));
  }
  // Items first, in small steps, so that nobody waits long for the store; only with its campaign does anybody see them.
  for (let at = 0; at < rows.length; at += rowsAtOnce)
    await deps.db
      .insertInto('access_review_items')
      .values(rows.slice(at, at + rowsAtOnce))
      .execute();
  await deps.db.transaction().execute(async tx => {
    await deps.audit.append({
      type: 'review.created',
      ...about(by, 'review.create', row),
      data: { name: row.name, scope: row.scope_name, items: rows.length, reviewers, dueAt: row.due_at },
    });
    await tx
      .insertInto('access_campaigns')
      .values({ ...row, items: rows.length })
      .execute();
  });
  return getCampaign(deps.db, id);
}

async function listCampaigns(
  { db }: AccessDeps,
  query: { state?: 'open' | 'closed' | 'all'; reviewer?: string; limit?: number; after?: string },
): Promise<Campaign[]> {
  const { after, reviewer, state } = query;
  let rows = db.selectFrom('access_campaigns').selectAll().orderBy('id', 'desc');
  if (state !== undefined && state !== 'all') rows = rows.where('state', '=', state);
  if (after !== undefined) rows = rows.where('id', '<', after);
  if (reviewer !== undefined) rows = rows.where('reviewers', 'like', `%${JSON.stringify(reviewer)}%`);
  const found = await rows.limit(Math.min(Math.max(query.limit ?? 50, 1), 200)).execute();
  return found.map(toCampaign).filter(one => reviewer === undefined || one.reviewers.includes(reviewer));
}

async function listItems(
  deps: AccessDeps,
  id: string,
  query: {
    state?: 'open' | 'answered' | 'all';
    answerableBy?: string;
    search?: string;
    limit?: number;
    after?: string;
  },
): Promise<ReviewItem[]> {
  const { after, answerableBy, search, state } = query;
  let rows = deps.db.selectFrom('access_review_items').selectAll().where('campaign_id', '=', id).orderBy('id');
  if (state === 'open') rows = rows.where('answer', 'is', null);
  if (state === 'answered') rows = rows.where('answer', 'is not', null);
  if (after !== undefined) rows = rows.where('id', '>', after);
  if (search !== undefined && search.trim() !== '') {
    // `words` is folded; what stands for any letter is taken out of what is looked for.
    rows = rows.where(
      'words',
      'like',
      `%${fold(search.slice(0, 200))
        .trim()
        .replaceAll(/[\\%_]/g, '_')}%`,
    );
  }
  if (answerableBy !== undefined)
    rows = rows
      .where('answer', 'is', null)
      .where('user_id', '!=', answerableBy)
      .where(where => where.or([where('reviewer_id', 'is', null), where('reviewer_id', '=', answerableBy)]));
  return rows.limit(Math.min(Math.max(query.limit ?? 100, 1), 500)).execute();
}

async function assign(
  deps: AccessDeps,
  by: PrincipalRef,
  { id, items, reviewerId }: { id: string; items: readonly string[]; reviewerId: string | null },
): Promise<void> {
  await deps.db.transaction().execute(async tx => {
    const campaign = await lockOpen(tx, id);
    if (reviewerId !== null && !campaign.reviewers.includes(reviewerId))
      throw invalid('Cannot assign items: want a reviewer of the campaign');
    const itemIds = (await findItems(tx, { campaignId: id, itemIds: items })).map(item => item.id);
    await deps.audit.append({
      type: 'review.assigned',
      ...about(by, 'review.assign', campaign),
      data: { name: campaign.name, items: itemIds, reviewerId },
    });
    await tx
      .updateTable('access_review_items')
      .set({ reviewer_id: reviewerId })
      .where('campaign_id', '=', id)
      .where('id', 'in', itemIds)
      .execute();
  });
}

async function close(deps: ReviewDeps, by: PrincipalRef, id: string): Promise<Campaign> {
  const campaign = await getCampaign(deps.db, id);
  if (campaign.state === 'closed') throw isClosed(campaign);
  do await lapseAll(deps, campaign);
  while (!(await seal(deps, by, id)));
  return getCampaign(deps.db, id);
}

/** Answers what nobody answered, as the campaign says, and finishes what was not done. */
async function lapseAll(deps: ReviewDeps, { id, unanswered }: Campaign): Promise<void> {
  const lapse = { campaignId: id, answer: unanswered, comment: 'No answer was given in time.', isLapse: true };
  for (;;) {
    const open = await deps.db
      .selectFrom('access_review_items')
      .select('id')
      .where('campaign_id', '=', id)
      .where('answer', 'is', null)
      .limit(lapsedAtOnce)
      .execute();
    if (open.length === 0) break;
    await answerItems(deps, systemPrincipal, { ...lapse, itemIds: open.map(item => item.id) });
  }
  await finishRevocation(deps, id);
}

/** False when somebody revoked something since that is not done yet: what is sealed must not change. */
async function seal(deps: ReviewDeps, by: PrincipalRef, id: string): Promise<boolean> {
  return deps.db.transaction().execute(async tx => {
    const locked = await lockOpen(tx, id);
    const row = { ...(await campaignRow(tx, id)), state: 'closed' as const, closed_at: deps.clock.now() };
    const items = await allItems(tx, id);
    if (items.some(item => item.outcome === null)) return false;
    const sha256Json = fingerprint(printJson(row, items));
    const sha256Csv = fingerprint(printCsv(items));
    await deps.audit.append({
      type: 'review.closed',
      ...about(by, 'review.close', row),
      data: { name: locked.name, kept: locked.kept, revoked: locked.revoked, sha256Json, sha256Csv },
    });
    await tx
      .updateTable('access_campaigns')
      .set({ state: 'closed', closed_at: row.closed_at, sha256_json: sha256Json, sha256_csv: sha256Csv })
      .where('id', '=', id)
      .execute();
    return true;
  });
}

async function getCampaign(db: Kysely<AccessTables>, id: string): Promise<Campaign> {
  return toCampaign(await campaignRow(db, id));
}

const allItems = (db: Kysely<AccessTables>, id: string): Promise<ReviewItem[]> =>
  db.selectFrom('access_review_items').selectAll().where('campaign_id', '=', id).orderBy('id').execute();

const about = (by: PrincipalRef, action: string, row: { id: string; name: string }) => ({
  outcome: 'success' as const,
  principal: by,
  action,
  resource: { kind: 'review', id: row.id, name: row.name },
});
