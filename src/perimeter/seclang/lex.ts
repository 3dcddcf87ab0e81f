/** One directive with where it begins and its arguments, quotes taken off. */
export interface Line {
  readonly file: string;
  readonly line: number;
  readonly directive: string;
  readonly words: readonly string[];
}

/** Something in a rule file that is not understood. */
export interface RuleProblem {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

/**
 * Cuts a file (as bytes) into directives: lines joined at a backslash, comments left out, words by blanks or in quotes. Inside quotes a
 * backslash before itself or the quote is taken off, as the reference platform does; others belong to the expressions.
 */
export function lex(file: string, text: string, problems: RuleProblem[]): Line[] {
  const out: Line[] = [];
  const physical = text.split(/\r?\n/);
  for (let at = 0; at < physical.length; at++) {
    const line = at + 1;
    let logical = (physical[at] ?? '').trim();
    if (logical === '' || logical.startsWith('#')) continue;
    while (logical.endsWith('\\') && at + 1 < physical.length) {
      at += 1;
      logical = logical.slice(0, -1) + (physical[at] ?? '').trim();
    }
    const words = split(logical);
    if (words === undefined) {
      problems.push({ file, line, text: 'a quote without end' });
      continue;
    }
    const [directive = '', ...rest] = words;
    out.push({ file, line, directive, words: rest });
  }
  return out;
}

function split(text: string): string[] | undefined {
  const words: string[] = [];
  for (let at = 0; at < text.length; ) {
    const char = text[at] ?? '';
    if (char === ' ' || char === '\t') {
      at += 1;
    } else if (char === '"' || char === "'") {
      const end = closing(text, at, char);
      if (end < 0) return undefined;
      words.push(unescape(text.slice(at + 1, end), char));
      at = end + 1;
    } else {
      let end = at;
      while (end < text.length && text[end] !== ' ' && text[end] !== '\t') end += 1;
      words.push(text.slice(at, end));
      at = end;
    }
  }
  return words;
}

function unescape(text: string, quote: string): string {
  return text.includes('\\')
    ? text.replace(/\\(["'\\])/g, (pair, char) => (char === quote || char === '\\' ? char : pair))
    : text;
}

function closing(text: string, start: number, quote: string): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at += 1;
    else if (text[at] === quote) return at;
  }
  return -1;
}
