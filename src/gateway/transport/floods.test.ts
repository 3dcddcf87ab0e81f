import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import type { Http2ServerResponse } from 'node:http2';
import { connect } from 'node:http2';
import { describe, test } from 'node:test';
import { createAuthority, issueServerCertificate } from '../tls/authority.ts';
import { frame, framePeer, frameTypes, headers, statusOf } from './http2.fixture.ts';
import { createRateWatch, createWindowCount } from './stall.ts';
import { eventually, rawPeer, startTransport } from './transport.fixture.ts';

const authority = createAuthority(['localhost'], Date.now());
const tls = issueServerCertificate(authority, ['localhost'], Date.now());
const ca = authority.certPem;
const head = 'GET /first HTTP/1.1\r\nHost: a.example\r\n\r\n';
const post: (readonly [string, string])[] = [
  [':method', 'POST'],
  [':scheme', 'https'],
  [':authority', 'localhost'],
  [':path', '/first'],
];
const reasons = (gate: { refused: { reason: string }[] }) => [...new Set(gate.refused.map(entry => entry.reason))];

describe('a least rate', () => {
  test('is judged over whole windows, and only while something is due', () => {
    const watch = createRateWatch({ bytesPerS: 500, windowMs: 20_000 });
    const asked = (nowMs: number, total: number, isWaiting = true) => watch.isSlow(nowMs, total, isWaiting);
    assert.deepEqual([asked(0, 0), asked(19_999, 10), asked(20_000, 10_000)], [false, false, false]);
    assert.deepEqual([asked(30_000, 10_001), asked(40_000, 19_999)], [false, true]);
    assert.deepEqual([asked(50_000, 0, false), asked(51_000, 0), asked(70_999, 1)], [false, false, false]);
    assert.equal(asked(71_000, 1), true);
  });

  test('a window that shrinks and opens again counts what came, never more', () => {
    const received = createWindowCount();
    assert.deepEqual(
      [65_535, 65_000, 65_000, 40_000, 65_535].map(window => received.count(window)),
      [0, 535, 535, 25_535, 58_302],
    );
  });
});

describe('peers that trickle', () => {
  const limits = { slowBytesPerS: 2000, slowWindowMs: 200, stallTimeoutMs: 400 };

  test('a body below the least rate is cut with 408, over HTTP/1.1 and over HTTP/2', async () => {
    await using gate = await startTransport({ limits });
    const peer = await rawPeer(gate.port);
    peer.write('POST /first HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
    const drip = setInterval(() => peer.write('1\r\na\r\n'), 20);
    assert.match(await peer.closed(), /^HTTP\/1\.1 408 /);
    clearInterval(drip);
    assert.deepEqual(reasons(gate), ['body_slow']);

    await using second = await startTransport({ tls, limits });
    const framed = await framePeer(second.port, ca);
    framed.write(headers(1, post, false));
    const dripping = setInterval(() => framed.write(frame(frameTypes.data, 0, 1, 'a')), 20);
    await framed.until(frames => statusOf(frames, 1) !== undefined, 'the answer');
    clearInterval(dripping);
    assert.equal(statusOf(framed.frames, 1), 408);
    assert.ok(reasons(second).includes('body_slow'));
    framed.socket.destroy();
  });

  test('a body over HTTP/2 that stops is cut with 408; one at an honest rate goes through', async () => {
    await using gate = await startTransport({ tls, limits: { stallTimeoutMs: 150 } });
    const stopped = await framePeer(gate.port, ca);
    stopped.write(headers(1, post, false), frame(frameTypes.data, 0, 1, 'abc'));
    await stopped.until(frames => statusOf(frames, 1) !== undefined, 'the answer');
    assert.equal(statusOf(stopped.frames, 1), 408);
    assert.deepEqual(reasons(gate), ['body_stalled']);
    stopped.socket.destroy();

    await using honest = await startTransport({ tls, limits });
    const peer = await framePeer(honest.port, ca);
    peer.write(headers(1, post, false));
    for (let sent = 0; sent < 25; sent++) {
      peer.write(frame(frameTypes.data, sent === 24 ? 1 : 0, 1, 'x'.repeat(500)));
      await new Promise(resolve => setTimeout(resolve, 20));
    }
    await peer.until(frames => statusOf(frames, 1) !== undefined, 'the answer');
    assert.equal(statusOf(peer.frames, 1), 200);
    peer.socket.destroy();
  });

  test('an answer that is taken a little at a time is cut', async () => {
    const onRequest = (inbound: { res: unknown }) => {
      const res = inbound.res as ServerResponse;
      res.writeHead(200);
      const more = () => {
        while (!res.destroyed && res.write(Buffer.alloc(1024))) continue;
        res.once('drain', more);
      };
      more();
    };
    await using gate = await startTransport({ limits: { ...limits, slowBytesPerS: 10_000_000 }, onRequest });
    const peer = await rawPeer(gate.port);
    peer.socket.pause();
    const sip = setInterval(() => peer.socket.read(), 20);
    peer.write(head);
    await eventually(() => reasons(gate).length > 0, 'the cut');
    clearInterval(sip);
    assert.deepEqual(reasons(gate), ['response_slow']);
    peer.socket.destroy();
  });

  test('an answer at an honest pace, and one that comes late, are left alone', async () => {
    const onRequest = (inbound: { res: unknown }) => {
      const res = inbound.res as Http2ServerResponse;
      res.writeHead(200);
      let left = 12;
      const timer = setInterval(() => {
        if (--left > 0) res.write('event');
        else {
          clearInterval(timer);
          res.end('end');
        }
      }, 80);
    };
    await using gate = await startTransport({ tls, limits, onRequest });
    const session = connect(`https://localhost:${gate.port}`, { ca });
    const stream = session.request({ ':path': '/first' });
    let got = '';
    for await (const piece of stream) got += String(piece);
    session.destroy();
    assert.ok(got.endsWith('end'));
    assert.deepEqual(reasons(gate), []);
  });
});

describe('floods', () => {
  test('a head that goes on in CONTINUATION frames without end is cut off (CVE-2024-27316)', async () => {
    await using gate = await startTransport({ tls });
    const peer = await framePeer(gate.port, ca);
    const [first] = [headers(1, post)];
    const open = Buffer.from(first ?? Buffer.alloc(9));
    // Without END_HEADERS.
    open.writeUInt8(1, 4);
    peer.write(open);
    for (let count = 0; count < 2000 && !peer.isClosed; count++) {
      peer.write(frame(frameTypes.continuation, 0, 1, '\0\x01a\x01b'));
      if (count % 100 === 0) await new Promise(resolve => setImmediate(resolve));
    }
    await eventually(() => peer.isClosed, 'the connection to be closed');
    assert.equal(gate.seen.length, 0);
    assert.deepEqual(reasons(gate), ['session_error']);
  });

  test('handshakes over the rate are closed before TLS begins, while plain connections have a rate of their own', async () => {
    await using gate = await startTransport({ tls, limits: { handshakeRatePerS: 1, handshakeBurst: 1 } });
    const peers = await Promise.all(Array.from({ length: 14 }, () => rawPeer(gate.port)));
    await eventually(() => peers.filter(peer => peer.isClosed).length >= 3, 'those over the rate to be closed');
    assert.deepEqual(reasons(gate), ['handshake_rate']);
    assert.ok(gate.transport.counts().handshakes <= 11);
    for (const peer of peers) peer.socket.destroy();
  });

  test('when there is no room an idle stranger goes, and who is signed in stays', async () => {
    const onRequest = (inbound: { target: string; keep?: () => void; res: unknown }) => {
      if (inbound.target === '/mine') inbound.keep?.();
      (inbound.res as ServerResponse).writeHead(200, { 'content-length': 2 }).end('ok');
    };
    await using gate = await startTransport({ limits: { connectionsMax: 3 }, onRequest });
    const mine = await rawPeer(gate.port);
    mine.write('GET /mine HTTP/1.1\r\nHost: a\r\n\r\n');
    await mine.until(received => received.includes('ok'));
    const strangers = [await rawPeer(gate.port), await rawPeer(gate.port)];
    for (const peer of strangers) peer.write(head);
    await Promise.all(strangers.map(peer => peer.until(received => received.includes('ok'))));
    await new Promise(resolve => setTimeout(resolve, 1050));
    const late = await rawPeer(gate.port);
    await eventually(() => strangers.some(peer => peer.isClosed), 'a stranger to be closed');
    late.write(head);
    await late.until(received => received.includes('ok'));
    assert.equal(mine.isClosed, false);
    assert.deepEqual(reasons(gate), ['evicted']);
    for (const peer of [mine, late, ...strangers]) peer.socket.destroy();
  });
});

describe('flows', () => {
  test('every connection is told at its end, with what went over it and why it ended', async () => {
    await using gate = await startTransport({ limits: { idleTimeoutMs: 80, connectionsPerNetworkMax: 1 } });
    const peer = await rawPeer(gate.port);
    peer.write(`${head}${head}`);
    await peer.until(received => received.match(/hello/g)?.length === 2);
    const second = await rawPeer(gate.port);
    await second.closed();
    await peer.closed();
    await eventually(() => gate.flows.length === 2, 'both flows');
    const [denied, accepted] = gate.flows;
    assert.deepEqual([denied?.verdict, denied?.reason, denied?.bytesIn], ['denied', 'connections_per_network', 0]);
    assert.deepEqual([accepted?.verdict, accepted?.reason, accepted?.requests], ['accepted', 'idle', 2]);
    assert.equal(accepted?.bytesIn, head.length * 2);
    assert.equal(accepted?.bytesOut, peer.received.length);
    assert.ok((accepted?.durationMs ?? 0) >= 80 && Math.abs(Date.now() - (accepted?.at ?? 0)) < 20_000);
  });

  test('over TLS the flow has the server name, the protocol and the bytes on the wire', async () => {
    await using gate = await startTransport({ tls });
    const session = connect(`https://localhost:${gate.port}`, { ca });
    for await (const piece of session.request({ ':path': '/first' })) void piece;
    session.destroy();
    await eventually(() => gate.flows.length === 1, 'the flow');
    const [flow] = gate.flows;
    assert.equal(flow?.tls?.servername, 'localhost');
    assert.equal(flow?.tls?.protocol, 'TLSv1.3');
    assert.equal(flow?.requests, 1);
    assert.ok((flow?.bytesIn ?? 0) > 200 && (flow?.bytesOut ?? 0) > 500, `${flow?.bytesIn} ${flow?.bytesOut}`);
  });
});
