import type { Entry, Filter } from 'ldapts';
import { EqualityFilter } from 'ldapts';
import type { LdapSettings } from '../provider-settings.ts';

/** An entry as the server gave it; attribute names compare without case. */
export interface DirectoryEntry {
  readonly dn: string;
  readonly values: ReadonlyMap<string, readonly (Buffer | string)[]>;
}

/** The library's entry in our form. */
export function toEntry(found: Entry): DirectoryEntry {
  const values = new Map<string, readonly (Buffer | string)[]>();
  for (const [name, value] of Object.entries(found)) {
    if (name !== 'dn') values.set(name.toLowerCase(), Array.isArray(value) ? value : [value]);
  }
  return { dn: found.dn, values };
}

/** All values of an attribute that are text, as they stand there. */
export function texts(entry: DirectoryEntry, attribute: string): readonly string[] {
  return (entry.values.get(attribute.toLowerCase()) ?? []).filter(value => typeof value === 'string');
}

/** The first text of an attribute, without blanks around it; null when there is none. */
export function text(entry: DirectoryEntry, attribute: string): string | null {
  return texts(entry, attribute)[0]?.trim() || null;
}

/** A GUID of Active Directory in its text form: the first three groups stand in the bytes backwards (MS-DTYP section 2.3.4). */
export function guidText(bytes: Buffer): string | null {
  if (bytes.length !== 16) return null;
  const at = (...places: number[]): string =>
    places.map(place => (bytes[place] ?? 0).toString(16).padStart(2, '0')).join('');
  return [at(3, 2, 1, 0), at(5, 4), at(7, 6), at(8, 9), at(10, 11, 12, 13, 14, 15)].join('-');
}

/** The bytes of a GUID's text form; null when it is none. */
export function guidBytes(guid: string): Buffer | null {
  if (!/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i.test(guid)) return null;
  const plain = Buffer.from(guid.replaceAll('-', ''), 'hex');
  return Buffer.concat([
    plain.subarray(0, 4).reverse(),
    plain.subarray(4, 6).reverse(),
    plain.subarray(6, 8).reverse(),
    plain.subarray(8),
  ]);
}

/** What never changes of a person, as text; null unless the entry has exactly one such value. */
export function subjectOf(entry: DirectoryEntry, settings: LdapSettings): string | null {
  const [value, ...others] = entry.values.get(settings.attributes.id.toLowerCase()) ?? [];
  if (value === undefined || others.length > 0) return null;
  if (isGuid(settings)) return guidText(Buffer.from(value));
  // oxlint-disable-next-line no-control-regex -- an id with control characters is none
  return typeof value === 'string' && value.length <= 255 && /^[^\u0000-\u001f\u007f]+$/.test(value) ? value : null;
}

/** Finds an entry by what `subjectOf` said; null when the text cannot be one. */
export function subjectFilter(subject: string, settings: LdapSettings): Filter | null {
  const value = isGuid(settings) ? guidBytes(subject) : subject;
  return value === null || value.length === 0 ? null : new EqualityFilter({ attribute: settings.attributes.id, value });
}

function isGuid(settings: LdapSettings): boolean {
  return settings.attributes.id.toLowerCase() === 'objectguid';
}
