/**
 * Groups answer "to whom does this person belong?". A group comes from one place: people here keep it, or an identity provider or a SCIM
 * client does, and then nobody else changes who is in it. What a group grants is the access room's.
 */
import type { PrincipalRef } from '../../core/events.ts';
import type { User } from '../identity.ts';

export type GroupSource =
  | { readonly kind: 'local' }
  | { readonly kind: 'provider'; readonly providerId: string }
  | { readonly kind: 'scim'; readonly clientId: string };

export interface Group {
  readonly id: string;
  /** Unique within its source, letter case aside. */
  readonly name: string;
  readonly source: GroupSource;
  /** As the source calls it: the group's text in tokens and attributes, SCIM externalId. */
  readonly externalId: string | null;
  readonly memberCount: number;
  readonly createdAt: number;
}

/** At most 10,000 groups come from one source, and 500 groups of a person from one. */
export interface Groups {
  list(query?: { search?: string; source?: GroupSource['kind']; limit?: number; after?: string }): Promise<Group[]>;
  get(id: string): Promise<Group>;
  /** By several ids; unknown ones are left out. */
  getMany(ids: readonly string[]): Promise<Group[]>;
  /** For local groups alone (`access.denied` for others). */
  create(by: PrincipalRef, input: { name: string }): Promise<Group>;
  rename(by: PrincipalRef, id: string, name: string): Promise<Group>;
  /** Deletes it with its memberships; a provider's comes again when somebody signs in with it. */
  delete(by: PrincipalRef, id: string): Promise<void>;
  /** `isMember` is where it shall be; telling the same twice changes nothing. */
  setMember(by: PrincipalRef, input: { groupId: string; userId: string; isMember: boolean }): Promise<void>;
  members(id: string, query?: { limit?: number; after?: string }): Promise<User[]>;
  /** Groups of one person. */
  of(userId: string): Promise<Group[]>;
  /** A provider's group before anybody brought it: so that it can be granted something. */
  announce(by: PrincipalRef, input: { providerId: string; name: string }): Promise<Group>;
  /** All memberships, in one read. */
  load(): Promise<ReadonlyMap<string, readonly string[]>>;
}
