import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { describe, it } from 'node:test';
import type { TestGate } from '../gateway.fixture.ts';
import {
  anna,
  cookieOf,
  eventually,
  open,
  person,
  site,
  startGate,
  startUpstream,
  tokenHash,
} from '../gateway.fixture.ts';
import { guardDefaults } from '../guard-input.ts';

const key = 'dGhlIHNhbXBsZSBub25jZQ==';

/** Accepts every handshake and sends back what comes. */
function echo(req: IncomingMessage, socket: Duplex, head: Buffer): void {
  const accept = createHash('sha1')
    .update(`${req.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
    .digest('base64');
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\nsec-websocket-accept: ${accept}\r\nserver: x\r\n\r\n`,
  );
  socket.on('error', () => {});
  socket.write(head);
  socket.pipe(socket);
}

/** A handshake from Anna's browser; `got` grows with what comes back. */
function handshake(gate: TestGate, headers: Record<string, string> = {}, path = '/push') {
  const socket = connect(gate.port, '127.0.0.1');
  const state = { socket, got: '', isClosed: false };
  socket.on('data', chunk => (state.got += chunk.toString('latin1')));
  socket.on('error', () => {});
  socket.on('close', () => (state.isClosed = true));
  const all = { host: 'app.test', cookie: cookieOf(anna), origin: 'http://app.test', ...headers };
  const lines = Object.entries(all).flatMap(([name, value]) => (value === '' ? [] : [`${name}: ${value}\r\n`]));
  socket.write(
    `GET ${path} HTTP/1.1\r\n${lines.join('')}connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: ${key}\r\n\r\n`,
  );
  return state;
}

describe('tunnel: WebSockets', () => {
  it('carries bytes both ways after the handshake, and records it when it opens', async () => {
    const asked: IncomingMessage[] = [];
    await using upstream = await startUpstream(undefined, (req, socket, head) => {
      asked.push(req);
      echo(req, socket, head);
    });
    // The firewall would refuse a header in which a client says who it is.
    await using gate = await startGate([site([upstream.url], { guard: { ...guardDefaults, firewall: 'off' } })]);
    const client = handshake(gate, { 'remote-user': 'spoofed', 'sec-websocket-protocol': 'chat' });
    await eventually(() => client.got.includes('\r\n\r\n'), 'the answer');
    assert.match(client.got, /^HTTP\/1\.1 101 /);
    assert.match(client.got, /sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=/i);
    assert.doesNotMatch(client.got, /server:/i);
    const headers = asked[0]?.headers ?? {};
    assert.equal(headers['remote-user'], 'anna@example.org');
    assert.equal(headers.cookie, undefined);
    assert.equal(headers['sec-websocket-protocol'], 'chat');
    assert.equal(headers['x-forwarded-host'], 'app.test');
    client.socket.write('ping-1');
    await eventually(() => client.got.endsWith('ping-1'), 'the echo');
    assert.equal(gate.records()[0]?.data.status, 101);
    client.socket.destroy();
    await eventually(() => gate.gateway.health().upstreams[0]?.active === 0, 'the tunnel to close');
  });

  const refusals: Record<string, { headers: Record<string, string>; status: number; type: string }> = {
    'nobody signed in': { headers: { cookie: '' }, status: 401, type: 'unauthenticated' },
    'a foreign page (hijacking)': { headers: { origin: 'http://evil.test' }, status: 403, type: 'csrf' },
    'the same host on another port': { headers: { origin: 'http://app.test:81' }, status: 403, type: 'csrf' },
    'no Origin': { headers: { origin: '' }, status: 403, type: 'csrf' },
    'a name nobody has': { headers: { host: 'evil.test' }, status: 421, type: 'unknown_host' },
  };
  for (const [name, { headers, status, type }] of Object.entries(refusals)) {
    it(`refuses a handshake before the upstream hears of it: ${name}`, async () => {
      let asked = 0;
      await using upstream = await startUpstream(undefined, () => asked++);
      await using gate = await startGate([site([upstream.url])]);
      const client = handshake(gate, headers);
      await eventually(() => client.isClosed, 'the end');
      assert.match(client.got, new RegExp(`^HTTP/1\\.1 ${status} `));
      assert.equal(gate.records()[0]?.data.denied?.type, type);
      assert.equal(asked, 0);
    });
  }

  const revocations: Record<string, (gate: TestGate) => void> = {
    'the session ends': gate => gate.change({ section: 'sessions', key: tokenHash(anna.token) }),
    'the person is disabled': gate =>
      gate.change({ section: 'people', key: anna.id, value: person({ disabled: true }) }),
    'the person is deleted': gate => gate.change({ section: 'people', key: anna.id }),
    'the role is taken away': gate =>
      gate.change({ section: 'people', key: anna.id, value: person({ projects: new Map([['p-1', ['viewer']]]) }) }),
    'the site is deleted': gate =>
      void gate.gateway.apply({ kind: 'full', snapshot: { ...gate.snapshot, revision: 9, sites: [] } }),
  };
  for (const [name, revoke] of Object.entries(revocations)) {
    it(`closes an open WebSocket when ${name}`, async () => {
      await using upstream = await startUpstream(undefined, echo);
      await using gate = await startGate([site([upstream.url])]);
      const client = handshake(gate);
      await eventually(() => client.got.includes('101'), 'the handshake');
      revoke(gate);
      await eventually(() => client.isClosed, 'the tunnel to close');
    });
  }

  it('closes an open event stream when the session ends, and leaves those of others', async () => {
    await using upstream = await startUpstream((_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      res.write('data: 1\n\n');
    });
    const publicRoutes = [{ methods: ['GET'], path: '/open' }];
    await using gate = await startGate([site([upstream.url], { publicRoutes })]);
    const state = { mine: '', other: '', isCut: false, isOtherCut: false };
    const mine = open(gate.port, { signedIn: true });
    mine.on('response', res =>
      res
        .on('data', chunk => (state.mine += chunk))
        .on('close', () => (state.isCut = true))
        .on('error', () => {}),
    );
    const other = open(gate.port, { path: '/open' });
    other.on('response', res =>
      res
        .on('data', chunk => (state.other += chunk))
        .on('close', () => (state.isOtherCut = true))
        .on('error', () => {}),
    );
    for (const req of [mine, other]) req.on('error', () => {}).end();
    await eventually(() => state.mine !== '' && state.other !== '', 'both streams');
    gate.change({ section: 'sessions', key: tokenHash(anna.token) });
    await eventually(() => state.isCut, 'the stream to close');
    assert.equal(state.isOtherCut, false);
    other.destroy();
  });

  it('answers 502 when the upstream is gone and passes on its refusal without a body', async () => {
    await using upstream = await startUpstream(
      (_req, res) => void res.writeHead(400, { 'content-type': 'text/html' }).end('<b>no'),
    );
    await using gate = await startGate([site([upstream.url])]);
    const refused = handshake(gate);
    await eventually(() => refused.isClosed, 'the refusal');
    assert.match(refused.got, /^HTTP\/1\.1 400 /);
    assert.ok(!refused.got.includes('<b>no'));
    await upstream[Symbol.asyncDispose]();
    const dead = handshake(gate);
    await eventually(() => dead.isClosed, 'the failure');
    assert.match(dead.got, /^HTTP\/1\.1 502 /);
    assert.equal(gate.gateway.health().upstreams[0]?.active, 0);
  });

  it('ends tunnels when the gate drains', async () => {
    await using upstream = await startUpstream(undefined, echo);
    await using gate = await startGate([site([upstream.url])]);
    const client = handshake(gate);
    await eventually(() => client.got.includes('101'), 'the handshake');
    await gate.gateway.drain();
    assert.ok(client.isClosed);
  });
});
