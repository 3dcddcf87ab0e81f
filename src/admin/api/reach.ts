import { decideGrant, globalRoleOf } from '../../access/access.ts';
import { speaksFor } from '../../identity/identity.ts';
import type { AdminDeps } from '../deps.ts';
import type { Caller } from './handler.ts';
import { demandDecision, denied } from './handler.ts';

/**
 * What hands out roles without naming one: who is in a group, who says who is in a group, who says who somebody is. Nobody comes by these
 * ways to what they could not grant.
 */

/** Throws `access.denied` unless the caller could grant this person everything that the group grants, or take it. The operator may. */
export function demandMayMove(
  { roster }: Pick<AdminDeps, 'roster'>,
  caller: Caller,
  move: { readonly groupId: string; readonly userId: string | null; readonly isMember: boolean },
): void {
  if (caller.kind === 'operator') return;
  const isOwnGroup = move.isMember && caller.user.id === move.userId;
  for (const { project, role } of roster.grantsOf(move.groupId)) {
    demandDecision(decideGrant(caller.subject, { project, role, isOwnGroup }, caller.now, caller.roles), 'group');
  }
}

/** Throws `access.denied` when the source's groups make Owners and the caller is none: whoever keeps it says who is in them. */
export async function demandMayKeepSource(
  deps: Pick<AdminDeps, 'roster' | 'identity'>,
  caller: Caller,
  source: { readonly kind: 'provider' | 'scim'; readonly id: string },
): Promise<void> {
  if (isOwner(caller)) return;
  const ids = new Set([...deps.roster.grants()].filter(makesOwners).map(grant => grant.groupId));
  for (const { source: from } of await deps.identity.groups.getMany([...ids])) {
    const isHere =
      (from.kind === 'provider' && source.kind === 'provider' && from.providerId === source.id) ||
      (from.kind === 'scim' && source.kind === 'scim' && from.clientId === source.id);
    if (isHere) throw denied(source.kind, 'a group that comes from there makes Owners; only an Owner changes it.');
  }
}

/**
 * As `demandMayKeepSource`, and throws as well when an Owner signs in there, or is invited and could come in first through it: whoever
 * keeps the settings can have the provider say that they are this Owner. `id` undefined: a new one.
 */
export async function demandMayKeepProvider(
  deps: Pick<AdminDeps, 'roster' | 'identity'>,
  caller: Caller,
  provider: { readonly id: string | undefined; readonly domains: readonly string[] },
): Promise<void> {
  if (caller.kind === 'operator' || isOwner(caller)) return;
  const { id } = provider;
  if (id !== undefined) await demandMayKeepSource(deps, caller, { kind: 'provider', id });
  for (const person of deps.roster.people()) {
    const entry = deps.roster.entry(person.id);
    if (entry === undefined || globalRoleOf(entry, caller.now) !== 'owner') continue;
    const links = id === undefined ? [] : await deps.identity.signOn.linksOf(person.id);
    if (links.some(link => link.providerId === id))
      throw denied('provider', 'an Owner signs in there; only an Owner changes it.');
    if (!speaksFor(provider.domains, person.email)) continue;
    const user = await deps.identity.getUser(person.id);
    if (!user.hasPassword && user.lastSignInAt === null)
      throw denied('provider', 'an invited Owner has an address of its domains; only an Owner changes it.');
  }
}

/** Throws `access.denied` unless an Owner decides that silence takes an Owner's role. */
export function demandMayLapse({ roster }: Pick<AdminDeps, 'roster'>, caller: Caller, groupId: string | null): void {
  if (isOwner(caller) || (groupId !== null && !roster.grantsOf(groupId).some(makesOwners))) return;
  throw denied('review', 'an Owner’s role would go when nobody answers; only an Owner sets that.');
}

/** Throws `access.denied` where the policy of second factors names the group and the caller is no Owner: who leaves it is held to less. */
export async function demandMayLoosen(
  { identity }: Pick<AdminDeps, 'identity'>,
  caller: Caller,
  groupId: string,
): Promise<void> {
  if (isOwner(caller)) return;
  const { policy } = await identity.mfaPolicy.get();
  if (![...policy.groups, ...policy.phishingResistantGroups].includes(groupId)) return;
  throw denied('group', 'the policy of second factors names it; only an Owner takes somebody out.');
}

/** Throws `access.denied` unless an Owner believes a provider's word for second factors: for its people it loosens the policy. */
export function demandMayTrust(caller: Caller): void {
  if (!isOwner(caller))
    throw denied('provider', 'second factors given there would count here; only an Owner sets that.');
}

const isOwner = (caller: Caller): boolean =>
  caller.kind === 'operator' || globalRoleOf(caller.subject, caller.now) === 'owner';

const makesOwners = (grant: { readonly project: string | null; readonly role: string }): boolean =>
  grant.project === null && grant.role === 'owner';
