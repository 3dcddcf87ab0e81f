import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { operatorPrincipal } from '../../core/events.ts';
import type { Secret } from '../../core/secret.ts';
import type { House } from '../identity.fixture.ts';
import { addPerson, from, is, secret, signedIn, withIdentity } from '../identity.fixture.ts';

const op = operatorPrincipal;
const dayMs = 86_400_000;

type Body = Record<string, never> & { [name: string]: unknown };

async function connect(house: House, domains: readonly string[] = ['example.org']) {
  const { client, token } = await house.identity.scim.createClient(op, {
    ...{ name: 'Entra', domains },
    expiresAt: house.clock.wall + 90 * dayMs,
  });
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    more: { ifMatch?: string; token?: Secret } = {},
  ) => {
    const [bare = '', query = ''] = path.split('?');
    const answer = await house.identity.scim.answer(more.token ?? token, {
      ...{ method, path: bare, query: new URLSearchParams(query), body },
      ...{ ifMatch: more.ifMatch ?? null, requestId: 'r', clientIp: '203.0.113.7' },
    });
    return { ...answer, body: answer.body as Body };
  };
  return { client, token, call };
}

const patch = (...operations: object[]) => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations: operations,
});

const newUser = (name: string, more: object = {}) => ({
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'],
  externalId: `ext-${name}`,
  userName: `${name}@example.org`,
  active: true,
  displayName: `Name of ${name}`,
  emails: [{ primary: true, type: 'work', value: `${name}@example.org` }],
  meta: { resourceType: 'User' },
  name: { formatted: name, familyName: 'F', givenName: 'G' },
  ...more,
});

describe('a provisioning cycle as Entra ID runs it', () => {
  it('looks for the person, makes, changes, disables, enables and deletes them', async () => {
    await withIdentity(async house => {
      const { call } = await connect(house);
      const none = await call('GET', '/Users?filter=userName eq "ada@example.org"');
      assert.deepEqual([none.status, none.body['totalResults'], none.body['Resources']], [200, 0, []]);
      const made = await call('POST', '/Users', newUser('ada'));
      assert.equal(made.status, 201);
      const id = String(made.body['id']);
      assert.equal(made.headers['location'], `https://gate.example.org/.sallyport/scim/v2/Users/${id}`);
      assert.equal(made.headers['etag'], 'W/"1"');
      const user = await house.identity.getUser(id);
      assert.deepEqual(
        [user.email, user.name, user.role, user.disabled],
        ['ada@example.org', 'Name of ada', 'member', false],
      );
      const found = await call('GET', '/Users?filter=externalId eq "ext-ada"');
      assert.equal(found.body['totalResults'], 1);
      const renamed = await call('PATCH', `/Users/${id}`, {
        ...patch(
          { op: 'Replace', path: 'displayName', value: 'Ada L.' },
          { op: 'Add', path: 'name.familyName', value: 'Lovelace' },
          { op: 'Replace', path: 'emails[type eq "work"].value', value: 'ada.l@example.org' },
          {
            op: 'Add',
            path: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department',
            value: 'Engines',
          },
        ),
      });
      assert.equal(renamed.status, 200, JSON.stringify(renamed.body));
      assert.equal((await house.identity.getUser(id)).email, 'ada.l@example.org');
      assert.equal(renamed.headers['etag'], 'W/"2"');
      const off = await call('PATCH', `/Users/${id}`, patch({ op: 'Replace', path: 'active', value: 'False' }));
      assert.equal(off.body['active'], false);
      assert.equal((await house.identity.getUser(id)).disabled, true);
      const on = await call('PATCH', `/Users/${id}`, patch({ op: 'Replace', value: { active: 'True' } }));
      assert.equal(on.body['active'], true);
      assert.equal((await call('DELETE', `/Users/${id}`)).status, 204);
      assert.equal((await call('GET', `/Users/${id}`)).status, 404);
      await assert.rejects(house.identity.getUser(id), is('identity.user_not_found'));
      assert.ok(house.events.some(event => event.type === 'user.created' && event.principal.name === 'SCIM Entra'));
    });
  });

  it('fills groups, one person at a time, and empties them by the list as the value', async () => {
    await withIdentity(async house => {
      const { call } = await connect(house);
      const [ada, bob] = [await call('POST', '/Users', newUser('ada')), await call('POST', '/Users', newUser('bob'))];
      const [adaId, bobId] = [String(ada.body['id']), String(bob.body['id'])];
      const group = await call('POST', '/Groups', { displayName: 'Ops', externalId: 'g-1', members: [] });
      assert.equal(group.status, 201);
      const id = String(group.body['id']);
      const seen = await call('GET', '/Groups?excludedAttributes=members&filter=displayName eq "ops"');
      const [resource] = seen.body['Resources'] as unknown as Body[];
      assert.deepEqual([resource?.['id'], resource?.['members']], [id, undefined]);
      const add = patch({ op: 'Add', path: 'members', value: [{ value: adaId }, { value: bobId }] });
      assert.equal((await call('PATCH', `/Groups/${id}`, add)).status, 200);
      assert.deepEqual(
        (await house.identity.groups.of(adaId)).map(one => one.name),
        ['Ops'],
      );
      const told = house.changes.findLast(change => change.kind === 'groups');
      assert.deepEqual(told?.kind === 'groups' && told.groupIds, [id]);
      const mine = await call('GET', `/Groups?filter=id eq "${id}" and members eq "${adaId}"&attributes=id`);
      assert.equal(mine.body['totalResults'], 1);
      await call('PATCH', `/Groups/${id}`, patch({ op: 'Remove', path: 'members', value: [{ value: adaId }] }));
      assert.deepEqual(await house.identity.groups.of(adaId), []);
      assert.equal((await house.identity.groups.of(bobId)).length, 1);
      await call('PATCH', `/Groups/${id}`, patch({ op: 'remove', path: `members[value eq "${bobId}"]` }));
      assert.equal((await house.identity.groups.get(id)).memberCount, 0);
      await call('PATCH', `/Groups/${id}`, patch({ op: 'replace', path: 'displayName', value: 'Operations' }));
      assert.equal((await house.identity.groups.get(id)).name, 'Operations');
      assert.equal((await call('DELETE', `/Groups/${id}`)).status, 204);
    });
  });
});

describe('a provisioning cycle as Okta runs it', () => {
  it('pages, replaces whole people and groups, and deactivates without a path', async () => {
    await withIdentity(async house => {
      const { call } = await connect(house);
      for (const name of ['a', 'b', 'c']) assert.equal((await call('POST', '/Users', newUser(name))).status, 201);
      const page = await call('GET', '/Users?startIndex=2&count=1');
      assert.deepEqual([page.body['totalResults'], page.body['startIndex'], page.body['itemsPerPage']], [3, 2, 1]);
      const sorted = await call('GET', '/Users?sortBy=userName&sortOrder=descending&attributes=userName');
      const names = (sorted.body['Resources'] as unknown as Body[]).map(one => one['userName']);
      assert.deepEqual(names, ['c@example.org', 'b@example.org', 'a@example.org']);
      const first = (await call('GET', '/Users?filter=userName eq "a@example.org"')).body[
        'Resources'
      ] as unknown as Body[];
      const id = String(first[0]?.['id']);
      const put = await call('PUT', `/Users/${id}`, newUser('a', { displayName: 'Whole', title: 'x', active: true }));
      assert.equal(put.body['displayName'], 'Whole');
      const group = await call('POST', '/Groups', { displayName: 'Team', members: [{ value: id, display: 'a' }] });
      const groupId = String(group.body['id']);
      await call('PUT', `/Groups/${groupId}`, { displayName: 'Team', members: [] });
      assert.deepEqual(await house.identity.groups.of(id), []);
      const off = await call('PATCH', `/Users/${id}`, patch({ op: 'replace', value: { active: false } }));
      assert.equal(off.body['active'], false);
    });
  });
});

describe('active: true', () => {
  it('does not enable whom people here disabled', async () => {
    await withIdentity(async house => {
      const { identity } = house;
      const { call } = await connect(house);
      const id = String((await call('POST', '/Users', newUser('ada'))).body['id']);
      await identity.setDisabled(op, id, true);
      const on = await call('PATCH', `/Users/${id}`, patch({ op: 'replace', path: 'active', value: true }));
      assert.deepEqual([on.status, on.body['active']], [200, false]);
      assert.equal((await identity.getUser(id)).disabled, true);
      await identity.setDisabled(op, id, false);
      assert.equal((await call('GET', `/Users/${id}`)).body['active'], true);
    });
  });
});

describe('active: false', () => {
  it('ends sessions, sign-ins and keys before the answer, and nothing of it comes back', async () => {
    await withIdentity(async house => {
      const { identity } = house;
      const { call } = await connect(house);
      const id = String((await call('POST', '/Users', newUser('ada'))).body['id']);
      const link = await identity.issueLink(op, { purpose: 'invitation', userId: id });
      const opened = signedIn(
        await identity.redeemLink(link.token, { password: secret('violet-harbour-19-kettle') }, from()),
      );
      const { key } = await identity.createApiKey(op, {
        ...{ userId: id, name: 'k', sites: ['s'], paths: ['/'], permissions: ['workflow.read'] },
        expiresAt: house.clock.wall + dayMs,
      });
      await call('PATCH', `/Users/${id}`, patch({ op: 'replace', path: 'active', value: false }));
      assert.equal(await identity.findSession(opened.token, from().host), undefined);
      assert.notEqual((await identity.getApiKey(key.id)).revokedAt, null);
      const told = house.changes.filter(change => change.kind === 'session').at(-1);
      assert.ok(told?.kind === 'session' && told.session.endedAt !== null);
      await call('PATCH', `/Users/${id}`, patch({ op: 'replace', path: 'active', value: true }));
      assert.equal(await identity.findSession(opened.token, from().host), undefined);
      assert.notEqual((await identity.getApiKey(key.id)).revokedAt, null);
    });
  });
});

describe('a SCIM client', () => {
  it('sees and changes what it made itself, and learns of others that an address is taken', async () => {
    await withIdentity(async house => {
      const { call } = await connect(house);
      const other = await connect(house);
      const { user: local } = await addPerson(house, { email: 'local@example.org' });
      const theirs = String((await other.call('POST', '/Users', newUser('theirs'))).body['id']);
      const group = String((await other.call('POST', '/Groups', { displayName: 'G' })).body['id']);
      for (const id of [local.id, theirs, 'none', '%2e%2e']) {
        assert.equal((await call('GET', `/Users/${id}`)).status, 404);
        assert.equal((await call('PUT', `/Users/${id}`, newUser('x'))).status, 404);
        assert.equal(
          (await call('PATCH', `/Users/${id}`, patch({ op: 'replace', value: { active: false } }))).status,
          404,
        );
        assert.equal((await call('DELETE', `/Users/${id}`)).status, 404);
      }
      assert.equal((await call('PATCH', `/Groups/${group}`, patch({ op: 'remove', path: 'members' }))).status, 404);
      assert.equal((await call('GET', '/Users')).body['totalResults'], 0);
      for (const name of ['local', 'theirs']) {
        const taken = await call('POST', '/Users', newUser(name));
        assert.deepEqual([taken.status, taken.body['scimType']], [409, 'uniqueness']);
      }
      const foreign = await call('POST', '/Groups', { displayName: 'H', members: [{ value: theirs }] });
      assert.equal(foreign.status, 400);
    });
  });

  it('provisions nobody outside its domains and reaches no Owner', async () => {
    await withIdentity(async house => {
      const { call } = await connect(house);
      const outside = newUser('x', { userName: 'x', emails: [{ value: 'x@other.org', primary: true }] });
      assert.equal((await call('POST', '/Users', outside)).status, 400);
      assert.equal((await call('POST', '/Users', newUser('x', { userName: 'x', emails: [] }))).status, 400);
      const id = String((await call('POST', '/Users', newUser('ada'))).body['id']);
      const move = patch({ op: 'replace', path: 'emails[type eq "work"].value', value: 'ada@other.org' });
      assert.equal((await call('PATCH', `/Users/${id}`, move)).status, 400);
      await house.identity.setRole(op, id, 'owner');
      assert.equal(
        (await call('PATCH', `/Users/${id}`, patch({ op: 'replace', value: { active: false } }))).status,
        403,
      );
      assert.equal((await call('DELETE', `/Users/${id}`)).status, 403);
      assert.equal((await house.identity.getUser(id)).disabled, false);
    });
  });

  it('has a token that is shown once, hashed, rotated with overlap, and ends', async () => {
    await withIdentity(async house => {
      const { call, client, token } = await connect(house);
      assert.equal((await call('GET', '/Users', undefined, { token: secret('sp_sc_x') })).status, 401);
      const rows = JSON.stringify(await house.db.selectFrom('identity_scim_tokens').selectAll().execute());
      assert.ok(!rows.includes(token.reveal()));
      const expiresAt = house.clock.wall + 30 * dayMs;
      const next = await house.identity.scim.rotateClient(op, { id: client.id, overlapMs: 3_600_000, expiresAt });
      assert.equal((await call('GET', '/Users')).status, 200);
      assert.equal((await call('GET', '/Users', undefined, { token: next.token })).status, 200);
      house.pass(3_600_001);
      assert.equal((await call('GET', '/Users')).status, 401);
      const [shown] = await house.identity.scim.listClients();
      assert.notEqual(shown?.lastUsedAt, null);
      await house.identity.scim.deleteClient(op, client.id);
      assert.equal((await call('GET', '/Users', undefined, { token: next.token })).status, 401);
    });
  });

  it('is told of changes meanwhile, of what is not there, and of what cannot be done', async () => {
    await withIdentity(async house => {
      const { call } = await connect(house);
      const id = String((await call('POST', '/Users', newUser('ada'))).body['id']);
      const rename = (name: string, ifMatch: string) =>
        call('PATCH', `/Users/${id}`, patch({ op: 'replace', path: 'displayName', value: name }), { ifMatch });
      assert.equal((await rename('one', 'W/"1"')).status, 200);
      const late = await rename('two', 'W/"1"');
      assert.equal(late.status, 412);
      assert.deepEqual(late.body['schemas'], ['urn:ietf:params:scim:api:messages:2.0:Error']);
      const cases: readonly (readonly [string, string, unknown, number, string?])[] = [
        ['GET', '/Users?filter=userName eq', undefined, 400, 'invalidFilter'],
        ['GET', '/Users?count=many', undefined, 400, 'invalidValue'],
        ['POST', '/Users', { userName: '' }, 400, 'invalidValue'],
        ['POST', '/Users', [], 400, 'invalidSyntax'],
        ['POST', '/Bulk', {}, 501],
        ['GET', '/Nothing', undefined, 404],
        ['DELETE', '/Users', undefined, 405],
        ['POST', '/Schemas', {}, 405],
      ];
      for (const [method, path, body, status, scimType] of cases) {
        const answer = await call(method, path, body);
        assert.deepEqual([answer.status, answer.body['scimType']], [status, scimType], `${method} ${path}`);
      }
      const config = await call('GET', '/ServiceProviderConfig');
      assert.deepEqual(config.body['bulk'], { supported: false, maxOperations: 0, maxPayloadSize: 0 });
      assert.equal((await call('GET', '/ResourceTypes/User')).status, 200);
      assert.equal((await call('GET', '/Schemas')).body['totalResults'], 2);
    });
  });
});
