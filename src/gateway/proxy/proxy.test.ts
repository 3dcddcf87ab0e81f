import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { Agent } from 'node:http';
import type { Socket } from 'node:net';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { queryObjects } from 'node:v8';
import type { TestUpstream } from '../gateway.fixture.ts';
import { anna, cookieOf, eventually, open, raw, site, startGate, startUpstream } from '../gateway.fixture.ts';
import { guardDefaults } from '../guard-input.ts';

/** An upstream that speaks raw bytes. */
async function startRaw(answer: (socket: Socket, request: string) => void) {
  const sockets = new Set<Socket>();
  const server = createServer(socket => {
    sockets.add(socket);
    socket.on('error', () => {});
    socket.on('data', data => answer(socket, data.toString('latin1')));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>(resolve => server.close(() => resolve()));
    },
  };
}

/** A loopback port on which nobody listens. */
async function deadUrl(): Promise<string> {
  await using upstream: TestUpstream = await startUpstream();
  return upstream.url;
}

describe('proxy: what goes upstream', () => {
  const spoofs = [
    'Remote-User',
    'remote_user',
    'REMOTE-USER',
    'Remote_Groups',
    'remote.email',
    'Remote-Name',
    'X-Forwarded-For',
    'X_Forwarded_For',
    'X-Forwarded-Proto',
    'x-forwarded-host',
    'X-Forwarded-User',
    'X-Forwarded-Email',
    'X-Forwarded-Groups',
    'X-Forwarded-Prefix',
    'Forwarded',
    'X-Real-IP',
    'X_Real_Ip',
    'X-Sallyport-Assertion',
    'X_Sallyport_Assertion',
    'X-Sallyport-Role',
    'X-Original-URL',
    'X-Rewrite-URL',
    'X-HTTP-Method-Override',
    'X-Auth-Request-User',
    'Via',
    'X-Request-Id',
    'True-Client-IP',
    'X-Remote-User',
  ];
  it('drops every header in which a client speaks for the gate, in every spelling and every copy', async () => {
    await using upstream = await startUpstream();
    // The firewall refuses some of them outright.
    const guard = { ...guardDefaults, firewall: 'off' as const };
    await using gate = await startGate([site([upstream.url], { guard })]);
    const headers = spoofs.flatMap(name => [name, 'spoofed-1', name, 'spoofed-2']);
    assert.equal((await gate.call({ signedIn: true, headers })).status, 200);
    assert.ok(
      !upstream.seen[0]?.rawHeaders.some(text => text.includes('spoofed')),
      String(upstream.seen[0]?.rawHeaders),
    );
  });

  it('writes its own: host kept, forwarding, identity and assertion', async () => {
    await using upstream = await startUpstream();
    await using gate = await startGate([site([upstream.url])]);
    await gate.call({ signedIn: true });
    const headers = upstream.seen[0]?.headers ?? {};
    assert.equal(headers.host, 'app.test');
    assert.equal(headers['x-forwarded-for'], '127.0.0.1');
    assert.equal(headers['x-forwarded-proto'], 'http');
    assert.equal(headers['x-forwarded-host'], 'app.test');
    assert.equal(headers['x-forwarded-port'], '80');
    assert.equal(headers['remote-user'], 'anna@example.org');
    assert.equal(headers['remote-groups'], 'global:member,project:editor');
    assert.match(String(headers['x-sallyport-assertion']), /^eyJ/);
    assert.equal(headers['x-request-id'], gate.records()[0]?.requestId);
  });

  it('writes identity headers empty where nobody is known, also on a published route with a cookie', async () => {
    await using upstream = await startUpstream();
    await using gate = await startGate([site([upstream.url], { publicRoutes: [{ methods: ['GET'], path: '/open' }] })]);
    for (const headers of [{}, { cookie: cookieOf(anna) }]) {
      assert.equal((await gate.call({ path: '/open', headers })).status, 200);
      const seen = upstream.seen.at(-1)?.headers ?? {};
      assert.deepEqual(
        ['remote-user', 'remote-groups', 'remote-name', 'remote-email', 'x-sallyport-assertion'].map(
          name => seen[name],
        ),
        ['', '', '', '', ''],
      );
      assert.equal(seen.cookie, undefined);
    }
  });

  it('never gives the upstream a cookie of the gate, and keeps the others', async () => {
    await using upstream = await startUpstream();
    await using gate = await startGate([site([upstream.url])]);
    const cookie = `a=1; ${cookieOf(anna)}; __host-sallyport-form=f; __Host-Sallyport-x=y; b=2`;
    await gate.call({ headers: { cookie } });
    assert.equal(upstream.seen[0]?.headers.cookie, 'a=1; b=2');
  });

  it('publishes a route exactly: method, path, and one segment per name', async () => {
    await using upstream = await startUpstream();
    const publicRoutes = [{ methods: ['POST'], path: '/hook/:id/run' }];
    await using gate = await startGate([site([upstream.url], { publicRoutes })]);
    const statusOf = async (method: string, path: string) => (await gate.call({ method, path })).status;
    assert.equal(await statusOf('POST', '/hook/7/run'), 200);
    assert.equal(await statusOf('POST', '/hook/7/run?x=/secret'), 200);
    for (const [method, path] of [
      ['GET', '/hook/7/run'],
      ['POST', '/hook/7'],
      ['POST', '/hook/7/run/'],
      ['POST', '/hook/7/8/run'],
      ['POST', '/Hook/7/run'],
      ['POST', '/hook//run'],
      ['POST', '/hook/7/run/more'],
      ['POST', '/x?/hook/7/run'],
      ['PUT', '/hook/7/run'],
    ] as const) {
      assert.ok([400, 401].includes(await statusOf(method, path)), `${method} ${path}`);
    }
    assert.equal(upstream.seen.length, 2);
  });
});

describe('proxy: what comes back', () => {
  it('drops hop-by-hop and telling headers, keeps the rest in order, and adds safe defaults', async () => {
    await using upstream = await startUpstream((_req, res) => {
      res.writeHead(200, [
        ...['Server', 'secret/1', 'X-Powered-By', 'secret', 'Set-Cookie', 'a=1', 'Set-Cookie', 'b=2'],
        ...['Set-Cookie', '__Host-sallyport=evil', 'X-Frame-Options', 'DENY', 'Access-Control-Allow-Origin', '*'],
        ...['Connection', 'close, x-hop', 'X-Hop', 'secret', 'Content-Type', 'text/plain'],
      ]);
      res.end('ok');
    });
    await using gate = await startGate([site([upstream.url])], { config: { hstsMaxAgeS: 60 } });
    const { headers, rawHeaders } = await gate.call({ signedIn: true });
    assert.ok(!rawHeaders.some(text => text.includes('secret')));
    assert.deepEqual(headers['set-cookie'], ['a=1; SameSite=Lax', 'b=2; SameSite=Lax']);
    assert.equal(headers['x-frame-options'], 'DENY');
    assert.equal(headers['x-content-type-options'], 'nosniff');
    assert.equal(headers['access-control-allow-origin'], undefined);
    assert.equal(headers['strict-transport-security'], undefined, 'never in clear text');
  });

  it('answers HEAD, 204 and 304 without a body and keeps the connection right', async () => {
    await using upstream = await startUpstream((req, res) => {
      if (req.url === '/204') res.writeHead(204).end();
      else if (req.url === '/304') res.writeHead(304, { etag: '"x"' }).end();
      else res.writeHead(200, { 'content-length': '5' }).end('hello');
    });
    await using gate = await startGate([site([upstream.url])]);
    const request = (line: string) => `${line} HTTP/1.1\r\nhost: app.test\r\ncookie: ${cookieOf(anna)}\r\n\r\n`;
    const text = await raw(gate.port, ['HEAD /', 'GET /204', 'GET /304', 'GET /'].map(request).join(''), 'hello');
    assert.deepEqual(text.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 200', 'HTTP/1.1 204', 'HTTP/1.1 304', 'HTTP/1.1 200']);
    assert.equal(text.split('hello').length, 2);
  });

  it('passes an event stream on at once, event by event', async () => {
    let send = (_text: string): void => {};
    await using upstream = await startUpstream((_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      res.flushHeaders();
      send = text => void res.write(text);
    });
    await using gate = await startGate([site([upstream.url])]);
    let got = '';
    let hasHead = false;
    const req = open(gate.port, { signedIn: true, headers: { accept: 'text/event-stream' } });
    req.on('error', () => {});
    req.on('response', res => {
      hasHead = true;
      res.on('data', chunk => (got += chunk));
      res.on('error', () => {});
    });
    req.end();
    await eventually(() => hasHead, 'the head before any event');
    send('data: 1\n\n');
    await eventually(() => got === 'data: 1\n\n', 'the first event');
    send('data: 2\n\n');
    await eventually(() => got.endsWith('data: 2\n\n'), 'the second event');
    req.destroy();
    await eventually(() => gate.records().length === 1, 'the record');
  });

  it('carries large bodies whole both ways, of known length and chunked, at the pace of the reader', async () => {
    await using upstream = await startUpstream((req, res) => void req.pipe(res));
    await using gate = await startGate([site([upstream.url], { bodyBytesMax: 8 * 1024 * 1024 })]);
    const body = randomBytes(3 * 1024 * 1024).toString('hex');
    const sum = (text: string) => createHash('sha256').update(text).digest('hex');
    for (const headers of [{ 'content-length': String(body.length) }, { 'transfer-encoding': 'chunked' }]) {
      const answer = await gate.call({
        method: 'POST',
        signedIn: true,
        headers,
        body,
      });
      assert.equal(answer.status, 200);
      assert.equal(sum(answer.body), sum(body));
    }
    assert.deepEqual(
      gate.records().map(({ data }) => [data.bytesIn, data.bytesOut]),
      [
        [body.length, body.length],
        [body.length, body.length],
      ],
    );
  });

  it('gives published webhook pages an origin of their own, and no other page', async () => {
    await using upstream = await startUpstream((_req, res) =>
      res.writeHead(200, { 'content-type': 'text/html' }).end('<p>'),
    );
    const publicRoutes = ['/webhook/x', '/form/x'].map(path => ({ methods: ['GET'], path }));
    await using gate = await startGate([site([upstream.url], { platform: 'n8n', publicRoutes })]);
    assert.match(
      String((await gate.call({ path: '/webhook/x' })).headers['content-security-policy']),
      /^sandbox .*allow-forms/,
    );
    assert.doesNotMatch(
      String((await gate.call({ path: '/webhook/x' })).headers['content-security-policy']),
      /allow-same-origin/,
    );
    assert.doesNotMatch(String((await gate.call({ path: '/form/x' })).headers['content-security-policy']), /sandbox/);
  });
});

describe('proxy: limits and failures', () => {
  it('refuses a body that is too large, by its word or by its bytes, and ends the upstream request', async () => {
    let aborted = 0;
    await using upstream = await startUpstream((req, res) => {
      req.on('error', () => aborted++);
      req.resume().on('end', () => res.end());
    });
    await using gate = await startGate([site([upstream.url], { bodyBytesMax: 300_000 })]);
    const told = await gate.call({ method: 'POST', signedIn: true, body: 'x'.repeat(300_001) });
    assert.equal(told.status, 413);
    assert.equal(upstream.seen.length, 0);
    const req = open(gate.port, { method: 'POST', signedIn: true, headers: { 'transfer-encoding': 'chunked' } });
    req.on('error', () => {});
    const status = new Promise<number>(resolve => req.on('response', res => resolve(res.resume().statusCode ?? 0)));
    const writing = setInterval(() => req.write('x'.repeat(20_000)), 2);
    assert.equal(await status, 413);
    clearInterval(writing);
    req.destroy();
    await eventually(() => aborted === 1, 'the upstream to be told');
    assert.ok(gate.records().every(record => record.data.denied?.type === 'body_too_large'));
  });

  it('answers 502 when the upstream is down, with a calm page for people', async () => {
    await using gate = await startGate([site([await deadUrl()])]);
    const problem = await gate.call({ signedIn: true });
    assert.equal(problem.status, 502);
    assert.equal(JSON.parse(problem.body).code, 'gateway.upstream_unavailable');
    const page = await gate.call({ signedIn: true, headers: { accept: 'text/html' } });
    assert.match(page.body, /The platform does not answer/);
    assert.doesNotMatch(page.body, /ECONNREFUSED|127\.0\.0\.1/);
    assert.equal(gate.records()[0]?.outcome, 'failure');
    assert.equal(gate.records()[0]?.data.denied, undefined);
  });

  it('answers 504 when the upstream is too slow', async () => {
    await using upstream = await startUpstream(() => {});
    await using gate = await startGate([site([upstream.url], { upstreamTimeoutMs: 150 })]);
    assert.equal((await gate.call({ signedIn: true })).status, 504);
  });

  const lies: Record<string, string> = {
    'closes within the body': 'HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\nshort',
    'closes within a chunk': 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n20\r\nshort',
  };
  for (const [name, bytes] of Object.entries(lies)) {
    it(`breaks the client connection when the upstream ${name}`, async () => {
      await using upstream = await startRaw(socket => void socket.end(bytes));
      await using gate = await startGate([site([upstream.url])]);
      await assert.rejects(gate.call({ signedIn: true }), /aborted|ECONNRESET|socket hang up/);
      await eventually(() => gate.records().length === 1, 'the record');
    });
  }

  const nonsense: Record<string, string> = {
    'sends no HTTP': 'hello\r\n\r\n',
    'sends both lengths':
      'HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
    'sends two lengths': 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello!',
    'closes before its head': '',
    'switches protocols unasked':
      'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n',
  };
  for (const [name, bytes] of Object.entries(nonsense)) {
    it(`answers 502 when the upstream ${name}`, async () => {
      await using upstream = await startRaw(socket => void socket.end(bytes));
      await using gate = await startGate([site([upstream.url])]);
      assert.equal((await gate.call({ method: 'POST', signedIn: true, body: 'x' })).status, 502);
    });
  }

  it('drops what an upstream sends beyond its length, and does not give it to the next client', async () => {
    await using upstream = await startRaw((socket, request) => {
      const extra = request.startsWith('GET /evil') ? 'HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\npoison' : '';
      socket.write(`HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok${extra}`);
    });
    await using gate = await startGate([site([upstream.url])]);
    assert.equal((await gate.call({ path: '/evil', signedIn: true })).body, 'ok');
    assert.equal((await gate.call({ path: '/next', signedIn: true })).body, 'ok');
  });

  it('aborts the upstream request when the client leaves', async () => {
    let isClosed = false;
    await using upstream = await startUpstream((_req, res) => void res.on('close', () => (isClosed = true)));
    await using gate = await startGate([site([upstream.url])]);
    const req = open(gate.port, { signedIn: true });
    req.on('error', () => {});
    req.end();
    await eventually(() => upstream.seen.length === 1, 'the request upstream');
    req.destroy();
    await eventually(() => isClosed, 'the upstream to be told');
    await eventually(() => gate.records()[0]?.data.status === 499, 'the record');
  });

  it('tries another upstream when one cannot be reached, and never sends a body twice that has begun', async () => {
    await using alive = await startUpstream();
    await using gate = await startGate([site([await deadUrl(), alive.url])]);
    for (let at = 0; at < 6; at++) {
      assert.equal((await gate.call({ method: 'POST', signedIn: true, body: 'small' })).status, 200);
    }
    let count = 0;
    await using breaking = await startRaw((socket, request) => {
      // The look at the upstream's health is not counted.
      if (request.includes('/counted')) count++;
      socket.destroy();
    });
    await using second = await startGate([site([breaking.url])]);
    assert.equal((await second.call({ path: '/counted', method: 'POST', signedIn: true, body: 'x' })).status, 502);
    assert.equal(count, 1);
    assert.equal((await second.call({ path: '/counted', signedIn: true })).status, 502);
    assert.equal(count, 3, 'a safe request without a body is sent once more');
  });

  it('balances over the least busy upstream and takes a dead one out by its health', async () => {
    await using one = await startUpstream(() => {});
    await using two = await startUpstream();
    await using gate = await startGate([site([one.url, two.url])], { config: { healthIntervalMs: 20 } });
    const stuck = open(gate.port, { signedIn: true });
    stuck.on('error', () => {});
    stuck.end();
    await eventually(() => one.seen.length === 1, 'the first request');
    for (let at = 0; at < 3; at++) assert.equal((await gate.call({ signedIn: true })).status, 200);
    assert.equal(two.seen.length, 3);
    stuck.destroy();
    await one[Symbol.asyncDispose]();
    await eventually(
      () => gate.gateway.health().upstreams.some(upstream => !upstream.healthy),
      'the dead one to be out',
    );
  });

  it('keeps memory flat over some thousand requests', async () => {
    await using upstream = await startUpstream((_req, res) => void res.end('x'.repeat(1000)));
    await using gate = await startGate([site([upstream.url])]);
    const agent = new Agent({ keepAlive: true, maxSockets: 20 });
    const call = () => gate.call({ method: 'POST', signedIn: true, body: 'y'.repeat(500), agent });
    const round = async (count: number) => {
      for (let at = 0; at < count; at += 20) {
        await Promise.all(Array.from({ length: 20 }, call));
        gate.told.length = 0;
        upstream.seen.length = 0;
      }
      // Counting objects collects all garbage first: what is in use after it is alive.
      queryObjects(Agent, { format: 'count' });
      return process.memoryUsage().heapUsed;
    };
    await round(500);
    const before = await round(500);
    const grown = (await round(3000)) - before;
    agent.destroy();
    // A leak of one request each would be some 60 MB.
    assert.ok(grown < 4e6, `the heap grew by ${(grown / 1e6).toFixed(1)} MB`);
    assert.equal(gate.gateway.health().upstreams[0]?.active, 0);
  });
});
