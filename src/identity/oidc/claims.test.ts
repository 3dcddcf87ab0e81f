import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { errors } from 'jose';
import { claimAt, identityOf } from './claims.ts';
import { refuseOwnKeys } from './compact-token.ts';
import { settingsOf } from './oidc.fixture.ts';
import { Refused } from './refused.ts';

const settings = settingsOf({});
const claims = fc.dictionary(
  fc.oneof(fc.constantFrom('email', 'email_verified', 'name', 'groups', 'amr', 'acr', 'sid', '__proto__'), fc.string()),
  fc.jsonValue(),
);

describe('claims, whatever they are', () => {
  it('become a person with texts that can be kept, or a refusal', () => {
    fc.assert(
      fc.property(fc.array(claims, { maxLength: 3 }), claims, (sources, idToken) => {
        try {
          const found = identityOf(settings, sources, { idToken, subject: 's', keepsake: null });
          for (const text of [found.email, found.name, found.upstreamSession, ...found.groups]) {
            assert.ok(text === null || (text !== '' && !/\p{Cc}/u.test(text) && text.length <= 500));
          }
          assert.ok(found.groups.length <= settings.groupsMax);
          assert.equal(new Set(found.groups).size, found.groups.length);
        } catch (error) {
          assert.ok(error instanceof Refused, String(error));
        }
      }),
    );
  });

  it('are found by name or by the way into one, and never on a prototype', () => {
    const one = { 'https://example.org/groups': ['a'], realm_access: { roles: ['b'] }, list: [['c']] };
    assert.deepEqual(claimAt(one, 'https://example.org/groups'), ['a']);
    assert.deepEqual(claimAt(one, 'realm_access.roles'), ['b']);
    for (const path of [
      'constructor',
      '__proto__',
      'realm_access.constructor',
      'list.0',
      'realm_access.roles.0',
      'x.y',
    ]) {
      assert.equal(claimAt(one, path), undefined, path);
    }
  });

  it('are not read from a token that is not in one form alone', () => {
    const part = fc.oneof(
      fc.string(),
      fc.string().map(text => Buffer.from(text).toString('base64url')),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), parts => {
        try {
          refuseOwnKeys(parts.join('.'));
          const header: unknown = JSON.parse(Buffer.from(parts[0] ?? '', 'base64url').toString());
          assert.ok(typeof header === 'object' && header !== null && parts.length === 3);
        } catch (error) {
          assert.ok(error instanceof errors.JWTInvalid, String(error));
        }
      }),
    );
  });
});
