/**
 * Platforms answers "what does this request do?" for n8n, Flowise and plain HTTP applications: request → action, permission and resource,
 * by declarative route tables; how the gate signs a person in to the platform; and which facts (workflow saved, execution failed) a
 * response, the platform's own event log or its hook reveals. An unknown route of a known platform needs the strictest role.
 */
import type { EventOrigin, EventType, PrincipalRef, ResourceRef } from '../core/events.ts';
import type { Permission } from '../core/permissions.ts';
import type { Secret } from '../core/secret.ts';
import type { Advisory } from './advisory.ts';
import type { AuthoredByAction } from './authored.ts';

export { type PlatformsTables, platformsMigrations } from './account-tables.ts';
export type { Advisory, AdvisoryState, Shield, ShieldTest } from './advisory.ts';
export { advisoryState, affectedText, shieldsFor } from './advisory.ts';
export type { AuthoredByAction } from './authored.ts';
export { createPlatformAccounts, type PlatformAccountsDeps } from './create-accounts.ts';
export { createPlatforms } from './create-platforms.ts';
export {
  createEventLogTail,
  type EventLogPosition,
  type EventLogTail,
  type EventLogTailDeps,
} from './event-log-tail.ts';
export { createFactJoiner, type FactJoiner } from './fact-joiner.ts';
export { createHookReceiver, type HookReceiver, type HookReceiverDeps } from './hook-receiver.ts';
export { parseN8nLogLine } from './n8n/event-log.ts';
export { type N8nHookOptions, printN8nHook } from './n8n/hook-file.ts';

export const platformIds = ['n8n', 'flowise', 'generic'] as const;
export type PlatformId = (typeof platformIds)[number];

/** What a route asks of the caller. `closed` is never forwarded, whoever asks; `public` only where the site publishes that exact route. */
export type Need =
  | { readonly kind: 'permission'; readonly permission: Permission }
  | { readonly kind: 'signed_in' }
  /** Needs a site to publish it (webhook, form, embed); otherwise as `fallback`. */
  | { readonly kind: 'publishable'; readonly fallback: Permission }
  /** Safe for anybody: style sheets, icons. */
  | { readonly kind: 'open' }
  | { readonly kind: 'closed'; readonly why: string };

export interface Classification {
  /** As audit search names it: `workflow.update`. */
  readonly action: string;
  /** The route pattern, from the table, so bounded in number; `unknown` when no route matches. */
  readonly endpoint: string;
  readonly need: Need;
  readonly resource?: ResourceRef;
  /** Even GET changes something: it starts a workflow. A foreign page must not send a signed-in person there. */
  readonly startsByGet?: true;
  /** The body of a successful response holds facts: keep up to this many bytes of it for `observe`. */
  readonly observeBytesMax?: number;
  /** The gate answers this itself: signing in and out belong to it. Decide on this before `need`. */
  readonly gate?: 'sign_in' | 'sign_out';
  /** Forwarded as this instead, with the body left out: how a page of the platform learns who is signed in. */
  readonly forwardAs?: { readonly method: 'POST'; readonly path: string };
  /** With `gate: 'sign_in'`: where a person who is signed in already is sent within the site, instead of `/`. */
  readonly signedInPath?: string;
}

/** A request as the platform would route it. HEAD is classified as GET. `path` is canonical: see `canonicalise`. */
export interface PlatformRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly upgrade: boolean;
}

/** A fact about the platform, before it is known whether another source told it already. */
export interface PlatformFact {
  readonly type: Extract<
    EventType,
    `workflow.${string}` | `execution.${string}` | `credential.${string}` | `data_source.${string}`
  >;
  readonly origin: EventOrigin;
  /** The same for the same fact from every source: `execution.started:231`. */
  readonly key: string;
  readonly at: number;
  readonly resource: ResourceRef;
  /** The platform account that acted, an e-mail address, where the source says so. */
  readonly account?: string;
  readonly detail: Readonly<Record<string, string>>;
}

/** Headers that make an upstream request act as a platform account. Never sent to a browser. */
export interface PlatformSession {
  readonly account: string;
  readonly headers: Readonly<Record<string, Secret>>;
  readonly expiresAt: number;
}

/** How the control plane talks to a platform to sign people in. Every call takes a signal; nothing is retried blindly. */
export interface PlatformSignIn {
  /** Whether the platform still waits for its first owner. */
  isUnclaimed(signal: AbortSignal): Promise<boolean>;
  /** Claims it: only for a gate Owner. Returns the account's password, to be sealed. */
  claim(person: PlatformPerson, signal: AbortSignal): Promise<Secret>;
  /** Makes an account for a person, acting as `admin`. Returns its password. Throws `platforms.refused`. */
  createAccount(admin: PlatformSession, person: PlatformPerson, signal: AbortSignal): Promise<Secret>;
  /** Throws `platforms.refused` (wrong password) or `platforms.unreachable`. */
  signIn(account: { email: string; password: Secret }, signal: AbortSignal): Promise<PlatformSession>;
  signOut(session: PlatformSession, signal: AbortSignal): Promise<void>;
  /** The version the platform says it runs; undefined when it does not say. */
  version(signal: AbortSignal): Promise<string | undefined>;
}

export interface PlatformSignInDeps {
  readonly baseUrl: string;
  readonly fetch: typeof globalThis.fetch;
  readonly random: (bytes: number) => Buffer;
}

export interface PlatformPerson {
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
}

export interface Platform {
  readonly id: PlatformId;
  readonly title: string;
  /** Whether people have accounts of their own there, share one, or it has none. */
  readonly accounts: 'personal' | 'shared' | 'none';
  /**
   * The path in the one spelling that is classified and forwarded, or why it must be refused. Input is the raw request target. Fixed segments
   * get the platform's own spelling (it ignores their case), parameters keep theirs (it does not). Idempotent.
   */
  canonicalise(
    target: string,
  ):
    | { readonly ok: true; readonly path: string; readonly query: string }
    | { readonly ok: false; readonly reason: string };
  classify(request: PlatformRequest): Classification;
  /** Cookies of the platform that never reach a browser, and response headers to drop. */
  readonly hiddenCookies: readonly string[];
  readonly hiddenHeaders: readonly string[];
  /** Client headers that are never forwarded: they would make the platform act as somebody else than the gate says. */
  readonly droppedHeaders: readonly string[];
  /** Headers the platform needs on every forwarded request of a signed-in person (`x-request-from: internal`). Client copies are dropped. */
  readonly upstreamHeaders: Readonly<Record<string, string>>;
  /** Known advisories, newest first. */
  readonly advisories: readonly Advisory[];
  /** Where the author of a request of this action writes code, SQL and markup: see `AuthoredByAction`. */
  readonly authored: AuthoredByAction;
  /** Facts in an answered request. */
  observe(input: {
    request: PlatformRequest;
    classification: Classification;
    status: number;
    body: string;
    at: number;
  }): PlatformFact[];
  /** Absent for platforms without accounts. */
  readonly createSignIn?: (deps: PlatformSignInDeps) => PlatformSignIn;
}

/** What this room needs to know of a site. */
export interface PlatformSite {
  readonly id: string;
  readonly name: string;
  readonly platform: PlatformId;
  readonly upstreams: readonly string[];
  readonly accounts: 'personal' | 'project' | 'shared' | 'none';
}

/** The accounts that gate people have on a platform, passwords sealed: what makes sign-in invisible to them. */
export interface PlatformAccounts {
  /**
   * A platform session for this person: an existing account is signed in; an unclaimed platform is claimed when the person is a gate
   * Owner; otherwise an account is made through the site's admin account. One at a time per site and person. Throws
   * `platforms.setup_needed` when the platform was claimed before and no admin account is known, `platforms.unreachable`, `platforms.refused`.
   * Where each project has an account, `userId` is the project's holder name and `by` the person who enters.
   */
  enter(
    site: PlatformSite,
    person: PlatformPerson & { userId: string; isOwner: boolean; by?: PrincipalRef },
    signal: AbortSignal,
  ): Promise<PlatformSession>;
  /** Keeps (sealed) the platform's own owner account after proving that it signs in; links it to a gate person when given. */
  setAdmin(
    by: PrincipalRef,
    site: PlatformSite,
    account: { email: string; password: Secret; userId?: string },
    signal: AbortSignal,
  ): Promise<void>;
  status(site: PlatformSite): Promise<'ready' | 'needed' | 'not_used'>;
  /** Ends the platform sessions of a person everywhere. Best effort within the signal; always forgets them here. */
  leave(userId: string, signal: AbortSignal): Promise<void>;
  /** As `leave`, for a person who is no more: their passwords there are forgotten too. The accounts themselves stay on the platforms. */
  forgetPerson(userId: string, signal: AbortSignal): Promise<void>;
  /** Forgets every account, password and session kept for a site that is no more. */
  forgetSite(siteId: string): Promise<void>;
  /** Sessions still valid, opened from their sealed form: key `site id|user id`. */
  load(): Promise<ReadonlyMap<string, PlatformSession>>;
  /** The data plane saw the platform refuse or renew a session. */
  renewed(siteId: string, userId: string, session: PlatformSession | null): Promise<void>;
  /** Which gate person a platform account belongs to, for facts from the platform's own log. */
  personOf(siteId: string, account: string): Promise<string | undefined>;
}
