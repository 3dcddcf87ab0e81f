import type { CustomRole } from '../../access/access.ts';
import { customRolePermissions, decideCustomRole, permissionsOfRole, projectRoles } from '../../access/access.ts';
import type { Permission } from '../../core/permissions.ts';
import { permissions } from '../../core/permissions.ts';
import type { Operation } from '../contract/contract.ts';
import type { AdminDeps } from '../deps.ts';
import type { Caller, Handlers } from './handler.ts';
import { demandDecision } from './handler.ts';
import { roleName } from './held.ts';

type RoleOperation = Extract<Operation, `roles.${string}`>;

const noRoles = new Map<string, readonly Permission[]>();

/** Project roles made here. Nobody gives a role they hold themselves what they have not everywhere. */
export function roleHandlers(deps: AdminDeps): Handlers<RoleOperation> {
  const { access } = deps;
  return {
    async 'roles.list'() {
      return {
        builtIn: projectRoles.map(id => ({
          id,
          name: roleName(deps, id),
          permissions: [...(permissionsOfRole(id, noRoles) ?? [])],
        })),
        custom: await access.roles.list(),
        available: permissions.filter(permission => customRolePermissions.has(permission)),
      };
    },

    async 'roles.create'({ caller }, { body }) {
      demandMayGive(deps, caller, { id: undefined, added: body.permissions });
      return unused(await access.roles.create(caller.principal, body));
    },

    async 'roles.update'({ caller }, { params, body }) {
      const before = await access.roles.get(params.id);
      const added = (body.permissions ?? []).filter(permission => !before.permissions.includes(permission));
      demandMayGive(deps, caller, { id: before.id, added });
      const { description, name, permissions: list } = body;
      await access.roles.update(caller.principal, params.id, {
        ...(name === undefined ? {} : { name }),
        ...(description === undefined ? {} : { description }),
        ...(list === undefined ? {} : { permissions: list }),
      });
      const all = await access.roles.list();
      return all.find(role => role.id === params.id) ?? unused(await access.roles.get(params.id));
    },

    async 'roles.delete'({ caller }, { params }) {
      await access.roles.delete(caller.principal, params.id);
      return {};
    },
  };
}

const unused = (role: CustomRole) => ({ ...role, members: 0, grants: 0 });

function demandMayGive(
  deps: AdminDeps,
  caller: Caller,
  role: { readonly id: string | undefined; readonly added: readonly Permission[] },
): void {
  if (caller.kind === 'operator') return;
  const isHeldBySelf = role.id !== undefined && deps.roster.ways(caller.user.id).some(way => way.role === role.id);
  demandDecision(decideCustomRole(caller.subject, { added: role.added, isHeldBySelf }, caller.now), 'user.manage');
}
