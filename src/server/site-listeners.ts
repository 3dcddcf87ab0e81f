import type { Log } from '../core/log.ts';
import type { Gateway, GatewayListener, PolicySnapshot } from '../gateway/gateway.ts';

/**
 * Keeps the open ports what the sites say: a site with a port of its own is listened for, one that went is closed. A port that cannot be
 * opened is logged and tried again at the next change; the other sites are not held up by it. Nor is anybody by what still drains on a
 * port that was closed: `sync` resolves when the wanted ports are open and no others take connections. Calls are done one after another.
 */
export interface SiteListeners {
  sync(sites: PolicySnapshot['sites']): Promise<void>;
}

export function createSiteListeners(deps: {
  gateway: Pick<Gateway, 'listen' | 'unlisten'>;
  listener: Omit<GatewayListener, 'port'>;
  log: Log;
}): SiteListeners {
  const open = new Set<number>();
  let last: Promise<void> = Promise.resolve();

  async function follow(sites: PolicySnapshot['sites']): Promise<void> {
    const wanted = new Set(sites.filter(site => site.enabled).flatMap(site => (site.port === null ? [] : [site.port])));
    for (const port of [...open].filter(one => !wanted.has(one))) {
      open.delete(port);
      deps.gateway.unlisten(port).catch((error: unknown) => deps.log.error('site.unlisten_failed', { port, error }));
    }
    for (const port of [...wanted].filter(one => !open.has(one))) {
      try {
        await deps.gateway.listen({ ...deps.listener, port });
        open.add(port);
      } catch (error) {
        deps.log.error('site.listen_failed', { port, error });
      }
    }
  }

  return {
    sync(sites) {
      last = last.then(() => follow(sites));
      return last;
    },
  };
}
