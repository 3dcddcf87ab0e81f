import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Admin } from '../admin/admin.ts';
import { createAdmin } from '../admin/admin.ts';
import type { Client } from '../admin/client.ts';
import { createClient } from '../admin/client.ts';
import { SallyportError } from '../core/errors.ts';
import { systemPrincipal } from '../core/events.ts';
import type { ControlHandler, GatewayTables, Sites } from '../gateway/gateway.ts';
import { createSites } from '../gateway/gateway.ts';
import type { LoadedConfig } from './config.ts';
import type { ControlPlane } from './control-plane.ts';
import { createControlPlane } from './control-plane.ts';
import type { DataPlane } from './data-plane.ts';
import { openDataPlane } from './data-plane.ts';
import { hasCoreRules } from './firewalls.ts';
import type { Foundation, Seams } from './foundation.ts';
import { layFoundation } from './foundation.ts';
import { createInTurn } from './in-turn.ts';
import { keepUp, renewKeys } from './keeping.ts';
import { createMetrics, listenForMetrics } from './metrics.ts';
import { listenOnSocket, socketPath } from './operator-socket.ts';
import type { PeopleSide } from './people-side.ts';
import { createPeopleSide, loadGroups } from './people-side.ts';
import type { PerimeterSide } from './perimeter-side.ts';
import { createPerimeterSide } from './perimeter-side.ts';
import { createPlaneEars } from './plane-ears.ts';
import type { PlatformSide } from './platform-side.ts';
import { createPlatformSide } from './platform-side.ts';
import { refusals } from './profile.ts';
import { siteOrigins } from './site-address.ts';

const root = path.dirname(path.dirname(path.dirname(fileURLToPath(import.meta.url))));
const planeTimeoutMs = 5000;

/** What Sallyport is, for whoever started it. */
export interface Sallyport extends AsyncDisposable {
  readonly portalOrigin: string;
  readonly metricsPort: number;
  /** The API as the local operator: everything a person could do, recorded as done at the machine. */
  readonly operator: Client;
  /** Finishes what is under way, writes the log to its end, closes everything. A second call waits for the first. */
  stop(reason: string): Promise<void>;
}

/** The version in package.json. */
export function readVersion(): string {
  const { version }: { version: string } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  return version;
}

/**
 * Builds the house floor by floor and opens the gate. Everything opened is closed in reverse, also when a later floor fails. Throws
 * `server.insecure` with every reason when the profile refuses the settings.
 */
export async function startSallyport(loaded: LoadedConfig, seams: Seams): Promise<Sallyport> {
  const reasons = refusals(loaded);
  if (reasons.length > 0) {
    const message = `Refusing to start with profile "${loaded.config.profile}":\n${reasons.map(reason => `  ${reason}`).join('\n')}`;
    throw new SallyportError('server.insecure', message, { detail: message, extensions: { reasons } });
  }
  await using stack = new AsyncDisposableStack();
  const house = await layFoundation(loaded, seams, stack);
  const built = await build(loaded, house, stack);
  await house.audit.append({
    type: 'gate.started',
    outcome: 'success',
    principal: systemPrincipal,
    action: 'gate.start',
    data: { version: readVersion(), profile: loaded.config.profile },
  });
  const open = stack.move();
  let stopped: Promise<void> | undefined;
  return {
    ...built,
    stop: reason => (stopped ??= stop({ plane: built.plane, house, open }, reason)),
    [Symbol.asyncDispose]: () => stopped ?? open[Symbol.asyncDispose](),
  };
}

/** Whatever fails on the way, everything is closed; the first failure is then thrown. */
async function stop(
  what: { plane: DataPlane; house: Foundation; open: AsyncDisposableStack },
  reason: string,
): Promise<void> {
  try {
    await what.plane.drain();
    await what.house.audit.append({
      type: 'gate.stopped',
      outcome: 'success',
      principal: systemPrincipal,
      action: 'gate.stop',
      data: { reason },
    });
  } finally {
    await what.open[Symbol.asyncDispose]();
  }
}

type Built = Omit<Sallyport, 'stop' | keyof AsyncDisposable> & { readonly plane: DataPlane };

async function build(loaded: LoadedConfig, house: Foundation, stack: AsyncDisposableStack): Promise<Built> {
  const { config } = loaded;
  const startedAt = house.clock.now();
  // The rooms tell the control plane of changes and the control plane reads the rooms: it is bound once both are there.
  let control: ControlPlane | undefined;
  let admin: Admin | undefined;
  const handle: ControlHandler = (request, context) =>
    admin
      ? admin.handle(request, context)
      : Promise.resolve(new Response('Starting.\n', { status: 503, headers: { 'retry-after': '1' } }));

  const { access, identity, roster } = await createPeopleSide(
    loaded,
    house,
    {
      control: () => control,
      portalOrigin: () => plane.portalOrigin,
      sites: () => sites.list(),
    },
    stack,
  );
  const platformSide = stack.use(
    await createPlatformSide(loaded, house, {
      changed: async (...change) => control?.platformSessionChanged(...change),
      versionsChanged: async () => control?.perimeterChanged(),
      emailOf: userId => control?.snapshot().people.get(userId)?.email,
    }),
  );
  const perimeterSide = stack.use(
    await createPerimeterSide(loaded, house, {
      changed: async () => control?.perimeterChanged(),
      bansChanged: async change => control?.bansChanged(change),
      version: platformSide.version,
    }),
  );
  const ears = stack.use(
    createPlaneEars({
      ...house,
      identity,
      accounts: platformSide.accounts,
      tellFact: platformSide.tellFact,
      touchUses: uses => access.uses.touch(uses),
      keepHead: perimeterSide.keepHead,
    }),
  );
  const plane = stack.use(await openDataPlane(loaded, house, { handle, take: ears.take }));
  const { portalOrigin } = plane;
  const sites = createSites({
    ...house,
    db: house.store.db<GatewayTables>(),
    portalOrigin,
    changed: async () => sitesChanged(),
  });

  const sitesChanged = createInTurn(async () => {
    const all = await sites.list();
    await plane.setSites(all);
    platformSide.setSites(all);
    perimeterSide.setSites(all);
    await control?.sitesChanged();
  });

  control = await createControlPlane({
    sources: {
      identity: () => identity.load(),
      access: () => access.load(),
      groups: () => loadGroups(identity),
      sites: () => sites.list(),
      platformSessions: () => platformSide.accounts.load(),
      perimeter: perimeterSide.policy,
      bans: perimeterSide.loadBans,
    },
    roster,
    keys: (await renewKeys(house)).keys,
    portalOrigin,
    log: house.log,
    planeTimeoutMs,
  });
  admin = stack.use(
    openAdmin(loaded, house, { access, identity, perimeterSide, plane, platformSide, roster, sites, startedAt }),
  );
  await sitesChanged();
  await plane.open(control);
  const [theAdmin, theControl] = [admin, control];
  stack.use(
    await listenOnSocket(socketPath(loaded.dataDir, 'operator'), request =>
      theAdmin.handleOperator(request, house.newId()),
    ),
  );
  const metrics = stack.use(
    createMetrics({ bus: house.bus, gauges: () => ({ ...plane.health(), recording: house.audit.isRecording() }) }),
  );
  const { port: metricsPort } = stack.use(await listenForMetrics(metrics, config.metrics));
  keepUp(house, { access, identity, keysChanged: keys => theControl.keysChanged(keys) }, stack);
  const operator = createClient({
    baseUrl: portalOrigin,
    fetch: (url, init) => theAdmin.handleOperator(new Request(url, init), house.newId()),
  });
  return { portalOrigin, metricsPort, operator, plane };
}

interface Rooms extends PeopleSide {
  readonly perimeterSide: PerimeterSide;
  readonly plane: DataPlane;
  readonly platformSide: PlatformSide;
  readonly sites: Sites;
  readonly startedAt: number;
}

function openAdmin({ config }: LoadedConfig, house: Foundation, rooms: Rooms): Admin {
  const { perimeterSide, plane, platformSide, startedAt, ...people } = rooms;
  const { portalOrigin } = plane;
  return createAdmin(
    {
      portalOrigin,
      portalDir: path.join(root, 'portal', 'dist'),
      version: readVersion(),
      profile: config.profile,
      mfaCompulsoryFor: config.identity.mfa.compulsoryFor,
    },
    {
      ...house,
      ...people,
      portalOrigin,
      platforms: platformSide.platforms,
      platformAccounts: platformSide.accounts,
      fetch: globalThis.fetch,
      status: () => ({
        startedAt,
        recording: house.audit.isRecording(),
        store: house.store.dialect,
        health: plane.health(),
        closedPorts: plane.health().closedPorts,
        certificateIsGenerated: config.tls.mode === 'generated',
      }),
      siteOrigins: site => siteOrigins(site, portalOrigin),
      platformVersion: platformSide.version,
      perimeter: {
        ...perimeterSide,
        headsOf: perimeterSide.heads.of,
        hasCoreRules: hasCoreRules(config.perimeter.coreRuleSet),
      },
      printN8nHook: site => platformSide.printN8nHook(site, portalOrigin),
      n8nHook: platformSide.n8nHook,
    },
  );
}
