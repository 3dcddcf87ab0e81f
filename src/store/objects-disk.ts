import { randomUUID } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, link, mkdir, open, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SallyportError } from '../core/errors.ts';
import {
  isObjectName,
  objectExists,
  objectNotFound,
  requireListing,
  requireObjectName,
  requireObjectSize,
} from './object-names.ts';
import type { Objects } from './store.ts';

const unfinished = '.unfinished';

/**
 * Objects as files under one folder, readable by the owner only. `put` resolves after the bytes and their name are on the
 * disk; a crash leaves either the whole object or none. Here a name cannot also be the folder of other names.
 */
export async function createDiskObjects(dir: string): Promise<Objects> {
  // What an earlier crash left half-written was never acknowledged.
  await guard(dir, () => rm(join(dir, unfinished), { recursive: true, force: true }));
  await guard(dir, () => makeFolder(join(dir, unfinished)));
  return {
    async put(name, bytes) {
      requireObjectName(name);
      requireObjectSize(name, bytes.byteLength);
      await guard(name, () => putFile(dir, name, bytes));
    },
    async get(name) {
      requireObjectName(name);
      return await guard(name, () => readObject(join(dir, name), name));
    },
    async list(prefix, options) {
      requireListing(prefix, options);
      const found: string[] = [];
      const { after = '', countMax } = options;
      await guard(dir, () => walk(dir, '', { prefix, after, countMax, found }));
      return found;
    },
    async delete(name) {
      requireObjectName(name);
      await guard(name, async () => {
        await rm(join(dir, name), { force: true });
        await syncFolder(dirname(join(dir, name)));
      });
    },
  };
}

async function putFile(dir: string, name: string, bytes: Uint8Array): Promise<void> {
  const target = join(dir, name);
  const partial = join(dir, unfinished, randomUUID());
  try {
    // First, because it fails when the whole folder is gone: that one is never made again.
    await using handle = await open(partial, 'wx', 0o600);
    await makeFolder(dirname(target));
    await handle.writeFile(bytes);
    await handle.sync();
    await linkNew(partial, target, name);
    await syncFolder(dirname(target));
  } finally {
    await rm(partial, { force: true });
  }
}

// A hard link takes a name only if it is free, which a rename does not.
async function linkNew(partial: string, target: string, name: string): Promise<void> {
  try {
    await link(partial, target);
  } catch (error) {
    throw codeOf(error) === 'EEXIST' ? objectExists(name) : error;
  }
}

async function readObject(path: string, name: string): Promise<Uint8Array> {
  let handle: FileHandle;
  try {
    handle = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  } catch (error) {
    throw codeOf(error) === 'ENOENT' ? objectNotFound(name) : error;
  }
  await using file = handle;
  const { size } = await file.stat();
  requireObjectSize(name, size);
  return new Uint8Array(await file.readFile());
}

interface Walk {
  readonly prefix: string;
  readonly after: string;
  readonly countMax: number;
  readonly found: string[];
}

async function walk(dir: string, folder: string, state: Walk): Promise<void> {
  const entries = await readdir(join(dir, folder), { withFileTypes: true });
  // A folder sorts with its slash, so that names come out in the order of their whole text.
  const paths = entries.flatMap(entry => {
    const path = folder + entry.name;
    if (entry.isDirectory()) return isObjectName(path) ? [`${path}/`] : [];
    return entry.isFile() && isObjectName(path) ? [path] : [];
  });
  for (const path of paths.sort(byText)) {
    if (state.found.length >= state.countMax) return;
    if (path.endsWith('/')) {
      const mayHold = path.startsWith(state.prefix) || state.prefix.startsWith(path);
      const isBefore = path < state.after && !state.after.startsWith(path);
      if (mayHold && !isBefore) await walk(dir, path, state);
    } else if (path.startsWith(state.prefix) && path > state.after) {
      state.found.push(path);
    }
  }
}

const byText = (a: string, b: string): number => (a < b ? -1 : 1);

// Every new folder is made to last: its name is in its parent, so the parent is synced.
async function makeFolder(path: string): Promise<void> {
  const firstMade = await mkdir(path, { recursive: true, mode: 0o700 });
  if (firstMade === undefined) return;
  for (let made = path; made.length >= firstMade.length; made = dirname(made)) await syncFolder(dirname(made));
}

async function syncFolder(path: string): Promise<void> {
  try {
    await using handle = await open(path, 'r');
    await handle.sync();
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

async function guard<T>(what: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof SallyportError) throw error;
    const code = codeOf(error);
    if (code === 'ENOTDIR' || code === 'EISDIR' || code === 'EEXIST') {
      throw new SallyportError(
        'core.invalid_input',
        `Cannot use object name "${what}": a part of it is an object and a folder`,
      );
    }
    throw new SallyportError('store.unavailable', `Cannot reach "${what}" on the disk: ${String(error)}`, {
      cause: error,
    });
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
