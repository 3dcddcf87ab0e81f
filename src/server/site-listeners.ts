import type { Log } from '../core/log.ts';
import type { Gateway, GatewayListener, PolicySnapshot } from '../gateway/gateway.ts';

/**
 * Keeps the open ports what the sites say: a site with a port of its own is listened for, one that went is closed. A port that cannot be
 * opened is logged and tried again at the next change; the other sites are not held up by it.
 */
export function createSiteListeners(deps: {
  gateway: Pick<Gateway, 'listen' | 'unlisten'>;
  listener: Omit<GatewayListener, 'port'>;
  log: Log;
}): {
  sync(sites: PolicySnapshot['sites']): Promise<void>;
} {
  const open = new Set<number>();
  return {
    async sync(sites) {
      const wanted = new Set(
        sites.filter(site => site.enabled).flatMap(site => (site.port === null ? [] : [site.port])),
      );
      for (const port of [...open].filter(one => !wanted.has(one))) {
        open.delete(port);
        await deps.gateway.unlisten(port);
      }
      for (const port of [...wanted].filter(one => !open.has(one))) {
        try {
          await deps.gateway.listen({ ...deps.listener, port });
          open.add(port);
        } catch (error) {
          deps.log.error('site.listen_failed', { port, error });
        }
      }
    },
  };
}
