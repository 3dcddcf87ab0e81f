import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { describe, test } from 'node:test';
import { isSallyportError } from '../../core/errors.ts';
import { eventually, rawPeer, startTransport } from './transport.fixture.ts';

const request = 'GET /first HTTP/1.1\r\nHost: A.example:80\r\n\r\n';
const handshake = (fields: string, line = 'GET /ws HTTP/1.1') => `${line}\r\nHost: a\r\n${fields}\r\n`;
const sound =
  'Connection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n';

describe('transport over HTTP/1.1', () => {
  test('hands on a request with what is known of it', async () => {
    await using gate = await startTransport();
    const peer = await rawPeer(gate.port);
    peer.write(request);
    await peer.until(received => received.includes('hello'));
    peer.socket.destroy();
    const { req, res, keep, rest, ...known } = gate.seen[0]?.inbound ?? assert.fail();
    assert.ok(req && res && keep && rest);
    assert.deepEqual(known, {
      method: 'GET',
      target: '/first',
      authority: 'a.example',
      scheme: 'http',
      httpVersion: '1.1',
      peerIp: '127.0.0.1',
      localPort: gate.port,
      tls: null,
    });
  });

  test('never keeps an HTTP/1.0 connection, even when asked to', async () => {
    await using gate = await startTransport();
    const peer = await rawPeer(gate.port);
    peer.write('GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n');
    assert.match(await peer.closed(), /\r\nConnection: close\r\n/i);
    assert.equal(gate.seen[0]?.inbound.httpVersion, '1.0');
  });

  test('closes a connection after its share of requests', async () => {
    await using gate = await startTransport({ limits: { requestsPerConnectionMax: 2 } });
    const peer = await rawPeer(gate.port);
    peer.write(request);
    await peer.until(received => received.includes('hello'));
    peer.write(request);
    assert.deepEqual((await peer.closed()).match(/Connection: [a-z-]+/gi), [
      'Connection: keep-alive',
      'Connection: close',
    ]);
  });

  test('sends 100 Continue only for a request whose head is sound', async () => {
    await using gate = await startTransport();
    const peer = await rawPeer(gate.port);
    peer.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n');
    await peer.until(received => received.includes('100 Continue'));
    peer.write('abc');
    await peer.until(received => received.includes('hello'));
    assert.equal(gate.seen[0]?.body, 'abc');
    const refused = await rawPeer(gate.port);
    refused.write('POST / HTTP/1.1\r\nHost: a\r\nHost: b\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n');
    assert.doesNotMatch(await refused.closed(), /100 Continue/);
    peer.socket.destroy();
  });

  test('hands over a sound WebSocket handshake with its socket and what came early', async () => {
    await using gate = await startTransport({
      onUpgrade: (inbound, socket, head) => socket.end(`switched ${inbound.target} ${head.toString()}`),
    });
    const peer = await rawPeer(gate.port);
    peer.write(`${handshake(sound)}early`);
    assert.equal(await peer.closed(), 'switched /ws early');
    assert.equal(gate.upgrades[0]?.authority, 'a');
  });

  const abuses: [string, string][] = [
    ['another protocol', handshake(sound.replace('WebSocket', 'h2c'))],
    ['several protocols', handshake(sound.replace('WebSocket', 'websocket, h2c'))],
    ['a POST', handshake(sound, 'POST /ws HTTP/1.1')],
    ['HTTP/1.0', handshake(sound, 'GET /ws HTTP/1.0')],
    ['a body by length', `${handshake(`${sound}Content-Length: 3\r\n`)}abc`],
    ['a body in chunks', `${handshake(`${sound}Transfer-Encoding: chunked\r\n`)}0\r\n\r\n`],
    ['no key', handshake(sound.replace(/Sec-WebSocket-Key.*\r\n/, ''))],
    ['a short key', handshake(sound.replace('dGhlIHNhbXBsZSBub25jZQ==', 'dGhl'))],
    ['two keys', handshake(`${sound}Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n`)],
    ['another version', handshake(sound.replace('13', '8'))],
    ['an expectation', handshake(`${sound}Expect: 100-continue\r\n`)],
    ['Connection without upgrade', handshake(sound.replace('keep-alive, Upgrade', 'keep-alive'))],
  ];
  for (const [name, text] of abuses) {
    test(`refuses an upgrade with ${name}`, async () => {
      await using gate = await startTransport();
      const peer = await rawPeer(gate.port);
      peer.write(text);
      assert.match(await peer.closed(), /^HTTP\/1\.1 400 /);
      assert.equal(gate.upgrades.length + gate.seen.length, 0);
      assert.equal(gate.refused.length, 1);
    });
  }

  test('refuses an upgrade behind a request that is still being answered', async () => {
    await using gate = await startTransport({ onRequest: () => {} });
    const peer = await rawPeer(gate.port);
    peer.write(request + handshake(sound));
    await peer.closed();
    assert.equal(gate.upgrades.length, 0);
    assert.equal(gate.refused[0]?.reason, 'bad_upgrade');
  });

  test('survives a handler that throws and answers 500', async () => {
    await using gate = await startTransport({
      onRequest: () => {
        throw new Error('planted');
      },
      onUpgrade: () => {
        throw new Error('planted');
      },
    });
    const peer = await rawPeer(gate.port);
    peer.write(request);
    await peer.until(received => received.includes('HTTP/1.1 500'));
    peer.socket.destroy();
    const upgrading = await rawPeer(gate.port);
    upgrading.write(handshake(sound));
    assert.equal(await upgrading.closed(), '');
  });

  test('survives peers that reset at any moment', async () => {
    await using gate = await startTransport({
      onRequest: inbound => void (inbound.res as ServerResponse).writeHead(200).write('x'.repeat(100_000)),
      onUpgrade: (_inbound, socket) => void socket.write('x'.repeat(100_000)),
    });
    for (const text of ['', request, handshake(sound), `${request}GET`]) {
      const peer = await rawPeer(gate.port);
      peer.write(text);
      await new Promise(resolve => setImmediate(resolve));
      peer.socket.resetAndDestroy();
    }
    await eventually(() => gate.transport.counts().connections === 0, 'all to be gone');
    assert.equal(gate.transport.counts().activeRequests, 0);
  });
});

describe('transport life', () => {
  test('drains: no new connections, idle ones closed, the active one finished and closed', async () => {
    const holds: (() => void)[] = [];
    await using gate = await startTransport({
      onRequest: inbound => void holds.push(() => (inbound.res as ServerResponse).writeHead(200).end('finished')),
    });
    const idle = await rawPeer(gate.port);
    const active = await rawPeer(gate.port);
    active.write(request + request);
    await eventually(() => holds.length === 1, 'the request');
    const drained = gate.transport.drain();
    await idle.closed();
    const late = await rawPeer(gate.port);
    assert.equal(late.isClosed, true);
    holds[0]?.();
    await eventually(() => holds.length === 2, 'the pipelined request');
    holds[1]?.();
    assert.match(await active.closed(), /Connection: close[\s\S]*finished/i);
    await drained;
    assert.equal(gate.transport.counts().connections, 0);
  });

  test('drains within its bound although a request never ends', async () => {
    await using gate = await startTransport({ limits: { drainTimeoutMs: 150 }, onRequest: () => {} });
    const peer = await rawPeer(gate.port);
    peer.write(request);
    await eventually(() => gate.seen.length === 1, 'the request');
    const startedMs = performance.now();
    await gate.transport.drain();
    assert.ok(performance.now() - startedMs < 1500);
    await peer.closed();
  });

  test('closes upgraded connections when nothing else is under way', async () => {
    await using gate = await startTransport({
      limits: { drainTimeoutMs: 60_000 },
      onUpgrade: (_inbound, socket) => void socket.resume(),
    });
    const peer = await rawPeer(gate.port);
    peer.write(handshake(sound));
    await eventually(() => gate.transport.counts().upgraded === 1, 'the upgrade');
    await gate.transport.drain();
    await peer.closed();
  });

  test('unlisten leaves other listeners alone', async () => {
    await using gate = await startTransport();
    const second = await gate.transport.listen({ host: '127.0.0.1', port: 0, tls: false });
    const peer = await rawPeer(second);
    await gate.transport.unlisten(gate.port);
    peer.write(request);
    await peer.until(received => received.includes('hello'));
    assert.equal((await rawPeer(gate.port)).isClosed, true);
    peer.socket.destroy();
  });

  test('refuses a TLS listener without a certificate, and a port in use', async () => {
    await using gate = await startTransport();
    const { transport } = gate;
    await assert.rejects(transport.listen({ host: '127.0.0.1', port: 0, tls: true }), error =>
      isSallyportError(error, 'gateway.tls_invalid'),
    );
    await assert.rejects(transport.listen({ host: '127.0.0.1', port: gate.port, tls: false }), { code: 'EADDRINUSE' });
  });
});
