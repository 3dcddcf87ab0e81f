import type { OperationOutput } from '../../src/admin/contract/contract.ts';
import { guardDefaults } from '../../src/gateway/guard-input.ts';
import { signInDefaults } from '../../src/gateway/sign-in-input.ts';

export type Site = OperationOutput<'sites.get'>;

const dayMs = 86_400_000;

/** An n8n that is well, a Flowise that waits for its account, and a wiki of which one upstream is away. */
export function sampleSites(now: number): Site[] {
  const site = (change: Partial<Site> & Pick<Site, 'id' | 'name' | 'platform' | 'upstreams'>): Site => ({
    hosts: [],
    port: null,
    accounts: 'personal',
    defaultProject: 'p1',
    projects: [],
    publicRoutes: [],
    corsOrigins: [],
    identityHeaders: 'remote',
    bodyBytesMax: 16 * 1024 ** 2,
    upstreamTimeoutMs: 60_000,
    healthPath: '/healthz',
    enabled: true,
    guard: { ...guardDefaults, countries: { rule: 'any', codes: [] } },
    signIn: { ...signInDefaults, stepUp: [] },
    api: [],
    createdAt: now - 24 * dayMs,
    address: 'https://localhost:8444',
    upstreamHealth: change.upstreams.map(url => ({ url, healthy: true, active: 2 })),
    platformAccount: 'ready',
    version: null,
    ...change,
  });
  return [
    site({
      id: 'site-n8n',
      name: 'automation',
      platform: 'n8n',
      upstreams: ['http://localhost:5678'],
      hosts: ['automation.harbour.example'],
      port: 8444,
      version: '1.121.3',
      publicRoutes: [
        { path: '/webhook/orders', methods: ['POST'] },
        { path: '/webhook/tickets/:id/status', methods: ['GET', 'POST'] },
        { path: '/form/contact', methods: ['GET', 'POST'] },
      ],
      corsOrigins: ['https://shop.harbour.example'],
    }),
    site({
      id: 'site-flowise',
      name: 'assistants',
      platform: 'flowise',
      upstreams: ['http://localhost:3000'],
      port: 8445,
      address: 'https://localhost:8445',
      version: '3.0.11',
      accounts: 'shared',
      platformAccount: 'needed',
    }),
    site({
      id: 'site-wiki',
      name: 'wiki',
      platform: 'generic',
      upstreams: ['http://10.0.4.11:8080', 'http://10.0.4.12:8080'],
      hosts: ['wiki.harbour.example'],
      address: 'https://wiki.harbour.example:8443',
      accounts: 'none',
      platformAccount: 'not_used',
      upstreamHealth: [
        { url: 'http://10.0.4.11:8080', healthy: true, active: 1 },
        { url: 'http://10.0.4.12:8080', healthy: false, active: 0 },
      ],
    }),
  ];
}
