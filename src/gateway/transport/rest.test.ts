import assert from 'node:assert/strict';
import type { ServerResponse } from 'node:http';
import { connect } from 'node:http2';
import { describe, test } from 'node:test';
import { createAuthority, issueServerCertificate } from '../tls/authority.ts';
import { eventually, rawPeer, startTransport } from './transport.fixture.ts';
import type { InboundRequest } from './transport.ts';

const head = (path: string) => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;
const restMs = 400;
const authority = createAuthority(['localhost'], Date.now());
const tls = issueServerCertificate(authority, ['localhost'], Date.now());

/** `/turned-away` asks for a rest; `/mine` says that somebody is signed in. */
function onRequest(inbound: InboundRequest): void {
  if (inbound.target === '/turned-away') inbound.rest?.(restMs);
  if (inbound.target === '/mine') inbound.keep?.();
  (inbound.res as ServerResponse).writeHead(200, { 'content-length': 2 }).end('ok');
}

const answers = (received: string): number => received.split('HTTP/1.1 200').length - 1;

/** Milliseconds from the answer that asks for a rest to the next. */
async function pauseAfter(port: number, before: string, between = ''): Promise<number> {
  const peer = await rawPeer(port);
  const done = before === '' ? 0 : 1;
  if (before !== '') {
    peer.write(head(before));
    await peer.until(received => answers(received) === 1);
  }
  peer.write(`${head('/turned-away')}${between}`);
  await peer.until(received => answers(received) >= done + 1);
  const startedMs = performance.now();
  peer.write(head('/next'));
  const all = done + 2 + (between === '' ? 0 : 1);
  await peer.until(received => answers(received) === all);
  peer.socket.destroy();
  return performance.now() - startedMs;
}

describe('a connection that rests', () => {
  test('is read again after the time, and nothing that was sent meanwhile is lost', async () => {
    await using gate = await startTransport({ onRequest });
    assert.ok((await pauseAfter(gate.port, '')) >= restMs - 20);
    assert.deepEqual(
      gate.seen.map(({ inbound }) => inbound.target),
      ['/turned-away', '/next'],
    );
  });

  test('also keeps back what had come with the request', async () => {
    await using gate = await startTransport({ onRequest });
    assert.ok((await pauseAfter(gate.port, '', head('/between'))) >= restMs - 20);
    assert.deepEqual(
      gate.seen.map(({ inbound }) => inbound.target),
      ['/turned-away', '/between', '/next'],
    );
  });

  test('reads a body to its end that came with the request, and then rests', async () => {
    await using gate = await startTransport({ onRequest });
    const peer = await rawPeer(gate.port);
    peer.write('POST /turned-away HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\na=1&');
    await peer.until(received => answers(received) === 1);
    const startedMs = performance.now();
    peer.write(`b=22${head('/next')}`);
    await peer.until(received => answers(received) === 2);
    peer.socket.destroy();
    assert.ok(performance.now() - startedMs >= restMs - 20);
    assert.deepEqual(
      gate.seen.map(({ inbound }) => inbound.target),
      ['/turned-away', '/next'],
    );
  });

  test('ends as any other when what came with the request is no HTTP', async () => {
    await using gate = await startTransport({ onRequest });
    const peer = await rawPeer(gate.port);
    peer.write(`${head('/turned-away')}no http\r\n\r\n`);
    const received = await peer.closed();
    assert.ok(received.includes('HTTP/1.1 400'), received);
    assert.deepEqual(
      gate.refused.map(({ reason }) => reason),
      ['malformed'],
    );
  });

  test('is none of people who are signed in, of trusted proxies, and of HTTP/2', async () => {
    await using gate = await startTransport({ onRequest });
    assert.ok((await pauseAfter(gate.port, '/mine')) < restMs / 2);
    await using behind = await startTransport({ onRequest, isTrustedProxy: () => true });
    assert.ok((await pauseAfter(behind.port, '')) < restMs / 2);
    await using secure = await startTransport({ onRequest, tls });
    const session = connect(`https://localhost:${secure.port}`, { ca: authority.certPem });
    const startedMs = performance.now();
    for (const path of ['/turned-away', '/next'])
      for await (const piece of session.request({ ':path': path })) void piece;
    session.destroy();
    assert.ok(performance.now() - startedMs < restMs);
  });

  test('does not hold up the end of the gate', async () => {
    await using gate = await startTransport({ onRequest });
    const peer = await rawPeer(gate.port);
    peer.write(head('/turned-away'));
    await peer.until(received => answers(received) === 1);
    const startedMs = performance.now();
    await gate.transport.drain();
    await peer.closed();
    assert.ok(performance.now() - startedMs < restMs);
  });
});

describe('under overload', () => {
  test('a network of which nobody is signed in gets 32 connections, and one with people as many as ever', async () => {
    let isOverloaded = false;
    await using gate = await startTransport({ onRequest, isOverloaded: () => isOverloaded });
    const peers = await Promise.all(Array.from({ length: 40 }, () => rawPeer(gate.port)));
    await eventually(() => gate.transport.counts().connections === 40, 'all to be taken up');
    isOverloaded = true;
    const late = await rawPeer(gate.port);
    await late.closed();
    assert.deepEqual(
      gate.refused.map(({ reason }) => reason),
      ['connections_per_network'],
    );
    const [mine] = peers;
    mine?.write(head('/mine'));
    await mine?.until(received => answers(received) === 1);
    const next = await rawPeer(gate.port);
    next.write(head('/next'));
    await next.until(received => answers(received) === 1);
    mine?.socket.destroy();
    await eventually(() => gate.transport.counts().connections === 40, 'the connection to be gone');
    await (await rawPeer(gate.port)).closed();
    for (const peer of [...peers, next]) peer.socket.destroy();
  });
});
