import { createServer } from 'node:net';
import { SallyportError } from '../core/errors.ts';
import type {
  ControlHandler,
  GatewayConfig,
  PlaneMessage,
  SiteRecord,
  TlsSource,
  TlsStatus,
} from '../gateway/gateway.ts';
import { createGateway, createTlsSource } from '../gateway/gateway.ts';
import { createPlatforms } from '../platforms/platforms.ts';
import type { LoadedConfig } from './config.ts';
import type { ControlPlane } from './control-plane.ts';
import { readContext } from './control-wire.ts';
import { createFirewalls } from './firewalls.ts';
import { flowSettings, openFlowLog } from './flow-side.ts';
import type { Foundation } from './foundation.ts';
import { listenOnSocket, socketPath } from './operator-socket.ts';
import { resolveSecret } from './secret-reference.ts';
import { createSiteListeners } from './site-listeners.ts';
import type { PlaneHealth } from './worker-messages.ts';
import type { WorkerPool } from './worker-pool.ts';
import { createWorkerPool, mergeHealth } from './worker-pool.ts';

const recordingEveryMs = 250;

/** The way in, in this process or in several: the rest of the house does not see the difference. */
export interface DataPlane extends AsyncDisposable {
  /** With the port that was really opened. */
  readonly portalOrigin: string;
  /** Certificates are made for the names of these sites, where Sallyport makes them. */
  setSites(sites: readonly SiteRecord[]): Promise<void>;
  /** Begins to serve: from here on every policy change reaches every gateway. */
  open(control: ControlPlane): Promise<void>;
  health(): PlaneHealth;
  /** How certificates stand: what is served until when, and what could not be had. */
  tlsStatus(): TlsStatus;
  drain(): Promise<void>;
}

export interface DataPlaneDeps {
  readonly handle: ControlHandler;
  readonly take: (message: PlaneMessage) => void;
}

export async function openDataPlane(loaded: LoadedConfig, house: Foundation, deps: DataPlaneDeps): Promise<DataPlane> {
  const { config } = loaded;
  const portalHost = new URL(loaded.portalOrigin).hostname;
  const tls = await createTlsSource(config.tls, {
    dataDir: loaded.dataDir,
    baseDir: loaded.baseDir,
    hosts: [portalHost],
    httpsPort: Number(new URL(loaded.portalOrigin).port || 443),
    readSecret: reference => resolveSecret(reference, house.env),
    clock: house.clock,
    log: house.log,
  });
  const tlsNames = (sites: readonly SiteRecord[]) => tls.setHosts([portalHost, ...sites.flatMap(site => site.hosts)]);
  const gatewayConfig: GatewayConfig = {
    ...config.limits,
    trustedProxies: config.trustedProxies,
    forwardAuthPeers: config.forwardAuth.peers,
    hstsMaxAgeS: config.hstsMaxAgeS,
    ...(config.perimeter.coreRuleSet && { coreRulesBodyBytesMax: config.perimeter.coreRuleSet.bodyBytesMax }),
    limitKeysMax: config.perimeter.limits.keysMax,
    limitNodes: Math.max(1, config.workers) * (config.counters.kind === 'redis' ? config.perimeter.limits.nodes : 1),
    ...(config.perimeter.geoDatabase === undefined ? {} : { geoDatabase: config.perimeter.geoDatabase }),
  };
  if (config.workers === 0) return openHere(loaded, house, deps, { tls, tlsNames, gatewayConfig });
  return openInWorkers(loaded, house, deps, { tls, tlsNames, gatewayConfig });
}

interface Ready {
  readonly tls: TlsSource;
  readonly tlsNames: (sites: readonly SiteRecord[]) => Promise<void>;
  readonly gatewayConfig: GatewayConfig;
}

/** One process: the gateway is called, not messaged. */
async function openHere(
  loaded: LoadedConfig,
  house: Foundation,
  deps: DataPlaneDeps,
  ready: Ready,
): Promise<DataPlane> {
  const { config } = loaded;
  await using stack = new AsyncDisposableStack();
  stack.use(ready.tls);
  const flows = openFlowLog(flowSettings(loaded), { writer: 'main', clock: house.clock, log: house.log });
  if (flows !== undefined) stack.use(flows);
  const gateway = stack.use(
    createGateway(ready.gatewayConfig, {
      ...house,
      platforms: createPlatforms(),
      ...createFirewalls(config.perimeter.coreRuleSet),
      ...(config.counters.kind === 'redis' ? { sharedCounters: house.counters } : {}),
      ...(flows && { flows }),
      control: deps.handle,
      tell: deps.take,
      isRecording: () => house.audit.isRecording(),
    }),
  );
  gateway.setTls(ready.tls.material);
  stack.defer(ready.tls.onChange(material => gateway.setTls(material)));
  const listener = { host: config.listen.host, tls: true };
  const port = await gateway.listen({ ...listener, port: config.listen.port }).catch((error: unknown) => {
    throw cannotListen(config.listen, error);
  });
  const siteListeners = stack.use(createSiteListeners({ gateway, listener, log: house.log }));
  const open = stack.move();
  return {
    portalOrigin:
      loaded.config.listen.port === 0 && config.publicUrl === undefined
        ? `https://localhost:${port}`
        : loaded.portalOrigin,
    setSites: ready.tlsNames,
    async open(control) {
      await control.attach({
        name: 'main process',
        // It gets no further change: better closed than deciding from old policy.
        end: () => void gateway.drain().catch(error => house.log.error('gateway.drain_failed', { error })),
        async apply(update) {
          const fits = gateway.apply(update);
          if (fits && update.kind === 'full') await siteListeners.sync(update.snapshot.sites);
          return fits;
        },
      });
      ready.tls.begin();
    },
    tlsStatus: () => ready.tls.status(),
    health: () => ({ ...gateway.health(), closedPorts: siteListeners.closedPorts() }),
    drain() {
      siteListeners[Symbol.dispose]();
      return gateway.drain();
    },
    [Symbol.asyncDispose]: () => open[Symbol.asyncDispose](),
  };
}

function cannotListen({ host, port }: { host: string; port: number }, cause: unknown): SallyportError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  const why =
    code === 'EADDRINUSE'
      ? 'another program listens there; stop it, or set listen.port'
      : code === 'EACCES'
        ? 'the system does not allow it; set listen.port to one above 1023, or grant CAP_NET_BIND_SERVICE'
        : cause instanceof Error
          ? cause.message
          : String(cause);
  const message = `Cannot listen on "${host}:${port}": ${why}`;
  return new SallyportError('server.config_invalid', message, { detail: message, cause });
}

/** Several processes on one port; requests for the control plane come back over a local socket. */
async function openInWorkers(
  loaded: LoadedConfig,
  house: Foundation,
  deps: DataPlaneDeps,
  ready: Ready,
): Promise<DataPlane> {
  const { config } = loaded;
  if (process.platform !== 'linux' || config.listen.port === 0) {
    const message = `Cannot start ${config.workers} workers: want Linux and a fixed listen.port, have ${process.platform} and port ${config.listen.port}`;
    throw new SallyportError('server.config_invalid', message, { detail: message });
  }
  await refusePortInUse(config.listen);
  await using stack = new AsyncDisposableStack();
  stack.use(ready.tls);
  const planeSocket = socketPath(loaded.dataDir, 'plane');
  stack.use(
    await listenOnSocket(planeSocket, async received => {
      const { request, context } = readContext(received);
      return deps.handle(request, context);
    }),
  );
  let pool: WorkerPool | undefined;
  stack.defer(ready.tls.onChange(material => pool?.setTls(material)));
  watchRecording(house, recording => pool?.setRecording(recording), stack);
  const open = stack.move();
  return {
    portalOrigin: loaded.portalOrigin,
    setSites: ready.tlsNames,
    async open(control) {
      pool = open.use(
        await createWorkerPool({
          count: config.workers,
          start: () => ({
            gateway: ready.gatewayConfig,
            coreRuleSet: config.perimeter.coreRuleSet,
            host: config.listen.host,
            mainPort: config.listen.port,
            planeSocket,
            tls: ready.tls.material,
            recording: house.audit.isRecording(),
            flows: flowSettings(loaded),
            logLevel: config.logLevel,
          }),
          control,
          take: deps.take,
          counters: house.counters,
          log: house.log,
        }),
      );
      ready.tls.begin();
    },
    tlsStatus: () => ready.tls.status(),
    health: () => pool?.health() ?? mergeHealth([]),
    drain: async () => pool?.drain(),
    [Symbol.asyncDispose]: () => open[Symbol.asyncDispose](),
  };
}

/** Workers share the port among themselves, so the system would let them share it with a stranger, or say why only in their log. */
async function refusePortInUse(listen: { host: string; port: number }): Promise<void> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', error => reject(cannotListen(listen, error)));
    probe.listen({ ...listen, exclusive: true }, () => probe.close(() => resolve()));
  });
}

/** Workers cannot see the log: they are told when it stops taking events, and when it takes them again. */
function watchRecording(house: Foundation, tell: (recording: boolean) => void, stack: AsyncDisposableStack): void {
  let last = true;
  const timer = setInterval(() => {
    const now = house.audit.isRecording();
    if (now !== last) tell(now);
    last = now;
  }, recordingEveryMs);
  timer.unref();
  stack.defer(() => clearInterval(timer));
}
