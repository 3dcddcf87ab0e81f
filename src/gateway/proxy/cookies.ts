import { Secret } from '../../core/secret.ts';
import type { PlatformSession } from '../../platforms/platforms.ts';
import { sessionCookie } from '../gate-names.ts';

/** The value of a cookie; undefined when there is none or more than one: nobody can say which of two counts. */
export function cookieValue(header: string, name: string): string | undefined {
  let found: string | undefined;
  for (let from = 0; from < header.length; ) {
    const semicolon = header.indexOf(';', from);
    const end = semicolon === -1 ? header.length : semicolon;
    while (header[from] === ' ' || header[from] === '\t') from++;
    if (header.startsWith(name, from) && header[from + name.length] === '=') {
      if (found !== undefined) return undefined;
      found = header.slice(from + name.length + 1, end).trim();
    }
    from = end + 1;
  }
  return found;
}

/**
 * The client's cookies without those of the gate (every name that begins with `__Host-sallyport`, without regard to case) and without
 * those the platform's own session is made of; undefined when none is left.
 */
export function forwardedCookies(header: string, hidden: ReadonlySet<string>): string | undefined {
  // Nearly always there is nothing but our own cookie.
  if (header.startsWith(sessionCookie) && !header.includes(';')) return undefined;
  let kept = '';
  for (const part of header.split(';')) {
    const pair = part.trim();
    const name = nameOf(pair);
    if (pair === '' || name.startsWith('__host-sallyport') || hidden.has(name)) continue;
    kept = kept === '' ? pair : `${kept}; ${pair}`;
  }
  return kept === '' ? undefined : kept;
}

/** The lower-case name of `name=value`, as in Cookie and at the start of Set-Cookie. */
export function nameOf(pair: string): string {
  const equals = pair.indexOf('=');
  return (equals === -1 ? pair : pair.slice(0, equals)).trim().toLowerCase();
}

/**
 * The platform session after the platform set hidden cookies anew: undefined when they are what the gate holds, null when it was ended
 * (cookie emptied or expired, RFC 6265 section 3.1).
 */
export function renewedSession(
  held: PlatformSession,
  setCookies: readonly string[],
  now: number,
): PlatformSession | null | undefined {
  const before = held.headers['cookie']?.reveal() ?? '';
  const pairs = new Map(before.split('; ').map(pair => [nameOf(pair), pair]));
  let expiresAt = held.expiresAt;
  for (const line of setCookies) {
    const [pair = '', ...attributes] = line.split(';');
    const name = nameOf(pair);
    const isKnown = pairs.has(name);
    const lifetimeS = lifetimeOf(attributes, now);
    const isCleared = pair.trim().endsWith('=') || (lifetimeS !== undefined && lifetimeS <= 0);
    if (isCleared && isKnown) return null;
    if (isCleared) continue;
    pairs.set(name, pair.trim());
    if (lifetimeS !== undefined) expiresAt = now + lifetimeS * 1000;
  }
  const after = [...pairs.values()].filter(pair => pair !== '').join('; ');
  if (after === before) return undefined;
  return { account: held.account, headers: { ...held.headers, cookie: new Secret(after) }, expiresAt };
}

/** Seconds a cookie lives from now; Max-Age counts before Expires (RFC 6265 section 5.3). Undefined when it says neither. */
function lifetimeOf(attributes: readonly string[], now: number): number | undefined {
  let expires: number | undefined;
  for (const attribute of attributes) {
    const [name = '', value = ''] = attribute.split('=');
    const key = name.trim().toLowerCase();
    if (key === 'max-age' && /^-?\d{1,12}$/.test(value.trim())) return Number(value);
    if (key === 'expires') {
      const at = Date.parse(value);
      if (!Number.isNaN(at)) expires = (at - now) / 1000;
    }
  }
  return expires;
}
