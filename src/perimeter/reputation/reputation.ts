import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Clock } from '../../core/clock.ts';
import { SallyportError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { cloudflareRanges } from './cloudflare.ts';
import type { FeedFetch } from './feed.ts';
import { fetchFeed } from './feed.ts';
import type { ListFormat } from './formats.ts';
import { parseList } from './formats.ts';
import type { CompiledList, ListAction, ListKind } from './plane.ts';
import { compileRanges } from './range-set.ts';

/** Where a list comes from: written in the configuration, built in, a file that is watched, or an address that is asked. */
export type ListSource =
  | { readonly entries: readonly string[] }
  | { readonly preset: 'cloudflare' }
  | { readonly file: string }
  | { readonly url: string; readonly everyMs: number };

export interface ListConfig {
  readonly id: string;
  readonly kind: ListKind;
  readonly action?: ListAction;
  readonly format: ListFormat;
  readonly column?: string;
  readonly confidenceMin?: number;
  readonly services?: readonly string[];
  readonly source: ListSource;
}

export interface ListStatus {
  readonly id: string;
  readonly kind: ListKind;
  readonly entries: number;
  /** When what is in force was read; null while nothing is. */
  readonly loadedAt: number | null;
  /** Why the last try failed; what is in force stays. */
  readonly error: string | null;
}

/** The owner of the lists, on the control side. */
export interface Reputation extends AsyncDisposable {
  /** What data planes get. */
  compiled(): readonly CompiledList[];
  status(): ListStatus[];
  /** Reads every list that is due: a file that changed, a feed whose time has come. Called by itself; one run at a time. */
  check(): Promise<void>;
}

export interface ReputationDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly fetch: FeedFetch;
  /** Where the last good answer of each feed is kept. */
  readonly dir: string;
  /** Awaited after a list was replaced, with all of them. */
  readonly changed: (lists: readonly CompiledList[]) => Promise<void>;
  /** How often files are looked at; 0 leaves it to the caller. */
  readonly watchEveryMs?: number;
}

const bytesMax = 64 * 1024 * 1024;
const entriesMax = 1_000_000;
const watchEveryMsDefault = 10_000;
const retryAfterMs = 5 * 60_000;
// An allow-list or a trusted hop that holds a large part of the Internet is a mistake; lists to block do name all of multicast.
const widestOf = (kind: ListKind) => (kind === 'block' || kind === 'anonymiser' ? { v4: 3, v6: 3 } : { v4: 8, v6: 16 });

interface Held {
  readonly config: ListConfig;
  list: CompiledList | undefined;
  entries: number;
  loadedAt: number | null;
  error: string | null;
  /** What was read last, by size and time of the file or the hash of its content. */
  stamp: string;
  hash: string;
  etag: string | undefined;
  dueAtMs: number;
}

/**
 * Resolves when every list was tried once: files are read, feeds come from the copy kept of them and are asked at the first check. A list that
 * cannot be read is refused whole and told in `status`; the gate starts without it. Throws `perimeter.list_invalid` only for what stands in
 * the configuration itself.
 */
export async function createReputation(lists: readonly ListConfig[], deps: ReputationDeps): Promise<Reputation> {
  await mkdir(deps.dir, { recursive: true, mode: 0o700 });
  const held = lists.map(
    (config): Held => ({
      ...{
        config,
        list: undefined,
        entries: 0,
        loadedAt: null,
        error: null,
        stamp: '',
        hash: '',
        etag: undefined,
        dueAtMs: 0,
      },
    }),
  );
  for (const one of held) {
    await start(one, deps);
    if (one.error !== null && 'entries' in one.config.source)
      throw new SallyportError('perimeter.list_invalid', `Cannot use list "${one.config.id}": ${one.error}`, {
        detail: one.error,
      });
  }
  const compiled = () => held.flatMap(one => one.list ?? []);
  const stopping = new AbortController();
  let running: Promise<void> | undefined;

  const checkAll = async (): Promise<void> => {
    let isChanged = false;
    for (const one of held) {
      if (stopping.signal.aborted) return;
      isChanged = (await checkOne(one, deps, stopping.signal)) || isChanged;
    }
    if (isChanged && !stopping.signal.aborted) await deps.changed(compiled());
  };
  const check = (): Promise<void> => {
    running ??= checkAll().finally(() => {
      running = undefined;
    });
    return running;
  };
  const everyMs = deps.watchEveryMs ?? watchEveryMsDefault;
  const timer =
    everyMs > 0
      ? setInterval(() => {
          check().catch((error: unknown) => deps.log.error('reputation.check_failed', { error }));
        }, everyMs)
      : undefined;
  timer?.unref();

  return {
    compiled,
    status: () =>
      held.map(({ config, entries, loadedAt, error }) => ({
        id: config.id,
        kind: config.kind,
        entries,
        loadedAt,
        error,
      })),
    check,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      stopping.abort();
      await running?.catch(() => undefined);
    },
  };
}

async function start(one: Held, deps: ReputationDeps): Promise<void> {
  const { source } = one.config;
  if ('entries' in source) take(one, deps, source.entries.join('\n'));
  else if ('preset' in source) take(one, deps, cloudflareRanges.join('\n'));
  else if ('file' in source) await checkFile(one, deps, source.file);
  else await loadKept(one, deps, source.url);
}

/** True when the list was replaced. */
async function checkOne(one: Held, deps: ReputationDeps, signal: AbortSignal): Promise<boolean> {
  const { source } = one.config;
  if ('file' in source) return checkFile(one, deps, source.file);
  if ('url' in source) return checkFeed(one, deps, source, signal);
  return false;
}

async function checkFile(one: Held, deps: ReputationDeps, file: string): Promise<boolean> {
  try {
    const { size, mtimeMs } = await stat(file);
    const stamp = `${size} ${mtimeMs}`;
    if (stamp === one.stamp) return false;
    if (size > bytesMax) throw new Error(`the file is larger than ${bytesMax} bytes`);
    const text = await readFile(file, 'utf8');
    one.stamp = stamp;
    return take(one, deps, text);
  } catch (error) {
    fail(one, deps, error instanceof Error ? error.message : String(error));
    return false;
  }
}

async function checkFeed(
  one: Held,
  deps: ReputationDeps,
  source: { readonly url: string; readonly everyMs: number },
  signal: AbortSignal,
): Promise<boolean> {
  const nowMs = deps.clock.monotonicMs();
  if (nowMs < one.dueAtMs) return false;
  one.dueAtMs = nowMs + Math.min(source.everyMs, retryAfterMs);
  const etag = one.list === undefined ? undefined : one.etag;
  const answer = await fetchFeed(deps.fetch, { url: source.url, etag, bytesMax, signal });
  if (answer.kind === 'failed') {
    if (!signal.aborted) fail(one, deps, answer.why);
    return false;
  }
  if (answer.kind === 'same') {
    one.dueAtMs = nowMs + source.everyMs;
    one.error = null;
    one.loadedAt = deps.clock.now();
    return false;
  }
  const isChanged = take(one, deps, answer.text);
  if (one.error === null) {
    one.dueAtMs = nowMs + source.everyMs;
    one.etag = answer.etag;
    await keep(one, deps, source.url, answer.text);
  }
  return isChanged;
}

/** Parses and compiles; true when the list is another than before. On a fault the former stays. */
function take(one: Held, deps: ReputationDeps, text: string): boolean {
  const { id, kind, format, action, source } = one.config;
  const hash = createHash('sha256').update(text).digest('hex');
  if (hash === one.hash && one.list !== undefined) {
    one.error = null;
    return false;
  }
  const isPlain = 'entries' in source || 'preset' in source;
  const parsed = parseList(isPlain ? 'plain' : format, text, { ...one.config, entriesMax, widest: widestOf(kind) });
  if (!parsed.ok) {
    fail(one, deps, parsed.line > 0 ? `line ${parsed.line}: ${parsed.why}` : parsed.why);
    return false;
  }
  one.list = { id, kind, action: action ?? 'block', ranges: compileRanges(parsed.blocks) };
  one.entries = parsed.blocks.length;
  one.loadedAt = deps.clock.now();
  one.error = null;
  one.hash = hash;
  deps.log.info('reputation.loaded', { list: id, entries: one.entries });
  return true;
}

function fail(one: Held, deps: ReputationDeps, why: string): void {
  // Told once, not at every look.
  if (one.error !== why) deps.log.error('reputation.refused', { list: one.config.id, why });
  one.error = why;
}

// Named by the address too: the copy of another feed under the same id is not this one.
const keptFile = (deps: ReputationDeps, id: string, url: string): string =>
  path.join(deps.dir, `${id}-${createHash('sha256').update(url).digest('hex').slice(0, 16)}.list`);

/** Written beside and moved into place: a crash leaves the former copy. */
async function keep(one: Held, deps: ReputationDeps, url: string, text: string): Promise<void> {
  const file = keptFile(deps, one.config.id, url);
  try {
    const handle = await open(`${file}.new`, 'w', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(`${file}.new`, file);
  } catch (error) {
    deps.log.error('reputation.not_kept', { list: one.config.id, error });
  }
}

async function loadKept(one: Held, deps: ReputationDeps, url: string): Promise<void> {
  const text = await readFile(keptFile(deps, one.config.id, url), 'utf8').catch(() => undefined);
  if (text === undefined) {
    one.error = 'not asked yet';
    return;
  }
  take(one, deps, text);
}
