import assert from 'node:assert/strict';
import { randomBytes, X509Certificate } from 'node:crypto';
import { before, describe, it } from 'node:test';
import { encryptAssertion, encryptedAssertion, signResponse } from '../../../tests/fakes/saml-signer.ts';
import { isSallyportError } from '../../core/errors.ts';
import { Secret } from '../../core/secret.ts';
import type { KeyStep } from '../provider-settings.ts';
import { readSamlKeys, type SamlKeys } from './key-pair.ts';
import { showSamlKeys, stepSamlKeys } from './key-roll.ts';
import { createSamlPartner } from './partner.ts';
import type { TestKeys } from './saml.fixture.ts';
import { addresses, honestPerson, honestXml, nowMs, settingsOf, testKeys, verdict } from './saml.fixture.ts';
import { attributeOf, everyElement, messageLimits, readXml } from './xml.ts';

const deps = { clock: { now: () => nowMs }, random: randomBytes };
const step = (secret: Secret, by: KeyStep): Promise<Secret> => stepSamlKeys(secret, by, deps);
const rolesOf = (secret: Secret): string =>
  showSamlKeys(secret)
    .filter(one => one.use === 'signing')
    .map(one => one.role)
    .join(' ');
const bare = (pem: string): string => new X509Certificate(pem).raw.toString('base64');

describe('SAML: changing our keys', () => {
  let keys: TestKeys;
  /** After add, use, and add once more: all three sets. */
  let added: Secret;
  let used: Secret;
  let three: Secret;

  before(async () => {
    keys = await testKeys();
    added = await step(keys.own, 'add');
    used = await step(added, 'use');
    three = await step(used, 'add');
  });

  const partnerWith = (secret: Secret) =>
    createSamlPartner(settingsOf(keys, { wantsEncrypted: true }), addresses, { ...deps, secret });

  it('moves the new ones into use, the old ones behind them, and forgets those in the end', async () => {
    assert.deepEqual([keys.own, added, used, three].map(rolesOf), [
      'current',
      'current next',
      'current previous',
      'current next previous',
    ]);
    const [first, second, third] = [keys.own, added, used].map(readSamlKeys);
    assert.ok(first && second && third);
    assert.deepEqual(second.signing, first.signing, 'what is in use stays in use');
    assert.deepEqual([third.signing, third.decryption], [second.next?.signing, second.next?.decryption]);
    assert.deepEqual(third.previous, first);
    assert.deepEqual(readSamlKeys(await step(used, 'drop')), second.next);
    assert.deepEqual(readSamlKeys(await step(added, 'drop-next')), first);
    assert.deepEqual(rolesOf(await step(three, 'drop')), 'current next');
    assert.deepEqual(rolesOf(await step(three, 'drop-next')), 'current previous');
  });

  it('refuses a step whose time has not come, and loses no key by it', async () => {
    const refused: readonly (readonly [string, Secret, KeyStep, RegExp])[] = [
      ['a second new set', added, 'add', /new keys already/],
      ['a second new set beside old ones', three, 'add', /new keys already/],
      ['to use what is not there', keys.own, 'use', /no new keys/],
      ['to use it again', used, 'use', /no new keys/],
      ['to use it over old ones', three, 'use', /drop them first/],
      ['to drop what is not there', keys.own, 'drop', /no old keys/],
      ['to drop before the use', added, 'drop', /no old keys/],
      ['to take back what is not there', used, 'drop-next', /no new keys/],
    ];
    for (const [name, secret, by, why] of refused)
      await assert.rejects(
        step(secret, by),
        (error: unknown) => isSallyportError(error, 'store.conflict') && why.test(error.detail ?? ''),
        name,
      );
  });

  it('shows parts, fingerprints and dates, and nothing private', () => {
    const shown = showSamlKeys(three);
    assert.deepEqual(
      shown.map(one => `${one.role} ${one.use}`),
      ['current', 'next', 'previous'].flatMap(role => [`${role} signing`, `${role} encryption`]),
    );
    const certificate = new X509Certificate(readSamlKeys(three).signing.certPem);
    assert.equal(shown[0]?.fingerprint, certificate.fingerprint256);
    assert.equal(shown[0]?.validUntil, certificate.validToDate.getTime());
    assert.equal(new Set(shown.map(one => one.fingerprint)).size, 6);
    assert.doesNotMatch(JSON.stringify(shown), /PRIVATE|BEGIN/);
  });

  it('our metadata tells of all that sign, the one in use first, and of those only that may be encrypted to', () => {
    const told = (secret: Secret, use: string): (string | undefined)[] =>
      [...everyElement(readXml(partnerWith(secret).metadata(), messageLimits))]
        .filter(one => one.local === 'KeyDescriptor' && attributeOf(one, 'use') === use)
        .flatMap(one => [...everyElement(one)].filter(({ local }) => local === 'X509Certificate'))
        .map(({ children }) => (typeof children[0] === 'string' ? children[0] : undefined));
    const of = (read: SamlKeys, part: 'signing' | 'decryption') =>
      [read, read.next, read.previous].map(set => set && bare(set[part].certPem));
    for (const secret of [keys.own, added, used, three]) {
      const read = readSamlKeys(secret);
      assert.deepEqual(told(secret, 'signing'), of(read, 'signing').filter(Boolean));
      const [current, next] = of(read, 'decryption');
      assert.deepEqual(told(secret, 'encryption'), [next, current].filter(Boolean));
    }
  });

  it('opens what is encrypted to the current, the next and the previous key, and not what was to a dropped one', async () => {
    const sealedTo = (read: SamlKeys | undefined, cipher: 'aes-256-gcm' | 'aes-256-cbc') => {
      const sealed = encryptAssertion(honestXml(), { certPem: read?.decryption.certPem ?? '', cipher });
      return signResponse(sealed, 'response', keys.provider);
    };
    const { next, previous } = readSamlKeys(three);
    for (const cipher of ['aes-256-gcm', 'aes-256-cbc'] as const) {
      for (const to of [readSamlKeys(three), next, previous]) {
        const { person, why } = await verdict(partnerWith(three), sealedTo(to, cipher));
        assert.equal(person, honestPerson, why);
      }
      const dropped = partnerWith(await step(three, 'drop'));
      assert.equal((await verdict(dropped, sealedTo(previous, cipher))).person, null);
      assert.equal((await verdict(dropped, sealedTo(next, cipher))).person, honestPerson);
    }
  });

  // If this fails, who sends ciphertexts learns which key opens them, or how far it came with one (Bleichenbacher, Vaudenay).
  it('what does not open is refused in the same words, whichever key it was for and wherever it broke', async () => {
    const partner = partnerWith(three);
    const { next, previous } = readSamlKeys(three);
    const whys = new Set<string>();
    const [clear = ''] = /<saml:Assertion[^]*<\/saml:Assertion>/.exec(honestXml()) ?? [];
    for (const to of [readSamlKeys(three), next, previous, { decryption: keys.attacker }]) {
      const good = encryptedAssertion(clear, { certPem: to?.decryption.certPem ?? '' });
      const values = [...good.matchAll(/CipherValue>([^<]*)/g)].map(match => match[1] ?? '').filter(Boolean);
      const broken = [...values.map(value => good.replace(value, flip(value))), good.replace(values[1] ?? '', 'AAAA')];
      for (const text of broken) {
        const xml = honestXml().replace(clear, () => text);
        whys.add((await verdict(partner, signResponse(xml, 'response', keys.provider))).why);
      }
    }
    assert.equal(whys.size, 1, [...whys].join('\n'));
    assert.match([...whys].join(''), /does not open/);
  });

  it('reads what was kept before there was a next and a previous, and refuses what it does not know', () => {
    const { signing, decryption } = readSamlKeys(keys.own);
    const old = new Secret(JSON.stringify({ signing, decryption }));
    assert.deepEqual(readSamlKeys(old), { signing, decryption });
    const refused: Readonly<Record<string, unknown>> = {
      'half a set': { signing, decryption, next: { signing } },
      'a set of another name': { signing, decryption, later: { signing, decryption } },
      'a set within a set': { signing, decryption, next: { signing, decryption, next: { signing, decryption } } },
      'a next key that is none': { signing, decryption, next: { signing, decryption: { ...decryption, keyPem: 'x' } } },
      'no set in use': { next: { signing, decryption } },
    };
    for (const [name, value] of Object.entries(refused))
      assert.throws(
        () => readSamlKeys(new Secret(JSON.stringify(value))),
        (error: unknown) =>
          isSallyportError(error, 'core.invalid_input') &&
          !JSON.stringify([error.message, error.cause]).includes('KEY'),
        name,
      );
  });
});

function flip(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  bytes.writeUInt8(bytes.readUInt8(20) ^ 1, 20);
  return bytes.toString('base64');
}
