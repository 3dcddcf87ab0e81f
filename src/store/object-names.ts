import { SallyportError } from '../core/errors.ts';

const nameLengthMax = 512;
/** The most bytes of one object. */
export const objectBytesMax = 256 * 1024 * 1024;

// No part begins with a dot: neither "..", nor a hidden file, nor the folder the disk writes into first.
const namePattern = /^[a-z0-9_-][a-z0-9._-]*(\/[a-z0-9_-][a-z0-9._-]*)*$/;

/** True for a name an object may have: `archive/2026/01.jsonl`. */
export const isObjectName = (name: string): boolean => name.length <= nameLengthMax && namePattern.test(name);

/** Throws `core.invalid_input` for a name that could leave the folder, hide, or mean something else in a URL. */
export function requireObjectName(name: string): void {
  if (isObjectName(name)) return;
  throw new SallyportError(
    'core.invalid_input',
    `Cannot use object name "${name.slice(0, 80)}": want parts of a-z, 0-9, ".", "_" and "-" joined by "/", none beginning with "."`,
  );
}

/** Throws `core.invalid_input` for bounds and prefixes that no name can match. */
export function requireListing(prefix: string, options: { after?: string; countMax: number }): void {
  const { after = '', countMax } = options;
  for (const text of [prefix, after]) {
    if (text.length > nameLengthMax || !/^[a-z0-9._/-]*$/.test(text)) {
      throw new SallyportError(
        'core.invalid_input',
        `Cannot list objects at "${text.slice(0, 80)}": want the beginning of a name`,
      );
    }
  }
  if (!Number.isSafeInteger(countMax) || countMax < 1) {
    throw new SallyportError('core.invalid_input', `Cannot list "${countMax}" objects: want a count of at least 1`);
  }
}

/** Throws `core.invalid_input` when the bytes are more than an object may hold. */
export function requireObjectSize(name: string, bytes: number): void {
  if (bytes <= objectBytesMax) return;
  throw new SallyportError(
    'core.invalid_input',
    `Cannot keep object "${name}" of ${bytes} bytes: want at most ${objectBytesMax}`,
  );
}

export const objectExists = (name: string): SallyportError =>
  new SallyportError('store.object_exists', `Cannot put object "${name}": the name is taken, objects are written once`);

export const objectNotFound = (name: string): SallyportError =>
  new SallyportError('store.object_not_found', `Cannot get object "${name}": want a name that was put`);
