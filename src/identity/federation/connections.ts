import { SallyportError } from '../../core/errors.ts';
import type { Secret } from '../../core/secret.ts';
import type { Ground } from '../ground.ts';
import type { KeyStep } from '../provider-settings.ts';
import type {
  CreateDirectory,
  CreateRelyingParty,
  CreateSamlPartner,
  Directory,
  OwnKey,
  Provider,
  ReadSamlMetadata,
  RelyingParty,
  SamlPartner,
} from './federation.ts';
import type { ProviderRow } from './providers.ts';
import { secretContext, toProvider } from './providers.ts';

interface KeyDeps {
  readonly clock: { now(): number };
  readonly random: (bytes: number) => Buffer;
}

/** The protocols, each of which knows nothing of accounts. */
export interface Protocols {
  readonly createDirectory: CreateDirectory;
  readonly createRelyingParty: CreateRelyingParty;
  readonly createSamlPartner: CreateSamlPartner;
  readonly createSamlKeys: (deps: KeyDeps) => Promise<Secret>;
  /** See `saml/key-roll.ts`. */
  readonly stepSamlKeys: (secret: Secret, step: KeyStep, deps: KeyDeps) => Promise<Secret>;
  readonly showSamlKeys: (secret: Secret) => OwnKey[];
  readonly readSamlMetadata: ReadSamlMetadata;
}

export type Connection =
  | { readonly kind: 'ldap'; readonly provider: ProviderOf<'ldap'>; readonly directory: Directory }
  | { readonly kind: 'oidc'; readonly provider: ProviderOf<'oidc'>; readonly party: RelyingParty }
  | { readonly kind: 'saml'; readonly provider: ProviderOf<'saml'>; readonly partner: SamlPartner };

type ProviderOf<K extends Provider['kind']> = Extract<Provider, { readonly kind: K }>;

/** Speaks a provider's protocol with the settings of its row. */
export interface Connections {
  of(row: ProviderRow): Connection;
}

/** Where a provider reaches us. */
export function addressesOf(ground: Ground, slug: string) {
  const origin = ground.portalOrigin();
  const base = `${origin}/.sallyport/sso/${slug}`;
  return {
    callback: `${base}/callback`,
    backChannelLogout: `${base}/logout`,
    entityId: `${base}/metadata`,
    acs: `${base}/acs`,
    slo: `${base}/slo`,
    start: `${base}/start`,
    signedOut: `${origin}/.sallyport/signed-out`,
  };
}

/** Keeps one connection for each provider while its settings stay: what it discovered and the sockets it holds are worth keeping. */
export function createConnections(ground: Ground, protocols: Protocols): Connections {
  const held = new Map<string, { readonly revision: number; readonly connection: Connection }>();
  return {
    of(row) {
      const known = held.get(row.id);
      if (known?.revision === row.revision) return known.connection;
      const connection = connect(ground, protocols, row);
      held.set(row.id, { revision: row.revision, connection });
      return connection;
    },
  };
}

function connect(ground: Ground, protocols: Protocols, row: ProviderRow): Connection {
  const provider = toProvider(row);
  const { clock, random, vault } = ground;
  const secret = row.sealed === null ? undefined : vault.open(row.sealed, secretContext(row.id));
  const deps = { clock, random, secret };
  switch (provider.kind) {
    case 'ldap':
      return { kind: 'ldap', provider, directory: protocols.createDirectory(provider.settings, deps) };
    case 'oidc':
      return { kind: 'oidc', provider, party: protocols.createRelyingParty(provider.settings, deps) };
    case 'saml': {
      const { acs, entityId, slo } = addressesOf(ground, provider.slug);
      const addresses = { entityId, acsUrl: acs, sloUrl: slo };
      return { kind: 'saml', provider, partner: protocols.createSamlPartner(provider.settings, addresses, deps) };
    }
    default:
      return provider satisfies never;
  }
}

/** What somebody did to a provider who may not: it is switched off, or speaks another protocol. */
export function notOffered(provider: Pick<Provider, 'name'>): SallyportError {
  return new SallyportError(
    'identity.provider_not_found',
    `Cannot sign in through "${provider.name}": it is switched off, or nobody signs in that way there`,
  );
}
