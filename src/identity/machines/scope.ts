import { SallyportError } from '../../core/errors.ts';
import type { Permission } from '../../core/permissions.ts';
import { permissions } from '../../core/permissions.ts';
import type { MachineScope } from './machines.ts';

const listMax = 50;
const known: ReadonlySet<string> = new Set(permissions);

/** A scope that names what is there: 1 to 50 sites, plain path prefixes, known permissions. Throws `core.invalid_input`. */
export function parseScope(scope: MachineScope): MachineScope {
  const { paths, permissions: allowed, sites } = scope;
  if (sites.length === 0 || sites.length > listMax) throw invalid('sites', `want 1 to ${listMax} sites`);
  if (paths.length === 0 || paths.length > listMax) throw invalid('paths', `want 1 to ${listMax} path prefixes`);
  const bad = paths.find(
    path => path.length > 300 || !/^\/[!-~]*$/.test(path) || /[?#*\\%]|\/\.{1,2}(?:\/|$)|\/\//.test(path),
  );
  if (bad !== undefined) throw invalid('paths', `want a plain path prefix as "/api/v1", not "${bad}"`);
  if (allowed.length === 0 || allowed.length > permissions.length) throw invalid('permissions', 'want at least one');
  const unknown = allowed.find(one => !known.has(one));
  if (unknown !== undefined) throw invalid('permissions', `want known permissions, not "${unknown}"`);
  return { sites: [...new Set(sites)], paths: [...new Set(paths)], permissions: [...new Set(allowed)] };
}

/** What both allow. A list of it may be empty, and then nothing is allowed. */
export function intersect(one: MachineScope, other: MachineScope): MachineScope {
  return {
    sites: one.sites.filter(site => other.sites.includes(site)),
    paths: [
      ...new Set(one.paths.flatMap(a => other.paths.flatMap(b => (isBelow(a, b) ? [a] : isBelow(b, a) ? [b] : [])))),
    ],
    permissions: one.permissions.filter(permission => other.permissions.includes(permission)),
  };
}

/** Whether the first allows nothing that the second does not. */
export function isWithin(one: MachineScope, other: MachineScope): boolean {
  return (
    one.sites.every(site => other.sites.includes(site)) &&
    one.permissions.every(permission => other.permissions.includes(permission)) &&
    one.paths.every(path => other.paths.some(prefix => isBelow(path, prefix)))
  );
}

/** A scope as it stands in a row. */
export function readScope(json: string): MachineScope {
  const { sites, paths, permissions: allowed } = JSON.parse(json) as MachineScope;
  return { sites, paths, permissions: allowed };
}

export const writeScope = ({ sites, paths, permissions: allowed }: MachineScope): string =>
  JSON.stringify({ sites, paths, permissions: allowed });

/** The permissions of an OAuth `scope` (RFC 6749 section 3.3); undefined where one of its words is none. */
export function readPermissions(scope: string): readonly Permission[] | undefined {
  const words = scope.split(' ').filter(word => word !== '');
  return words.length > 0 && words.every(isPermission) ? [...new Set(words)] : undefined;
}

const isPermission = (word: string): word is Permission => known.has(word);

/** Whole segments: `/api` covers `/api/v1`, not `/apis`. */
function isBelow(path: string, prefix: string): boolean {
  const plain = prefix.endsWith('/') ? prefix.slice(0, -1) : prefix;
  return path === prefix || path === plain || path.startsWith(`${plain}/`);
}

/** An input that cannot stand. */
export function invalid(field: string, why: string): SallyportError {
  const message = `Cannot accept "${field}": ${why}`;
  return new SallyportError('core.invalid_input', message, { detail: message });
}
