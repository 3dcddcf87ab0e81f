import { z } from 'zod';

const httpsUrl = z
  .string()
  .max(2000)
  .refine(
    text => URL.canParse(text) && ['https:', 'http:'].includes(new URL(text).protocol),
    'want an http(s) address',
  );
const pem = z.string().max(262_144).startsWith('-----BEGIN CERTIFICATE-----', 'want certificates in PEM');
const attribute = z.string().min(1).max(200);
const groupsMax = z.int().min(1).max(2000).default(500);

/** A directory by LDAP: OpenLDAP and its kind, or Active Directory. The bind password is kept apart. */
export const ldapSettings = z.strictObject({
  urls: z
    .array(
      z
        .string()
        .max(300)
        .regex(/^ldaps?:\/\/[^/\s]+$/, 'want "ldaps://host:636" or "ldap://host:389"'),
    )
    .min(1)
    .max(5)
    .describe('Servers of one directory, tried in this order'),
  startTls: z
    .boolean()
    .default(true)
    .describe('Encrypt ldap:// connections before anything is sent; only loopback may do without'),
  caPem: pem
    .nullable()
    .default(null)
    .describe('The authorities that may vouch for the servers; null: those the system trusts'),
  product: z
    .enum(['ldap', 'active_directory'])
    .default('ldap')
    .describe('What the server is: decides how ids, groups and refusals read'),
  bind: z
    .discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('service'),
        dn: z.string().min(1).max(1000).describe('Who searches: a DN, or in Active Directory user@domain'),
      }),
      z.strictObject({
        kind: z.literal('direct'),
        template: z
          .string()
          .max(1000)
          .refine(
            text => text.includes('{login}'),
            'want {login} where the login goes, as "uid={login},ou=people,dc=example,dc=org"',
          )
          .describe('The name to bind with; {login} is escaped'),
      }),
    ])
    .describe('Search with an account of ours and then bind as the person, or bind as the person at once'),
  baseDn: z.string().min(1).max(1000).describe('Where people are'),
  userFilter: z
    .string()
    .max(1000)
    .refine(text => text.includes('{login}'), 'want {login} where the login goes')
    .default('(|(uid={login})(mail={login}))')
    .describe('Finds one person by what they typed; {login} is escaped'),
  attributes: z
    .strictObject({
      id: attribute.default('entryUUID').describe('Never changes: entryUUID, objectGUID'),
      email: attribute.default('mail'),
      name: attribute.default('cn'),
    })
    .prefault({}),
  groups: z
    .strictObject({
      source: z
        .enum(['none', 'member_of', 'search'])
        .default('search')
        .describe(
          'Where groups come from: none, the memberOf attribute, or a search for entries that have the person as member',
        ),
      baseDn: z.string().max(1000).nullable().default(null).describe('Where groups are; null: the base of people'),
      filter: z
        .string()
        .max(1000)
        .default(
          '(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=posixGroup)(objectClass=group))',
        ),
      memberAttribute: attribute.default('member'),
      nameAttribute: attribute.default('cn').describe('What a group is called here'),
      isNested: z.boolean().default(true).describe('Count groups of groups'),
      max: groupsMax,
    })
    .prefault({}),
  refreshSeconds: z.int().min(5).max(3600).default(30).describe('How often people with sessions are looked up again'),
  timeoutMs: z.int().min(500).max(30_000).default(5000),
});

/** A SAML 2.0 identity provider. The own signing and decryption key is made and kept by the gate. */
export const samlSettings = z.strictObject({
  entityId: z.string().min(1).max(1024).describe('What the identity provider calls itself (Issuer)'),
  ssoUrl: httpsUrl.describe('Where people are sent to sign in'),
  ssoBinding: z.enum(['redirect', 'post']).default('redirect'),
  sloUrl: httpsUrl.nullable().default(null).describe('Where sign-outs are told; null: not told'),
  sloBinding: z.enum(['redirect', 'post']).default('redirect'),
  certificates: z.array(pem).min(1).max(5).describe('Its signing certificates; two while it changes over'),
  signsRequests: z.boolean().default(true),
  wantsEncrypted: z.boolean().default(false).describe('Take only encrypted assertions'),
  allowsUnsolicited: z.boolean().default(false).describe('Take sign-ins that begin at the identity provider'),
  nameIdFormat: z.enum(['persistent', 'emailAddress', 'unspecified']).default('persistent'),
  attributes: z
    .strictObject({
      /** Null: NameID. */
      id: attribute.nullable().default(null).describe('What never changes of a person; null: the NameID'),
      email: attribute.default('mail'),
      name: attribute.default('displayName'),
      groups: attribute.nullable().default('groups'),
    })
    .prefault({}),
  mfaContexts: z
    .array(z.string().max(300))
    .max(20)
    .default([])
    .describe('AuthnContext classes that count as a second factor'),
  clockSkewSeconds: z.int().min(0).max(300).default(60),
  groupsMax,
});

/** An OpenID Connect provider. The client secret or key is kept apart. */
export const oidcSettings = z.strictObject({
  issuer: httpsUrl.describe('As in its discovery document'),
  clientId: z.string().min(1).max(500),
  clientAuth: z
    .enum(['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'])
    .default('client_secret_basic'),
  scopes: z
    .array(z.string().regex(/^[!#-[\]-~]{1,100}$/))
    .max(30)
    .default(['openid', 'profile', 'email']),
  claims: z
    .strictObject({
      email: attribute.default('email'),
      name: attribute.default('name'),
      groups: attribute.nullable().default('groups').describe('A claim, or a way into one as "realm_access.roles"'),
    })
    .prefault({}),
  useUserinfo: z.boolean().default(true).describe('Ask userinfo for what the ID token lacks'),
  trustsEmail: z.boolean().default(false).describe('Take addresses as verified without email_verified'),
  mfaValues: z
    .array(z.string().max(200))
    .max(20)
    .default(['mfa', 'otp', 'hwk', 'swk', 'fido'])
    .describe('Values of amr or acr that count as a second factor'),
  allowsPrivateAddresses: z.boolean().default(false).describe('The provider may be on a private or loopback address'),
  caPem: pem.nullable().default(null),
  refreshSeconds: z
    .int()
    .min(30)
    .max(3600)
    .default(60)
    .describe('How often people with sessions are looked up again, where it gives refresh tokens'),
  timeoutMs: z.int().min(500).max(30_000).default(8000),
  groupsMax,
});

const common = {
  name: z.string().trim().min(1).max(60).describe('What people read on the sign-in page'),
  enabled: z.boolean().default(true),
  domains: z
    .array(
      z
        .string()
        .max(253)
        .regex(/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/, 'want a domain in lower case, as "example.org"'),
    )
    .max(100)
    .default([])
    .describe(
      'It speaks for e-mail addresses of these: only such are linked to accounts that exist, and only for such are accounts made',
    ),
  createsAccounts: z
    .boolean()
    .default(true)
    .describe('Make an account for who signs in the first time; else only who was invited or provisioned'),
  trustsMfa: z
    .boolean()
    .default(false)
    .describe('Its second factor counts here; else people with compulsory MFA prove one here too'),
  sessionHoursMax: z.int().min(1).max(168).nullable().default(null).describe('Sessions begun there end after so long'),
};

/** The defaults of Active Directory, where they differ. */
export const activeDirectoryDefaults = {
  userFilter:
    '(&(objectCategory=person)(objectClass=user)(|(sAMAccountName={login})(userPrincipalName={login})(mail={login})))',
  attributes: { id: 'objectGUID', email: 'mail', name: 'displayName' },
} as const;

/** An identity provider, as people set it up. The API contract shares this file, so it imports nothing of the server. */
export const providerInput = z.discriminatedUnion('kind', [
  z.strictObject({ ...common, kind: z.literal('ldap'), settings: ldapSettings }),
  z.strictObject({ ...common, kind: z.literal('saml'), settings: samlSettings }),
  z.strictObject({ ...common, kind: z.literal('oidc'), settings: oidcSettings }),
]);

/**
 * The steps by which our keys towards a SAML provider are changed: new ones beside those in use, sign with the new ones, forget the old
 * ones; `drop-next` takes new ones back that are not in use yet.
 */
export const keySteps = ['add', 'use', 'drop', 'drop-next'] as const;
/** See `keySteps`. */
export type KeyStep = (typeof keySteps)[number];

export type LdapSettings = z.output<typeof ldapSettings>;
export type SamlSettings = z.output<typeof samlSettings>;
export type OidcSettings = z.output<typeof oidcSettings>;
/** See `providerInput`. */
export type ProviderInput = z.output<typeof providerInput>;
