/**
 * The gateway is the way in: listeners, TLS, the layer list, the reverse proxy. It is the data plane: it decides from the last
 * `PolicySnapshot` it was given, asks no database while a request waits, and tells what happened as `PlaneMessage`s. Without a snapshot it
 * answers 503. The layers and their order are `layers.ts`; every refusal names its layer.
 */
import type { Clock } from '../core/clock.ts';
import type { PrincipalRef } from '../core/events.ts';
import type { NewId } from '../core/ids.ts';
import type { Log } from '../core/log.ts';
import type { CoreRuleSet, Firewall, LimiterState } from '../perimeter/perimeter.ts';
import type { Platform, PlatformId } from '../platforms/platforms.ts';
import type { Counters } from '../store/store.ts';
import type { FlowLog } from './flow/flow-log.ts';
import type { LoadSource } from './overload/gauge.ts';
import type { PlaneMessage, SitePolicy, SnapshotUpdate } from './snapshot.ts';
import type { RateLimits } from './transport/limits.ts';

export type { SiteApi } from './api-input.ts';
export { createAssertionKeys } from './assertion.ts';
export { publicRoutesOf } from './compiled.ts';
export { createGateway } from './create-gateway.ts';
export type { FlowLog, FlowLogDeps } from './flow/flow-log.ts';
export { createFlowLog } from './flow/flow-log.ts';
export type { FlowQuery } from './flow/flow-reader.ts';
export { readFlows } from './flow/flow-reader.ts';
export type { FlowRecord } from './flow/flow-record.ts';
export { formCookie, gatePaths, projectCookie, sessionCookie } from './gate-names.ts';
export { guardDefaults, type SiteGuard } from './guard-input.ts';
export { isProjectHolder, projectHolder, projectsOf } from './layers/project.ts';
export type { LoadSource } from './overload/gauge.ts';
export { type SiteSignIn, signInDefaults } from './sign-in-input.ts';
export { siteDefaults } from './site-input.ts';
export type { SitesDeps } from './sites.ts';
export { createSites } from './sites.ts';
export type { GatewayTables } from './sites-table.ts';
export { gatewayMigrations } from './sites-table.ts';
export type * from './snapshot.ts';
export { applyUpdate } from './snapshot-update.ts';
export type { Wire } from './snapshot-wire.ts';
export { fromWire, toWire } from './snapshot-wire.ts';
export { tlsConfig } from './tls/tls-config.ts';
export type { TlsSource, TlsStatus } from './tls/tls-source.ts';
export { createTlsSource } from './tls/tls-source.ts';

export interface GatewayListener {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** Several worker processes share the port. */
  readonly reusePort?: boolean;
}

/** Certificate chains and keys (PEM). The first is the default; others are chosen by SNI from their names. */
export interface TlsMaterial {
  readonly certificates: readonly { readonly certPem: string; readonly keyPem: string }[];
  readonly minVersion: 'TLSv1.2' | 'TLSv1.3';
  /** 48 bytes in base64 that seal session tickets, the same in every worker; each process makes its own when left out. */
  readonly ticketKeys?: string;
  /** PEM; connections from trusted proxies must show a client certificate of this authority. */
  readonly originPullCaPem?: string;
  /** Certificates for TLS-ALPN-01 validations under way (RFC 8737), by name. */
  readonly challenges?: readonly { readonly host: string; readonly certPem: string; readonly keyPem: string }[];
}

/** Who a control request comes from, as the gateway saw it; headers of the client can not change it. */
export interface ControlContext {
  readonly requestId: string;
  readonly clientIp: string;
  /** The canonical origin the browser used, such as `https://localhost:8444`. */
  readonly origin: string;
  /** The site whose host or port it came in on; undefined on the portal's own. */
  readonly site: string | undefined;
}

/** Answers everything below `/.sallyport/` and, on the portal's own host, everything: sign-in pages, portal, admin API. */
export type ControlHandler = (request: Request, context: ControlContext) => Promise<Response>;

export interface GatewayConfig extends RateLimits {
  /** Peers whose forwarding headers are believed. Empty: nobody's. */
  readonly trustedProxies: readonly string[];
  /** Other proxies that may ask below `/.sallyport/auth/`. Nobody when left out. */
  readonly forwardAuthPeers?: readonly string[];
  readonly connectionsMax: number;
  readonly connectionsPerNetworkMax: number;
  readonly headerBytesMax: number;
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly handshakeTimeoutMs: number;
  readonly drainTimeoutMs: number;
  /** `strict-transport-security` max-age in seconds; 0 sends none (loopback, generated certificates). */
  readonly hstsMaxAgeS: number;
  /** Keys each rate limit remembers; 50,000 when left out. */
  readonly limitKeysMax?: number;
  /** Gates that share the limits. */
  readonly limitNodes?: number;
  /** Bytes of a body the Core Rule Set judges. */
  readonly coreRulesBodyBytesMax?: number;
  /** Another country database than the packaged one. */
  readonly geoDatabase?: string;
  /** How often each upstream is asked whether it lives; 10 s when left out. */
  readonly healthIntervalMs?: number;
}

export interface GatewayDeps {
  readonly clock: Clock;
  readonly newId: NewId;
  readonly log: Log;
  readonly platforms: ReadonlyMap<PlatformId, Platform>;
  readonly firewall: Firewall;
  /** Beside it, for sites that want it. */
  readonly coreRules?: CoreRuleSet | undefined;
  /** Given where several nodes or workers share the rate limits. */
  readonly sharedCounters?: Counters;
  readonly random: (bytes: number) => Buffer;
  /** Notes every connection, accepted or denied. */
  readonly flows?: Pick<FlowLog, 'note'>;
  readonly control: ControlHandler;
  /** What the shedding under overload goes by; this process when left out. */
  readonly loadSource?: LoadSource;
  /** Takes a message at once; throws `core.queue_full` when it can not: the gate then refuses further requests. */
  readonly tell: (message: PlaneMessage) => void;
  /** False refuses new requests with 503 `gateway.not_recording`: nothing passes unrecorded. */
  readonly isRecording: () => boolean;
}

export interface Gateway extends AsyncDisposable {
  /** False when a delta does not fit: send the full snapshot. In force for the next request when it returns. */
  apply(update: SnapshotUpdate): boolean;
  /** Opens a listener; resolves with the port in use (`port: 0` picks one). */
  listen(listener: GatewayListener): Promise<number>;
  /** Closes the listener on this port: no new connections, old ones drained. */
  unlisten(port: number): Promise<void>;
  /** New connections use the new certificates; a bad one throws `gateway.tls_invalid` and the old ones stay. */
  setTls(material: TlsMaterial): void;
  /** Live: the process answers. Ready: it has a snapshot and records. Upstream states by site. */
  health(): GatewayHealth;
  /** Stops taking connections, finishes what is under way within `drainTimeoutMs`, then closes. */
  drain(): Promise<void>;
}

export interface GatewayHealth {
  readonly ready: boolean;
  readonly revision: number;
  readonly connections: number;
  /** Whether rate limits count over all that share them. */
  readonly limits: LimiterState;
  readonly activeRequests: number;
  readonly upstreams: readonly {
    /** Its name. */
    readonly site: string;
    readonly url: string;
    readonly healthy: boolean;
    readonly active: number;
  }[];
}

/** Sites as people manage them; the snapshot carries the result. */
export interface Sites {
  list(): Promise<SiteRecord[]>;
  get(idOrName: string): Promise<SiteRecord>;
  create(by: PrincipalRef, input: SiteInput): Promise<SiteRecord>;
  update(by: PrincipalRef, id: string, input: Partial<SiteInput>): Promise<SiteRecord>;
  delete(by: PrincipalRef, id: string): Promise<void>;
}

export type SiteRecord = SitePolicy & { readonly createdAt: number };
export type SiteInput = Omit<SitePolicy, 'id'>;
