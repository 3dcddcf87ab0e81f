import type { Log } from '../core/log.ts';
import type { Gateway, GatewayListener, PolicySnapshot } from '../gateway/gateway.ts';

/**
 * Keeps the open ports what the sites say: a site with a port of its own is listened for, one that went is closed. A port that cannot be
 * opened is logged, named by `closedPorts`, and tried again until it is free; the other sites are not held up by it. Nor is anybody by what still drains on a
 * port that was closed: `sync` resolves when the wanted ports are open and no others take connections. Calls are done one after another.
 */
export interface SiteListeners extends Disposable {
  sync(sites: PolicySnapshot['sites']): Promise<void>;
  /** Wanted by a site and not open: another program has it, most likely. */
  closedPorts(): readonly number[];
}

const retryEveryMs = 2000;

export function createSiteListeners(deps: {
  gateway: Pick<Gateway, 'listen' | 'unlisten'>;
  listener: Omit<GatewayListener, 'port'>;
  log: Log;
  retryEveryMs?: number;
}): SiteListeners {
  const open = new Set<number>();
  const closed = new Set<number>();
  let retry: NodeJS.Timeout | undefined;
  let isDisposed = false;
  let last: Promise<void> = Promise.resolve();

  async function follow(sites: PolicySnapshot['sites']): Promise<void> {
    const wanted = new Set(sites.filter(site => site.enabled).flatMap(site => (site.port === null ? [] : [site.port])));
    for (const port of [...open].filter(one => !wanted.has(one))) {
      open.delete(port);
      deps.gateway.unlisten(port).catch((error: unknown) => deps.log.error('site.unlisten_failed', { port, error }));
    }
    for (const port of [...closed].filter(one => !wanted.has(one))) closed.delete(port);
    for (const port of [...wanted].filter(one => !open.has(one))) await openPort(port);
    clearTimeout(retry);
    if (closed.size === 0 || isDisposed) return;
    retry = setTimeout(() => void inTurn(() => follow(sites)), deps.retryEveryMs ?? retryEveryMs);
    retry.unref();
  }

  async function openPort(port: number): Promise<void> {
    if (isDisposed) return;
    try {
      await deps.gateway.listen({ ...deps.listener, port });
      open.add(port);
      if (closed.delete(port)) deps.log.info('site.listening', { port });
    } catch (error) {
      if (!closed.has(port)) deps.log.error('site.listen_failed', { port, error });
      closed.add(port);
    }
  }

  const inTurn = (act: () => Promise<void>): Promise<void> => (last = last.then(act));

  return {
    sync: sites => inTurn(() => follow(sites)),
    closedPorts: () => [...closed],
    [Symbol.dispose]() {
      isDisposed = true;
      clearTimeout(retry);
    },
  };
}
