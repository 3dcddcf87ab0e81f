import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { ResultCodeError } from 'ldapts';
import { InvalidCredentialsError, NoSuchObjectError, UnavailableError, UnwillingToPerformError } from 'ldapts';
import { accountState, fromFileTime, generalizedTime } from './account-state.ts';
import { bindRefusal, policyRefusal, subCodeOf } from './bind-refusal.ts';
import { toEntry } from './entry.ts';

const inActiveDirectory = (code: string): string =>
  `80090308: LdapErr: DSID-0C090447, comment: AcceptSecurityContext error, data ${code}, v3839`;

describe('the refusals of a bind', () => {
  const codes: [string, string][] = [
    ['525', 'unknown'],
    ['52e', 'wrong'],
    ['530', 'time_restricted'],
    ['531', 'time_restricted'],
    ['532', 'password_expired'],
    ['533', 'disabled'],
    ['701', 'expired'],
    ['773', 'must_change'],
    ['775', 'locked'],
    ['52E', 'wrong'],
    ['9999', 'wrong'],
  ];
  for (const [code, reason] of codes) {
    test(`reads data ${code} of Active Directory as "${reason}"`, () => {
      const error = new InvalidCredentialsError(inActiveDirectory(code));
      assert.equal(bindRefusal(error, 'active_directory')?.reason, reason);
      assert.equal(bindRefusal(error, 'ldap')?.reason, 'wrong');
    });
  }

  test('says something of every error 49, and never more than a line', () => {
    fc.assert(
      fc.property(fc.string(), text => {
        const refusal = bindRefusal(new InvalidCredentialsError(text), 'active_directory');
        assert.ok(refusal !== null && refusal.detail.length < 200 && !refusal.detail.includes('\n'));
        assert.ok(subCodeOf(text) === null || /^[\da-f]{1,8}$/.test(subCodeOf(text) ?? ''));
      }),
    );
  });

  const others: [ResultCodeError, string | undefined][] = [
    [new NoSuchObjectError(), 'unknown'],
    [new UnwillingToPerformError(), 'denied'],
    // The server's trouble is not the person's.
    [new UnavailableError(), undefined],
  ];
  for (const [error, reason] of others) {
    test(`reads ${error.name} ${error.code} as ${reason ?? 'no refusal'}`, () =>
      assert.equal(bindRefusal(error, 'ldap')?.reason, reason));
  }

  test('lets the password policy speak', () => {
    const wrong = new InvalidCredentialsError();
    assert.equal(bindRefusal(wrong, 'ldap', 0)?.reason, 'password_expired');
    assert.equal(bindRefusal(wrong, 'ldap', 1)?.reason, 'locked');
    assert.equal(bindRefusal(wrong, 'ldap', 8)?.reason, 'wrong');
    assert.equal(policyRefusal(2)?.reason, 'must_change');
    assert.equal(policyRefusal(undefined), null);
    assert.equal(bindRefusal(new Error('reset'), 'ldap'), null);
  });
});

describe('the state of an account', () => {
  const now = Date.UTC(2026, 0, 1);
  const past = '132000000000000000';
  const states: ['ldap' | 'active_directory', Record<string, string>, string | undefined][] = [
    ['active_directory', { userAccountControl: '512' }, undefined],
    ['active_directory', { userAccountControl: '514' }, 'disabled'],
    ['active_directory', { userAccountControl: '66050' }, 'disabled'],
    ['active_directory', {}, 'invalid'],
    ['active_directory', { userAccountControl: 'none' }, 'invalid'],
    ['active_directory', { userAccountControl: '512', accountExpires: past }, 'expired'],
    ['active_directory', { userAccountControl: '512', accountExpires: '0' }, undefined],
    ['active_directory', { userAccountControl: '512', accountExpires: '9223372036854775807' }, undefined],
    ['active_directory', { userAccountControl: '512', lockoutTime: past }, 'locked'],
    ['active_directory', { userAccountControl: '512', lockoutTime: '0' }, undefined],
    // Locked once, and the time has passed: the server knows for how long it locks.
    [
      'active_directory',
      { userAccountControl: '512', lockoutTime: past, 'msDS-User-Account-Control-Computed': '0' },
      undefined,
    ],
    ['active_directory', { userAccountControl: '512', 'msDS-User-Account-Control-Computed': '16' }, 'locked'],
    ['ldap', {}, undefined],
    ['ldap', { nsAccountLock: 'TRUE' }, 'disabled'],
    ['ldap', { nsaccountlock: 'false' }, undefined],
    ['ldap', { pwdAccountLockedTime: '000001010000Z' }, 'disabled'],
    ['ldap', { pwdAccountLockedTime: '20251231235959Z' }, 'locked'],
    ['ldap', { pwdEndTime: '20251231235959Z' }, 'expired'],
    ['ldap', { pwdEndTime: 'soon' }, 'expired'],
    ['ldap', { pwdEndTime: '20260101000001Z' }, undefined],
    ['ldap', { shadowExpire: '-1' }, undefined],
    ['ldap', { shadowExpire: '0' }, 'expired'],
    ['ldap', { shadowExpire: '99999' }, undefined],
  ];
  for (const [product, attributes, reason] of states) {
    test(`in ${product} with ${JSON.stringify(attributes)} is ${reason ?? 'good'}`, () => {
      const entry = toEntry({ dn: 'uid=x', ...attributes });
      assert.equal(accountState(entry, { product, now, hasProved: false })?.reason, reason);
    });
  }

  test('a lock that passes by itself has passed when the server took the password', () => {
    const entry = toEntry({ dn: 'uid=x', pwdAccountLockedTime: '20251231235959Z', pwdReset: 'TRUE' });
    assert.equal(accountState(entry, { product: 'ldap', now, hasProved: true })?.reason, 'must_change');
  });

  test('reads times', () => {
    assert.equal(generalizedTime('20260101000000Z'), now);
    assert.equal(generalizedTime('202601010000Z'), now);
    assert.equal(generalizedTime('20260101000000.123Z'), now);
    for (const text of ['', '2026', '20260101000000+0100', 'x20260101000000Z'])
      assert.equal(generalizedTime(text), null);
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_000_000_000_000 }), ms =>
        assert.equal(fromFileTime((BigInt(ms) + 11_644_473_600_000n) * 10_000n), ms),
      ),
    );
  });
});
