import type { Elevation } from '../../access/access.ts';
import { decideGrant, globalRoleOf, withoutElevations } from '../../access/access.ts';
import type { Operation } from '../contract/contract.ts';
import type { AdminDeps } from '../deps.ts';
import type { Caller, Handlers } from './handler.ts';
import { demandDecision, denied, invalid, may } from './handler.ts';
import { projectName, roleName } from './held.ts';

type ElevationOperation = Extract<Operation, `elevations.${string}` | `breakGlass.${string}`>;

const readMax = 500;

/** Roles for a time, asked by one and decided by another who may grant them; and accounts for emergencies. */
export function elevationHandlers(deps: AdminDeps): Handlers<ElevationOperation> {
  const { elevations } = deps.access;
  return {
    async 'elevations.list'({ caller }, { query }) {
      const { after, limit, state, userId } = query;
      const seesAll = may(caller, 'user.read');
      const found = await elevations.list({
        state,
        limit: seesAll ? limit : readMax,
        ...(userId === undefined ? {} : { userId }),
        ...(after === undefined ? {} : { after }),
      });
      const shown = found.filter(one => seesAll || isOwn(caller, one) || mayGrant(caller, one)).slice(0, limit);
      return {
        elevations: shown.map(one => toShape(deps, caller, one)),
        durationMaxMs: elevations.durationMaxMs,
      };
    },

    async 'elevations.ask'({ caller }, { body }) {
      if (caller.kind === 'operator') throw denied('elevation', 'the local operator is no person with an account.');
      return toShape(deps, caller, await elevations.ask(caller.principal, body));
    },

    async 'elevations.approve'({ caller }, { params, body }) {
      const asked = await elevations.get(params.id);
      demandMayDecide(caller, asked);
      // Two who approve each other in turn would hold for ever what they were lent once.
      if (!mayGrant(caller, asked, withoutElevations))
        throw denied('elevation', 'what you hold for a time yourself, somebody who holds it for good approves.');
      const input = { id: params.id, isApproved: true, comment: body.comment };
      return toShape(deps, caller, await elevations.decide(caller.principal, input));
    },

    async 'elevations.deny'({ caller }, { params, body }) {
      demandMayDecide(caller, await elevations.get(params.id));
      const input = { id: params.id, isApproved: false, comment: body.comment };
      return toShape(deps, caller, await elevations.decide(caller.principal, input));
    },

    async 'elevations.end'({ caller }, { params }) {
      const held = await elevations.get(params.id);
      if (!isOwn(caller, held)) demandMayDecide(caller, held);
      return toShape(deps, caller, await elevations.end(caller.principal, params.id));
    },

    ...breakGlassHandlers(deps),
  };
}

function breakGlassHandlers(deps: AdminDeps): Handlers<Extract<Operation, `breakGlass.${string}`>> {
  const { breakGlass } = deps.access;
  return {
    async 'breakGlass.list'() {
      const accounts = await breakGlass.list();
      return { accounts: accounts.map(account => ({ ...account, ...named(deps, account.userId) })) };
    },

    async 'breakGlass.mark'({ caller }, { params }) {
      const user = await deps.identity.getUser(params.id);
      demandOwner(caller);
      if (user.role !== 'owner') throw invalid('params.id', 'an account for emergencies is an Owner’s');
      await breakGlass.mark(caller.principal, user);
      return {};
    },

    async 'breakGlass.unmark'({ caller }, { params }) {
      const user = await deps.identity.getUser(params.id);
      demandOwner(caller);
      await breakGlass.unmark(caller.principal, user);
      return {};
    },
  };
}

function demandOwner(caller: Caller): void {
  if (caller.kind === 'operator' || globalRoleOf(caller.subject, caller.now) === 'owner') return;
  throw denied('break-glass', 'only an Owner marks accounts for emergencies.');
}

const isOwn = (caller: Caller, one: Elevation): boolean => caller.kind === 'person' && caller.user.id === one.userId;

/** Whether the caller could give the role for good to somebody else. */
function mayGrant(caller: Caller, { project, role }: Elevation, at?: number): boolean {
  if (caller.kind === 'operator') return true;
  return decideGrant(caller.subject, { project, role, isOwnGroup: false }, at ?? caller.now, caller.roles).allow;
}

function demandMayDecide(caller: Caller, one: Elevation): void {
  if (isOwn(caller, one)) throw denied('elevation', 'another person decides.');
  if (caller.kind === 'operator') return;
  const { project, role } = one;
  const said = decideGrant(caller.subject, { project, role, isOwnGroup: false }, caller.now, caller.roles);
  demandDecision(said, 'elevation');
}

function named({ roster }: AdminDeps, userId: string): { email: string; name: string } {
  const person = roster.person(userId);
  return { email: person?.email ?? '', name: person?.name ?? 'Deleted person' };
}

function toShape(deps: AdminDeps, caller: Caller, one: Elevation) {
  const { decidedById: _internal, ...shown } = one;
  return {
    ...shown,
    ...named(deps, one.userId),
    projectName: projectName(deps, one.project),
    roleName: roleName(deps, one.role),
    mayDecide: one.state === 'asked' && !isOwn(caller, one) && mayGrant(caller, one),
  };
}
