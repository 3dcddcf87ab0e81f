import type { Migration } from '../store/store.ts';
import type { BansTables } from './bans/bans-table.ts';
import { bansMigrations } from './bans/bans-table.ts';
import type { ExclusionsTables } from './exclusions/exclusions-table.ts';
import { exclusionsMigrations } from './exclusions/exclusions-table.ts';

/** The rows of this room. Nobody else reads them. */
export interface PerimeterTables extends BansTables, ExclusionsTables {}

/** The schema of this room, in order. */
export const perimeterMigrations: readonly Migration[] = [...exclusionsMigrations, ...bansMigrations];
