import type { SiteRecord } from '../gateway/gateway.ts';

/**
 * The origins at which people reach a site, the one to show first: its host names on the main port, then a port of its own on the portal's host
 * name.
 */
export function siteOrigins(site: Pick<SiteRecord, 'hosts' | 'port'>, portalOrigin: string): readonly string[] {
  const portal = new URL(portalOrigin);
  const withPort = (port: string) => (port === '' || port === '443' ? '' : `:${port}`);
  return [
    ...site.hosts.map(host => `https://${host}${withPort(portal.port)}`),
    ...(site.port === null ? [] : [`https://${portal.hostname}${withPort(String(site.port))}`]),
  ];
}
