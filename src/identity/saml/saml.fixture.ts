import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { responseXml, type SignerKeys, type Words } from '../../../tests/fakes/saml-signer.ts';
import type { Secret } from '../../core/secret.ts';
import type { SamlAddresses, SamlPartner } from '../federation/federation.ts';
import { type SamlSettings, samlSettings } from '../provider-settings.ts';
import { createSamlKeys, readSamlKeys } from './key-pair.ts';
import { createSamlPartner } from './partner.ts';

/** The time at which every test of this folder happens. */
export const nowMs = Date.parse('2026-06-01T12:00:00Z');
const deps = { clock: { now: () => nowMs }, random: randomBytes };

export const addresses: SamlAddresses = {
  entityId: 'https://gate.example.org/.sallyport/sso/corp/metadata',
  acsUrl: 'https://gate.example.org/.sallyport/sso/corp/acs',
  sloUrl: 'https://gate.example.org/.sallyport/sso/corp/slo',
};
export const issuer = 'https://idp.example.org/metadata';
export const requestId = '_request1';

/** Keys of everybody in these tests; made once, as they take a while. */
export interface TestKeys {
  readonly own: Secret;
  readonly ownDecryptionCert: string;
  readonly provider: SignerKeys;
  readonly nextProvider: SignerKeys;
  readonly attacker: SignerKeys;
}

let made: Promise<TestKeys> | undefined;

export function testKeys(): Promise<TestKeys> {
  made ??= makeKeys();
  return made;
}

async function makeKeys(): Promise<TestKeys> {
  const [own, others] = await Promise.all([
    createSamlKeys(deps),
    Promise.all([createSamlKeys(deps), createSamlKeys(deps)]),
  ]);
  const [first, second] = others.map(readSamlKeys);
  assert(first && second);
  return {
    own,
    ownDecryptionCert: readSamlKeys(own).decryption.certPem,
    provider: first.signing,
    nextProvider: first.decryption,
    attacker: second.signing,
  };
}

export function settingsOf(keys: TestKeys, other: Partial<SamlSettings> = {}): SamlSettings {
  const given = {
    entityId: issuer,
    ssoUrl: 'https://idp.example.org/sso',
    sloUrl: 'https://idp.example.org/slo',
    certificates: [keys.provider.certPem],
  };
  return { ...samlSettings.parse(given), ...other };
}

export function partnerOf(keys: TestKeys, other: Partial<SamlSettings> = {}, atMs = nowMs): SamlPartner {
  const clock = { now: () => atMs };
  return createSamlPartner(settingsOf(keys, other), addresses, { ...deps, clock, secret: keys.own });
}

/** What an honest response says. */
export const honest: Words = {
  issuer,
  audience: addresses.entityId,
  acsUrl: addresses.acsUrl,
  requestId,
  nowMs,
  nameId: 'alice-7f3a',
  attributes: { mail: ['alice@example.org'], displayName: ['Alice'], groups: ['builders', 'operators'] },
};

/** An honest response, not signed yet. */
export const honestXml = (other: Partial<Words> = {}): string => responseXml({ ...honest, ...other });

export const encoded = (xml: string): string => Buffer.from(xml).toString('base64');

/** What came of it: the person in one line, or why not. */
export async function verdict(
  partner: SamlPartner,
  xml: string,
  request: string | null = requestId,
): Promise<{ person: string | null; why: string }> {
  const result = await partner.finish({ response: encoded(xml), requestId: request });
  if (result.kind === 'refused') return { person: null, why: `${result.refusal.reason}: ${result.refusal.detail}` };
  return { person: personOf(result.identity), why: '' };
}

export const honestPerson = 'alice-7f3a|alice@example.org|Alice|builders,operators|_session1|false';

function personOf(identity: {
  subject: string;
  email: string | null;
  name: string | null;
  groups: readonly string[];
  upstreamSession: string | null;
  isMfa: boolean;
}): string {
  return [
    identity.subject,
    identity.email,
    identity.name,
    identity.groups.join(','),
    identity.upstreamSession,
    identity.isMfa,
  ].join('|');
}
