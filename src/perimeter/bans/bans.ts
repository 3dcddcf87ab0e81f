import type { Kysely, Transaction } from 'kysely';
import { sql } from 'kysely';
import type { Clock } from '../../core/clock.ts';
import { SallyportError } from '../../core/errors.ts';
import type { NewEvent, PrincipalRef } from '../../core/events.ts';
import { systemPrincipal } from '../../core/events.ts';
import type { NewId } from '../../core/ids.ts';
import type { Log } from '../../core/log.ts';
import type { Block } from '../address.ts';
import { formatBlock, readBlock } from '../address.ts';
import type { BansTables } from './bans-table.ts';
import type { Exempt } from './exemptions.ts';
import { narrow, networksHolding, parseNetwork } from './network.ts';

/** A ban as people see it. */
export interface Ban {
  readonly id: string;
  readonly network: string;
  readonly reason: string;
  readonly source: 'operator' | 'automatic';
  readonly createdBy: string;
  readonly createdAt: number;
  /** Epoch milliseconds; null is until it is lifted. */
  readonly until: number | null;
}

/** What data planes are told, in order: `networks` are lifted, `bans` replace what stood for the same network. */
export type BanChange = { readonly bans: readonly Ban[]; readonly lifted: readonly string[] };

export interface BanInput {
  /** An address or a block; a single IPv6 address stands for its /64 unless `/128` is written. */
  readonly network: string;
  readonly reason: string;
  readonly until: number | null;
}

export interface AutomaticBan {
  readonly block: Block;
  readonly reason: string;
  readonly score: number;
  /** Ids of the requests it was earned with. */
  readonly evidence: readonly string[];
}

/** Bans as people and the jail make them. A call returns when every data plane has the change. */
export interface Bans {
  /** Live bans, newest first. `search` is a part of the network or the reason, or an address: then every ban that holds it is found. */
  list(query: { search?: string; limit: number; cursor?: string }): Promise<BanPage>;
  /**
   * Throws `core.invalid_input`, or `perimeter.ban_exempt` for what is never banned; `from` is the address of whoever asks, who may not ban
   * themselves. A ban of the same network is replaced.
   */
  create(by: PrincipalRef, input: BanInput, from?: string): Promise<Ban>;
  /** For 10 minutes, four times as long each time it comes back, at most 7 days. Undefined when exempt, already banned longer, or full, which is logged. */
  createAutomatic(input: AutomaticBan): Promise<Ban | undefined>;
  /** Throws `perimeter.ban_not_found`. The jail forgets how often it was banned. */
  lift(by: PrincipalRef, network: string): Promise<void>;
  /** Every live ban: what a data plane starts from. */
  load(): Promise<Ban[]>;
  /** Forgets bans that have been over for 30 days; returns how many. */
  purge(): Promise<number>;
}

export interface BanPage {
  readonly bans: Ban[];
  readonly next: string | undefined;
  readonly total: number;
}

export interface BansDeps {
  readonly db: Kysely<BansTables>;
  readonly audit: { append(event: NewEvent): Promise<unknown> };
  readonly clock: Clock;
  readonly log: Log;
  readonly newId: NewId;
  /** Awaited after the commit: when a call returns, every plane has the change. */
  readonly changed: (change: BanChange) => Promise<void>;
  readonly exempt: Exempt;
  readonly countMax?: number;
}

const countMaxDefault = 100_000;
const reasonCharsMax = 500;
const firstMs = 10 * 60_000;
const longestMs = 7 * 24 * 3_600_000;
const growth = 4;
/** After this long without a ban an address starts again at the first duration. */
const forgetMs = 30 * 24 * 3_600_000;
/** A ban that ends in ten thousand years is a mistake of units. */
const untilMax = 100 * 365 * 24 * 3_600_000;

type Db = Kysely<BansTables>;
type Row = BansTables['perimeter_bans'];

/** Row and record are one transaction: what cannot be recorded is not made. */
export function createBans(deps: BansDeps): Bans {
  const { db } = deps;
  const live = (from: Db | Transaction<BansTables>) =>
    from
      .selectFrom('perimeter_bans')
      .where(where => where.or([where('until', 'is', null), where('until', '>', deps.clock.now())]));

  return {
    async list({ search, limit, cursor }) {
      let query = live(db);
      if (search !== undefined && search !== '') {
        const holding = networksHolding(search);
        const like = `%${search.toLowerCase().replaceAll(/[!%_]/g, '!$&')}%`;
        query = query.where(where =>
          holding.length > 0
            ? where('network', 'in', holding)
            : where.or([
                sql<boolean>`${sql.ref('network')} like ${like} escape '!'`,
                sql<boolean>`lower(${sql.ref('reason')}) like ${like} escape '!'`,
              ]),
        );
      }
      const { total } = await query
        .select(select => select.fn.countAll<number | string>().as('total'))
        .executeTakeFirstOrThrow();
      if (cursor !== undefined) query = query.where('id', '<', cursor);
      const rows = await query
        .selectAll()
        .orderBy('id', 'desc')
        .limit(limit + 1)
        .execute();
      const bans = rows.slice(0, limit).map(toBan);
      return { bans, next: rows.length > limit ? bans.at(-1)?.id : undefined, total: Number(total) };
    },

    async create(by, input, from) {
      const block = parseNetwork(input.network);
      const reason = requireReason(input.reason);
      requireUntil(input, deps.clock.now());
      refuseExempt(deps.exempt, block, from);
      const made = newBan(deps, { block, reason, until: input.until, source: 'operator', createdBy: by.name });
      await db.transaction().execute(async tx => {
        await requireRoom(tx, deps, made.network);
        await deps.audit.append(createdEvent(by, made, { evidence: [] }));
        await put(tx, made, 0);
      });
      await deps.changed({ bans: [made], lifted: [] });
      return made;
    },

    async createAutomatic(input) {
      if (deps.exempt(input.block) !== undefined) return undefined;
      const made = await db.transaction().execute(tx => putAutomatic(tx, deps, input));
      if (made) await deps.changed({ bans: [made], lifted: [] });
      return made;
    },

    async lift(by, network) {
      const name = formatBlock(parseNetwork(network));
      await db.transaction().execute(async tx => {
        const row = await live(tx).selectAll().where('network', '=', name).executeTakeFirst();
        if (!row)
          throw notFound(
            name,
            await live(tx).select('network').where('network', 'in', networksHolding(name)).execute(),
          );
        const { reason, source } = toBan(row);
        await deps.audit.append({
          type: 'ban.lifted',
          ...about(by, 'ban.lift', row),
          data: { network: name, reason, source },
        });
        await tx.deleteFrom('perimeter_bans').where('id', '=', row.id).execute();
      });
      await deps.changed({ bans: [], lifted: [name] });
    },

    async load() {
      const rows = await live(db).selectAll().execute();
      return rows.map(toBan);
    },

    async purge() {
      const gone = await db
        .deleteFrom('perimeter_bans')
        .where('until', '<', deps.clock.now() - forgetMs)
        .executeTakeFirst();
      return Number(gone.numDeletedRows);
    },
  };
}

async function putAutomatic(
  tx: Transaction<BansTables>,
  deps: BansDeps,
  input: AutomaticBan,
): Promise<Ban | undefined> {
  const nowMs = deps.clock.now();
  const network = formatBlock(input.block);
  const before = await tx.selectFrom('perimeter_bans').selectAll().where('network', '=', network).executeTakeFirst();
  const repeats =
    before && before.source === 'automatic' && (before.until ?? 0) > nowMs - forgetMs ? before.repeats + 1 : 0;
  const until = nowMs + Math.min(longestMs, firstMs * growth ** Math.min(repeats, 20));
  if (before && (before.until === null || before.until >= until)) return undefined;
  // One that is in force was told of already: what arrives now was under way.
  if (before?.until !== undefined && before.until !== null && before.until > nowMs) return undefined;
  if (!before && !(await hasRoom(tx, deps))) {
    deps.log.warn('bans.full', { network, countMax: deps.countMax ?? countMaxDefault });
    return undefined;
  }
  const made = newBan(deps, {
    block: input.block,
    reason: input.reason.slice(0, reasonCharsMax),
    until,
    source: 'automatic',
    createdBy: systemPrincipal.name,
  });
  await deps.audit.append(createdEvent(systemPrincipal, made, input));
  await put(tx, made, repeats);
  return made;
}

function newBan(
  deps: BansDeps,
  ban: Pick<Ban, 'reason' | 'until' | 'source' | 'createdBy'> & { readonly block: Block },
): Ban {
  const { block, ...rest } = ban;
  return { id: deps.newId(), network: formatBlock(block), createdAt: deps.clock.now(), ...rest };
}

async function put(tx: Transaction<BansTables>, ban: Ban, repeats: number): Promise<void> {
  const { id, network, reason, source, until } = ban;
  const row = { id, reason, source, created_by: ban.createdBy, created_at: ban.createdAt, until, repeats };
  await tx
    .insertInto('perimeter_bans')
    .values({ ...row, network })
    .onConflict(conflict => conflict.column('network').doUpdateSet(row))
    .execute();
}

async function count(tx: Transaction<BansTables>): Promise<number> {
  const { rows } = await tx
    .selectFrom('perimeter_bans')
    .select(select => select.fn.countAll<number | string>().as('rows'))
    .executeTakeFirstOrThrow();
  return Number(rows);
}

/** Room that only the memory of bans long over takes is free. */
async function hasRoom(tx: Transaction<BansTables>, deps: BansDeps): Promise<boolean> {
  const countMax = deps.countMax ?? countMaxDefault;
  if ((await count(tx)) < countMax) return true;
  await tx.deleteFrom('perimeter_bans').where('until', '<=', deps.clock.now()).execute();
  return (await count(tx)) < countMax;
}

async function requireRoom(tx: Transaction<BansTables>, deps: BansDeps, network: string): Promise<void> {
  if (await hasRoom(tx, deps)) return;
  const countMax = deps.countMax ?? countMaxDefault;
  const message = `Cannot ban "${network}": ${countMax} bans are the most allowed; ban a block instead, or use a list`;
  throw new SallyportError('core.invalid_input', message, { detail: message });
}

function requireReason(reason: string): string {
  const trimmed = reason.trim();
  if (trimmed.length >= 3 && trimmed.length <= reasonCharsMax) return trimmed;
  const message = `Cannot ban for reason "${trimmed.slice(0, 80)}": want 3 to ${reasonCharsMax} characters`;
  throw new SallyportError('core.invalid_input', message, { detail: message });
}

function requireUntil({ network, until }: BanInput, nowMs: number): void {
  if (until === null || (Number.isSafeInteger(until) && until > nowMs && until < nowMs + untilMax)) return;
  const message = `Cannot ban "${network.slice(0, 80)}" until "${until}": want a time to come within a hundred years, or none`;
  throw new SallyportError('core.invalid_input', message, { detail: message });
}

function refuseExempt(exempt: Exempt, block: Block, from: string | undefined): void {
  const own = from === undefined ? undefined : readBlock(from);
  if (own && formatBlock(narrow(own, block.bits)) === formatBlock(block))
    throw exemptError(block, 'your own address is in it');
  const why = exempt(block);
  if (why !== undefined) throw exemptError(block, why);
}

function toBan(row: Row): Ban {
  return {
    id: row.id,
    network: row.network,
    reason: row.reason,
    source: row.source === 'operator' ? 'operator' : 'automatic',
    createdBy: row.created_by,
    createdAt: row.created_at,
    until: row.until,
  };
}

function createdEvent(
  by: PrincipalRef,
  ban: Ban,
  proof: { readonly evidence: readonly string[]; readonly score?: number },
): NewEvent {
  const { network, reason, source, until } = ban;
  const score = proof.score === undefined ? {} : { score: proof.score };
  return {
    type: 'ban.created',
    ...about(by, 'ban.create', ban),
    data: { network, reason, source, untilMs: until, evidence: proof.evidence, ...score },
  };
}

const about = (by: PrincipalRef, action: string, ban: { readonly id: string; readonly network: string }) => ({
  outcome: 'success' as const,
  principal: by,
  action,
  resource: { kind: 'ban', id: ban.id, name: ban.network },
});

function exemptError(block: Block, why: string): SallyportError {
  const message = `Cannot ban "${formatBlock(block)}": ${why}`;
  return new SallyportError('perimeter.ban_exempt', message, { detail: message });
}

/** Names the bans that hold the address, since lifting one of them is what is meant. */
function notFound(network: string, holding: readonly { readonly network: string }[]): SallyportError {
  const names = holding.map(ban => `"${ban.network}"`).join(', ');
  const wanted =
    names === '' ? 'want the network of one that is in force' : `it is held by the ban of ${names}; lift that`;
  const message = `Cannot find a ban of "${network}": ${wanted}`;
  return new SallyportError('perimeter.ban_not_found', message, { detail: message });
}
