/**
 * Federation: people who prove themselves elsewhere. A protocol (LDAP, SAML, OIDC) turns what a provider says into an `ExternalIdentity`
 * or a refusal and knows nothing of accounts; the core links it to a person by (provider, subject), keeps the groups, and goes on as after
 * any first factor. No protocol file touches a table.
 */
import type { Secret } from '../../core/secret.ts';
import type { LdapSettings, OidcSettings, ProviderInput, SamlSettings } from '../provider-settings.ts';

export type ProviderKind = ProviderInput['kind'];

/** An identity provider as kept. Its secrets are sealed beside it and never read back. */
export type Provider = ProviderInput & {
  readonly id: string;
  /** In its addresses: `/.sallyport/sso/<slug>/…`. Made from the first name, never changes. */
  readonly slug: string;
  /** Whether the bind password, client secret or key is there. */
  readonly hasSecret: boolean;
  readonly createdAt: number;
};

/** What a provider says of one person, checked: whoever holds one may believe it came from there, now. */
export interface ExternalIdentity {
  /** Unique and unchanging at this provider: entryUUID or objectGUID (as text), NameID, `sub`. */
  readonly subject: string;
  readonly email: string | null;
  /** Whether the provider vouches that the address is this person's. */
  readonly isEmailVerified: boolean;
  readonly name: string | null;
  /** Names as the provider gives them, without duplicates, within its `groups.max`. */
  readonly groups: readonly string[];
  /** Whether the provider says that a second factor was asked for. */
  readonly isMfa: boolean;
  /** When the person last proved who they are there; null when it does not say. Milliseconds. */
  readonly authenticatedAt: number | null;
  /** What its sign-out messages name the session by: SAML SessionIndex, OIDC `sid`. */
  readonly upstreamSession: string | null;
  /** When a session begun with this must end at the latest, by the provider's word: SAML SessionNotOnOrAfter. Milliseconds. */
  readonly endsAt?: number;
  /** Kept sealed with the link for logout and renewal: OIDC ID and refresh token as JSON, SAML NameID with its qualifiers. */
  readonly keepsake: Secret | null;
}

/** Why a provider did not vouch; for the log and the record, never for the visitor. */
export interface ExternalRefusal {
  readonly reason:
    | 'unknown'
    | 'wrong'
    | 'ambiguous'
    | 'disabled'
    | 'expired'
    | 'locked'
    | 'password_expired'
    | 'must_change'
    | 'time_restricted'
    | 'empty_password'
    | 'denied'
    | 'invalid';
  /** One line for an operator: what was wanted and what came. No secret, at most 500 characters. */
  readonly detail: string;
}

export type ExternalOutcome =
  | { readonly kind: 'identity'; readonly identity: ExternalIdentity }
  | { readonly kind: 'refused'; readonly refusal: ExternalRefusal };

/** One key of ours towards a SAML provider: what its certificate tells, nothing private. */
export interface OwnKey {
  readonly role: 'current' | 'next' | 'previous';
  readonly use: 'signing' | 'encryption';
  /** SHA-256 of the certificate, as OpenSSL prints it. */
  readonly fingerprint: string;
  /** The end of its certificate, which providers may hold it to. Milliseconds. */
  readonly validUntil: number;
}

/** One step of a test, as "test sign-in" shows it. */
export interface ProbeStep {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
}

/** What every protocol is made with. All outbound connections are made by the protocol itself and take a signal. */
export interface ProtocolDeps {
  readonly clock: { now(): number };
  readonly random: (bytes: number) => Buffer;
  /** The provider's own secret (bind password, client secret, private key PEM); undefined when none is kept. */
  readonly secret: Secret | undefined;
}

/** `ldap/directory.ts`: `createDirectory(settings, deps)`. Throws `identity.provider_unreachable` when no server answers in time. */
export interface Directory {
  /** An empty password is refused before anything is sent (RFC 4513 section 5.1.2). */
  authenticate(input: { login: string; password: Secret }, signal: AbortSignal): Promise<ExternalOutcome>;
  /** The person as the directory has them now, by subject; a refusal when gone, disabled, locked or expired. Needs the service bind. */
  lookUp(subjects: readonly string[], signal: AbortSignal): Promise<ReadonlyMap<string, ExternalOutcome>>;
  /** Connects, encrypts, binds, searches; with a login also finds that person and their groups. Never throws. */
  probe(input: { login?: string; password?: Secret }, signal: AbortSignal): Promise<readonly ProbeStep[]>;
}
export type CreateDirectory = (settings: LdapSettings, deps: ProtocolDeps) => Directory;

/** Where a browser is sent. `post` is an auto-submitting form of these fields. */
export type Dispatch =
  | { readonly kind: 'redirect'; readonly url: string }
  | { readonly kind: 'post'; readonly url: string; readonly fields: Readonly<Record<string, string>> };

/** `oidc/relying-party.ts`: `createRelyingParty(settings, deps)`. Discovery is cached for an hour, keys as jose does. */
export interface RelyingParty {
  /** `state` is the core's; `kept` (PKCE verifier, nonce, expected issuer) is stored sealed by the core until the answer comes. */
  begin(
    input: { state: string; redirectUri: string; isForced: boolean; loginHint?: string },
    signal: AbortSignal,
  ): Promise<{ dispatch: Dispatch; kept: Secret }>;
  /** `url` is the whole callback address with its query. Checks state, iss (RFC 9207), code, ID token, nonce, at_hash, userinfo sub. */
  finish(input: { url: URL; state: string; kept: Secret }, signal: AbortSignal): Promise<ExternalOutcome>;
  /** Renews by the refresh token in the keepsake; a refusal when the provider no longer gives one. Null: it never gave a refresh token. */
  refresh(keepsake: Secret, signal: AbortSignal): Promise<ExternalOutcome | null>;
  /** RP-initiated logout; null when the provider has no such address. */
  logoutUrl(keepsake: Secret, input: { state: string; returnTo: string }, signal: AbortSignal): Promise<string | null>;
  /** A back-channel logout token (OIDC Back-Channel Logout 1.0 section 2.6), checked whole. Throws `identity.provider_refused`. */
  readLogoutToken(
    token: string,
    signal: AbortSignal,
  ): Promise<{ subject: string | null; session: string | null; id: string; expiresAt: number }>;
  probe(input: { redirectUri: string }, signal: AbortSignal): Promise<readonly ProbeStep[]>;
}
/** `resolve` gives the addresses of a name; left out, the system's own resolver does. Every address is checked before one is dialled. */
export type CreateRelyingParty = (
  settings: OidcSettings,
  deps: ProtocolDeps & { readonly resolve?: (hostname: string) => Promise<readonly string[]> },
) => RelyingParty;

/** What a SAML partner is addressed by. */
export interface SamlAddresses {
  /** Our entity id, which is the address of our metadata. */
  readonly entityId: string;
  readonly acsUrl: string;
  readonly sloUrl: string;
}

/** `saml/partner.ts`: `createSamlPartner(settings, addresses, deps)`. The secret is JSON of our keys (see `saml/key-pair.ts`). */
export interface SamlPartner {
  /** `requestId` is what `InResponseTo` must be; the core keeps it, once. */
  begin(input: { relayState: string; isForced: boolean }): Promise<{ dispatch: Dispatch; requestId: string }>;
  /**
   * Checks a posted `SAMLResponse` whole: form, signature, Issuer, Destination, Recipient, Audience, Status, conditions, algorithms.
   * `requestId` null: unsolicited. `assertionId` must be new within `expiresAt`: the core sees to that.
   */
  finish(input: {
    response: string;
    requestId: string | null;
  }): Promise<
    | { kind: 'identity'; identity: ExternalIdentity; assertionId: string; expiresAt: number }
    | { kind: 'refused'; refusal: ExternalRefusal }
  >;
  /** What a response claims to answer, without believing anything; null for unsolicited or unreadable. */
  inResponseTo(response: string): string | null;
  metadata(): string;
  beginLogout(
    keepsake: Secret,
    input: { relayState: string },
  ): Promise<{ dispatch: Dispatch; requestId: string } | null>;
  /** A LogoutRequest of the provider (redirect: whole query, signature checked on it as sent; post: the form). */
  readLogout(message: SamlMessage): Promise<
    | {
        kind: 'request';
        /** Null where the settings name people by an attribute: the NameID of a sign-out is another name then, only sessions can be found. */
        subject: string | null;
        sessions: readonly string[];
        id: string;
        answer(isDone: boolean): Promise<Dispatch>;
      }
    | { kind: 'response'; inResponseTo: string; isDone: boolean }
  >;
  probe(signal: AbortSignal): Promise<readonly ProbeStep[]>;
}
export type SamlMessage =
  | { readonly binding: 'redirect'; readonly query: string }
  | { readonly binding: 'post'; readonly fields: Readonly<Record<string, string>> };
export type CreateSamlPartner = (settings: SamlSettings, addresses: SamlAddresses, deps: ProtocolDeps) => SamlPartner;
/** `saml/metadata.ts`: settings out of an identity provider's metadata. Throws `core.invalid_input` naming what is missing. */
export type ReadSamlMetadata = (
  xml: string,
) => Partial<SamlSettings> & Pick<SamlSettings, 'entityId' | 'ssoUrl' | 'certificates'>;
