import { SallyportError } from '../core/errors.ts';
import type { NewEvent, PrincipalRef } from '../core/events.ts';
import { systemPrincipal } from '../core/events.ts';
import type { LiveElevation } from './access.ts';
import type { AccessDeps, Db, Tx } from './ground.ts';
import { invalid, lockProject, lockRole, roleNotFound } from './ground.ts';
import type { AccessTables, ElevationState } from './tables.ts';

const openOfPersonMax = 10;
const textCharsMax = 500;
const sweepMax = 1000;
const hourMs = 3_600_000;

/** A role for a time: asked, decided by another, ended by itself. `project` null: a global role. */
export interface Elevation {
  readonly id: string;
  readonly userId: string;
  readonly project: string | null;
  readonly role: string;
  readonly reason: string;
  readonly durationMs: number;
  readonly state: ElevationState;
  readonly askedAt: number;
  readonly decidedAt: number | null;
  readonly decidedById: string | null;
  readonly decidedBy: string | null;
  readonly comment: string | null;
  readonly expiresAt: number | null;
  readonly endedAt: number | null;
  readonly endedBy: string | null;
}

/**
 * Just-in-time elevation. That the one who decides may grant the role is asked before (`decideGrant`); that it is not the one who asked is
 * checked here (four eyes). An elevation ends by its time alone, in the decision itself; `sweep` only puts that down.
 */
export interface Elevations {
  readonly durationMaxMs: number;
  /** Newest first, at most 500 after the elevation `after`. */
  list(query?: {
    userId?: string;
    state?: 'open' | 'active' | 'past' | 'all';
    limit?: number;
    after?: string;
  }): Promise<Elevation[]>;
  get(id: string): Promise<Elevation>;
  /** For a person, by that person; at most 10 open ones each. */
  ask(
    by: PrincipalRef,
    input: { project: string | null; role: string; reason: string; durationMs: number },
  ): Promise<Elevation>;
  /** Throws `access.denied` for one's own, `access.elevation_settled` for what is decided. In force when it returns. */
  decide(by: PrincipalRef, input: { id: string; isApproved: boolean; comment: string }): Promise<Elevation>;
  /** Ends an active one, or withdraws one that waits. Whether `by` may is decided by the caller. */
  end(by: PrincipalRef, id: string): Promise<Elevation>;
  /** Puts down what has lapsed. Returns how many. */
  sweep(): Promise<number>;
}

export function createElevations(deps: AccessDeps): Elevations {
  const durationMaxMs = deps.config.elevationHoursMax * hourMs;
  return {
    durationMaxMs,
    list: (query = {}) => listElevations(deps.db, query),
    get: id => findElevation(deps.db, id),
    ask: (by, input) => ask(deps, by, input, durationMaxMs),
    decide: (by, input) => settle(deps, by, input),
    end: (by, id) => end(deps, by, id),
    sweep: () => sweep(deps),
  };
}

const states: Readonly<Record<'open' | 'active' | 'past', readonly ElevationState[]>> = {
  open: ['asked'],
  active: ['active'],
  past: ['denied', 'withdrawn', 'unanswered', 'ended', 'expired'],
};

async function listElevations(db: Db, query: NonNullable<Parameters<Elevations['list']>[0]>): Promise<Elevation[]> {
  const { after, state, userId } = query;
  // Ids are made in the order of time.
  let rows = db.selectFrom('access_elevations').selectAll().orderBy('id', 'desc');
  if (userId !== undefined) rows = rows.where('user_id', '=', userId);
  if (state !== undefined && state !== 'all') rows = rows.where('state', 'in', [...states[state]]);
  if (after !== undefined) rows = rows.where('id', '<', after);
  const found = await rows.limit(Math.min(Math.max(query.limit ?? 100, 1), 500)).execute();
  return found.map(toElevation);
}

async function ask(
  deps: AccessDeps,
  by: PrincipalRef,
  input: { project: string | null; role: string; reason: string; durationMs: number },
  durationMaxMs: number,
): Promise<Elevation> {
  const { durationMs, project, role } = input;
  if (by.kind !== 'user') throw invalid('Cannot ask for an elevation: want a person');
  if (!Number.isInteger(durationMs) || durationMs < 60_000 || durationMs > durationMaxMs)
    throw invalid(`Cannot ask for ${durationMs} ms: want one minute to ${durationMaxMs / hourMs} hours`);
  if (project === null && role !== 'administrator' && role !== 'owner') throw roleNotFound(role);
  const elevation: Elevation = {
    ...{ id: deps.newId(), userId: by.id, project, role, reason: cleanText('reason', input.reason), durationMs },
    ...{ state: 'asked', askedAt: deps.clock.now(), decidedAt: null, decidedById: null, decidedBy: null },
    ...{ comment: null, expiresAt: null, endedAt: null, endedBy: null },
  };
  await deps.db.transaction().execute(async tx => {
    if (project !== null) {
      await lockProject(tx, project);
      await lockRole(tx, role);
    }
    const open = await tx
      .selectFrom('access_elevations')
      .select('id')
      .where('user_id', '=', by.id)
      .where('state', 'in', ['asked', 'active'])
      .execute();
    if (open.length >= openOfPersonMax) throw invalid(`Cannot ask for more: ${openOfPersonMax} are open`);
    await deps.audit.append({
      type: 'elevation.asked',
      ...about(by, 'elevation.ask', elevation),
      data: { ...factOf(elevation), reason: elevation.reason },
    });
    await tx.insertInto('access_elevations').values(toRow(elevation)).execute();
  });
  return elevation;
}

async function settle(
  deps: AccessDeps,
  by: PrincipalRef,
  input: { id: string; isApproved: boolean; comment: string },
): Promise<Elevation> {
  const { isApproved } = input;
  const comment = input.comment === '' ? null : cleanText('comment', input.comment);
  const settled = await deps.db.transaction().execute(async tx => {
    const asked = await lockElevation(tx, input.id);
    if (by.kind === 'user' && by.id === asked.userId) {
      throw new SallyportError('access.denied', `Cannot decide elevation "${asked.id}": it is one's own`, {
        detail: 'Another person decides.',
      });
    }
    if (asked.state !== 'asked') throw isSettled(asked);
    const now = deps.clock.now();
    const after: Elevation = {
      ...asked,
      ...{ state: isApproved ? 'active' : 'denied', decidedAt: now, decidedById: by.id, decidedBy: by.name, comment },
      expiresAt: isApproved ? now + asked.durationMs : null,
    };
    await deps.audit.append({
      type: 'elevation.decided',
      ...about(by, isApproved ? 'elevation.approve' : 'elevation.deny', after),
      data: { ...factOf(after), isApproved, comment: comment ?? '', expiresAt: after.expiresAt },
    });
    await writeElevation(tx, after);
    return after;
  });
  if (isApproved) await deps.changed({ kind: 'elevation', elevation: toLive(settled), isLive: true });
  return settled;
}

async function end(deps: AccessDeps, by: PrincipalRef, id: string): Promise<Elevation> {
  const ended = await deps.db.transaction().execute(async tx => {
    const held = await lockElevation(tx, id);
    if (!isOpen(held)) throw isSettled(held);
    return writeEnd(deps, tx, { by, held, how: held.state === 'asked' ? 'withdrawn' : 'ended' });
  });
  await deps.changed({ kind: 'elevation', elevation: toLive(ended), isLive: false });
  return ended;
}

async function sweep(deps: AccessDeps): Promise<number> {
  const now = deps.clock.now();
  const askedBefore = now - deps.config.elevationAnswerHours * hourMs;
  const lapsed = await deps.db.transaction().execute(async tx => {
    const rows = await tx
      .selectFrom('access_elevations')
      .select(['id', 'state'])
      .orderBy('id')
      .where(where =>
        where.or([
          where.and([where('state', '=', 'active'), where('expires_at', '<=', now)]),
          where.and([where('state', '=', 'asked'), where('asked_at', '<=', askedBefore)]),
        ]),
      )
      .limit(sweepMax)
      .execute();
    const done: Elevation[] = [];
    for (const row of rows) {
      const held = await lockElevation(tx, row.id);
      // Decided or ended meanwhile.
      if (held.state !== row.state) continue;
      const how = held.state === 'asked' ? 'unanswered' : 'expired';
      done.push(await writeEnd(deps, tx, { by: systemPrincipal, held, how }));
    }
    return done;
  });
  for (const elevation of lapsed)
    await deps.changed({ kind: 'elevation', elevation: toLive(elevation), isLive: false });
  return lapsed.length;
}

/** Ends all open elevations of a person or a project that goes, within the transaction; the caller tells of them afterwards. */
export async function endElevations(
  deps: AccessDeps,
  tx: Tx,
  by: PrincipalRef,
  of: { readonly userId: string } | { readonly projectId: string },
): Promise<LiveElevation[]> {
  const rows = await tx
    .selectFrom('access_elevations')
    .select('id')
    .orderBy('id')
    .where('state', 'in', ['asked', 'active'])
    .where('userId' in of ? 'user_id' : 'project_id', '=', 'userId' in of ? of.userId : of.projectId)
    .execute();
  const ended: LiveElevation[] = [];
  for (const { id } of rows) {
    const held = await lockElevation(tx, id);
    if (isOpen(held)) ended.push(toLive(await writeEnd(deps, tx, { by, held, how: 'ended' })));
  }
  return ended;
}

async function writeEnd(
  deps: AccessDeps,
  tx: Tx,
  { by, held, how }: { by: PrincipalRef; held: Elevation; how: 'ended' | 'expired' | 'withdrawn' | 'unanswered' },
): Promise<Elevation> {
  const ended: Elevation = { ...held, state: how, endedAt: deps.clock.now(), endedBy: by.name };
  await deps.audit.append({
    type: 'elevation.ended',
    ...about(by, 'elevation.end', ended),
    data: { ...factOf(ended), how },
  });
  await writeElevation(tx, ended);
  return ended;
}

async function writeElevation(tx: Tx, elevation: Elevation): Promise<void> {
  const { id, ...row } = toRow(elevation);
  await tx.updateTable('access_elevations').set(row).where('id', '=', id).execute();
}

/** The row, locked until the transaction ends: of two who decide, one finds it settled. */
async function lockElevation(tx: Tx, id: string): Promise<Elevation> {
  const row = await tx
    .updateTable('access_elevations')
    .set(update => ({ asked_at: update.ref('asked_at') }))
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst();
  if (!row) throw notFound(id);
  return toElevation(row);
}

async function findElevation(db: Db, id: string): Promise<Elevation> {
  const row = await db.selectFrom('access_elevations').selectAll().where('id', '=', id).executeTakeFirst();
  if (!row) throw notFound(id);
  return toElevation(row);
}

function about(
  by: PrincipalRef,
  action: string,
  elevation: Elevation,
): Pick<NewEvent, 'outcome' | 'principal' | 'action'> & {
  resource: { kind: string; id: string };
} {
  return {
    outcome: 'success',
    principal: by,
    action,
    resource: { kind: 'user', id: elevation.userId },
    ...(elevation.project === null ? {} : { project: elevation.project }),
  };
}

const isOpen = ({ state }: Elevation): boolean => state === 'asked' || state === 'active';

const factOf = ({ durationMs, id, project, role, userId }: Elevation) => ({
  ...{ elevationId: id, userId, role, durationMs },
  isGlobal: project === null,
});

const toLive = ({ expiresAt, id, project, role, userId }: Elevation): LiveElevation => ({
  ...{ id, userId, project, role },
  expiresAt: expiresAt ?? 0,
});

function cleanText(what: string, text: string): string {
  const clean = text.normalize('NFC').trim();
  if (clean.length > 0 && clean.length <= textCharsMax && !/[^\P{Cc}\n]/u.test(clean)) return clean;
  throw invalid(`Cannot keep the ${what}: want 1 to ${textCharsMax} characters, none of them a control character`);
}

function notFound(id: string): SallyportError {
  const message = `Cannot find elevation "${id.slice(0, 60)}": want the id of one`;
  return new SallyportError('access.elevation_not_found', message);
}

function isSettled({ id, state }: Elevation): SallyportError {
  const message = `Cannot change elevation "${id}": it is "${state}"`;
  return new SallyportError('access.elevation_settled', message, { detail: message });
}

const toRow = (one: Elevation): AccessTables['access_elevations'] => ({
  id: one.id,
  user_id: one.userId,
  project_id: one.project ?? '',
  role: one.role,
  reason: one.reason,
  duration_ms: one.durationMs,
  state: one.state,
  asked_at: one.askedAt,
  decided_at: one.decidedAt,
  decided_by_id: one.decidedById,
  decided_by: one.decidedBy,
  comment: one.comment,
  expires_at: one.expiresAt,
  ended_at: one.endedAt,
  ended_by: one.endedBy,
});

const toElevation = (row: AccessTables['access_elevations']): Elevation => ({
  id: row.id,
  userId: row.user_id,
  project: row.project_id === '' ? null : row.project_id,
  role: row.role,
  reason: row.reason,
  durationMs: row.duration_ms,
  state: row.state,
  askedAt: row.asked_at,
  decidedAt: row.decided_at,
  decidedById: row.decided_by_id,
  decidedBy: row.decided_by,
  comment: row.comment,
  expiresAt: row.expires_at,
  endedAt: row.ended_at,
  endedBy: row.ended_by,
});

/** A row that is in force, as decisions are made from it. */
export const toLiveElevation = (row: AccessTables['access_elevations']): LiveElevation => toLive(toElevation(row));
