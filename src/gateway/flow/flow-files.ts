import { createReadStream, createWriteStream } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import type { Log } from '../../core/log.ts';

/** `2026-11-22T07.main.0.jsonl`, with `.gz` when closed: the hour in UTC, who writes, and which part of the hour. */
export const flowFilePattern = /^(\d{4}-\d{2}-\d{2}T\d{2})\.([a-z0-9-]{1,40})\.(\d{1,6})\.jsonl(\.gz)?$/;

/** Files of one writer in a folder that several may share. Every call is awaited before the next. */
export interface FlowFiles {
  /** Appends whole lines to the file of this hour; the files before are closed and compressed. */
  append(lines: string, now: number): Promise<void>;
  /** Compresses what is left of others that ended, and removes what is too old or too much, oldest first. Says what it removed. */
  tidy(now: number): Promise<void>;
  close(): Promise<void>;
}

const hourMs = 3_600_000;
/** A file of another writer that nobody compressed for so long: its writer is gone. */
const orphanMs = 2 * hourMs;

export function createFlowFiles(deps: {
  readonly dir: string;
  readonly writer: string;
  readonly days: number;
  readonly bytesMax: number;
  readonly log: Log;
}): FlowFiles {
  const { dir, log, writer } = deps;
  /** One file is never so large that removing the oldest would not help. */
  const partBytesMax = Math.max(4096, Math.floor(deps.bytesMax / 8));
  let held: { handle: FileHandle; file: string; hour: string; bytes: number } | undefined;
  let part = 0;

  async function shut(): Promise<void> {
    if (held === undefined) return;
    const { file, handle } = held;
    held = undefined;
    await handle.close();
    await compress(file, writer);
  }

  async function fileFor(hour: string) {
    await mkdir(dir, { recursive: true, mode: 0o700 });
    for (;;) {
      const file = path.join(dir, `${hour}.${writer}.${part++}.jsonl`);
      if (await exists(`${file}.gz`)) continue;
      const handle = await open(file, 'a', 0o600);
      const { size } = await handle.stat();
      if (size < partBytesMax) {
        // A crash may have left half a line.
        if (size > 0) await handle.appendFile('\n');
        return { handle, file, hour, bytes: size };
      }
      await handle.close();
      await compress(file, writer);
    }
  }

  return {
    async append(lines, now) {
      const hour = hourOf(now);
      if (held !== undefined && (held.hour !== hour || held.bytes >= partBytesMax)) {
        if (held.hour !== hour) part = 0;
        await shut();
      }
      held ??= await fileFor(hour);
      const bytes = Buffer.from(lines);
      await held.handle.appendFile(bytes);
      held.bytes += bytes.length;
    },
    async tidy(now) {
      const found = await listFlowFiles(dir);
      for (const { file, isClosed, startsAt } of found) {
        if (!isClosed && file !== held?.file && now - startsAt > orphanMs) await compress(file, writer);
      }
      for (const name of await readdir(dir).catch(() => [])) {
        const file = path.join(dir, name);
        if (name.endsWith('.part') && now - (await stat(file)).mtimeMs > orphanMs) await rm(file, { force: true });
      }
      let total = 0;
      const gone: string[] = [];
      for (const { file, startsAt } of (await listFlowFiles(dir)).toReversed()) {
        total += await sizeOf(file);
        const isOld = now - startsAt > deps.days * 24 * hourMs + hourMs;
        if (file === held?.file || (!isOld && total <= deps.bytesMax)) continue;
        if (!isOld) gone.push(path.basename(file));
        await rm(file, { force: true });
      }
      if (gone.length > 0) log.warn('flow.removed_for_space', { files: gone.length, newest: gone[0] });
    },
    close: shut,
  };
}

export interface FlowFile {
  readonly file: string;
  readonly startsAt: number;
  readonly isClosed: boolean;
}

/** The files of a flow log, oldest first; what is not one is left out. An absent folder has none. */
export async function listFlowFiles(dir: string): Promise<FlowFile[]> {
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  const found = names.flatMap(name => {
    const match = flowFilePattern.exec(name);
    if (match === null) return [];
    const startsAt = Date.parse(`${match[1]}:00:00Z`);
    return [{ file: path.join(dir, name), startsAt, part: Number(match[3]), isClosed: match[4] !== undefined }];
  });
  return found.sort((a, b) => a.startsAt - b.startsAt || a.part - b.part);
}

const hourOf = (now: number): string => new Date(now).toISOString().slice(0, 13);

/** Into a file of one's own first: a crash leaves the plain one, and two that do it at once do the same. */
async function compress(file: string, writer: string): Promise<void> {
  const unfinished = `${file}.${writer}.part`;
  try {
    await pipeline(createReadStream(file), createGzip({ level: 6 }), createWriteStream(unfinished, { mode: 0o600 }));
    await rename(unfinished, `${file}.gz`);
    await rm(file, { force: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

async function exists(file: string): Promise<boolean> {
  return (await sizeOf(file)) > 0;
}

async function sizeOf(file: string): Promise<number> {
  try {
    return (await stat(file)).size;
  } catch {
    return 0;
  }
}
