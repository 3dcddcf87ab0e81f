import { bearer, nameIdFormats, namespaces } from './names.ts';
import { quoted, refuseUnless, SamlRefusal } from './refusal.ts';
import { attributeOf, childOf, childrenOf, textOf, type XmlElement } from './xml.ts';

/** No assertion is believed for longer, so that the list of used ones stays short. */
const lifetimeMsMax = 24 * 3_600_000;

/** What a message is judged by. */
export interface Expected {
  readonly issuer: string;
  readonly audience: string;
  /** Destination and Recipient. */
  readonly address: string;
  readonly requestId: string | null;
  readonly nowMs: number;
  readonly skewMs: number;
}

/** A time of SAML (core section 1.3.3): UTC, with at most milliseconds read. */
export function readTime(text: string, what: string): number {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(?:Z|\+00:00)$/.exec(text);
  const ms = match ? Date.parse(`${match[1]}${(match[2] ?? '').slice(0, 4)}Z`) : Number.NaN;
  refuseUnless(Number.isFinite(ms), `${what}: want a UTC time as 2026-01-31T12:00:00Z`, text);
  return ms;
}

function timeOf(element: XmlElement, name: string): number | undefined {
  const text = attributeOf(element, name);
  return text === undefined ? undefined : readTime(text, `${element.local} ${name}`);
}

/** Version and IssueInstant, which every message and assertion carries. */
export function checkIssued(element: XmlElement, expected: Expected): number {
  const version = attributeOf(element, 'Version') ?? '';
  refuseUnless(version === '2.0', `${element.local}: want version 2.0`, version);
  const issued = timeOf(element, 'IssueInstant') ?? Number.POSITIVE_INFINITY;
  refuseUnless(
    issued <= expected.nowMs + expected.skewMs,
    `${element.local}: want an IssueInstant that is not in the future`,
    attributeOf(element, 'IssueInstant'),
  );
  return issued;
}

/** The Issuer must be there and be the provider. */
export function checkIssuer(element: XmlElement, expected: Expected): void {
  const issuer = childOf(element, namespaces.saml, 'Issuer');
  if (issuer === undefined) throw new SamlRefusal(`${element.local} Issuer: want ${quoted(expected.issuer)}, got none`);
  const format = attributeOf(issuer, 'Format') ?? nameIdFormats.entity;
  refuseUnless(format === nameIdFormats.entity, `${element.local} Issuer: want the format "entity"`, format);
  refuseUnless(
    textOf(issuer) === expected.issuer,
    `${element.local} Issuer: want ${quoted(expected.issuer)}`,
    textOf(issuer),
  );
}

/** Profiles section 4.1.4.3 over a signed assertion; returns when it ends. Throws `SamlRefusal` naming what was wanted. */
export function checkAssertion(assertion: XmlElement, expected: Expected): { expiresAt: number } {
  checkIssued(assertion, expected);
  checkIssuer(assertion, expected);
  const ends = [checkConditions(assertion, expected), checkConfirmation(assertion, expected)];
  const expiresAt = Math.min(...ends) + expected.skewMs;
  refuseUnless(expiresAt <= expected.nowMs + lifetimeMsMax, 'Assertion: want one that ends within 24 hours');
  return { expiresAt };
}

function checkConditions(assertion: XmlElement, expected: Expected): number {
  const conditions = childOf(assertion, namespaces.saml, 'Conditions');
  if (conditions === undefined) throw new SamlRefusal('Assertion: want Conditions');
  const end = checkWindow(conditions, expected);
  const restrictions = childrenOf(conditions, namespaces.saml, 'AudienceRestriction');
  refuseUnless(restrictions.length > 0, 'Conditions: want an AudienceRestriction');
  for (const restriction of restrictions) {
    const audiences = childrenOf(restriction, namespaces.saml, 'Audience').map(textOf);
    refuseUnless(
      audiences.includes(expected.audience),
      `Audience: want ${quoted(expected.audience)}`,
      audiences.join(' '),
    );
  }
  return end;
}

/** NotOnOrAfter must be there and to come; NotBefore, where it is, must have come. */
function checkWindow(element: XmlElement, expected: Expected): number {
  const end = timeOf(element, 'NotOnOrAfter');
  if (end === undefined) throw new SamlRefusal(`${element.local}: want NotOnOrAfter`);
  const start = timeOf(element, 'NotBefore') ?? Number.NEGATIVE_INFINITY;
  const now = new Date(expected.nowMs).toISOString();
  refuseUnless(
    expected.nowMs < end + expected.skewMs,
    `${element.local} NotOnOrAfter: want later than ${now}`,
    attributeOf(element, 'NotOnOrAfter'),
  );
  refuseUnless(
    start <= expected.nowMs + expected.skewMs,
    `${element.local} NotBefore: want no later than ${now}`,
    attributeOf(element, 'NotBefore'),
  );
  refuseUnless(start < end, `${element.local}: want NotBefore before NotOnOrAfter`);
  return end;
}

/** At least one bearer confirmation must hold whole: address, time and the request it answers (profiles section 4.1.4.2). */
function checkConfirmation(assertion: XmlElement, expected: Expected): number {
  const subject = childOf(assertion, namespaces.saml, 'Subject');
  const all = subject === undefined ? [] : childrenOf(subject, namespaces.saml, 'SubjectConfirmation');
  const bearers = all.filter(confirmation => attributeOf(confirmation, 'Method') === bearer);
  let refusal = new SamlRefusal('SubjectConfirmation: want the method "bearer"');
  for (const confirmation of bearers) {
    try {
      return checkBearer(confirmation, expected);
    } catch (error) {
      if (!(error instanceof SamlRefusal)) throw error;
      refusal = error;
    }
  }
  throw refusal;
}

function checkBearer(confirmation: XmlElement, expected: Expected): number {
  const data = childOf(confirmation, namespaces.saml, 'SubjectConfirmationData');
  if (data === undefined) throw new SamlRefusal('SubjectConfirmation: want SubjectConfirmationData');
  const recipient = attributeOf(data, 'Recipient') ?? null;
  refuseUnless(recipient === expected.address, `Recipient: want ${quoted(expected.address)}`, recipient);
  checkInResponseTo(data, expected);
  return checkWindow(data, expected);
}

/** What is answered must be what was asked; what was not asked must answer nothing. */
export function checkInResponseTo(element: XmlElement, expected: Expected): void {
  const answered = attributeOf(element, 'InResponseTo') ?? null;
  refuseUnless(
    answered === expected.requestId,
    `${element.local} InResponseTo: want ${quoted(expected.requestId)}`,
    answered,
  );
}

/** The one AuthnStatement: when and how, and until when the provider lets the session last. */
export function readAuthn(
  assertion: XmlElement,
  expected: Expected,
): { authenticatedAt: number; session: string | null; context: string | null; endsAt: number | null } {
  const statements = childrenOf(assertion, namespaces.saml, 'AuthnStatement');
  const [statement] = statements;
  if (statement === undefined || statements.length > 1)
    throw new SamlRefusal(`Assertion: want one AuthnStatement, got ${statements.length}`);
  const authenticatedAt = readTime(attributeOf(statement, 'AuthnInstant') ?? '', 'AuthnStatement AuthnInstant');
  refuseUnless(
    authenticatedAt <= expected.nowMs + expected.skewMs,
    'AuthnInstant: want no time in the future',
    attributeOf(statement, 'AuthnInstant'),
  );
  const endsAt = timeOf(statement, 'SessionNotOnOrAfter') ?? null;
  refuseUnless(
    endsAt === null || expected.nowMs < endsAt + expected.skewMs,
    'SessionNotOnOrAfter: want a time to come',
    attributeOf(statement, 'SessionNotOnOrAfter'),
  );
  const session = attributeOf(statement, 'SessionIndex') ?? null;
  refuseUnless(session === null || (session !== '' && session.length <= 512), 'SessionIndex: want 1 to 512 characters');
  const context = childOf(statement, namespaces.saml, 'AuthnContext');
  const reference = context && childOf(context, namespaces.saml, 'AuthnContextClassRef');
  return { authenticatedAt, session, context: reference ? textOf(reference) : null, endsAt };
}
