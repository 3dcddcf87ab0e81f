import { createServer } from 'node:net';
import type { Kysely, Transaction } from 'kysely';
import type { Clock } from '../core/clock.ts';
import { SallyportError } from '../core/errors.ts';
import type { NewEvent, PrincipalRef } from '../core/events.ts';
import type { NewId } from '../core/ids.ts';
import type { SiteInput, SiteRecord, Sites } from './gateway.ts';
import { checkApis, parseSite, portOf, refuseOverlap, refuseSameUpstream, refuseTooManyQuotas } from './site-input.ts';
import type { GatewayTables } from './sites-table.ts';
import { sitesLock } from './sites-table.ts';

/** What sites need of the house. */
export interface SitesDeps {
  readonly db: Kysely<GatewayTables>;
  readonly audit: { append(event: NewEvent): Promise<unknown> };
  readonly clock: Clock;
  readonly newId: NewId;
  /** Awaited after the commit: when a call returns, the snapshot holds the new state. `site` is null when it was deleted. */
  readonly changed: (change: { readonly siteId: string; readonly site: SiteRecord | null }) => Promise<void>;
  /** Origin of the portal: its host and port are not a site's to take. */
  readonly portalOrigin: string;
}

type Tx = Transaction<GatewayTables>;

const sitesMax = 500;
const portsTried = 200;

/**
 * Sites as people manage them. Check, record and row are one transaction under one lock: the record is durable before the commit, and a
 * change that cannot be recorded is rolled back. Port 0 becomes the first free port above the portal's.
 */
export function createSites(deps: SitesDeps): Sites {
  const portal = new URL(deps.portalOrigin);
  return {
    async list() {
      const rows = await deps.db.selectFrom('gateway_sites').selectAll().orderBy('name').execute();
      return rows.map(toRecord);
    },
    async get(idOrName) {
      const row = await deps.db
        .selectFrom('gateway_sites')
        .selectAll()
        .where(where => where.or([where('id', '=', idOrName), where('name', '=', idOrName)]))
        .executeTakeFirst();
      if (!row) throw notFound(idOrName);
      return toRecord(row);
    },
    create: (by, input) => createSite(deps, portal, by, input),
    update: (by, id, input) => updateSite(deps, portal, by, { id, input }),
    delete: (by, id) => deleteSite(deps, by, id),
  };
}

async function createSite(deps: SitesDeps, portal: URL, by: PrincipalRef, input: SiteInput): Promise<SiteRecord> {
  const record = await deps.db.transaction().execute(async tx => {
    const others = await lockAll(tx);
    if (others.length >= sitesMax) {
      const message = `Cannot add site "${input.name}": ${sitesMax} sites are the most allowed`;
      throw new SallyportError('core.invalid_input', message, { detail: message });
    }
    const clean = parseSite(await withPort(input, others, portal));
    checkApis(clean);
    const made: SiteRecord = { id: deps.newId(), ...clean, createdAt: deps.clock.now() };
    refuseOverlap(made, others, portal);
    refuseSameUpstream(made, others);
    refuseTooManyQuotas(made, others);
    await deps.audit.append({
      type: 'site.created',
      ...about(by, 'site.create', made),
      data: { name: made.name, platform: made.platform },
    });
    await tx
      .insertInto('gateway_sites')
      .values({ id: made.id, name: made.name, policy: JSON.stringify(clean), created_at: made.createdAt })
      .execute();
    return made;
  });
  await deps.changed({ siteId: record.id, site: record });
  return record;
}

async function updateSite(
  deps: SitesDeps,
  portal: URL,
  by: PrincipalRef,
  change: { id: string; input: Partial<SiteInput> },
): Promise<SiteRecord> {
  const result = await deps.db.transaction().execute(async tx => {
    const all = await lockAll(tx);
    const before = all.find(site => site.id === change.id);
    if (!before) throw notFound(change.id);
    const { id, createdAt, ...policy } = before;
    const wanted: SiteInput = { ...policy, ...withoutUndefined(change.input) };
    const clean = parseSite(await withPort(wanted, all, portal));
    if (change.input.api !== undefined) checkApis(clean);
    const changed = fieldsOf(clean).filter(key => JSON.stringify(clean[key]) !== JSON.stringify(before[key]));
    if (changed.length === 0) return { site: before, changed: false };
    const after: SiteRecord = { id, ...clean, createdAt };
    refuseOverlap(after, all, portal);
    if (change.input.api !== undefined) refuseTooManyQuotas(after, all);
    await deps.audit.append({ type: 'site.updated', ...about(by, 'site.update', after), data: { changed } });
    await tx
      .updateTable('gateway_sites')
      .set({ name: after.name, policy: JSON.stringify(clean) })
      .where('id', '=', id)
      .execute();
    return { site: after, changed: true };
  });
  if (result.changed) await deps.changed({ siteId: change.id, site: result.site });
  return result.site;
}

async function deleteSite(deps: SitesDeps, by: PrincipalRef, id: string): Promise<void> {
  await deps.db.transaction().execute(async tx => {
    const before = (await lockAll(tx)).find(site => site.id === id);
    if (!before) throw notFound(id);
    await deps.audit.append({ type: 'site.deleted', ...about(by, 'site.delete', before), data: { name: before.name } });
    await tx.deleteFrom('gateway_sites').where('id', '=', id).execute();
  });
  await deps.changed({ siteId: id, site: null });
}

/** All sites, after taking the lock that every change of sites takes: it is held to the end of the transaction. */
async function lockAll(tx: Tx): Promise<SiteRecord[]> {
  await tx
    .updateTable('gateway_lock')
    .set(update => ({ revision: update('revision', '+', 1) }))
    .where('id', '=', sitesLock)
    .execute();
  const rows = await tx.selectFrom('gateway_sites').selectAll().execute();
  return rows.map(toRecord);
}

async function withPort(input: SiteInput, others: readonly SiteRecord[], portal: URL): Promise<SiteInput> {
  if (input.port !== 0) {
    // What the gate itself listens on is judged with the other sites.
    const { port } = input;
    const isOurs = port === null || port === portOf(portal) || others.some(site => site.port === port);
    if (isOurs || !Number.isInteger(port) || (await isFree(port))) return input;
    const message = `Cannot use port "${port}" for site "${input.name}": another program listens there, or this one may not`;
    throw new SallyportError('core.invalid_input', message, { detail: message });
  }
  const taken = new Set(others.map(site => site.port));
  const first = portOf(portal) + 1;
  for (let port = first; port < Math.min(first + portsTried, 65_536); port++) {
    if (!taken.has(port) && (await isFree(port))) return { ...input, port };
  }
  const message = `Cannot find a port for site "${input.name}": none of the ${portsTried} above "${first - 1}" is free`;
  throw new SallyportError('core.invalid_input', message, { detail: message });
}

function isFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

function toRecord(row: GatewayTables['gateway_sites']): SiteRecord {
  // Parsed again: a row that no longer makes a policy must stop here, not half-apply.
  const policy = parseSite(JSON.parse(row.policy) as SiteInput);
  return { id: row.id, ...policy, createdAt: row.created_at };
}

function about(by: PrincipalRef, action: string, site: SiteRecord) {
  return {
    outcome: 'success' as const,
    principal: by,
    action,
    resource: { kind: 'site', id: site.id, name: site.name },
    site: site.name,
    platform: site.platform,
  };
}

function withoutUndefined(input: Partial<SiteInput>): Partial<SiteInput> {
  return Object.fromEntries(Object.entries(input).filter(([, value]) => value !== undefined));
}

const fieldsOf = (site: SiteInput): (keyof SiteInput)[] => Object.keys(site) as (keyof SiteInput)[];

function notFound(idOrName: string): SallyportError {
  const message = `Cannot find site "${idOrName}": want the id or name of a site`;
  return new SallyportError('gateway.site_not_found', message, { detail: message });
}
