import type { AccessRequest, Decision } from '../../access/access.ts';
import { decide, decideEntry } from '../../access/access.ts';
import type { ApiKeyPolicy, PersonPolicy, PolicySnapshot } from '../snapshot.ts';
import type { Standing } from './standing.ts';

/** Who stands behind what is done with a key, beside the person it is of. */
export interface Backers {
  /** Set for a service account: the person who answers for it. */
  readonly owner?: PersonPolicy;
  /** Service accounts that act for the person, the one at work first. */
  readonly actors?: readonly PersonPolicy[];
}

const none: Backers = {};
const ownerGone: Decision = { allow: false, reason: 'nobody answers for the service account any more' };

/**
 * Who stands behind a key; undefined once one of them has ended: the owner of a service account, a service account that acts, or a token
 * this one came from.
 */
export function backersOf(
  key: ApiKeyPolicy,
  person: PersonPolicy,
  { apiKeys, people }: Pick<PolicySnapshot, 'apiKeys' | 'people'>,
  now: number,
): Backers | undefined {
  const { token } = key;
  if (token === undefined && person.ownerId === undefined) return none;
  const active = (id: string): PersonPolicy | undefined => {
    const found = people.get(id);
    return found === undefined || found.disabled ? undefined : found;
  };
  const owner = person.ownerId === undefined ? undefined : active(person.ownerId);
  if (person.ownerId !== undefined && owner === undefined) return undefined;
  const actors: PersonPolicy[] = [];
  for (const id of token?.actors ?? []) {
    const actor = active(id);
    if (actor?.ownerId === undefined || active(actor.ownerId) === undefined) return undefined;
    actors.push(actor);
  }
  for (const parent of token?.parents ?? []) {
    const held = apiKeys.get(parent);
    if (held === undefined || now >= held.expiresAt) return undefined;
  }
  return { ...(owner === undefined ? {} : { owner }), ...(actors.length === 0 ? {} : { actors }) };
}

/** Whether both are the same people under the same policy. */
export function sameBackers(one: Backers, other: Backers): boolean {
  const [mine = [], theirs = []] = [one.actors, other.actors];
  return one.owner === other.owner && mine.length === theirs.length && mine.every((actor, at) => actor === theirs[at]);
}

/** What quotas count a key by: tokens come and go, the program that gets them stays. */
export const quotaKeyOf = ({ id, token }: ApiKeyPolicy): string =>
  token === undefined ? id : `client ${token.clientId}`;

/** As `decide`; a service account may nothing that its owner may not. */
export function decideWithOwner({ now, owner, person, roles }: Standing, request: AccessRequest): Decision {
  const own = decide(person, request, now, roles);
  if (!own.allow || person.ownerId === undefined) return own;
  if (owner === undefined) return ownerGone;
  const theirs = decide(owner, request, now, roles);
  return theirs.allow ? own : { allow: false, reason: `the owner of the service account: ${theirs.reason}` };
}

/** As `decideEntry`, in the same way. */
export function mayEnterWithOwner(
  { now, owner, person, roles }: Standing,
  site: Parameters<typeof decideEntry>[1],
): boolean {
  if (!decideEntry(person, site, now, roles).allow) return false;
  if (person.ownerId === undefined) return true;
  return owner !== undefined && decideEntry(owner, site, now, roles).allow;
}
