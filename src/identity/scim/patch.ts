import { z } from 'zod';
import type { Filter, PatchPath } from './filter.ts';
import { FilterError, parsePatchPath } from './filter.ts';
import type { Json } from './match.ts';
import { asObject, itemsOf, matches } from './match.ts';
import { ScimProblem } from './problem.ts';

const operationsMax = 200;

/** One operation of a PATCH, its path read. Without a path the value names the attributes. */
export interface PatchOperation {
  readonly op: 'add' | 'replace' | 'remove';
  readonly path: PatchPath | null;
  readonly value: unknown;
}

const body = z.object({
  operations: z
    .array(z.object({ op: z.string().max(20), path: z.string().max(2000).nullish(), value: z.unknown().optional() }))
    .min(1)
    .max(operationsMax),
});

/**
 * Reads a PATCH request (RFC 7644 section 3.5.2). Entra ID writes operations as `Add`; everything else that is not as the standard has it is
 * refused with its error type.
 */
export function readPatch(request: unknown): PatchOperation[] {
  const named = lowerKeys(request, 1);
  const parsed = body.safeParse(
    typeof named === 'object' && named !== null && 'operations' in named && Array.isArray(named.operations)
      ? { operations: named.operations.map(one => lowerKeys(one, 1)) }
      : named,
  );
  if (!parsed.success) throw new ScimProblem(400, `Want 1 to ${operationsMax} Operations`, 'invalidSyntax');
  return parsed.data.operations.flatMap(({ op, path, value }) => {
    const name = op.toLowerCase();
    if (name !== 'add' && name !== 'replace' && name !== 'remove') {
      throw new ScimProblem(400, `"${op}" is no operation; want add, replace or remove`, 'invalidSyntax');
    }
    if (path !== undefined && path !== null && path !== '') return [{ op: name, path: readPath(path), value }];
    if (name === 'remove') throw new ScimProblem(400, 'A remove needs a path', 'noTarget');
    return spread(name, value);
  });
}

/** Without a path each member is an operation by itself; Entra ID writes `"name.givenName"` as one name. */
function spread(op: 'add' | 'replace', value: unknown): PatchOperation[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ScimProblem(400, 'Without a path the value names the attributes', 'invalidValue');
  }
  const entries = Object.entries(value);
  if (entries.length > operationsMax) throw new ScimProblem(400, 'Too many attributes', 'tooMany');
  return entries
    .filter(([name]) => name.toLowerCase() !== 'schemas')
    .map(([name, inner]) => ({ op, path: readPath(name), value: inner }));
}

function readPath(text: string): PatchPath {
  try {
    return parsePatchPath(text);
  } catch (error) {
    if (error instanceof FilterError)
      throw new ScimProblem(400, `The path cannot be read: ${error.message}`, 'invalidPath');
    throw error;
  }
}

const readOnly: ReadonlySet<string> = new Set(['id', 'meta', 'groups', 'schemas']);

/** A copy of the resource with the operations done one after another. `names` are the attributes it can have, as they are written. */
export function applyPatch(resource: Json, operations: readonly PatchOperation[], names: AttributeNames): Json {
  const result: Record<string, unknown> = structuredClone({ ...resource });
  for (const { op, path, value } of operations) {
    if (path === null) continue;
    if (readOnly.has(path.attribute)) throw new ScimProblem(400, `"${path.attribute}" cannot be changed`, 'mutability');
    const name = names.get(path.attribute);
    // What is not kept is not changed either; providers send whatever they have.
    if (name === undefined) continue;
    const next = change(result[name], { op, path, value });
    if (next === undefined) delete result[name];
    else result[name] = next;
  }
  return result;
}

/** Attribute names by their lower case. */
export type AttributeNames = ReadonlyMap<string, string>;

function change(current: unknown, operation: PatchOperation & { readonly path: PatchPath }): unknown {
  const { op, path, value } = operation;
  if (path.filter !== null) return changeItems(itemsOf(current), path.filter, operation);
  if (path.sub !== null) return changeSub(current, path.sub, op, value);
  if (op === 'remove') return removeValues(current, value);
  if (Array.isArray(current) || Array.isArray(value)) {
    return op === 'replace' ? itemsOf(value) : joined(itemsOf(current), itemsOf(value));
  }
  return isObject(current) && isObject(value) ? { ...current, ...value } : value;
}

/** Of a multi-valued attribute the sub-attribute of every item. */
function changeSub(current: unknown, sub: string, op: PatchOperation['op'], value: unknown): unknown {
  if (Array.isArray(current)) return current.map(item => changeSub(asObject(item), sub, op, value));
  const object: Record<string, unknown> = isObject(current) ? { ...current } : {};
  const name = Object.keys(object).find(key => key.toLowerCase() === sub) ?? canonical(sub);
  if (op === 'remove') delete object[name];
  else object[name] = value;
  return object;
}

/** Entra ID removes members with their list as the value instead of a filter. */
function removeValues(current: unknown, value: unknown): unknown {
  const gone = new Set(itemsOf(value).map(item => asObject(item)['value']));
  if (gone.size === 0) return undefined;
  return itemsOf(current).filter(item => !gone.has(asObject(item)['value']));
}

function changeItems(
  items: readonly unknown[],
  filter: Filter,
  { op, path, value }: PatchOperation & { readonly path: PatchPath },
): unknown {
  const fits = (item: unknown) => matches(asObject(item), filter);
  if (op === 'remove') {
    if (path.sub === null) return items.filter(item => !fits(item));
    const { sub } = path;
    return items.map(item => (fits(item) ? changeSub(asObject(item), sub, op, undefined) : item));
  }
  const set = (item: Json): unknown =>
    path.sub === null ? { ...item, ...(isObject(value) ? value : { value }) } : changeSub(item, path.sub, op, value);
  if (items.some(fits)) return items.map(item => (fits(item) ? set(asObject(item)) : item));
  // `replace emails[type eq "work"].value` makes the work address where there is none: so Entra ID means it.
  const made = fromFilter(filter);
  if (made === undefined) throw new ScimProblem(400, 'The path points at nothing', 'noTarget');
  return [...items, set(made)];
}

/** What an item must be to fit a filter of plain equalities. */
function fromFilter(filter: Filter): Json | undefined {
  if (filter.kind === 'and') {
    const [left, right] = [fromFilter(filter.left), fromFilter(filter.right)];
    return left && right && { ...left, ...right };
  }
  if (filter.kind !== 'compare' || filter.operator !== 'eq' || filter.path.sub !== null) return undefined;
  return { [canonical(filter.path.attribute)]: filter.value };
}

const subNames: AttributeNames = new Map(
  ['value', 'type', 'primary', 'display', 'formatted', 'familyName', 'givenName', 'middleName'].map(name => [
    name.toLowerCase(),
    name,
  ]),
);
const canonical = (name: string): string => subNames.get(name) ?? name;

function joined(items: readonly unknown[], more: readonly unknown[]): unknown[] {
  const key = (item: unknown) => JSON.stringify(asObject(item)['value'] ?? item);
  const known = new Set(items.map(key));
  return [...items, ...more.filter(item => !known.has(key(item)))];
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The same with the names of its own members in lower case, for protocols that write them as they like. */
function lowerKeys(value: unknown, depth: number): unknown {
  if (!isObject(value) || depth === 0) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name.toLowerCase(), inner]));
}
