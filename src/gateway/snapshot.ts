/**
 * The two messages between control plane and data plane, and there are no others: a `SnapshotUpdate` goes down, `PlaneMessage`s come up.
 * Everything a decision needs is in the snapshot; the data plane asks nobody while a request waits. Values survive structured clone
 * (`Secret`s are revealed for the pipe between processes by `toWire` and wrapped again by `fromWire`).
 */
import type { CustomRoles, Subject } from '../access/access.ts';
import type { NewEvent } from '../core/events.ts';
import type { Permission } from '../core/permissions.ts';
import type { Ban, BanChange, Exclusion, PerimeterPolicy } from '../perimeter/perimeter.ts';
import type { PlatformFact, PlatformId, PlatformSession } from '../platforms/platforms.ts';
import type { SiteApi } from './api-input.ts';
import type { SiteGuard } from './guard-input.ts';
import type { SiteSignIn } from './sign-in-input.ts';

/** Published without sign-in: an exact path (`/webhook/orders`) with `:name` for one segment that varies. */
export interface PublicRoute {
  readonly methods: readonly string[];
  readonly path: string;
}

export interface SitePolicy {
  readonly id: string;
  /** Short name, unique: what people type and metrics show. */
  readonly name: string;
  readonly platform: PlatformId;
  /** Host names it answers to (no port), lower case; or a port of its own on the loopback default. */
  readonly hosts: readonly string[];
  readonly port: number | null;
  /** http(s) origins; more than one are balanced, least busy first. */
  readonly upstreams: readonly string[];
  /** `project`: the people of a project share an account, and the platform itself keeps the projects apart. */
  readonly accounts: 'personal' | 'project' | 'shared' | 'none';
  readonly defaultProject: string;
  /** With accounts `project`: further projects that work there. */
  readonly projects: readonly string[];
  readonly publicRoutes: readonly PublicRoute[];
  /** Origins that may read answers across origins; empty sends no CORS header at all. */
  readonly corsOrigins: readonly string[];
  /** Which plain identity headers the upstream gets, besides the signed assertion. */
  readonly identityHeaders: 'remote' | 'x-forwarded' | 'none';
  readonly bodyBytesMax: number;
  readonly upstreamTimeoutMs: number;
  /** Path asked for to see whether an upstream lives. */
  readonly healthPath: string;
  /** False: nobody gets in, as if the site did not exist; it keeps its settings. */
  readonly enabled: boolean;
  readonly guard: SiteGuard;
  /** Routes for programs. */
  readonly api: readonly SiteApi[];
  /** What it wants of the sign-in of those who come. */
  readonly signIn: SiteSignIn;
}

export interface SessionPolicy {
  readonly id: string;
  readonly userId: string;
  readonly host: string;
  readonly methods: readonly string[];
  readonly authenticatedAt: number;
  readonly lastSeenAt: number;
  readonly idleTimeoutMs: number;
  readonly expiresAt: number;
}

/** What a program calls sites with. It may do what its owner may, and of that only what is named here. */
export interface ApiKeyPolicy {
  readonly id: string;
  readonly userId: string;
  /** The part that is no secret. */
  readonly prefix: string;
  /** Site ids. */
  readonly sites: readonly string[];
  /** Paths it is good for, with all below them. */
  readonly paths: readonly string[];
  readonly permissions: readonly Permission[];
  readonly expiresAt: number;
  /** Set for an access token: who got it, which service accounts act in it (the one at work first), the hashes of what it came from. */
  readonly token?: {
    readonly clientId: string;
    readonly actors: readonly string[];
    readonly parents: readonly string[];
  };
}

export interface PersonPolicy extends Subject {
  readonly email: string;
  readonly name: string;
  /** Set for a service account: the person who answers for it, by id. */
  readonly ownerId?: string;
  /** Names of the groups the person is in, at most 100, for upstreams that ask. */
  readonly groups: readonly string[];
}

/** A private ES256 key (JWK) for assertions, with its public half and those still valid for the JWKS. */
export interface AssertionKeys {
  readonly privateJwk: Readonly<Record<string, unknown>>;
  readonly publicJwks: readonly Readonly<Record<string, unknown>>[];
}

/** What the perimeter needs to know beside the guards of the sites; changed as a whole. */
export interface GatePerimeter extends PerimeterPolicy {
  /** By site id: firewall rules that are not to count there. */
  readonly exclusions: ReadonlyMap<string, readonly Exclusion[]>;
  /** By site id: the version its platform says it runs. */
  readonly versions: ReadonlyMap<string, string>;
}

/** Immutable. A change makes a new one that shares what did not change. */
export interface PolicySnapshot {
  readonly revision: number;
  readonly sites: readonly SitePolicy[];
  /** By hex SHA-256 of the session token. */
  readonly sessions: ReadonlyMap<string, SessionPolicy>;
  /** By hex SHA-256 of the key. */
  readonly apiKeys: ReadonlyMap<string, ApiKeyPolicy>;
  /** By user id. */
  readonly people: ReadonlyMap<string, PersonPolicy>;
  /** Project roles made here. */
  readonly roles: CustomRoles;
  /** `site id|kind|resource id` → project id. */
  readonly assignments: ReadonlyMap<string, string>;
  /** `site id|user id` → the platform session the gate holds for that person. */
  readonly platformSessions: ReadonlyMap<string, PlatformSession>;
  readonly perimeter: GatePerimeter;
  readonly keys: AssertionKeys;
  /** Origin of the portal and sign-in pages: `https://localhost:8443`. */
  readonly portalOrigin: string;
}

type Sections = 'sessions' | 'apiKeys' | 'people' | 'roles' | 'assignments' | 'platformSessions';

/** One entry of one section set (or, without `value`, taken out). */
export type SnapshotChange = {
  [S in Sections]: {
    readonly section: S;
    readonly key: string;
    readonly value?: PolicySnapshot[S] extends ReadonlyMap<string, infer V> ? V : never;
  };
}[Sections];

export type SnapshotUpdate =
  /** `bans` are all of them, for a plane that has none yet; left out, those it has stay. */
  | { readonly kind: 'full'; readonly snapshot: PolicySnapshot; readonly bans?: readonly Ban[] }
  /** Applies only on top of `revision - 1`; a plane that missed one asks for the full snapshot. */
  | {
      readonly kind: 'delta';
      readonly revision: number;
      readonly changes: readonly SnapshotChange[];
      readonly bans?: BanChange;
    };

/** The head of one request, without what proves who somebody is. */
export interface HeadSample {
  /** The request id. */
  readonly id: string;
  readonly at: number;
  /** Site id. */
  readonly site: string;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly endpoint: string;
}

/** What the data plane tells. */
export type PlaneMessage =
  | { readonly kind: 'event'; readonly event: NewEvent }
  | {
      readonly kind: 'fact';
      readonly site: string;
      readonly userId: string | null;
      readonly fact: PlatformFact;
      readonly requestId: string;
    }
  /** A sample of what comes in, for trying a changed guard on. May be dropped. */
  | { readonly kind: 'head'; readonly head: HeadSample }
  /** Session id → last seen (epoch ms), at most every 30 s. */
  | { readonly kind: 'seen'; readonly sessions: ReadonlyMap<string, number> }
  /** API key id → last used (epoch ms), at most every minute. */
  | { readonly kind: 'keys_used'; readonly keys: ReadonlyMap<string, number> }
  /** `user id|project id` → when something was last done there (epoch ms), at most every minute. */
  | { readonly kind: 'used'; readonly uses: ReadonlyMap<string, number> }
  /** The platform no longer honours the session the gate holds (401), or renewed it (new cookie value). */
  | {
      readonly kind: 'platform_session';
      readonly site: string;
      readonly userId: string;
      readonly session: PlatformSession | null;
    };
