import assert from 'node:assert/strict';
import { sign } from 'node:crypto';
import { describe, it } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { signElement } from '../../../tests/fakes/saml-signer.ts';
import { isSallyportError } from '../../core/errors.ts';
import { Secret } from '../../core/secret.ts';
import type { SamlPartner } from '../federation/federation.ts';
import { readSamlKeys } from './key-pair.ts';
import { instant, logoutRequest, logoutResponse } from './messages.ts';
import { createSamlPartner } from './partner.ts';
import { addresses, encoded, issuer, nowMs, partnerOf, settingsOf, type TestKeys, testKeys } from './saml.fixture.ts';

const heading = { id: '_out1', nowMs, destination: addresses.sloUrl, entityId: issuer };
const alice = { nameId: 'alice-7f3a', format: null, nameQualifier: null, spNameQualifier: null, session: '_session1' };
const asked = logoutRequest(heading, alice);

function query(
  keys: TestKeys,
  xml: string,
  other: { kind?: string; relay?: string; key?: string; algorithm?: string } = {},
): string {
  const parts = [`${other.kind ?? 'SAMLRequest'}=${encodeURIComponent(deflateRawSync(xml).toString('base64'))}`];
  if (other.relay !== undefined) parts.push(`RelayState=${other.relay}`);
  parts.push(`SigAlg=${encodeURIComponent(other.algorithm ?? 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256')}`);
  const signature = sign('sha256', Buffer.from(parts.join('&')), other.key ?? keys.provider.keyPem).toString('base64');
  return [...parts, `Signature=${encodeURIComponent(signature)}`].join('&');
}

/** Our own messages as the provider gets them: a partner with the parts changed. */
function provider(keys: TestKeys): SamlPartner {
  const settings = settingsOf(keys, {
    entityId: addresses.entityId,
    certificates: [readSamlKeys(keys.own).signing.certPem],
  });
  const theirs = { entityId: issuer, acsUrl: 'https://idp.example.org/acs', sloUrl: 'https://idp.example.org/slo' };
  return createSamlPartner(settings, theirs, {
    clock: { now: () => nowMs },
    random: n => Buffer.alloc(n, 7),
    secret: keys.own,
  });
}

const byForm = (keys: TestKeys, xml: string, field = 'SAMLRequest') => ({
  binding: 'post' as const,
  fields: { [field]: encoded(signElement(xml, { id: '_out1', keys: keys.provider })) },
});

const seed = Date.now() % 2 ** 31;

describe(`SAML: single logout (seed ${seed})`, () => {
  it('reads a request by address, signed as it was sent, and answers with its state', async () => {
    const keys = await testKeys();
    const partner = partnerOf(keys);
    // Lower-case escapes and a plus sign: another writing of the same, signed as written.
    const read = await partner.readLogout({
      binding: 'redirect',
      query: `?${query(keys, asked, { relay: 'a%2fb+c' })}`,
    });
    assert.equal(read.kind, 'request');
    assert.deepEqual([read.subject, read.sessions, read.id], ['alice-7f3a', ['_session1'], '_out1']);
    const answer = await read.answer(true);
    assert.equal(answer.kind, 'redirect');
    assert.equal(new URL(answer.url).searchParams.get('RelayState'), 'a/b c');
    const told = await provider(keys).readLogout({ binding: 'redirect', query: new URL(answer.url).search });
    assert.deepEqual(told, { kind: 'response', inResponseTo: '_out1', isDone: true });
  });

  it('reads a request by form, and says so when it could not be done', async () => {
    const keys = await testKeys();
    const read = await partnerOf(keys, { sloBinding: 'post' }).readLogout(byForm(keys, asked));
    assert.equal(read.kind, 'request');
    const answer = await read.answer(false);
    assert.equal(answer.kind, 'post');
    const told = await provider(keys).readLogout({ binding: 'post', fields: answer.fields });
    assert.deepEqual(told, { kind: 'response', inResponseTo: '_out1', isDone: false });
  });

  it('names nobody where people are named by an attribute: only their sessions can be found then', async () => {
    const keys = await testKeys();
    const attributes = { ...settingsOf(keys).attributes, id: 'employeeNumber' };
    const read = await partnerOf(keys, { attributes }).readLogout(byForm(keys, asked));
    assert.deepEqual(read.kind === 'request' && [read.subject, read.sessions], [null, ['_session1']]);
  });

  it('tells of a sign-out here with the name and session that the provider gave', async () => {
    const keys = await testKeys();
    const keepsake = new Secret(
      JSON.stringify({ ...alice, nameQualifier: 'q', spNameQualifier: 's<', format: 'urn:f' }),
    );
    for (const sloBinding of ['redirect', 'post'] as const) {
      const begun = await partnerOf(keys, { sloBinding }).beginLogout(keepsake, { relayState: 'r' });
      assert.ok(begun);
      const { dispatch } = begun;
      const message =
        dispatch.kind === 'redirect'
          ? { binding: 'redirect' as const, query: new URL(dispatch.url).search }
          : { binding: 'post' as const, fields: dispatch.fields };
      const read = await provider(keys).readLogout(message);
      assert.equal(read.kind === 'request' && read.subject, 'alice-7f3a');
      assert.equal(read.kind === 'request' && read.id, begun.requestId);
    }
    await assert.rejects(
      partnerOf(keys).beginLogout(new Secret('half of a secret'), { relayState: '' }),
      error => isSallyportError(error, 'core.invalid_input') && error.cause === undefined,
    );
    assert.equal(await partnerOf(keys, { sloUrl: null }).beginLogout(keepsake, { relayState: '' }), null);
  });

  it('every change of a signed address is refused or names exactly the signed person', async () => {
    const keys = await testKeys();
    const partner = partnerOf(keys);
    const good = query(keys, asked, { relay: 'state' });
    const pieces = [
      '&',
      '=',
      '%',
      '+',
      '#',
      'SAMLRequest=',
      'SAMLResponse=',
      'RelayState=',
      '&Signature=',
      '%00',
      'A',
      '?',
      ';',
    ];
    await fc.assert(
      fc.asyncProperty(fc.nat(good.length), fc.nat(6), fc.constantFrom(...pieces), async (at, length, piece) => {
        const changed = good.slice(0, at) + piece + good.slice(at + length);
        const read = await partner.readLogout({ binding: 'redirect', query: changed }).catch((error: unknown) => {
          assert.ok(isSallyportError(error, 'identity.provider_refused'));
          return undefined;
        });
        if (read !== undefined) assert.equal(read.kind === 'request' && read.subject, 'alice-7f3a');
      }),
      { numRuns: 1500, seed },
    );
  });

  const ago = { ...heading, nowMs: nowMs - 600_000 };
  const refused: Readonly<Record<string, (keys: TestKeys) => Parameters<SamlPartner['readLogout']>[0]>> = {
    'an unsigned form': () => ({ binding: 'post', fields: { SAMLRequest: encoded(asked) } }),
    'an unsigned address': keys => ({ binding: 'redirect', query: query(keys, asked).split('&SigAlg')[0] ?? '' }),
    'an address signed by somebody else': keys => ({
      binding: 'redirect',
      query: query(keys, asked, { key: keys.attacker.keyPem }),
    }),
    'an address by another algorithm': keys => ({
      binding: 'redirect',
      query: query(keys, asked, { algorithm: 'http://www.w3.org/2000/09/xmldsig#rsa-sha1' }),
    }),
    'a state that was not signed': keys => ({ binding: 'redirect', query: `${query(keys, asked)}&RelayState=x` }),
    'a state that was changed': keys => ({
      binding: 'redirect',
      query: query(keys, asked, { relay: 'x' }).replace('RelayState=x', 'RelayState=y'),
    }),
    'a request given as an answer': keys => ({
      binding: 'redirect',
      query: query(keys, asked).replace('SAMLRequest', 'SAMLResponse'),
    }),
    'an old message': keys => ({ binding: 'redirect', query: query(keys, logoutRequest(ago, alice)) }),
    'a message of the future': keys => ({
      binding: 'redirect',
      query: query(keys, logoutRequest({ ...heading, nowMs: nowMs + 600_000 }, alice)),
    }),
    'a message for another address': keys => ({
      binding: 'redirect',
      query: query(keys, logoutRequest({ ...heading, destination: 'https://other.example.org' }, alice)),
    }),
    'a message of another issuer': keys => ({
      binding: 'redirect',
      query: query(keys, logoutRequest({ ...heading, entityId: 'https://other.example.org' }, alice)),
    }),
    'a request that ended': keys => byForm(keys, asked.replace(instant(nowMs + 300_000), instant(nowMs - 120_000))),
    'a request without Destination': keys => byForm(keys, asked.replace(/ Destination="[^"]*"/, '')),
    'a form with two messages': keys => ({
      binding: 'post',
      fields: { ...byForm(keys, asked).fields, SAMLResponse: 'x' },
    }),
    'an empty form': () => ({ binding: 'post', fields: {} }),
    'an empty address': () => ({ binding: 'redirect', query: '' }),
    'an address that is not percent-encoded': keys => ({
      binding: 'redirect',
      query: query(keys, asked).replace('SAMLRequest=', 'SAMLRequest=%zz'),
    }),
    'another encoding': keys => ({ binding: 'redirect', query: `SAMLEncoding=urn:x&${query(keys, asked)}` }),
    'a response to a sign-in': keys => byForm(keys, asked.replaceAll('LogoutRequest', 'Response')),
    'an answer to nothing': keys =>
      byForm(
        keys,
        logoutResponse(heading, { inResponseTo: '_x', isDone: true }).replace(' InResponseTo="_x"', ''),
        'SAMLResponse',
      ),
    'what is not DEFLATE': () => ({ binding: 'redirect', query: 'SAMLRequest=AAAA' }),
    'an address of a megabyte': () => ({ binding: 'redirect', query: `SAMLRequest=${'A'.repeat(1_000_000)}` }),
  };
  for (const [name, make] of Object.entries(refused))
    it(`refuses ${name}`, async () => {
      const keys = await testKeys();
      await assert.rejects(partnerOf(keys).readLogout(make(keys)), error =>
        isSallyportError(error, 'identity.provider_refused'),
      );
    });
});
