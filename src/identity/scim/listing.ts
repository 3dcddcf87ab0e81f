import type { Filter } from './filter.ts';
import { FilterError, parseFilter } from './filter.ts';
import type { Json } from './match.ts';
import { itemsOf, matches, memberOf } from './match.ts';
import { ScimProblem } from './problem.ts';

/** Resources that are looked through for a filter that no index answers, or sorted. */
export const scannedMax = 20_000;
const countMax = 200;
const countUsual = 100;

/** What a list request asks for (RFC 7644 section 3.4.2). */
export interface ListQuery {
  readonly filter: Filter | undefined;
  readonly sortBy: string | undefined;
  readonly isDescending: boolean;
  /** From 1. */
  readonly startIndex: number;
  readonly count: number;
}

export function readListQuery(query: URLSearchParams): ListQuery {
  const text = query.get('filter');
  const sortBy = query.get('sortBy')?.replace(/^urn:[\w.:-]*:(?=[A-Za-z])/i, '') ?? undefined;
  if (sortBy !== undefined && !/^[A-Za-z]\w*(?:\.\w+)?$/.test(sortBy)) {
    throw new ScimProblem(400, 'sortBy: want the name of an attribute', 'invalidPath');
  }
  return {
    filter: text === null ? undefined : readFilter(text),
    sortBy: sortBy?.toLowerCase(),
    isDescending: query.get('sortOrder')?.toLowerCase() === 'descending',
    startIndex: Math.max(1, numberOf(query, 'startIndex', 1)),
    count: Math.min(countMax, Math.max(0, numberOf(query, 'count', countUsual))),
  };
}

export function readFilter(text: string): Filter {
  try {
    return parseFilter(text);
  } catch (error) {
    if (error instanceof FilterError)
      throw new ScimProblem(400, `The filter cannot be read: ${error.message}`, 'invalidFilter');
    throw error;
  }
}

function numberOf(query: URLSearchParams, name: string, usual: number): number {
  const text = query.get(name);
  if (text === null || text === '') return usual;
  if (!/^-?\d{1,9}$/.test(text)) throw new ScimProblem(400, `${name}: want a whole number`, 'invalidValue');
  return Number(text);
}

/** The attribute and value when a filter, or one side of its top `and`s, is a plain equality of text: what an index can answer. */
export function equalityOf(filter: Filter | undefined, attribute: string): string | undefined {
  if (filter === undefined) return undefined;
  if (filter.kind === 'and') return equalityOf(filter.left, attribute) ?? equalityOf(filter.right, attribute);
  if (filter.kind !== 'compare' || filter.operator !== 'eq' || filter.path.sub !== null) return undefined;
  return filter.path.attribute === attribute && typeof filter.value === 'string' ? filter.value : undefined;
}

/** Filters and sorts what was read. */
export function select(resources: readonly Json[], query: ListQuery): Json[] {
  const { filter, isDescending, sortBy } = query;
  const found = filter === undefined ? [...resources] : resources.filter(resource => matches(resource, filter));
  if (sortBy === undefined) return found;
  const key = (resource: Json): string => {
    const [attribute = '', sub] = sortBy.split('.');
    const [first] = itemsOf(memberOf(resource, attribute));
    const value = typeof first === 'object' && first !== null ? memberOf(first as Json, sub ?? 'value') : first;
    return typeof value === 'string' ? value.toLowerCase() : JSON.stringify(value ?? '');
  };
  const sorted = found
    .map(resource => ({ resource, key: key(resource) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(one => one.resource);
  return isDescending ? sorted.reverse() : sorted;
}

export function listAnswer(resources: readonly Json[], query: ListQuery, totalResults: number): Json {
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults,
    startIndex: query.startIndex,
    itemsPerPage: resources.length,
    Resources: resources,
  };
}

/** `attributes` and `excludedAttributes` (RFC 7644 section 3.9), by whole attributes; id, schemas and meta always stay. */
export function project(resource: Json, query: URLSearchParams): Json {
  const wanted = namesIn(query.get('attributes'));
  const excluded = namesIn(query.get('excludedAttributes'));
  if (wanted === undefined && excluded === undefined) return resource;
  const isShown = (name: string) =>
    ['id', 'schemas', 'meta'].includes(name) || (wanted === undefined ? !excluded?.has(name) : wanted.has(name));
  return Object.fromEntries(Object.entries(resource).filter(([name]) => isShown(name.toLowerCase())));
}

/** Whether an attribute is asked for at all, so that it need not be read. */
export function isAskedFor(name: string, query: URLSearchParams): boolean {
  const wanted = namesIn(query.get('attributes'));
  return wanted === undefined ? !namesIn(query.get('excludedAttributes'))?.has(name) : wanted.has(name);
}

function namesIn(text: string | null): ReadonlySet<string> | undefined {
  if (text === null || text.trim() === '') return undefined;
  const names = text.slice(0, 2000).split(',');
  return new Set(
    names.map(name =>
      (
        name
          .trim()
          .replace(/^urn:[\w.:-]*:(?=[A-Za-z])/i, '')
          .split('.')[0] ?? ''
      ).toLowerCase(),
    ),
  );
}
