import { hash, randomBytes } from 'node:crypto';
import type { Agent, IncomingHttpHeaders, IncomingMessage, RequestListener, Server } from 'node:http';
import { createServer, request as httpRequest } from 'node:http';
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import type { Clock } from '../core/clock.ts';
import { systemClock } from '../core/clock.ts';
import type { NewEvent } from '../core/events.ts';
import { createSystemIds } from '../core/ids.ts';
import { silentLog } from '../core/log.ts';
import { Secret } from '../core/secret.ts';
import { createFirewall, detectors } from '../perimeter/perimeter.ts';
import { createPlatforms } from '../platforms/platforms.ts';
import { createAssertionKeys } from './assertion.ts';
import { createGateway } from './create-gateway.ts';
import type { ControlHandler, Gateway, GatewayConfig } from './gateway.ts';
import { guardDefaults } from './guard-input.ts';
import type { LoadSource } from './overload/gauge.ts';
import { signInDefaults } from './sign-in-input.ts';
import type {
  PersonPolicy,
  PlaneMessage,
  PolicySnapshot,
  SessionPolicy,
  SitePolicy,
  SnapshotChange,
} from './snapshot.ts';

/** However busy the tests keep their process, nobody is turned away for it. */
export const calmLoad: LoadSource = { delayMs: () => 0, requestsRatio: () => 0, heapRatio: () => 0, cpuRatio: () => 0 };

export const testConfig: GatewayConfig = {
  trustedProxies: [],
  connectionsMax: 1000,
  connectionsPerNetworkMax: 1000,
  headerBytesMax: 16_384,
  headersTimeoutMs: 20_000,
  requestTimeoutMs: 20_000,
  idleTimeoutMs: 20_000,
  handshakeTimeoutMs: 20_000,
  drainTimeoutMs: 1000,
  hstsMaxAgeS: 0,
  healthIntervalMs: 60_000,
};

/** Signed in at `app.test` with this cookie. */
export const anna = { token: 'a'.repeat(43), id: 'u-anna', session: 's-anna' };
export const cookieOf = (who: { token: string }): string => `__Host-sallyport=${who.token}`;
export const tokenHash = (token: string): string => hash('sha256', token, 'hex');

export function site(upstreams: readonly string[], patch: Partial<SitePolicy> = {}): SitePolicy {
  return {
    id: 'site-app',
    name: 'app',
    platform: 'generic',
    hosts: ['app.test'],
    port: null,
    upstreams,
    accounts: 'none',
    defaultProject: 'p-1',
    projects: [],
    publicRoutes: [],
    corsOrigins: [],
    identityHeaders: 'remote',
    bodyBytesMax: 1024 * 1024,
    upstreamTimeoutMs: 5000,
    healthPath: '/',
    enabled: true,
    guard: guardDefaults,
    api: [],
    signIn: signInDefaults,
    ...patch,
  };
}

export function person(patch: Partial<PersonPolicy> = {}): PersonPolicy {
  const projects = new Map([['p-1', ['editor']]]);
  return {
    id: anna.id,
    email: 'anna@example.org',
    name: 'Anna',
    globalRole: 'member',
    disabled: false,
    projects,
    elevations: [],
    groups: [],
    ...patch,
  };
}

export function session(now: number, patch: Partial<SessionPolicy> = {}): SessionPolicy {
  return {
    id: anna.session,
    userId: anna.id,
    host: 'app.test',
    methods: ['password', 'totp'],
    authenticatedAt: now,
    lastSeenAt: now,
    idleTimeoutMs: 3_600_000,
    expiresAt: now + 36_000_000,
    ...patch,
  };
}

/** A policy in which Anna, an Editor of the one project, is signed in at the one site. */
export function snapshotWith(sites: readonly SitePolicy[], now: number): PolicySnapshot {
  return {
    revision: 1,
    sites,
    sessions: new Map([[tokenHash(anna.token), session(now)]]),
    apiKeys: new Map(),
    people: new Map([[anna.id, person()]]),
    roles: new Map(),
    assignments: new Map(),
    platformSessions: new Map(
      sites.map(({ id }) => [
        `${id}|${anna.id}`,
        { account: 'anna@example.org', headers: { cookie: new Secret('n8n-auth=held') }, expiresAt: now + 3_600_000 },
      ]),
    ),
    perimeter: { exclusions: new Map(), versions: new Map(), limits: [], lists: [] },
    keys: createAssertionKeys(),
    portalOrigin: 'http://portal.test',
  };
}

/** A running gate on a free loopback port without TLS, and all it told. */
export interface TestGate extends AsyncDisposable {
  readonly gateway: Gateway;
  readonly port: number;
  readonly told: PlaneMessage[];
  /** Request records so far. */
  records(): Extract<NewEvent, { type: 'request.finished' }>[];
  readonly control: { asked: Request[]; handle: ControlHandler };
  recording: boolean;
  snapshot: PolicySnapshot;
  change(...changes: SnapshotChange[]): void;
  call(options: Call): Promise<Answer>;
}

export interface Call {
  readonly method?: string;
  readonly path?: string;
  readonly host?: string;
  readonly headers?: Readonly<Record<string, string | string[]>> | string[];
  readonly body?: string | Buffer;
  /** True adds Anna's cookie and what her browser would send. */
  readonly signedIn?: boolean;
  /** A connection of its own when left out. */
  readonly agent?: Agent;
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly rawHeaders: string[];
  readonly body: string;
}

export async function startGate(
  sites: readonly SitePolicy[],
  options: { clock?: Clock; config?: Partial<GatewayConfig>; snapshot?: PolicySnapshot | null } = {},
): Promise<TestGate> {
  const clock = options.clock ?? systemClock;
  const told: PlaneMessage[] = [];
  const control = {
    asked: [] as Request[],
    handle: (async request => {
      control.asked.push(request);
      return new Response('from control', { headers: { 'content-type': 'text/plain' } });
    }) as ControlHandler,
  };
  const gateway = createGateway(
    { ...testConfig, ...options.config },
    {
      clock,
      newId: createSystemIds(),
      log: silentLog,
      firewall: createFirewall({ detectors }),
      platforms: createPlatforms(),
      control: (request, context) => control.handle(request, context),
      tell: message => void told.push(message),
      random: randomBytes,
      loadSource: calmLoad,
      isRecording: () => gate.recording,
    },
  );
  const port = await gateway.listen({ host: '127.0.0.1', port: 0, tls: false });
  const gate: TestGate = {
    gateway,
    port,
    told,
    control,
    recording: true,
    snapshot: options.snapshot ?? snapshotWith(sites, clock.now()),
    records: () =>
      told.flatMap(message =>
        message.kind === 'event' && message.event.type === 'request.finished' ? [message.event] : [],
      ),
    change(...changes) {
      gate.snapshot = { ...gate.snapshot, revision: gate.snapshot.revision + 1 };
      if (!gateway.apply({ kind: 'delta', revision: gate.snapshot.revision, changes }))
        throw new Error('the delta does not fit');
    },
    call: options => call(port, options),
    [Symbol.asyncDispose]: () => gateway[Symbol.asyncDispose](),
  };
  if (options.snapshot !== null) gateway.apply({ kind: 'full', snapshot: gate.snapshot });
  return gate;
}

/** One request over a connection of its own. */
export function call(port: number, options: Call): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const req = open(port, options);
    req.on('response', res => {
      const chunks: Buffer[] = [];
      res.on('data', (chunk: Buffer) => chunks.push(chunk));
      res.on('error', reject);
      res.on('end', () => {
        const { statusCode = 0, headers, rawHeaders } = res;
        resolve({ status: statusCode, headers, rawHeaders, body: Buffer.concat(chunks).toString() });
      });
    });
    req.on('error', reject);
    req.end(options.body);
  });
}

/** A request of which the answer is read by the caller. */
export function open(port: number, options: Call) {
  const { method = 'GET', path = '/', host = 'app.test', signedIn = false } = options;
  const own = signedIn ? { cookie: cookieOf(anna), origin: `http://${host}`, 'sec-fetch-site': 'same-origin' } : {};
  const given = options.headers ?? {};
  const headers = Array.isArray(given)
    ? ['host', host, ...Object.entries(own).flat(), ...given]
    : { host, ...own, ...given };
  return httpRequest({ host: '127.0.0.1', port, method, path, headers, agent: options.agent ?? false, setHost: false });
}

export interface TestUpstream extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  readonly server: Server;
  /** What it saw, newest last. */
  readonly seen: { method: string; url: string; headers: IncomingHttpHeaders; rawHeaders: string[]; body: string }[];
}

/** An upstream that answers as told, by default with its request; every connection is cut at the end. */
export async function startUpstream(
  answer?: RequestListener,
  onUpgrade?: (req: IncomingMessage, socket: Duplex, head: Buffer) => void,
): Promise<TestUpstream> {
  const seen: TestUpstream['seen'] = [];
  const sockets = new Set<Socket>();
  const server = createServer((req, res) => {
    const entry = {
      method: req.method ?? '',
      url: req.url ?? '',
      headers: req.headers,
      rawHeaders: req.rawHeaders,
      body: '',
    };
    if (req.headers['x-sallyport-assertion'] !== undefined) seen.push(entry);
    if (answer !== undefined) {
      answer(req, res);
      return;
    }
    req.on('data', (chunk: Buffer) => {
      entry.body += chunk.toString();
    });
    req.on('end', () => res.end(`${req.method} ${req.url}`));
  });
  server.on('connection', socket => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => {});
  });
  if (onUpgrade !== undefined) server.on('upgrade', onUpgrade);
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    server,
    seen,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>(resolve => server.close(() => resolve()));
    },
  };
}

/** Sends raw bytes and gives back all that comes until the connection closes or `until` is in it. */
export async function raw(port: number, bytes: string, until?: string): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let got = '';
  socket.on('data', chunk => {
    got += chunk.toString('latin1');
  });
  socket.on('error', () => {});
  socket.write(bytes, 'latin1');
  await eventually(() => socket.closed || (until !== undefined && got.includes(until)), 'an answer');
  socket.destroy();
  return got;
}

/** Waits for what must become true, for at most five seconds. */
export async function eventually(holds: () => boolean, what: string): Promise<void> {
  const deadline = performance.now() + 5000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`Waited 5 s in vain for ${what}`);
    await setTimeout(5);
  }
}
