import type { Log } from './log.ts';

/** Who did it. `system` is Sallyport itself, `operator` the person at the machine's own command line. */
export interface PrincipalRef {
  readonly kind: 'user' | 'system' | 'operator' | 'anonymous' | 'platform';
  /** Stable id: the user id, or the kind itself where there is no account. */
  readonly id: string;
  /** What people recognise: an e-mail address or a name. */
  readonly name: string;
  /** The id of the API key it was done with, where it was one. */
  readonly apiKey?: string;
  /** Service accounts that did it in this name, the one at work first (RFC 8693 section 4.1). */
  readonly actors?: readonly { readonly id: string; readonly name: string }[];
}

export const anonymous: PrincipalRef = { kind: 'anonymous', id: 'anonymous', name: 'anonymous' };
export const systemPrincipal: PrincipalRef = { kind: 'system', id: 'system', name: 'sallyport' };
export const operatorPrincipal: PrincipalRef = { kind: 'operator', id: 'operator', name: 'local operator' };

/** What it was done to. */
export interface ResourceRef {
  readonly kind: string;
  readonly id: string;
  readonly name?: string;
}

export type Outcome = 'success' | 'failure' | 'denied';
export type AuthMethod =
  | 'password'
  | 'totp'
  | 'recovery_code'
  | 'link'
  | 'passkey'
  | 'ldap'
  | 'saml'
  | 'oidc'
  /** How programs prove themselves at the token endpoint. */
  | 'client_secret'
  | 'client_key'
  /** A second factor that the identity provider asked for and we trust it with. */
  | 'provider_mfa';

/** How a workflow event became known. The same fact seen twice is one event. */
export type EventOrigin = 'traffic' | 'platform_log' | 'hook';

/** The data of every kind of event, by type. Types are past-tense facts; a type is never renamed. */
export interface EventData {
  'gate.started': { version: string; profile: string };
  'gate.stopped': { reason: string };
  'audit.recovered': { cutBytes: number; lastSeq: number };

  'session.opened': { sessionId: string; methods: readonly AuthMethod[]; userAgent: string };
  'session.renewed': { sessionId: string; previousId: string; reason: string };
  'session.ended': { sessionId: string; reason: string };
  'auth.failed': { login: string; factor: AuthMethod; reason: string };
  'auth.locked': { login: string; scope: 'account' | 'network'; untilMs: number };

  'user.created': { email: string; role: string };
  'user.updated': { changed: readonly string[] };
  'user.role_changed': { from: string; to: string };
  'user.disabled': { email: string };
  'user.enabled': { email: string };
  'user.deleted': { email: string };
  'user.password_changed': { by: 'self' | 'link' };
  'user.mfa_enrolled': { method: 'totp' | 'passkey'; name?: string };
  'user.mfa_removed': { method: 'totp' | 'passkey'; name?: string };
  /** Its counter went back: two devices may hold the same key. */
  'user.passkey_suspected': { passkeyId: string; name: string; held: number; given: number };
  'policy.changed': { policy: string; changed: readonly string[]; before: string; after: string };
  'user.recovery_codes_made': { count: number };
  'api_key.created': ApiKeyFact;
  'api_key.revoked': ApiKeyFact;
  /** `previousId` ends after the overlap. */
  'api_key.rotated': ApiKeyFact & { previousId?: string };
  'service_account.created': { ownerId: string; sites: readonly string[]; permissions: readonly string[] };
  'service_account.updated': { changed: readonly string[] };
  'client_credential.created': CredentialFact;
  'client_credential.revoked': CredentialFact;
  /** `clientId` got it, in the name of `subjectId`. */
  'token.issued': {
    grant: 'client_credentials' | 'token_exchange' | 'subject_token';
    clientId: string;
    subjectId: string;
    actors: readonly string[];
    sites: readonly string[];
    permissions: readonly string[];
    expiresAt: number;
  };
  'token.revoked': { clientId: string; subjectId: string };
  'link.issued': { purpose: string; email: string; expiresAt: number };
  'link.used': { purpose: string; email: string };

  /** `resource` is the provider. */
  'provider.created': ProviderFact;
  'provider.updated': ProviderFact;
  'provider.deleted': ProviderFact;
  /** An account at a provider became, or is no longer, a way for this person to sign in. */
  'account.linked': { provider: string; subject: string; how: 'email' | 'new' | 'operator' };
  'account.unlinked': { provider: string; subject: string };
  'group.created': GroupFact;
  'group.updated': GroupFact;
  'group.deleted': GroupFact;
  /** Names of groups that a person came into or left; `source` says who decided. */
  'user.groups_changed': { source: string; added: readonly string[]; removed: readonly string[] };
  'scim_client.created': ScimClientFact;
  'scim_client.rotated': ScimClientFact;
  'scim_client.deleted': ScimClientFact;

  'project.created': { name: string };
  'project.updated': { changed: readonly string[] };
  'project.deleted': { name: string };
  'project.member_changed': { userId: string; from: string | null; to: string | null };
  'project.resource_assigned': { site: string; resourceKind: string; resourceId: string };
  'role.created': { name: string; permissions: readonly string[] };
  'role.updated': { changed: readonly string[]; added: readonly string[]; removed: readonly string[] };
  'role.deleted': { name: string };
  'grant.created': GrantFact;
  'grant.deleted': GrantFact;
  'elevation.asked': ElevationFact & { reason: string };
  'elevation.decided': ElevationFact & { isApproved: boolean; comment: string; expiresAt: number | null };
  'elevation.ended': ElevationFact & { how: 'ended' | 'expired' | 'withdrawn' | 'unanswered' };
  'break_glass.marked': { email: string };
  'break_glass.unmarked': { email: string };
  'break_glass.used': { email: string; sessionId: string };
  'review.created': { name: string; scope: string; items: number; reviewers: readonly string[]; dueAt: number };
  /** `reviewerId` null: any reviewer of the campaign. */
  'review.assigned': { name: string; items: readonly string[]; reviewerId: string | null };
  'review.answered': { itemId: string; what: string; answer: 'keep' | 'revoke'; comment: string; outcome: string };
  'review.closed': { name: string; kept: number; revoked: number; sha256Json: string; sha256Csv: string };
  'site.created': { name: string; platform: string };
  'site.updated': { changed: readonly string[] };
  'site.deleted': { name: string };

  /** One for every request that reached a listener and could be read, allowed or denied. */
  'request.finished': RequestRecord;

  'exclusion.created': ExclusionFact;
  'exclusion.deleted': ExclusionFact;

  'ban.created': BanFact & { untilMs: number | null; evidence: readonly string[]; score?: number };
  'ban.lifted': BanFact;
  /** Automatic bans that were not made because too many were made already: `networks` names some of them. */
  'ban.withheld': { count: number; perMinuteMax: number; networks: readonly string[] };

  /** The firewall, a shield or an answer rule matched; told beside the request's own record, which has the same request id. */
  'firewall.matched': FirewallRecord;

  'workflow.created': WorkflowFact;
  'workflow.updated': WorkflowFact;
  'workflow.deleted': WorkflowFact;
  'workflow.activated': WorkflowFact;
  'workflow.deactivated': WorkflowFact;
  'execution.started': WorkflowFact & { executionId: string; mode: string };
  'execution.finished': WorkflowFact & { executionId: string; mode: string };
  'execution.failed': WorkflowFact & { executionId: string; mode: string; error: string };
  'credential.accessed': { credential: string; how: string; origin: EventOrigin };
  'credential.changed': { credential: string; how: 'created' | 'updated' | 'deleted'; origin: EventOrigin };
  'data_source.accessed': { dataSource: string; how: string; origin: EventOrigin };

  'platform.signed_in': { account: string };
  'platform.sign_in_failed': { reason: string };
  'platform.account_created': { account: string };
}

interface ProviderFact {
  readonly name: string;
  readonly kind: string;
  readonly enabled: boolean;
  readonly domains: readonly string[];
  /** Which settings are others now; for a change alone. */
  readonly changed?: readonly string[];
}

interface GroupFact {
  readonly name: string;
  readonly source: string;
}

interface ScimClientFact {
  readonly name: string;
  readonly domains: readonly string[];
  readonly expiresAt: number;
}

interface CredentialFact {
  readonly userId: string;
  readonly kind: 'secret' | 'key';
  readonly prefix: string;
  readonly expiresAt: number;
}

interface ApiKeyFact {
  readonly userId: string;
  readonly prefix: string;
  readonly sites: readonly string[];
  readonly paths: readonly string[];
  readonly permissions: readonly string[];
  readonly expiresAt: number;
}

interface GrantFact {
  readonly grantId: string;
  readonly groupId: string;
  readonly role: string;
  readonly isGlobal: boolean;
}

interface ElevationFact {
  readonly elevationId: string;
  readonly userId: string;
  readonly role: string;
  readonly isGlobal: boolean;
  readonly durationMs: number;
}

interface WorkflowFact {
  readonly workflowId: string;
  readonly workflowName: string;
  readonly origin: EventOrigin;
}

/** What is kept of one request. Never a query value, header value or body. */
export interface RequestRecord {
  readonly method: string;
  /** Route pattern, bounded in number: `/rest/workflows/:id`. */
  readonly endpoint: string;
  /** Canonical path without query, at most 512 characters. */
  readonly path: string;
  readonly status: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly durationMs: number;
  /** Present when a layer said no: which, why, and the block type that metrics count. */
  readonly denied?: { readonly layer: string; readonly reason: string; readonly type: string };
  /** Present when the browser said that a page of another site had it send this: what is wrong with it need not be the visitor's doing. */
  readonly isCrossSite?: true;
  /** Subject of the client certificate that the route wanted and got. */
  readonly clientCertificate?: string;
  /** Microseconds spent in each layer, by name. */
  readonly layersUs: Readonly<Record<string, number>>;
}

interface ExclusionFact {
  readonly rule: string;
  readonly endpoint: string;
  readonly zone: string;
  readonly name: string;
  readonly reason: string;
  readonly expiresAt: number | null;
}

interface BanFact {
  /** An address, or a block as `2001:db8::/64`. */
  readonly network: string;
  readonly reason: string;
  readonly source: 'operator' | 'automatic';
}

/** Why the firewall stopped a request, or would have. Places and masked excerpts only, never whole values. */
export interface FirewallRecord {
  /** `noticed`: below the threshold, or a signal that never blocks. */
  readonly verdict: 'block' | 'would_block' | 'redact' | 'noticed';
  readonly by: 'firewall' | 'core_rules' | 'shield' | 'answers' | 'api';
  readonly phase: 'head' | 'body' | 'answer';
  readonly method: string;
  readonly endpoint: string;
  readonly path: string;
  /** Points by category. */
  readonly scores: Readonly<Record<string, number>>;
  readonly matches: readonly {
    readonly rule: string;
    readonly title: string;
    readonly points: number;
    readonly zone: string;
    readonly name: string;
    readonly part: 'name' | 'value';
    readonly excerpt: string;
  }[];
  /** Why it could not be judged: a format broken or with two readings, or a bound passed. */
  readonly problem?: string;
  /** Bytes of a body that were not inspected because the site says so. */
  readonly uninspectedBytes?: number;
}

export type EventType = keyof EventData;

interface EventBase {
  /** UUIDv7, unique per event. */
  readonly id: string;
  /** Unix time, milliseconds. */
  readonly time: number;
  readonly outcome: Outcome;
  readonly principal: PrincipalRef;
  /** What was done, as permissions and audit search name it: `workflow.update`, `session.open`. */
  readonly action: string;
  readonly resource?: ResourceRef;
  readonly site?: string;
  readonly platform?: string;
  readonly project?: string;
  readonly requestId?: string;
  readonly clientIp?: string;
}

/** The one thing every room tells: a typed fact. */
export type SecurityEvent = {
  [T in EventType]: EventBase & { readonly type: T; readonly data: EventData[T] };
}[EventType];

/** An event before the audit log has given it an id and a time (kept where the teller knows the true time). */
export type NewEvent = {
  [T in EventType]: Omit<EventBase, 'id' | 'time'> & {
    readonly type: T;
    readonly data: EventData[T];
    readonly time?: number;
  };
}[EventType];

export type Listener = (event: SecurityEvent) => void;

/** Tells every listener; one that throws stops nobody and cannot change the outcome. */
export interface Bus {
  emit(event: SecurityEvent): void;
  /** Returns the way to stop listening. */
  subscribe(listener: Listener): () => void;
}

export function createBus(log: Log): Bus {
  const listeners = new Set<Listener>();
  return {
    emit(event) {
      for (const listener of listeners) {
        try {
          listener(event);
        } catch (error) {
          log.error('bus.listener_failed', { type: event.type, error });
        }
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
