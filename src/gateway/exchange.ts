import type { Duplex } from 'node:stream';
import type { Assurance } from '../core/assurance.ts';
import type { ErrorCode } from '../core/errors.ts';
import type { PrincipalRef } from '../core/events.ts';
import { anonymous } from '../core/events.ts';
import type { Permission } from '../core/permissions.ts';
import type { ListHit } from '../perimeter/perimeter.ts';
import type { Classification, Platform, PlatformRequest, PlatformSession } from '../platforms/platforms.ts';
import type { ApiGroup } from './api/compile.ts';
import type { Operation } from './api/operations.ts';
import type { Compiled, CompiledSite } from './compiled.ts';
import type { Certified } from './guard/client-certificates.ts';
import type { ApiKeyPolicy, PersonPolicy, SessionPolicy } from './snapshot.ts';
import type { InboundRequest, InboundUpgrade } from './transport/transport.ts';

/** What metrics count a refusal as. A closed list. */
export type BlockType =
  | 'ban'
  | 'body_too_large'
  | 'certificate'
  | 'challenge'
  | 'closed_route'
  | 'country'
  | 'csrf'
  | 'firewall'
  | 'forbidden'
  | 'internal'
  | 'leak'
  | 'malformed'
  | 'not_ready'
  | 'overload'
  | 'path_traversal'
  | 'protocol'
  | 'rate_limit'
  | 'reputation'
  | 'shield'
  | 'step_up'
  | 'unauthenticated'
  | 'unknown_host'
  | 'upstream';

/** Why a layer says no. `reason` is for the record; only the title of `code` and `hint` are shown to the client. */
export interface Denial {
  readonly kind: 'deny';
  readonly code: ErrorCode;
  readonly reason: string;
  readonly type: BlockType;
  readonly hint?: string;
  readonly headers?: readonly string[];
  /** Further members of the problem document; with them a refusal is one for everybody, also for those who open a page. */
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** A short answer of the gate itself. Header names and values in turn. */
export interface ShortAnswer {
  readonly kind: 'answer';
  readonly status: number;
  readonly headers: readonly string[];
  readonly body: string;
}

/** What a sign-in lacks, in the words of RFC 9470. */
export interface StepUp {
  readonly acr: Assurance;
  readonly maxAgeS: number | undefined;
}

/** What a layer says of an exchange. */
export type Verdict =
  /** Nothing against it: the next layer looks. */
  | { readonly kind: 'next' }
  | Denial
  /** Sign in at the gate, or let the gate sign in to the platform, and come again. */
  | { readonly kind: 'challenge'; readonly how: 'sign_in' | 'enter' }
  /** Prove more, or again, and come again. */
  | { readonly kind: 'challenge'; readonly how: 'step_up'; readonly stepUp: StepUp }
  | ShortAnswer
  /** The layer answers itself and finishes the exchange. */
  | { readonly kind: 'taken' };

export const next: Verdict = { kind: 'next' };
export const taken: Verdict = { kind: 'taken' };

export interface SignedIn {
  readonly hash: string;
  readonly session: SessionPolicy;
  readonly person: PersonPolicy;
  /** Set where it was no session but a key of the person's: it may do less, and nothing at the gate itself. */
  readonly apiKey?: ApiKeyPolicy;
  /** Service accounts that act for the person, the one at work first. */
  readonly actors?: readonly PersonPolicy[];
}

/**
 * One request on its way through the layers: what came in never changes, what layers find out is filled in, by the layer named beside it.
 */
export interface Exchange {
  readonly inbound: InboundRequest | InboundUpgrade;
  /** The raw connection of a WebSocket handshake; the answer goes there. */
  readonly socket: Duplex | undefined;
  readonly head: Buffer | undefined;
  readonly requestId: string;
  /** Wall and monotonic time of arrival. */
  readonly at: number;
  readonly startedMs: number;
  /** By index of the layer list, in milliseconds; the last two are the upstream's answer head and the rest. */
  readonly spentMs: number[];

  /** address */
  clientIp: string;
  scheme: 'https' | 'http';
  authority: string;
  hostname: string;
  /** snapshot: the policy in force for this whole exchange. */
  policy: Compiled | undefined;
  /** bans: the reputation list the client stands on. */
  listed: ListHit | undefined;
  /** site */
  site: CompiledSite | undefined;
  platform: Platform | undefined;
  /** path */
  request: PlatformRequest | undefined;
  /** authenticate */
  signedIn: SignedIn | undefined;
  /** classify */
  classification: Classification | undefined;
  /** client_certificate: whose certificate the route wanted and got. */
  certified: Certified | undefined;
  /** authorize: what was asked for, so that an open stream can be judged again when the policy changes. */
  granted: Grant | undefined;
  project: string | undefined;
  /** platform_session */
  platformSession: PlatformSession | undefined;
  /** api: the group of routes it belongs to, and the operation. */
  api: ApiGroup | undefined;
  apiOperation: Operation | undefined;
  /** cors: the origin that may read the answer. */
  corsOrigin: string | undefined;

  status: number;
  bytesIn: number;
  bytesOut: number;
  denied: { layer: string; reason: string; type: string } | undefined;
  isFinished: boolean;
}

/** Why an exchange was let through. */
export type Grant =
  | { readonly kind: 'open' }
  | { readonly kind: 'public' }
  | { readonly kind: 'enter' }
  | {
      readonly kind: 'permission';
      readonly permission: Permission;
      readonly project: string;
    };

/** What the gate has to know before the first layer looks. */
export function newExchange(
  inbound: InboundRequest | InboundUpgrade,
  made: { requestId: string; at: number; startedMs: number; layers: number; socket?: Duplex; head?: Buffer },
): Exchange {
  return {
    inbound,
    socket: made.socket,
    head: made.head,
    requestId: made.requestId,
    at: made.at,
    startedMs: made.startedMs,
    spentMs: new Array<number>(made.layers + 2).fill(0),
    clientIp: inbound.peerIp,
    scheme: inbound.scheme,
    authority: inbound.authority,
    hostname: hostnameOf(inbound.authority),
    policy: undefined,
    listed: undefined,
    site: undefined,
    platform: undefined,
    request: undefined,
    signedIn: undefined,
    classification: undefined,
    certified: undefined,
    granted: undefined,
    project: undefined,
    platformSession: undefined,
    api: undefined,
    apiOperation: undefined,
    corsOrigin: undefined,
    status: 0,
    bytesIn: 0,
    bytesOut: 0,
    denied: undefined,
    isFinished: false,
  };
}

/** Who the exchange is by, as records name them. */
export function principalOf(exchange: Exchange): PrincipalRef {
  const { signedIn } = exchange;
  if (signedIn === undefined) return anonymous;
  const { actors, apiKey, person } = signedIn;
  return {
    ...{ kind: 'user', id: person.id, name: person.ownerId === undefined ? person.email : person.name },
    ...(apiKey === undefined ? {} : { apiKey: apiKey.id }),
    ...(actors === undefined ? {} : { actors: actors.map(({ id, name }) => ({ id, name })) }),
  };
}

/** The origin as the browser knows it. */
export const originOf = (exchange: Exchange): string => `${exchange.scheme}://${exchange.authority}`;

/** One request header, all copies joined as HTTP joins them; undefined when absent. */
export function headerOf(exchange: Exchange, name: string): string | undefined {
  const value = exchange.inbound.req.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}

/** True for a page that a person opens, as against what a page or a program asks for: it is answered with a page or a redirect. */
export function isNavigation(exchange: Exchange): boolean {
  if (exchange.socket !== undefined || (exchange.inbound.method !== 'GET' && exchange.inbound.method !== 'HEAD'))
    return false;
  const mode = headerOf(exchange, 'sec-fetch-mode');
  if (mode !== undefined) return mode === 'navigate';
  return headerOf(exchange, 'accept')?.includes('text/html') === true;
}

/** The host of an authority without its port, as `URL.hostname` has it: what sessions are bound to, since cookies know no port. */
export function hostnameOf(authority: string): string {
  if (authority.startsWith('[')) return authority.slice(0, authority.indexOf(']') + 1);
  const colon = authority.indexOf(':');
  return colon === -1 ? authority : authority.slice(0, colon);
}
