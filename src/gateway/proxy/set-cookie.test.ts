import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hardenCookie } from './set-cookie.ts';

describe('cookies of an upstream', () => {
  const cases: readonly (readonly [what: string, given: string, isHttps: boolean, kept: string])[] = [
    ['get what they left out', 'connect.sid=1; Path=/', true, 'connect.sid=1; Path=/; Secure; HttpOnly; SameSite=Lax'],
    ['are not Secure where the browser came without TLS', 'PHPSESSID=1', false, 'PHPSESSID=1; HttpOnly; SameSite=Lax'],
    ['keep what they say', 'a=1; secure; samesite=None; HTTPONLY', true, 'a=1; secure; samesite=None; HTTPONLY'],
    ['stay readable where scripts need them', 'XSRF-TOKEN=1', true, 'XSRF-TOKEN=1; Secure; SameSite=Lax'],
    ['stay readable where they are a setting', 'theme=dark', true, 'theme=dark; Secure; SameSite=Lax'],
    ['of a CSRF session stay readable', 'csrf_session=1', false, 'csrf_session=1; SameSite=Lax'],
    [
      'with an equals sign in an attribute are read right',
      'session=a=b; Path=/x=y',
      false,
      'session=a=b; Path=/x=y; HttpOnly; SameSite=Lax',
    ],
  ];
  for (const [what, given, isHttps, kept] of cases) it(what, () => assert.equal(hardenCookie(given, isHttps), kept));
});
