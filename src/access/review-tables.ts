import type { Kysely } from 'kysely';
import type { Migration } from '../store/store.ts';

/** The rows of reviews. */
export interface ReviewTables {
  access_campaigns: {
    id: string;
    name: string;
    /** JSON of the scope. */
    scope: string;
    scope_name: string;
    state: 'open' | 'closed';
    unanswered: 'keep' | 'revoke';
    /** JSON list of person ids. */
    reviewers: string;
    created_at: number;
    created_by: string;
    due_at: number;
    closed_at: number | null;
    sha256_json: string | null;
    sha256_csv: string | null;
    revision: number;
    items: number;
    /** Answers so far. */
    kept: number;
    revoked: number;
  };
  access_review_items: {
    id: string;
    campaign_id: string;
    user_id: string;
    email: string;
    name: string;
    /** Folded address and name, for searching. */
    words: string;
    kind: 'global_role' | 'project_role' | 'membership' | 'elevation' | 'api_key';
    what: string;
    way: string;
    project_id: string | null;
    role: string | null;
    group_id: string | null;
    /** The key or elevation it is about. */
    ref_id: string | null;
    is_elsewhere: number;
    last_used_at: number | null;
    reviewer_id: string | null;
    answer: 'keep' | 'revoke' | null;
    comment: string | null;
    answered_by: string | null;
    answered_by_id: string | null;
    answered_at: number | null;
    outcome: 'kept' | 'revoked' | 'to_be_done_elsewhere' | 'gone' | 'failed' | null;
    note: string | null;
  };
}

export const reviewMigration: Migration = {
  id: 'access-004-reviews',
  async up(db: Kysely<never>) {
    await db.schema
      .createTable('access_campaigns')
      .addColumn('id', 'text', column => column.primaryKey().notNull())
      .addColumn('name', 'text', column => column.notNull())
      .addColumn('scope', 'text', column => column.notNull())
      .addColumn('scope_name', 'text', column => column.notNull())
      .addColumn('state', 'text', column => column.notNull())
      .addColumn('unanswered', 'text', column => column.notNull())
      .addColumn('reviewers', 'text', column => column.notNull())
      .addColumn('created_at', 'bigint', column => column.notNull())
      .addColumn('created_by', 'text', column => column.notNull())
      .addColumn('due_at', 'bigint', column => column.notNull())
      .addColumn('closed_at', 'bigint')
      .addColumn('sha256_json', 'text')
      .addColumn('sha256_csv', 'text')
      .addColumn('revision', 'bigint', column => column.notNull())
      .addColumn('items', 'bigint', column => column.notNull())
      .addColumn('kept', 'bigint', column => column.notNull())
      .addColumn('revoked', 'bigint', column => column.notNull())
      .execute();
    await db.schema
      .createTable('access_review_items')
      .addColumn('id', 'text', column => column.primaryKey().notNull())
      .addColumn('campaign_id', 'text', column => column.notNull())
      .addColumn('user_id', 'text', column => column.notNull())
      .addColumn('email', 'text', column => column.notNull())
      .addColumn('name', 'text', column => column.notNull())
      .addColumn('words', 'text', column => column.notNull())
      .addColumn('kind', 'text', column => column.notNull())
      .addColumn('what', 'text', column => column.notNull())
      .addColumn('way', 'text', column => column.notNull())
      .addColumn('project_id', 'text')
      .addColumn('role', 'text')
      .addColumn('group_id', 'text')
      .addColumn('ref_id', 'text')
      .addColumn('is_elsewhere', 'bigint', column => column.notNull())
      .addColumn('last_used_at', 'bigint')
      .addColumn('reviewer_id', 'text')
      .addColumn('answer', 'text')
      .addColumn('comment', 'text')
      .addColumn('answered_by', 'text')
      .addColumn('answered_at', 'bigint')
      .addColumn('outcome', 'text')
      .addColumn('note', 'text')
      .execute();
    await db.schema
      .createIndex('access_review_items_campaign')
      .on('access_review_items')
      .columns(['campaign_id', 'id'])
      .execute();
  },
};

/** Whoever finishes a revocation that was cut off does it as the one who answered, with no right more. */
export const reviewAnswererMigration: Migration = {
  id: 'access-005-review-answerer',
  async up(db: Kysely<never>) {
    await db.schema.alterTable('access_review_items').addColumn('answered_by_id', 'text').execute();
  },
};
