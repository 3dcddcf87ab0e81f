import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { operatorPrincipal } from '../../core/events.ts';
import type { Gate } from '../admin.fixture.ts';
import { openGate } from '../admin.fixture.ts';
import { isApiProblem } from '../client.ts';

const denied = (error: unknown) => isApiProblem(error, 'access.denied');
const conflict = (error: unknown) => isApiProblem(error, 'store.conflict');

const certificates = ['-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n'];
const settings = { entityId: 'urn:idp', ssoUrl: 'https://idp.example.org/sso', certificates };
const campus = { kind: 'saml' as const, name: 'Campus', domains: ['example.org'], settings };

async function open(gate: Gate) {
  const ada = await gate.openSession(await gate.addPerson('ada@example.com', 'administrator'));
  const { id } = await ada.client('providers.create', { body: { provider: campus } });
  return { ada: ada.client, id, params: { id } };
}

describe('the keys towards a SAML provider', () => {
  it('are listed and changed step by step, and no answer holds a private one', async () => {
    await using gate = await openGate();
    const { ada, params } = await open(gate);
    const before = await ada('providers.listKeys', { params });
    assert.deepEqual(
      before.keys.map(key => `${key.role} ${key.use}`),
      ['current signing', 'current encryption'],
    );
    assert.match(before.keys[0]?.fingerprint ?? '', /^([0-9A-F]{2}:){31}[0-9A-F]{2}$/);
    assert.ok((before.keys[0]?.validUntil ?? 0) > gate.now());
    const answers = [before];
    for (const step of ['add', 'use', 'drop'] as const)
      answers.push(await ada('providers.stepKeys', { params, body: { step } }));
    assert.deepEqual(
      answers.map(({ keys }) => keys.map(key => key.role).join(' ')),
      ['current current', 'current current next next', 'current current previous previous', 'current current'],
    );
    assert.deepEqual(await ada('providers.listKeys', { params }), answers.at(-1));
    await assert.rejects(ada('providers.stepKeys', { params, body: { step: 'drop' } }), conflict);
    assert.doesNotMatch(JSON.stringify(answers), /PRIVATE|BEGIN/);
    const told = gate.told.filter(event => event.type === 'provider.updated');
    assert.deepEqual(
      told.map(event => [event.principal.name, event.type === 'provider.updated' && event.data.changed]),
      ['keys.add', 'keys.use', 'keys.drop'].map(changed => ['ada@example.com', [changed]]),
    );
  });

  it('are changed only by who may change the provider: by an Owner alone where an Owner comes in by it', async () => {
    await using gate = await openGate();
    const { ada, id, params } = await open(gate);
    const body = { step: 'add' as const };
    const mia = await gate.openSession(await gate.addPerson('mia@example.com', 'member'));
    await assert.rejects(mia.client('providers.listKeys', { params }), denied);
    await assert.rejects(mia.client('providers.stepKeys', { params, body }), denied);

    const { createUser, signOn } = gate.identity;
    const invited = await createUser(operatorPrincipal, { email: 'uma@example.org', name: 'Uma', role: 'owner' });
    await assert.rejects(
      ada('providers.stepKeys', { params, body }),
      denied,
      'an invited Owner could come first by it',
    );
    await gate.identity.deleteUser(operatorPrincipal, invited.id);
    const olga = await gate.addPerson('olga@example.com', 'owner');
    await signOn.link(operatorPrincipal, { userId: olga.id, providerId: id, subject: 'olga' });
    await assert.rejects(ada('providers.stepKeys', { params, body }), denied, 'an Owner signs in there');
    await (await gate.openSession(olga)).client('providers.stepKeys', { params, body });
  });
});
