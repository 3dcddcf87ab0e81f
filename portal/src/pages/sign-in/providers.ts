import type { OperationInput, OperationOutput } from '../../../../src/admin/contract/contract.ts';
import { activeDirectoryDefaults } from '../../../../src/identity/provider-settings.ts';

export type Provider = OperationOutput<'providers.get'>;
/** What a form holds and the API takes: what is left out gets its default. */
export type ProviderDraft = OperationInput<'providers.create'>['body']['provider'];
export type LdapDraft = Extract<ProviderDraft, { kind: 'ldap' }>;
export type SamlDraft = Extract<ProviderDraft, { kind: 'saml' }>;
export type OidcDraft = Extract<ProviderDraft, { kind: 'oidc' }>;
export type ProviderKind = ProviderDraft['kind'];

export const kinds: readonly { readonly kind: ProviderKind; readonly title: string; readonly about: string }[] = [
  { kind: 'oidc', title: 'OpenID Connect', about: 'Keycloak, Entra ID, Okta, Google, Authentik and their kind' },
  { kind: 'saml', title: 'SAML 2.0', about: 'Corporate identity providers, AD FS, SimpleSAMLphp, Shibboleth' },
  { kind: 'ldap', title: 'Directory (LDAP)', about: 'OpenLDAP, Active Directory, Samba, FreeIPA' },
];

export const kindTitle = (kind: ProviderKind): string => kinds.find(one => one.kind === kind)?.title ?? kind;

const common = { enabled: true, domains: [], createsAccounts: true, trustsMfa: false, sessionHoursMax: null };

const openLdapDefaults = {
  userFilter: '(|(uid={login})(mail={login}))',
  attributes: { id: 'entryUUID', email: 'mail', name: 'cn' },
};

/** An empty form of a kind, with what most people want. */
export function newDraft(kind: ProviderKind): ProviderDraft {
  switch (kind) {
    case 'oidc':
      return {
        ...common,
        kind,
        name: '',
        settings: {
          issuer: '',
          clientId: '',
          clientAuth: 'client_secret_basic',
          scopes: ['openid', 'profile', 'email'],
        },
      };
    case 'saml':
      return { ...common, kind, name: '', settings: { entityId: '', ssoUrl: '', certificates: [] } };
    case 'ldap':
      return {
        ...common,
        kind,
        name: '',
        settings: {
          urls: [],
          startTls: true,
          product: 'ldap',
          bind: { kind: 'service', dn: '' },
          baseDn: '',
          ...openLdapDefaults,
        },
      };
    default:
      return kind satisfies never;
  }
}

/** Directory settings for the other product: names and filters that nobody changed follow it. */
export function withProduct(
  settings: LdapDraft['settings'],
  product: 'ldap' | 'active_directory',
): LdapDraft['settings'] {
  const defaults = product === 'active_directory' ? activeDirectoryDefaults : openLdapDefaults;
  return { ...settings, product, userFilter: defaults.userFilter, attributes: { ...defaults.attributes } };
}

/** What the secret of a kind is called. */
export function secretLabel(draft: ProviderDraft): string | undefined {
  if (draft.kind === 'ldap')
    return draft.settings.bind.kind === 'service' ? 'Password of that account (bind password)' : undefined;
  if (draft.kind === 'saml') return undefined;
  if (draft.settings.clientAuth === 'none') return undefined;
  return draft.settings.clientAuth === 'private_key_jwt' ? 'Private key (PEM)' : 'Client secret';
}
