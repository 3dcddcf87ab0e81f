import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import { SallyportError } from '../../core/errors.ts';
import { canonicalIp } from '../../core/ip.ts';
import type { Log } from '../../core/log.ts';
import type { TlsMaterial } from '../gateway.ts';
import { createTlsContexts } from '../transport/tls-contexts.ts';
import type { Generated } from './generated.ts';
import { loadGenerated } from './generated.ts';

const hostPattern = /^(?!-)[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63})*$|^[0-9a-f:.]+$/i;
const fileBytesMax = 262_144;

/** Where certificates come from. */
export const tlsConfig = z
  .strictObject({
    mode: z
      .enum(['generated', 'files'])
      .default('generated')
      .describe('"generated": a local certificate authority in the data directory; "files": your own certificates'),
    certificates: z
      .array(
        z.strictObject({
          certFile: z.string().min(1).describe('PEM file with the certificate and its chain, leaf first'),
          keyFile: z.string().min(1).describe('PEM file with the private key'),
        }),
      )
      .max(64)
      .default([])
      .describe('For mode "files"; the first is the default, others are chosen by server name'),
    hosts: z
      .array(z.string().max(253).regex(hostPattern))
      .max(100)
      .default([])
      .describe('For mode "generated": names and addresses besides localhost, 127.0.0.1 and ::1'),
    minVersion: z.enum(['TLSv1.2', 'TLSv1.3']).default('TLSv1.2').describe('Lowest TLS version accepted'),
    reloadMs: z
      .number()
      .int()
      .min(100)
      .max(86_400_000)
      .default(30_000)
      .describe('How often files are looked at for a change, and generated certificates for renewal'),
  })
  .superRefine((config, ctx) => {
    if ((config.mode === 'files') === config.certificates.length > 0) return;
    const message =
      config.mode === 'files' ? 'mode "files" wants at least one certificate' : 'certificates want mode "files"';
    ctx.addIssue({ code: 'custom', path: ['certificates'], message });
  });

export type TlsConfig = z.infer<typeof tlsConfig>;

/** Certificates that keep themselves current. */
export interface TlsSource extends AsyncDisposable {
  /** What is in force now. */
  readonly material: TlsMaterial;
  /** The generated authority, for people to trust; undefined with own files. */
  readonly authority: Generated['authority'] | undefined;
  /** Called with material that has passed every check; a reload that fails is logged and tried again. Returns the way to stop. */
  onChange(listener: (material: TlsMaterial) => void): () => void;
  /**
   * From now on the generated certificate covers these names besides the configured ones; resolves when it does. When it can not be made,
   * that is logged, the old one stays, and it is tried again at the next reload. With own files this changes nothing.
   */
  setHosts(hosts: readonly string[]): Promise<void>;
}

export interface TlsSourceDeps {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Where relative file names of the configuration start; the working folder when left out. */
  readonly baseDir?: string;
  /** Names of sites, which the generated certificate covers as well. */
  readonly hosts?: readonly string[];
}

/** Loads (or makes) the certificates and watches them. Throws `gateway.tls_invalid` when the first load fails: there is nothing to keep. */
export async function createTlsSource(config: TlsConfig, deps: TlsSourceDeps): Promise<TlsSource> {
  const { clock, log } = deps;
  const listeners = new Set<(material: TlsMaterial) => void>();
  let hosts = deps.hosts ?? [];
  let { material, authority } = await load(config, deps, hosts);
  for (const subject of createTlsContexts(material, clock.now()).outOfDate) {
    log.warn('tls.certificate_out_of_date', { subject });
  }
  const reloadOnce = async () => {
    try {
      const next = await load(config, deps, hosts);
      if (isDeepStrictEqual(next.material, material)) return;
      ({ material, authority } = next);
      log.info('tls.reloaded', { certificates: material.certificates.length });
      for (const listener of listeners) listener(material);
    } catch (error) {
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
  return {
    get material() {
      return material;
    },
    get authority() {
      return authority;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async setHosts(next) {
      if (config.mode !== 'generated' || next.join() === hosts.join()) return;
      hosts = [...next];
      await reload();
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      listeners.clear();
      await pending;
    },
  };
}

interface Loaded {
  readonly material: TlsMaterial;
  readonly authority: Generated['authority'] | undefined;
}

async function load(config: TlsConfig, deps: TlsSourceDeps, hosts: readonly string[]): Promise<Loaded> {
  const nowMs = deps.clock.now();
  if (config.mode === 'generated') return loadOwnAuthority(config, deps, hosts);
  const pathOf = (file: string) => resolve(deps.baseDir ?? '.', file);
  const certificates = await Promise.all(
    config.certificates.map(async pair => ({
      certPem: await read(pathOf(pair.certFile)),
      keyPem: await read(pathOf(pair.keyFile)),
    })),
  );
  const material = { certificates, minVersion: config.minVersion };
  // Checked here as well as in the transport, so that a half-written pair is never passed on.
  createTlsContexts(material, nowMs);
  return { material, authority: undefined };
}

async function loadOwnAuthority(config: TlsConfig, deps: TlsSourceDeps, hosts: readonly string[]): Promise<Loaded> {
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
  return { material: { certificates: [server], minVersion: config.minVersion }, authority };
}

async function read(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw new SallyportError('gateway.tls_invalid', `Cannot read "${path}": want a readable PEM file`, { cause });
  });
  if (text.length <= fileBytesMax) return text;
  throw new SallyportError('gateway.tls_invalid', `Cannot use "${path}": want at most ${fileBytesMax} bytes`);
}
