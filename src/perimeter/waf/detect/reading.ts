/** What several detectors ask about a text: is it prose or a document, which character is this, where does a bracket end. */

/** How much a text looks like something people write for people; computed once for each text, linear, over at most 4096 characters. */
export interface Reading {
  /** Words of two or more letters with a blank or a sentence mark on each side. */
  readonly words: number;
  readonly lines: number;
  /** Several lines, code fences or great length: a script, log, article or README rather than a parameter. */
  readonly isDocument: boolean;
  /** At least six ordinary words: somebody is talking. */
  readonly isProse: boolean;
}

/** Reads at most the first 4096 characters; never throws. */
export function readingOf(whole: string): Reading {
  const text = whole.trim();
  const end = Math.min(text.length, 4096);
  let words = 0;
  let lines = 1;
  let letters = 0;
  let isClean = true;
  let signs = 0;
  for (let at = 0; at <= end; at++) {
    const code = at < end ? text.charCodeAt(at) : 32;
    if (code >= 0x3040 && code <= 0xd7af) signs++;
    if (isLetter(code) || code >= 0x80) letters++;
    else if (isWordEnd(code)) {
      if (letters >= 2 && isClean) words++;
      letters = 0;
      isClean = code !== 46 || text.charCodeAt(at + 1) === 32;
      if (code === 10) lines++;
    } else if (code === 39 && letters > 0) letters++;
    else if (code !== 34 && code !== 40 && code !== 39 && code !== 42 && code !== 41) isClean = false;
  }
  // Japanese, Chinese and Korean: a word has two or three signs and no blank behind it.
  words += Math.floor(signs / 3);
  const isDocument =
    lines >= 5 || text.length > 2000 || text.includes('```') || /(?:^|: |\n)RUN [a-z]/.test(text.slice(0, 400));
  return { words, lines, isDocument, isProse: words >= 6 };
}

/** A page's address with nothing in it but names, plain values and one mark for each: where browsers say they come from. */
export function isPlainAddress(text: string): boolean {
  return text.length <= 400 && address.test(text);
}

const address =
  /^https?:\/\/[a-z\d.:-]{1,255}(?:\/[\w.~%@+-]{1,200}){0,20}\/?(?:\?[\w.~%+-]{1,60}=[\w.~%+-]{0,200}(?:&[\w.~%+-]{1,60}=[\w.~%+-]{0,200}){0,20})?$/i;

const sentenceMax = 300;

/**
 * The same of what stands around `[from, end)`: of the sentence where a long text has few lines, so that a page of prose before a command
 * says nothing about it; of the whole text otherwise.
 */
export function readingAround(text: string, whole: Reading, { from, end }: { from: number; end: number }): Reading {
  if (text.length <= sentenceMax || whole.lines >= 5 || !whole.isDocument || text.includes('```')) return whole;
  const before = text.slice(Math.max(0, from - sentenceMax), from);
  const stop = Math.max(
    before.lastIndexOf('. '),
    before.lastIndexOf('! '),
    before.lastIndexOf('? '),
    before.lastIndexOf('\n'),
  );
  const after = text.slice(end, end + sentenceMax);
  const line = after.indexOf('\n');
  return readingOf(
    before.slice(stop < 0 ? 0 : stop + 2) + text.slice(from, end) + (line < 0 ? after : after.slice(0, line)),
  );
}

/** A to Z in either case. */
export function isLetter(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 65 && code <= 90);
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** Letters, digits, underscore. */
export function isWordCode(code: number): boolean {
  return isLetter(code) || isDigit(code) || code === 95;
}

/** Blank, tab, vertical tab, form feed or no-break space; not a line end. */
export function isBlank(code: number): boolean {
  return code === 32 || code === 9 || code === 11 || code === 12 || code === 160;
}

/** The first index at or after `at` that is no blank and no line end. */
export function skipSpace(text: string, at: number): number {
  let next = at;
  while (
    next < text.length &&
    (isBlank(text.charCodeAt(next)) || text.charCodeAt(next) === 10 || text.charCodeAt(next) === 13)
  )
    next++;
  return next;
}

/** Where `needle` stands in `text` from `from`, looking no further than `span` characters; -1 when it does not. */
export function indexWithin(text: string, needle: string, from: number, span: number): number {
  const found = text.slice(from, from + span).indexOf(needle);
  return found < 0 ? -1 : from + found;
}

function isWordEnd(code: number): boolean {
  return (
    isBlank(code) ||
    code === 10 ||
    code === 13 ||
    code === 44 ||
    code === 46 ||
    code === 33 ||
    code === 63 ||
    code === 58
  );
}

/** One expression that matches where one of the given does; each must be bounded by itself. `whole`: nothing before or behind. */
export function anyOf(forms: readonly RegExp[], reach: 'part' | 'whole' = 'part'): RegExp {
  const joined = forms.map(form => form.source).join('|');
  return new RegExp(reach === 'whole' ? `^(?:${joined})$` : joined);
}
