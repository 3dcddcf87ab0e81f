import type { Kysely } from 'kysely';
import type { Migration } from '../store/store.ts';
import type { ProjectRole } from './access.ts';

/** The rows of this room. Nobody else reads them. */
export interface AccessTables {
  access_projects: {
    id: string;
    name: string;
    /** Folded in code, so that two names a person cannot tell apart collide on every database. */
    name_norm: string;
    created_at: number;
    /** Raised by every change of members: the row that such changes queue up behind. */
    revision: number;
  };
  access_members: { project_id: string; user_id: string; role: ProjectRole; created_at: number };
  access_assignments: { site: string; kind: string; resource_id: string; project_id: string };
}

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
];
