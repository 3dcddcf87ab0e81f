import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { Newcomer } from './link-rule.ts';
import { decideNewcomer, speaksFor } from './link-rule.ts';

const identity = { email: 'ada@example.org', isEmailVerified: true };
const provider = { domains: ['example.org'], createsAccounts: true };
const user = { disabled: false, hasPassword: true, lastSignInAt: 1 };
const account = { user, isOwner: false, isLinkedThere: false };

const cases: readonly { name: string; given: Newcomer; becomes: unknown }[] = [
  {
    name: 'nobody here has the address',
    given: { identity, provider, account: undefined },
    becomes: { kind: 'create' },
  },
  { name: 'somebody here has it', given: { identity, provider, account }, becomes: { kind: 'link' } },
  {
    name: 'no address',
    given: { identity: { ...identity, email: null }, provider, account: undefined },
    becomes: 'no_email',
  },
  {
    name: 'an address nobody vouches for, of an account here',
    given: { identity: { ...identity, isEmailVerified: false }, provider, account },
    becomes: 'email_not_vouched',
  },
  {
    name: 'an address nobody vouches for, of no account',
    given: { identity: { ...identity, isEmailVerified: false }, provider, account: undefined },
    becomes: 'email_not_vouched',
  },
  {
    name: 'a domain the provider does not speak for',
    given: { identity: { ...identity, email: 'ada@other.org' }, provider, account },
    becomes: 'domain_not_spoken_for',
  },
  {
    name: 'a subdomain of one it speaks for',
    given: { identity: { ...identity, email: 'ada@sub.example.org' }, provider, account },
    becomes: 'domain_not_spoken_for',
  },
  {
    name: 'two at signs',
    given: { identity: { ...identity, email: 'ada@example.org@evil.org' }, provider, account },
    becomes: 'domain_not_spoken_for',
  },
  {
    name: 'no domains at all',
    given: { identity, provider: { ...provider, domains: [] }, account },
    becomes: 'domain_not_spoken_for',
  },
  {
    name: 'a provider that makes no accounts',
    given: { identity, provider: { ...provider, createsAccounts: false }, account: undefined },
    becomes: 'account_needed',
  },
  {
    name: 'a disabled account',
    given: { identity, provider, account: { ...account, user: { ...user, disabled: true } } },
    becomes: 'disabled',
  },
  {
    name: 'a service account',
    given: { identity, provider, account: { ...account, user: { ...user, ownerId: 'u1' } } },
    becomes: 'no_person',
  },
  {
    name: 'an account somebody else there has already: addresses are given to new people',
    given: { identity, provider, account: { ...account, isLinkedThere: true } },
    becomes: 'other_subject',
  },
  {
    name: 'an Owner with a password',
    given: { identity, provider, account: { ...account, isOwner: true } },
    becomes: 'owner_needs_operator',
  },
  {
    name: 'an Owner without a password who signed in by other means',
    given: { identity, provider, account: { ...account, isOwner: true, user: { ...user, hasPassword: false } } },
    becomes: 'owner_needs_operator',
  },
  {
    name: 'an Owner invited for single sign-on who was never here',
    given: {
      identity,
      provider,
      account: { ...account, isOwner: true, user: { ...user, hasPassword: false, lastSignInAt: null } },
    },
    becomes: { kind: 'link' },
  },
];

describe('who becomes whom', () => {
  for (const { becomes, given, name } of cases) {
    it(name, () => assert.deepEqual(decideNewcomer(given), becomes));
  }

  it('links or makes nothing without a vouched address of a domain it speaks for', () => {
    const address = fc.oneof(fc.emailAddress(), fc.constantFrom('a@example.org', 'A@EXAMPLE.ORG', 'a@example.org.'));
    fc.assert(
      fc.property(fc.option(address), fc.boolean(), fc.boolean(), (email, isEmailVerified, isKnown) => {
        const decided = decideNewcomer({
          identity: { email, isEmailVerified },
          provider,
          account: isKnown ? account : undefined,
        });
        if (typeof decided === 'string') return;
        assert.ok(email !== null && isEmailVerified && email.toLowerCase().endsWith('@example.org'));
      }),
    );
  });

  it('reads domains exactly', () => {
    for (const email of ['a@EXAMPLE.org', ' a@example.org ', 'ａ@ｅｘａｍｐｌｅ.org']) {
      assert.equal(speaksFor(['example.org'], email), true, email);
    }
    for (const email of ['@example.org', 'example.org', 'a@xexample.org', 'a@example.org.evil', '', '@']) {
      assert.equal(speaksFor(['example.org'], email), false, email);
    }
  });
});
