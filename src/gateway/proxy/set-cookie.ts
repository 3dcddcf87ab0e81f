import { nameOf } from './cookies.ts';

/** Cookies that are a session by their name. Those that a page's scripts must read (CSRF tokens, plain tokens) are not among them. */
const sessionName = /(?:^|[._-])(?:sess|session|sid|auth|remember(?:[_-]?me)?)(?:$|[._-])|sess(?:ion)?_?id$/;
const scriptName = /csrf|xsrf/;

/**
 * A Set-Cookie line of an upstream with what it left out (RFC 6265bis section 5.7): `Secure` where the browser came by https, `HttpOnly` for
 * session cookies, `SameSite=Lax`. What the upstream says itself stays.
 */
export function hardenCookie(line: string, isHttps: boolean): string {
  const [pair = '', ...attributes] = line.split(';');
  const given = new Set(attributes.map(nameOf));
  const name = nameOf(pair);
  let hardened = line;
  if (isHttps && !given.has('secure')) hardened += '; Secure';
  if (!given.has('httponly') && sessionName.test(name) && !scriptName.test(name)) hardened += '; HttpOnly';
  if (!given.has('samesite')) hardened += '; SameSite=Lax';
  return hardened;
}
