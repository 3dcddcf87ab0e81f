/** What a person of a directory goes through at the gate, the same at OpenLDAP and Active Directory. */
import assert from 'node:assert/strict';
import { Client } from 'ldapts';
import { newDraft, withProduct } from '../../portal/src/pages/sign-in/providers.ts';
import { goodPassword, invite, told } from './product.ts';
import type { SignOnHouse } from './sign-on.ts';
import {
  apiOf,
  becomes,
  failureReasons,
  grantGroup,
  makeKey,
  openPlatform,
  openSignOnHouse,
  signInByForm,
  statusOf,
  whoAmI,
  workflow,
} from './sign-on.ts';

/** What the test does at a directory, whichever it is. */
export interface DirectoryAtWork extends AsyncDisposable {
  readonly url: string;
  readonly caPem: string;
  readonly baseDn: string;
  readonly bind: { readonly dn: string; readonly password: string };
  setMembers(group: string, members: readonly string[]): Promise<void>;
  disable(uid: string): Promise<void>;
  enable(uid: string): Promise<void>;
  expire(uid: string): Promise<void>;
  /** The name a person binds with. */
  nameOf(uid: string): string;
}

const domain = 'corp.example';
const uids = ['ada', 'bob', 'old', 'locked', 'grace'];
export const people = uids.map(uid => ({ uid, password: `Password-of-${uid}-1`, name: uid, mail: `${uid}@${domain}` }));
const passwordOf = (uid: string): string => `Password-of-${uid}-1`;
export const groups = [
  { name: 'builders', members: ['ada', 'grace'] },
  { name: 'all-builders', members: ['builders'] },
];
const refreshSeconds = 5;
const dueMs = refreshSeconds * 1200;

/** Fills in the portal's form for a directory and keeps it. */
async function connect(
  house: SignOnHouse,
  server: DirectoryAtWork,
  product: 'ldap' | 'active_directory',
): Promise<string> {
  const draft = newDraft('ldap');
  assert.equal(draft.kind, 'ldap');
  const settings = {
    ...withProduct(draft.settings, product),
    ...{ urls: [server.url], caPem: server.caPem, baseDn: server.baseDn },
    bind: { kind: 'service' as const, dn: server.bind.dn },
    refreshSeconds,
  };
  const { id } = await house.owner('providers.create', {
    body: { provider: { ...draft, name: 'Company', domains: [domain], settings }, secret: server.bind.password },
  });
  return id;
}

async function tries(house: SignOnHouse, providerId: string): Promise<void> {
  const typed = { login: 'ada', password: passwordOf('ada') };
  const report = await house.owner('providers.probe', { params: { id: providerId }, body: typed });
  assert.ok(
    report.steps.every(step => step.ok),
    JSON.stringify(report.steps),
  );
  assert.deepEqual([report.account.kind, report.account.email], ['new', `ada@${domain}`]);
  assert.deepEqual(report.groups.map(group => group.name).toSorted(), ['all-builders', 'builders']);
}

/** From the first sign-in to the last request of somebody who is taken out of the group and then disabled. */
async function worksAndIsEnded(house: SignOnHouse, server: DirectoryAtWork): Promise<void> {
  const { at, product } = house;
  const { page, visitor } = await signInByForm(product, { login: 'ada', password: passwordOf('ada') });
  assert.equal(await whoAmI(product, visitor), `ada@${domain}`, told(page));
  await openPlatform(house, visitor);
  const key = await makeKey(house, visitor);
  const read = () => statusOf(visitor, 'GET', `${at}/rest/workflows`);
  const write = () => statusOf(visitor, 'POST', `${at}/rest/workflows`, workflow('Orders'));
  assert.deepEqual([await read(), await write(), await key()], [200, 200, 200]);

  await server.setMembers('builders', ['grace']);
  house.advance(dueMs);
  await becomes(read, 403, 'out of the group');
  assert.deepEqual([await write(), await key()], [403, 403]);
  assert.equal(await whoAmI(product, visitor), `ada@${domain}`, 'the session is another matter');

  await server.setMembers('builders', ['ada', 'grace']);
  house.advance(dueMs);
  await becomes(read, 200, 'in the group again');

  await server.disable('ada');
  house.advance(dueMs);
  await becomes(read, 401, 'disabled there');
  assert.equal(await key(), 401);
  assert.equal(await whoAmI(product, visitor), undefined);
}

/** Every refusal reads the same to the visitor and is told apart in the record. */
async function tellsRefusalsApart(house: SignOnHouse, server: DirectoryAtWork): Promise<void> {
  const before = (await failureReasons(house)).length;
  await server.expire('old');
  await lockOut(server, 'locked');
  const refusals = [
    { login: 'ada', password: passwordOf('ada'), reason: 'disabled' },
    { login: 'old', password: passwordOf('old'), reason: 'expired' },
    { login: 'locked', password: passwordOf('locked'), reason: 'locked' },
    { login: 'bob', password: 'Not-it-1', reason: 'wrong' },
    { login: 'nobody', password: 'Not-it-1', reason: 'unknown' },
  ];
  const seen = new Set<string>();
  for (const typed of refusals) {
    const { page } = await signInByForm(house.product, typed);
    const said = /role="alert"[^>]*>([\s\S]*?)<\/div>/.exec(page.text)?.[1]?.trim();
    seen.add(`${page.status} ${said}`);
  }
  assert.equal(seen.size, 1, [...seen].join('\n'));
  assert.match([...seen].join(), /^422 .*is not right/);
  const reasons = (await failureReasons(house)).slice(before);
  assert.deepEqual(
    reasons,
    refusals.map(({ reason }) => `ldap ${reason}`),
  );
}

/** The directory is gone: others still sign in, sessions stay for the grace and end after it. */
async function outlastsTheDirectory(house: SignOnHouse, server: DirectoryAtWork): Promise<void> {
  const { product } = house;
  await invite(product, { email: 'lou@example.com', name: 'Lou Local' });
  const { visitor } = await signInByForm(product, { login: 'grace', password: passwordOf('grace') });
  assert.equal(await whoAmI(product, visitor), `grace@${domain}`);
  await server[Symbol.asyncDispose]();
  house.advance(dueMs);
  await becomes(async () => Number(product.logged.some(line => /provider_unreachable/.test(line))), 1, 'noticed');
  assert.equal(await whoAmI(product, visitor), `grace@${domain}`, 'within the grace');
  const local = await signInByForm(product, { login: 'lou@example.com', password: goodPassword });
  assert.equal(await whoAmI(product, local.visitor), 'lou@example.com', 'who is kept here signs in as ever');
  const away = await signInByForm(product, { login: 'bob', password: passwordOf('bob') });
  assert.equal(away.page.status, 422, told(away.page));
  house.advance(61_000);
  await becomes(async () => ((await whoAmI(product, visitor)) === undefined ? 401 : 200), 401, 'after the grace');
  assert.equal(await whoAmI(product, house.ownerVisitor), 'olga@example.com', 'sessions begun here stay');
}

/** Guesses until the directory itself takes no more. */
async function lockOut(server: DirectoryAtWork, uid: string): Promise<void> {
  const client = new Client({ url: server.url, tlsOptions: { ca: server.caPem }, timeout: 10_000 });
  for (let guess = 0; guess < 6; guess++) await client.bind(server.nameOf(uid), 'Not-it-1').catch(() => {});
  await client.unbind().catch(() => {});
}

/** All of it: connected, tried, granted, at work, taken out, disabled, refused, away. */
export async function directoryJob(
  start: () => Promise<DirectoryAtWork>,
  product: 'ldap' | 'active_directory',
): Promise<void> {
  await using house = await openSignOnHouse({ identity: { federation: { unreachableGraceMinutes: 1 } } });
  await using server = await start();
  const providerId = await connect(house, server, product);
  await tries(house, providerId);
  await grantGroup(house, { providerId, name: 'all-builders', role: 'editor' });
  await worksAndIsEnded(house, server);
  const { users } = await apiOf(house.product, house.ownerVisitor)('users.list', { query: { search: 'ada@' } });
  assert.deepEqual([users[0]?.hasPassword, users[0]?.role], [false, 'member']);
  await tellsRefusalsApart(house, server);
  await outlastsTheDirectory(house, server);
}
