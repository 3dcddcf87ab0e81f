import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  anna,
  cookieOf,
  eventually,
  person,
  session,
  site,
  startGate,
  startUpstream,
  tokenHash,
} from './gateway.fixture.ts';

describe('gateway: who gets in', () => {
  it('forwards a signed-in request and records it with person, site and layers', async () => {
    await using upstream = await startUpstream();
    await using gate = await startGate([site([upstream.url])]);
    const answer = await gate.call({ path: '/Things?x=1', signedIn: true });
    assert.equal(answer.status, 200);
    assert.equal(answer.body, 'GET /Things?x=1');
    const [record] = gate.records();
    assert.equal(record?.principal.id, anna.id);
    assert.equal(record?.outcome, 'success');
    assert.equal(record?.site, 'app');
    assert.equal(record?.data.path, '/Things');
    assert.equal(record?.data.bytesOut, 15);
    assert.ok((record?.data.layersUs['upstream'] ?? 0) > 0);
  });

  it('asks a program for sign-in with 401 and sends a person to it, with the way back', async () => {
    await using upstream = await startUpstream();
    await using gate = await startGate([site([upstream.url])]);
    const program = await gate.call({ path: '/a' });
    assert.equal(program.status, 401);
    assert.match(String(program.headers['www-authenticate']), /Sallyport/);
    assert.equal(JSON.parse(program.body).code, 'gateway.unauthenticated');
    const page = await gate.call({ path: '/a?b=c', headers: { accept: 'text/html' } });
    assert.equal(page.status, 303);
    const back = encodeURIComponent('http://app.test/a?b=c');
    assert.equal(page.headers.location, `http://portal.test/.sallyport/sign-in?return_to=${back}`);
    assert.equal(upstream.seen.length, 0);
    for (const record of gate.records()) {
      assert.equal(record.outcome, 'denied');
      assert.deepEqual(record.data.denied, {
        layer: 'authorize',
        reason: 'nobody is signed in',
        type: 'unauthenticated',
      });
    }
  });

  const strangers: Record<string, { token?: string; patch: Parameters<typeof session>[1]; whose?: object }> = {
    'an unknown token': { token: 'b'.repeat(43), patch: {} },
    'a session of another host': { patch: { host: 'other.test' } },
    'an expired session': { patch: { expiresAt: 1 } },
    'an idle session': { patch: { lastSeenAt: 1 } },
    'a session of a disabled person': { patch: {}, whose: { disabled: true } },
    'a session of nobody known': { patch: { userId: 'u-gone' } },
    'a token that is far too long': { token: 'a'.repeat(500), patch: {} },
  };
  for (const [name, { token, patch, whose }] of Object.entries(strangers)) {
    it(`refuses ${name}`, async () => {
      await using upstream = await startUpstream();
      await using gate = await startGate([site([upstream.url])]);
      gate.change(
        { section: 'sessions', key: tokenHash(anna.token), value: session(Date.now(), patch) },
        { section: 'people', key: anna.id, value: person(whose) },
      );
      const answer = await gate.call({ headers: { cookie: `__Host-sallyport=${token ?? anna.token}` } });
      assert.equal(answer.status, 401);
      assert.equal(upstream.seen.length, 0);
    });
  }

  it('refuses two session cookies in one request', async () => {
    await using upstream = await startUpstream();
    await using gate = await startGate([site([upstream.url])]);
    const cookie = `${cookieOf(anna)}; ${cookieOf({ token: 'b'.repeat(43) })}`;
    assert.equal((await gate.call({ headers: { cookie } })).status, 401);
  });

  it('refuses a person without a role with a calm page or a problem, and names the layer', async () => {
    await using upstream = await startUpstream();
    await using gate = await startGate([site([upstream.url])]);
    gate.change({ section: 'people', key: anna.id, value: person({ projects: new Map() }) });
    const page = await gate.call({ signedIn: true, headers: { accept: 'text/html' } });
    assert.equal(page.status, 403);
    assert.match(String(page.headers['content-security-policy']), /^default-src 'none'/);
    assert.doesNotMatch(page.body, /<script/);
    const record = gate.records()[0];
    assert.equal(record?.data.denied?.layer, 'authorize');
    assert.equal(record?.data.denied?.type, 'forbidden');
    assert.match(page.body, new RegExp(record?.requestId ?? 'none'));
    assert.equal(JSON.parse((await gate.call({ signedIn: true })).body).code, 'gateway.forbidden');
  });

  it('lets a viewer look and not change', async () => {
    await using upstream = await startUpstream();
    await using gate = await startGate([site([upstream.url])]);
    gate.change({ section: 'people', key: anna.id, value: person({ projects: new Map([['p-1', ['viewer']]]) }) });
    assert.equal((await gate.call({ signedIn: true })).status, 200);
    assert.equal((await gate.call({ signedIn: true, method: 'POST', body: 'x' })).status, 403);
    assert.equal((await gate.call({ signedIn: true, method: 'DELETE' })).status, 403);
  });

  it('has a revocation in force for the next request', async () => {
    await using upstream = await startUpstream();
    await using gate = await startGate([site([upstream.url])]);
    assert.equal((await gate.call({ signedIn: true })).status, 200);
    gate.change({ section: 'sessions', key: tokenHash(anna.token) });
    assert.equal((await gate.call({ signedIn: true })).status, 401);
  });

  it('tells that a session was seen at most once in 30 s', async () => {
    let now = 1_000_000;
    const clock = { now: () => now, monotonicMs: () => performance.now() };
    await using upstream = await startUpstream();
    await using gate = await startGate([site([upstream.url])], { clock });
    for (let at = 0; at < 5; at++) await gate.call({ signedIn: true });
    assert.equal(gate.told.filter(message => message.kind === 'seen').length, 1);
    now += 30_000;
    await gate.call({ signedIn: true });
    assert.equal(gate.told.filter(message => message.kind === 'seen').length, 2);
  });
});

describe('gateway: the state it needs', () => {
  it('answers 503 without a snapshot and while it cannot record, and says so in its health', async () => {
    await using upstream = await startUpstream();
    await using gate = await startGate([site([upstream.url])], { snapshot: null });
    assert.equal((await gate.call({ signedIn: true })).status, 503);
    assert.equal((await gate.call({ path: '/health/ready' })).status, 503);
    assert.equal((await gate.call({ path: '/health/live' })).status, 200);
    gate.gateway.apply({ kind: 'full', snapshot: gate.snapshot });
    assert.equal((await gate.call({ path: '/health/ready', host: 'probe.test' })).status, 200);
    gate.recording = false;
    const refused = await gate.call({ signedIn: true });
    assert.equal(refused.status, 503);
    assert.equal(JSON.parse(refused.body).code, 'gateway.not_recording');
    assert.equal((await gate.call({ path: '/health' })).status, 503);
    assert.equal(upstream.seen.length, 0);
    assert.equal(gate.gateway.health().ready, false);
  });

  it('refuses a delta that does not follow, and keeps deciding by what it has', async () => {
    await using upstream = await startUpstream();
    await using gate = await startGate([site([upstream.url])]);
    const fits = gate.gateway.apply({
      kind: 'delta',
      revision: 7,
      changes: [{ section: 'sessions', key: tokenHash(anna.token) }],
    });
    assert.equal(fits, false);
    assert.equal((await gate.call({ signedIn: true })).status, 200);
  });

  it('keeps a record that could not be told, and lets nothing through until it was', async () => {
    await using upstream = await startUpstream();
    await using gate = await startGate([site([upstream.url])]);
    const push = gate.told.push.bind(gate.told);
    gate.told.push = () => {
      throw new Error('full');
    };
    assert.equal((await gate.call({ signedIn: true })).status, 200);
    assert.equal((await gate.call({ signedIn: true })).status, 503);
    gate.told.push = push;
    assert.equal((await gate.call({ signedIn: true })).status, 200);
    assert.equal(gate.records().filter(record => record.data.status === 200).length, 2);
  });

  it('finishes what is under way when it drains, and takes nothing new', async () => {
    let release = (): void => {};
    await using upstream = await startUpstream((req, res) => {
      if (req.url === '/slow') release = () => void res.end('done');
      else res.end();
    });
    await using gate = await startGate([site([upstream.url])]);
    const slow = gate.call({ path: '/slow', signedIn: true });
    await eventually(() => upstream.seen.length === 1, 'the request upstream');
    const drained = gate.gateway.drain();
    release();
    assert.equal((await slow).body, 'done');
    await drained;
    await assert.rejects(gate.call({ signedIn: true }));
  });
});

describe('gateway: names and paths', () => {
  it('answers 421 to a name nobody has, also on a port of its own, and to a site that is switched off', async () => {
    await using upstream = await startUpstream();
    await using gate = await startGate([
      site([upstream.url]),
      site([upstream.url], { id: 's2', name: 'off', hosts: ['off.test'], enabled: false }),
    ]);
    for (const host of ['evil.test', 'app.test.evil.test', 'off.test', '127.0.0.1']) {
      const answer = await gate.call({ host, signedIn: true });
      assert.equal(answer.status, 421, host);
    }
    const own = site([upstream.url], { id: 's3', name: 'own', hosts: [], port: gate.port });
    gate.snapshot = { ...gate.snapshot, sites: [own], portalOrigin: 'http://localhost:1' };
    gate.gateway.apply({ kind: 'full', snapshot: gate.snapshot });
    assert.equal((await gate.call({ host: 'evil.test' })).status, 421);
    assert.equal((await gate.call({ host: `localhost:${gate.port}` })).status, 401);
    assert.equal((await gate.call({ host: `127.0.0.1:${gate.port}` })).status, 401);
    assert.ok(gate.records().some(record => record.data.denied?.type === 'unknown_host'));
  });

  const attacks = [
    '/../x',
    '/a/../../etc',
    '/%2e%2e/x',
    '/%2E%2e%2fx',
    '//evil.test/x',
    '/a%5cb',
    '/a\\b',
    '/a%00b',
    '/%zz',
    '/.%2e/x',
    'http://app.test/x',
  ];
  for (const path of attacks) {
    it(`refuses the path ${path}`, async () => {
      await using upstream = await startUpstream();
      await using gate = await startGate([site([upstream.url])]);
      const answer = await gate.call({ path, signedIn: true });
      assert.equal(answer.status, 400);
      assert.equal(upstream.seen.length, 0);
      assert.equal(gate.records()[0]?.outcome, 'denied');
    });
  }

  it('carries the portal host and /.sallyport/ of every site to control, with what it knows itself', async () => {
    await using upstream = await startUpstream();
    await using gate = await startGate([site([upstream.url])]);
    const seen: unknown[] = [];
    gate.control.handle = async (request, context) => {
      seen.push({
        ...context,
        requestId: 'r',
        url: request.url,
        spoofed: request.headers.get('x-forwarded-for'),
        body: await request.text(),
      });
      return new Response('made', {
        status: 201,
        headers: [
          ['set-cookie', 'a=1'],
          ['set-cookie', 'b=2'],
        ],
      });
    };
    const portal = await gate.call({ host: 'portal.test', path: '/any?x', headers: { 'x-forwarded-for': '6.6.6.6' } });
    assert.equal(portal.status, 201);
    assert.deepEqual(portal.headers['set-cookie'], ['a=1', 'b=2']);
    await gate.call({ path: '/.sallyport/enter', method: 'POST', body: 'form=1' });
    const common = { requestId: 'r', clientIp: '127.0.0.1', spoofed: null };
    assert.deepEqual(seen, [
      { ...common, origin: 'http://portal.test', site: undefined, url: 'http://portal.test/any?x', body: '' },
      { ...common, origin: 'http://app.test', site: 'app', url: 'http://app.test/.sallyport/enter', body: 'form=1' },
    ]);
    const large = await gate.call({ path: '/.sallyport/x', method: 'POST', body: 'x'.repeat(300_000) });
    assert.equal(large.status, 413);
    gate.control.handle = () => Promise.reject(new Error('broken'));
    assert.equal((await gate.call({ path: '/.sallyport/x' })).status, 500);
    assert.equal(upstream.seen.length, 0);
  });
});
