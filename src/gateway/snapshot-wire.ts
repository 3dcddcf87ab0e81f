import { Secret } from '../core/secret.ts';
import type { PlaneMessage, SnapshotUpdate } from './snapshot.ts';

declare const wire: unique symbol;

/** A message as it goes through a pipe between processes: structured clone keeps it whole. It holds revealed secrets: never log it. */
export interface Wire<T> {
  readonly [wire]: T;
}

const depthMax = 12;

/** Makes a message ready for structured clone: each `Secret` becomes its bytes, the one place where these messages have bytes. */
export function toWire<T extends SnapshotUpdate | PlaneMessage>(message: T): Wire<T> {
  return convert(message, value => (value instanceof Secret ? Buffer.from(value.reveal()) : undefined), 0) as Wire<T>;
}

/** Takes a message from the pipe: bytes become `Secret`s again. */
export function fromWire<T extends SnapshotUpdate | PlaneMessage>(message: Wire<T>): T {
  const wrap = (value: object) => (value instanceof Uint8Array ? new Secret(Buffer.from(value).toString()) : undefined);
  return convert(message, wrap, 0) as T;
}

/** What is shared within a message stays shared: many people hold the same few maps of roles. */
function convert(
  value: unknown,
  leaf: (value: object) => unknown,
  depth: number,
  seen = new Map<object, unknown>(),
): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > depthMax) throw new TypeError(`Cannot pass a message deeper than ${depthMax} levels`);
  const replaced = leaf(value);
  if (replaced !== undefined) return replaced;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return value;
  const known = seen.get(value);
  if (known !== undefined) return known;
  const copy = copyOf(value, item => convert(item, leaf, depth + 1, seen));
  seen.set(value, copy);
  return copy;
}

function copyOf(value: object, each: (item: unknown) => unknown): object {
  if (Array.isArray(value)) return value.map(each);
  // Any map, also one of ours, leaves as a plain Map: structured clone would drop a class.
  if ('get' in value && 'entries' in value && typeof value.entries === 'function') {
    const copy = new Map<unknown, unknown>();
    for (const [key, item] of (value as ReadonlyMap<unknown, unknown>).entries()) copy.set(key, each(item));
    return copy;
  }
  const copy: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) copy[key] = each(item);
  return copy;
}
