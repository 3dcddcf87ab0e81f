import { readLimits } from '../waf.ts';
import { decodePercent } from './percent.ts';

/** A name or value found inside a string: where below the string's own place, and which of the two. */
export type Inside = (path: string, text: string, part: 'name' | 'value', isUnwrapped?: boolean) => void;

const piecesMax = 64;

/** Tells the names and strings of a JSON object or list written in a string; false when the text is no JSON or nested too deeply. */
export function readJsonInside(text: string, tell: Inside): boolean {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return false;
  }
  return walk(value, { path: '', depth: 0 }, tell);
}

function walk(value: unknown, at: { path: string; depth: number }, tell: Inside): boolean {
  if (typeof value === 'string') {
    tell(at.path, value, 'value');
    return true;
  }
  if (typeof value !== 'object' || value === null) return true;
  if (at.depth >= readLimits.depthMax) return false;
  const depth = at.depth + 1;
  if (Array.isArray(value)) {
    const below = { path: `${at.path}[]`, depth };
    return value.reduce((isWhole: boolean, item) => walk(item, below, tell) && isWhole, true);
  }
  let isWhole = true;
  for (const [name, member] of Object.entries(value)) {
    const path = `${at.path}.${name}`.slice(0, 256);
    tell(path, name, 'name');
    if (!walk(member, { path, depth }, tell)) isWhole = false;
  }
  return isWhole;
}

/**
 * Tells the fields of an urlencoded form, or of a URL's query, written in a string; false when it does not look like one. Only the first
 * `piecesMax` are told apart: the string as a whole is judged anyway.
 */
export function readFormInside(text: string, tell: Inside): boolean {
  const start = text.indexOf('?') + 1;
  if (text.indexOf('=', start) < 0 || text.includes(' ')) return false;
  let from = start;
  for (let piece = 0; piece < piecesMax && from < text.length; piece++) {
    const and = text.indexOf('&', from);
    const end = and < 0 ? text.length : and;
    const equals = text.indexOf('=', from);
    const nameEnd = equals < 0 || equals > end ? end : equals;
    const name = plain(text.slice(from, nameEnd));
    tell(`.${name}`.slice(0, 256), plain(text.slice(nameEnd + 1, end)), 'value');
    from = end + 1;
  }
  return true;
}

function plain(text: string): string {
  return decodePercent(text.includes('+') ? text.replaceAll('+', ' ') : text);
}
