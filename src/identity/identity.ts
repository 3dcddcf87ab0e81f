/**
 * Identity answers "who is it?": local people, their passwords, second factors, sessions and one-time links. Unknown person and wrong
 * password are the same answer in the same time. Tokens are 256 random bits, hashed at rest; whoever reads the store cannot use one.
 */
import type { AuthMethod, PrincipalRef } from '../core/events.ts';
import type { Permission } from '../core/permissions.ts';
import type { Secret } from '../core/secret.ts';
import type { SignOn } from './federation/sign-on.ts';
import type { Group, Groups } from './groups/groups.ts';
import type { Machines } from './machines/machines.ts';
import type { Notice } from './notices/notices.ts';
import type { Factors } from './passkeys/factors.ts';
import type { Passkeys } from './passkeys/passkeys.ts';
import type { PendingLook } from './pending-look.ts';
import type { Demand, KeptMfaPolicy, MfaPolicy } from './policy/mfa-policy.ts';
import type { Scim } from './scim/scim.ts';

/** Global roles as identity stores them; their meaning is the access room's. */
export type UserRole = 'member' | 'administrator' | 'owner';

export interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly role: UserRole;
  readonly disabled: boolean;
  readonly hasPassword: boolean;
  /** What proves more than a password. */
  readonly factors: { readonly totp: boolean; readonly passkeys: number };
  readonly createdAt: number;
  readonly lastSignInAt: number | null;
  /** Set for a service account: the person who answers for it, and more than whom it may never do. */
  readonly ownerId?: string;
}

export interface Session {
  readonly id: string;
  readonly userId: string;
  /** Hex SHA-256 of the whole token text (`sp_s_` and 43 characters of base64url): what the data plane looks a cookie up by. */
  readonly tokenHash: string;
  /** The host the cookie was set on; a session of one host is worth nothing on another. */
  readonly host: string;
  readonly methods: readonly AuthMethod[];
  readonly createdAt: number;
  /** When the person last proved who they are (password + factor), for step-up. */
  readonly authenticatedAt: number;
  readonly lastSeenAt: number;
  readonly idleTimeoutMs: number;
  readonly expiresAt: number;
  readonly clientIp: string;
  readonly userAgent: string;
  readonly endedAt: number | null;
  readonly endReason: string | null;
}

/** Where a sign-in comes from. */
export interface SignInContext {
  readonly clientIp: string;
  readonly userAgent: string;
  readonly host: string;
  readonly requestId: string;
  /** The site (and its platform) the person was on the way to, for the record and `workflow_auth_failures_total`. */
  readonly site?: string;
  readonly platform?: string;
}

/**
 * One step of a sign-in. `pending` is an opaque single-purpose token (10 minutes) that carries the first factor to the next step; it is
 * not a session. `refused` never says why; `retryAfterMs` is given equally for known and unknown people.
 */
export type SignInStep =
  | { readonly state: 'signed_in'; readonly token: Secret; readonly session: Session; readonly user: User }
  /** `factors` are those that will do; a recovery code always will. */
  | { readonly state: 'factor_needed'; readonly pending: Secret; readonly factors: User['factors'] }
  /** `only`: what must be enrolled; null where the person may choose. */
  | {
      readonly state: 'enrolment_needed';
      readonly pending: Secret;
      readonly user: User;
      readonly only: 'passkey' | null;
    }
  | { readonly state: 'refused'; readonly retryAfterMs?: number };

export type LinkPurpose = 'first_owner' | 'invitation' | 'recovery';

export interface Link {
  readonly purpose: LinkPurpose;
  readonly email: string | null;
  readonly userId: string | null;
  readonly expiresAt: number;
  /** How long the password it sets must be. */
  readonly passwordCharsMin: number;
}

export interface TotpEnrolment {
  /** Base32 secret for manual entry. */
  readonly secret: Secret;
  /** `otpauth://totp/...` for the QR code. */
  readonly uri: Secret;
}

/** What a program calls sites with, in its owner's name. Of the key itself only the hash is kept. */
export interface ApiKey {
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  /** The part that is no secret: `sp_` and eight characters. */
  readonly prefix: string;
  /** Hex SHA-256 of the whole key. */
  readonly tokenHash: string;
  /** Site ids. */
  readonly sites: readonly string[];
  /** It is good for these paths and what is below them. */
  readonly paths: readonly string[];
  /** At most these; never more than its owner has. */
  readonly permissions: readonly Permission[];
  readonly createdAt: number;
  readonly expiresAt: number;
  readonly lastUsedAt: number | null;
  readonly revokedAt: number | null;
  /**
   * Set for an access token, which the data plane judges as a key: who asked for it, which service accounts act in it (the one at work
   * first), and the hashes of what it came from and ends with.
   */
  readonly token?: {
    readonly clientId: string;
    readonly actors: readonly string[];
    readonly parents: readonly string[];
  };
}

export type ApiKeyInput = Pick<ApiKey, 'userId' | 'name' | 'sites' | 'paths' | 'permissions' | 'expiresAt'>;

/** What a change means for whoever decides from a copy. An ended session carries `endedAt`; a deleted person is null. */
export type IdentityChange =
  | { readonly kind: 'session'; readonly session: Session }
  | { readonly kind: 'api_key'; readonly key: ApiKey }
  | { readonly kind: 'user'; readonly userId: string; readonly user: User | null }
  /** A group was made, renamed or (null) deleted. */
  | { readonly kind: 'group'; readonly groupId: string; readonly group: Pick<Group, 'id' | 'name' | 'source'> | null }
  /** All groups of this person, as they are now. */
  | { readonly kind: 'groups'; readonly userId: string; readonly groupIds: readonly string[] };

/**
 * Every change is recorded before it is committed (an audit log that cannot record stops it) and told to `changed` after; the call returns
 * when `changed` has returned. Whether `by` may is decided by the caller; that only an Owner touches an Owner is checked here again.
 */
export interface Identity {
  // People
  countOwners(): Promise<number>;
  listUsers(query?: { search?: string; limit?: number; after?: string }): Promise<User[]>;
  getUser(id: string): Promise<User>;
  findUserByEmail(email: string): Promise<User | undefined>;
  /** Makes an account without a password; the person sets it through an invitation link. */
  createUser(by: PrincipalRef, input: { email: string; name: string; role: UserRole }): Promise<User>;
  /** The last enabled Owner cannot be demoted (`access.last_owner`). A role change renews nothing but ends other sessions of the person. */
  setRole(by: PrincipalRef, userId: string, role: UserRole): Promise<User>;
  /** Ends all sessions. The last enabled Owner cannot be disabled. */
  setDisabled(by: PrincipalRef, userId: string, disabled: boolean): Promise<User>;
  deleteUser(by: PrincipalRef, userId: string): Promise<void>;
  updateProfile(by: PrincipalRef, userId: string, input: { name: string }): Promise<User>;

  // One-time links
  /** Single use; 15 minutes for first_owner, 72 hours for invitation, 1 hour for recovery. A new link of the same purpose and person voids the old. */
  issueLink(
    by: PrincipalRef,
    input: { purpose: LinkPurpose; userId?: string },
  ): Promise<{ token: Secret; expiresAt: number }>;
  /** Looks without using. Undefined for unknown, used or expired. */
  inspectLink(token: Secret): Promise<Link | undefined>;
  /** first_owner: creates the Owner. Refused once an Owner exists. Continues as a sign-in (TOTP enrolment comes next). */
  redeemLink(
    token: Secret,
    input: { email?: string; name?: string; password: Secret },
    ctx: SignInContext,
  ): Promise<SignInStep>;

  // Signing in
  signIn(input: { email: string; password: Secret }, ctx: SignInContext): Promise<SignInStep>;
  /** `code` is six digits (TOTP, single use) or a recovery code. */
  answerTotp(input: { pending: Secret; code: string }, ctx: SignInContext): Promise<SignInStep>;
  /** What a sign-in under way can go on with; undefined when it cannot. */
  inspectPending(pending: Secret): Promise<PendingLook | undefined>;
  /** The same enrolment is returned until it is confirmed or the pending sign-in expires. */
  beginEnrolment(pending: Secret): Promise<TotpEnrolment>;
  /** Confirms with a first code; recovery codes are shown this once. Throws `identity.code_invalid`. */
  confirmEnrolment(
    input: { pending: Secret; code: string },
    ctx: SignInContext,
  ): Promise<{ step: SignInStep; recoveryCodes: readonly Secret[] }>;

  // A signed-in person's own factors (need a recent sign-in; the caller checks step-up)
  /** A wrong current password is recorded as a failed attempt; `ctx` says from where. */
  changePassword(
    by: PrincipalRef,
    input: { userId: string; current: Secret; next: Secret; keepSessionId: string; ctx?: SignInContext },
  ): Promise<void>;
  beginTotp(userId: string): Promise<TotpEnrolment>;
  /** A wrong code is recorded as a failed attempt; `ctx` says from where. */
  confirmTotp(
    by: PrincipalRef,
    input: { userId: string; code: string; keepSessionId: string; ctx?: SignInContext },
  ): Promise<{ recoveryCodes: readonly Secret[] }>;
  /** Also for an administrator when a person lost their device; all sessions of the person end. Refused for oneself where MFA is compulsory. */
  removeTotp(by: PrincipalRef, userId: string): Promise<void>;
  makeRecoveryCodes(by: PrincipalRef, userId: string): Promise<readonly Secret[]>;

  // Sessions
  /** Undefined when unknown, ended, idle too long or expired. */
  findSession(token: Secret, host: string): Promise<{ session: Session; user: User } | undefined>;
  listSessions(query: { userId?: string; includeEnded?: boolean; limit?: number }): Promise<Session[]>;
  endSession(by: PrincipalRef, sessionId: string, reason: string): Promise<void>;
  endAllSessions(by: PrincipalRef, userId: string, reason: string, keepSessionId?: string): Promise<number>;
  /** Proof again by the signed-in person: a new session id and token replace the old. */
  reauthenticate(
    input: { sessionId: string; password: Secret; code?: string },
    ctx: SignInContext,
  ): Promise<SignInStep>;
  /** Enrolling one factor more, for a freshly proven session that a site wants more of; goes on as enrolment at sign-in does. */
  beginFurtherEnrolment(sessionId: string, ctx: SignInContext): Promise<Secret>;
  /** Moves a session to another host of the gate: a code (30 s, single use, bound to that host) and its exchange. */
  issueHandoff(sessionId: string, host: string): Promise<Secret>;
  redeemHandoff(code: Secret, ctx: SignInContext): Promise<SignInStep>;
  /** What the data plane saw: extends idle time. Batched by the caller. */
  touchSessions(seen: ReadonlyMap<string, number>): Promise<void>;
  // API keys
  /** At most a year and 50 live ones for each person; the secret is shown this once. */
  createApiKey(by: PrincipalRef, input: ApiKeyInput): Promise<{ key: ApiKey; token: Secret }>;
  listApiKeys(query: { userId?: string; includeEnded?: boolean; limit?: number }): Promise<ApiKey[]>;
  getApiKey(id: string): Promise<ApiKey>;
  /** In force for the next request when it returns. */
  revokeApiKey(by: PrincipalRef, id: string): Promise<void>;
  /** The old one goes on for `overlapMs`, at most 30 days. */
  rotateApiKey(
    by: PrincipalRef,
    input: { id: string; overlapMs: number; expiresAt: number },
  ): Promise<{ key: ApiKey; token: Secret }>;
  /** Key id → when it was used. Batched by the caller. */
  touchApiKeys(used: ReadonlyMap<string, number>): Promise<void>;

  readonly groups: Groups;
  readonly signOn: SignOn;
  readonly scim: Scim;
  readonly machines: Machines;

  readonly passkeys: Passkeys;
  /** Everything that proves who this person is, without what is secret of it. */
  factors(userId: string): Promise<Factors>;
  /** Takes app, passkeys and recovery codes away from a person who lost them; all their sessions end. */
  resetFactors(by: PrincipalRef, userId: string): Promise<void>;
  readonly notices: {
    /** Newest first, at most 200. */
    list(userId: string): Promise<Notice[]>;
    /** The unread ones that a person should see before they go on. */
    urgent(userId: string): Promise<Notice[]>;
    /** Marks all as read. */
    read(userId: string): Promise<void>;
  };
  readonly mfaPolicy: {
    get(): Promise<KeptMfaPolicy>;
    /** Counts from the next sign-in. Throws `store.conflict` when it was changed since `revision`. */
    set(by: PrincipalRef, input: MfaPolicy & { readonly revision: number }): Promise<KeptMfaPolicy>;
    /** What is wanted of a person at their next sign-in. */
    demandOf(userId: string): Promise<Demand>;
    /** Ends sessions that prove less than is wanted of these people now; to be called when they come to a role by a group or for a time. */
    endWeakSessions(userIds: readonly string[]): Promise<number>;
    /** People of whom more is wanted than they have. */
    countWithout(): Promise<number>;
  };

  /** Disables people who were away for the configured number of days; those named stay. Returns how many. */
  disableInactive(exempt: ReadonlySet<string>): Promise<number>;
  /** Ends what is idle or expired, as rows kept for audit. Returns how many. */
  sweep(): Promise<number>;
  /** Everything a snapshot needs, in one read: live sessions, live API keys and all people. */
  load(): Promise<{ users: User[]; sessions: Session[]; apiKeys: ApiKey[] }>;
}

export type { IdentityConfig } from './config.ts';
export { identityConfig } from './config.ts';
export { createIdentity } from './create-identity.ts';
export type {
  Dispatch,
  ExternalIdentity,
  ProbeStep,
  Provider,
  ProviderKind,
  SamlMessage,
} from './federation/federation.ts';
export { speaksFor } from './federation/link-rule.ts';
export type { Arrival, ExternalLink, OfferedProvider, SignInReport, SignOn } from './federation/sign-on.ts';
export type { IdentityDeps } from './ground.ts';
export type { Group, GroupSource, Groups } from './groups/groups.ts';
export type {
  AccessToken,
  ClientCredential,
  MachineScope,
  Machines,
  ServiceAccount,
  TokenAnswer,
  TokenRequest,
} from './machines/machines.ts';
export type { Notice, NoticeKind } from './notices/notices.ts';
export type { Ceremony, Passkey, Passkeys } from './passkeys/passkeys.ts';
export { passkeysMax } from './passkeys/passkeys.ts';
export type { Demand, KeptMfaPolicy, MfaPolicy } from './policy/mfa-policy.ts';
export type { Scim, ScimAnswer, ScimClient, ScimRequest } from './scim/scim.ts';
export type { IdentityTables } from './tables.ts';
export { identityMigrations } from './tables.ts';
