import type { PrincipalRef } from '../../core/events.ts';
import { changeDisabled, changeProfile, isDisabledHere } from '../account-changes.ts';
import { findAccount, lockAccount, lockOwners } from '../accounts.ts';
import { foldEmail, foldName } from '../email.ts';
import type { FederationTables } from '../federation/tables.ts';
import type { Db, Ground, Work } from '../ground.ts';
import { change } from '../ground.ts';
import type { User } from '../identity.ts';
import { deleteUser, insertUser } from '../people.ts';
import { sha256 } from '../tokens.ts';
import type { ListQuery } from './listing.ts';
import { equalityOf, listAnswer, scannedMax, select } from './listing.ts';
import type { Json } from './match.ts';
import { applyPatch, readPatch } from './patch.ts';
import { notFound, ScimProblem } from './problem.ts';
import type { UserAttributes } from './user-shape.ts';
import { accountOf, etagOf, readUser, showUser, userAttributeNames } from './user-shape.ts';

type Row = FederationTables['identity_scim_people'];

/** One request of one client, known by its token. */
export interface ScimCall {
  readonly client: { readonly id: string; readonly name: string; readonly domains: readonly string[] };
  readonly by: PrincipalRef;
  readonly baseUrl: string;
  readonly ifMatch: string | null;
}

/** RFC 7644 section 3.3. */
export async function createScimUser(ground: Ground, call: ScimCall, resource: unknown): Promise<Json> {
  const said = readUser(resource);
  const account = accountOf(said, call.client.domains);
  return change(ground, async work => {
    await refuseTaken(work, call, { userName: said.userName, email: account.email });
    const user = await insertUser(work, call.by, { ...account, role: 'member' });
    const now = ground.now();
    const row: Row = {
      ...{ user_id: user.id, client_id: call.client.id, ...columnsOf(said) },
      ...{ created_at: now, modified_at: now, version: 1 },
    };
    await work.tx.insertInto('identity_scim_people').values(row).execute();
    const current = said.active ? user : await setActive(work, call.by, user, false);
    return show(row, current, call);
  });
}

export async function getScimUser(ground: Ground, call: ScimCall, id: string): Promise<Json> {
  const row = await getRow(ground.db, call, id);
  const account = await findAccount(ground.db, { id });
  if (!account) throw notFound();
  return show(row, account.user, call);
}

/** By user name, external id and id an index answers; for other filters and for sorting at most 20,000 are looked through. */
export async function listScimUsers(ground: Ground, call: ScimCall, query: ListQuery): Promise<Json> {
  let rows = userQuery(ground.db, call);
  const userName = equalityOf(query.filter, 'username');
  const externalId = equalityOf(query.filter, 'externalid');
  const id = equalityOf(query.filter, 'id');
  if (userName !== undefined) rows = rows.where('s.user_name_key', '=', userNameKey(userName));
  if (externalId !== undefined) rows = rows.where('s.external_id', '=', externalId);
  if (id !== undefined) rows = rows.where('s.user_id', '=', id);
  const isPaged = query.filter === undefined && query.sortBy === undefined;
  if (isPaged) {
    const { total } = await ground.db
      .selectFrom('identity_scim_people')
      .select(count => count.fn.countAll<number | string | bigint>().as('total'))
      .where('client_id', '=', call.client.id)
      .executeTakeFirstOrThrow();
    const page = await rows
      .offset(query.startIndex - 1)
      .limit(query.count)
      .execute();
    return listAnswer(
      page.map(row => show(row, { disabled: row.disabled !== 0 }, call)),
      query,
      Number(total),
    );
  }
  const found = await rows.limit(scannedMax + 1).execute();
  if (found.length > scannedMax)
    throw new ScimProblem(400, `More than ${scannedMax} people: narrow it down`, 'tooMany');
  const selected = select(
    found.map(row => show(row, { disabled: row.disabled !== 0 }, call)),
    query,
  );
  const from = query.startIndex - 1;
  return listAnswer(selected.slice(from, from + query.count), query, selected.length);
}

/** RFC 7644 section 3.5.1: what is left out goes; whether they are active stays when it is left out. */
export function replaceScimUser(ground: Ground, call: ScimCall, id: string, resource: unknown): Promise<Json> {
  return update(ground, call, id, current => {
    const isSaid = Object.keys(resource ?? {}).some(name => name.toLowerCase() === 'active');
    return readUser(isSaid ? resource : { ...(resource as object), active: current.active });
  });
}

export function patchScimUser(ground: Ground, call: ScimCall, id: string, request: unknown): Promise<Json> {
  const operations = readPatch(request);
  return update(ground, call, id, current => readUser(applyPatch(current, operations, userAttributeNames)));
}

/** Signs them out everywhere first: what takes long afterwards cannot be used any more. */
export async function deleteScimUser(ground: Ground, call: ScimCall, id: string): Promise<void> {
  await change(ground, async work => {
    const { row, user } = await lockRow(work, call, id);
    demandVersion(call, row.version);
    await setActive(work, call.by, user, false);
  });
  await deleteUser(ground, call.by, id);
}

function update(
  ground: Ground,
  call: ScimCall,
  id: string,
  next: (current: UserAttributes) => UserAttributes,
): Promise<Json> {
  return change(ground, async work => {
    const { row, user } = await lockRow(work, call, id);
    demandVersion(call, row.version);
    const said = next({ ...attributesOf(row), active: !user.disabled });
    const account = accountOf(said, call.client.domains);
    await refuseTaken(work, call, { userName: said.userName, email: account.email, except: id });
    let current = await changeProfile(work, call.by, { user, ...account });
    if (said.active === current.disabled) current = await setActive(work, call.by, current, said.active);
    const columns = columnsOf(said);
    const isSame = columns.attributes === row.attributes && said.active === !user.disabled;
    const changed: Row = isSame ? row : { ...row, ...columns, modified_at: ground.now(), version: row.version + 1 };
    if (!isSame) {
      const { modified_at, version } = changed;
      await work.tx
        .updateTable('identity_scim_people')
        .set({ ...columns, modified_at, version })
        .where('user_id', '=', id)
        .execute();
    }
    return show(changed, current, call);
  });
}

/**
 * Inactive is disabled: sessions, sign-ins under way and API keys end with it, before the answer. Whom people here disabled stays so,
 * whatever a client says. Needs the account locked.
 */
async function setActive(work: Work, by: PrincipalRef, user: User, isActive: boolean): Promise<User> {
  if (isActive && user.disabled && (await isDisabledHere(work.tx, user.id))) return user;
  return changeDisabled(work, by, { user, disabled: !isActive, revokesKeys: true });
}

/** The person with their row, both locked. An Owner is out of every client's reach. */
async function lockRow(work: Work, call: ScimCall, id: string): Promise<{ row: Row; user: User }> {
  await getRow(work.tx, call, id);
  await lockOwners(work);
  const { user } = await lockAccount(work, id);
  if (user.role === 'owner' || work.ground.roleOf?.(id) === 'owner') {
    throw new ScimProblem(403, 'An Owner is managed by Owners only');
  }
  return { row: await getRow(work.tx, call, id), user };
}

async function getRow(db: Db, call: ScimCall, id: string): Promise<Row> {
  const row = await db
    .selectFrom('identity_scim_people')
    .selectAll()
    .where('user_id', '=', id)
    .where('client_id', '=', call.client.id)
    .executeTakeFirst();
  if (!row) throw notFound();
  return row;
}

function userQuery(db: Db, call: ScimCall) {
  return db
    .selectFrom('identity_scim_people as s')
    .innerJoin('identity_users as u', 'u.id', 's.user_id')
    .selectAll('s')
    .select('u.disabled')
    .where('s.client_id', '=', call.client.id)
    .orderBy('s.user_name_key');
}

async function refuseTaken(
  work: Work,
  call: ScimCall,
  wanted: { userName: string; email: string; except?: string },
): Promise<void> {
  const named = await work.tx
    .selectFrom('identity_scim_people')
    .select('user_id')
    .where('client_id', '=', call.client.id)
    .where('user_name_key', '=', userNameKey(wanted.userName))
    .executeTakeFirst();
  if (named && named.user_id !== wanted.except) throw new ScimProblem(409, 'userName is taken', 'uniqueness');
  const other = await findAccount(work.tx, { norm: foldEmail(wanted.email) });
  if (other && other.user.id !== wanted.except) throw new ScimProblem(409, 'The e-mail address is taken', 'uniqueness');
}

/** RFC 7644 section 3.14. */
export function demandVersion(call: Pick<ScimCall, 'ifMatch'>, version: number): void {
  if (call.ifMatch === null || call.ifMatch.trim() === '*') return;
  const tags = call.ifMatch.split(',').map(tag => tag.trim());
  if (!tags.includes(etagOf(version))) throw new ScimProblem(412, 'It was changed meanwhile');
}

const userNameKey = (userName: string): string => sha256(foldName(userName.trim()));

const columnsOf = (said: UserAttributes) => ({
  user_name: said.userName,
  user_name_key: userNameKey(said.userName),
  external_id: said.externalId ?? null,
  attributes: JSON.stringify({ ...said, active: undefined }),
});

const attributesOf = (row: Row): UserAttributes => readUser(JSON.parse(row.attributes));

function show(row: Row, user: Pick<User, 'disabled'>, call: ScimCall): Json {
  const { created_at: createdAt, modified_at: modifiedAt, user_id: id, version } = row;
  return showUser({ id, attributes: attributesOf(row), createdAt, modifiedAt, version }, user, call.baseUrl);
}
