import { createHash, X509Certificate } from 'node:crypto';
import type { Clock } from '../../../core/clock.ts';
import { SallyportError } from '../../../core/errors.ts';
import type { Log } from '../../../core/log.ts';
import type { KeyPair } from '../authority.ts';
import { createChallengeCertificate } from '../authority.ts';
import type { AcmeClient, ChallengeType, PendingChallenge } from './acme-client.ts';
import { refusalOf } from './acme-client.ts';
import { pause } from './acme-http.ts';
import type { AcmeStore } from './acme-store.ts';
import { createCertificateRequest } from './certificate-request.ts';
import type { ChallengeListener } from './challenge-listener.ts';
import { backoffMs, renewalTime } from './schedule.ts';

/** Until every worker process holds a challenge certificate. */
const settleMs = 200;

/** How one name stands. */
export interface OrderStatus {
  readonly host: string;
  /** `held`: a certificate is served. `due`: one is wanted. `failing`: the last try failed; what was served before is served on. */
  readonly state: 'held' | 'due' | 'failing';
  readonly untilMs: number | undefined;
  /** When it is ordered or tried next. */
  readonly nextMs: number;
  readonly failures: number;
  readonly problem: string | undefined;
}

/** The certificates of all names, each ordered and renewed by itself: a name that fails keeps no other from its own. */
export interface AcmeOrders {
  /** In the order of the names; only those there are. */
  readonly certificates: readonly KeyPair[];
  /** For TLS-ALPN-01 validations under way. */
  readonly challenges: readonly (KeyPair & { readonly host: string })[];
  status(): readonly OrderStatus[];
  /** Takes over the names and loads what is kept for them. */
  setHosts(hosts: readonly string[]): Promise<void>;
  /** Orders everything that is due, one after another. Never throws. */
  run(signal: AbortSignal): Promise<void>;
}

export interface AcmeOrdersDeps {
  readonly clock: Clock;
  readonly log: Log;
  /** From 0 to 1. */
  readonly random: () => number;
  readonly client: AcmeClient;
  readonly store: AcmeStore;
  readonly challenge: ChallengeType;
  readonly listener: ChallengeListener | undefined;
  /** Throws when a gate could not use the pair. */
  readonly check: (pair: KeyPair) => void;
  readonly onChange: () => void;
}

interface Entry {
  readonly host: string;
  pair: KeyPair | undefined;
  untilMs: number | undefined;
  nextMs: number;
  failures: number;
  problem: string | undefined;
}

export function createAcmeOrders(deps: AcmeOrdersDeps): AcmeOrders {
  const { clock, log, random } = deps;
  let entries: readonly Entry[] = [];
  /** The server asked to be left alone until then, for all names. */
  let heldUntilMs = 0;
  const challenges = new Map<string, KeyPair & { readonly host: string }>();

  const take = (entry: Entry, pair: KeyPair): void => {
    const leaf = checkFor(entry.host, pair, deps.check);
    const life = { fromMs: leaf.validFromDate.getTime(), untilMs: leaf.validToDate.getTime() };
    Object.assign(entry, {
      pair,
      untilMs: life.untilMs,
      nextMs: renewalTime(life, random()),
      failures: 0,
      problem: undefined,
    });
  };
  const load = async (host: string): Promise<Entry> => {
    const entry: Entry = { host, pair: undefined, untilMs: undefined, nextMs: 0, failures: 0, problem: undefined };
    try {
      const pair = await deps.store.read(host);
      if (pair !== undefined) take(entry, pair);
    } catch (error) {
      // A new one takes its place; until then this name is served like one that has none.
      log.warn('tls.acme_kept_unusable', { host, error });
    }
    return entry;
  };
  const present = async (pending: PendingChallenge, signal: AbortSignal): Promise<() => void> => {
    if (deps.listener !== undefined) return deps.listener.present(pending);
    const digest = createHash('sha256').update(pending.keyAuthorization).digest();
    const { host } = pending;
    challenges.set(host, { host, ...createChallengeCertificate(host, digest, clock.now()) });
    deps.onChange();
    await pause(settleMs, signal);
    return () => {
      challenges.delete(host);
      deps.onChange();
    };
  };
  const renew = async (entry: Entry, signal: AbortSignal): Promise<void> => {
    const { host } = entry;
    try {
      const { keyPem, request } = createCertificateRequest([host]);
      const certPem = chainOf(
        await deps.client.order({ host, type: deps.challenge, request, signal, present: one => present(one, signal) }),
      );
      checkFor(host, { certPem, keyPem }, deps.check);
      await deps.store.write(host, { certPem, keyPem });
      take(entry, { certPem, keyPem });
      log.info('tls.acme_issued', { host, until: new Date(entry.untilMs ?? 0).toISOString() });
      deps.onChange();
    } catch (error) {
      if (signal.aborted) return;
      const { problem, retryAfterMs } = refusalOf(error);
      entry.failures++;
      entry.problem = problem;
      entry.nextMs = clock.now() + backoffMs(entry.failures, retryAfterMs, random());
      if (retryAfterMs !== undefined) heldUntilMs = Math.max(heldUntilMs, clock.now() + retryAfterMs);
      log.error('tls.acme_failed', {
        host,
        failures: entry.failures,
        nextTry: new Date(entry.nextMs).toISOString(),
        error,
      });
    }
  };

  return {
    get certificates() {
      return entries.flatMap(entry => entry.pair ?? []);
    },
    get challenges() {
      return [...challenges.values()];
    },
    status: () => entries.map(entry => statusOf(entry, heldUntilMs)),
    async setHosts(hosts) {
      const known = new Map(entries.map(entry => [entry.host, entry]));
      entries = await Promise.all(hosts.map(async host => known.get(host) ?? load(host)));
    },
    async run(signal) {
      for (const entry of entries) {
        if (signal.aborted || clock.now() < heldUntilMs) return;
        if (clock.now() >= entry.nextMs && entries.includes(entry)) await renew(entry, signal);
      }
    },
  };
}

function statusOf({ pair, ...entry }: Entry, heldUntilMs: number): OrderStatus {
  const state = entry.problem !== undefined ? 'failing' : pair === undefined ? 'due' : 'held';
  return { ...entry, state, nextMs: Math.max(entry.nextMs, heldUntilMs) };
}

/** The certificates of what the server sent, without the text some put between them. */
function chainOf(text: string): string {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return blocks.map(block => `${block}\n`).join('');
}

/** Its leaf, when a gate can use the pair for this name. */
function checkFor(host: string, pair: KeyPair, check: (pair: KeyPair) => void): X509Certificate {
  check(pair);
  const leaf = new X509Certificate(pair.certPem);
  if (leaf.checkHost(host, { subject: 'never' }) !== undefined) return leaf;
  throw new SallyportError('gateway.acme_failed', `Cannot use the certificate given for "${host}": it names others`);
}
