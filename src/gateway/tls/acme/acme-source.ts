import { createPrivateKey, randomInt } from 'node:crypto';
import type { Clock } from '../../../core/clock.ts';
import { SallyportError } from '../../../core/errors.ts';
import { canonicalIp } from '../../../core/ip.ts';
import type { Log } from '../../../core/log.ts';
import type { Secret } from '../../../core/secret.ts';
import type { KeyPair } from '../authority.ts';
import type { AcmeConfig } from '../tls-config.ts';
import { createAcmeClient } from './acme-client.ts';
import { createAcmeHttp } from './acme-http.ts';
import type { AcmeOrders } from './acme-orders.ts';
import { createAcmeOrders } from './acme-orders.ts';
import { openAcmeStore } from './acme-store.ts';
import type { ChallengeListener } from './challenge-listener.ts';
import { openChallengeListener } from './challenge-listener.ts';

const hostsMax = 200;

/** Certificates by ACME, with all they need: files, account, and the plain listener where challenges come by HTTP. */
export interface AcmeSource extends AsyncDisposable {
  readonly orders: AcmeOrders;
  /** Port of the plain listener; undefined where there is none. */
  readonly httpPort: number | undefined;
  /** Takes over all names; those no public authority certifies are left to the local one. */
  setHosts(hosts: readonly string[]): Promise<void>;
  /** Orders what is due, unless it does so already. */
  run(): void;
}

export interface AcmeSourceDeps {
  readonly dataDir: string;
  readonly clock: Clock;
  readonly log: Log;
  readonly caPem: string | undefined;
  readonly httpsPort: number;
  readonly readSecret: ((reference: string) => Secret) | undefined;
  readonly check: (pair: KeyPair) => void;
  readonly onChange: () => void;
}

/** Opens the listener, asks nobody yet. Throws `gateway.tls_invalid` for an account key or a port that can not be had. */
export async function openAcmeSource(config: AcmeConfig, deps: AcmeSourceDeps): Promise<AcmeSource> {
  const { clock, log } = deps;
  const store = await openAcmeStore(deps.dataDir, config.directoryUrl);
  const key = createPrivateKey((await store.accountKey()).export({ type: 'pkcs8', format: 'pem' }));
  const external = externalOf(config, deps.readSecret);
  let all: ReadonlySet<string> = new Set();
  let listener: ChallengeListener | undefined;
  if (config.challenge === 'http-01') {
    const isOwnHost = (hostname: string) => all.has(hostname);
    listener = await openChallengeListener({ ...config.http, isOwnHost, httpsPort: deps.httpsPort });
  }
  const http = createAcmeHttp({ caPem: deps.caPem, now: () => clock.now() });
  const client = createAcmeClient({ directoryUrl: config.directoryUrl, key, email: config.email, external }, http);
  const random = () => randomInt(1_000_000) / 1_000_000;
  const orders = createAcmeOrders({ ...deps, random, client, store, challenge: config.challenge, listener });
  const stop = new AbortController();
  let running: Promise<void> | undefined;
  return {
    orders,
    httpPort: listener?.port,
    async setHosts(hosts) {
      all = new Set(hosts.map(host => host.toLowerCase()));
      const wanted = [...all].filter(isOrderable);
      if (wanted.length > hostsMax) log.error('tls.acme_too_many_hosts', { hosts: wanted.length, hostsMax });
      await orders.setHosts(wanted.slice(0, hostsMax));
    },
    run() {
      if (stop.signal.aborted) return;
      running ??= orders.run(stop.signal).finally(() => {
        running = undefined;
      });
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
      await http.close();
      await listener?.[Symbol.asyncDispose]();
    },
  };
}

/** Names that can be looked up from outside: not an address, not this machine. */
const isOrderable = (host: string): boolean =>
  canonicalIp(host) === undefined && host.includes('.') && !host.endsWith('.localhost');

function externalOf(config: AcmeConfig, readSecret: AcmeSourceDeps['readSecret']) {
  if (config.externalAccount === undefined) return undefined;
  const { keyId, macKey } = config.externalAccount;
  const text = readSecret?.(macKey).reveal() ?? '';
  if (!/^[A-Za-z0-9_-]{16,1024}=*$/.test(text)) {
    const message = `Cannot use "${macKey}" as external account key: want base64url`;
    throw new SallyportError('gateway.tls_invalid', message, { detail: message });
  }
  return { keyId, macKey: Buffer.from(text, 'base64url') };
}
