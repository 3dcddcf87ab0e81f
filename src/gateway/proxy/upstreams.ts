import { Pool } from 'undici';
import type { Log } from '../../core/log.ts';
import type { GatewayHealth } from '../gateway.ts';
import type { SitePolicy } from '../snapshot.ts';

/** One address of a platform, with its connections and what is known of its health. */
export interface Upstream {
  readonly url: string;
  readonly pool: Pool;
  /** Requests under way. */
  active: number;
  isHealthy: boolean;
  failures: number;
}

export interface Upstreams extends AsyncDisposable {
  /** Opens pools for new sites and addresses, closes those that are gone once their requests are done. */
  sync(sites: readonly SitePolicy[]): void;
  /**
   * The least busy healthy upstream of a site, other than `not`; when none is healthy, the least busy of all, since a wrong health path
   * must not close a site. `full` when every one has as many requests as it may.
   */
  pick(siteId: string, not?: Upstream): Upstream | 'full' | undefined;
  /** A connection failed: three in a row put the upstream out until it answers again. */
  failed(upstream: Upstream): void;
  answered(upstream: Upstream): void;
  states(): GatewayHealth['upstreams'];
}

export interface UpstreamsDeps {
  readonly log: Log;
  readonly healthIntervalMs: number;
}

const requestsPerUpstreamMax = 512;
const failuresMax = 3;
const healthTimeoutMs = 5000;
const connectTimeoutMs = 5000;

interface Entry {
  readonly site: SitePolicy;
  readonly upstreams: readonly (Upstream & { stop: () => void })[];
}

/** Pools of kept-alive connections per upstream, checked every `healthIntervalMs`. Certificates of https upstreams are verified. */
export function createUpstreams(deps: UpstreamsDeps): Upstreams {
  let entries = new Map<string, Entry>();
  const closing = new Set<Promise<void>>();

  function open(site: SitePolicy, url: string): Upstream & { stop: () => void } {
    const pool = new Pool(url, {
      connections: requestsPerUpstreamMax,
      pipelining: 1,
      allowH2: false,
      connect: { timeout: connectTimeoutMs },
      keepAliveTimeout: 4000,
      keepAliveMaxTimeout: 60_000,
      maxHeaderSize: 64 * 1024,
    });
    const upstream = { url, pool, active: 0, isHealthy: true, failures: 0, stop: () => {} };
    upstream.stop = watch(upstream, site, deps);
    return upstream;
  }

  function close(upstream: Upstream & { stop: () => void }): void {
    upstream.stop();
    const closed = upstream.pool.close().catch((error: unknown) => {
      deps.log.warn('gateway.pool_close_failed', { url: upstream.url, error });
    });
    closing.add(closed);
    void closed.finally(() => closing.delete(closed));
  }

  return {
    sync(sites) {
      const wanted = new Map<string, Entry>();
      for (const site of sites) {
        const held = entries.get(site.id);
        const isSame = held?.site.healthPath === site.healthPath;
        const upstreams = site.upstreams.map(url => {
          const kept = isSame ? held?.upstreams.find(upstream => upstream.url === url) : undefined;
          return kept ?? open(site, url);
        });
        wanted.set(site.id, { site, upstreams });
      }
      for (const [id, entry] of entries) {
        const kept = wanted.get(id)?.upstreams ?? [];
        for (const upstream of entry.upstreams) if (!kept.includes(upstream)) close(upstream);
      }
      entries = wanted;
    },
    pick(siteId, not) {
      let best: Upstream | undefined;
      let isFull = false;
      for (const upstream of entries.get(siteId)?.upstreams ?? []) {
        if (upstream === not) continue;
        if (upstream.active >= requestsPerUpstreamMax) isFull = true;
        else if (best === undefined || isBetter(upstream, best)) best = upstream;
      }
      return best ?? (isFull ? 'full' : undefined);
    },
    failed(upstream) {
      upstream.failures++;
      if (upstream.failures >= failuresMax) setHealth(upstream, false, deps.log);
    },
    answered(upstream) {
      upstream.failures = 0;
      if (!upstream.isHealthy) setHealth(upstream, true, deps.log);
    },
    states() {
      return [...entries.values()].flatMap(({ site, upstreams }) =>
        upstreams.map(({ url, isHealthy, active }) => ({ site: site.name, url, healthy: isHealthy, active })),
      );
    },
    async [Symbol.asyncDispose]() {
      for (const { upstreams } of entries.values()) {
        for (const upstream of upstreams) {
          upstream.stop();
          closing.add(upstream.pool.destroy().catch(() => {}));
        }
      }
      entries = new Map();
      await Promise.all(closing);
    },
  };
}

function isBetter(one: Upstream, other: Upstream): boolean {
  return one.isHealthy === other.isHealthy ? one.active < other.active : one.isHealthy;
}

function setHealth(upstream: Upstream, isHealthy: boolean, log: Log): void {
  if (upstream.isHealthy === isHealthy) return;
  upstream.isHealthy = isHealthy;
  log.warn(isHealthy ? 'gateway.upstream_up' : 'gateway.upstream_down', { url: upstream.url });
}

/** Asks for the health path again and again; whatever answers below 500 lives. Returns the way to stop. */
function watch(upstream: Upstream, site: SitePolicy, deps: UpstreamsDeps): () => void {
  const stopped = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let misses = 0;
  const check = async (): Promise<void> => {
    const isAlive = await answers(upstream, site.healthPath, stopped.signal);
    if (stopped.signal.aborted) return;
    misses = isAlive ? 0 : misses + 1;
    if (isAlive) upstream.failures = 0;
    if (isAlive || misses >= 2) setHealth(upstream, isAlive, deps.log);
    timer = setTimeout(() => void check(), deps.healthIntervalMs);
    timer.unref();
  };
  timer = setTimeout(() => void check(), Math.min(deps.healthIntervalMs, 100));
  timer.unref();
  return () => {
    stopped.abort();
    clearTimeout(timer);
  };
}

async function answers(upstream: Upstream, path: string, stopped: AbortSignal): Promise<boolean> {
  const signal = AbortSignal.any([stopped, AbortSignal.timeout(healthTimeoutMs)]);
  try {
    const { statusCode, body } = await upstream.pool.request({ path, method: 'GET', signal });
    await body.dump({ limit: 64 * 1024, signal });
    return statusCode < 500;
  } catch {
    // Refused, reset, too slow: all the same here.
    return false;
  }
}
