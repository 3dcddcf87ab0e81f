import type { Permission } from '../core/permissions.ts';
import type { Classification, Need } from './platforms.ts';

export type RouteMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS' | 'ANY';

/**
 * One row of a route table. `:name` stands for one segment, a last `*` for one or more; the segment `:id` is the resource's id.
 * Where `need` is left out, the action is itself the permission asked for.
 */
export type Route = {
  readonly on: `${RouteMethod} /${string}`;
  /** Kind of the resource that `:id` names. */
  readonly resource?: string;
  /** Keep up to this many bytes of a successful answer, for `observe`. */
  readonly observe?: number;
  readonly gate?: 'sign_in' | 'sign_out';
  readonly startsByGet?: true;
  readonly forwardAs?: Classification['forwardAs'];
  readonly signedInPath?: string;
} & ({ readonly action: Permission; readonly need?: Need } | { readonly action: string; readonly need: Need });

/** Everything of a route but where it is. */
type Shared = Route extends infer R ? (R extends Route ? Omit<R, 'on'> : never) : never;

/** One row for each method and path; `resource` holds for those whose path has an `:id`. */
export function routes(shared: Shared, on: readonly Route['on'][]): Route[] {
  const { resource, ...rest } = shared;
  return on.map(one => ({ ...rest, ...(one.includes('/:id') && resource !== undefined ? { resource } : {}), on: one }));
}

/** Bytes kept of an answer that names what it is about: a new workflow is answered with its nodes before its id. */
export const nameBytes = 65_536;

export const signedIn: Need = { kind: 'signed_in' };

/** Asks for one permission. */
export const may = (permission: Permission): Need => ({ kind: 'permission', permission });

/** Never forwarded, whoever asks. */
export const closed = (why: string): Need => ({ kind: 'closed', why });

/** Reached without sign-in only where the site publishes the exact path; otherwise the fallback is asked for. */
export const publishable = (fallback: Permission): Need => ({ kind: 'publishable', fallback });

/** What a route that the table does not know asks for: the strictest role. */
export const unknownRoute: Classification = {
  action: 'platform.unknown',
  endpoint: 'unknown',
  need: { kind: 'permission', permission: 'platform.unknown' },
};
