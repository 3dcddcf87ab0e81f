import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../../core/clock.ts';
import { SallyportError } from '../../core/errors.ts';
import { canonicalIp } from '../../core/ip.ts';
import type { Log } from '../../core/log.ts';
import type { Secret } from '../../core/secret.ts';
import type { TlsMaterial } from '../gateway.ts';
import { createTlsContexts } from '../transport/tls-contexts.ts';
import type { OrderStatus } from './acme/acme-orders.ts';
import type { AcmeSource } from './acme/acme-source.ts';
import { openAcmeSource } from './acme/acme-source.ts';
import type { Generated } from './generated.ts';
import { loadGenerated } from './generated.ts';
import { createTicketKeys } from './ticket-keys.ts';
import type { TlsConfig } from './tls-config.ts';
import { hostPattern } from './tls-config.ts';

const fileBytesMax = 262_144;
const tickMsMax = 60_000;

/** How certificates stand, for people. */
export interface TlsStatus {
  readonly mode: TlsConfig['mode'];
  /** What is served, in order of choice. */
  readonly certificates: readonly {
    readonly names: readonly string[];
    readonly issuer: string;
    readonly untilMs: number;
  }[];
  /** In mode `acme`, every name that is ordered; empty else. */
  readonly orders: readonly OrderStatus[];
  /** Why the last load failed, where it did: what is served is older. */
  readonly problem: string | undefined;
}

/** Certificates that keep themselves current. */
export interface TlsSource extends AsyncDisposable {
  /** What is in force now. */
  readonly material: TlsMaterial;
  /** The generated authority, for people to trust; undefined with own files. */
  readonly authority: Generated['authority'] | undefined;
  /** Port of the plain listener for HTTP-01; undefined where there is none. */
  readonly httpPort: number | undefined;
  status(): TlsStatus;
  /** Called with material that has passed every check; a reload that fails is logged and tried again. Returns the way to stop. */
  onChange(listener: (material: TlsMaterial) => void): () => void;
  /**
   * From now on the certificates cover these names besides the configured ones; resolves when the generated one does. When it can not be
   * made, that is logged, the old one stays, and it is tried again at the next reload. With own files this changes nothing.
   */
  setHosts(hosts: readonly string[]): Promise<void>;
  /** The gate listens: from now on certificates are ordered, where they come by ACME. */
  begin(): void;
}

export interface TlsSourceDeps {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Where relative file names of the configuration start; the working folder when left out. */
  readonly baseDir?: string;
  /** Names of the portal and of sites, which certificates cover as well. */
  readonly hosts?: readonly string[];
  /** Where people reach the gate, for redirects; 443 when left out. */
  readonly httpsPort?: number;
  /** Resolves `env:NAME` and `file:/path`; needed where the configuration holds one. */
  readonly readSecret?: (reference: string) => Secret;
}

/** Loads (or makes) the certificates and watches them. Throws `gateway.tls_invalid` when the first load fails: there is nothing to keep. */
export async function createTlsSource(config: TlsConfig, deps: TlsSourceDeps): Promise<TlsSource> {
  const { clock, log } = deps;
  const listeners = new Set<(material: TlsMaterial) => void>();
  const tickets = createTicketKeys(clock);
  let hosts = deps.hosts ?? [];
  let problem: string | undefined;
  let hasBegun = false;
  let loaded = await load(config, deps, hosts);
  // Before anything is opened that would have to be closed again.
  createTlsContexts({ ...loaded, minVersion: config.minVersion }, clock.now());
  const acme = await openAcme(config, deps, () => publish());
  await acme?.setHosts([...hosts, ...config.hosts]);
  const compose = () => composed(config, loaded, { acme, ticketKeys: tickets.current });
  let material = compose();
  for (const subject of createTlsContexts(material, clock.now()).outOfDate) {
    log.warn('tls.certificate_out_of_date', { subject });
  }
  function publish(): boolean {
    const next = compose();
    if (isDeepStrictEqual(next, material)) return false;
    createTlsContexts(next, clock.now());
    material = next;
    for (const listener of listeners) listener(material);
    return true;
  }
  const reloadOnce = async () => {
    const before = loaded;
    try {
      loaded = await load(config, deps, hosts);
      await acme?.setHosts([...hosts, ...config.hosts]);
      if (publish()) log.info('tls.reloaded', { certificates: material.certificates.length });
      problem = undefined;
    } catch (error) {
      loaded = before;
      problem = error instanceof Error ? error.message : String(error);
      log.error('tls.reload_failed', { error });
    }
  };
  let pending = Promise.resolve();
  // One after another: two loads at once could each make an authority, and what was asked for last is what is in force.
  const reload = () => {
    pending = pending.then(reloadOnce);
    return pending;
  };
  const timer = setInterval(() => void reload(), config.reloadMs).unref();
  const tick = () => {
    if (tickets.rotate()) publish();
    if (hasBegun) acme?.run();
  };
  const ticker = setInterval(tick, Math.min(config.reloadMs, tickMsMax)).unref();
  return {
    get material() {
      return material;
    },
    get authority() {
      return loaded.authority;
    },
    httpPort: acme?.httpPort,
    status: () => ({
      mode: config.mode,
      certificates: material.certificates.map(describe),
      orders: acme?.orders.status() ?? [],
      problem,
    }),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async setHosts(next) {
      if (config.mode === 'files' || next.join() === hosts.join()) return;
      hosts = [...next];
      await reload();
      if (hasBegun) acme?.run();
    },
    begin() {
      hasBegun = true;
      acme?.run();
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      clearInterval(ticker);
      listeners.clear();
      await pending;
      await acme?.[Symbol.asyncDispose]();
    },
  };
}

function composed(
  config: TlsConfig,
  loaded: Loaded,
  { acme, ticketKeys }: { readonly acme: AcmeSource | undefined; readonly ticketKeys: string },
): TlsMaterial {
  return {
    // What the local authority made stands last: for names that have nothing better yet.
    certificates: [...(acme?.orders.certificates ?? []), ...loaded.certificates],
    minVersion: config.minVersion,
    ticketKeys,
    ...(loaded.originPullCaPem !== undefined && { originPullCaPem: loaded.originPullCaPem }),
    ...(acme && acme.orders.challenges.length > 0 && { challenges: acme.orders.challenges }),
  };
}

/** What the files say; what ACME brings is added to it. */
interface Loaded {
  readonly certificates: TlsMaterial['certificates'];
  readonly authority: Generated['authority'] | undefined;
  readonly originPullCaPem?: string;
}

async function load(config: TlsConfig, deps: TlsSourceDeps, hosts: readonly string[]): Promise<Loaded> {
  const pathOf = (file: string) => resolve(deps.baseDir ?? '.', file);
  const pull = config.originPullCa === undefined ? {} : { originPullCaPem: await read(pathOf(config.originPullCa)) };
  if (config.mode !== 'files') return { ...(await loadOwnAuthority(config, deps, hosts)), ...pull };
  const certificates = await Promise.all(
    config.certificates.map(async pair => ({
      certPem: await read(pathOf(pair.certFile)),
      keyPem: await read(pathOf(pair.keyFile)),
    })),
  );
  return { certificates, authority: undefined, ...pull };
}

async function openAcme(config: TlsConfig, deps: TlsSourceDeps, onChange: () => void): Promise<AcmeSource | undefined> {
  if (config.mode !== 'acme' || config.acme === undefined) return undefined;
  const { caFile } = config.acme;
  const { dataDir, clock, log } = deps;
  return openAcmeSource(config.acme, {
    dataDir,
    clock,
    log,
    caPem: caFile === undefined ? undefined : await read(resolve(deps.baseDir ?? '.', caFile)),
    httpsPort: deps.httpsPort ?? 443,
    readSecret: deps.readSecret,
    check: pair => void createTlsContexts({ certificates: [pair], minVersion: config.minVersion }, clock.now()),
    onChange,
  });
}

async function loadOwnAuthority(config: TlsConfig, deps: TlsSourceDeps, hosts: readonly string[]) {
  const wanted = ['localhost', '127.0.0.1', '::1', ...config.hosts, ...hosts];
  const names = new Set<string>();
  for (const text of wanted) {
    if (!hostPattern.test(text)) {
      throw new SallyportError(
        'gateway.tls_invalid',
        `Cannot make a certificate for "${text}": want a host name or an address`,
      );
    }
    names.add(canonicalIp(text) ?? text.toLowerCase());
  }
  const folder = join(deps.dataDir, 'tls');
  const nowMs = deps.clock.now();
  const { server, authority } = await loadGenerated({ folder, names: [...names], nowMs, log: deps.log });
  return { certificates: [server], authority };
}

async function read(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new SallyportError('gateway.tls_invalid', `Cannot read "${path}": want a readable PEM file`, { cause });
  });
  if (text.length <= fileBytesMax) return text;
  throw new SallyportError('gateway.tls_invalid', `Cannot use "${path}": want at most ${fileBytesMax} bytes`);
}

function describe({ certPem }: { readonly certPem: string }): TlsStatus['certificates'][number] {
  const leaf = new X509Certificate(certPem);
  const names = (leaf.subjectAltName ?? '').split(', ').map(name => name.replace(/^(?:DNS|IP Address):/, ''));
  return { names, issuer: leaf.issuer.replaceAll('\n', ', '), untilMs: leaf.validToDate.getTime() };
}
