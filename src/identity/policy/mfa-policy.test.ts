import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { createAuthenticator } from '../../../tests/fakes/authenticator.ts';
import { operatorPrincipal } from '../../core/events.ts';
import type { House } from '../identity.fixture.ts';
import {
  addPerson,
  addPersonWithTotp,
  asPrincipal,
  code,
  from,
  goodPassword,
  is,
  pendingOf,
  secret,
  signedIn,
  withIdentity,
} from '../identity.fixture.ts';
import type { UserRole } from '../identity.ts';
import type { Demand, MfaPolicy } from './mfa-policy.ts';
import { judge } from './mfa-policy.ts';

const nobody: MfaPolicy = { roles: [], groups: [], phishingResistantRoles: [], phishingResistantGroups: [] };

async function setPolicy(house: House, patch: Partial<MfaPolicy>): Promise<void> {
  const { policy, revision } = await house.identity.mfaPolicy.get();
  await house.identity.mfaPolicy.set(operatorPrincipal, { ...policy, ...patch, revision });
}

describe('the policy of second factors', () => {
  const rows: [
    string,
    { role: UserRole; groups?: string[]; short?: boolean },
    Partial<MfaPolicy>,
    UserRole[],
    Demand,
  ][] = [
    ['a member nobody named', { role: 'member' }, {}, ['owner'], 'none'],
    ['a named role', { role: 'member' }, { roles: ['member'] }, [], 'mfa'],
    ['a role of the floor that the policy leaves out', { role: 'owner' }, {}, ['owner'], 'mfa'],
    ['a group', { role: 'member', groups: ['g'] }, { groups: ['g'] }, [], 'mfa'],
    ['another group', { role: 'member', groups: ['h'] }, { groups: ['g'] }, [], 'none'],
    ['a short password', { role: 'member', short: true }, {}, [], 'mfa'],
    ['a role with passkeys only', { role: 'owner' }, { phishingResistantRoles: ['owner'] }, [], 'phishing_resistant'],
    [
      'a group with passkeys only, and a role with any',
      { role: 'member', groups: ['g'] },
      { roles: ['member'], phishingResistantGroups: ['g'] },
      [],
      'phishing_resistant',
    ],
  ];
  for (const [name, who, patch, floor, wanted] of rows) {
    it(`wants "${wanted}" of ${name}`, () => {
      const standing = {
        roles: [who.role],
        groups: new Set(who.groups ?? []),
        hasShortPassword: who.short === true,
      };
      assert.equal(judge(standing, { policy: { ...nobody, ...patch }, floor }), wanted);
    });
  }

  it('never asks for less when more is named', () => {
    const role = fc.constantFrom<UserRole>('member', 'administrator', 'owner');
    const group = fc.constantFrom('a', 'b', 'c');
    const policy = fc.record({
      roles: fc.array(role, { maxLength: 3 }),
      groups: fc.array(group, { maxLength: 3 }),
      phishingResistantRoles: fc.array(role, { maxLength: 3 }),
      phishingResistantGroups: fc.array(group, { maxLength: 3 }),
    });
    const order: Demand[] = ['none', 'mfa', 'phishing_resistant'];
    fc.assert(
      fc.property(role, fc.array(group), fc.boolean(), policy, policy, (one, groups, hasShortPassword, a, b) => {
        const who = { roles: [one], groups: new Set(groups), hasShortPassword };
        const more = {
          roles: [...a.roles, ...b.roles],
          groups: [...a.groups, ...b.groups],
          phishingResistantRoles: [...a.phishingResistantRoles, ...b.phishingResistantRoles],
          phishingResistantGroups: [...a.phishingResistantGroups, ...b.phishingResistantGroups],
        };
        const less = judge(who, { policy: a, floor: [] });
        return order.indexOf(judge(who, { policy: more, floor: [] })) >= order.indexOf(less);
      }),
    );
  });

  it('begins as the configuration file says, is recorded, and refuses a change built on an old reading', () =>
    withIdentity(async house => {
      const first = await house.identity.mfaPolicy.get();
      assert.deepEqual(first.policy.roles, ['administrator', 'owner']);
      assert.deepEqual([first.revision, first.updatedBy], [0, null]);
      await setPolicy(house, { roles: ['member', 'administrator', 'owner'] });
      const fact = house.events.find(event => event.type === 'policy.changed');
      assert.deepEqual(fact?.data.changed, ['roles']);
      await assert.rejects(
        house.identity.mfaPolicy.set(operatorPrincipal, { ...nobody, revision: 0 }),
        is('store.conflict'),
      );
      const both = await Promise.allSettled(
        [nobody, { ...nobody, roles: ['owner' as const] }].map(policy =>
          house.identity.mfaPolicy.set(operatorPrincipal, { ...policy, revision: 1 }),
        ),
      );
      assert.equal(both.filter(one => one.status === 'fulfilled').length, 1, 'of two at once, one is told');
    }));

  it('counts at the next sign-in of a member, who then enrols', () =>
    withIdentity(async house => {
      const { user } = await addPerson(house, { email: 'm@example.org', password: `${goodPassword}-and-more` });
      const password = secret(`${goodPassword}-and-more`);
      const input = { email: user.email, password };
      signedIn(await house.identity.signIn(input, from()));
      assert.equal(await house.identity.mfaPolicy.countWithout(), 0);
      await setPolicy(house, { roles: ['member', 'administrator', 'owner'] });
      assert.equal(await house.identity.mfaPolicy.countWithout(), 1);
      assert.equal((await house.identity.signIn(input, from())).state, 'enrolment_needed');
    }));

  it('does not start when what is kept cannot be read', () =>
    withIdentity(async house => {
      const { user } = await addPerson(house, { email: 'm@example.org', password: `${goodPassword}-and-more` });
      const row = { value: '{"roles":"all"}', revision: 1, updated_at: 1, updated_by: 'x' };
      await house.db
        .insertInto('identity_policies')
        .values({ name: 'mfa', ...row })
        .execute();
      const input = { email: user.email, password: secret(`${goodPassword}-and-more`) };
      await assert.rejects(house.identity.signIn(input, from()), 'nobody gets in past a policy that is not known');
    }));
});

describe('who must sign in with a passkey', () => {
  const origin = 'https://gate.example.org';

  it('makes one after the factors they have, and from then on no app and no password gets in', () =>
    withIdentity(async house => {
      const { identity } = house;
      const person = await addPersonWithTotp(house, { email: 'own@example.org' });
      await setPolicy(house, { phishingResistantRoles: ['owner'] });
      const begin = async () => {
        house.pass(30_000);
        const step = await identity.signIn({ email: 'own@example.org', password: secret(goodPassword) }, from());
        assert.ok(step.state === 'factor_needed');
        return step;
      };
      const first = await begin();
      assert.equal(first.factors.totp, true, 'without a passkey the app still leads to making one');
      const typed = code(person.seed, house.clock.wall);
      const step = await identity.answerTotp({ pending: first.pending, code: typed }, from());
      assert.ok(step.state === 'enrolment_needed');
      assert.equal(step.only, 'passkey');
      await assert.rejects(
        identity
          .beginEnrolment(step.pending)
          .then(({ secret: seed }) =>
            identity.confirmEnrolment({ pending: step.pending, code: code(seed, house.clock.wall) }, from()),
          ),
        is('identity.code_invalid'),
      );
      const device = createAuthenticator(origin);
      const { publicKey } = await identity.passkeys.beginEnrolment(step.pending);
      const answer = device.create(publicKey);
      signedIn((await identity.passkeys.enrol({ pending: step.pending, name: '', answer }, from())).step);

      const second = await begin();
      assert.equal(second.factors.totp, false);
      const byApp = { pending: second.pending, code: code(person.seed, house.clock.wall) };
      assert.equal((await identity.answerTotp(byApp, from())).state, 'refused');
      const byCode = { pending: second.pending, code: person.recoveryCodes[0]?.reveal() ?? '' };
      const lost = await identity.answerTotp(byCode, from());
      assert.equal(lost.state, 'enrolment_needed', 'a recovery code leads to a new passkey, not in');
      const offer = await identity.passkeys.beginEnrolment(pendingOf(lost));
      const renewed = createAuthenticator(origin).create(offer.publicKey);
      signedIn((await identity.passkeys.enrol({ pending: pendingOf(lost), name: '', answer: renewed }, from())).step);
    }));

  it('cannot remove the last one, nor prove again by the app', () =>
    withIdentity(async house => {
      const { identity } = house;
      const person = await addPersonWithTotp(house, { email: 'own@example.org' });
      const by = asPrincipal(person.user);
      const about = { userId: person.user.id, sessionId: person.sessionId };
      const { publicKey } = await identity.passkeys.begin(about);
      const answer = createAuthenticator(origin).create(publicKey);
      const { passkey } = await identity.passkeys.add(by, { ...about, name: 'Key', answer }, from());
      await setPolicy(house, { phishingResistantRoles: ['owner'] });
      const own = { userId: person.user.id, id: passkey.id };
      await assert.rejects(identity.passkeys.remove(by, own), is('identity.mfa_compulsory'));
      house.pass(30_000);
      const proof = { password: secret(goodPassword), code: code(person.seed, house.clock.wall) };
      const step = await identity.reauthenticate({ sessionId: person.sessionId, ...proof }, from());
      assert.equal(step.state, 'refused');
    }));
});
