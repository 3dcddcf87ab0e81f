import type { SamlSettings } from '../provider-settings.ts';
import { escapeAttribute, escapeText } from './canonical.ts';
import { nameIdFormats, namespaces, postBinding, successStatus } from './names.ts';

/** One element of our own messages; every value is escaped, undefined attributes are left out. */
export function tag(
  name: string,
  attributes: Readonly<Record<string, string | undefined>>,
  ...children: readonly Markup[]
): Markup {
  const written = Object.entries(attributes).map(([key, value]) =>
    value === undefined ? '' : ` ${key}="${escapeAttribute(value)}"`,
  );
  return { xml: `<${name}${written.join('')}>${children.map(child => child.xml).join('')}</${name}>` };
}

/** Text of an element, escaped. */
export const words = (text: string): Markup => ({ xml: escapeText(text) });

/** Markup that is safe to stand in a message. */
export interface Markup {
  readonly xml: string;
}

/** What every message of ours begins with. */
export interface Heading {
  readonly id: string;
  readonly nowMs: number;
  readonly destination: string;
  readonly entityId: string;
}

const declared = { 'xmlns:samlp': namespaces.samlp, 'xmlns:saml': namespaces.saml };

function message(
  name: string,
  heading: Heading,
  attributes: Readonly<Record<string, string | undefined>>,
  ...children: readonly Markup[]
): string {
  const common = {
    ...declared,
    ID: heading.id,
    Version: '2.0',
    IssueInstant: instant(heading.nowMs),
    Destination: heading.destination,
  };
  const issuer = tag('saml:Issuer', {}, words(heading.entityId));
  return tag(name, { ...common, ...attributes }, issuer, ...children).xml;
}

/** A time as SAML core section 1.3.3 wants it. */
export const instant = (ms: number): string => new Date(ms).toISOString().replace(/\.\d+Z$/, 'Z');

/** Core section 3.4.1: asks for a sign-in that is posted to our address for this provider. */
export function authnRequest(
  heading: Heading,
  input: { acsUrl: string; isForced: boolean; nameIdFormat: SamlSettings['nameIdFormat'] },
): string {
  // Asking for "unspecified" confuses some providers (AD FS); not to ask means the same.
  const policy =
    input.nameIdFormat === 'unspecified'
      ? []
      : [tag('samlp:NameIDPolicy', { Format: nameIdFormats[input.nameIdFormat], AllowCreate: 'true' })];
  return message(
    'samlp:AuthnRequest',
    heading,
    {
      ForceAuthn: input.isForced ? 'true' : undefined,
      ProtocolBinding: postBinding,
      AssertionConsumerServiceURL: input.acsUrl,
    },
    ...policy,
  );
}

/** Whom a provider knows a session of ours by. */
export interface NamedSession {
  readonly nameId: string;
  readonly format: string | null;
  readonly nameQualifier: string | null;
  readonly spNameQualifier: string | null;
  readonly session: string | null;
}

/** Core section 3.7.1: tells that a person signed out here; good for five minutes. */
export function logoutRequest(heading: Heading, named: NamedSession): string {
  const nameId = tag(
    'saml:NameID',
    {
      NameQualifier: named.nameQualifier ?? undefined,
      SPNameQualifier: named.spNameQualifier ?? undefined,
      Format: named.format ?? undefined,
    },
    words(named.nameId),
  );
  const session = named.session === null ? [] : [tag('samlp:SessionIndex', {}, words(named.session))];
  return message(
    'samlp:LogoutRequest',
    heading,
    { NotOnOrAfter: instant(heading.nowMs + 300_000) },
    nameId,
    ...session,
  );
}

/** Core section 3.7.2: answers a provider's request to sign out. */
export function logoutResponse(heading: Heading, input: { inResponseTo: string; isDone: boolean }): string {
  const outer = input.isDone ? successStatus : 'urn:oasis:names:tc:SAML:2.0:status:Responder';
  const code = tag('samlp:StatusCode', { Value: outer });
  return message('samlp:LogoutResponse', heading, { InResponseTo: input.inResponseTo }, tag('samlp:Status', {}, code));
}
