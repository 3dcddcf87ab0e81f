/** The servers under test, one per process: `node bench/proxy/servers.ts gate[:off|shadow|block]|calm|bare|bare-request UPSTREAM [CERT KEY]`. Prints its port. */
import { hash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createHttp } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';
import { systemClock } from '../../src/core/clock.ts';
import { createSystemIds } from '../../src/core/ids.ts';
import { silentLog } from '../../src/core/log.ts';
import { Secret } from '../../src/core/secret.ts';
import { calmLoad } from '../../src/gateway/gateway.fixture.ts';
import type { PolicySnapshot, SessionPolicy } from '../../src/gateway/gateway.ts';
import { createAssertionKeys, createGateway, siteDefaults } from '../../src/gateway/gateway.ts';
import { createFirewall, detectors } from '../../src/perimeter/perimeter.ts';
import { createPlatforms } from '../../src/platforms/platforms.ts';

const sessions = 10_000;
const [given = '', upstream = '', certFile, keyFile] = process.argv.slice(2);
const [role, firewallMode] = given.split(':');
const tls =
  certFile !== undefined && keyFile !== undefined
    ? { certPem: readFileSync(certFile, 'utf8'), keyPem: readFileSync(keyFile, 'utf8') }
    : undefined;

// A profile (--cpu-prof) is written at an orderly end only.
process.on('SIGTERM', () => process.exit(0));
if (role === 'gate' || role === 'calm') await startGate();
else await startBare();

/** The whole chain for a real platform's routes, with 10,000 signed-in people; records go to a counter in place of the audit log. */
async function startGate(): Promise<void> {
  let told = 0;
  const gateway = createGateway(
    {
      trustedProxies: [],
      connectionsMax: 10_000,
      connectionsPerNetworkMax: 10_000,
      headerBytesMax: 32_768,
      headersTimeoutMs: 20_000,
      requestTimeoutMs: 60_000,
      idleTimeoutMs: 60_000,
      handshakeTimeoutMs: 20_000,
      drainTimeoutMs: 1000,
      hstsMaxAgeS: 0,
    },
    {
      clock: systemClock,
      newId: createSystemIds(),
      log: silentLog,
      firewall: createFirewall({ detectors }),
      platforms: createPlatforms(),
      control: () => Promise.resolve(new Response('control')),
      tell: () => void told++,
      random: randomBytes,
      isRecording: () => true,
      // Never turns anybody away for want of time: how much it can do is then to be seen.
      ...(role === 'calm' ? { loadSource: calmLoad } : {}),
    },
  );
  if (tls !== undefined) gateway.setTls({ certificates: [tls], minVersion: 'TLSv1.2' });
  gateway.apply({ kind: 'full', snapshot: snapshot() });
  print(await gateway.listen({ host: '127.0.0.1', port: 0, tls: tls !== undefined }));
}

function isMode(text: string | undefined): text is 'off' | 'shadow' | 'block' {
  return text === 'off' || text === 'shadow' || text === 'block';
}

function snapshot(): PolicySnapshot {
  const now = Date.now();
  const ids = Array.from({ length: sessions }, (_, at) => String(at));
  const session = (id: string): SessionPolicy => ({
    id: `s-${id}`,
    userId: `u-${id}`,
    host: 'app.test',
    methods: ['password', 'totp'],
    authenticatedAt: now,
    lastSeenAt: now,
    idleTimeoutMs: 36e5,
    expiresAt: now + 36e6,
  });
  const held = { account: 'x', headers: { cookie: new Secret(`n8n-auth=${'j'.repeat(200)}`) }, expiresAt: now + 36e6 };
  return {
    revision: 1,
    sites: [
      {
        id: 'site',
        name: 'app',
        platform: 'n8n',
        upstreams: [upstream],
        defaultProject: 'p',
        ...siteDefaults('n8n'),
        ...(isMode(firewallMode) ? { guard: { ...siteDefaults('n8n').guard, firewall: firewallMode } } : {}),
        hosts: ['app.test'],
        port: null,
      },
    ],
    apiKeys: new Map(),
    sessions: new Map(ids.map(id => [hash('sha256', id.padEnd(43, 'x'), 'hex'), session(id)])),
    people: new Map(
      ids.map(id => [
        `u-${id}`,
        {
          id: `u-${id}`,
          email: `u${id}@example.org`,
          name: `Person ${id}`,
          globalRole: 'member',
          disabled: false,
          projects: new Map([['p', ['editor']]]),
          elevations: [],
          groups: [],
        },
      ]),
    ),
    roles: new Map(),
    assignments: new Map(),
    platformSessions: new Map(ids.map(id => [`site|u-${id}`, held])),
    perimeter: { exclusions: new Map(), versions: new Map(), limits: [], lists: [] },
    keys: createAssertionKeys(),
    portalOrigin: 'https://portal.test',
  };
}

/** A pass-through that judges nothing. `bare` uses undici as low as it goes, `bare-request` as most programs do. */
async function startBare(): Promise<void> {
  const pool = new Pool(upstream, { connections: 512, pipelining: 1 });
  const answer = role === 'bare' ? byDispatch : byRequest;
  const listener = (req: IncomingMessage, res: ServerResponse) => answer(pool, req, res);
  const server =
    tls === undefined ? createHttp(listener) : createHttps({ cert: tls.certPem, key: tls.keyPem }, listener);
  server.keepAliveTimeout = 60_000;
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  print((server.address() as AddressInfo).port);
}

const hopByHop = new Set(['connection', 'keep-alive', 'transfer-encoding']);

function passed(headers: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < headers.length; at += 2) {
    const name = headers[at] ?? '';
    if (!hopByHop.has(name.toLowerCase())) kept.push(name, headers[at + 1] ?? '');
  }
  return kept;
}

function hasBody(req: IncomingMessage): boolean {
  return req.headers['content-length'] !== undefined || req.headers['transfer-encoding'] !== undefined;
}

function byDispatch(pool: Pool, req: IncomingMessage, res: ServerResponse): void {
  req.on('error', () => {});
  res.on('error', () => {});
  pool.dispatch(
    {
      path: req.url ?? '/',
      method: req.method ?? 'GET',
      headers: passed(req.rawHeaders),
      body: hasBody(req) ? req : null,
    },
    {
      onRequestStart(controller) {
        // Without this, a client that leaves would hold its upstream connection for ever.
        res.on('close', () => {
          if (!res.writableFinished) controller.abort(new Error('the client left'));
        });
      },
      onResponseStart(_controller, status, headers) {
        for (const name of hopByHop) delete headers[name];
        res.writeHead(status, headers);
      },
      onResponseData(controller, chunk) {
        if (res.write(chunk)) return;
        controller.pause();
        res.once('drain', () => controller.resume());
      },
      onResponseEnd: () => void res.end(),
      onResponseError: () => void res.destroy(),
    },
  );
}

async function byRequest(pool: Pool, req: IncomingMessage, res: ServerResponse): Promise<void> {
  try {
    const options = {
      path: req.url ?? '/',
      method: req.method ?? 'GET',
      headers: passed(req.rawHeaders),
      body: hasBody(req) ? req : null,
    };
    const { statusCode, headers, body } = await pool.request(options);
    for (const name of hopByHop) delete headers[name];
    res.writeHead(statusCode, headers);
    body.pipe(res);
  } catch {
    res.destroy();
  }
}

function print(port: number): void {
  process.stdout.write(`${port}\n`);
}
