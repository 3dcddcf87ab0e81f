import type { HeldRole, Way } from '../../access/access.ts';
import type { OperationOutput } from '../contract/contract.ts';
import type { AdminDeps } from '../deps.ts';
import type { ReadonlyDeep } from './handler.ts';

export type WayShape = ReadonlyDeep<OperationOutput<'access.ofPerson'>>['ways'][number];

const builtIn = new Map([
  ['viewer', 'Viewer'],
  ['editor', 'Editor'],
  ['admin', 'Admin'],
  ['owner', 'Owner'],
  ['administrator', 'Administrator'],
  ['member', 'Member'],
]);

/** A role as people call it. */
export function roleName({ roster }: Pick<AdminDeps, 'roster'>, role: string): string {
  return builtIn.get(role) ?? roster.role(role)?.name ?? role;
}

/** A project's name; null for none, and for one that is gone. */
export function projectName({ roster }: Pick<AdminDeps, 'roster'>, project: string | null): string | null {
  return project === null ? null : (roster.project(project)?.name ?? null);
}

/** A held role with its names. */
export function toHeld(deps: Pick<AdminDeps, 'roster'>, { project, role }: HeldRole) {
  return { project, projectName: projectName(deps, project), role, roleName: roleName(deps, role) };
}

/** By which way somebody holds a role, with names. */
export function toWay(deps: Pick<AdminDeps, 'roster'>, way: Way): WayShape {
  const { elevationId, expiresAt, grantId, group, kind } = way;
  return {
    ...{ kind, grantId, elevationId, expiresAt },
    ...toHeld(deps, way),
    groupId: group?.id ?? null,
    groupName: group?.name ?? null,
    groupSource: group?.source ?? null,
  };
}
