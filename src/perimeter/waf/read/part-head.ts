import { isUtf8 } from 'node:buffer';
import type { Problem } from '../waf.ts';
import { type MediaType, parseMediaType, parseParameters } from './media-type.ts';
import { percentBytes } from './percent.ts';
import { problem, quote } from './problem.ts';

/** What the head of one part of a multipart body says. */
export interface PartHead {
  /** Undefined where the part has no Content-Disposition or that no name. */
  readonly name: string | undefined;
  /** Every reading of the file name; empty when the part is no file. */
  readonly fileNames: readonly string[];
  readonly type: MediaType | undefined;
  /** Header fields that are neither the disposition nor known to be harmless. */
  readonly others: readonly (readonly [name: string, value: string])[];
}

const fieldPattern = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+):[ \t]*(.*)$/;
const knownParameters = new Set([
  'name',
  'name*',
  'filename',
  'filename*',
  'size',
  'creation-date',
  'modification-date',
]);
const encodings = new Set(['7bit', '8bit', 'binary']);
const headersMax = 16;

/**
 * Reads the header lines of a part (RFC 7578 section 4, RFC 2183) from bytes. Folded lines, control characters and broken parameters are
 * malformed; fields and parameters that stand twice are ambiguous, and so is `filename*` when it differs from `filename`; a transfer
 * encoding that changes the content, or an encoded word (RFC 2047) as name, is unsupported.
 */
export function parsePartHead(text: string, isFormData: boolean): PartHead | Problem {
  const fields = new Map<string, string>();
  for (const line of text === '' ? [] : text.split('\r\n')) {
    // oxlint-disable-next-line no-control-regex -- these are the characters refused
    if (/[\0-\x08\x0a-\x1f\x7f]/.test(line))
      return problem('malformed', 'multipart: a control character in a part header');
    const found = fieldPattern.exec(line);
    const name = found?.[1]?.toLowerCase();
    if (name === undefined) return problem('malformed', 'multipart: a folded or broken part header');
    if (fields.has(name)) return problem('ambiguous', `multipart: the part header ${quote(name)} stands twice`);
    if (fields.set(name, (found?.[2] ?? '').trimEnd()).size > headersMax) {
      return problem('too_many', 'multipart: too many headers of one part');
    }
  }
  const encoding = fields.get('content-transfer-encoding')?.toLowerCase();
  if (encoding !== undefined && !encodings.has(encoding)) {
    return problem('unsupported', `multipart: the transfer encoding ${quote(encoding)}`);
  }
  return compose(fields, isFormData);
}

function compose(fields: Map<string, string>, isFormData: boolean): PartHead | Problem {
  const contentType = fields.get('content-type');
  const type = contentType === undefined ? undefined : parseMediaType(contentType);
  if (type !== undefined && 'kind' in type) return type;
  if (type?.essence.startsWith('multipart/') === true) return problem('unsupported', 'multipart within multipart');
  const disposition = fields.get('content-disposition');
  if (disposition === undefined && isFormData)
    return problem('malformed', 'multipart: a part without Content-Disposition');
  const semicolon = disposition?.indexOf(';') ?? -1;
  const kind = semicolon < 0 ? disposition : disposition?.slice(0, semicolon);
  if (isFormData && kind?.trim().toLowerCase() !== 'form-data') {
    return problem('malformed', 'multipart: a part that is not form-data');
  }
  const parameters =
    disposition === undefined || semicolon < 0 ? new Map() : parseParameters(disposition.slice(semicolon));
  if ('kind' in parameters) return parameters;
  const names = readNames(parameters);
  if ('kind' in names) return names;
  if (isFormData && names.name === undefined) return problem('malformed', 'multipart: a part without a name');
  const others = [...fields].filter(
    ([name, value]) =>
      name !== 'content-disposition' &&
      name !== 'content-transfer-encoding' &&
      name !== 'content-length' &&
      value !== '',
  );
  return { ...names, type, others };
}

function readNames(parameters: ReadonlyMap<string, string>): Pick<PartHead, 'name' | 'fileNames'> | Problem {
  for (const parameter of parameters.keys()) {
    if (knownParameters.has(parameter)) continue;
    // RFC 2231 section 3 continuations (`filename*0`): read by some, passed over by others.
    return problem('ambiguous', `multipart: the parameter ${quote(parameter)} of a part`);
  }
  if (parameters.has('name*')) return problem('ambiguous', 'multipart: the parameter "name*" of a part');
  const name = decode(parameters.get('name'));
  const plain = decode(parameters.get('filename'));
  if (name !== undefined && encodedWord.test(name))
    return problem('unsupported', 'multipart: an encoded word as name of a part');
  const star = parameters.get('filename*');
  if (star === undefined) {
    if (plain === undefined || !encodedWord.test(plain))
      return { name, fileNames: plain === undefined ? [] : nameReadings(plain) };
    // Gateways of mail hand on what the mail had (RFC 2047); some servers decode it, most do not: both readings.
    const word = decodeWords(plain);
    if (word === undefined) return problem('unsupported', 'multipart: an encoded word that cannot be read');
    return { name, fileNames: [...new Set([...nameReadings(plain), ...nameReadings(word)])] };
  }
  if (plain !== undefined && encodedWord.test(plain))
    return problem('ambiguous', 'multipart: "filename" is an encoded word beside "filename*"');
  const extended = decodeExtended(star);
  if (typeof extended !== 'string') return extended;
  if (plain !== undefined && !isFallback(plain, extended)) {
    return problem('ambiguous', 'multipart: "filename" and "filename*" differ');
  }
  return {
    name,
    fileNames: [...new Set([...nameReadings(extended), ...(plain === undefined ? [] : nameReadings(plain))])],
  };
}

const encodedWord = /=\?[^?]{1,40}\?[bq]\?/i;

/** All encoded words of a file name taken off; undefined where one is broken or of an unknown character set. */
function decodeWords(text: string): string | undefined {
  let isBroken = false;
  const decoded = text
    .replace(/\?=[ \t]{1,8}=\?/g, '?==?')
    .replace(/=\?([^?]{1,40})\?([bq])\?([^?]{0,400})\?=/gi, (_, set: string, kind: string, coded: string) => {
      const bytes =
        kind.toLowerCase() === 'b'
          ? Buffer.from(coded, 'base64')
          : Buffer.from(percentBytes(coded.replaceAll('_', ' ').replaceAll(/=([\da-f]{2})/gi, '%$1'), false), 'latin1');
      const encoding = /^utf-?8$/i.test(set)
        ? 'utf8'
        : /^(?:us-ascii|iso-8859-1|iso-8859-15|windows-1252)$/i.test(set)
          ? 'latin1'
          : undefined;
      if (encoding === undefined) isBroken = true;
      return bytes.toString(encoding ?? 'latin1');
    });
  return isBroken || encodedWord.test(decoded) ? undefined : decoded;
}

/** Browsers write `"` as `%22`, and some servers take percent escapes off: both readings. */
function nameReadings(name: string): string[] {
  if (!name.includes('%')) return [name];
  const bytes = percentBytes(name, false);
  return [...new Set([name, Buffer.from(bytes, 'latin1').toString('utf8')])];
}

/** `filename` repeats `filename*`, or stands in for it with other characters where US-ASCII has none. */
function isFallback(plain: string, extended: string): boolean {
  if (plain === extended) return true;
  if (plain.length === 0) return false;
  const isAscii = !/[^\x20-\x7e]/.test(extended);
  const extension = (text: string): string => text.slice(text.lastIndexOf('.') + 1).toLowerCase();
  return !isAscii && extension(plain) === extension(extended) && !/[^\w .()-]/.test(plain);
}

/** `charset'language'escaped` of RFC 8187. */
function decodeExtended(text: string): string | Problem {
  const found = /^(utf-8|iso-8859-1)'[\w-]*'([^']*)$/i.exec(text);
  if (found === null) return problem('malformed', 'multipart: a broken "filename*"');
  const bytes = percentBytes(found[2] ?? '', false);
  return found[1]?.toLowerCase() === 'utf-8' ? (decode(bytes) ?? '') : bytes;
}

function decode(bytes: string | undefined): string | undefined {
  if (bytes === undefined) return undefined;
  const buffer = Buffer.from(bytes, 'latin1');
  return isUtf8(buffer) ? buffer.toString('utf8') : bytes;
}
