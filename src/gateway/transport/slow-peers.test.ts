import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { describe, test } from 'node:test';
import { eventually, rawPeer, startTransport } from './transport.fixture.ts';

const head = 'GET /first HTTP/1.1\r\nHost: a.example\r\n';
const reasons = (gate: { refused: { reason: string }[] }) => gate.refused.map(entry => entry.reason);

describe('slow and greedy peers', () => {
  test('a head that comes a byte at a time is cut off with 408 at its deadline', async () => {
    await using gate = await startTransport({ limits: { headersTimeoutMs: 150 } });
    const peer = await rawPeer(gate.port);
    const drip = setInterval(() => peer.write('X'), 10);
    peer.write(head);
    const answer = await peer.closed();
    clearInterval(drip);
    assert.match(answer, /^HTTP\/1\.1 408 /);
    assert.deepEqual(reasons(gate), ['headers_timeout']);
    assert.equal(gate.seen.length, 0);
  });

  test('a second head on a kept connection has the same deadline', async () => {
    await using gate = await startTransport({ limits: { headersTimeoutMs: 100 } });
    const peer = await rawPeer(gate.port);
    peer.write(`${head}\r\n`);
    await peer.until(received => received.includes('hello'));
    peer.write(head);
    assert.match(await peer.closed(), /HTTP\/1\.1 408 /);
    assert.deepEqual(reasons(gate), ['headers_timeout']);
  });

  test('a connection that sends nothing is closed without a word', async () => {
    await using gate = await startTransport({ limits: { headersTimeoutMs: 100 } });
    const peer = await rawPeer(gate.port);
    assert.equal(await peer.closed(), '');
    assert.deepEqual(reasons(gate), []);
  });

  test('a kept connection that asks nothing more is closed after the idle time', async () => {
    await using gate = await startTransport({ limits: { idleTimeoutMs: 100 } });
    const peer = await rawPeer(gate.port);
    peer.write(`${head}\r\n`);
    assert.match(await peer.closed(), /^HTTP\/1\.1 200 [\s\S]*hello GET \/first$/);
    assert.equal(gate.transport.counts().connections, 0);
  });

  test('a never-ending head is refused at its byte limit', async () => {
    await using gate = await startTransport({ limits: { headerBytesMax: 8192 } });
    const peer = await rawPeer(gate.port);
    peer.write(`${head}${'X-Filler: 0123456789abcdef\r\n'.repeat(400)}`);
    assert.match(await peer.closed(), /^HTTP\/1\.1 431 /);
    assert.deepEqual(reasons(gate), ['headers_too_large']);
  });

  test('a flood of small fields is refused at its count, not cut short in silence', async () => {
    await using gate = await startTransport({ limits: { headerCountMax: 50 } });
    const peer = await rawPeer(gate.port);
    peer.write(`${head}${'a:b\r\n'.repeat(2500)}\r\n`);
    assert.match(await peer.closed(), /^HTTP\/1\.1 431 /);
    const fits = await rawPeer(gate.port);
    fits.write(`${head}${'a:b\r\n'.repeat(49)}\r\n`);
    await fits.until(received => received.includes('HTTP/1.1 200'));
    fits.socket.destroy();
    assert.deepEqual(reasons(gate), ['too_many_headers']);
  });

  test('a target beyond its limit is refused with 414', async () => {
    await using gate = await startTransport({ limits: { targetBytesMax: 100 } });
    const peer = await rawPeer(gate.port);
    peer.write(`GET /${'a'.repeat(100)} HTTP/1.1\r\nHost: a\r\n\r\n`);
    assert.match(await peer.closed(), /^HTTP\/1\.1 414 /);
  });

  test('a body that stops coming is cut with 408, while one the handler does not read is not', async () => {
    await using gate = await startTransport({ limits: { stallTimeoutMs: 150 } });
    const peer = await rawPeer(gate.port);
    peer.write('POST /first HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc');
    assert.match(await peer.closed(), /^HTTP\/1\.1 408 /);
    assert.deepEqual(reasons(gate), ['body_stalled']);
    await eventually(() => gate.seen[0]?.isClosed === true, 'the handler to hear of it');

    await using held = await startTransport({ limits: { stallTimeoutMs: 60 }, onRequest: () => {} });
    const waiting = await rawPeer(held.port);
    waiting.write('POST /first HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nabc');
    await eventually(() => held.seen.length === 1, 'the request');
    await new Promise(resolve => setTimeout(resolve, 250));
    assert.equal(waiting.isClosed, false);
    waiting.socket.destroy();
  });

  test('a body that trickles is cut when the whole request takes too long', async () => {
    await using gate = await startTransport({ limits: { requestTimeoutMs: 200 } });
    const peer = await rawPeer(gate.port);
    peer.write('POST /first HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n');
    const drip = setInterval(() => peer.write('1\r\na\r\n'), 10);
    const answer = await peer.closed();
    clearInterval(drip);
    assert.match(answer, /^HTTP\/1\.1 408 /);
    assert.deepEqual(reasons(gate), ['request_timeout']);
  });

  test('a peer that does not read its answer is cut', async () => {
    const big = Buffer.alloc(8 * 1024 * 1024, 'x');
    const onRequest = (inbound: { res: unknown }) => {
      (inbound.res as ServerResponse).writeHead(200).write(big);
    };
    await using gate = await startTransport({ limits: { stallTimeoutMs: 200 }, onRequest });
    const peer = await rawPeer(gate.port);
    peer.socket.pause();
    peer.write(`${head}\r\n`);
    await eventually(() => reasons(gate).includes('response_stalled'), 'the cut');
    await eventually(() => gate.transport.counts().connections === 0, 'the end of the connection');
    assert.equal(gate.seen[0]?.isClosed, true);
    peer.socket.destroy();
  });

  test('an answer that is merely long in coming is waited for', async () => {
    const onRequest = (inbound: { res: unknown }) => {
      setTimeout(() => (inbound.res as ServerResponse).writeHead(200).end('late'), 300);
    };
    const limits = { stallTimeoutMs: 60, idleTimeoutMs: 60, headersTimeoutMs: 60, requestTimeoutMs: 60 };
    await using gate = await startTransport({ limits, onRequest });
    const peer = await rawPeer(gate.port);
    peer.write(`${head}\r\n`);
    assert.match(await peer.until(received => received.includes('late')), /HTTP\/1\.1 200/);
    peer.socket.destroy();
  });

  test('a body that still comes after the answer is not waited for long', async () => {
    const onRequest = (inbound: { res: unknown }) => void (inbound.res as ServerResponse).writeHead(401).end('no');
    await using gate = await startTransport({ limits: { lingerMs: 60 }, onRequest });
    const peer = await rawPeer(gate.port);
    peer.write('POST /first HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\nabc');
    const drip = setInterval(() => peer.write('a'), 10);
    assert.match(await peer.closed(), /^HTTP\/1\.1 401 /);
    clearInterval(drip);
  });

  test('a peer that goes away in the middle of a head leaves nothing behind', async () => {
    await using gate = await startTransport();
    for (const text of ['', 'GET', head, 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc']) {
      const peer = await rawPeer(gate.port);
      peer.write(text);
      peer.socket.end();
      await peer.closed();
    }
    await eventually(() => gate.transport.counts().connections === 0, 'all to be gone');
    assert.equal(gate.transport.counts().activeRequests, 0);
    assert.deepEqual(reasons(gate), []);
  });
});

describe('bounded connections', () => {
  test('refuses connections beyond the total and tells it', async () => {
    await using gate = await startTransport({ limits: { connectionsMax: 3 } });
    const peers = await Promise.all(Array.from({ length: 5 }, () => rawPeer(gate.port)));
    await eventually(() => peers.filter(peer => peer.isClosed).length === 2, 'two to be refused');
    assert.deepEqual(reasons(gate), ['connections_max', 'connections_max']);
    assert.equal(gate.transport.counts().connections, 3);
    for (const peer of peers) peer.socket.destroy();
    await eventually(() => gate.transport.counts().connections === 0, 'room again');
    const next = await rawPeer(gate.port);
    next.write(`${head}\r\n`);
    await next.until(received => received.includes('hello'));
    next.socket.destroy();
  });

  test('a flood of refusals is told as a few and one count', async () => {
    const gate = await startTransport({ limits: { connectionsPerNetworkMax: 1 } });
    const peers = await Promise.all(Array.from({ length: 40 }, () => rawPeer(gate.port)));
    await eventually(() => peers.filter(peer => peer.isClosed).length === 39, 'the rest to be refused');
    for (const peer of peers) peer.socket.destroy();
    await gate[Symbol.asyncDispose]();
    assert.deepEqual(
      gate.refused.map(entry => entry.count),
      [1, 1, 1, 1, 1, 34],
    );
    assert.equal(gate.refused[0]?.reason, 'connections_per_network');
  });

  test('answers 503 beyond the requests it may have under way, and keeps the connection', async () => {
    const onRequest = (inbound: { res: unknown; target: string }) => {
      if (inbound.target !== '/hold') (inbound.res as ServerResponse).writeHead(200).end('done');
    };
    await using gate = await startTransport({ limits: { requestsMax: 1 }, onRequest });
    const holder = await rawPeer(gate.port);
    holder.write('GET /hold HTTP/1.1\r\nHost: a\r\n\r\n');
    await eventually(() => gate.transport.counts().activeRequests === 1, 'the first request');
    const peer = await rawPeer(gate.port);
    peer.write(`${head}\r\n`);
    const answer = await peer.until(received => received.includes('}'));
    assert.match(answer, /^HTTP\/1\.1 503 [\s\S]*retry-after: 1/);
    holder.socket.destroy();
    await eventually(() => gate.transport.counts().activeRequests === 0, 'the first to end');
    peer.write(`${head}\r\n`);
    await peer.until(received => received.includes('done'));
    peer.socket.destroy();
  });

  test('pipelined requests are handled one at a time, in order, and only so many', async () => {
    const running: string[] = [];
    const most = { value: 0 };
    const onRequest = (inbound: { res: unknown; target: string }) => {
      running.push(inbound.target);
      most.value = Math.max(most.value, running.length);
      setImmediate(() => {
        running.pop();
        (inbound.res as ServerResponse).writeHead(200, { 'content-length': 1 }).end('.');
      });
    };
    await using gate = await startTransport({ limits: { pipelineMax: 5 }, onRequest });
    const peer = await rawPeer(gate.port);
    const request = (index: number) => `GET /${index} HTTP/1.1\r\nHost: a\r\n\r\n`;
    peer.write([0, 1, 2, 3, 4, 5].map(request).join(''));
    await peer.until(received => received.match(/HTTP\/1\.1 200/g)?.length === 6);
    assert.deepEqual(
      gate.seen.map(entry => entry.inbound.target),
      ['/0', '/1', '/2', '/3', '/4', '/5'],
    );
    assert.equal(most.value, 1);
    peer.write([0, 1, 2, 3, 4, 5, 6, 7].map(request).join(''));
    await peer.closed();
    assert.deepEqual(reasons(gate), ['pipeline_depth']);
  });
});
