import { excerptOf } from '../waf/mask.ts';
import type { LeakMatch, LeakRule } from './answers.ts';
import { matchCharsMax } from './answers.ts';
import { redact } from './redact.ts';
import { endOfKey } from './rules/keys.ts';
import type { LeakScanner } from './scan.ts';

/** A leak as records show it. */
export interface FoundLeak {
  readonly rule: LeakRule;
  /** Masked: enough to know it by, never the value. */
  readonly excerpt: string;
}

/** Reads one answer piece by piece. What it holds back is bounded: an answer is never held whole. */
export interface LeakStream {
  /** What may go on now, with everything found redacted; empty while it is held back. */
  feed(chunk: Buffer): Buffer;
  /** The rest. */
  end(): Buffer;
  /** The first of each kind, at most 20. */
  readonly found: readonly FoundLeak[];
  /** How many matches in all. */
  readonly count: number;
  /** Points by category so far; each match counts. */
  readonly scores: Readonly<Record<string, number>>;
}

const foundMax = 20;
/** Read again with the next piece: a match that begins here may end there. */
const heldBytes = matchCharsMax;
/** Already gone on; kept for what it says of what follows. */
const pastBytes = 128;
/** Pieces are gathered until they are worth a pass. */
const passBytes = 4096;
/** A header with nothing after it is no key. */
const keyBytesMin = 80;
/** An open match of this length is taken as it is; what belongs to it is followed on. */
const openBytesMax = 4096;
/** Below, a match is recorded and never redacted. */
export const leakPointsMin = 3;
const empty = Buffer.alloc(0);
const nothing: ReadonlySet<string> = new Set();

/** Finds what stands across pieces as well. A piece that came in is never written to. */
export function createLeakStream(
  scanner: LeakScanner,
  options: { readonly skip?: ReadonlySet<string> } = {},
): LeakStream {
  const skip = options.skip ?? nothing;
  const found: FoundLeak[] = [];
  const scores: Record<string, number> = {};
  let count = 0;
  let past: Buffer = empty;
  let held: Buffer = empty;
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  /** The key under way goes on in the next piece. */
  let isInKey = false;

  function note({ rule, start, end }: LeakMatch, text: string): void {
    count++;
    scores[rule.category] = (scores[rule.category] ?? 0) + rule.points;
    if (found.length < foundMax && !found.some(one => one.rule.id === rule.id)) {
      found.push({ rule, excerpt: maskedExcerpt(rule, text, { start, end }) });
    }
  }

  /** Redacts the rest of a key that began before; the first byte after it. */
  function passKey(bytes: Buffer, text: string): number {
    const end = endOfKey(text, past.length);
    redact(bytes, past.length, end);
    isInKey = end === text.length;
    return end;
  }

  function pass(isLast: boolean): Buffer {
    const bytes = Buffer.concat([past, held, ...waiting]);
    waiting = [];
    waitingBytes = 0;
    let text = bytes.toString('latin1');
    let from = past.length;
    if (isInKey) {
      from = passKey(bytes, text);
      text = bytes.toString('latin1');
    }
    let keep = isLast ? bytes.length : Math.max(from, bytes.length - heldBytes);
    for (const match of scanner.scan(text)) {
      if (match.start < from || skip.has(match.rule.id)) continue;
      const isOpen = match.end === bytes.length && !isLast;
      if (isOpen && match.end - match.start < openBytesMax) {
        keep = Math.min(keep, match.start);
        break;
      }
      if (match.rule.id === 'leak.private_key' && match.end - match.start < keyBytesMin) continue;
      note(match, text);
      if (match.rule.points >= leakPointsMin) redact(bytes, match.start, match.end);
      if (isOpen && match.rule.id === 'leak.private_key') isInKey = true;
      keep = Math.max(keep, Math.min(match.end, bytes.length));
    }
    if (isInKey) keep = bytes.length;
    const out = bytes.subarray(past.length, keep);
    // Copies: what is kept must not keep the whole piece alive.
    held = Buffer.from(bytes.subarray(keep));
    past = Buffer.from(bytes.subarray(Math.max(0, keep - pastBytes), keep));
    return out;
  }

  return {
    found,
    scores,
    get count() {
      return count;
    },
    feed(chunk) {
      waiting.push(chunk);
      waitingBytes += chunk.length;
      return waitingBytes < passBytes ? empty : pass(false);
    },
    end: () => pass(true),
  };
}

/** Errors say what they are; of everything else only the beginning is shown. */
function maskedExcerpt({ category }: LeakRule, text: string, { start, end }: { start: number; end: number }): string {
  if (category === 'error' || category === 'disclosure') return excerptOf(text, start, Math.min(end, start + 80));
  const value = text.slice(start, end);
  const isKey = value.startsWith('-----');
  const shown = isKey ? value.slice(0, 27) : value.slice(0, 4);
  return `${excerptOf(shown, 0, shown.length)}*** (${end - start} characters)`;
}
