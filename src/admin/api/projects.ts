import { decideMember } from '../../access/access.ts';
import { isSallyportError } from '../../core/errors.ts';
import type { Operation } from '../contract/contract.ts';
import type { AdminDeps } from '../deps.ts';
import type { Caller, Handlers } from './handler.ts';
import { demand, demandDecision, may } from './handler.ts';
import { shownRole } from './shapes.ts';

type ProjectOperation = Extract<Operation, `projects.${string}`>;

/** Projects, decided by the role in the project, or by a global role that reaches into every project. */
export function projectHandlers(deps: AdminDeps): Handlers<ProjectOperation> {
  const { access } = deps;
  return {
    'projects.list': async ({ caller }) => ({ projects: await listProjects(deps, caller) }),

    async 'projects.create'({ caller }, { body }) {
      const project = await access.createProject(caller.principal, body);
      return describeProject(deps, caller, project.id);
    },

    async 'projects.rename'({ caller }, { params, body }) {
      await demand(caller, 'project.manage', params.id);
      await access.renameProject(caller.principal, params.id, body.name);
      return describeProject(deps, caller, params.id);
    },

    async 'projects.delete'({ caller }, { params }) {
      await demand(caller, 'project.own', params.id);
      await access.deleteProject(caller.principal, params.id);
      return {};
    },

    async 'projects.listMembers'({ caller }, { params }) {
      await demand(caller, 'project.read', params.id);
      const members = await access.listMembers(params.id);
      return { members: await Promise.all(members.map(member => describeMember(deps, member))) };
    },

    async 'projects.setMember'({ caller }, { params, body }) {
      await setMember(deps, caller, { projectId: params.id, userId: params.userId, role: body.role });
      return {};
    },

    async 'projects.removeMember'({ caller }, { params }) {
      await setMember(deps, caller, { projectId: params.id, userId: params.userId, role: null });
      return {};
    },

    async 'projects.listResources'({ caller }, { params }) {
      await demand(caller, 'project.read', params.id);
      const assignments = await access.listAssignments(params.id);
      return { resources: assignments.map(({ site, kind, resourceId }) => ({ site, kind, resourceId })) };
    },

    async 'projects.assignResource'({ caller }, { params }) {
      const site = await deps.sites.get(params.site);
      const { assignments } = await access.load();
      const current = assignments.find(
        a => a.site === site.id && a.kind === params.kind && a.resourceId === params.resourceId,
      );
      // Taking it out of a project is as much a matter of that project as putting it into the other.
      await demand(caller, 'project.own', current?.projectId ?? site.defaultProject);
      await demand(caller, 'project.own', params.id);
      const { kind, resourceId } = params;
      await access.assignResource(
        caller.principal,
        { site: site.id, kind, resourceId, projectId: params.id },
        site.name,
      );
      return {};
    },
  };
}

interface ProjectShape {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
  readonly members: number;
  readonly ownRole: string | null;
}

async function listProjects(deps: AdminDeps, caller: Caller): Promise<ProjectShape[]> {
  const [projects, { memberships }] = await Promise.all([deps.access.listProjects(), deps.access.load()]);
  const seesAll = may(caller, 'project.read');
  const shaped = projects.map(({ id, name, createdAt }) => {
    const members = memberships.filter(member => member.projectId === id);
    return { id, name, createdAt, members: members.length, ownRole: ownRole(caller, id) };
  });
  return seesAll ? shaped : shaped.filter(project => project.ownRole !== null);
}

async function describeProject(deps: AdminDeps, caller: Caller, projectId: string): Promise<ProjectShape> {
  const { id, name, createdAt } = await deps.access.getProject(projectId);
  const members = await deps.access.listMembers(projectId);
  return { id, name, createdAt, members: members.length, ownRole: ownRole(caller, id) };
}

const ownRole = (caller: Caller, projectId: string): string | null =>
  caller.kind === 'person' ? shownRole(caller.subject, projectId, caller.now) : null;

async function describeMember(deps: AdminDeps, member: { readonly userId: string; readonly role: string }) {
  const { userId, role } = member;
  try {
    const { email, name } = await deps.identity.getUser(userId);
    return { userId, email, name, role };
  } catch (error) {
    // Deleted between the two reads: still shown, so that the entry can be taken out.
    if (isSallyportError(error, 'identity.user_not_found')) return { userId, email: '', name: 'Deleted person', role };
    throw error;
  }
}

async function setMember(
  deps: AdminDeps,
  caller: Caller,
  change: { projectId: string; userId: string; role: string | null },
): Promise<void> {
  // Anybody may ask with any id: who may not manage this project learns nothing about it or the person.
  await demand(caller, 'project.manage', change.projectId);
  const members = await deps.access.listMembers(change.projectId);
  const current = members.find(member => member.userId === change.userId)?.role ?? null;
  if (caller.kind === 'person') {
    const wanted = { project: change.projectId, current, next: change.role, isSelf: change.userId === caller.user.id };
    demandDecision(decideMember(caller.subject, wanted, caller.now, caller.roles), 'project.own');
  }
  if (change.role !== null) await deps.identity.getUser(change.userId);
  await deps.access.setMember(caller.principal, change);
}
