import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { amrOf, assuranceOf, isAssured } from './assurance.ts';

describe('assurance', () => {
  const rows: [string[], string, string[]][] = [
    [[], 'sfa', []],
    [['password'], 'sfa', ['pwd']],
    [['link', 'password'], 'sfa', ['pwd']],
    [['recovery_code'], 'sfa', ['otp']],
    [['totp', 'recovery_code'], 'sfa', ['otp']],
    [['password', 'totp'], 'mfa', ['pwd', 'otp', 'mfa']],
    [['ldap', 'totp'], 'mfa', ['pwd', 'otp', 'mfa']],
    [['password', 'recovery_code'], 'mfa', ['pwd', 'otp', 'mfa']],
    [['saml', 'provider_mfa'], 'mfa', ['mfa']],
    [['passkey'], 'phr', ['pop', 'user', 'mfa']],
    [['password', 'passkey'], 'phr', ['pwd', 'pop', 'user', 'mfa']],
    [['something else'], 'sfa', []],
  ];
  for (const [methods, assurance, amr] of rows) {
    it(`of ${methods.join('+') || 'nothing'} is ${assurance}`, () => {
      assert.equal(assuranceOf(methods), assurance);
      assert.deepEqual(amrOf(methods), amr);
    });
  }

  it('is enough only when at least what is wanted', () => {
    assert.ok(isAssured('phr', 'mfa') && isAssured('mfa', 'mfa') && isAssured('sfa', 'sfa'));
    assert.ok(!isAssured('mfa', 'phr') && !isAssured('sfa', 'mfa'));
  });
});
