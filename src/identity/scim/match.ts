import type { AttributePath, Filter, Operator } from './filter.ts';

/** A resource or part of one as JSON. */
export type Json = Readonly<Record<string, unknown>>;

/** Attributes whose letter case counts (RFC 7643 section 7); all else is compared without. */
const caseExact: ReadonlySet<string> = new Set(['id', 'externalid', 'value', '$ref', 'meta.version', 'location']);

/** Whether a resource fits a filter. An attribute it has not fits nothing but `ne` and `not`. */
export function matches(resource: Json, filter: Filter): boolean {
  switch (filter.kind) {
    case 'and':
      return matches(resource, filter.left) && matches(resource, filter.right);
    case 'or':
      return matches(resource, filter.left) || matches(resource, filter.right);
    case 'not':
      return !matches(resource, filter.inner);
    case 'present':
      return valuesAt(resource, filter.path).some(isPresent);
    case 'compare': {
      const values = valuesAt(resource, filter.path);
      const { operator, value } = filter;
      if (operator === 'ne') return !values.some(one => compare(one, 'eq', value, isExact(filter.path)));
      if (operator === 'eq' && value === null) return !values.some(isPresent);
      return values.some(one => compare(one, operator, value, isExact(filter.path)));
    }
    case 'values': {
      const found = itemsOf(memberOf(resource, filter.attribute)).filter(item => matches(asObject(item), filter.inner));
      const { then } = filter;
      return then === null ? found.length > 0 : found.some(item => matches(asObject(item), then));
    }
    default:
      return filter satisfies never;
  }
}

/** The member of an object by its name, in any letter case. */
export function memberOf(object: Json, name: string): unknown {
  for (const [key, value] of Object.entries(object)) if (key.toLowerCase() === name) return value;
  return undefined;
}

/** The items of a multi-valued attribute; a single value is its own only item. */
export const itemsOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined || value === null ? [] : [value];

/** A value of a simple multi-valued attribute counts as `{ value }`. */
export function asObject(item: unknown): Json {
  return typeof item === 'object' && item !== null && !Array.isArray(item) ? (item as Json) : { value: item };
}

function valuesAt(resource: Json, { attribute, sub }: AttributePath): readonly unknown[] {
  const items = itemsOf(memberOf(resource, attribute));
  // Of a complex multi-valued attribute its name alone means `value` (RFC 7644 section 3.4.2.2).
  return items.flatMap(item => {
    if (typeof item !== 'object' || item === null) return sub === null || sub === 'value' ? [item] : [];
    const value = memberOf(asObject(item), sub ?? 'value');
    if (value === undefined && sub === null) return [item];
    return itemsOf(value);
  });
}

const isExact = ({ attribute, sub }: AttributePath): boolean =>
  sub === null ? caseExact.has(attribute) : sub === 'value' && attribute === 'members';

function isPresent(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return false;
  return !(Array.isArray(value) && value.length === 0);
}

function compare(one: unknown, operator: Exclude<Operator, 'ne'>, other: unknown, exact: boolean): boolean {
  if (typeof one === 'string' && typeof other === 'string') {
    const fold = (text: string) => (exact ? text : text.toLowerCase());
    return compareTexts(fold(one), operator, fold(other));
  }
  if (typeof one === 'boolean' && typeof other === 'string') return compare(String(one), operator, other, false);
  if (typeof one === 'number' && typeof other === 'number') return compareOrder(one - other, operator);
  return operator === 'eq' && one === other;
}

function compareTexts(one: string, operator: Exclude<Operator, 'ne'>, other: string): boolean {
  if (operator === 'co') return one.includes(other);
  if (operator === 'sw') return one.startsWith(other);
  if (operator === 'ew') return one.endsWith(other);
  return compareOrder(one < other ? -1 : one > other ? 1 : 0, operator);
}

function compareOrder(order: number, operator: Exclude<Operator, 'ne'>): boolean {
  if (operator === 'eq') return order === 0;
  if (operator === 'gt') return order > 0;
  if (operator === 'ge') return order >= 0;
  if (operator === 'lt') return order < 0;
  return operator === 'le' && order <= 0;
}
