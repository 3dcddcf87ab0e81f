/** Sites and platform accounts as plain tables, for tests of this room. */
import { SallyportError } from '../core/errors.ts';
import type { SiteInput, SiteRecord, Sites } from '../gateway/gateway.ts';
import { guardDefaults, signInDefaults } from '../gateway/gateway.ts';
import type { PlatformAccounts } from '../platforms/platforms.ts';
import type { Gate } from './admin.fixture.ts';

export function siteInput(name: string, defaultProject: string, more: Partial<SiteInput> = {}): SiteInput {
  return {
    name,
    platform: 'n8n',
    hosts: [],
    port: 8444,
    upstreams: ['http://127.0.0.1:5678'],
    accounts: 'personal',
    defaultProject,
    projects: [],
    publicRoutes: [],
    corsOrigins: [],
    identityHeaders: 'none',
    bodyBytesMax: 1_048_576,
    upstreamTimeoutMs: 10_000,
    healthPath: '/healthz',
    enabled: true,
    guard: guardDefaults,
    api: [],
    signIn: signInDefaults,
    ...more,
  };
}

export function createFakeSites(newId: () => string): Sites {
  const kept = new Map<string, SiteRecord>();
  const get = (idOrName: string): SiteRecord => {
    const found = [...kept.values()].find(site => site.id === idOrName || site.name === idOrName);
    if (found === undefined) throw new SallyportError('gateway.site_not_found', `Cannot find site "${idOrName}"`);
    return found;
  };
  return {
    list: async () => [...kept.values()],
    get: async idOrName => get(idOrName),
    async create(_, input) {
      const site = { ...input, id: newId(), createdAt: 1 };
      kept.set(site.id, site);
      return site;
    },
    async update(_, id, input) {
      const site = { ...get(id), ...input };
      kept.set(id, site);
      return site;
    },
    async delete(_, id) {
      kept.delete(get(id).id);
    },
  };
}

export function createFakeAccounts(
  gate: Pick<Gate, 'platform'>,
  entered: string[],
): Omit<PlatformAccounts, 'load' | 'renewed' | 'personOf'> {
  return {
    async enter(site, person) {
      if (gate.platform !== 'ready')
        throw new SallyportError(gate.platform, 'Refused at http://10.0.0.5:5678 with secret-detail');
      entered.push(`${site.name}|${person.email}`);
      return { account: person.email, headers: {}, expiresAt: 0 };
    },
    async setAdmin(_by, _site, account) {
      if (account.password.reveal() !== 'right')
        throw new SallyportError('platforms.refused', 'Cannot sign in: secret-detail');
    },
    status: async () => (gate.platform === 'platforms.setup_needed' ? 'needed' : 'ready'),
    async leave(userId) {
      entered.push(`left|${userId}`);
    },
    async forgetPerson(userId) {
      entered.push(`forgotten|${userId}`);
    },
    async forgetSite(siteId) {
      entered.push(`forgotten|${siteId}`);
    },
  };
}
