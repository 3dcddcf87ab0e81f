import { urlDecode } from '../transform/url.ts';

/** Tells every `name=value` of a query or form, decoded, until the taker returns false; false then. */
export function readForm(text: string, take: (name: string, value: string) => boolean): boolean {
  for (let at = 0; at < text.length; ) {
    const end = text.indexOf('&', at);
    const pair = text.slice(at, end < 0 ? text.length : end);
    at = end < 0 ? text.length : end + 1;
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = urlDecode(equals < 0 ? pair : pair.slice(0, equals));
    const value = equals < 0 ? '' : urlDecode(pair.slice(equals + 1));
    if (!take(name, value)) return false;
  }
  return true;
}

/** Tells every cookie of a Cookie field, not decoded. */
export function readCookies(text: string, take: (name: string, value: string) => boolean): boolean {
  for (const item of text.split(';')) {
    const pair = item.trimStart();
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = (equals < 0 ? pair : pair.slice(0, equals)).trimEnd();
    if (!take(name, equals < 0 ? '' : pair.slice(equals + 1))) return false;
  }
  return true;
}
