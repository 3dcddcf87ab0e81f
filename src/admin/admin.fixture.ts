/** What the tests of this room share: a gate on the real store, identity, access and audit, and a browser that keeps cookies as one does. */
import { createHmac, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { inspect } from 'node:util';
import type { Access, Roster } from '../access/access.ts';
import { accessConfig, accessMigrations, createAccess, createRoster, globalRoleOf } from '../access/access.ts';
import type { Audit } from '../audit/audit.ts';
import { auditConfig, auditMigrations, createAudit } from '../audit/audit.ts';
import type { Clock } from '../core/clock.ts';
import type { SecurityEvent } from '../core/events.ts';
import { createBus, operatorPrincipal } from '../core/events.ts';
import { createSystemIds } from '../core/ids.ts';
import type { Log } from '../core/log.ts';
import { silentLog } from '../core/log.ts';
import { Secret } from '../core/secret.ts';
import type { HeadSample, Sites } from '../gateway/gateway.ts';
import type { Identity, IdentityDeps, SignInContext, User, UserRole } from '../identity/identity.ts';
import { createIdentity, identityConfig, identityMigrations } from '../identity/identity.ts';
import type { Bans, Exclusions, PerimeterTables } from '../perimeter/perimeter.ts';
import { createBans, createExclusions, createExemptions, perimeterMigrations } from '../perimeter/perimeter.ts';
import { createPlatforms } from '../platforms/platforms.ts';
import { createMemoryCounters, createStore, lockFile } from '../store/store.ts';
import type { Admin, AdminDeps } from './admin.ts';
import { createAdmin } from './admin.ts';
import type { Client } from './client.ts';
import { createClient } from './client.ts';
import { createFakeAccounts, createFakeSites } from './fakes.fixture.ts';

export { siteInput } from './fakes.fixture.ts';

export const portalOrigin = 'https://gate.test:8443';
/** Same host as the portal, another port: shares its cookies. */
export const nearOrigin = 'https://gate.test:8444';
/** A host of its own. */
export const farOrigin = 'https://flows.test';
export const password = 'seven quiet herons wade';

export interface Gate extends AsyncDisposable {
  readonly admin: Admin;
  readonly identity: Identity;
  readonly access: Access;
  readonly roster: Roster;
  readonly audit: Audit;
  readonly sites: Sites;
  readonly exclusions: Exclusions;
  readonly bans: Bans;
  /** What a replay finds, of every site. */
  readonly heads: HeadSample[];
  /** Everything recorded. */
  readonly told: SecurityEvent[];
  /** Everything logged as a warning or an error. */
  readonly logged: string[];
  readonly folder: string;
  /** How the platforms behind answer a sign-in. */
  platform: 'ready' | 'platforms.setup_needed' | 'platforms.unreachable' | 'platforms.refused';
  /** Who entered which site: `site|person`. */
  readonly entered: string[];
  advance(ms: number): void;
  now(): number;
  /** A person with a password and no second factor. */
  addPerson(email: string, role: UserRole): Promise<User>;
  /** A live session of a person, and a client that uses it. */
  openSession(user: User, host?: string): Promise<{ token: string; client: Client }>;
}

export interface GateOptions {
  readonly mfaCompulsoryFor?: readonly UserRole[];
  readonly deps?: Partial<AdminDeps>;
  /** How identity providers are spoken to. */
  readonly protocols?: NonNullable<IdentityDeps['protocols']>;
}

export async function openGate(options: GateOptions = {}): Promise<Gate> {
  await using opening = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), 'sallyport-admin-'));
  opening.defer(() => rm(folder, { recursive: true, force: true }));
  const rooms = await openRooms(folder, options, opening);
  const { clock, log, logged, newId, bus, told, audit, counters, identity, access, roster, exclusions, bans, advance } =
    rooms;
  const sites = createFakeSites(newId);
  const gate = { platform: 'ready' } as { -readonly [K in keyof Gate]: Gate[K] };
  const entered: string[] = [];
  const heads: HeadSample[] = [];
  const deps: AdminDeps = {
    ...{ portalOrigin, clock, log, identity, access, roster, audit, bus, counters, sites },
    ...{ random: randomBytes, fetch: globalThis.fetch },
    platforms: new Map(
      [...createPlatforms()].map(([id, { title, classify, canonicalise, advisories }]) => [
        id,
        { id, title, classify, canonicalise, advisories, accounts: 'personal' as const },
      ]),
    ),
    platformAccounts: createFakeAccounts(gate, entered),
    status: () => ({
      startedAt: 1000,
      recording: true,
      store: 'sqlite',
      certificateIsGenerated: true,
      closedPorts: [],
      health: { ready: true, revision: 1, connections: 1, activeRequests: 1, limits: 'exact', upstreams: [] },
    }),
    siteOrigins: site =>
      site.port === null ? site.hosts.map(host => `https://${host}`) : [`https://gate.test:${site.port}`],
    platformVersion: () => undefined,
    printN8nHook: async site => ({ text: `// ${site.name}`, notes: 'Install it.' }),
    perimeter: {
      exclusions,
      bans,
      geo: { countryOf: ip => (ip.startsWith('198.51.100.') ? 'NL' : undefined) },
      hasCoreRules: false,
      lists: () => [],
      headsOf: () => heads,
    },
    n8nHook: async () => new Response(null, { status: 204 }),
    ...options.deps,
  };
  const admin = opening.use(
    createAdmin(
      {
        portalOrigin,
        portalDir: path.join(folder, 'portal'),
        version: '0.1.0',
        profile: 'development',
        mfaCompulsoryFor: options.mfaCompulsoryFor ?? [],
      },
      deps,
    ),
  );
  const open = opening.move();
  return Object.assign(gate, {
    ...{ admin, identity, access, roster, audit, sites, exclusions, bans, heads },
    ...{ told, logged, folder, entered, advance, now: clock.now },
    async addPerson(email: string, role: UserRole) {
      const user = await identity.createUser(operatorPrincipal, { email, name: `Name of ${email}`, role });
      const { token } = await identity.issueLink(operatorPrincipal, { purpose: 'invitation', userId: user.id });
      const step = await identity.redeemLink(token, { password: new Secret(password) }, contextFor('gate.test'));
      await identity.endAllSessions(operatorPrincipal, user.id, 'only set up');
      return step.state === 'signed_in' ? step.user : user;
    },
    async openSession(user: User, host = 'gate.test') {
      const step = await identity.signIn({ email: user.email, password: new Secret(password) }, contextFor(host));
      if (step.state !== 'signed_in') throw new Error(`Cannot open a session: ${step.state}`);
      const token = step.token.reveal();
      return { token, client: clientOf(admin, { cookie: `__Host-sallyport=${token}` }) };
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  });
}

/** The rooms below, as wiring builds them, on a clock that can be put forward. */
async function openRooms(folder: string, options: GateOptions, opening: AsyncDisposableStack) {
  let offsetMs = 0;
  const clock: Clock = { now: () => Date.now() + offsetMs, monotonicMs: () => performance.now() + offsetMs };
  const logged: string[] = [];
  const note = (event: string, fields?: Record<string, unknown>) => logged.push(`${event} ${inspect(fields)}`);
  const log: Log = { ...silentLog, warn: note, error: note, child: () => log };
  const store = opening.use(await createStore({ kind: 'sqlite', file: path.join(folder, 'store.db') }, { log, clock }));
  await store.migrate([...auditMigrations, ...identityMigrations, ...accessMigrations, ...perimeterMigrations]);
  const newId = createSystemIds();
  const bus = createBus(log);
  const told: SecurityEvent[] = [];
  bus.subscribe(event => told.push(event));
  const base = { clock, newId, log };
  const audit = opening.use(
    await createAudit(auditConfig.parse({}), {
      ...base,
      dir: path.join(folder, 'audit'),
      db: store.db(),
      bus,
      lock: lockFile,
    }),
  );
  const counters = opening.use(createMemoryCounters({ clock }));
  const changed = async () => undefined;
  const roster = createRoster();
  const mfa = { compulsoryFor: [...(options.mfaCompulsoryFor ?? [])] };
  const identity = createIdentity(identityConfig.parse({ mfa }), {
    ...base,
    db: store.db(),
    counters,
    audit,
    random: randomBytes,
    // As the control plane does it.
    changed: async change => {
      if (change.kind === 'user') roster.setPerson(change.userId, change.user);
      if (change.kind === 'groups') roster.setGroupsOf(change.userId, change.groupIds);
      if (change.kind === 'group')
        roster.setGroup(change.groupId, change.group && { ...change.group, source: change.group.source.kind });
    },
    roleOf: userId => {
      const entry = roster.entry(userId);
      return entry && globalRoleOf(entry, clock.now());
    },
    portalOrigin: () => portalOrigin,
    ...(options.protocols === undefined ? {} : { protocols: options.protocols }),
    vault: {
      seal: (value, context) => JSON.stringify([context, value.reveal()]),
      open: sealed => new Secret((JSON.parse(sealed) as [string, string])[1]),
    },
  });
  const access = createAccess({
    ...{ ...base, roster, audit, db: store.db(), config: accessConfig.parse({}) },
    hands: {
      makeMember: async (by, userId) => void (await identity.setRole(by, userId, 'member')),
      leaveGroup: (by, input) => identity.groups.setMember(by, { ...input, isMember: false }),
      async revokeKey(by, id) {
        await identity.revokeApiKey(by, id);
        return true;
      },
    },
    siteUsing: async () => undefined,
    changed: async change => void roster.apply(change),
  });
  const perimeter = { ...base, db: store.db<PerimeterTables>(), audit, changed };
  const exclusions = createExclusions(perimeter);
  const bans = createBans({ ...perimeter, exempt: createExemptions([]) });
  const advance = (ms: number) => {
    offsetMs += ms;
  };
  return { clock, log, logged, newId, bus, told, audit, counters, identity, access, roster, exclusions, bans, advance };
}

function contextFor(host: string): SignInContext {
  return { clientIp: '192.0.2.7', userAgent: 'test', host, requestId: 'r-test' };
}

/** A client as the portal has it, with the headers a browser adds. */
export function clientOf(admin: Admin, headers: Readonly<Record<string, string>>): Client {
  return createClient({
    baseUrl: portalOrigin,
    headers: { origin: portalOrigin, 'sec-fetch-site': 'same-origin', ...headers },
    fetch: (url, init) => admin.handle(new Request(url, init), controlOf(portalOrigin, undefined)),
  });
}

export function controlOf(origin: string, site: string | undefined, clientIp = '192.0.2.7') {
  return { requestId: 'r-1', clientIp, origin, site };
}

export interface Seen {
  readonly url: URL;
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

export interface Browser {
  /** One request, no redirect followed. */
  send(url: string, init?: RequestInit & { clientIp?: string }): Promise<Seen>;
  /** A navigation: follows redirects, at most ten. */
  open(url: string): Promise<Seen>;
  /** Fills in the first form of a page and sends it as the browser would, following redirects. */
  submit(page: Seen, fields?: Readonly<Record<string, string>>): Promise<Seen>;
  cookie(host: string, name: string): string | undefined;
  setCookie(host: string, name: string, value: string): void;
  /** Every address that was asked for, in order. */
  readonly visited: string[];
}

export function createBrowser(gate: Gate): Browser {
  const jars = new Map<string, Map<string, string>>();
  const visited: string[] = [];
  const jar = (host: string) => {
    const found = jars.get(host) ?? new Map<string, string>();
    jars.set(host, found);
    return found;
  };
  const browser: Browser = {
    visited,
    async send(address, init = {}) {
      const url = new URL(address);
      visited.push(url.href);
      const headers = new Headers({ accept: 'text/html', ...(init.headers as Record<string, string>) });
      const cookies = [...jar(url.hostname)].map(([name, value]) => `${name}=${value}`).join('; ');
      if (cookies !== '') headers.set('cookie', cookies);
      const site = await siteAt(gate, url.origin);
      const request = new Request(url, { ...init, headers });
      const response = await gate.admin.handle(request, controlOf(url.origin, site, init.clientIp));
      for (const line of response.headers.getSetCookie()) store(jar(url.hostname), line);
      return { url, status: response.status, headers: response.headers, text: await response.text() };
    },
    async open(address) {
      let seen = await browser.send(address);
      for (let hop = 0; seen.status === 303; hop++) {
        if (hop === 10) throw new Error(`Too many redirects: ${visited.slice(-11).join(' ')}`);
        const next = new URL(seen.headers.get('location') ?? '', seen.url);
        if (!next.pathname.startsWith('/.sallyport')) return { ...seen, url: next };
        seen = await browser.send(next.href);
      }
      return seen;
    },
    async submit(page, fields = {}) {
      const form = /<form method="post" action="([^"]+)">([\s\S]*?)<\/form>/.exec(page.text);
      if (form === null) throw new Error(`No form in: ${page.text.slice(0, 500)}`);
      const body = new URLSearchParams();
      for (const [, name = '', value = ''] of (form[2] ?? '').matchAll(
        /type="hidden" name="([^"]+)" value="([^"]*)"/g,
      )) {
        body.set(name, value.replaceAll('&amp;', '&'));
      }
      for (const [name, value] of Object.entries(fields)) body.set(name, value);
      const target = new URL(form[1] ?? '', page.url);
      const headers = { origin: page.url.origin, 'sec-fetch-site': 'same-origin' };
      const seen = await browser.send(target.href, { method: 'POST', body, headers });
      if (seen.status !== 303) return seen;
      const next = new URL(seen.headers.get('location') ?? '', seen.url);
      return next.pathname.startsWith('/.sallyport') ? browser.open(next.href) : { ...seen, url: next };
    },
    cookie: (host, name) => jar(host).get(name),
    setCookie: (host, name, value) => void jar(host).set(name, value),
  };
  return browser;
}

function store(jar: Map<string, string>, line: string): void {
  const [pair = '', ...attributes] = line.split('; ');
  const at = pair.indexOf('=');
  if (attributes.includes('Max-Age=0')) jar.delete(pair.slice(0, at));
  else jar.set(pair.slice(0, at), pair.slice(at + 1));
}

async function siteAt(gate: Gate, origin: string): Promise<string | undefined> {
  if (origin === portalOrigin) return undefined;
  const sites = await gate.sites.list();
  return sites.find(site =>
    origin === farOrigin ? site.hosts.includes('flows.test') : origin.endsWith(`:${site.port}`),
  )?.name;
}

/** The code an authenticator app shows (RFC 6238). */
export function totpCode(base32: string, nowMs: number): string {
  let bits = '';
  for (const letter of base32.replaceAll(' ', '')) {
    bits += 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0');
  }
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map(byte => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(nowMs / 30_000)));
  const mac = createHmac('sha1', key).update(counter).digest();
  const offset = (mac[19] ?? 0) & 0xf;
  return `${(mac.readUInt32BE(offset) & 0x7fffffff) % 1_000_000}`.padStart(6, '0');
}
