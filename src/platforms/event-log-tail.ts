import { createHash } from 'node:crypto';
import { type FileHandle, open, stat } from 'node:fs/promises';
import type { Log } from '../core/log.ts';
import type { PlatformFact } from './platforms.ts';

/** Where reading goes on after a restart: the file (by what it begins with) and the bytes already told. */
export interface EventLogPosition {
  readonly inode: string;
  readonly offset: number;
  /** SHA-256 of the first bytes of the file, hex, and how many: tells a new file from one that grew. */
  readonly head: string;
  readonly headBytes: number;
}

export interface EventLogTailDeps {
  readonly file: string;
  readonly parse: (line: string) => PlatformFact | undefined;
  /** Awaited: what is told is told before the position moves on, so after a crash a fact may be told twice but is never lost. */
  readonly onFact: (fact: PlatformFact) => void | Promise<void>;
  /** Called after facts were told; keep it, and give it back at the next start. */
  readonly onPosition?: (position: EventLogPosition) => void | Promise<void>;
  /** Absent: begin at the end, with what happens from now on. */
  readonly position?: EventLogPosition | undefined;
  readonly log: Log;
  readonly pollMs?: number;
}

export interface EventLogTail extends AsyncDisposable {
  /** Reads what is there now, resolves when it is told. */
  poll(): Promise<void>;
}

const chunkBytes = 256 * 1024;
/** A line longer than this is skipped: no event of n8n is. */
const lineBytesMax = 1024 * 1024;
const headBytesMax = 256;
const newline = 10;

/**
 * Follows a platform's JSON-lines log. Survives rotation (what was written to the rotated file after the last look is read from its first
 * successor name, `-1`), truncation, half-written lines, a file that is not there yet, and restarts.
 */
export function createEventLogTail(deps: EventLogTailDeps): EventLogTail {
  let position = deps.position;
  let isFirst = true;
  let running: Promise<void> = Promise.resolve();
  const lookOnce = async (): Promise<void> => {
    const before = position;
    position = await follow(deps, position, isFirst && deps.position === undefined);
    isFirst = false;
    if (position && (before?.offset !== position.offset || before.inode !== position.inode))
      await deps.onPosition?.(position);
  };
  const poll = (): Promise<void> => {
    running = running
      .then(lookOnce)
      .catch(error => deps.log.warn('platforms.event_log_unreadable', { file: deps.file, error }));
    return running;
  };
  const timer = setInterval(() => void poll(), deps.pollMs ?? 1000);
  timer.unref();
  void poll();
  return {
    poll,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await running;
    },
  };
}

async function follow(
  deps: EventLogTailDeps,
  position: EventLogPosition | undefined,
  skipToEnd: boolean,
): Promise<EventLogPosition | undefined> {
  const file = await openIfThere(deps.file);
  if (!file) return position;
  try {
    const now = await file.stat({ bigint: true });
    const inode = String(now.ino);
    if (!position && skipToEnd) return await positionAt(file, inode, await lastLineEnd(file, Number(now.size)));
    if (position && (await isContinued(file, position, inode, Number(now.size)))) {
      return await readOn(deps, file, inode, position.offset);
    }
    // Another file: first what the old one got after the last look, under its rotated name.
    if (position) await readRotated(deps, position);
    return await readOn(deps, file, inode, 0);
  } finally {
    await file.close();
  }
}

async function readRotated(deps: EventLogTailDeps, position: EventLogPosition): Promise<void> {
  const name = deps.file.replace(/(\.[^./]+)?$/, '-1$1');
  const old = await openIfThere(name);
  if (!old) return;
  try {
    const { size } = await old.stat();
    if (size >= position.offset && (await headOf(old, position.headBytes)) === position.head) {
      await readOn(deps, old, position.inode, position.offset);
    }
  } finally {
    await old.close();
  }
}

/** The same file when it has not shrunk and still begins with the same bytes; inode numbers are used again too soon to be trusted. */
async function isContinued(
  file: FileHandle,
  position: EventLogPosition,
  inode: string,
  size: number,
): Promise<boolean> {
  if (size < position.offset) return false;
  if (position.headBytes === 0) return inode === position.inode;
  return (await headOf(file, position.headBytes)) === position.head;
}

async function readOn(
  deps: EventLogTailDeps,
  file: FileHandle,
  inode: string,
  from: number,
): Promise<EventLogPosition> {
  let offset = from;
  let pending = Buffer.alloc(0);
  let isSkipping = false;
  let readTo = from;
  for (;;) {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(chunkBytes), 0, chunkBytes, readTo);
    if (bytesRead === 0) break;
    readTo += bytesRead;
    let data = Buffer.concat([pending, buffer.subarray(0, bytesRead)]);
    for (let end = data.indexOf(newline); end !== -1; end = data.indexOf(newline)) {
      const line = data.subarray(0, end).toString('utf8').trim();
      const fact = isSkipping || line === '' ? undefined : deps.parse(line);
      if (fact) await deps.onFact(fact);
      isSkipping = false;
      offset += end + 1;
      data = data.subarray(end + 1);
    }
    if (data.length > lineBytesMax) {
      deps.log.warn('platforms.event_log_line_too_long', { file: deps.file, offset });
      offset += data.length;
      data = Buffer.alloc(0);
      isSkipping = true;
    }
    pending = data;
  }
  return positionAt(file, inode, offset);
}

async function positionAt(file: FileHandle, inode: string, offset: number): Promise<EventLogPosition> {
  const headBytes = Math.min(offset, headBytesMax);
  return { inode, offset, headBytes, head: await headOf(file, headBytes) };
}

async function headOf(file: FileHandle, bytes: number): Promise<string> {
  const { bytesRead, buffer } = await file.read(Buffer.alloc(bytes), 0, bytes, 0);
  return createHash('sha256').update(buffer.subarray(0, bytesRead)).digest('hex');
}

/** Just after the last line that is whole. */
async function lastLineEnd(file: FileHandle, size: number): Promise<number> {
  const from = Math.max(0, size - lineBytesMax);
  const { bytesRead, buffer } = await file.read(Buffer.alloc(size - from), 0, size - from, from);
  const last = buffer.subarray(0, bytesRead).lastIndexOf(newline);
  return last === -1 ? from : from + last + 1;
}

async function openIfThere(file: string): Promise<FileHandle | undefined> {
  try {
    return (await stat(file)).isFile() ? await open(file, 'r') : undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
