import type { Variable } from './variables.ts';

/** A request and, later, its answer, as they stood on the wire. Texts may be bytes (as Node hands out headers) or Unicode. */
export interface SecTransaction {
  readonly id: string;
  /** Epoch ms. */
  readonly at: number;
  readonly clientIp: string;
  readonly method: string;
  /** The request target as sent. */
  readonly target: string;
  /** As `HTTP/1.1`. */
  readonly protocol: string;
  /** Names and values in the order they came. */
  readonly headers: readonly (readonly [string, string])[];
}

export interface SecAnswer {
  readonly status: number;
  readonly protocol: string;
  readonly headers: readonly (readonly [string, string])[];
}

/** One value with the variable and name it stands under. */
export interface Entry {
  readonly variable: Variable;
  readonly key: string;
  readonly value: string;
}

/** The text as bytes: characters above 255 become UTF-8. */
export function toBytes(text: string): string {
  for (let at = 0; at < text.length; at++) {
    if (text.charCodeAt(at) > 255) return Buffer.from(text).toString('latin1');
  }
  return text;
}

/** Bytes as UTF-8; bytes that are none stand for themselves. */
export function toText(bytes: string): string {
  // oxlint-disable-next-line no-control-regex
  if (!/[\x80-\xff]/.test(bytes)) return bytes;
  const text = Buffer.from(bytes, 'latin1').toString('utf8');
  return text.includes('\ufffd') ? bytes : text;
}
