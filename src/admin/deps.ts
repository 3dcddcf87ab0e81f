import type { Access, Roster } from '../access/access.ts';
import type { Audit } from '../audit/audit.ts';
import type { Clock } from '../core/clock.ts';
import type { Bus } from '../core/events.ts';
import type { Log } from '../core/log.ts';
import type { ControlHandler, GatewayHealth, HeadSample, SiteRecord, Sites } from '../gateway/gateway.ts';
import type { Identity, UserRole } from '../identity/identity.ts';
import type { Bans, Exclusions, Geo, ListStatus } from '../perimeter/perimeter.ts';
import type { Platform, PlatformAccounts, PlatformId } from '../platforms/platforms.ts';
import type { Counters, Dialect } from '../store/store.ts';

export interface AdminConfig {
  /** Where portal, sign-in pages and API are: `https://localhost:8443`. */
  readonly portalOrigin: string;
  /** Folder with the built portal; when it is not there, a page says so. */
  readonly portalDir: string;
  readonly version: string;
  readonly profile: 'development' | 'staging' | 'production';
  /** The global roles that cannot be without a second factor, as identity holds them. */
  readonly mfaCompulsoryFor: readonly UserRole[];
}

/** How the gate is, as the wiring knows it. */
interface GateStatus {
  readonly startedAt: number;
  readonly recording: boolean;
  readonly store: Dialect;
  readonly health: GatewayHealth;
  /** Ports that sites want and another program has: nobody reaches these sites. */
  readonly closedPorts: readonly number[];
  /** True while the certificates are ones that Sallyport made for itself. */
  readonly certificateIsGenerated: boolean;
}

/** The perimeter as the control plane keeps it. */
export interface PerimeterDeps {
  readonly exclusions: Exclusions;
  readonly bans: Pick<Bans, 'list' | 'create' | 'lift'>;
  readonly geo: Pick<Geo, 'countryOf'>;
  /** Whether rule files are loaded that a site can have beside the firewall. */
  readonly hasCoreRules: boolean;
  lists(): readonly ListStatus[];
  /** Heads of recent requests of one site, newest first. */
  headsOf(siteId: string): readonly HeadSample[];
}

export interface AdminDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly random: (bytes: number) => Buffer;
  readonly identity: Identity;
  readonly access: Access;
  /** Who holds what, as every decision is made. */
  readonly roster: Roster;
  readonly audit: Pick<Audit, 'search' | 'histogram' | 'verify' | 'flush'>;
  readonly bus: Pick<Bus, 'subscribe'>;
  readonly counters: Pick<Counters, 'increment'>;
  readonly sites: Sites;
  /** The gate's own address is no upstream. */
  readonly portalOrigin: string;
  readonly platforms: ReadonlyMap<
    PlatformId,
    Pick<Platform, 'id' | 'title' | 'accounts' | 'classify' | 'canonicalise' | 'advisories'>
  >;
  readonly perimeter: PerimeterDeps;
  readonly platformAccounts: Omit<PlatformAccounts, 'load' | 'renewed' | 'personOf'>;
  /** For the probe of an upstream alone. */
  readonly fetch: typeof globalThis.fetch;
  readonly status: () => GateStatus;
  /** The origins a site answers at; the first is the one to show. */
  readonly siteOrigins: (site: SiteRecord) => readonly string[];
  /** The version a site's platform last said it runs. */
  readonly platformVersion: (siteId: string) => string | undefined;
  /** The external-hook file for the n8n of a site, and how to install it. */
  readonly printN8nHook: (site: SiteRecord) => Promise<{ readonly text: string; readonly notes: string }>;
  /** Takes signed events of the n8n hook; proves the sender itself. */
  readonly n8nHook: ControlHandler;
}
