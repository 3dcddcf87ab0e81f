import assert from 'node:assert/strict';
import { renameSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { describe, it } from 'node:test';
import { faultyDisk, systemError } from '../../src/audit/audit.fixture.ts';
import type { Clock } from '../../src/core/clock.ts';
import { startFakeServer } from '../fakes/http.ts';
import { until } from '../product/main-job.ts';
import type { Member, Product } from '../product/product.ts';
import { createOwner, goodPassword, invite, startProduct, told } from '../product/product.ts';
import { totpCode } from '../product/visitor.ts';

interface Guarded {
  readonly address: string;
  readonly mia: Member & { id: string };
}

/** A generic site and a person who may work in it. */
async function guard(product: Product, upstream: string, more: Record<string, unknown> = {}): Promise<Guarded> {
  const { operator } = product.sallyport;
  const site = await operator('sites.create', {
    body: { name: 'app', platform: 'generic', upstreams: [upstream], port: 0, ...more },
  });
  const mia = await invite(product, { email: 'mia@example.com', name: 'Mia' });
  const [project] = (await operator('projects.list')).projects;
  await operator('projects.setMember', { params: { id: project?.id ?? '', userId: mia.id }, body: { role: 'editor' } });
  await mia.visitor.open(`${site.address}/`);
  return { address: site.address, mia };
}

const echo = () => startFakeServer({ answer: request => ({ body: `saw ${request.target}` }) });

describe('drill: the disk of the audit log is full', () => {
  it('nothing passes unrecorded, and the gate opens again by itself', async () => {
    let full = false;
    const auditDisk = faultyDisk(call =>
      full && (call === 'write' || call === 'create') ? { error: systemError('ENOSPC') } : undefined,
    );
    await using upstream = await echo();
    await using product = await startProduct({ auditDisk, config: { audit: { lingerMs: 0, recoverMs: 20 } } });
    const { address, mia } = await guard(product, upstream.baseUrl);
    const ask = () => mia.visitor.call('GET', `${address}/x`);
    assert.equal((await ask()).status, 200);

    full = true;
    const closed = await until(ask, seen => seen.status === 503);
    assert.equal(closed.status, 503, told(closed));
    assert.equal((closed.json() as { code: string }).code, 'gateway.not_recording');
    assert.notEqual(closed.headers['retry-after'], undefined);
    const reached = upstream.requests.length;
    for (let i = 0; i < 5; i++) assert.equal((await ask()).status, 503);
    assert.equal(upstream.requests.length, reached, 'the application is not reached');
    const stranger = product.visitor();
    assert.equal((await stranger.send(`${product.portal}/health/ready`)).status, 503);
    assert.equal((await stranger.send(`${product.portal}/health/live`)).status, 200);
    await assert.rejects(product.sallyport.operator('projects.create', { body: { name: 'Unrecorded' } }));
    assert.equal((await product.sallyport.operator('system.status')).recording, false);

    full = false;
    const open = await until(ask, seen => seen.status === 200);
    assert.equal(open.status, 200, told(open));
    const { projects } = await product.sallyport.operator('projects.list');
    assert.ok(!projects.some(one => one.name === 'Unrecorded'), 'what could not be recorded was not done');
    assert.deepEqual((await product.sallyport.operator('audit.verify')).problems, []);
  });
});

describe('drill: the store file is gone while the gate runs', () => {
  it('who is in stays in, nobody new comes in, nothing ends', async () => {
    await using upstream = await echo();
    await using product = await startProduct();
    const { address, mia } = await guard(product, upstream.baseUrl);
    const file = path.join(product.dir, 'data', 'sallyport.db');
    renameSync(file, `${file}.away`);
    const inside = await mia.visitor.call('GET', `${address}/still`);
    assert.equal(inside.status, 200, told(inside));
    const other = product.visitor();
    const page = await other.open(`${product.portal}/.sallyport/sign-in`);
    const refused = await other.submit(page, { email: mia.email, password: goodPassword }).catch(() => undefined);
    assert.ok(refused === undefined || refused.status >= 400, refused && told(refused));
    assert.equal(other.cookies('localhost').has('__Host-sallyport'), false);
    await assert.rejects(product.sallyport.operator('projects.create', { body: { name: 'Nowhere' } }));
    assert.equal((await mia.visitor.call('GET', `${address}/still`)).status, 200);
    renameSync(`${file}.away`, file);
    const back = await until(
      () =>
        product.sallyport.operator('projects.create', { body: { name: 'Back' } }).then(
          () => true,
          () => false,
        ),
      isBack => isBack,
    );
    assert.equal(back, true, 'it goes on when the file is back');
  });
});

describe('drill: the clock jumps', () => {
  /** The system clock, moved by as much as is said. */
  function movable(): { clock: Clock; move: (ms: number) => void } {
    let offset = 0;
    return {
      clock: { now: () => Date.now() + offset, monotonicMs: () => performance.now() },
      move: ms => {
        offset += ms;
      },
    };
  }
  const hour = 3_600_000;

  it('back and forth: what ended stays ended, a code is used once, the log keeps its order', async () => {
    const { clock, move } = movable();
    await using upstream = await echo();
    await using product = await startProduct({ clock });
    const owner = await createOwner(product);
    const { address, mia } = await guard(product, upstream.baseUrl);
    const ask = () => mia.visitor.call('GET', `${address}/x`);
    assert.equal((await ask()).status, 200);

    // Forward beyond the idle limit: ended. Back again: still ended, once it was seen to be.
    move(2 * hour);
    assert.equal((await ask()).status, 401);
    await product.sallyport.operator('users.endSessions', { params: { id: mia.id } });
    move(-2 * hour);
    assert.equal((await ask()).status, 401, 'an ended session does not come back with the clock');

    // One code signs in once, also when the clock goes back to its time.
    const secret = owner.totpSecret ?? '';
    const signIn = async (code: string) => {
      const visitor = product.visitor();
      const page = await visitor.open(`${product.portal}/.sallyport/sign-in`);
      const second = await visitor.submit(page, { email: owner.email, password: goodPassword });
      await visitor.submit(second, { code });
      return (await visitor.call('GET', `${product.portal}/.sallyport/api/v1/me`)).status;
    };
    move(10 * 60_000);
    const code = totpCode(secret, clock.now());
    assert.equal(await signIn(code), 200);
    assert.equal(await signIn(code), 401, 'the same code again');
    move(60_000);
    move(-60_000);
    assert.equal(await signIn(code), 401, 'the same code after a jump');

    move(-3 * hour);
    await product.sallyport.operator('projects.create', { body: { name: 'Earlier' } });
    move(3 * hour);
    await product.sallyport.operator('projects.create', { body: { name: 'Later' } });
    const { events } = await product.sallyport.operator('audit.search', { query: { limit: 500 } });
    const inOrder = events.toSorted((a, b) => a.seq - b.seq);
    assert.deepEqual(
      inOrder.map(event => event.id),
      inOrder.map(event => event.id).toSorted(),
      'ids never go back',
    );
    assert.equal(new Set(events.map(event => event.seq)).size, events.length);
    assert.deepEqual((await product.sallyport.operator('audit.verify')).problems, []);
  });
});

describe('drill: a restart of the control plane', () => {
  it('people stay signed in at the portal and in the application, who was ended stays out', async () => {
    await using upstream = await echo();
    await using product = await startProduct();
    const { address, mia } = await guard(product, upstream.baseUrl);
    const owner = await createOwner(product);
    const me = () => owner.visitor.call('GET', `${product.portal}/.sallyport/api/v1/me`);
    assert.equal((await me()).status, 200);
    await product.restart();
    assert.equal((await me()).status, 200);
    assert.equal((await mia.visitor.call('GET', `${address}/x`)).status, 200);
    await product.sallyport.operator('users.endSessions', { params: { id: mia.id } });
    await product.restart();
    assert.equal((await mia.visitor.call('GET', `${address}/x`)).status, 401);
    assert.equal((await me()).status, 200);
  });
});

describe('drill: a site goes while something of it is under way', () => {
  it('policy changes go on at once, whatever still drains', async () => {
    const slow = Promise.withResolvers<void>();
    await using upstream = await startFakeServer({
      answer: async request => {
        if (request.target === '/slow') await slow.promise;
        return { body: 'done' };
      },
    });
    await using product = await startProduct();
    const { address, mia } = await guard(product, upstream.baseUrl);
    const eve = await invite(product, { email: 'eve@example.com', name: 'Eve' });
    const under = mia.visitor.call('GET', `${address}/slow`).then(seen => seen.text, String);
    await until(
      async () => upstream.requests.some(one => one.target === '/slow'),
      seen => seen,
    );
    const began = performance.now();
    const { operator } = product.sallyport;
    const site = await operator('sites.get', { params: { id: 'app' } });
    await operator('sites.update', { params: { id: site.id }, body: { hosts: ['app.test'], port: null } });
    await operator('users.endSessions', { params: { id: eve.id } });
    assert.ok(performance.now() - began < 4000, 'what drains holds up no change');
    const me = await eve.visitor.call('GET', `${product.portal}/.sallyport/api/v1/me`);
    assert.equal(me.status, 401, 'and the change is in force');
    await assert.rejects(product.visitor().send(`${address}/new`), 'the port takes nobody new');
    slow.resolve();
    assert.match(await under, /^done$|Stream closed/, 'finished or broken off, never half an answer that looks whole');
    assert.deepEqual(
      product.logged.filter(line => line.startsWith('plane.')),
      [],
    );
  });
});

describe('drill: a bad upstream, as a person sees it', () => {
  /** A server that answers each path in its own wrong way. */
  async function startBadUpstream() {
    const server = createServer(socket => {
      socket.on('error', () => undefined);
      socket.once('data', bytes => {
        const path = /^\w+ (\S+)/.exec(bytes.toString())?.[1] ?? '';
        if (path === '/close') socket.destroy();
        else if (path === '/garbage') socket.end('this is not HTTP\r\n\r\n');
        else if (path === '/short') socket.end('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nonly this');
        else if (path === '/long')
          socket.end('HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfour and much more than that');
        else if (path === '/both')
          socket.end('HTTP/1.1 200 OK\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n');
        else if (path !== '/never') socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok');
      });
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const sockets = new Set<{ destroy(): void }>();
    server.on('connection', socket => sockets.add(socket));
    return {
      url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`,
      async [Symbol.asyncDispose]() {
        for (const socket of sockets) socket.destroy();
        await new Promise(resolve => server.close(resolve));
      },
    };
  }

  it('gets a plain answer in bounded time for each way, and the gate goes on', async () => {
    await using bad = await startBadUpstream();
    await using product = await startProduct();
    const { address, mia } = await guard(product, bad.url, { upstreamTimeoutMs: 500 });
    for (const [path, statuses] of [
      ['/close', [502]],
      ['/garbage', [502]],
      ['/both', [502]],
      ['/never', [504]],
    ] as const) {
      const began = performance.now();
      const page = await mia.visitor.send(address + path, {
        headers: { accept: 'text/html', 'sec-fetch-mode': 'navigate' },
      });
      assert.ok((statuses as readonly number[]).includes(page.status), `${path}: ${told(page)}`);
      assert.doesNotMatch(page.text, /ECONN|socket|undici|at file:/i, 'nothing of the inside is shown');
      assert.ok(performance.now() - began < 8000, `${path} took too long`);
    }
    // A body that is shorter than it says must not look whole.
    await assert.rejects(mia.visitor.send(`${address}/short`));
    const long = await mia.visitor.send(`${address}/long`).catch(() => undefined);
    assert.ok(long === undefined || long.status === 502 || long.text === 'four', long && told(long));
    const fine = await until(
      () => mia.visitor.call('GET', `${address}/fine`),
      seen => seen.status === 200,
    );
    assert.equal(fine.text, 'ok');
  });
  it('that is not there is 502', async () => {
    const first = await echo();
    await using product = await startProduct();
    const { address, mia } = await guard(product, first.baseUrl);
    await first.close();
    const away = await mia.visitor.call('GET', `${address}/x`);
    assert.equal(away.status, 502, told(away));
    assert.match(String(away.headers['content-type']), /problem\+json/);
    const { events } = await product.sallyport.operator('audit.search', { query: { site: 'app', limit: 50 } });
    assert.ok(
      events.some(event => event.data['status'] === 502),
      'the failure is recorded',
    );
  });
});
