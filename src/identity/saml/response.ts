import { Secret } from '../../core/secret.ts';
import type { ExternalIdentity } from '../federation/federation.ts';
import type { SamlSettings } from '../provider-settings.ts';
import { hasControl, nameIdOf, readAttributes } from './attributes.ts';
import { checkAssertion, checkInResponseTo, checkIssued, checkIssuer, type Expected, readAuthn } from './conditions.ts';
import { decryptAssertion } from './decryption.ts';
import { checkForm } from './form.ts';
import { nameIdFormats, namespaces, successStatus } from './names.ts';
import { quoted, refuseUnless, SamlRefusal } from './refusal.ts';
import { readSigned, signatureOf, type TrustedKey } from './signature.ts';
import { attributeOf, childElements, childOf, messageLimits, readXml, textOf, type XmlElement } from './xml.ts';

/** What a response is read with. */
export interface ResponseReader {
  readonly settings: SamlSettings;
  readonly keys: readonly TrustedKey[];
  /** Our private keys for assertions, in the order in which they are tried; empty when none is kept. */
  readonly decryptionKeyPems: readonly string[];
}

export interface ReadResponse {
  readonly identity: ExternalIdentity;
  readonly assertionId: string;
  readonly expiresAt: number;
}

/**
 * Reads a Response whole or throws `SamlRefusal`. What the identity is made of stands in the assertion alone, and the assertion is read
 * anew from bytes that the provider signed: itself, or the Response around it. Every signature that is there must verify.
 */
export function readResponse(xml: string, reader: ResponseReader, expected: Expected): ReadResponse {
  const outer = readXml(xml, messageLimits);
  checkForm(outer, ['samlp:Response']);
  const isSigned = signatureOf(outer) !== undefined;
  const response = isSigned ? readSigned(outer, reader.keys) : outer;
  checkEnvelope(response, { isSigned, expected });
  const assertion = findAssertion(response, { isSigned, reader });
  const { expiresAt } = checkAssertion(assertion, expected);
  return { identity: readIdentity(assertion, reader.settings, expected), assertionId: idOf(assertion), expiresAt };
}

/** A refusal by the provider needs no assertion and no signature to be believed: it lets nobody in. */
function checkStatus(response: XmlElement): void {
  const { codes, message } = statusOf(response);
  if (codes[0] === successStatus) return;
  const words = message === null ? '' : `, saying ${quoted(message)}`;
  throw new SamlRefusal(`Status: want Success, got ${codes.map(quoted).join(' ')}${words}`, { reason: 'denied' });
}

/** The status codes of an answer, from the outer to the inner, and its message. */
export function statusOf(message: XmlElement): { codes: string[]; message: string | null } {
  const status = childOf(message, namespaces.samlp, 'Status');
  const codes: string[] = [];
  for (
    let code = status && childOf(status, namespaces.samlp, 'StatusCode');
    code;
    code = childOf(code, namespaces.samlp, 'StatusCode')
  )
    codes.push(attributeOf(code, 'Value') ?? '');
  const words = status && childOf(status, namespaces.samlp, 'StatusMessage');
  return { codes, message: words ? textOf(words) : null };
}

/** What the Response says of itself. Unsigned it proves nothing, but must fit all the same. */
function checkEnvelope(response: XmlElement, { isSigned, expected }: { isSigned: boolean; expected: Expected }): void {
  checkStatus(response);
  checkIssued(response, expected);
  if (isSigned || childOf(response, namespaces.saml, 'Issuer')) checkIssuer(response, expected);
  const destination = attributeOf(response, 'Destination') ?? null;
  // Bindings section 3.5.5.2: a signed message must say where it was sent.
  if (isSigned || destination !== null)
    refuseUnless(destination === expected.address, `Destination: want ${quoted(expected.address)}`, destination);
  checkInResponseTo(response, expected);
}

function findAssertion(
  response: XmlElement,
  { isSigned, reader }: { isSigned: boolean; reader: ResponseReader },
): XmlElement {
  const [found, ...others] = childElements(response).filter(
    child => child.ns === namespaces.saml && child.local.endsWith('Assertion'),
  );
  if (found === undefined || others.length > 0) throw new SamlRefusal('Response: want exactly one assertion');
  const isPlain = found.local === 'Assertion';
  refuseUnless(!isPlain || !reader.settings.wantsEncrypted, 'Assertion: want it encrypted');
  const assertion = isPlain ? found : openAssertion(found, isSigned, reader);
  if (signatureOf(assertion) !== undefined) return readSigned(assertion, reader.keys);
  refuseUnless(isSigned, 'Response: want its assertion or itself signed, got neither');
  return assertion;
}

function openAssertion(encrypted: XmlElement, isSigned: boolean, reader: ResponseReader): XmlElement {
  const keyPems = reader.decryptionKeyPems;
  if (keyPems.length === 0) throw new SamlRefusal('EncryptedAssertion: want a key of ours to open it, got none kept');
  const clear = readXml(decryptAssertion(encrypted, { keyPems, isSigned }), messageLimits);
  checkForm(clear, ['saml:Assertion']);
  return clear;
}

function idOf(assertion: XmlElement): string {
  return attributeOf(assertion, 'ID') ?? '';
}

/** The person, from the signed assertion alone. */
function readIdentity(assertion: XmlElement, settings: SamlSettings, expected: Expected): ExternalIdentity {
  const subject = childOf(assertion, namespaces.saml, 'Subject');
  if (subject === undefined) throw new SamlRefusal('Assertion: want a Subject');
  const nameId = nameIdOf(subject);
  const given = readAttributes(assertion, settings);
  const authn = readAuthn(assertion, expected);
  refuseUnless(
    given.id !== null || nameId.format !== nameIdFormats.transient,
    'NameID: want one that stays, or an attribute for the id in the settings',
    nameId.format,
  );
  const email = given.email ?? (nameId.format === nameIdFormats.emailAddress ? nameId.value : null);
  const ways = [...(authn.context === null ? [] : [authn.context]), ...given.methods];
  return {
    subject: given.id ?? nameId.value,
    email: email !== null && email.includes('@') && !hasControl(email) ? email : null,
    // Its domains in the settings say for whose addresses it may speak; for those it does.
    isEmailVerified: email !== null,
    name: given.name,
    groups: given.groups,
    isMfa: ways.some(way => settings.mfaContexts.includes(way)),
    authenticatedAt: authn.authenticatedAt,
    upstreamSession: authn.session,
    ...(authn.endsAt === null ? {} : { endsAt: authn.endsAt }),
    keepsake: new Secret(
      JSON.stringify({
        nameId: nameId.value,
        format: nameId.format,
        nameQualifier: attributeOf(nameId.element, 'NameQualifier') ?? null,
        spNameQualifier: attributeOf(nameId.element, 'SPNameQualifier') ?? null,
        session: authn.session,
      }),
    ),
  };
}
