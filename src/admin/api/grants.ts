import type { Decision, Grant, GrantTarget } from '../../access/access.ts';
import { decideGrant, globalRoleOf, previewGrants } from '../../access/access.ts';
import type { Operation } from '../contract/contract.ts';
import type { AdminDeps } from '../deps.ts';
import type { Caller, Handlers } from './handler.ts';
import { demand, demandDecision, may } from './handler.ts';
import { projectName, roleName, toHeld, toWay } from './held.ts';

type GrantOperation = Extract<Operation, `grants.${string}`>;

/** What groups are granted. Nobody grants above their own role; to a group of theirs, nothing they have not already. */
export function grantHandlers(deps: AdminDeps): Handlers<GrantOperation> {
  const { access, identity, roster } = deps;
  return {
    async 'grants.list'({ caller }, { query }) {
      return { grants: listGrants(deps, caller, query).map(grant => toShape(deps, grant)) };
    },

    async 'grants.create'({ caller }, { body }) {
      // Who may not grant this learns nothing about the group.
      demandDecision(judge(deps, caller, body), 'grant');
      const group = await identity.groups.get(body.groupId);
      if (body.project !== null) await access.getProject(body.project);
      return toShape(deps, await access.grants.create(caller.principal, body, group.name));
    },

    async 'grants.delete'({ caller }, { params }) {
      const grant = await access.grants.get(params.id);
      demandDecision(judgeRemoval(caller, grant), 'grant');
      await access.grants.delete(caller.principal, grant.id, roster.group(grant.groupId)?.name ?? '');
      return {};
    },

    async 'grants.preview'({ caller }, { body }) {
      const remove = await Promise.all(body.remove.map(id => access.grants.get(id)));
      for (const project of new Set([...body.add, ...remove].map(change => change.project)))
        await (project === null ? demand(caller, 'user.read') : demand(caller, 'project.manage', project));
      const refused = body.add.flatMap((target, at) => {
        const said = judge(deps, caller, target);
        return said.allow ? [] : [{ at, reason: said.reason }];
      });
      const preview = previewGrants(roster, { add: body.add, remove }, { offset: body.offset, limit: body.limit });
      return {
        ...preview,
        refused,
        people: preview.people.map(({ gains, loses, ...person }) => ({
          ...person,
          gains: gains.map(held => toHeld(deps, held)),
          loses: loses.map(held => toHeld(deps, held)),
        })),
      };
    },

    async 'grants.previewPerson'(_, { body }) {
      const entry = roster.imagine(body.userId, { groupIds: body.groupIds });
      const ways = roster.ways(body.userId, body.groupIds);
      return { globalRole: globalRoleOf(entry, deps.clock.now()), ways: ways.map(way => toWay(deps, way)) };
    },
  };
}

/** Whether the caller may grant this. The operator may. */
function judge(deps: AdminDeps, caller: Caller, { groupId, project, role }: GrantTarget): Decision {
  if (caller.kind === 'operator') return { allow: true, because: 'the local operator' };
  const isOwnGroup = deps.roster.groupsOf(caller.user.id).includes(groupId);
  return decideGrant(caller.subject, { project, role, isOwnGroup }, caller.now, caller.roles);
}

/** Whether the caller may take this back: as they could grant it to a group of others. */
export function judgeRemoval(caller: Caller, { project, role }: Pick<Grant, 'project' | 'role'>): Decision {
  if (caller.kind === 'operator') return { allow: true, because: 'the local operator' };
  return decideGrant(caller.subject, { project, role, isOwnGroup: false }, caller.now, caller.roles);
}

function listGrants(
  deps: AdminDeps,
  caller: Caller,
  query: {
    groupId?: string | undefined;
    project?: string | undefined;
    search?: string | undefined;
    limit: number;
    after?: string | undefined;
  },
): Grant[] {
  const { roster } = deps;
  const seesAll = may(caller, 'user.read');
  const word = query.search?.normalize('NFKC').toLowerCase();
  const nameOf = (grant: Grant): string => roster.group(grant.groupId)?.name ?? '';
  const managed = new Map<string, boolean>();
  const mayManage = (project: string): boolean => {
    const known = managed.get(project) ?? may(caller, 'project.manage', project);
    managed.set(project, known);
    return known;
  };
  const found = [...(query.groupId === undefined ? roster.grants() : roster.grantsOf(query.groupId))]
    .filter(grant => query.project === undefined || grant.project === query.project)
    .filter(grant => seesAll || (grant.project !== null && mayManage(grant.project)))
    .filter(grant => word === undefined || nameOf(grant).normalize('NFKC').toLowerCase().includes(word))
    // By id, which is in the order of time: a page stays the same whatever is renamed.
    .toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const { after } = query;
  const begin = after === undefined ? 0 : found.findIndex(grant => grant.id > after);
  return begin < 0 ? [] : found.slice(begin, begin + query.limit);
}

function toShape(deps: AdminDeps, grant: Grant) {
  const group = deps.roster.group(grant.groupId);
  return {
    ...grant,
    groupName: group?.name ?? '',
    groupSource: group?.source ?? null,
    members: deps.roster.membersOf(grant.groupId).size,
    projectName: projectName(deps, grant.project),
    roleName: roleName(deps, grant.role),
  };
}
