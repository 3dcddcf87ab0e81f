import type { LeakDetector, LeakHit, LeakRule } from './answers.ts';

/** Calls with every place of a literal, first to last. */
export function eachOf(text: string, literal: string, found: (at: number) => void): void {
  for (let at = text.indexOf(literal); at !== -1; at = text.indexOf(literal, at + literal.length)) found(at);
}

/** How far before its literal a match may begin. */
const lookBackMax = 320;

/** Where a literal is not enough by itself: what must stand before it (the last one counts) and what must follow at once. */
export interface Around {
  readonly literal: string;
  /** Sticky; read from the literal on. Without it the literal is the match. */
  readonly after?: RegExp;
  /** The match begins at the last of these before the literal, with nothing that ends a line or a string between. */
  readonly from?: readonly string[];
  /** Tested on what stands between `from` and the literal. */
  readonly between?: RegExp;
}

/** A detector for fixed sentences and short forms around them. Literals are as programs write them; letters of another case do not match. */
export function literalDetector(rule: LeakRule, forms: readonly (string | Around)[]): LeakDetector {
  const all = forms.map((form): Around => (typeof form === 'string' ? { literal: form } : form));
  return {
    rules: [rule],
    needles: all.map(form => form.literal.toLowerCase()),
    find(text, hit) {
      for (const form of all) eachOf(text, form.literal, at => judge(text, at, { form, rule: rule.id, hit }));
    },
  };
}

function judge(text: string, at: number, rest: { form: Around; rule: LeakRule['id']; hit: LeakHit }): void {
  const { after, between, from, literal } = rest.form;
  let end = at + literal.length;
  if (after !== undefined) {
    after.lastIndex = at;
    if (!after.test(text)) return;
    end = after.lastIndex;
  }
  const start = from === undefined ? at : startOf(text, at, from);
  if (start === undefined || (between !== undefined && !between.test(text.slice(start, at)))) return;
  rest.hit(rest.rule, start, end);
}

function startOf(text: string, at: number, from: readonly string[]): number | undefined {
  const before = text.slice(Math.max(0, at - lookBackMax), at);
  let best = -1;
  for (const literal of from) best = Math.max(best, before.lastIndexOf(literal));
  if (best === -1 || /[\r\n\0]/.test(before.slice(best))) return undefined;
  return at - before.length + best;
}

/** A detector of tokens with a published prefix: the prefix stands at the start of a word and `token` fits from there, up to a word's end. */
export function tokenDetector(
  rule: LeakRule,
  prefixes: readonly string[],
  token: { readonly shape: RegExp; readonly holds?: (text: string) => boolean },
): LeakDetector {
  return {
    rules: [rule],
    needles: prefixes.map(prefix => prefix.toLowerCase()),
    find(text, hit) {
      for (const prefix of prefixes) {
        eachOf(text, prefix, at => {
          if (at > 0 && isWord(text.charCodeAt(at - 1)) && !isEscapeBefore(text, at)) return;
          token.shape.lastIndex = at;
          if (!token.shape.test(text)) return;
          const end = token.shape.lastIndex;
          if (isWord(text.charCodeAt(end))) return;
          const found = text.slice(at, end);
          if (isVaried(found) && token.holds?.(found) !== false) hit(rule.id, at, end);
        });
      }
    },
  };
}

/** `\n` and its like before a word, as JSON writes line ends. */
const isEscapeBefore = (text: string, at: number): boolean =>
  text[at - 2] === '\\' && 'nrt'.includes(text[at - 1] ?? ' ');

/** A letter, digit or underscore. NaN beyond the end is none. */
export const isWord = (code: number): boolean =>
  (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a) || code === 0x5f;

export const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;

/** False for what stands in manuals in place of a token: `xxxx`, `1234…`, `YOUR_KEY`. */
export function isVaried(token: string): boolean {
  const body = token.slice(-32);
  if (/example|your[_-]|x{6}|\*{3}|0{8}|1234567890|abcdefgh/i.test(token)) return false;
  return new Set(body).size >= Math.min(9, body.length / 2);
}
