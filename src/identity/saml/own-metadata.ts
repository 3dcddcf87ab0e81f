import { X509Certificate } from 'node:crypto';
import type { SamlAddresses } from '../federation/federation.ts';
import type { SamlSettings } from '../provider-settings.ts';
import { keySetsOf, type SamlKeys } from './key-pair.ts';
import { instant, type Markup, tag, words } from './messages.ts';
import { nameIdFormats, namespaces, postBinding, redirectBinding, samlProtocol } from './names.ts';

const validMs = 7 * 86_400_000;

/** Our metadata for one identity provider (metadata section 2.4.4): our certificates, where sign-ins and sign-outs are taken, and how. */
export function writeMetadata(input: {
  settings: SamlSettings;
  addresses: SamlAddresses;
  keys: SamlKeys | undefined;
  nowMs: number;
}): string {
  const { settings, addresses, keys } = input;
  const slo = [redirectBinding, postBinding].map(binding =>
    tag('md:SingleLogoutService', { Binding: binding, Location: addresses.sloUrl }),
  );
  const acs = tag('md:AssertionConsumerService', {
    Binding: postBinding,
    Location: addresses.acsUrl,
    index: '0',
    isDefault: 'true',
  });
  const keyElements = keys === undefined ? [] : [...signingKeys(keys), ...encryptionKeys(keys)];
  const role = tag(
    'md:SPSSODescriptor',
    {
      protocolSupportEnumeration: samlProtocol,
      AuthnRequestsSigned: String(settings.signsRequests && keys !== undefined),
      WantAssertionsSigned: 'true',
    },
    ...keyElements,
    ...slo,
    tag('md:NameIDFormat', {}, words(nameIdFormats[settings.nameIdFormat])),
    acs,
  );
  const root = tag(
    'md:EntityDescriptor',
    {
      'xmlns:md': namespaces.md,
      'xmlns:ds': namespaces.ds,
      entityID: addresses.entityId,
      validUntil: instant(input.nowMs + validMs),
      cacheDuration: 'PT1H',
    },
    role,
  );
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root.xml}\n`;
}

/** All that we sign with, did or will, the one in use first: what was signed before a change is still under way after it. */
function signingKeys(keys: SamlKeys): Markup[] {
  return keySetsOf(keys).map(({ set }) => tag('md:KeyDescriptor', { use: 'signing' }, keyInfo(set.signing.certPem)));
}

/**
 * What may be encrypted to from now on. Most providers take the first: the next one, so that who reads this once, before the change, needs
 * not read it again before the old one goes.
 */
function encryptionKeys(keys: SamlKeys): Markup[] {
  return [keys.next, keys].flatMap(set => (set === undefined ? [] : [encryptionKey(set.decryption.certPem)]));
}

/** With what may be used towards us, best first; CBC is not offered. */
function encryptionKey(certPem: string): Markup {
  const methods = [
    `${namespaces.xenc11}aes256-gcm`,
    `${namespaces.xenc11}aes128-gcm`,
    `${namespaces.xenc}rsa-oaep-mgf1p`,
  ].map(algorithm => tag('md:EncryptionMethod', { Algorithm: algorithm }));
  return tag('md:KeyDescriptor', { use: 'encryption' }, keyInfo(certPem), ...methods);
}

function keyInfo(certPem: string): Markup {
  const der = new X509Certificate(certPem).raw.toString('base64');
  return tag('ds:KeyInfo', {}, tag('ds:X509Data', {}, tag('ds:X509Certificate', {}, words(der))));
}
