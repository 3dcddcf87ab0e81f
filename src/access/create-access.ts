import type { Access } from './access.ts';
import { createBreakGlass } from './break-glass.ts';
import { createRoles, toRole } from './custom-roles.ts';
import { createElevations, toLiveElevation } from './elevations.ts';
import { createGrants, toGrant } from './grants.ts';
import type { AccessDeps } from './ground.ts';
import { toProject } from './ground.ts';
import { createProjects, toAssignment, toMembership } from './projects.ts';
import { createReviews } from './reviews.ts';
import { createUsesKeeping } from './uses.ts';

/** Access over its own tables. What it tells by `changed` is what everybody holds from then on. */
export function createAccess(deps: AccessDeps): Access {
  const { db } = deps;
  const projects = createProjects(deps);
  const elevations = createElevations(deps);
  const breakGlass = createBreakGlass(deps);
  const uses = createUsesKeeping(deps);
  return {
    ...projects,
    roles: createRoles(deps),
    grants: createGrants(deps),
    elevations,
    breakGlass,
    uses,
    inactiveAfterMs: deps.config.inactiveDays * 86_400_000,
    reviews: createReviews({ ...deps, breakGlass, uses, setMember: projects.setMember, endElevation: elevations.end }),
    async load() {
      const [known, members, assignments, roles, grants, active] = await Promise.all([
        db.selectFrom('access_projects').selectAll().execute(),
        db.selectFrom('access_members').selectAll().execute(),
        db.selectFrom('access_assignments').selectAll().execute(),
        db.selectFrom('access_roles').selectAll().execute(),
        db.selectFrom('access_grants').selectAll().execute(),
        db.selectFrom('access_elevations').selectAll().where('state', '=', 'active').execute(),
      ]);
      return {
        projects: known.map(toProject),
        memberships: members.map(toMembership),
        assignments: assignments.map(toAssignment),
        roles: roles.map(toRole),
        grants: grants.map(toGrant),
        elevations: active.map(toLiveElevation),
      };
    },
  };
}
