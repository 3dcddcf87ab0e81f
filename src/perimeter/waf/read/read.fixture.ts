import type { Place, Problem, Rule, Zone } from '../waf.ts';
import { readLimits } from '../waf.ts';
import { type BodyInput, createBodyReader } from './body.ts';
import { type HeadInput, readHead } from './head.ts';
import { judgeForm } from './head-form.ts';
import { overlapChars } from './teller.ts';

/** One name or value, its windows joined. */
export interface Leaf {
  readonly zone: Zone;
  readonly name: string;
  readonly part: Place['part'];
  readonly text: string;
}

/** What a reader told, and how it ended. */
export interface Told {
  readonly leaves: readonly Leaf[];
  readonly problem: Problem | undefined;
}

/** A sink that joins windows, which may come in turn with those of other values, and checks that they are as the contract says. */
export function createCollector() {
  const leaves: Leaf[] = [];
  const open: Leaf[] = [];
  return {
    leaves,
    leaf(place: Place, text: string, isPartial?: boolean): void {
      if (text.length > 32 * 1024) throw new Error(`a window of ${text.length} characters`);
      const at = open.findIndex(
        held =>
          held.zone === place.zone &&
          held.name === place.name &&
          held.part === place.part &&
          held.text.slice(-overlapChars) === text.slice(0, overlapChars),
      );
      const [before] = at < 0 ? [] : open.splice(at, 1);
      const leaf = { ...place, text: before === undefined ? text : before.text + text.slice(overlapChars) };
      if (isPartial === true) open.push(leaf);
      else leaves.push(leaf);
    },
  };
}

/** Reads a whole body given as bytes, or as text in UTF-8. */
export function readBody(
  contentType: string | undefined,
  body: string | Uint8Array,
  more: Partial<BodyInput> = {},
): Told {
  const sink = createCollector();
  const reader = createBodyReader({ contentType, contentEncoding: undefined, sink, limits: readLimits, ...more });
  if ('kind' in reader) return { leaves: sink.leaves, problem: reader };
  const problem = reader.feed(Buffer.from(body as string)) ?? reader.end();
  return { leaves: sink.leaves, problem };
}

/** Reads a head of which only what matters is given. */
export function tellHead(head: Partial<HeadInput>): Told {
  const sink = createCollector();
  const problem = readHead({ method: 'GET', path: '/', query: '', headers: {}, ...head }, sink, readLimits);
  return { leaves: sink.leaves, problem };
}

/** The first rule that a head as a whole breaks. */
export function firstRule(head: HeadInput): Rule['id'] | undefined {
  const rules: Rule['id'][] = [];
  judgeForm(head, { found: rule => rules.push(rule) });
  return rules[0];
}

/** `name=text` of every value in a zone, in order. */
export function values(told: Told, zone: Zone): string[] {
  return told.leaves
    .filter(leaf => leaf.zone === zone && leaf.part === 'value')
    .map(leaf => `${leaf.name}=${leaf.text}`);
}

/** Whether bytes that a program found as a value were told, in one reading or another. Empty ones need not be. */
export function hasTold(told: Told, bytes: Buffer, isSkeleton = false): boolean {
  const wanted = skeleton(bytes.toString('latin1'));
  return (
    bytes.length === 0 ||
    told.leaves.some(({ text }) =>
      isSkeleton
        ? skeleton(text) === wanted
        : bytes.equals(Buffer.from(text, 'utf8')) || bytes.equals(Buffer.from(text, 'latin1')),
    )
  );
}

function skeleton(text: string): string {
  // oxlint-disable-next-line no-control-regex -- a range of bytes
  return text.replaceAll(/[^\0-\x7f]+/g, '?');
}
