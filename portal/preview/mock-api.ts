import type { Operation, OperationOutput } from '../../src/admin/contract/contract.ts';
import { drawQr } from '../../src/admin/pages/qr.ts';
import { SallyportError } from '../../src/core/errors.ts';
import { auditAnswers } from './mock-audit.ts';
import { accessAnswers } from './sample-access.ts';
import { sampleEvents } from './sample-events.ts';
import { machineAnswers } from './sample-machines.ts';
import type { Person, Session } from './sample-people.ts';
import { samplePeople, sampleSessions } from './sample-people.ts';
import { perimeterAnswers } from './sample-perimeter.ts';
import { reviewAnswers } from './sample-reviews.ts';
import { signInAnswers } from './sample-sign-in.ts';
import type { Site } from './sample-sites.ts';
import { sampleSites } from './sample-sites.ts';

interface Given {
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, unknown>>;
  // Parsed by the contract's own schema before it comes here; each answer knows what its operation takes.
  readonly body: Readonly<Record<string, unknown>>;
}

export type Answers = { readonly [O in Operation]?: (given: Given) => OperationOutput<O> };

const hourMs = 3_600_000;
const owner = [
  'workflow.read',
  'project.create',
  'project.read',
  'project.manage',
  'project.own',
  'user.read',
  'user.manage',
  'site.read',
  'site.manage',
  'settings.read',
  'settings.manage',
  'audit.read',
  'review.manage',
]; // prettier-ignore

/** Answers of the whole contract from memory, for looking at the portal without a gate. Nothing is protected by it. */
export function createMockApi(now: number): { readonly answers: Answers; isProved: () => boolean } {
  const people = samplePeople(now);
  const sites = sampleSites(now);
  const sessions = sampleSessions(now);
  const events = sampleEvents(people, now);
  const state = { stepUpUntil: 0 };
  const me = () => people[0] as Person;
  const answers: Answers = {
    ...auditAnswers(events),
    ...perimeterAnswers(now),
    ...accessAnswers(people, now),
    ...reviewAnswers(people, now),
    ...machineAnswers(people, now),
    ...signInAnswers(now),
    ...systemAnswers({ people, sites, now }),
    ...siteAnswers(sites, now),
    ...peopleAnswers(people, sessions, now),
    ...projectAnswers(people, now),
    'me.get': () => ({
      person: me(),
      session: sessions[0] as Session,
      permissions: owner,
      projects: [
        { id: 'p1', name: 'Operations', role: 'owner' },
        { id: 'p2', name: 'Customer care', role: 'editor' },
      ],
      mfaCompulsory: false,
      stepUpUntil: state.stepUpUntil,
      version: '0.1.0',
    }),
    'me.update': ({ body }) => Object.assign(me(), body),
    'me.reauthenticate': ({ body }) => {
      if (body['password'] !== 'correct') {
        throw new SallyportError('admin.proof_refused', 'Refused: sample', { detail: 'Try again.' });
      }
      state.stepUpUntil = Date.now() + hourMs / 4;
      return { stepUpUntil: state.stepUpUntil };
    },
    'me.changePassword': () => {
      throw new SallyportError('identity.password_refused', 'Refused: sample', {
        detail: 'It is among the passwords that attackers try first.',
      });
    },
    'me.beginTotp': () => {
      const uri =
        'otpauth://totp/Sallyport:ada@harbour.example?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Sallyport';
      return { secret: 'JBSW Y3DP EHPK 3PXP JBSW Y3DP EHPK 3PXP', uri, qrSvg: drawQr(uri).toString() };
    },
    'me.confirmTotp': () => ({ recoveryCodes: sampleCodes }),
    'me.makeRecoveryCodes': () => ({ recoveryCodes: sampleCodes }),
    'me.removeTotp': () => ({}),
    'me.listSessions': () => ({ sessions }),
    'me.endSession': ({ params }) => {
      const session = sessions.find(entry => entry.id === params['id']);
      if (session) Object.assign(session, { endedAt: Date.now(), endReason: 'ended by its owner' });
      return {};
    },
    'me.signOut': () => ({}),
  };
  return { answers, isProved: () => state.stepUpUntil > Date.now() };
}

const sampleCodes = [
  'h7k2-9qpx',
  '3mwd-t8ra',
  'zc4n-61yv',
  'b0sj-5xgf',
  'q9te-w2lk',
  '8rfa-m7dh',
  'y1pv-n3cz',
  'k6xg-0jbs',
];

function systemAnswers({
  people,
  sites,
  now,
}: {
  people: readonly Person[];
  sites: readonly Site[];
  now: number;
}): Answers {
  const hour = Math.floor(now / hourMs) * hourMs;
  return {
    'system.status': () => ({
      version: '0.1.0',
      profile: 'production',
      startedAt: now - 53 * hourMs,
      ready: true,
      recording: true,
      revision: 41,
      connections: 12,
      activeRequests: 3,
      store: 'sqlite',
      portal: 'https://localhost:8443',
      needsFirstOwner: false,
      closedSites: [],
      sites: sites.map(({ id, name, platform, address, upstreamHealth }) => ({
        id,
        name,
        platform,
        address,
        upstreams: upstreamHealth,
      })),
    }),
    'system.overview': () => ({
      people: people.length - 1,
      peopleWithMfa: 4,
      sessions: 9,
      sites: sites.length,
      requests: 18_422,
      denied: 312,
      failedSignIns: 7,
      executions: 946,
      hours: Array.from({ length: 24 }, (_, index) => {
        const start = hour - (23 - index) * hourMs;
        const busy = 420 + Math.round(760 * Math.max(0, Math.sin(((index - 4) / 24) * Math.PI)));
        return [
          { start, outcome: 'success' as const, count: busy + ((index * 97) % 130) },
          { start, outcome: 'failure' as const, count: index === 17 ? 160 : (index * 7) % 19 },
          { start, outcome: 'denied' as const, count: index === 9 ? 190 : (index * 5) % 13 },
        ];
      }).flat(),
      deniedByLayer: [
        { layer: 'waf_head', count: 141 },
        { layer: 'rate_limit', count: 86 },
        { layer: 'route', count: 52 },
        { layer: 'authorize', count: 24 },
        { layer: 'authenticate', count: 9 },
      ],
      todo: [
        { id: 'mfa_missing', text: '1 person has no second factor', link: '/.sallyport/portal/people' },
        {
          id: 'account:site-flowise',
          text: 'Site "assistants" waits for its platform\'s owner account, so nobody can be signed in to it',
          link: '/.sallyport/portal/sites/site-flowise',
        },
        {
          id: 'upstream:site-wiki',
          text: 'An upstream of site "wiki" does not answer',
          link: '/.sallyport/portal/sites/site-wiki',
        },
        {
          id: 'certificate',
          text: 'The certificate is one that Sallyport made itself: give it one that browsers trust',
          link: '/.sallyport/portal/settings',
        },
      ],
    }),
  };
}

function siteAnswers(sites: Site[], now: number): Answers {
  const find = (id: string | undefined): Site => {
    const site = sites.find(entry => entry.id === id || entry.name === id);
    if (site === undefined) throw new SallyportError('gateway.site_not_found', 'Unknown: sample');
    return site;
  };
  return {
    'sites.list': () => ({ sites }),
    'sites.get': ({ params }) => find(params['id']),
    'sites.detect': ({ body }) => {
      if (printed(body['upstream']).includes('9999')) {
        throw new SallyportError('platforms.unreachable', 'Unreachable: sample', {
          detail: 'Nothing listens at this address.',
        });
      }
      return { platform: 'n8n', version: '1.121.3', claimed: true, suggestedName: 'n8n' };
    },
    'sites.create': ({ body }) => {
      const base = find('site-n8n');
      const given = body as Partial<Site>;
      const site: Site = {
        ...base,
        ...given,
        id: 'site-new',
        publicRoutes: [],
        address: 'https://localhost:8446',
        platformAccount: 'needed',
        createdAt: now,
      };
      sites.push(site);
      return site;
    },
    'sites.update': ({ params, body }) => {
      const site = find(params['id']);
      const guard = { ...site.guard, ...(body['guard'] as Partial<Site['guard']> | undefined) };
      return Object.assign(site, body, { guard });
    },
    'sites.delete': ({ params }) => {
      sites.splice(sites.indexOf(find(params['id'])), 1);
      return {};
    },
    'sites.setPlatformAccount': ({ params }) => {
      find(params['id']).platformAccount = 'ready';
      return {};
    },
  };
}

function peopleAnswers(people: Person[], sessions: readonly Session[], now: number): Answers {
  const find = (id: string | undefined): Person => {
    const person = people.find(entry => entry.id === id);
    if (person === undefined) throw new SallyportError('identity.user_not_found', 'Unknown: sample');
    return person;
  };
  const link = () => ({
    url: 'https://localhost:8443/.sallyport/link/rT3vX8kQm2ZpL0aYw9NcHs5BdGfEj7Ui1oKtSx4Vq6A',
    expiresAt: now + 72 * hourMs,
  });
  return {
    'users.list': ({ query }) => {
      const search = printed(query['search']).toLowerCase();
      return { users: people.filter(person => `${person.name} ${person.email}`.toLowerCase().includes(search)) };
    },
    'users.get': ({ params }) => find(params['id']),
    'users.create': ({ body }) => {
      const user: Person = {
        ...find(people[0]?.id),
        ...(body as Partial<Person>),
        id: 'new',
        hasPassword: false,
        factors: { totp: false, passkeys: 0 },
        lastSignInAt: null,
        createdAt: now,
      };
      people.push(user);
      return { user, link: link() };
    },
    'users.update': ({ params, body }) => Object.assign(find(params['id']), body),
    'users.delete': ({ params }) => {
      people.splice(people.indexOf(find(params['id'])), 1);
      return {};
    },
    'users.issueLink': link,
    'users.removeTotp': ({ params }) => {
      find(params['id']).factors.totp = false;
      return {};
    },
    'users.listSessions': () => ({ sessions: sessions.map(session => ({ ...session, current: false })) }),
    'users.endSessions': () => ({ ended: 2 }),
  };
}

function projectAnswers(people: readonly Person[], now: number): Answers {
  const projects: OperationOutput<'projects.list'>['projects'] = [
    { id: 'p1', name: 'Operations', createdAt: now - 480 * hourMs, members: 4, ownRole: 'owner' },
    { id: 'p2', name: 'Customer care', createdAt: now - 300 * hourMs, members: 2, ownRole: 'editor' },
    { id: 'p3', name: 'Finance', createdAt: now - 96 * hourMs, members: 1, ownRole: null },
  ];
  const roles = ['owner', 'admin', 'editor', 'viewer'] as const;
  const first = projects[0];
  if (first === undefined) throw new Error('Cannot answer: there is no project');
  return {
    'projects.list': () => ({ projects }),
    'projects.create': ({ body }) => ({ ...first, id: 'p4', name: printed(body['name']), members: 1 }),
    'projects.rename': ({ body }) => Object.assign(first, body),
    'projects.delete': () => {
      throw new SallyportError('store.conflict', 'Refused: sample', { detail: 'The project still holds 3 workflows.' });
    },
    'projects.listMembers': () => ({
      members: people.slice(0, 4).map((person, index) => ({
        userId: person.id,
        email: person.email,
        name: person.name,
        role: roles[index] ?? 'viewer',
      })),
    }),
    'projects.setMember': () => ({}),
    'projects.removeMember': () => {
      throw new SallyportError('access.last_owner', 'Refused: sample', {
        detail: 'Make somebody else an Owner first.',
      });
    },
    'projects.listResources': () => ({
      resources: [
        { site: 'site-n8n', kind: 'workflow', resourceId: '4TqJ9pZ2mKx1' },
        { site: 'site-n8n', kind: 'workflow', resourceId: '9aLwE3vRt0Yc' },
        { site: 'site-n8n', kind: 'credential', resourceId: 'Gx81LmQp' },
      ],
    }),
    'projects.assignResource': () => ({}),
  };
}

function printed(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
