import type { Problem } from '../waf.ts';
import { createPartReader } from './part.ts';
import { parsePartHead } from './part-head.ts';
import { problem } from './problem.ts';
import type { Teller } from './teller.ts';
import type { TextReader } from './text-reader.ts';

/** What the Content-Type of a multipart body says. */
export interface MultipartInput {
  readonly boundary: string | undefined;
  /** `multipart/form-data`; other kinds need no Content-Disposition. */
  readonly isFormData: boolean;
  readonly method: string | undefined;
}

const headCharsMax = 8 * 1024;
/** RFC 2046 section 5.1.1, without what readers disagree on: blanks anywhere, and quotes that are part of it. */
const boundaryPattern = /^[0-9A-Za-z()+_,\-./:=?]{1,70}$/;

const inPreamble = 0;
const inHead = 1;
const inContent = 2;
const afterEnd = 3;

/**
 * Reads multipart bodies (RFC 2046 section 5.1, RFC 7578) from bytes as they arrive, holding one part head and one boundary's length. Strict
 * where readers differ: the body begins with the boundary, lines end in CRLF, nothing but white space follows the last boundary, which must be
 * there, and a line that only begins like the boundary ends nothing and is refused.
 */
export function createMultipartReader(teller: Teller, input: MultipartInput): TextReader | Problem {
  const { boundary } = input;
  if (boundary === undefined) return problem('malformed', 'multipart without a boundary');
  if (!boundaryPattern.test(boundary))
    return problem('malformed', 'multipart: a boundary with characters it may not have');
  return createPartsReader(teller, input, `--${boundary}`);
}

function createPartsReader(teller: Teller, input: MultipartInput, mark: string): TextReader {
  let state = inPreamble;
  let rest = '';
  let parts = 0;
  const fields = new Map<string, number>();
  let part: TextReader | undefined;
  let pending: Problem | undefined;

  const malformed = (what: string): Problem => problem('malformed', `multipart: ${what}`);

  function write(text: string): Problem | undefined {
    let held = rest + text;
    for (;;) {
      const next = state === inContent ? content(held) : state === inHead ? head(held) : edge(held);
      if (typeof next !== 'number') return next;
      if (next < 0) break;
      held = held.slice(next);
    }
    rest = state === inContent ? keepTail(held) : held;
    return pending ?? teller.problem;
  }

  /** Before the first boundary, which needs no line end before it, and after the last. */
  function edge(text: string): number | Problem {
    if (state === afterEnd) {
      if (/[^ \t\r\n]/.test(text)) return malformed('text after the last boundary');
      return text === '' ? -1 : text.length;
    }
    const at = text.startsWith('\r\n') ? 2 : 0;
    if (text.length < at + mark.length + 2) return -1;
    return text.startsWith(mark, at)
      ? boundaryLine(text, at + mark.length)
      : malformed('text before the first boundary');
  }

  /** What follows a boundary: a line end, or `--`. */
  function boundaryLine(text: string, i: number): number | Problem {
    if (text.startsWith('\r\n', i)) {
      state = inHead;
      if (++parts > teller.limits.partsMax)
        return problem('too_many', `multipart: more than ${teller.limits.partsMax} parts`);
      return i + 2;
    }
    if (text.startsWith('--', i)) {
      state = afterEnd;
      return i + 2;
    }
    return malformed('a line that only begins like the boundary');
  }

  function head(text: string): number | Problem {
    const isEmpty = text.startsWith('\r\n');
    const end = isEmpty ? 0 : text.indexOf('\r\n\r\n');
    if (end < 0 || text.length < 2) {
      return text.length > headCharsMax ? problem('too_large', 'multipart: a part header that is too long') : -1;
    }
    if (end > headCharsMax) return problem('too_large', 'multipart: a part header that is too long');
    const parsed = parsePartHead(text.slice(0, end), input.isFormData);
    if ('kind' in parsed) return parsed;
    const name = parsed.name ?? '';
    if (name.length > teller.limits.nameCharsMax) return problem('too_large', 'multipart: a name that is too long');
    if (parsed.fileNames.length === 0 && input.isFormData) fields.set(name, (fields.get(name) ?? 0) + 1);
    part = createPartReader(teller, parsed, {
      isFirst: fields.get(name) === 1,
      method: input.method,
      isFormData: input.isFormData,
    });
    state = inContent;
    return end + (isEmpty ? 2 : 4);
  }

  function content(text: string): number | Problem {
    const at = text.indexOf(mark);
    if (at < 0) return -1;
    // PHP and others also end a part at a boundary after a bare LF, or at the very beginning of the content.
    if (at < 2 || !text.startsWith('\r\n', at - 2)) {
      return problem('ambiguous', 'multipart: the boundary stands where only some readers take it for one');
    }
    if (text.length < at + mark.length + 2) return -1;
    const refusal = part?.write(text.slice(0, at - 2)) ?? part?.end();
    part = undefined;
    return refusal ?? boundaryLine(text, at + mark.length);
  }

  /** Passes on what can not be part of a boundary and keeps the rest. */
  function keepTail(text: string): string {
    const at = text.indexOf(mark);
    const end = at >= 0 ? at - 2 : text.length - mark.length - 4;
    if (end <= 0) return text;
    pending ??= part?.write(text.slice(0, end));
    return text.slice(end);
  }

  return {
    write,
    end() {
      return pending ?? (state === afterEnd ? teller.problem : malformed('the last boundary is missing'));
    },
  };
}
