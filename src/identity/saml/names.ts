import type { XmlElement } from './xml.ts';

/** The namespaces of SAML 2.0 and of what it is signed and encrypted with. */
export const namespaces = {
  saml: 'urn:oasis:names:tc:SAML:2.0:assertion',
  samlp: 'urn:oasis:names:tc:SAML:2.0:protocol',
  md: 'urn:oasis:names:tc:SAML:2.0:metadata',
  ds: 'http://www.w3.org/2000/09/xmldsig#',
  ds11: 'http://www.w3.org/2009/xmldsig11#',
  ec: 'http://www.w3.org/2001/10/xml-exc-c14n#',
  xenc: 'http://www.w3.org/2001/04/xmlenc#',
  xenc11: 'http://www.w3.org/2009/xmlenc11#',
} as const;

const shortOf: ReadonlyMap<string, string> = new Map(Object.entries(namespaces).map(([short, ns]) => [ns, short]));

/** A name as the tables of forms write it: `saml:Assertion`; of an unknown namespace `{uri}Local`. */
export function nameOf(element: XmlElement): string {
  const short = shortOf.get(element.ns);
  return short === undefined ? `{${element.ns}}${element.local}` : `${short}:${element.local}`;
}

/** What a bearer of an assertion confirms by (profiles section 3.3). */
export const bearer = 'urn:oasis:names:tc:SAML:2.0:cm:bearer';
export const successStatus = 'urn:oasis:names:tc:SAML:2.0:status:Success';
export const postBinding = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST';
export const redirectBinding = 'urn:oasis:names:tc:SAML:2.0:bindings:HTTP-Redirect';
export const samlProtocol = 'urn:oasis:names:tc:SAML:2.0:protocol';

export const nameIdFormats = {
  persistent: 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
  emailAddress: 'urn:oasis:names:tc:SAML:1.1:nameid-format:emailAddress',
  unspecified: 'urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified',
  transient: 'urn:oasis:names:tc:SAML:2.0:nameid-format:transient',
  entity: 'urn:oasis:names:tc:SAML:2.0:nameid-format:entity',
} as const;

export const exclusiveC14n = 'http://www.w3.org/2001/10/xml-exc-c14n#';
export const envelopedSignature = 'http://www.w3.org/2000/09/xmldsig#enveloped-signature';
export const rsaSha256 = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256';
export const sha256 = 'http://www.w3.org/2001/04/xmlenc#sha256';
