import assert from 'node:assert/strict';
import type { Http2ServerResponse } from 'node:http2';
import { after, before, describe, test } from 'node:test';
import { createAuthority, issueServerCertificate } from '../tls/authority.ts';
import { frame, framePeer, frameTypes, headers, statusOf } from './http2.fixture.ts';
import type { TestTransport } from './transport.fixture.ts';
import { eventually, startTransport } from './transport.fixture.ts';

const authority = createAuthority(['localhost'], Date.now());
const tls = issueServerCertificate(authority, ['localhost'], Date.now());
const ca = authority.certPem;
const enhanceYourCalm = 0xb;

type Pairs = (readonly [string, string])[];
const pseudo = (changes: Record<string, string | undefined> = {}): Pairs => {
  const all = { ':method': 'GET', ':scheme': 'https', ':authority': 'localhost', ':path': '/first', ...changes };
  return Object.entries(all).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
};
const post = (...more: Pairs): Pairs => [...pseudo({ ':method': 'POST' }), ...more];

/** What it is · the fields · the status answered, or 0 where the stream or connection is reset without an answer. */
const refusedHeads: [string, Pairs, number][] = [
  ['Host that differs from :authority', [...pseudo(), ['host', 'other']], 400],
  ['neither :authority nor Host', pseudo({ ':authority': undefined }), 0],
  ['an empty :authority', pseudo({ ':authority': '' }), 0],
  ['user information in :authority', pseudo({ ':authority': 'x@localhost' }), 0],
  ['two Hosts', [...pseudo({ ':authority': undefined }), ['host', 'a'], ['host', 'b']], 0],
  ['scheme http over TLS', pseudo({ ':scheme': 'http' }), 400],
  ['an unknown scheme', pseudo({ ':scheme': 'ftp' }), 400],
  ['no scheme', pseudo({ ':scheme': undefined }), 0],
  ['no path', pseudo({ ':path': undefined }), 0],
  ['an empty path', pseudo({ ':path': '' }), 0],
  ['a path without slash', pseudo({ ':path': 'first' }), 0],
  ['an absolute path', pseudo({ ':path': 'https://localhost/' }), 0],
  ['a path with a blank', pseudo({ ':path': '/a HTTP/1.1' }), 0],
  ['a path with a line end', pseudo({ ':path': '/a\r\nX: y' }), 0],
  ['a path with a high byte', pseudo({ ':path': '/\xe9' }), 400],
  ['a path with a fragment', pseudo({ ':path': '/a#b' }), 400],
  ['two paths', [...pseudo(), [':path', '/second']], 0],
  ['an unknown pseudo-header field', [...pseudo(), [':protocol', 'websocket']], 0],
  ['a pseudo-header field after others', [['a', 'b'], ...pseudo()], 0],
  [
    'CONNECT',
    [
      [':method', 'CONNECT'],
      [':authority', 'localhost:443'],
    ],
    405,
  ],
  ['extended CONNECT', [...pseudo({ ':method': 'CONNECT' }), [':protocol', 'websocket']], 0],
  ['TRACE', pseudo({ ':method': 'TRACE' }), 405],
  ['an unknown method', pseudo({ ':method': 'PROPFIND' }), 501],
  ['a method with a line end', pseudo({ ':method': 'GET / HTTP/1.1\r\nX: y\r\n\r\nGET' }), 0],
  ['transfer-encoding', post(['transfer-encoding', 'chunked']), 0],
  ['connection', [...pseudo(), ['connection', 'close']], 0],
  ['keep-alive', [...pseudo(), ['keep-alive', '1']], 0],
  ['proxy-connection', [...pseudo(), ['proxy-connection', 'close']], 0],
  ['upgrade', [...pseudo(), ['upgrade', 'websocket']], 0],
  ['te other than trailers', [...pseudo(), ['te', 'gzip']], 0],
  ['an upper-case name', [...pseudo(), ['X-Upper', 'y']], 0],
  ['two lengths', post(['content-length', '0'], ['content-length', '0']), 0],
  ['a length that is none', post(['content-length', '+0']), 0],
  ['a length with leading zeros', post(['content-length', '00']), 400],
  ['a disguised length', post(['content_length', '5']), 400],
  ['an unknown expectation', post(['expect', 'x']), 417],
  ['two content types', post(['content-type', 'a/b'], ['content-type', 'c/d']), 400],
  ['too many fields', [...pseudo(), ...Array.from({ length: 101 }, () => ['a', 'b'] as const)], 431],
];

describe('HTTP/2', () => {
  let gate: TestTransport;
  before(async () => {
    gate = await startTransport({ tls });
  });
  after(() => gate[Symbol.asyncDispose]());

  test('hands on a sound request with what is known of it', async () => {
    const peer = await framePeer(gate.port, ca);
    peer.write(headers(1, [...pseudo({ ':authority': 'LOCALHOST:443' }), ['host', 'localhost'], ['te', 'trailers']]));
    await peer.until(frames => statusOf(frames, 1) === 200, 'the answer');
    const { req, res, keep, tls: info, ...rest } = gate.seen.at(-1)?.inbound ?? assert.fail();
    assert.ok(req && res && keep);
    const { port: localPort } = gate;
    const common = { method: 'GET', target: '/first', authority: 'localhost', scheme: 'https', httpVersion: '2' };
    assert.deepEqual(rest, { ...common, peerIp: '127.0.0.1', localPort });
    assert.deepEqual(info, { protocol: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256', servername: 'localhost' });
    peer.socket.destroy();
  });

  for (const [name, pairs, status] of refusedHeads) {
    test(`never hands on a request with ${name}`, async () => {
      const seenBefore = gate.seen.length;
      const peer = await framePeer(gate.port, ca);
      peer.write(headers(1, pairs));
      if (status === 0) await peer.until(() => peer.resetOf(1) !== undefined || peer.goaway !== undefined, 'a reset');
      else {
        await peer.until(frames => statusOf(frames, 1) !== undefined, 'an answer');
        assert.equal(statusOf(peer.frames, 1), status);
        await peer.until(() => false, 'the end of the connection');
      }
      assert.equal(gate.seen.length, seenBefore);
      peer.socket.destroy();
    });
  }

  test('values that would become header lines after a downgrade never arrive', async () => {
    for (const value of ['a\r\nTransfer-Encoding: chunked', 'a\nb', 'a\rb', 'a\0b', '\x7f']) {
      const seenBefore = gate.seen.length;
      const peer = await framePeer(gate.port, ca);
      peer.write(headers(1, [...pseudo(), ['x-value', value]]));
      await peer.until(frames => statusOf(frames, 1) !== undefined || peer.resetOf(1) !== undefined, 'an outcome');
      for (const seen of gate.seen.slice(seenBefore)) assert.equal(seen.inbound.req.headers['x-value'], undefined);
      peer.socket.destroy();
    }
    for (const name of ['x\r\ny', 'x: y', 'x y', '']) {
      const seenBefore = gate.seen.length;
      const peer = await framePeer(gate.port, ca);
      peer.write(headers(1, [...pseudo(), [name, 'v']]));
      await peer.until(frames => statusOf(frames, 1) !== undefined || peer.resetOf(1) !== undefined, 'an outcome');
      for (const seen of gate.seen.slice(seenBefore)) assert.ok(!Object.values(seen.inbound.req.headers).includes('v'));
      peer.socket.destroy();
    }
  });

  test('a body that does not fit its length never counts as complete', async () => {
    for (const [length, body] of [
      ['5', 'abc'],
      ['2', 'abc'],
      ['0', 'GET / HTTP/1.1\r\n\r\n'],
    ] as const) {
      const seenBefore = gate.seen.length;
      const peer = await framePeer(gate.port, ca);
      peer.write(headers(1, post(['content-length', length]), false), frame(frameTypes.data, 1, 1, body));
      await peer.until(() => peer.resetOf(1) !== undefined || peer.goaway !== undefined, 'a reset');
      await eventually(() => gate.seen.slice(seenBefore).every(seen => seen.isClosed), 'the handler to hear of it');
      assert.ok(gate.seen.slice(seenBefore).every(seen => !seen.isComplete));
      peer.socket.destroy();
    }
  });

  test('a body cut short by a reset ends in an error for its reader, whatever code the reset has', async () => {
    for (const code of [0, 8]) {
      const peer = await framePeer(gate.port, ca);
      const cut = frame(frameTypes.reset, 0, 1, Buffer.from([0, 0, 0, code]));
      peer.write(headers(1, post(), false), frame(frameTypes.data, 0, 1, 'abc'), cut);
      await eventually(() => gate.seen.at(-1)?.isClosed === true, 'the handler to hear of it');
      assert.equal(gate.seen.at(-1)?.isComplete, false);
      assert.match(String(gate.seen.at(-1)?.inbound.req.errored), /cut short/);
      peer.socket.destroy();
    }
  });

  test('refuses a head that is too large, also over endless CONTINUATION frames', async () => {
    const seenBefore = gate.seen.length;
    const large = await framePeer(gate.port, ca);
    large.write(headers(1, [...pseudo(), ['x-large', 'x'.repeat(16_000)], ['x-more', 'x'.repeat(300)]]));
    await large.until(() => large.resetOf(1) !== undefined || large.goaway !== undefined, 'a reset');
    const endless = await framePeer(gate.port, ca);
    endless.write(frame(frameTypes.headers, 1, 1, headers(1, pseudo()).subarray(9)));
    for (let count = 0; count < 200; count++) endless.write(frame(frameTypes.continuation, 0, 1, Buffer.alloc(0)));
    await endless.until(() => endless.goaway !== undefined, 'the end');
    assert.equal(gate.seen.length, seenBefore);
    large.socket.destroy();
    endless.socket.destroy();
  });
});

describe('HTTP/2 floods and slow peers', () => {
  const reasons = (gate: TestTransport) => [...new Set(gate.refused.map(entry => entry.reason))];

  test('a rapid reset ends the connection with ENHANCE_YOUR_CALM after a bounded number of requests', async () => {
    await using gate = await startTransport({ tls, limits: { resetBurst: 20 }, onRequest: () => {} });
    const peer = await framePeer(gate.port, ca);
    for (let stream = 1; stream < 1000 && !peer.isClosed; stream += 2) {
      peer.write(headers(stream, pseudo()), frame(frameTypes.reset, 0, stream, Buffer.from([0, 0, 0, 8])));
      if (stream % 50 === 1) await new Promise(resolve => setImmediate(resolve));
    }
    await eventually(() => peer.isClosed, 'the connection to be closed');
    assert.equal(peer.goaway, enhanceYourCalm);
    assert.deepEqual(reasons(gate), ['rapid_reset']);
    assert.ok(gate.seen.length <= 130, `${gate.seen.length} requests were handed on`);
    await eventually(() => gate.transport.counts().activeRequests === 0, 'no request to be left');
  });

  test('resets that the peer provokes from this side count as well', async () => {
    await using gate = await startTransport({ tls, limits: { resetBurst: 20 }, onRequest: () => {} });
    const peer = await framePeer(gate.port, ca);
    for (let stream = 1; stream < 400 && !peer.isClosed; stream += 2) {
      // A window update of zero is a stream error (RFC 9113 section 6.9).
      peer.write(headers(stream, pseudo()), frame(frameTypes.windowUpdate, 0, stream, Buffer.alloc(4)));
      if (stream % 50 === 1) await new Promise(resolve => setImmediate(resolve));
    }
    await eventually(() => peer.isClosed, 'the connection to be closed');
    assert.ok(gate.seen.length <= 130);
  });

  test('floods of pings and of settings end the connection', async () => {
    await using gate = await startTransport({ tls, limits: { controlFrameBurst: 30 } });
    const pinging = await framePeer(gate.port, ca);
    for (let count = 0; count < 200; count++) pinging.write(frame(frameTypes.ping, 0, 0, Buffer.alloc(8)));
    await eventually(() => pinging.isClosed, 'the pinging connection to be closed');
    assert.equal(pinging.goaway, enhanceYourCalm);
    const setting = await framePeer(gate.port, ca);
    for (let count = 0; count < 200; count++) setting.write(frame(frameTypes.settings, 0, 0));
    await eventually(() => setting.isClosed, 'the setting connection to be closed');
    assert.deepEqual(reasons(gate), ['control_frame_flood']);
  });

  test('streams beyond the limit are refused, not queued', async () => {
    await using gate = await startTransport({ tls, limits: { streamsPerConnectionMax: 5 }, onRequest: () => {} });
    const peer = await framePeer(gate.port, ca);
    await peer.until(frames => frames.some(entry => entry.type === frameTypes.settings), 'the settings');
    for (let stream = 1; stream < 20; stream += 2) peer.write(headers(stream, pseudo()));
    await peer.until(() => peer.resetOf(19) !== undefined, 'a refusal');
    assert.equal(gate.seen.length, 5);
    peer.socket.destroy();
  });

  test('a connection that opens no stream, or none any more, is closed', async () => {
    await using gate = await startTransport({ tls, limits: { headersTimeoutMs: 80, idleTimeoutMs: 80 } });
    const silent = await framePeer(gate.port, ca);
    await eventually(() => silent.isClosed, 'the silent connection to be closed');
    const idle = await framePeer(gate.port, ca);
    idle.write(headers(1, pseudo()));
    await eventually(() => idle.isClosed, 'the idle connection to be closed');
    assert.equal(idle.goaway, 0);
    assert.equal(gate.seen.length, 1);
  });

  test('a body that takes too long is answered with 408', async () => {
    await using gate = await startTransport({ tls, limits: { requestTimeoutMs: 100 } });
    const peer = await framePeer(gate.port, ca);
    peer.write(headers(1, post(), false), frame(frameTypes.data, 0, 1, 'abc'));
    await peer.until(frames => statusOf(frames, 1) !== undefined, 'the answer');
    assert.equal(statusOf(peer.frames, 1), 408);
    assert.deepEqual(reasons(gate), ['request_timeout']);
    peer.socket.destroy();
  });

  test('a peer that gives no window for its answer has the stream cut', async () => {
    const onRequest = (inbound: { res: unknown }) =>
      void (inbound.res as Http2ServerResponse).end(Buffer.alloc(1_000_000));
    await using gate = await startTransport({ tls, limits: { stallTimeoutMs: 100 }, onRequest });
    const peer = await framePeer(gate.port, ca);
    peer.write(headers(1, pseudo()));
    await peer.until(() => peer.resetOf(1) !== undefined, 'the reset');
    assert.deepEqual(reasons(gate), ['response_stalled']);
    await eventually(() => gate.transport.counts().activeRequests === 0, 'the request to be gone');
    peer.socket.destroy();
  });

  test('draining finishes open streams and takes no new ones', async () => {
    const holds: (() => void)[] = [];
    const onRequest = (inbound: { res: unknown }) =>
      void holds.push(() => (inbound.res as Http2ServerResponse).end('done'));
    await using gate = await startTransport({ tls, onRequest });
    const peer = await framePeer(gate.port, ca);
    peer.write(headers(1, pseudo()));
    await eventually(() => holds.length === 1, 'the request');
    const drained = gate.transport.drain();
    await peer.until(() => peer.goaway === 0, 'the announcement');
    peer.write(headers(3, pseudo()));
    holds[0]?.();
    await drained;
    assert.equal(statusOf(peer.frames, 1), 200);
    assert.equal(statusOf(peer.frames, 3), undefined);
    assert.equal(gate.seen.length, 1);
    peer.socket.destroy();
  });

  test('a refused head is answered while earlier streams still finish, and nothing later is taken', async () => {
    const holds: (() => void)[] = [];
    const onRequest = (inbound: { res: unknown }) =>
      void holds.push(() => (inbound.res as Http2ServerResponse).end('done'));
    await using gate = await startTransport({ tls, limits: { lingerMs: 2000 }, onRequest });
    const peer = await framePeer(gate.port, ca);
    peer.write(headers(1, pseudo()));
    await eventually(() => holds.length === 1, 'the request');
    peer.write(headers(3, [...pseudo(), ['host', 'other']]), headers(5, pseudo()));
    await peer.until(frames => statusOf(frames, 3) === 400, 'the refusal');
    holds[0]?.();
    await eventually(() => peer.isClosed, 'the end of the connection');
    assert.equal(statusOf(peer.frames, 1), 200);
    assert.equal(gate.seen.length, 1);
  });
});
