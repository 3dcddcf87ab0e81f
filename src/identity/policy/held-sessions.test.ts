import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { operatorPrincipal } from '../../core/events.ts';
import {
  addPerson,
  addPersonWithTotp,
  from,
  goodPassword,
  is,
  secret,
  signedIn,
  signInWithTotp,
  withIdentity,
} from '../identity.fixture.ts';
import { createIdentity } from '../identity.ts';
import { readMfaPolicy, setMfaPolicy } from './mfa-policy.ts';

const long = `${goodPassword}-and-more`;
const nothing = { roles: [], groups: [], phishingResistantRoles: [], phishingResistantGroups: [] };

describe('sessions of people who come to more than they signed in as', () => {
  it('end when they prove less than the new role wants, and stay when they prove enough', () =>
    withIdentity(async house => {
      const raised = new Set<string>();
      const identity = createIdentity(house.config, {
        ...house.ground,
        roleOf: userId => (raised.has(userId) ? 'administrator' : undefined),
      });
      const weak = await addPerson(house, { email: 'weak@example.org', password: long });
      const firm = await addPersonWithTotp(house, { email: 'firm@example.org', role: 'member', password: long });
      const session = await identity.findSession(signedIn(weak.step).token, from().host);
      assert.ok(session);
      const all = [weak.user.id, firm.user.id];
      assert.equal(await identity.mfaPolicy.endWeakSessions(all), 0, 'a Member needs no more');
      for (const id of all) raised.add(id);
      // Enrolled in a session begun with a password alone, that session still had one factor; the one begun with both has two.
      const { token } = await signInWithTotp(house, { ...firm, password: long });
      assert.equal(await identity.mfaPolicy.endWeakSessions([...all, 'nobody']), 2);
      assert.ok(await identity.findSession(token, from().host));
      assert.equal(await identity.findSession(signedIn(weak.step).token, from().host), undefined);
      const again = await identity.signIn({ email: 'weak@example.org', password: secret(long) }, from());
      assert.equal(again.state, 'enrolment_needed');
      const ended = await identity.listSessions({ userId: weak.user.id, includeEnded: true });
      assert.equal(ended[0]?.endReason, 'role_wants_more');
    }));
});

describe('a policy of passkeys only', () => {
  it('is refused where the portal has no name that a passkey could be bound to: nobody could take it back', () =>
    withIdentity(async house => {
      for (const origin of ['https://192.0.2.7', 'https://[2001:db8::7]:8443']) {
        const ground = { ...house.ground, portalOrigin: () => origin };
        for (const wanted of [
          { ...nothing, phishingResistantRoles: ['owner' as const] },
          { ...nothing, phishingResistantGroups: ['g'] },
        ]) {
          await assert.rejects(
            setMfaPolicy(ground, operatorPrincipal, { ...wanted, revision: 0 }),
            is('core.invalid_input'),
          );
        }
        const { revision } = await readMfaPolicy(ground, house.db);
        await setMfaPolicy(ground, operatorPrincipal, { ...nothing, revision });
      }
    }));
});
