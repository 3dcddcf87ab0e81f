import type { LiteralScan } from './aho.ts';
import { byteKinds } from './transform/kinds.ts';

/** One distinct text of a transaction. Equal texts are one object, so nothing is judged twice. */
export interface Text {
  readonly text: string;
  /** Which groups of literals stand in it; nothing when none does. */
  readonly literals: Uint32Array | undefined;
  /** The kinds of its bytes, as bits: what no transformation asks for cannot be changed by it. */
  readonly kinds: number;
}

export type Texts = (text: string) => Text;

/** Keeps the texts of one transaction; `words` is the length of their literal bits. */
export function createTexts(scan: LiteralScan, words: number): Texts {
  const known = new Map<string, Text>();
  let scratch = new Uint32Array(words);
  return text => {
    let found = known.get(text);
    if (found === undefined) {
      const isHit = scan.scan(text, scratch);
      let kinds = 0;
      for (let at = 0; at < text.length; at++) kinds |= byteKinds[text.charCodeAt(at) & 255] ?? 0;
      found = { text, literals: isHit ? scratch : undefined, kinds };
      if (isHit) scratch = new Uint32Array(words);
      known.set(text, found);
    }
    return found;
  };
}
