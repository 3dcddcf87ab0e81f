/** Tells what stands at `at`, where the trigger was found: the decoded text and where reading goes on; undefined leaves it as it is. */
export type DecodeAt = (text: string, at: number, decoded: Decoded) => boolean;

/** What a `DecodeAt` found, written in place: one object serves a whole text. */
export interface Decoded {
  value: string;
  end: number;
}

/**
 * Replaces what `decodeAt` understands wherever `trigger` stands; the same string when nothing changes. Linear, given that `decodeAt`
 * looks a bounded way ahead or consumes what it has looked at.
 */
export function rewrite(text: string, trigger: string, decodeAt: DecodeAt): string {
  let at = text.indexOf(trigger);
  if (at < 0) return text;
  const decoded: Decoded = { value: '', end: 0 };
  let result = '';
  let kept = 0;
  while (at >= 0) {
    if (decodeAt(text, at, decoded)) {
      result += text.slice(kept, at) + decoded.value;
      kept = decoded.end;
      at = text.indexOf(trigger, kept);
    } else {
      at = text.indexOf(trigger, at + 1);
    }
  }
  return kept === 0 ? text : result + text.slice(kept);
}

/** The value of a hexadecimal digit; -1 for anything else. */
export function hexDigit(code: number): number {
  if (code >= 48 && code <= 57) return code - 48;
  const letter = code | 32;
  return letter >= 97 && letter <= 102 ? letter - 87 : -1;
}

/** The number that exactly `count` hexadecimal digits at `at` write; -1 when they are not all there. */
export function hexNumber(text: string, at: number, count: number): number {
  let value = 0;
  for (let i = 0; i < count; i++) {
    const digit = at + i < text.length ? hexDigit(text.charCodeAt(at + i)) : -1;
    if (digit < 0) return -1;
    value = value * 16 + digit;
  }
  return value;
}

/** The character of a code point, lone surrogates included; U+FFFD where there is none. */
export function character(code: number): string {
  return code >= 0 && code <= 0x10_ffff ? String.fromCodePoint(code) : '\ufffd';
}
