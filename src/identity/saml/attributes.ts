import type { SamlSettings } from '../provider-settings.ts';
import { namespaces } from './names.ts';
import { refuseUnless, SamlRefusal } from './refusal.ts';
import { attributeOf, childElements, childOf, childrenOf, textOf, type XmlElement } from './xml.ts';

const claims2005 = 'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/';
const claims2008 = 'http://schemas.microsoft.com/ws/2008/06/identity/claims/';

/**
 * Names for the same thing: what people write in the settings, and what OpenLDAP-like providers (URN of an OID), AD FS, Entra ID, Okta,
 * Keycloak and Google send for it. A setting that is in none of these rows means exactly what it says.
 */
const sameMeaning: readonly (readonly string[])[] = [
  [
    'mail',
    'email',
    'emailAddress',
    'Email',
    'urn:oid:0.9.2342.19200300.100.1.3',
    'urn:oid:1.2.840.113549.1.9.1',
    `${claims2005}emailaddress`,
  ],
  [
    'displayName',
    'urn:oid:2.16.840.1.113730.3.1.241',
    'http://schemas.microsoft.com/identity/claims/displayname',
    `${claims2005}name`,
    'cn',
    'urn:oid:2.5.4.3',
    'name',
  ],
  [
    'groups',
    'Group',
    'memberOf',
    'isMemberOf',
    'urn:oid:1.3.6.1.4.1.5923.1.5.1.1',
    `${claims2008}groups`,
    'http://schemas.xmlsoap.org/claims/Group',
  ],
];

/** Where Entra ID puts the ways in which a person signed in. */
const methodsClaim = 'http://schemas.microsoft.com/claims/authnmethodsreferences';
/** What Entra ID sends in place of more than 150 groups. */
const groupsLink = 'http://schemas.microsoft.com/claims/groups.link';
const valueMax = 1024;

export interface Attributes {
  readonly id: string | null;
  readonly email: string | null;
  readonly name: string | null;
  readonly groups: readonly string[];
  /** Ways of signing in that are told as an attribute. */
  readonly methods: readonly string[];
}

interface Given {
  readonly name: string;
  readonly friendly: string | undefined;
  readonly values: readonly string[];
}

/** Reads what the settings ask for out of a signed assertion. Throws `SamlRefusal` when the id is missing or manifold or groups are too many. */
export function readAttributes(assertion: XmlElement, settings: SamlSettings): Attributes {
  const given = childrenOf(assertion, namespaces.saml, 'AttributeStatement').flatMap(statement =>
    childrenOf(statement, namespaces.saml, 'Attribute').map(readAttribute),
  );
  const { attributes } = settings;
  const id = attributes.id === null ? null : onlyValue(attributes.id, exactly(given, attributes.id));
  const groups = attributes.groups === null ? [] : [...new Set(meant(given, attributes.groups))];
  const isOverflown =
    attributes.groups !== null && groups.length === 0 && given.some(({ name }) => name === groupsLink);
  refuseUnless(
    !isOverflown,
    'Groups: want them in the assertion, got a link (too many: send only groups assigned to the application)',
  );
  refuseUnless(
    groups.length <= settings.groupsMax,
    `Groups: want at most ${settings.groupsMax}, got ${groups.length}; have the provider send only those that matter here`,
  );
  return {
    id,
    email: meant(given, attributes.email)[0] ?? null,
    name: meant(given, attributes.name)[0] ?? null,
    groups,
    methods: exactly(given, methodsClaim),
  };
}

function readAttribute(attribute: XmlElement): Given {
  const values = childrenOf(attribute, namespaces.saml, 'AttributeValue').map(value => {
    const [inner] = childElements(value);
    return textOf(inner ?? value);
  });
  for (const value of values) {
    refuseUnless(value.length <= valueMax, `Attributes: want values of at most ${valueMax} characters`);
    refuseUnless(!hasControl(value), 'Attributes: want values without control characters', value);
  }
  return {
    name: attributeOf(attribute, 'Name') ?? '',
    friendly: attributeOf(attribute, 'FriendlyName'),
    values: values.filter(value => value !== ''),
  };
}

/** Whether the text holds what has no place in a name. */
export function hasControl(text: string): boolean {
  return /[\p{Cc}\p{Cs}\u2028\u2029]/u.test(text);
}

function exactly(given: readonly Given[], name: string): string[] {
  return given.filter(attribute => attribute.name === name).flatMap(({ values }) => values);
}

/** By its name, else by its friendly name, else by another name for the same thing: the first way that finds something. */
function meant(given: readonly Given[], name: string): readonly string[] {
  const row = sameMeaning.find(names => names.includes(name)) ?? [];
  const byFriendly = given.filter(({ friendly }) => friendly === name).flatMap(({ values }) => values);
  const ways = [exactly(given, name), byFriendly, ...row.map(other => exactly(given, other))];
  return ways.find(values => values.length > 0) ?? [];
}

function onlyValue(name: string, values: readonly string[]): string {
  const [value, ...others] = new Set(values);
  if (value === undefined) throw new SamlRefusal(`Attributes: want "${name}", which names the person, got none`);
  if (others.length > 0)
    throw new SamlRefusal(`Attributes: want one value of "${name}", which names the person, got several`, {
      reason: 'ambiguous',
    });
  return value;
}

/** The NameID of an assertion or of a request to sign out. */
export function nameIdOf(parent: XmlElement): { value: string; format: string | null; element: XmlElement } {
  const element = childOf(parent, namespaces.saml, 'NameID');
  if (element === undefined) throw new SamlRefusal(`${parent.local}: want a NameID`);
  const value = textOf(element);
  refuseUnless(
    value !== '' && value.length <= 512 && !hasControl(value),
    'NameID: want 1 to 512 printable characters',
    value,
  );
  return { value, format: attributeOf(element, 'Format') ?? null, element };
}
