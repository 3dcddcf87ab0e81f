import assert from 'node:assert/strict';
import { linkSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { ControlContext } from '../gateway/gateway.ts';
import { controlOver, readContext } from './control-wire.ts';
import { createSocketFetch, listenOnSocket, socketPath } from './operator-socket.ts';

const answer = async () => Response.json({ fine: true });

describe('local socket', { skip: process.platform === 'win32' && 'named pipes have no modes' }, () => {
  let dir = '';
  before(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'sallyport-socket-'));
  });
  after(() => rmSync(dir, { recursive: true, force: true }));
  const place = (name: string) => socketPath(path.join(dir), name as 'operator');

  it('answers through its own fetch, whatever the host, and only to its owner', async () => {
    await using _ = await listenOnSocket(place('a'), async request => {
      const { pathname, search } = new URL(request.url);
      const body = await request.text();
      return Response.json({ method: request.method, at: pathname + search, body }, { status: 201 });
    });
    assert.equal(statSync(place('a')).mode & 0o777, 0o600);
    await using socket = createSocketFetch(place('a'));
    const got = await socket.fetch('https://gate.example.com/x?y=1', { method: 'POST', body: 'hello' });
    assert.equal(got.status, 201);
    assert.deepEqual(await got.json(), { method: 'POST', at: '/x?y=1', body: 'hello' });
  });
  it('passes several set-cookie lines and an empty answer', async () => {
    await using _ = await listenOnSocket(place('b'), async () => {
      const headers = new Headers([
        ['set-cookie', 'a=1; Path=/'],
        ['set-cookie', 'b=2; Path=/'],
      ]);
      return new Response(null, { status: 204, headers });
    });
    await using socket = createSocketFetch(place('b'));
    const got = await socket.fetch('/', {});
    assert.equal(got.status, 204);
    assert.deepEqual(got.headers.getSetCookie(), ['a=1; Path=/', 'b=2; Path=/']);
  });
  it('does not make one call wait for another', async () => {
    const gate = Promise.withResolvers<void>();
    await using _ = await listenOnSocket(place('c'), async request => {
      if (request.url.endsWith('/slow')) await gate.promise;
      return new Response('done');
    });
    await using socket = createSocketFetch(place('c'));
    const slow = socket.fetch('/slow', {});
    assert.equal((await socket.fetch('/quick', { signal: AbortSignal.timeout(5000) })).status, 200);
    gate.resolve();
    assert.equal((await slow).status, 200);
  });
  it('is refused to a second process while the first answers', async () => {
    await using _ = await listenOnSocket(place('d'), answer);
    await assert.rejects(listenOnSocket(place('d'), answer), { code: 'store.locked' });
    await using socket = createSocketFetch(place('d'));
    assert.equal((await socket.fetch('/', {})).status, 200, 'the first goes on');
  });
  it('replaces what a process that is gone left behind', async () => {
    const left = createServer();
    await new Promise<void>(resolve => left.listen(place('e'), resolve));
    // A process that is killed does not unlink: the name stays, and nobody listens.
    const stale = path.join(dir, 'stale.sock');
    linkSync(place('e'), stale);
    await new Promise(resolve => left.close(resolve));
    await using _ = await listenOnSocket(stale, answer);
    await using socket = createSocketFetch(stale);
    assert.equal((await socket.fetch('/', {})).status, 200);
  });
  it('does not stay behind when it is closed', async () => {
    const closed = await listenOnSocket(place('f'), answer);
    await closed[Symbol.asyncDispose]();
    assert.ok(!readdirSync(dir).includes('f.sock'));
    await using socket = createSocketFetch(place('f'));
    await assert.rejects(socket.fetch('/', {}));
  });
  it('says what is wrong with a place that cannot hold one', async () => {
    const long = path.join(dir, 'x'.repeat(120), 'operator.sock');
    for (const [file, says] of [
      [long, /shorter dataDir/],
      [path.join(dir, 'none', 'operator.sock'), /Cannot open the local socket/],
    ] as const) {
      await assert.rejects(listenOnSocket(file, answer), { code: 'server.config_invalid', message: says });
    }
  });
  it('never takes away a file that is no socket', async () => {
    const file = path.join(dir, 'plain.sock');
    writeFileSync(file, 'mine');
    await assert.rejects(listenOnSocket(file, answer), { code: 'server.config_invalid' });
    assert.equal(readFileSync(file, 'utf8'), 'mine');
  });
});

describe('control requests of a worker', () => {
  const context: ControlContext = {
    requestId: 'r1',
    clientIp: '192.0.2.7',
    origin: 'https://localhost:8443',
    site: undefined,
  };

  /** What the main process reads of what the worker sends. */
  async function carried(request: Request, about = context) {
    let sent: Request | undefined;
    await controlOver(async (url, init) => {
      sent = new Request(url, init);
      return new Response();
    })(request, about);
    assert.ok(sent);
    return readContext(sent);
  }

  it('arrive as the gateway saw them', async () => {
    const site = { ...context, site: 'site-1' };
    const got = await carried(
      new Request('https://localhost:8443/.sallyport/sign-in?x=1', {
        method: 'POST',
        headers: { cookie: 'a=1', 'content-type': 'text/plain' },
        body: 'password=x',
      }),
      site,
    );
    assert.deepEqual(got.context, site);
    assert.equal(got.request.url, 'https://localhost:8443/.sallyport/sign-in?x=1');
    assert.equal(got.request.headers.get('cookie'), 'a=1');
    assert.equal(await got.request.text(), 'password=x');
  });
  it('speak for nobody but the worker, whatever a client writes into its headers', async () => {
    const forged = Buffer.from(JSON.stringify({ ...context, clientIp: '127.0.0.1', url: 'https://evil/' })).toString(
      'base64url',
    );
    const got = await carried(new Request('https://localhost:8443/', { headers: { 'x-sallyport-context': forged } }));
    assert.equal(got.context.clientIp, '192.0.2.7');
    assert.equal(got.request.headers.get('x-sallyport-context'), null);
  });
  for (const [name, value] of [
    ['no context', undefined],
    ['an empty one', ''],
    ['what is no JSON', Buffer.from('{').toString('base64url')],
    ['a list', Buffer.from('[]').toString('base64url')],
    [
      'a context without an address',
      Buffer.from(JSON.stringify({ ...context, url: 'https://a/', clientIp: 5 })).toString('base64url'),
    ],
    [
      'a field nobody sends',
      Buffer.from(JSON.stringify({ ...context, url: 'https://a/', isOperator: true })).toString('base64url'),
    ],
    ['another scheme', Buffer.from(JSON.stringify({ ...context, url: 'file:///etc/passwd' })).toString('base64url')],
  ] as const) {
    it(`are refused with ${name}`, () => {
      const request = new Request(
        'http://x/',
        value === undefined ? {} : { headers: { 'x-sallyport-context': value } },
      );
      assert.throws(() => readContext(request), { code: 'core.invalid_input' });
    });
  }
});
