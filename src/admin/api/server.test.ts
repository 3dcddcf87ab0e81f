import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decide } from '../../access/access.ts';
import { operatorPrincipal } from '../../core/events.ts';
import type { UserRole } from '../../identity/identity.ts';
import { clientOf, controlOf, openGate, portalOrigin, siteInput } from '../admin.fixture.ts';
import type { Client } from '../client.ts';
import { ApiProblem, apiBasePath, createClient, isApiProblem } from '../client.ts';
import type { Operation } from '../contract/contract.ts';
import { contract } from '../contract/contract.ts';
import type { Route } from '../contract/route.ts';

const operations = Object.entries<Route>(contract) as [Operation, Route][];
const anyParams = {
  id: 'x',
  userId: 'x',
  site: 'x',
  kind: 'workflow',
  resourceId: 'x',
  passkey: 'x',
  session: 'x',
  providerId: 'x',
  credentialId: 'x',
};

/** Calls with parameters that fit any path and an input that fits nothing: what refuses before the input is read is what counts. */
function call(client: Client, operation: Operation): Promise<unknown> {
  const anyCall = client as (operation: Operation, input: unknown) => Promise<unknown>;
  return anyCall(operation, { params: anyParams, body: {} });
}

const codeOf = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    () => 'done',
    (error: unknown) => (error instanceof ApiProblem ? error.code : String(error)),
  );

describe('the API', () => {
  it('refuses every operation to who is not signed in', async () => {
    await using gate = await openGate();
    const client = clientOf(gate.admin, {});
    const forged = clientOf(gate.admin, { cookie: `__Host-sallyport=${'A'.repeat(43)}` });
    for (const [operation] of operations) {
      // Strangers may ask only so often in a minute.
      gate.advance(3000);
      assert.equal(await codeOf(call(client, operation)), 'gateway.unauthenticated', operation);
      assert.equal(await codeOf(call(forged, operation)), 'gateway.unauthenticated', operation);
    }
  });

  it('refuses to each role exactly what the role does not grant', async () => {
    await using gate = await openGate();
    for (const role of ['member', 'administrator', 'owner'] as const satisfies UserRole[]) {
      const user = await gate.addPerson(`${role}@example.org`, role);
      const { client } = await gate.openSession(user);
      const subject = { id: user.id, globalRole: role, disabled: false, projects: new Map(), elevations: [] };
      for (const [operation, route] of operations) {
        // Those that end the session come out of the way.
        if (route.need === 'signed_in' || operation === 'audit.verify') continue;
        const may =
          route.need !== 'operator' &&
          decide(subject, { permission: route.need, project: undefined }, gate.now(), new Map()).allow;
        const code = await codeOf(call(client, operation));
        // Beyond the permission, only an Owner says which accounts are for emergencies.
        if (role === 'administrator' && operation.startsWith('breakGlass.') && route.method !== 'GET') continue;
        if (may) assert.notEqual(code, 'access.denied', `${role} ${operation}`);
        else assert.equal(code, 'access.denied', `${role} ${operation}`);
      }
    }
  });

  it('asks for a fresh proof where the contract says so, with the challenge of RFC 9470', async () => {
    await using gate = await openGate();
    const user = await gate.addPerson('ada@example.org', 'owner');
    const { client, token } = await gate.openSession(user);
    gate.advance(15 * 60_000);
    for (const [operation, route] of operations) {
      if (route.need === 'operator' || operation === 'me.signOut' || operation === 'audit.verify') continue;
      const code = await codeOf(call(client, operation));
      assert.equal(code === 'admin.step_up', route.stepUp === true, `${operation}: ${code}`);
    }
    const response = await gate.admin.handle(
      new Request(`${portalOrigin}${apiBasePath}/users/x`, {
        method: 'DELETE',
        headers: { cookie: `__Host-sallyport=${token}`, origin: portalOrigin, 'sallyport-csrf': '1' },
      }),
      controlOf(portalOrigin, undefined),
    );
    assert.equal(response.status, 401);
    assert.match(
      response.headers.get('www-authenticate') ?? '',
      /^Bearer .*error="insufficient_user_authentication".*max_age="900"$/,
    );
  });

  it('takes a change only from a page of its own origin that sends the header', async () => {
    await using gate = await openGate();
    const { token } = await gate.openSession(await gate.addPerson('ada@example.org', 'owner'));
    const good = { origin: portalOrigin, 'sec-fetch-site': 'same-origin', 'sallyport-csrf': '1' };
    const refused: readonly (readonly [string, Record<string, string>])[] = [
      ['no header', { origin: portalOrigin, 'sec-fetch-site': 'same-origin' }],
      ['neither origin nor site', { 'sallyport-csrf': '1' }],
      ['another site', { ...good, origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' }],
      ['another port of the host', { ...good, origin: 'https://gate.test:8444', 'sec-fetch-site': 'same-site' }],
      ['a site that is not said', { ...good, 'sec-fetch-site': 'none' }],
      ['origin null', { ...good, origin: 'null' }],
      ['header of another value', { ...good, 'sallyport-csrf': '0' }],
    ];
    const send = (headers: Record<string, string>, method = 'PATCH') =>
      gate.admin.handle(
        new Request(`${portalOrigin}${apiBasePath}/me`, {
          method,
          ...(method === 'GET' ? {} : { body: '{"name":"New"}' }),
          headers: { ...headers, cookie: `__Host-sallyport=${token}`, 'content-type': 'application/json' },
        }),
        controlOf(portalOrigin, undefined),
      );
    for (const [name, headers] of refused) {
      const response = await send(headers);
      assert.equal(response.status, 403, name);
      assert.equal(((await response.json()) as { code: string }).code, 'admin.csrf', name);
    }
    assert.equal((await send(good)).status, 200);
    assert.equal((await send({ 'sec-fetch-site': 'same-site' }, 'GET')).status, 403);
    assert.equal((await send({ 'sec-fetch-site': 'cross-site' }, 'GET')).status, 403);
    assert.equal((await send({ 'sec-fetch-site': 'none' }, 'GET')).status, 200);
  });

  it('says every problem of an input at once, with its path', async () => {
    await using gate = await openGate();
    const { client } = await gate.openSession(await gate.addPerson('ada@example.org', 'owner'));
    const body = { name: 'Bad Name', platform: 'n8n', upstreams: ['ftp://x'], extra: 1 } as unknown as {
      name: string;
      platform: 'n8n';
      upstreams: string[];
    };
    const error = await client('sites.create', { body }).then(
      () => undefined,
      (e: unknown) => e,
    );
    assert.ok(isApiProblem(error, 'core.invalid_input'));
    assert.deepEqual(error.errors.map(({ path }) => path).toSorted(), ['body', 'body.name', 'body.upstreams.0']);
    assert.equal(error.status, 400);
    assert.equal(error.requestId, 'r-1');
  });

  it('refuses what is no JSON, too long, of another type, or has a query twice', async () => {
    await using gate = await openGate();
    const { token } = await gate.openSession(await gate.addPerson('ada@example.org', 'owner'));
    const send = async (body: string, type: string, path = '/me', method = 'PATCH') => {
      const response = await gate.admin.handle(
        new Request(`${portalOrigin}${apiBasePath}${path}`, {
          method,
          ...(method === 'GET' ? {} : { body }),
          headers: {
            cookie: `__Host-sallyport=${token}`,
            origin: portalOrigin,
            'sallyport-csrf': '1',
            'content-type': type,
          },
        }),
        controlOf(portalOrigin, undefined),
      );
      return [response.status, ((await response.json()) as { code?: string }).code];
    };
    assert.deepEqual(await send('{', 'application/json'), [400, 'core.invalid_input']);
    assert.deepEqual(await send('{"name":"x"}', 'text/plain'), [400, 'core.invalid_input']);
    assert.deepEqual(await send(`"${'x'.repeat(600_000)}"`, 'application/json'), [413, 'gateway.body_too_large']);
    assert.deepEqual(await send('', '', '/users?limit=1&limit=2', 'GET'), [400, 'core.invalid_input']);
    assert.deepEqual(await send('', '', '/users?unknown=2', 'GET'), [400, 'core.invalid_input']);
    assert.deepEqual(await send('', '', '/nothing', 'GET'), [404, 'admin.not_found']);
    assert.deepEqual(await send('{"__proto__":{"x":1},"name":"y"}', 'application/json'), [400, 'core.invalid_input']);
  });

  it('shows nothing of the inside when something breaks, and logs it', async () => {
    const broken = () => {
      throw new Error('password=hunter2 at /srv/secret/path.ts');
    };
    await using gate = await openGate({ deps: { status: broken } });
    const { client } = await gate.openSession(await gate.addPerson('ada@example.org', 'owner'));
    const error = await client('system.status').then(
      () => undefined,
      (e: unknown) => e,
    );
    assert.ok(isApiProblem(error, 'internal'));
    assert.doesNotMatch(JSON.stringify(error.problem), /hunter2|secret|path\.ts/);
    assert.equal(error.requestId, 'r-1');
    assert.ok(gate.logged.some(line => line.includes('hunter2')));
  });

  it('lets nothing out that the contract does not name', async () => {
    await using gate = await openGate({
      deps: {
        printN8nHook: async () => ({ text: 't', notes: 'n', apiKey: 'leak' }) as { text: string; notes: string },
      },
    });
    const site = await gate.sites.create(operatorPrincipal, siteInput('near', 'p'));
    const error = await operatorClient(gate)('operator.n8nHook', { params: { id: site.id } }).then(
      () => undefined,
      (e: unknown) => e,
    );
    assert.ok(isApiProblem(error, 'internal'));
    assert.doesNotMatch(JSON.stringify(error.problem), /leak|apiKey/);
  });

  it('bounds the calls of strangers by network', async () => {
    await using gate = await openGate();
    const client = clientOf(gate.admin, {});
    for (let count = 0; count < 120; count++) assert.equal(await codeOf(client('me.get')), 'gateway.unauthenticated');
    assert.equal(await codeOf(client('me.get')), 'admin.too_many_requests');
  });

  it('is described at openapi.json', async () => {
    await using gate = await openGate();
    const request = new Request(`${portalOrigin}/.sallyport/api/openapi.json`);
    const response = await gate.admin.handle(request, controlOf(portalOrigin, undefined));
    assert.match(((await response.json()) as { openapi: string }).openapi, /^3\.1/);
  });
});

function operatorClient(gate: { admin: { handleOperator(request: Request, id: string): Promise<Response> } }): Client {
  return createClient({
    baseUrl: 'http://sallyport',
    fetch: (url, init) => gate.admin.handleOperator(new Request(url, init), 'r-op'),
  });
}

describe('the local operator', () => {
  it('may call everything but what belongs to a person', async () => {
    await using gate = await openGate();
    const client = operatorClient(gate);
    for (const [operation] of operations) {
      const code = await codeOf(call(client, operation));
      if (operation.startsWith('me.')) assert.equal(code, 'access.denied', operation);
      else
        assert.ok(
          !['access.denied', 'gateway.unauthenticated', 'admin.csrf', 'admin.step_up', 'internal'].includes(code),
          `${operation}: ${code}`,
        );
    }
  });

  it('gets a link for the first Owner until there is one', async () => {
    await using gate = await openGate();
    const client = operatorClient(gate);
    const { url } = await client('operator.firstOwnerLink');
    assert.match(url, /^https:\/\/gate\.test:8443\/\.sallyport\/link\?token=[\w-]{43}/);
    assert.equal((await client('system.status')).needsFirstOwner, true);
    await gate.addPerson('ada@example.org', 'owner');
    assert.equal(await codeOf(client('operator.firstOwnerLink')), 'identity.owner_exists');
  });
});
