import type { ExternalIdentity, ExternalOutcome, ExternalRefusal } from '../federation/federation.ts';
import type { LdapSettings } from '../provider-settings.ts';
import { accountState, stateAttributes } from './account-state.ts';
import type { Connection } from './connection.ts';
import { operatorError } from './connection.ts';
import type { DirectoryEntry } from './entry.ts';
import { subjectOf, text } from './entry.ts';
import { filterFor } from './escape.ts';
import { groupsOf } from './groups.ts';

/** The attributes of a person that are asked for, and no others. */
export function personAttributes(settings: LdapSettings): readonly string[] {
  const { id, email, name } = settings.attributes;
  const memberOf = settings.groups.source === 'member_of' ? ['memberOf'] : [];
  return [...new Set([id, email, name, 'uid', ...memberOf, ...stateAttributes[settings.product]])];
}

/** The one entry that the login means; refused when there is none or more than one. */
export async function findPerson(
  connection: Connection,
  settings: LdapSettings,
  login: string,
): Promise<DirectoryEntry | ExternalRefusal> {
  const filter = filterFor(settings.userFilter, login);
  try {
    const attributes = personAttributes(settings);
    const { entries, isMore } = await connection.search({ base: settings.baseDn, filter, attributes, max: 1 });
    const [entry] = entries;
    if (entry === undefined) return { reason: 'unknown', detail: `No entry below "${settings.baseDn}" matches` };
    if (isMore) return { reason: 'ambiguous', detail: 'More than one entry matches: narrow the filter of people' };
    return entry.dn === '' ? { reason: 'invalid', detail: 'The entry that matches has no name' } : entry;
  } catch (error) {
    throw operatorError(error, { act: `search people below "${settings.baseDn}"` });
  }
}

/**
 * What the directory says of this entry: an identity with its groups, or why not. `provedAt`: when the person gave their password, null
 * when they were only looked up.
 */
export async function readPerson(
  connection: Connection,
  settings: LdapSettings,
  { entry, now, provedAt }: { entry: DirectoryEntry; now: number; provedAt: number | null },
): Promise<ExternalOutcome> {
  const state = accountState(entry, { product: settings.product, now, hasProved: provedAt !== null });
  if (state) return { kind: 'refused', refusal: state };
  const subject = subjectOf(entry, settings);
  if (subject === null) {
    const detail = `Want exactly one readable "${settings.attributes.id}" on the entry: see the attribute for ids`;
    return { kind: 'refused', refusal: { reason: 'invalid', detail } };
  }
  const groups = await groupsOf(connection, settings, entry);
  if (!Array.isArray(groups)) return { kind: 'refused', refusal: groups };
  return { kind: 'identity', identity: identityOf(entry, settings, { subject, groups, provedAt }) };
}

function identityOf(
  entry: DirectoryEntry,
  settings: LdapSettings,
  known: { subject: string; groups: readonly string[]; provedAt: number | null },
): ExternalIdentity {
  const address = text(entry, settings.attributes.email);
  const email = address !== null && address.length <= 254 && /^[^\s@]+@[^\s@]+$/.test(address) ? address : null;
  return {
    subject: known.subject,
    email,
    // Who may write addresses there is the directory's own rule: it is the authority.
    isEmailVerified: email !== null,
    name: text(entry, settings.attributes.name)?.slice(0, 200) ?? null,
    groups: known.groups,
    isMfa: false,
    authenticatedAt: known.provedAt,
    upstreamSession: null,
    keepsake: null,
  };
}
