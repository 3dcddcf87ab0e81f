import { SallyportError } from '../../core/errors.ts';
import type { PrincipalRef } from '../../core/events.ts';
import type { Secret } from '../../core/secret.ts';
import { printable } from '../email.ts';
import type { FederationTables } from '../federation/tables.ts';
import type { Db, Ground, Work } from '../ground.ts';
import { change } from '../ground.ts';
import { hashToken, makeToken } from '../tokens.ts';
import type { ScimClient } from './scim.ts';

type Row = FederationTables['identity_scim_clients'];

const dayMs = 86_400_000;
const lifetimeMsMax = 366 * dayMs;
const overlapMsMax = 30 * dayMs;
const clientsMax = 20;
const touchMs = 60_000;

export async function listClients(ground: Ground): Promise<ScimClient[]> {
  const rows = await ground.db.selectFrom('identity_scim_clients').selectAll().orderBy('name').orderBy('id').execute();
  return Promise.all(rows.map(row => toClient(ground.db, row)));
}

/** The token is in the answer and nowhere else. */
export function createClient(
  ground: Ground,
  by: PrincipalRef,
  input: { name: string; domains: readonly string[]; expiresAt: number },
): Promise<{ client: ScimClient; token: Secret }> {
  const name = input.name.trim();
  if (name === '' || name.length > 100 || /\p{Cc}/u.test(name)) throw invalid('name', 'want 1 to 100 characters');
  const isDomain = (text: string) => text.length <= 253 && /^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/.test(text);
  if (input.domains.length > 100 || !input.domains.every(isDomain)) {
    throw invalid('domains', 'want domains in lower case, as "example.org"');
  }
  checkExpiry(ground, input.expiresAt);
  return change(ground, async work => {
    const others = await work.tx.selectFrom('identity_scim_clients').select('id').execute();
    if (others.length >= clientsMax) throw invalid('name', `at most ${clientsMax} clients`);
    const row: Row = {
      ...{ id: ground.newId(), name, domains: JSON.stringify([...new Set(input.domains)]) },
      ...{ created_at: ground.now(), last_used_at: null },
    };
    await recordClient(work, by, 'scim_client.created', { row, expiresAt: input.expiresAt });
    await work.tx.insertInto('identity_scim_clients').values(row).execute();
    const token = await insertToken(work, row.id, input.expiresAt);
    return { client: await toClient(work.tx, row), token };
  });
}

export function rotateClient(
  ground: Ground,
  by: PrincipalRef,
  input: { id: string; overlapMs: number; expiresAt: number },
): Promise<{ client: ScimClient; token: Secret }> {
  const { overlapMs } = input;
  if (!Number.isInteger(overlapMs) || overlapMs < 0 || overlapMs > overlapMsMax) {
    throw invalid('overlapMs', 'want 0 to 30 days');
  }
  checkExpiry(ground, input.expiresAt);
  return change(ground, async work => {
    const row = await getRow(work.tx, input.id);
    await recordClient(work, by, 'scim_client.rotated', { row, expiresAt: input.expiresAt });
    const until = ground.now() + overlapMs;
    await work.tx
      .updateTable('identity_scim_tokens')
      .set({ expires_at: until })
      .where('client_id', '=', row.id)
      .where('expires_at', '>', until)
      .execute();
    const token = await insertToken(work, row.id, input.expiresAt);
    return { client: await toClient(work.tx, row), token };
  });
}

/** What it made stays: people are managed here from then on, its groups stay as they are until somebody deletes them. */
export async function deleteClient(ground: Ground, by: PrincipalRef, id: string): Promise<void> {
  await change(ground, async work => {
    const row = await getRow(work.tx, id);
    await recordClient(work, by, 'scim_client.deleted', { row, expiresAt: ground.now() });
    await work.tx.deleteFrom('identity_scim_tokens').where('client_id', '=', id).execute();
    await work.tx.deleteFrom('identity_scim_people').where('client_id', '=', id).execute();
    await work.tx.deleteFrom('identity_scim_clients').where('id', '=', id).execute();
  });
}

/** The client of a token that is good now; undefined for any other. */
export async function findClient(
  ground: Ground,
  token: Secret | undefined,
): Promise<{ id: string; name: string; domains: readonly string[] } | undefined> {
  const hash = token && hashToken('scim', token);
  if (hash === undefined) return undefined;
  const now = ground.now();
  const row = await ground.db
    .selectFrom('identity_scim_tokens as t')
    .innerJoin('identity_scim_clients as c', 'c.id', 't.client_id')
    .selectAll('c')
    .where('t.token_hash', '=', hash)
    .where('t.expires_at', '>', now)
    .executeTakeFirst();
  if (!row) return undefined;
  if (row.last_used_at === null || row.last_used_at < now - touchMs) {
    await ground.db.updateTable('identity_scim_clients').set({ last_used_at: now }).where('id', '=', row.id).execute();
  }
  return { id: row.id, name: row.name, domains: domainsOf(row) };
}

const domainsOf = (row: Row): readonly string[] => JSON.parse(row.domains) as string[];

async function insertToken(work: Work, clientId: string, expiresAt: number): Promise<Secret> {
  const { token, hash } = makeToken('scim', work.ground.random);
  const row = { token_hash: hash, client_id: clientId, created_at: work.ground.now(), expires_at: expiresAt };
  await work.tx.insertInto('identity_scim_tokens').values(row).execute();
  return token;
}

async function getRow(db: Db, id: string): Promise<Row> {
  const row = await db.selectFrom('identity_scim_clients').selectAll().where('id', '=', id).executeTakeFirst();
  if (row) return row;
  throw new SallyportError('identity.scim_client_not_found', `Cannot find SCIM client "${printable(id, 80)}"`);
}

async function toClient(db: Db, row: Row): Promise<ScimClient> {
  const last = await db
    .selectFrom('identity_scim_tokens')
    .select('expires_at')
    .where('client_id', '=', row.id)
    .orderBy('expires_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return {
    ...{ id: row.id, name: row.name, domains: domainsOf(row), createdAt: row.created_at },
    ...{ expiresAt: last?.expires_at ?? row.created_at, lastUsedAt: row.last_used_at },
  };
}

const actions = {
  'scim_client.created': 'create',
  'scim_client.rotated': 'rotate',
  'scim_client.deleted': 'delete',
} as const;

function recordClient(
  work: Work,
  by: PrincipalRef,
  type: keyof typeof actions,
  { expiresAt, row }: { row: Row; expiresAt: number },
): Promise<void> {
  return work.record({
    type,
    outcome: 'success',
    principal: by,
    action: `scim_client.${actions[type]}`,
    resource: { kind: 'scim_client', id: row.id, name: row.name },
    data: { name: row.name, domains: domainsOf(row), expiresAt },
  });
}

function checkExpiry(ground: Ground, expiresAt: number): void {
  const now = ground.now();
  if (Number.isSafeInteger(expiresAt) && expiresAt > now && expiresAt <= now + lifetimeMsMax) return;
  throw invalid('expiresAt', 'want a time to come, within a year');
}

function invalid(field: string, wanted: string): SallyportError {
  const detail = `${field}: ${wanted}`;
  return new SallyportError('core.invalid_input', `Cannot take SCIM client, ${detail}`, { detail });
}
