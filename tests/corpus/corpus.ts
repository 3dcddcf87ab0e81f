/**
 * The corpora that say how well the firewall tells attacks from work: gzipped JSON Lines, one request a line. builders of detectors learn
 * from the seen parts; `unseen` is only for `bench/accuracy.ts` and is judged as a whole, never read line by line.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

/** What builders of detectors may read. */
export const seenParts = ['seen', 'seen-2', 'seen-3'] as const;
export const corpusParts = [...seenParts, 'unseen'] as const;
export type CorpusPart = (typeof corpusParts)[number];
export type CorpusKind = 'attack' | 'honest';
export type CorpusSite = 'n8n' | 'flowise' | 'generic';

/** A request as it arrives: framing headers (`content-length`, `connection`) are left out, the body is what came after the head. */
export interface CorpusRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body?: string;
  /** Instead of `body`, where that is no UTF-8 text. */
  readonly bodyBase64?: string;
}

/** One request with what it is. `class` is the kind of attack, or the group of honest traffic. */
export interface CorpusEntry {
  readonly id: string;
  readonly class: string;
  readonly kind: CorpusKind;
  readonly site: CorpusSite;
  readonly who: 'editor' | 'visitor';
  readonly request: CorpusRequest;
  /** For attacks the technique, place and encoding; for honest traffic the shape. */
  readonly note?: string;
}

const here = import.meta.dirname;
const folderOf = (part: CorpusPart, kind: CorpusKind): string =>
  path.join(here, part, kind === 'attack' ? 'attacks' : 'honest');

/** The bytes of a request's body; undefined when it has none. */
export function bodyOf(request: CorpusRequest): Buffer | undefined {
  if (request.bodyBase64 !== undefined) return Buffer.from(request.bodyBase64, 'base64');
  return request.body === undefined ? undefined : Buffer.from(request.body);
}

/** Every entry of one part, file after file in the order of their names; none while a part is not written. */
export function readCorpus(part: CorpusPart, kind: CorpusKind): CorpusEntry[] {
  const folder = folderOf(part, kind);
  const entries: CorpusEntry[] = [];
  if (!existsSync(folder)) return entries;
  for (const file of readdirSync(folder).sort()) {
    if (!/\.jsonl(\.gz)?$/.test(file)) continue;
    const bytes = readFileSync(path.join(folder, file));
    const text = (file.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
    // Written by `writeCorpus`; corpus.test.ts checks the form of every line.
    for (const line of text.split('\n')) if (line !== '') entries.push(JSON.parse(line) as CorpusEntry);
  }
  return entries;
}

/** Writes one file of the corpus; the same entries give the same bytes. */
export function writeCorpus(part: CorpusPart, kind: CorpusKind, name: string, entries: readonly CorpusEntry[]): void {
  const folder = folderOf(part, kind);
  mkdirSync(folder, { recursive: true });
  const text = entries.map(entry => `${JSON.stringify(entry)}\n`).join('');
  writeFileSync(path.join(folder, `${name}.jsonl.gz`), gzipSync(text, { level: 9 }));
}

/**
 * Techniques and shapes of the unseen part whose misses were given to the builders after its first table: every other one of each class. The
 * rest of that part is what nobody has seen.
 */
const given = new Map<string, ReadonlySet<string>>(
  Object.entries(
    JSON.parse(readFileSync(path.join(here, 'unseen', 'given.json'), 'utf8')) as Record<string, string[]>,
  ).map(([name, techniques]) => [name, new Set(techniques)]),
);

/** Whether the builders have been told how this entry of the unseen part was judged. */
export const isGiven = (entry: CorpusEntry): boolean =>
  given.get(entry.class)?.has((entry.note ?? '').split(' · ')[0] ?? '') === true;
