import type { OperationOutput } from '../../src/admin/contract/contract.ts';
import { SallyportError } from '../../src/core/errors.ts';
import type { Answers } from './mock-api.ts';
import type { Person } from './sample-people.ts';

type Group = OperationOutput<'groups.get'>;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** Groups from everywhere, what they are granted, and what follows from it. */
export function accessAnswers(people: readonly Person[], now: number): Answers {
  return {
    ...groupAnswers(people, now),
    ...grantAnswers(people, now),
    ...elevationAnswers(people, now),
    ...explainAnswers(people, now),
    ...keyAnswers(now),
  };
}

function groupAnswers(people: readonly Person[], now: number): Answers {
  const group = (id: string, name: string, source: Group['source'], memberCount: number): Group => ({
    id,
    name,
    source,
    externalId: source.kind === 'local' ? null : name,
    memberCount,
    createdAt: now - 20 * dayMs,
  });
  const groups = [
    group('g1', 'flow-builders', { kind: 'provider', providerId: 'idp-1' }, 14),
    group('g2', 'Night shift', { kind: 'local' }, 3),
    group('g3', 'finance', { kind: 'scim', clientId: 'scim-1' }, 6),
    group('g4', 'cn=platform-admins,ou=groups,dc=harbour,dc=example', { kind: 'provider', providerId: 'idp-2' }, 2),
  ];
  const find = (id: string | undefined): Group => {
    const found = groups.find(one => one.id === id);
    if (found === undefined) throw new SallyportError('identity.group_not_found', 'Unknown: sample');
    return found;
  };
  return {
    'groups.list': ({ query }) => {
      const search = (typeof query['search'] === 'string' ? query['search'] : '').toLowerCase();
      return {
        groups: groups.filter(
          one =>
            one.name.toLowerCase().includes(search) &&
            (query['source'] === undefined || one.source.kind === query['source']),
        ),
      };
    },
    'groups.get': ({ params }) => find(params['id']),
    'groups.members': () => ({ users: people.slice(1, 5) }),
    'groups.create': () => find('g2'),
    'groups.rename': () => find('g2'),
    'groups.delete': () => ({}),
    'groups.addMember': () => ({}),
    'groups.removeMember': () => ({}),
    'groups.ofPerson': () => ({ groups: groups.slice(0, 2) }),
  };
}

function grantAnswers(people: readonly Person[], now: number): Answers {
  const grant = (id: string, change: Partial<OperationOutput<'grants.create'>>): OperationOutput<'grants.create'> => ({
    id,
    groupId: 'g1',
    project: 'p1',
    role: 'editor',
    groupName: 'flow-builders',
    groupSource: 'provider',
    members: 14,
    projectName: 'Operations',
    roleName: 'Editor',
    createdAt: now - 18 * dayMs,
    createdBy: 'ada@harbour.example',
    ...change,
  });
  const grants = [
    grant('gr1', {}),
    grant('gr2', { project: 'p2', projectName: 'Customer care', role: 'viewer', roleName: 'Viewer' }),
    grant('gr3', {
      groupId: 'g4',
      groupName: 'cn=platform-admins,ou=groups,dc=harbour,dc=example',
      project: null,
      projectName: null,
      role: 'administrator',
      roleName: 'Administrator',
      members: 2,
    }),
  ];
  const held = { project: 'p3', projectName: 'Finance', role: 'editor', roleName: 'Editor' };
  return {
    'grants.list': ({ query }) => ({
      grants: grants.filter(one => query['groupId'] === undefined || one.groupId === query['groupId']),
    }),
    'grants.create': () => grant('gr4', {}),
    'grants.delete': () => ({}),
    'grants.preview': () => ({
      gaining: 3,
      losing: 0,
      unchanged: 11,
      refused: [],
      people: people.slice(2, 5).map(({ email, id, name }) => ({ userId: id, email, name, gains: [held], loses: [] })),
      next: null,
    }),
    'roles.list': () => ({
      builtIn: [
        { id: 'viewer', name: 'Viewer', permissions: ['project.read', 'workflow.read', 'execution.read'] },
        {
          id: 'editor',
          name: 'Editor',
          permissions: ['project.read', 'workflow.read', 'workflow.create', 'workflow.update', 'workflow.execute'],
        },
      ],
      custom: [
        {
          id: 'r1',
          name: 'Operator',
          description: 'Runs what others built, and stops it',
          permissions: ['project.read', 'workflow.read', 'workflow.execute', 'execution.read', 'execution.control'],
          createdAt: now - 9 * dayMs,
          updatedAt: now - 9 * dayMs,
          members: 2,
          grants: 1,
        },
      ],
      available: [
        'project.read',
        'workflow.read',
        'workflow.create',
        'workflow.update',
        'workflow.delete',
        'workflow.execute',
        'execution.read',
        'execution.control',
        'credential.use',
        'credential.read',
      ],
    }),
    'roles.create': () => {
      throw new SallyportError('access.denied', 'Refused: sample', { detail: 'You hold less than this yourself.' });
    },
    'roles.delete': () => ({}),
  };
}

function elevationAnswers(people: readonly Person[], now: number): Answers {
  const who = (at: number) => {
    const { email, id, name } = people[at] as Person;
    return { userId: id, email, name };
  };
  type Elevation = OperationOutput<'elevations.list'>['elevations'][number];
  const elevation = (id: string, at: number, change: Partial<Elevation>): Elevation => ({
    id,
    ...who(at),
    project: 'p1',
    projectName: 'Operations',
    role: 'admin',
    roleName: 'Admin',
    reason: 'The invoice flow fails since noon and its credential must be changed.',
    durationMs: 2 * hourMs,
    state: 'asked',
    askedAt: now - hourMs / 4,
    decidedAt: null,
    decidedBy: null,
    comment: null,
    expiresAt: null,
    endedAt: null,
    endedBy: null,
    mayDecide: true,
    ...change,
  });
  return {
    'elevations.list': () => ({
      elevations: [
        elevation('e1', 2, {}),
        elevation('e2', 1, {
          state: 'active',
          mayDecide: false,
          decidedBy: 'ada@harbour.example',
          expiresAt: now + hourMs,
          reason: 'Update of n8n tonight',
        }),
        elevation('e3', 3, {
          state: 'denied',
          mayDecide: false,
          decidedBy: 'bruno@harbour.example',
          comment: 'The Editor role is enough for that.',
          endedAt: now - 3 * dayMs,
        }),
      ],
      durationMaxMs: 8 * hourMs,
    }),
    'elevations.approve': () => elevation('e1', 2, { state: 'active' }),
    'elevations.deny': () => elevation('e1', 2, { state: 'denied' }),
    'elevations.end': () => elevation('e2', 1, { state: 'ended' }),
    'elevations.ask': () => elevation('e4', 0, {}),
    'breakGlass.list': () => ({
      accounts: [
        {
          ...who(0),
          email: 'emergency@harbour.example',
          name: 'Envelope',
          markedAt: now - 30 * dayMs,
          lastUsedAt: null,
        },
      ],
    }),
    'breakGlass.mark': () => ({}),
    'breakGlass.unmark': () => ({}),
  };
}

function explainAnswers(people: readonly Person[], now: number): Answers {
  const { email, id, name } = people[2] as Person;
  const way = {
    kind: 'group' as const,
    project: 'p1',
    projectName: 'Operations',
    role: 'editor',
    roleName: 'Editor',
    groupId: 'g1',
    groupName: 'flow-builders',
    groupSource: 'provider' as const,
    grantId: 'gr1',
    elevationId: null,
    expiresAt: null,
  };
  const direct = {
    ...way,
    kind: 'direct' as const,
    role: 'viewer',
    roleName: 'Viewer',
    groupId: null,
    groupName: null,
    groupSource: null,
    grantId: null,
  };
  return {
    'access.explain': () => ({
      allowed: true,
      rule: 'project role editor',
      person: { userId: id, email, name, disabled: false, globalRole: 'member' },
      permission: 'workflow.update',
      project: 'p1',
      projectName: 'Operations',
      ways: [
        { ...way, doesGrant: true },
        { ...direct, doesGrant: false },
      ],
      missing: null,
      enough: [],
    }),
    'access.ofPerson': () => ({
      globalRole: 'member',
      ways: [way, direct, { ...direct, kind: 'elevation', role: 'admin', roleName: 'Admin', expiresAt: now + hourMs }],
    }),
  };
}

function keyAnswers(now: number): Answers {
  const key: OperationOutput<'keys.list'>['keys'][number] = {
    id: 'k1',
    userId: 'u1',
    name: 'Nightly export',
    prefix: 'sp_7hd2kq9x',
    sites: ['site-n8n'],
    paths: ['/api/v1/workflows'],
    permissions: ['workflow.read', 'workflow.execute'],
    createdAt: now - 12 * dayMs,
    expiresAt: now + 78 * dayMs,
    lastUsedAt: now - 9 * hourMs,
    revokedAt: null,
  };
  const made = { key, token: 'sp_7hd2kq9x_Vb3nM8kQ4xB6cR1tY7wZ3jH5fD9gL0pSaQ7rX1mB5nK' };
  return {
    'keys.list': () => ({ keys: [key] }),
    'keys.create': () => made,
    'keys.rotate': () => made,
    'keys.revoke': () => ({}),
  };
}
