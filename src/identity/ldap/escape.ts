import { SallyportError } from '../../core/errors.ts';

/** A value for a filter (RFC 4515 section 3): whatever it holds, it is compared with, and never read as filter. */
export function escapeFilterValue(value: string): string {
  // Beyond ASCII nothing is escaped: the library reads an escape as one character, not as one byte of UTF-8.
  // oxlint-disable-next-line no-control-regex -- NUL and its kind are what must not pass as they are
  return value.replace(/[\u0000-\u001f\u007f\\()*]/g, toHex);
}

/** A value for a distinguished name (RFC 4514 section 2.4): whatever it holds, it stays one value. */
export function escapeDnValue(value: string): string {
  // oxlint-disable-next-line no-control-regex -- as above
  const inner = value.replace(/["+,;<=>\\\u0000-\u001f\u007f]/g, toHex);
  return inner.replace(/^[ #]/, toHex).replace(/ $/, toHex);
}

/** The filter that finds one person, from the template in the settings. */
export function filterFor(template: string, login: string): string {
  return template.replaceAll('{login}', () => escapeFilterValue(login));
}

/**
 * The name to bind with, from the template in the settings; null when no such name can be meant. Templates of the form of a DN get the
 * login escaped; the others (`{login}@corp.example`, `CORP\{login}`) take only what Active Directory allows in a name.
 */
export function bindNameFor(template: string, login: string): string | null {
  if (template.includes('=')) return template.replaceAll('{login}', () => escapeDnValue(login));
  const isBare = template === '{login}';
  if (/["/\\[\]:;|=,+*?<>]/.test(login) || (!isBare && login.includes('@'))) return null;
  const name = template.replaceAll('{login}', () => login);
  return isBindName(name) ? name : null;
}

/** Whether a name is a DN, user@domain or DOMAIN\user: the library reads some bare words as SASL mechanisms. */
export function isBindName(name: string): boolean {
  return /[=@\\]/.test(name);
}

/** The same name whatever the case and the blanks around its parts; for comparing only. */
export function foldDn(dn: string): string {
  return dn
    .toLowerCase()
    .replace(/\s*([,=+])\s*/g, '$1')
    .trim();
}

/** What a person may have typed as their name: not empty, not long, no control characters. */
export function isLogin(login: string): boolean {
  // oxlint-disable-next-line no-control-regex -- control characters are what is refused
  return login.trim() !== '' && login.length <= 256 && !/[\u0000-\u001f\u007f-\u009f]/.test(login);
}

/** An operator's mistake or a server that does not play its part; `message` says what to change. */
export function directoryError(message: string, cause?: unknown): SallyportError {
  return new SallyportError('identity.provider_unreachable', message, cause === undefined ? {} : { cause });
}

function toHex(character: string): string {
  return `\\${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
