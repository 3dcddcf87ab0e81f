import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { PostgresServer } from '../../../tests/servers/postgres.ts';
import { postgresMissing, startPostgres } from '../../../tests/servers/postgres.ts';
import type { SimpleSamlPhp } from '../../../tests/servers/simplesamlphp.ts';
import { signInAtSimpleSaml, simpleSamlPhpMissing, startSimpleSamlPhp } from '../../../tests/servers/simplesamlphp.ts';
import { operatorPrincipal as op } from '../../core/events.ts';
import { Secret } from '../../core/secret.ts';
import type { StoreSettings } from '../../store/store.ts';
import type { House } from '../identity.fixture.ts';
import { from, is, signedIn, withIdentity } from '../identity.fixture.ts';
import { providerInput } from '../provider-settings.ts';
import { testKeys } from '../saml/saml.fixture.ts';
import { connectOidc, samlInput, stepOf, withWorld } from './federation.fixture.ts';
import type { OwnKey, Provider } from './federation.ts';

const signal = () => AbortSignal.timeout(20_000);
const rolesOf = (keys: readonly OwnKey[]): string =>
  keys
    .filter(one => one.use === 'signing')
    .map(one => one.role)
    .join(' ');

/** A SAML provider with real keys of ours. */
async function connectSaml(house: House): Promise<Provider> {
  const { provider } = await testKeys();
  return house.identity.signOn.create(op, samlInput({}, { certificates: [provider.certPem] }));
}

const changesOf = (house: House) =>
  house.events.flatMap(event => (event.type === 'provider.updated' ? [event.data.changed] : []));

/** Of several at once: how many were done, the others being told. */
async function countDone(all: readonly Promise<unknown>[]): Promise<number> {
  const settled = await Promise.allSettled(all);
  for (const one of settled) if (one.status === 'rejected') assert.ok(is('store.conflict')(one.reason), one.reason);
  return settled.filter(one => one.status === 'fulfilled').length;
}

/** Several at once, of each step: one is done, and no key goes that was not to go. */
async function survivesRaces(house: House): Promise<void> {
  const { signOn } = house.identity;
  const other = house.another().signOn;
  const { id, slug: _slug, hasSecret: _has, createdAt: _at, ...input } = await connectSaml(house);
  const [first] = await signOn.ownKeysOf(id);
  assert.equal(await countDone([signOn, other, signOn].map(node => node.stepOwnKeys(op, id, 'add'))), 1);
  const added = await signOn.ownKeysOf(id);
  assert.equal(rolesOf(added), 'current next');
  assert.equal(await countDone([signOn, other, signOn].map(node => node.stepOwnKeys(op, id, 'use'))), 1);
  const used = await signOn.ownKeysOf(id);
  assert.equal(rolesOf(used), 'current previous');
  assert.equal(used[0]?.fingerprint, added[2]?.fingerprint);
  assert.equal(used[2]?.fingerprint, first?.fingerprint);
  // Settings that are changed at the same time take none of it back.
  const rename = (name: string) => signOn.update(op, id, { ...input, name });
  await Promise.all([rename('One'), other.stepOwnKeys(op, id, 'drop'), rename('Two')]);
  assert.equal(rolesOf(await signOn.ownKeysOf(id)), 'current');
  const row = await house.db
    .selectFrom('identity_providers')
    .select('revision')
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  assert.equal(row.revision, 6, 'every change has a revision of its own: no node goes on with what was');
}

describe('our keys towards a SAML provider', () => {
  it('are changed step by step, each recorded, for the next metadata on every node', async () => {
    await withIdentity(async house => {
      const { signOn } = house.identity;
      const other = house.another().signOn;
      const { id, slug } = await connectSaml(house);
      const count = async () => [...(await other.metadata(slug)).matchAll(/<ds:X509Certificate>/g)].length;
      const seen = [await count()];
      for (const step of ['add', 'use', 'drop'] as const) {
        await signOn.stepOwnKeys(op, id, step);
        seen.push(await count());
      }
      assert.deepEqual(seen, [2, 4, 3, 2]);
      assert.deepEqual(changesOf(house), [['keys.add'], ['keys.use'], ['keys.drop']]);
      const last = house.events.at(-1);
      assert.deepEqual([last?.action, last?.principal, last?.resource?.id], ['provider.update', op, id]);
      assert.doesNotMatch(JSON.stringify(house.events), /PRIVATE|BEGIN/);
      await signOn.stepOwnKeys(op, id, 'add');
      assert.equal(rolesOf(await signOn.stepOwnKeys(op, id, 'drop-next')), 'current');
    });
  });

  it('stay as they are when a step is refused or cannot be recorded', async () => {
    await withIdentity(async house => {
      const { signOn } = house.identity;
      const { id } = await connectSaml(house);
      const before = await signOn.ownKeysOf(id);
      for (const step of ['use', 'drop', 'drop-next'] as const)
        await assert.rejects(signOn.stepOwnKeys(op, id, step), is('store.conflict'), step);
      house.isAuditDown = true;
      await assert.rejects(signOn.stepOwnKeys(op, id, 'add'), is('audit.unavailable'));
      house.isAuditDown = false;
      assert.deepEqual(await signOn.ownKeysOf(id), before);
      assert.deepEqual(changesOf(house), []);
    });
  });

  it('are none towards other kinds, and of a provider that is not there', async () => {
    await withWorld(async house => {
      const { signOn } = house.identity;
      const { id } = await connectOidc(house);
      assert.deepEqual(await signOn.ownKeysOf(id), []);
      await assert.rejects(signOn.stepOwnKeys(op, id, 'add'), is('core.invalid_input'));
      await assert.rejects(signOn.ownKeysOf('x'), is('identity.provider_not_found'));
      await assert.rejects(signOn.stepOwnKeys(op, 'x', 'add'), is('identity.provider_not_found'));
    });
  });

  it('are lost by no race', () => withIdentity(survivesRaces));
});

describe('our keys towards a SAML provider on PostgreSQL', { skip: postgresMissing() ?? false }, () => {
  let server: PostgresServer;
  before(async () => {
    server = await startPostgres();
  });
  after(() => server[Symbol.asyncDispose]());

  it('are lost by no race', async () => {
    const settings: StoreSettings = { kind: 'postgres', url: new Secret(await server.createDatabase('keys')) };
    await withIdentity(survivesRaces, {}, settings);
  });
});

describe('our keys towards a real SimpleSAMLphp', { skip: simpleSamlPhpMissing() ?? false }, () => {
  let idp: SimpleSamlPhp;
  before(async () => {
    const attributes = { uid: ['ada-7f3a'], mail: ['ada@example.org'], displayName: ['Ada'] };
    const { provider } = await testKeys();
    idp = await startSimpleSamlPhp({ people: { ada: { password: 'kettle-19', attributes } }, keys: provider });
  });
  after(() => idp?.[Symbol.asyncDispose]());

  /** What our metadata tells, as the provider reads it. */
  async function read(house: House, slug: string) {
    const xml = await house.identity.signOn.metadata(slug);
    const of = (use: string): string[] =>
      [...xml.matchAll(/<md:KeyDescriptor use="(\w+)">.*?<ds:X509Certificate>([^<]+)</g)]
        .filter(match => match[1] === use)
        .map(match => match[2] ?? '');
    return { signingCertPem: of('signing'), encryptionCertPem: of('encryption') };
  }

  async function tell(house: House, provider: Provider, known: Awaited<ReturnType<typeof read>>): Promise<void> {
    const addresses = house.identity.signOn.addresses(provider);
    const { entityId = '', assertionConsumerService: acsUrl = '', singleLogoutService: sloUrl = '' } = addresses;
    await idp.setServices([{ entityId, acsUrl, sloUrl, nameIdAttribute: 'uid', ...known }]);
  }

  /** Signs in with a signed request and an encrypted assertion; undefined where SimpleSAMLphp turns the request away. */
  async function signIn(house: House, { slug }: Provider) {
    const { signOn } = house.identity;
    house.clock.wall = Date.now();
    const begun = await signOn.begin(slug, { returnTo: null, purpose: 'sign_in' }, from(), signal());
    const posted = await signInAtSimpleSaml(begun.dispatch.url, { login: 'ada', password: 'kettle-19' });
    const response = posted.fields['SAMLResponse'];
    if (response === undefined) return undefined;
    assert.match(Buffer.from(response, 'base64').toString(), /EncryptedAssertion/);
    const relayState = posted.fields['RelayState'] ?? '';
    const answer = { kind: 'saml' as const, cookie: begun.cookie, response, relayState };
    return stepOf(await signOn.finish(slug, answer, from(), signal()));
  }

  async function comesIn(house: House, provider: Provider, when: string): Promise<void> {
    const step = await signIn(house, provider);
    assert.equal(step && signedIn(step).user.email, 'ada@example.org', when);
  }

  it('change while people sign in: before, between and after every step', async () => {
    await withIdentity(async house => {
      const { signOn } = house.identity;
      house.clock.wall = Date.now();
      const settings = await signOn.readMetadata(await (await fetch(idp.metadataUrl)).text());
      const input = { kind: 'saml', name: 'Campus', domains: ['example.org'] };
      const provider = await signOn.create(
        op,
        providerInput.parse({ ...input, settings: { ...settings, wantsEncrypted: true } }),
      );
      const { id, slug } = provider;
      const atFirst = await read(house, slug);
      await tell(house, provider, atFirst);
      await comesIn(house, provider, 'before');

      await signOn.stepOwnKeys(op, id, 'add');
      await comesIn(house, provider, 'added, not read yet');
      const both = await read(house, slug);
      assert.equal(both.signingCertPem.length, 2);
      await tell(house, provider, both);
      await comesIn(house, provider, 'added and read: encrypted to the next key');
      const onlyNew = { signingCertPem: both.signingCertPem.slice(1), encryptionCertPem: both.encryptionCertPem };
      await tell(house, provider, onlyNew);
      assert.equal(await signIn(house, provider), undefined, 'still signed with the old key');

      await signOn.stepOwnKeys(op, id, 'use');
      await comesIn(house, provider, 'signed with the new key alone');
      await tell(house, provider, both);
      await comesIn(house, provider, 'used, not read again');
      await tell(house, provider, { ...both, encryptionCertPem: atFirst.encryptionCertPem });
      await comesIn(house, provider, 'used, still encrypted to the old key');
      await tell(house, provider, await read(house, slug));
      await comesIn(house, provider, 'used and read');

      await signOn.stepOwnKeys(op, id, 'drop');
      await comesIn(house, provider, 'dropped, not read yet');
      await tell(house, provider, both);
      await comesIn(house, provider, 'dropped, and read only once in all, after the first step');
      await tell(house, provider, { ...both, encryptionCertPem: atFirst.encryptionCertPem });
      const late = await signIn(house, provider);
      assert.equal(late?.state, 'refused', 'encrypted to the key that was dropped');
      await tell(house, provider, await read(house, slug));
      await comesIn(house, provider, 'after');
    });
  });
});
