import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { link, open, unlink } from 'node:fs/promises';
import path from 'node:path';
import { SallyportError } from '../core/errors.ts';
import { Secret } from '../core/secret.ts';
import { keyBytes } from './envelope.ts';

const filePattern = /^([A-Za-z0-9_-]{43})\n?$/;
const fileBytesMax = 64;

/**
 * Reads the master key from a file, or makes one there if the file does not exist. A file that others than its owner can read or write, that
 * belongs to somebody else, or that holds anything but one key throws `vault.key_invalid`. A new file appears whole, durable and with
 * mode 0600, or not at all; of two processes that make it at once both get the same key.
 */
export async function loadOrCreateMasterKey(file: string, random: (bytes: number) => Buffer): Promise<Secret> {
  return (await loadKey(file)) ?? (await createKey(file, random));
}

async function loadKey(file: string): Promise<Secret | undefined> {
  let handle: FileHandle;
  try {
    // Non-blocking, so that a pipe in its place cannot hold the boot.
    handle = await open(file, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch (cause) {
    if (isCode(cause, 'ENOENT')) return undefined;
    throw keyInvalid(file, 'it cannot be opened', cause);
  }
  try {
    await refuseUnsafe(file, handle);
    const bytes = Buffer.alloc(fileBytesMax);
    const { bytesRead } = await handle.read(bytes, 0, fileBytesMax, 0);
    const text = filePattern.exec(bytes.toString('latin1', 0, bytesRead))?.[1];
    const key = text === undefined ? undefined : Buffer.from(text, 'base64url');
    if (text === undefined || key?.length !== keyBytes || key.toString('base64url') !== text) {
      throw keyInvalid(file, `want exactly one line, ${keyBytes} bytes as base64url`);
    }
    return new Secret(text);
  } finally {
    await handle.close();
  }
}

/** Looks at the open file, not at its name, which could be another file by then. */
async function refuseUnsafe(file: string, handle: FileHandle): Promise<void> {
  const stat = await handle.stat();
  if (!stat.isFile()) throw keyInvalid(file, 'want a regular file');
  if (process.platform === 'win32') return;
  if ((stat.mode & 0o077) !== 0) {
    throw keyInvalid(
      file,
      `its mode is 0${(stat.mode & 0o777).toString(8)}, want 0600: nobody but its owner may read it`,
    );
  }
  const me = process.getuid?.();
  if (me !== undefined && stat.uid !== me && stat.uid !== 0) {
    throw keyInvalid(file, `it belongs to user ${stat.uid}, want ${me} or root`);
  }
}

async function createKey(file: string, random: (bytes: number) => Buffer): Promise<Secret> {
  const key = new Secret(random(keyBytes).toString('base64url'));
  const draft = `${file}.${random(8).toString('hex')}.new`;
  try {
    const handle = await open(draft, 'wx', 0o600);
    try {
      await handle.writeFile(`${key.reveal()}\n`);
      await handle.sync();
    } finally {
      await handle.close();
    }
    // A link, not a rename: it never replaces a key that another process has put there meanwhile.
    await link(draft, file);
    await syncFolder(path.dirname(file));
    return key;
  } catch (cause) {
    if (!isCode(cause, 'EEXIST')) throw keyInvalid(file, 'it cannot be created', cause);
    const existing = await loadKey(file);
    if (existing === undefined) throw keyInvalid(file, 'it vanished while being read', cause);
    return existing;
  } finally {
    await unlink(draft).catch((error: unknown) => {
      if (!isCode(error, 'ENOENT')) throw error;
    });
  }
}

async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;

function keyInvalid(file: string, why: string, cause?: unknown): SallyportError {
  return new SallyportError('vault.key_invalid', `Cannot use master key file "${file}": ${why}`, { cause });
}
