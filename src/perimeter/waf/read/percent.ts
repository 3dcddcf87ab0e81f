import { isUtf8 } from 'node:buffer';

/** How the writer of a text may have hidden characters. */
export interface Escaped {
  /** `+` stands for a space. */
  readonly isForm: boolean;
  /** Characters of the text stand for bytes (0–255). */
  readonly isBytes?: boolean;
}

/**
 * All readings of percent-encoded text, the plainest first and none twice: as UTF-8; when that is broken also as ISO-8859-1 and, if it holds
 * overlong forms, with those decoded as old decoders do; with `%u0027` decoded as IIS does; without a `%` that escapes nothing, as classic
 * ASP reads it. Escapes taken off are exactly one layer (RFC 3986 section 2.1); a broken escape stays as it stands.
 */
export function percentReadings(text: string, how: Escaped): readonly string[] {
  const hasPercent = text.includes('%');
  const isPlain = !hasPercent && !(how.isForm && text.includes('+'));
  if (isPlain && (how.isBytes !== true || !hasHigh(text))) return [text];
  const bytes = percentBytes(text, how.isForm);
  const readings = bytesReadings(bytes);
  if (!hasPercent) return readings;
  const isIis = text.includes('%u') || text.includes('%U');
  const isAsp = hasLoose(text);
  if (!isIis && !isAsp) return readings;
  const all = new Set(readings);
  if (isIis) for (const reading of bytesReadings(percentBytes(iis(text), how.isForm))) all.add(reading);
  if (isAsp) for (const reading of bytesReadings(percentBytes(withoutLoose(text), how.isForm))) all.add(reading);
  return [...all];
}

/** Takes one layer of percent escapes off. The result has one character for each byte. */
export function percentBytes(text: string, isForm: boolean): string {
  const source = isLatin1(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
  const first = firstEscape(source, isForm);
  if (first < 0) return source;
  const out = Buffer.allocUnsafe(source.length);
  let o = first;
  out.write(source.slice(0, first), 0, 'latin1');
  for (let i = first; i < source.length; i++) {
    let code = source.charCodeAt(i);
    if (code === 0x25) {
      const byte = escapedByte(source, i);
      if (byte >= 0) {
        code = byte;
        i += 2;
      }
    } else if (code === 0x2b && isForm) code = 0x20;
    out[o++] = code;
  }
  return out.toString('latin1', 0, o);
}

/** The readings of bytes (one character each) as text; the first is what a UTF-8 decoder yields that puts U+FFFD for what is broken. */
export function bytesReadings(bytes: string): string[] {
  if (!hasHigh(bytes)) return [bytes];
  const buffer = Buffer.from(bytes, 'latin1');
  const text = buffer.toString('utf8');
  if (isUtf8(buffer)) return [text];
  const overlong = decodeOverlong(bytes);
  return overlong === bytes ? [text, bytes] : [text, bytes, overlong];
}

function firstEscape(text: string, isForm: boolean): number {
  const percent = text.indexOf('%');
  const plus = isForm ? text.indexOf('+') : -1;
  return percent < 0 ? plus : plus < 0 ? percent : Math.min(percent, plus);
}

/** The byte that the escape at `i` stands for; -1 when it is none. */
function escapedByte(text: string, i: number): number {
  const high = hexValue(text.charCodeAt(i + 1));
  const low = hexValue(text.charCodeAt(i + 2));
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

function hexValue(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  if (code >= 0x61 && code <= 0x66) return code - 0x57;
  return code >= 0x41 && code <= 0x46 ? code - 0x37 : -1;
}

/** `%u0027` as the percent escapes of its UTF-8 bytes. */
function iis(text: string): string {
  return text.replaceAll(/%[uU]([0-9a-fA-F]{4})/g, (_, hex: string) => {
    const char = String.fromCharCode(Number.parseInt(hex, 16)).toWellFormed();
    return encodeURIComponent(char).replaceAll("'", '%27');
  });
}

/** Whether a `%` that escapes nothing stands between two letters or digits. */
function hasLoose(text: string): boolean {
  for (let i = text.indexOf('%', 1); i > 0; i = text.indexOf('%', i + 1)) if (isLoose(text, i)) return true;
  return false;
}

function isLoose(text: string, i: number): boolean {
  const next = text.charCodeAt(i + 1);
  return isWord(text.charCodeAt(i - 1)) && isWord(next) && next !== 0x75 && next !== 0x55 && escapedByte(text, i) < 0;
}

function withoutLoose(text: string): string {
  let out = '';
  let from = 0;
  for (let i = text.indexOf('%', 1); i > 0; i = text.indexOf('%', i + 1)) {
    if (!isLoose(text, i)) continue;
    out += text.slice(from, i);
    from = i + 1;
  }
  return out + text.slice(from);
}

function isWord(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
}

function isLatin1(text: string): boolean {
  return !/[^\0-\xff]/.test(text);
}

/** Whether a character above US-ASCII stands in the text. */
export function hasHigh(text: string): boolean {
  return /[^\0-\x7f]/.test(text);
}

/** Overlong forms of two and three bytes as the US-ASCII character they hide (RFC 3629 section 10 forbids them, old decoders take them). */
function decodeOverlong(bytes: string): string {
  return bytes
    .replaceAll(/[\xc0\xc1][\x80-\xbf]/g, pair =>
      String.fromCharCode(((pair.charCodeAt(0) & 0x1f) << 6) | (pair.charCodeAt(1) & 0x3f)),
    )
    .replaceAll(/(?:\xe0|\xf0\x80)[\x80\x81][\x80-\xbf]/g, form =>
      String.fromCharCode(((form.charCodeAt(form.length - 2) & 0x1f) << 6) | (form.charCodeAt(form.length - 1) & 0x3f)),
    );
}
