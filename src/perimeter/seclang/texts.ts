import type { LiteralScan } from './aho.ts';
import type { Transform } from './transform/all.ts';

/** One distinct text of a transaction, with what has been found out about it. Equal texts are one object, so nothing is judged twice. */
export interface Text {
  readonly text: string;
  /** Which groups of literals stand in it. */
  readonly literals: Uint32Array;
  readonly results: Map<number, boolean>;
  readonly next: (Text | undefined)[];
}

export interface Texts {
  of(text: string): Text;
  /** The text after one transformation, worked out once; the same object when nothing changed. */
  after(text: Text, transform: number): Text;
}

/** Keeps the texts of one transaction; `words` is the length of their literal bits. */
export function createTexts(scan: LiteralScan, words: number, transforms: readonly Transform[]): Texts {
  const known = new Map<string, Text>();
  const of = (text: string): Text => {
    let found = known.get(text);
    if (found === undefined) {
      const literals = new Uint32Array(words);
      scan.scan(text, literals);
      found = { text, literals, results: new Map(), next: [] };
      known.set(text, found);
    }
    return found;
  };
  return {
    of,
    after(text, transform) {
      let next = text.next[transform];
      if (next === undefined) {
        const changed = transforms[transform]?.(text.text) ?? text.text;
        next = changed === text.text ? text : of(changed);
        text.next[transform] = next;
      }
      return next;
    },
  };
}
