import type { OperationOutput } from '../../../../src/admin/contract/contract.ts';

export type Site = OperationOutput<'sites.get'>;
export type PublicRoute = Site['publicRoutes'][number];
export type Method = PublicRoute['methods'][number];

export const methods: readonly Method[] = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

const platformNames: Readonly<Record<Site['platform'], string>> = {
  n8n: 'n8n',
  flowise: 'Flowise',
  generic: 'Web application',
};

/** The platform as people call it, with its version where it says one. */
export function platformLabel(site: Pick<Site, 'platform' | 'version'>): string {
  const name = platformNames[site.platform];
  return site.version === null ? name : `${name} ${site.version}`;
}

/** Whether the upstreams answer, in words. */
export function healthLabel(site: Pick<Site, 'upstreamHealth' | 'enabled'>): {
  level: 'good' | 'warn' | 'bad' | 'off';
  text: string;
} {
  const { upstreamHealth } = site;
  const healthy = upstreamHealth.filter(entry => entry.healthy).length;
  if (!site.enabled) return { level: 'off', text: 'Closed: switched off' };
  if (upstreamHealth.length === 0) return { level: 'warn', text: 'Not checked yet' };
  if (healthy === upstreamHealth.length)
    return { level: 'good', text: healthy === 1 ? 'Answers' : `All ${healthy} answer` };
  if (healthy === 0) return { level: 'bad', text: 'Does not answer' };
  return { level: 'warn', text: `${healthy} of ${upstreamHealth.length} answer` };
}

/** Whether people are signed in to the platform by the gate. */
export function accountLabel(state: Site['platformAccount']): { level: 'good' | 'warn' | 'off'; text: string } {
  if (state === 'ready') return { level: 'good', text: 'People are signed in by the gate' };
  if (state === 'needed') return { level: 'warn', text: 'Owner account needed' };
  return { level: 'off', text: 'Not used' };
}

/** The fields of a site that people edit, as a form holds them. */
export interface SiteDraft {
  readonly name: string;
  readonly hosts: readonly string[];
  readonly port: number | null;
  readonly upstreams: readonly string[];
  readonly publicRoutes: readonly PublicRoute[];
  readonly corsOrigins: readonly string[];
  readonly bodyBytesMax: number;
  readonly upstreamTimeoutMs: number;
  readonly healthPath: string;
  readonly identityHeaders: Site['identityHeaders'];
  readonly accounts: Site['accounts'];
  readonly defaultProject: string;
  readonly projects: readonly string[];
  readonly signIn: Site['signIn'];
  readonly api: Site['api'];
  readonly enabled: boolean;
}

/** What a form begins with. */
export function draftOf(site: Site): SiteDraft {
  const { name, hosts, port, upstreams, publicRoutes, corsOrigins, bodyBytesMax, upstreamTimeoutMs } = site;
  const { healthPath, identityHeaders, accounts, defaultProject, projects, signIn, api, enabled } = site;
  const limits = { bodyBytesMax, upstreamTimeoutMs, healthPath };
  return {
    name,
    hosts,
    port,
    upstreams,
    publicRoutes,
    corsOrigins,
    ...limits,
    identityHeaders,
    accounts,
    defaultProject,
    projects,
    signIn,
    api,
    enabled,
  };
}

/** Only what differs: a field nobody touched is not written back, so two people editing do not undo each other. */
export function changesOf(site: Site, draft: SiteDraft): Partial<SiteDraft> {
  const before = draftOf(site);
  const names = Object.keys(before) as (keyof SiteDraft)[];
  const changed = names.filter(name => JSON.stringify(before[name]) !== JSON.stringify(draft[name]));
  return Object.fromEntries(changed.map(name => [name, draft[name]]));
}

/** `https://localhost:5678/` as people paste it → the origin the API takes; other text is left for the API to judge. */
export function originOf(text: string): string {
  const trimmed = text.trim();
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(trimmed) || trimmed === '' ? trimmed : `http://${trimmed}`;
  return withScheme.replace(/\/+$/, '');
}
