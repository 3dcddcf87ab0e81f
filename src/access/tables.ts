import type { Kysely } from 'kysely';
import type { Migration } from '../store/store.ts';
import { type ReviewTables, reviewAnswererMigration, reviewMigration } from './review-tables.ts';

/** The rows of this room. Nobody else reads them. */
export interface AccessTables extends ReviewTables {
  access_projects: {
    id: string;
    name: string;
    /** Folded in code, so that two names a person cannot tell apart collide on every database. */
    name_norm: string;
    created_at: number;
    /** Raised by every change of members: the row that such changes queue up behind. */
    revision: number;
  };
  /** `role` is a built-in one or the id of one in access_roles. */
  access_members: { project_id: string; user_id: string; role: string; created_at: number };
  access_assignments: { site: string; kind: string; resource_id: string; project_id: string };
  access_roles: {
    id: string;
    name: string;
    name_norm: string;
    description: string;
    /** JSON list. */
    permissions: string;
    created_at: number;
    updated_at: number;
    revision: number;
  };
  /** `project_id` empty: a global role. */
  access_grants: {
    id: string;
    group_id: string;
    project_id: string;
    role: string;
    created_at: number;
    created_by: string;
  };
  access_elevations: {
    id: string;
    user_id: string;
    project_id: string;
    role: string;
    reason: string;
    duration_ms: number;
    state: ElevationState;
    asked_at: number;
    decided_at: number | null;
    decided_by_id: string | null;
    decided_by: string | null;
    comment: string | null;
    expires_at: number | null;
    ended_at: number | null;
    ended_by: string | null;
  };
  access_break_glass: { user_id: string; marked_at: number; last_used_at: number | null };
  access_uses: { user_id: string; project_id: string; last_at: number };
}

export type ElevationState = 'asked' | 'active' | 'denied' | 'withdrawn' | 'unanswered' | 'ended' | 'expired';

/** The schema of this room, in order. */
export const accessMigrations: readonly Migration[] = [
  {
    id: 'access-001-projects',
    async up(db: Kysely<never>) {
      await db.schema
        .createTable('access_projects')
        .addColumn('id', 'text', column => column.primaryKey().notNull())
        .addColumn('name', 'text', column => column.notNull())
        .addColumn('name_norm', 'text', column => column.notNull().unique())
        .addColumn('created_at', 'bigint', column => column.notNull())
        .addColumn('revision', 'bigint', column => column.notNull())
        .execute();
      await db.schema
        .createTable('access_members')
        .addColumn('project_id', 'text', column => column.notNull().references('access_projects.id'))
        .addColumn('user_id', 'text', column => column.notNull())
        .addColumn('role', 'text', column => column.notNull())
        .addColumn('created_at', 'bigint', column => column.notNull())
        .addPrimaryKeyConstraint('access_members_pk', ['project_id', 'user_id'])
        .execute();
      await db.schema.createIndex('access_members_user').on('access_members').column('user_id').execute();
      await db.schema
        .createTable('access_assignments')
        .addColumn('site', 'text', column => column.notNull())
        .addColumn('kind', 'text', column => column.notNull())
        .addColumn('resource_id', 'text', column => column.notNull())
        .addColumn('project_id', 'text', column => column.notNull().references('access_projects.id'))
        .addPrimaryKeyConstraint('access_assignments_pk', ['site', 'kind', 'resource_id'])
        .execute();
      await db.schema.createIndex('access_assignments_project').on('access_assignments').column('project_id').execute();
    },
  },
  {
    id: 'access-002-grants',
    async up(db: Kysely<never>) {
      await db.schema
        .createTable('access_roles')
        .addColumn('id', 'text', column => column.primaryKey().notNull())
        .addColumn('name', 'text', column => column.notNull())
        .addColumn('name_norm', 'text', column => column.notNull().unique())
        .addColumn('description', 'text', column => column.notNull())
        .addColumn('permissions', 'text', column => column.notNull())
        .addColumn('created_at', 'bigint', column => column.notNull())
        .addColumn('updated_at', 'bigint', column => column.notNull())
        .addColumn('revision', 'bigint', column => column.notNull())
        .execute();
      await db.schema
        .createTable('access_grants')
        .addColumn('id', 'text', column => column.primaryKey().notNull())
        .addColumn('group_id', 'text', column => column.notNull())
        .addColumn('project_id', 'text', column => column.notNull())
        .addColumn('role', 'text', column => column.notNull())
        .addColumn('created_at', 'bigint', column => column.notNull())
        .addColumn('created_by', 'text', column => column.notNull())
        .addUniqueConstraint('access_grants_once', ['group_id', 'project_id', 'role'])
        .execute();
      await db.schema.createIndex('access_grants_project').on('access_grants').column('project_id').execute();
    },
  },
  {
    id: 'access-003-elevations',
    async up(db: Kysely<never>) {
      await db.schema
        .createTable('access_elevations')
        .addColumn('id', 'text', column => column.primaryKey().notNull())
        .addColumn('user_id', 'text', column => column.notNull())
        .addColumn('project_id', 'text', column => column.notNull())
        .addColumn('role', 'text', column => column.notNull())
        .addColumn('reason', 'text', column => column.notNull())
        .addColumn('duration_ms', 'bigint', column => column.notNull())
        .addColumn('state', 'text', column => column.notNull())
        .addColumn('asked_at', 'bigint', column => column.notNull())
        .addColumn('decided_at', 'bigint')
        .addColumn('decided_by_id', 'text')
        .addColumn('decided_by', 'text')
        .addColumn('comment', 'text')
        .addColumn('expires_at', 'bigint')
        .addColumn('ended_at', 'bigint')
        .addColumn('ended_by', 'text')
        .execute();
      await db.schema.createIndex('access_elevations_user').on('access_elevations').column('user_id').execute();
      await db.schema.createIndex('access_elevations_state').on('access_elevations').column('state').execute();
      await db.schema
        .createTable('access_break_glass')
        .addColumn('user_id', 'text', column => column.primaryKey().notNull())
        .addColumn('marked_at', 'bigint', column => column.notNull())
        .addColumn('last_used_at', 'bigint')
        .execute();
      await db.schema
        .createTable('access_uses')
        .addColumn('user_id', 'text', column => column.notNull())
        .addColumn('project_id', 'text', column => column.notNull())
        .addColumn('last_at', 'bigint', column => column.notNull())
        .addPrimaryKeyConstraint('access_uses_pk', ['user_id', 'project_id'])
        .execute();
    },
  },
  reviewMigration,
  reviewAnswererMigration,
];
