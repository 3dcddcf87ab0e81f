import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { open, rename, rm } from 'node:fs/promises';
import { createInterface } from 'node:readline/promises';
import { SallyportError } from '../core/errors.ts';
import type { Secret } from '../core/secret.ts';

/** The file: these eight bytes, then the first eight bytes of each SHA-1, in ascending order. */
const magic = Buffer.from('SPBREACH');
const entryBytes = 8;
const flushBytes = 1024 * 1024;

/** Passwords that are known to have been stolen, by a file too large for memory: some thirty reads of eight bytes for each question. */
export interface BreachedList extends AsyncDisposable {
  readonly size: number;
  /** True when the password's SHA-1 is in the list; by chance once in 10^10. Throws when the file cannot be read: nothing is accepted unasked. */
  has(password: Secret): Promise<boolean>;
}

/** Opens a list made by `importBreached`. Throws `server.config_invalid` for any other file. */
export async function openBreachedList(file: string): Promise<BreachedList> {
  const handle = await open(file, 'r').catch((cause: unknown) => {
    throw unusable(file, 'it cannot be opened', cause);
  });
  try {
    const { size } = await handle.stat();
    const head = await readAt(handle, 0, magic.length);
    if (!head.equals(magic) || (size - magic.length) % entryBytes !== 0) {
      throw unusable(file, 'it is no list made by "sallyport passwords import"');
    }
    const entries = (size - magic.length) / entryBytes;
    return {
      size: entries,
      has: password => find(handle, entries, createHash('sha1').update(password.reveal()).digest()),
      [Symbol.asyncDispose]: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function find(handle: FileHandle, entries: number, hash: Buffer): Promise<boolean> {
  const wanted = hash.subarray(0, entryBytes);
  let low = 0;
  let high = entries - 1;
  while (low <= high) {
    const middle = Math.floor((low + high) / 2);
    const order = (await readAt(handle, magic.length + middle * entryBytes, entryBytes)).compare(wanted);
    if (order === 0) return true;
    if (order < 0) low = middle + 1;
    else high = middle - 1;
  }
  return false;
}

async function readAt(handle: FileHandle, position: number, bytes: number): Promise<Buffer> {
  const buffer = Buffer.alloc(bytes);
  const { bytesRead } = await handle.read(buffer, 0, bytes, position);
  if (bytesRead !== bytes)
    throw new SallyportError('internal', `Cannot read breached passwords at ${position}: it ends`);
  return buffer;
}

/**
 * Makes the list from a text of SHA-1 in hex, one a line in ascending order, with or without a count behind a colon, as Have I Been Pwned gives
 * it out. Read as a stream; the target is put in place when it is whole. Throws `core.invalid_input` naming the line that does not fit.
 */
export async function importBreached(source: string, target: string): Promise<{ entries: number }> {
  const part = `${target}.part`;
  const out = await open(part, 'w', 0o600);
  try {
    const entries = await write(out, source);
    await out.sync();
    await out.close();
    await rename(part, target);
    return { entries };
  } catch (error) {
    await out.close().catch(() => undefined);
    await rm(part, { force: true });
    throw error;
  }
}

async function write(out: FileHandle, source: string): Promise<number> {
  let waiting: Buffer[] = [magic];
  let bytes = magic.length;
  let last = '';
  let line = 0;
  let entries = 0;
  for await (const text of createInterface({ input: createReadStream(source), crlfDelay: Infinity })) {
    line++;
    if (text === '') continue;
    const hex = /^([0-9a-f]{40})(?::\d{1,12})?$/i.exec(text)?.[1]?.toUpperCase();
    if (hex === undefined || hex < last) {
      const why = hex === undefined ? 'want a SHA-1 in hex' : 'want ascending order';
      throw new SallyportError('core.invalid_input', `Cannot import line ${line} of "${source}": ${why}`, {
        detail: `Line ${line}: ${why}.`,
      });
    }
    if (hex.slice(0, entryBytes * 2) === last.slice(0, entryBytes * 2)) continue;
    last = hex;
    entries++;
    waiting.push(Buffer.from(hex.slice(0, entryBytes * 2), 'hex'));
    bytes += entryBytes;
    if (bytes < flushBytes) continue;
    await out.appendFile(Buffer.concat(waiting));
    waiting = [];
    bytes = 0;
  }
  await out.appendFile(Buffer.concat(waiting));
  return entries;
}

function unusable(file: string, why: string, cause?: unknown): SallyportError {
  const message = `Cannot use identity.passwords.breachedFile "${file}": ${why}`;
  return new SallyportError('server.config_invalid', message, { detail: message, cause });
}
