/** Children of these names, in this place, so many. */
export interface Part {
  readonly names: readonly string[];
  readonly min: number;
  readonly max: number;
}

/** `text`: no element in it. `opaque`: never read. `parts`: elements only. `either`: these elements, or text. */
export type Form = {
  /** Attributes that must be there and not empty. */
  readonly needs?: readonly string[];
} & (
  | { readonly kind: 'text' }
  | { readonly kind: 'opaque' }
  | { readonly kind: 'parts' | 'either'; readonly parts: readonly Part[] }
);

const many = 500;
const one = (...names: string[]): Part => ({ names, min: 1, max: 1 });
const maybe = (...names: string[]): Part => ({ names, min: 0, max: 1 });
const any = (...names: string[]): Part => ({ names, min: 0, max: many });
const some = (...names: string[]): Part => ({ names, min: 1, max: many });
const few = (...names: string[]): Part => ({ names, min: 1, max: 10 });
const parts = (list: readonly Part[], ...needs: string[]): Form => ({ kind: 'parts', parts: list, needs });
const empty = (...needs: string[]): Form => parts([], ...needs);
const text = (...needs: string[]): Form => ({ kind: 'text', needs });
const opaque: Form = { kind: 'opaque' };
const message = ['ID', 'Version', 'IssueInstant'];

/**
 * SAML core sections 2 and 3, XML Signature and XML Encryption, cut down to what a web sign-in and sign-out needs: no Extensions, Advice,
 * Object, EncryptedID, EncryptedAttribute, authorization decisions or own kinds of conditions. `parent>child` stands before `child`.
 */
export const forms: ReadonlyMap<string, Form> = new Map<string, Form>([
  [
    'samlp:Response',
    parts(
      [
        maybe('saml:Issuer'),
        maybe('ds:Signature'),
        one('samlp:Status'),
        // None only where the status says why: `finish` sees to it.
        maybe('saml:Assertion', 'saml:EncryptedAssertion'),
      ],
      ...message,
    ),
  ],
  ['samlp:Status', parts([one('samlp:StatusCode'), maybe('samlp:StatusMessage'), maybe('samlp:StatusDetail')])],
  ['samlp:StatusCode', parts([maybe('samlp:StatusCode')], 'Value')],
  ['samlp:StatusMessage', text()],
  ['samlp:StatusDetail', opaque],

  [
    'saml:Assertion',
    parts(
      [
        one('saml:Issuer'),
        maybe('ds:Signature'),
        one('saml:Subject'),
        one('saml:Conditions'),
        { names: ['saml:AuthnStatement', 'saml:AttributeStatement'], min: 1, max: 20 },
      ],
      ...message,
    ),
  ],
  ['saml:Issuer', text()],
  ['saml:Subject', parts([one('saml:NameID'), few('saml:SubjectConfirmation')])],
  ['saml:NameID', text()],
  ['saml:SubjectConfirmation', parts([maybe('saml:NameID'), maybe('saml:SubjectConfirmationData')], 'Method')],
  ['saml:SubjectConfirmationData', empty()],
  [
    'saml:Conditions',
    parts([{ names: ['saml:AudienceRestriction', 'saml:OneTimeUse', 'saml:ProxyRestriction'], min: 1, max: 10 }]),
  ],
  ['saml:AudienceRestriction', parts([some('saml:Audience')])],
  ['saml:Audience', text()],
  ['saml:OneTimeUse', empty()],
  ['saml:ProxyRestriction', parts([any('saml:Audience')])],
  ['saml:AuthnStatement', parts([maybe('saml:SubjectLocality'), one('saml:AuthnContext')], 'AuthnInstant')],
  ['saml:SubjectLocality', empty()],
  [
    'saml:AuthnContext',
    parts([maybe('saml:AuthnContextClassRef'), maybe('saml:AuthnContextDeclRef'), any('saml:AuthenticatingAuthority')]),
  ],
  ['saml:AuthnContextClassRef', text()],
  ['saml:AuthnContextDeclRef', text()],
  ['saml:AuthenticatingAuthority', text()],
  ['saml:AttributeStatement', parts([any('saml:Attribute')])],
  ['saml:Attribute', parts([{ names: ['saml:AttributeValue'], min: 0, max: 4000 }], 'Name')],
  ['saml:AttributeValue', { kind: 'either', parts: [maybe('saml:NameID')] }],

  ['ds:Signature', parts([one('ds:SignedInfo'), one('ds:SignatureValue'), maybe('ds:KeyInfo')])],
  ['ds:SignedInfo', parts([one('ds:CanonicalizationMethod'), one('ds:SignatureMethod'), one('ds:Reference')])],
  ['ds:CanonicalizationMethod', empty('Algorithm')],
  ['ds:SignatureMethod', empty('Algorithm')],
  ['ds:Reference', parts([one('ds:Transforms'), one('ds:DigestMethod'), one('ds:DigestValue')], 'URI')],
  ['ds:Transforms', parts([{ names: ['ds:Transform'], min: 2, max: 2 }])],
  ['ds:Transform', parts([maybe('ec:InclusiveNamespaces')], 'Algorithm')],
  ['ec:InclusiveNamespaces', empty('PrefixList')],
  ['ds:DigestMethod', empty('Algorithm')],
  ['ds:DigestValue', text()],
  ['ds:SignatureValue', text()],
  ['ds:KeyInfo', opaque],

  ['saml:EncryptedAssertion', parts([one('xenc:EncryptedData'), maybe('xenc:EncryptedKey')])],
  ['xenc:EncryptedData', parts([one('xenc:EncryptionMethod'), one('ds:KeyInfo'), one('xenc:CipherData')])],
  ['xenc:EncryptedData>ds:KeyInfo', parts([one('xenc:EncryptedKey', 'ds:RetrievalMethod')])],
  ['ds:RetrievalMethod', empty()],
  [
    'xenc:EncryptedKey',
    parts([
      one('xenc:EncryptionMethod'),
      maybe('ds:KeyInfo'),
      one('xenc:CipherData'),
      maybe('xenc:ReferenceList'),
      maybe('xenc:CarriedKeyName'),
    ]),
  ],
  ['xenc:EncryptionMethod', parts([maybe('ds:DigestMethod'), maybe('xenc11:MGF')], 'Algorithm')],
  ['xenc11:MGF', empty('Algorithm')],
  ['xenc:CipherData', parts([one('xenc:CipherValue')])],
  ['xenc:CipherValue', text()],
  ['xenc:ReferenceList', opaque],
  ['xenc:CarriedKeyName', text()],

  [
    'samlp:LogoutRequest',
    parts([one('saml:Issuer'), maybe('ds:Signature'), one('saml:NameID'), any('samlp:SessionIndex')], ...message),
  ],
  ['samlp:SessionIndex', text()],
  [
    'samlp:LogoutResponse',
    parts([one('saml:Issuer'), maybe('ds:Signature'), one('samlp:Status')], ...message, 'InResponseTo'),
  ],
]);
