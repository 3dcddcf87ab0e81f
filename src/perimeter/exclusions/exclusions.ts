import type { Kysely } from 'kysely';
import type { Clock } from '../../core/clock.ts';
import { SallyportError } from '../../core/errors.ts';
import type { NewEvent, PrincipalRef } from '../../core/events.ts';
import type { NewId } from '../../core/ids.ts';
import { parseExclusion } from '../waf/exclusions.ts';
import type { Exclusion, Zone } from '../waf/waf.ts';
import type { ExclusionsTables } from './exclusions-table.ts';

/** An exclusion as people keep it. */
export interface ExclusionRecord extends Exclusion {
  readonly siteId: string;
  /** Name of whoever made it. */
  readonly createdBy: string;
  readonly createdAt: number;
}

export type ExclusionInput = Omit<Exclusion, 'id'>;

/** Exclusions of the firewall: made by people, narrow, each with a reason and (unless said otherwise) an end. */
export interface Exclusions {
  /** Newest first, expired ones too until they are swept; of one site where one is named. */
  list(siteId?: string): Promise<ExclusionRecord[]>;
  /** Throws `core.invalid_input` that names the field, and where a site has too many. */
  create(by: PrincipalRef, site: SiteName, input: ExclusionInput): Promise<ExclusionRecord>;
  /** Throws `perimeter.exclusion_not_found`. */
  delete(by: PrincipalRef, id: string, nameOfSite: (siteId: string) => string): Promise<void>;
  /** Forgets what belongs to a site that is no more. */
  forgetSite(siteId: string): Promise<void>;
}

export interface SiteName {
  readonly id: string;
  readonly name: string;
}

export interface ExclusionsDeps {
  readonly db: Kysely<ExclusionsTables>;
  readonly audit: { append(event: NewEvent): Promise<unknown> };
  readonly clock: Clock;
  readonly newId: NewId;
  /** Awaited after the commit: when a call returns, every plane has the change. */
  readonly changed: () => Promise<void>;
}

/** Every request of a site walks past its exclusions where a rule matched: more than this is no exception any more. */
const perSiteMax = 500;

/** Row and record are one transaction: what cannot be recorded is not made. */
export function createExclusions(deps: ExclusionsDeps): Exclusions {
  const { db } = deps;
  return {
    async list(siteId) {
      const all = db.selectFrom('perimeter_exclusions').selectAll().orderBy('created_at', 'desc').orderBy('id', 'desc');
      const rows = await (siteId === undefined ? all : all.where('site_id', '=', siteId)).execute();
      return rows.map(toRecord);
    },

    async create(by, site, input) {
      const clean = parseExclusion(input, deps.clock.now());
      const made: ExclusionRecord = {
        ...clean,
        id: deps.newId(),
        siteId: site.id,
        createdBy: by.name,
        createdAt: deps.clock.now(),
      };
      await db.transaction().execute(async tx => {
        const { count } = await tx
          .selectFrom('perimeter_exclusions')
          .select(select => select.fn.countAll<number | string>().as('count'))
          .where('site_id', '=', site.id)
          .executeTakeFirstOrThrow();
        if (Number(count) >= perSiteMax) throw tooMany(site.name);
        await deps.audit.append(toldOf('exclusion.created', by, site, made));
        await tx.insertInto('perimeter_exclusions').values(toRow(made)).execute();
      });
      await deps.changed();
      return made;
    },

    async delete(by, id, nameOfSite) {
      await db.transaction().execute(async tx => {
        const row = await tx.selectFrom('perimeter_exclusions').selectAll().where('id', '=', id).executeTakeFirst();
        if (row === undefined) throw notFound(id);
        const held = toRecord(row);
        const site = { id: held.siteId, name: nameOfSite(held.siteId) };
        await deps.audit.append(toldOf('exclusion.deleted', by, site, held));
        await tx.deleteFrom('perimeter_exclusions').where('id', '=', id).execute();
      });
      await deps.changed();
    },

    async forgetSite(siteId) {
      await db.deleteFrom('perimeter_exclusions').where('site_id', '=', siteId).execute();
      await deps.changed();
    },
  };
}

function toldOf(
  type: 'exclusion.created' | 'exclusion.deleted',
  by: PrincipalRef,
  site: SiteName,
  { id, rule, endpoint, zone, name, reason, expiresAt }: ExclusionRecord,
): NewEvent {
  return {
    type,
    outcome: 'success',
    principal: by,
    action: type === 'exclusion.created' ? 'exclusion.create' : 'exclusion.delete',
    resource: { kind: 'exclusion', id, name: rule },
    site: site.name,
    data: { rule, endpoint, zone, name, reason, expiresAt },
  };
}

function toRecord(row: ExclusionsTables['perimeter_exclusions']): ExclusionRecord {
  const { id, rule, endpoint, name, reason } = row;
  return {
    ...{ id, rule, endpoint, name, reason },
    // Written by `toRow` from a checked exclusion.
    zone: row.zone as Zone | '*',
    expiresAt: row.expires_at,
    siteId: row.site_id,
    createdBy: row.created_by,
    createdAt: row.created_at,
  };
}

function toRow(record: ExclusionRecord): ExclusionsTables['perimeter_exclusions'] {
  const { id, rule, endpoint, zone, name, reason } = record;
  return {
    ...{ id, rule, endpoint, zone, name, reason },
    site_id: record.siteId,
    created_by: record.createdBy,
    created_at: record.createdAt,
    expires_at: record.expiresAt,
  };
}

function tooMany(site: string): SallyportError {
  const message = `Cannot add an exclusion to site "${site}": ${perSiteMax} are the most allowed; remove some, or lower the paranoia level`;
  return new SallyportError('core.invalid_input', message, { detail: message });
}

function notFound(id: string): SallyportError {
  const message = `Cannot find exclusion "${id}": want the id of one`;
  return new SallyportError('perimeter.exclusion_not_found', message, { detail: message });
}
