/**
 * Single sign-on as the rest of the house sees it: identity providers and how a person comes in through them. State of a sign-in under way
 * is in the store, single use and bound to the browser by a cookie, so that any node can finish what another began.
 */
import type { PrincipalRef } from '../../core/events.ts';
import type { Secret } from '../../core/secret.ts';
import type { SignInContext, SignInStep } from '../identity.ts';
import type { KeyStep, ProviderInput } from '../provider-settings.ts';
import type {
  Dispatch,
  ExternalIdentity,
  OwnKey,
  ProbeStep,
  Provider,
  ProviderKind,
  SamlMessage,
} from './federation.ts';

/** A provider as the sign-in page offers it. */
export interface OfferedProvider {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly kind: ProviderKind;
}

/** Which of a person's accounts elsewhere are theirs here. */
export interface ExternalLink {
  readonly providerId: string;
  readonly providerName: string;
  readonly subject: string;
  readonly email: string | null;
  readonly createdAt: number;
  readonly lastSeenAt: number;
}

/** What a sign-in through a provider came to. `returnTo` is what was given at its beginning. */
export type Arrival =
  | { readonly kind: 'step'; readonly step: SignInStep; readonly returnTo: string | null }
  /** A test of the settings: nothing was signed in, linked or made. */
  | { readonly kind: 'tested'; readonly report: SignInReport };

/** What a test sign-in shows: what came, what would become of it, and what is wrong. */
export interface SignInReport {
  readonly steps: readonly ProbeStep[];
  readonly identity: Omit<ExternalIdentity, 'keepsake'> | null;
  /** The person it would be, a new account, or why nobody. */
  readonly account: {
    readonly kind: 'known' | 'linked' | 'new' | 'refused';
    readonly email: string | null;
    readonly reason: string | null;
  };
  /** Groups by name, with the id of those known here. */
  readonly groups: readonly { readonly name: string; readonly groupId: string | null }[];
}

export interface SignOn {
  // Providers
  list(): Promise<Provider[]>;
  get(id: string): Promise<Provider>;
  create(by: PrincipalRef, input: ProviderInput, secret?: Secret): Promise<Provider>;
  /** `secret` left out keeps the held one. The kind cannot change. */
  update(by: PrincipalRef, id: string, input: ProviderInput, secret?: Secret): Promise<Provider>;
  /** Links and groups go with it, and sessions begun there end. */
  delete(by: PrincipalRef, id: string): Promise<void>;
  /** SAML: our keys towards it, those in use first; none of other kinds. */
  ownKeysOf(id: string): Promise<OwnKey[]>;
  /** SAML: one step of changing them, with effect at once. Refused (`store.conflict`) while its time has not come, and to one of two at once. */
  stepOwnKeys(by: PrincipalRef, id: string, step: KeyStep): Promise<OwnKey[]>;
  offered(): Promise<OfferedProvider[]>;
  /** SAML: our metadata (XML). */
  metadata(slug: string): Promise<string>;
  /** Settings out of the metadata document of a SAML provider, to be looked at before they are kept. */
  readMetadata(xml: string): Promise<Extract<ProviderInput, { kind: 'saml' }>['settings']>;
  /** Steps of reaching the provider; for LDAP with a login also of finding that person. Never throws. */
  probe(id: string, input: { login?: string; password?: Secret }, signal: AbortSignal): Promise<SignInReport>;
  /** The addresses to give to the provider's administrator. */
  addresses(provider: Provider): Readonly<Record<string, string>>;

  // Signing in
  /** OIDC and SAML. `cookie` binds the answer to this browser (10 minutes). `purpose` 'test' signs nobody in. */
  begin(
    slug: string,
    input: {
      returnTo: string | null;
      purpose: 'sign_in' | 'test' | 'reauthenticate';
      /** For a fresh proof: whose. */
      sessionId?: string;
      /** The cookie of another sign-in under way in this browser, so that two of its windows do not undo each other. */
      cookie?: Secret;
    },
    ctx: SignInContext,
    signal: AbortSignal,
  ): Promise<{ dispatch: Dispatch; cookie: Secret }>;
  /** `cookie` undefined: only an unsolicited SAML response where the provider may. */
  finish(
    slug: string,
    answer:
      | { readonly kind: 'oidc'; readonly url: URL; readonly cookie: Secret | undefined }
      | {
          readonly kind: 'saml';
          readonly response: string;
          readonly relayState: string;
          readonly cookie: Secret | undefined;
        },
    ctx: SignInContext,
    signal: AbortSignal,
  ): Promise<Arrival>;
  /** OIDC back-channel logout: sessions named by the token end. Once more with the same token is refused. */
  backChannelLogout(slug: string, token: string, signal: AbortSignal): Promise<number>;
  /** SAML single logout, either direction; what to send the browser on with, null: nothing more. */
  singleLogout(slug: string, message: SamlMessage, signal: AbortSignal): Promise<Dispatch | null>;
  /** Where a person who signs out here goes to sign out there too; null: nowhere. Asked before the session ends. */
  beginLogout(sessionId: string, returnTo: string, signal: AbortSignal): Promise<Dispatch | null>;

  // What is kept of people
  linksOf(userId: string): Promise<ExternalLink[]>;
  /** Says which account there is this person's. Refused (`store.conflict`) while it is somebody else's. */
  link(by: PrincipalRef, input: { userId: string; providerId: string; subject: string }): Promise<void>;
  unlink(by: PrincipalRef, input: { userId: string; providerId: string }): Promise<void>;
  /** Looks everybody with a live session up again where a provider can say (LDAP; OIDC with refresh tokens): who is gone or disabled there
   * is signed out here, groups become what they are there. Called every few seconds; does what is due. */
  refresh(signal: AbortSignal): Promise<{ checked: number; ended: number }>;
}
