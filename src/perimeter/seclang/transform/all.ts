import { base64Decode, base64Encode, digest, hexDecode, hexEncode, sqlHexDecode, urlEncode } from './codec.ts';
import { cssDecode, escapeSeqDecode, htmlEntityDecode, jsDecode } from './script.ts';
import {
  cmdLine,
  compressWhitespace,
  normalizePath,
  normalizePathWin,
  removeComments,
  removeCommentsChar,
  removeWhitespace,
  replaceComments,
  utf8toUnicode,
} from './text.ts';
import { urlDecode, urlDecodeUni } from './url.ts';

/** A pure function from bytes to bytes (strings of characters below 256), linear in time, the result bounded by a small multiple. */
export type Transform = (text: string) => string;

/** Every transformation by its name in lower case; a rule that names another cannot be loaded. `none` is not one: it empties the list. */
export const transforms: ReadonlyMap<string, Transform> = new Map<string, Transform>([
  ['base64decode', text => base64Decode(text, false)],
  ['base64decodeext', text => base64Decode(text, true)],
  ['base64encode', base64Encode],
  ['cmdline', cmdLine],
  ['compresswhitespace', compressWhitespace],
  ['cssdecode', cssDecode],
  ['escapeseqdecode', escapeSeqDecode],
  ['hexdecode', hexDecode],
  ['hexencode', hexEncode],
  ['htmlentitydecode', htmlEntityDecode],
  ['jsdecode', jsDecode],
  ['length', text => String(text.length)],
  ['lowercase', lowercase],
  ['md5', digest('md5')],
  ['normalisepath', normalizePath],
  ['normalizepath', normalizePath],
  ['normalisepathwin', normalizePathWin],
  ['normalizepathwin', normalizePathWin],
  ['removecomments', removeComments],
  ['removecommentschar', removeCommentsChar],
  ['removenulls', text => text.replaceAll('\0', '')],
  ['removewhitespace', removeWhitespace],
  ['replacecomments', replaceComments],
  ['replacenulls', text => text.replaceAll('\0', ' ')],
  ['sha1', digest('sha1')],
  ['sqlhexdecode', sqlHexDecode],
  ['trim', text => trimRight(trimLeft(text))],
  ['trimleft', trimLeft],
  ['trimright', trimRight],
  ['uppercase', uppercase],
  ['urldecode', urlDecode],
  ['urldecodeuni', urlDecodeUni],
  ['urlencode', urlEncode],
  ['utf8tounicode', utf8toUnicode],
]);

/** ASCII letters in lower case; other bytes stay, whatever they would be in some character set. */
export function lowercase(text: string): string {
  return /[A-Z]/.test(text) ? text.replace(/[A-Z]+/g, letters => letters.toLowerCase()) : text;
}

function uppercase(text: string): string {
  return text.replace(/[a-z]+/g, letters => letters.toUpperCase());
}

function isBlank(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 32 || (code >= 9 && code <= 13);
}

function trimLeft(text: string): string {
  let start = 0;
  while (start < text.length && isBlank(text, start)) start += 1;
  return text.slice(start);
}

function trimRight(text: string): string {
  let end = text.length;
  while (end > 0 && isBlank(text, end - 1)) end -= 1;
  return text.slice(0, end);
}
