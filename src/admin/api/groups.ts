import type { Group } from '../../identity/identity.ts';
import type { Operation, OperationOutput } from '../contract/contract.ts';
import type { AdminDeps } from '../deps.ts';
import type { Handlers, ReadonlyDeep } from './handler.ts';
import { demandMayLoosen, demandMayMove } from './reach.ts';
import { toPerson } from './shapes.ts';

type GroupOperation = Extract<Operation, `groups.${string}`>;
type GroupShape = ReadonlyDeep<OperationOutput<'groups.get'>>;

/** Groups and who is in them: nobody moves people into or out of what they could not grant. What comes from a provider or a SCIM client is changed there; identity refuses it here. */
export function groupHandlers(deps: AdminDeps): Handlers<GroupOperation> {
  const { groups } = deps.identity;
  return {
    async 'groups.list'(_, { query }) {
      const { after, limit, search, source } = query;
      const found = await groups.list({
        limit,
        ...(search === undefined ? {} : { search }),
        ...(source === undefined ? {} : { source }),
        ...(after === undefined ? {} : { after }),
      });
      return { groups: found.map(toShape) };
    },
    async 'groups.get'(_, { params }) {
      return toShape(await groups.get(params.id));
    },
    async 'groups.members'(_, { params, query }) {
      const { after, limit } = query;
      const users = await groups.members(params.id, { limit, ...(after === undefined ? {} : { after }) });
      return { users: users.map(toPerson) };
    },
    async 'groups.create'({ caller }, { body }) {
      return toShape(await groups.create(caller.principal, body));
    },
    async 'groups.rename'({ caller }, { body, params }) {
      return toShape(await groups.rename(caller.principal, params.id, body.name));
    },
    async 'groups.delete'({ caller }, { params }) {
      demandMayMove(deps, caller, { groupId: params.id, userId: null, isMember: false });
      await demandMayLoosen(deps, caller, params.id);
      await groups.delete(caller.principal, params.id);
      return {};
    },
    async 'groups.addMember'({ caller }, { params }) {
      const move = { groupId: params.id, userId: params.userId, isMember: true };
      demandMayMove(deps, caller, move);
      await groups.setMember(caller.principal, move);
      return {};
    },
    async 'groups.removeMember'({ caller }, { params }) {
      const move = { groupId: params.id, userId: params.userId, isMember: false };
      demandMayMove(deps, caller, move);
      await demandMayLoosen(deps, caller, params.id);
      await groups.setMember(caller.principal, move);
      return {};
    },
    async 'groups.announce'({ caller }, { body }) {
      return toShape(await groups.announce(caller.principal, body));
    },
    async 'groups.ofPerson'(_, { params }) {
      const { id } = await deps.identity.getUser(params.id);
      return { groups: (await groups.of(id)).map(toShape) };
    },
  };
}

function toShape({ id, name, source, externalId, memberCount, createdAt }: Group): GroupShape {
  return { id, name, source, externalId, memberCount, createdAt };
}
