/**
 * Machines: service accounts, their client secrets and keys, and the access tokens they get at the OAuth token endpoint. A service account has
 * roles like a person and an owner who answers for it; it never does what its owner may not, and it cannot sign in. Everything here ends at
 * the next request once the account, its owner, the secret or a token it came from has ended.
 */
import type { PrincipalRef } from '../../core/events.ts';
import type { Permission } from '../../core/permissions.ts';
import type { Secret } from '../../core/secret.ts';

/** What tokens of a machine are good for at most. */
export interface MachineScope {
  /** Site ids. */
  readonly sites: readonly string[];
  /** These paths and what is below them. */
  readonly paths: readonly string[];
  readonly permissions: readonly Permission[];
}

export interface ServiceAccount {
  /** Its client id at the token endpoint, and a user id everywhere else. */
  readonly id: string;
  readonly name: string;
  readonly ownerId: string;
  /** The owner as they are now; `gone` where nobody answers for the account any more. */
  readonly owner:
    | { readonly name: string; readonly email: string; readonly state: 'active' | 'disabled' }
    | { readonly state: 'gone' };
  readonly scope: MachineScope;
  readonly disabled: boolean;
  readonly createdAt: number;
  /** When one of its secrets or keys last got it a token. */
  readonly lastUsedAt: number | null;
}

/** How a service account proves itself: a secret of ours, or a public key of its own. */
export interface ClientCredential {
  readonly id: string;
  readonly userId: string;
  readonly kind: 'secret' | 'key';
  readonly name: string;
  /** Of a secret the part that is none; of a key its thumbprint (RFC 7638). */
  readonly prefix: string;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly lastUsedAt: number | null;
  readonly revokedAt: number | null;
}

/** An access token that lives; of the token itself only the hash is kept. */
export interface AccessToken {
  readonly id: string;
  /** In whose name. */
  readonly userId: string;
  /** The service account that asked for it. */
  readonly clientId: string;
  /** Service accounts that act for the person, the one at work first (RFC 8693 section 4.1). */
  readonly actors: readonly string[];
  readonly scope: MachineScope;
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly lastUsedAt: number | null;
}

/** A request at the token or revocation endpoint, as it came. */
export interface TokenRequest {
  /** The form; a name that stands twice is there twice. */
  readonly form: URLSearchParams;
  /** The Authorization header. */
  readonly authorization: string | undefined;
  readonly clientIp: string;
  readonly requestId: string;
  /** What the authorization server calls itself; its endpoints are below `/.sallyport/oauth/`. */
  readonly issuer: string;
  /** The id of the site a `resource` or `audience` names; undefined for none. */
  readonly findSite: (named: string) => Promise<string | undefined>;
}

/** An answer as RFC 6749 section 5 wants it. Never cached. */
export interface TokenAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/** Changes are recorded before they are committed, and in force when the call returns. Whether `by` may is decided by the caller. */
export interface Machines {
  list(query?: { ownerId?: string; search?: string }): Promise<ServiceAccount[]>;
  /** Throws `identity.service_account_not_found`. */
  get(id: string): Promise<ServiceAccount>;
  create(by: PrincipalRef, input: { name: string; ownerId: string; scope: MachineScope }): Promise<ServiceAccount>;
  /** Another owner ends all its secrets, keys and tokens: who held them held them for the former. A smaller scope ends its tokens. */
  update(
    by: PrincipalRef,
    id: string,
    change: { name?: string; ownerId?: string; scope?: MachineScope },
  ): Promise<ServiceAccount>;
  setDisabled(by: PrincipalRef, id: string, disabled: boolean): Promise<ServiceAccount>;
  delete(by: PrincipalRef, id: string): Promise<void>;

  /** Secrets and keys; without the ended ones. */
  listCredentials(id: string): Promise<ClientCredential[]>;
  /** Shown this once. At most five live ones and a year; the one it `replaces` goes on for `overlapMs`, at most 30 days. */
  createSecret(
    by: PrincipalRef,
    input: { userId: string; name: string; expiresAt: number; replaces?: string; overlapMs?: number },
  ): Promise<{ credential: ClientCredential; secret: Secret }>;
  /** A public key (JWK) for `private_key_jwt`: RSA of 2048 bits and more, EC P-256 or P-384, Ed25519. */
  addKey(
    by: PrincipalRef,
    input: { userId: string; name: string; expiresAt: number; jwk: Readonly<Record<string, unknown>> },
  ): Promise<ClientCredential>;
  /** The tokens it got end with it. */
  revokeCredential(by: PrincipalRef, userId: string, credentialId: string): Promise<void>;

  /**
   * A short-lived token (at most an hour) with which one service account may act for this person, once exchanged; nothing else takes it.
   * Shown this once.
   */
  createSubjectToken(
    by: PrincipalRef,
    input: { userId: string; agentId: string; scope: MachineScope; expiresAt: number },
  ): Promise<{ token: Secret; expiresAt: number }>;
  /** Live ones, in the name of a person or asked for by a service account. */
  listTokens(query: { userId?: string; clientId?: string }): Promise<AccessToken[]>;
  /** Throws `identity.token_not_found`. */
  getToken(id: string): Promise<AccessToken>;
  revokeToken(by: PrincipalRef, id: string): Promise<void>;

  /** RFC 6749 section 4.4 and RFC 8693. Throws only what the house cannot help, as `audit.unavailable`. */
  answerTokenRequest(request: TokenRequest): Promise<TokenAnswer>;
  /** RFC 7009: also for tokens that nobody knows the answer is 200. */
  answerRevocation(request: Omit<TokenRequest, 'findSite'>): Promise<TokenAnswer>;
}
