import type { Filter } from 'ldapts';
import { AndFilter, EqualityFilter, ExtensibleFilter, FilterParser, OrFilter, ResultCodeError } from 'ldapts';
import type { ExternalRefusal } from '../federation/federation.ts';
import type { LdapSettings } from '../provider-settings.ts';
import type { Connection } from './connection.ts';
import { operatorError } from './connection.ts';
import type { DirectoryEntry } from './entry.ts';
import { text, texts } from './entry.ts';
import { directoryError, foldDn } from './escape.ts';

/** LDAP_MATCHING_RULE_IN_CHAIN: Active Directory walks groups of groups itself (MS-ADTS section 3.1.1.3.4.4.3). */
const inChain = '1.2.840.113556.1.4.1941';
/** So many groups deep, and so many names in one filter. */
const depthMax = 32;
const namesPerFilter = 20;
const readsAtOnce = 8;

/**
 * The names of the groups this person is in, sorted and without duplicates. More than the settings allow is a refusal and not a shorter
 * list: a list cut somewhere would decide by chance what the person may do.
 */
export async function groupsOf(
  connection: Connection,
  settings: LdapSettings,
  person: DirectoryEntry,
): Promise<string[] | ExternalRefusal> {
  const { source, max } = settings.groups;
  if (source === 'none') return [];
  const isByMemberOf = source === 'member_of' && settings.product === 'ldap';
  try {
    const found = isByMemberOf
      ? await walk(texts(person, 'memberOf'), settings, parents => readGroups(connection, settings, parents))
      : await searchMemberships(connection, settings, person);
    if (found === 'too many') {
      const detail = `The person is in more than ${max} groups: raise the limit, or narrow the base or filter of groups`;
      return { reason: 'invalid', detail };
    }
    const names = found.map(group => nameOf(group, settings)).filter(name => name !== null);
    return [...new Set(names)].toSorted();
  } catch (error) {
    throw operatorError(error, { act: `search groups below "${groupBase(settings)}"` });
  }
}

type Found = readonly DirectoryEntry[] | 'too many';

async function searchMemberships(
  connection: Connection,
  settings: LdapSettings,
  person: DirectoryEntry,
): Promise<Found> {
  const { memberAttribute, isNested } = settings.groups;
  if (settings.product === 'active_directory') {
    const member = isNested
      ? new ExtensibleFilter({ matchType: memberAttribute, rule: inChain, value: person.dn })
      : new EqualityFilter({ attribute: memberAttribute, value: person.dn });
    return searchGroups(connection, settings, member);
  }
  const direct = await searchGroups(
    connection,
    settings,
    membershipFilter(settings, [person.dn], texts(person, 'uid')),
  );
  if (direct === 'too many' || !isNested) return direct;
  const above = await walk(
    direct.map(group => group.dn),
    settings,
    names => searchGroups(connection, settings, membershipFilter(settings, names, [])),
  );
  return above === 'too many' || direct.length + above.length > 2 * settings.groups.max
    ? 'too many'
    : within([...direct, ...above], settings.groups.max);
}

/** Who counts as a member: by DN in the named attribute, and by the other ways of the object classes that the filter asks for. */
function membershipFilter(settings: LdapSettings, dns: readonly string[], uids: readonly string[]): Filter {
  const { memberAttribute, filter } = settings.groups;
  const isByUid = memberAttribute.toLowerCase() === 'memberuid';
  const byDn = isByUid ? [] : [memberAttribute, ...(/groupOfUniqueNames/i.test(filter) ? ['uniqueMember'] : [])];
  const byUid = isByUid || /posixGroup/i.test(filter) ? ['memberUid'] : [];
  const filters = [
    ...byDn.flatMap(attribute => dns.map(value => new EqualityFilter({ attribute, value }))),
    ...byUid.flatMap(attribute => uids.map(value => new EqualityFilter({ attribute, value }))),
  ];
  // An empty "or" is true for every entry in some servers: nobody is a member by nothing.
  return filters.length === 0 ? new EqualityFilter({ attribute: 'objectClass', value: '' }) : new OrFilter({ filters });
}

async function searchGroups(connection: Connection, settings: LdapSettings, member: Filter): Promise<Found> {
  const filter = new AndFilter({ filters: [FilterParser.parseString(settings.groups.filter), member] });
  const { max } = settings.groups;
  const attributes = groupAttributes(settings);
  const { entries, isMore } = await connection.search({ base: groupBase(settings), filter, attributes, max });
  return isMore ? 'too many' : entries;
}

/** Groups by name, each read by itself; those gone, outside the base or not fitting the filter are not groups here. */
async function readGroups(connection: Connection, settings: LdapSettings, dns: readonly string[]): Promise<Found> {
  const base = foldDn(groupBase(settings));
  const inside = dns.filter(dn => settings.groups.baseDn === null || `,${foldDn(dn)}`.endsWith(`,${base}`));
  const read = async (dn: string): Promise<readonly DirectoryEntry[]> => {
    try {
      const { filter } = settings.groups;
      const attributes = groupAttributes(settings);
      return (await connection.search({ base: dn, scope: 'base', filter, attributes, max: 1 })).entries;
    } catch (error) {
      if (error instanceof ResultCodeError && error.code === noSuchObject) return [];
      throw error;
    }
  };
  const found: DirectoryEntry[] = [];
  for (let at = 0; at < inside.length; at += readsAtOnce) {
    found.push(...(await Promise.all(inside.slice(at, at + readsAtOnce).map(read))).flat());
  }
  return found;
}

const noSuchObject = 32;

/**
 * Goes from names to groups and on to the groups of those, each once, so a circle ends by itself. `next` gives the entries for some names:
 * with memberOf these are the named groups, with a search those that hold them.
 */
export async function walk(
  from: readonly string[],
  settings: Pick<LdapSettings, 'groups'>,
  next: (dns: readonly string[]) => Promise<Found>,
): Promise<Found> {
  const { max, isNested, source } = settings.groups;
  const asked = new Set<string>();
  const found = new Map<string, DirectoryEntry>();
  let names = unasked(from, asked);
  for (let depth = 0; names.length > 0; depth++) {
    if (asked.size > 2 * max || found.size > max) return 'too many';
    if (depth >= depthMax) throw directoryError(`Cannot read groups: they are nested more than ${depthMax} deep`);
    const level: DirectoryEntry[] = [];
    for (let at = 0; at < names.length; at += namesPerFilter) {
      const some = await next(names.slice(at, at + namesPerFilter));
      if (some === 'too many') return some;
      level.push(...some);
    }
    for (const group of level) found.set(foldDn(group.dn), group);
    const above = source === 'member_of' ? level.flatMap(group => texts(group, 'memberOf')) : level.map(({ dn }) => dn);
    names = isNested ? unasked(above, asked) : [];
  }
  return within([...found.values()], max);
}

function unasked(dns: readonly string[], asked: Set<string>): string[] {
  return dns.filter(dn => {
    const key = foldDn(dn);
    if (asked.has(key)) return false;
    asked.add(key);
    return true;
  });
}

function within(groups: readonly DirectoryEntry[], max: number): Found {
  const byName = new Map(groups.map(group => [foldDn(group.dn), group]));
  return byName.size > max ? 'too many' : [...byName.values()];
}

function groupAttributes(settings: LdapSettings): readonly string[] {
  const { source, nameAttribute } = settings.groups;
  return [nameAttribute, ...(source === 'member_of' ? ['memberOf'] : [])];
}

/** Where groups are searched. */
export function groupBase(settings: LdapSettings): string {
  return settings.groups.baseDn ?? settings.baseDn;
}

/** "dn" as the attribute for names means the whole name of the entry; a group without the attribute has no name here. */
function nameOf(group: DirectoryEntry, settings: LdapSettings): string | null {
  const { nameAttribute } = settings.groups;
  return nameAttribute.toLowerCase() === 'dn' ? group.dn : text(group, nameAttribute);
}
