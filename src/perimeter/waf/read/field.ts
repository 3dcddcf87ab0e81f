import type { Place, Zone } from '../waf.ts';

/** The longest name a place carries. */
export const placeNameCharsMax = 256;

/**
 * A field of a tree-like body. Equal paths share one `Field` (all elements of a list count as one), so its places are built once and its
 * name is told once however often it comes.
 */
export interface Field {
  readonly path: string;
  readonly asValue: Place;
  readonly asName: Place;
  /** The number of the object that had this key last: meeting it again in the same object is a duplicate. */
  seenIn: number;
  isTold: boolean;
  children: Map<string, Field> | undefined;
  item: Field | undefined;
  /** Of the whole body. */
  readonly count: FieldCount;
}

/** How many different fields a body has: each is kept until its end, and costs far more memory than it has bytes. */
export interface FieldCount {
  fields: number;
}

/** The field at the top of a body, whose path is empty. */
export function rootField(zone: Zone): Field {
  return createField(zone, '', { fields: 0 });
}

/** The member `key` of `field`, its path written `field.key`. */
export function childField(field: Field, key: string): Field {
  field.children ??= new Map();
  const known = field.children.get(key);
  if (known !== undefined) return known;
  const made = createField(field.asValue.zone, field.path === '' ? key : `${field.path}.${key}`, field.count);
  field.children.set(key, made);
  return made;
}

/** What every element of the list `field` shares, its path written `field[]`. */
export function itemField(field: Field): Field {
  field.item ??= createField(field.asValue.zone, `${field.path}[]`, field.count);
  return field.item;
}

function createField(zone: Zone, path: string, count: FieldCount): Field {
  count.fields++;
  const name = path.length > placeNameCharsMax ? path.slice(0, placeNameCharsMax) : path;
  return {
    path: name,
    asValue: { zone, name, part: 'value' },
    asName: { zone, name, part: 'name' },
    seenIn: 0,
    isTold: false,
    children: undefined,
    item: undefined,
    count,
  };
}
