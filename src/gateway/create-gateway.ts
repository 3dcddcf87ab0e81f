import type { Duplex } from 'node:stream';
import { SallyportError } from '../core/errors.ts';
import type { NewEvent } from '../core/events.ts';
import { anonymous } from '../core/events.ts';
import { parseCidr } from '../core/ip.ts';
import { createApiCompiler, withServices } from './api/compile.ts';
import type { Compiled } from './compiled.ts';
import { compileSnapshot } from './compiled.ts';
import { askControl } from './control-bridge.ts';
import type { Denial, Exchange } from './exchange.ts';
import { newExchange } from './exchange.ts';
import type { Gateway, GatewayConfig, GatewayDeps } from './gateway.ts';
import { createCoreRules } from './guard/core-rules.ts';
import { createSiteFirewall } from './guard/site-firewall.ts';
import { createWalls } from './guard/walls.ts';
import { createApiGate } from './layers/api.ts';
import { createAuthenticate } from './layers/authenticate.ts';
import { stillGranted } from './layers/authorize.ts';
import { stillCertified } from './layers/client-certificate.ts';
import { createUses } from './layers/uses.ts';
import { createLayers, layerNames } from './layers.ts';
import { createOverload } from './overload/overload.ts';
import { createAnswerGuard } from './proxy/answers.ts';
import { both, failingClosed } from './proxy/body.ts';
import { createForward } from './proxy/forward.ts';
import type { OpenStream } from './proxy/open-streams.ts';
import { createOpenStreams } from './proxy/open-streams.ts';
import { createSiteTraits } from './proxy/site-traits.ts';
import { createTunnel, tunnelIdleMs } from './proxy/tunnel.ts';
import { createUpstreams } from './proxy/upstreams.ts';
import { createRecorder } from './recorder.ts';
import type { SnapshotUpdate } from './snapshot.ts';
import { applyUpdate } from './snapshot-update.ts';
import { transportLimits } from './transport/limits.ts';
import type { InboundRequest, InboundUpgrade, Refused } from './transport/transport.ts';
import { createTransport } from './transport/transport.ts';
import { createWalk } from './walk.ts';

const sweepEveryMs = 5000;
const healthIntervalMs = 10_000;

/**
 * Opens nothing by itself: `listen` does. Everything it knows is in the snapshot it was given last; a request is decided by the one in
 * force when it came in, and what is still open when a new one comes is judged again by that.
 */
export function createGateway(config: GatewayConfig, deps: GatewayDeps): Gateway {
  const { clock, log, newId } = deps;
  let policy: Compiled | undefined;
  const recorder = createRecorder({ ...deps, layerNames });
  const open = createOpenStreams();
  const upstreams = createUpstreams({ log, healthIntervalMs: config.healthIntervalMs ?? healthIntervalMs });
  const authenticate = createAuthenticate({ clock, tell: recorder.tell });
  const traitsOf = createSiteTraits();
  const walls = createWalls(config, deps);
  const trusted = config.trustedProxies.map(parseCidr);
  const isTrustedProxy = (ip: string) => trusted.some(block => block.contains(ip)) || walls.reputation.isTrustedHop(ip);
  const peers = (config.forwardAuthPeers ?? []).map(parseCidr);
  const isForwardAuthPeer = (ip: string) => peers.some(block => block.contains(ip));
  const { tell } = recorder;
  const coreRules = createCoreRules({ rules: deps.coreRules, bodyBytesMax: config.coreRulesBodyBytesMax ?? 0, tell });
  const firewall = createSiteFirewall({ clock, firewall: deps.firewall, coreRules, tell });
  const compile = { ...deps, compileApis: createApiCompiler() };
  const api = createApiGate({ limiter: walls.quotas, tell: recorder.tell });
  const refuse = (exchange: Exchange, denial: Denial, layer = 'forward'): void => way.refuse(exchange, layer, denial);
  const proxy = {
    clock,
    log,
    recorder,
    upstreams,
    open,
    refuse,
    inspect: (exchange: Exchange) =>
      failingClosed(both(firewall.openBody(exchange), api.openBody(exchange)), error =>
        log.error('gateway.inspection_failed', { requestId: exchange.requestId, error }),
      ),
    answers: createAnswerGuard({ clock, tell: recorder.tell }),
    hstsMaxAgeS: config.hstsMaxAgeS,
    layers: layerNames.length,
  };
  const forward = createForward(proxy, traitsOf);
  const tunnel = createTunnel(proxy, traitsOf);
  const limits = transportLimits(config);
  const onRefused = (refused: Refused): void => recorder.tell({ kind: 'event', event: refusedEvent(refused, newId()) });
  const requestsRatio = (): number => transport.counts().activeRequests / limits.requestsMax;
  const overload = createOverload({ ...deps, requestsRatio, onRefused });
  const uses = createUses({ clock, tell: recorder.tell });
  const layers = createLayers({
    clock,
    log,
    ...walls,
    isTrustedProxy,
    isForwardAuthPeer,
    policy: () => policy,
    isRecording: recorder.isRecording,
    firewall,
    api,
    authenticate,
    uses,
    overload: overload.judge,
    level: overload.level,
    control: deps.control,
    askControl: exchange =>
      void askControl(exchange, { ...deps, recorder, refuse: (of, denial) => way.refuse(of, 'gate_routes', denial) }),
    forward: exchange => (exchange.socket === undefined ? forward(exchange) : tunnel(exchange)),
  });
  const way = createWalk(layers, { clock, log, recorder });

  const begin = (inbound: InboundRequest | InboundUpgrade, socket?: Duplex, head?: Buffer): void => {
    const made = { requestId: newId(), at: clock.now(), startedMs: clock.monotonicMs(), layers: layers.length };
    way.walk(newExchange(inbound, { ...made, ...(socket && { socket }), ...(head && { head }) }));
  };

  const transport = createTransport({
    clock,
    log,
    limits,
    isTrustedProxy: ip => isTrustedProxy(ip) || isForwardAuthPeer(ip),
    isOverloaded: () => overload.level() === 'overloaded',
    handlers: {
      onRequest: inbound => begin(inbound),
      onUpgrade(inbound, socket, head) {
        socket.on('error', () => socket.destroy());
        begin(inbound, socket, head);
      },
      onRefused,
      onFlow: flow => deps.flows?.note(flow),
    },
  });

  /** Why an open stream may not go on; undefined when it may. */
  const reasonToClose = ({ exchange, isEndless, lastByteMs }: OpenStream): string | undefined => {
    if (policy === undefined) return 'no policy';
    if (isEndless && lastByteMs !== undefined && clock.monotonicMs() - lastByteMs > tunnelIdleMs)
      return 'silent for too long';
    const renewed = exchange.signedIn && authenticate.renew(exchange.signedIn, policy, exchange.hostname);
    if (exchange.signedIn !== undefined && renewed === undefined && exchange.granted?.kind !== 'public')
      return 'the session ended';
    if (!stillCertified(exchange, policy, clock.now())) return 'the client certificate is taken no more';
    return stillGranted(exchange, policy, renewed?.person, clock.now()) ? undefined : 'no longer permitted';
  };
  const sweep = setInterval(() => {
    if (policy !== undefined) authenticate.sweep(policy);
    uses.sweep();
    walls.bans.sweep();
    open.review(reasonToClose);
  }, sweepEveryMs);
  sweep.unref();

  return {
    apply(update: SnapshotUpdate) {
      const snapshot = applyUpdate(policy?.snapshot, update);
      if (snapshot === undefined) return false;
      const before = policy;
      policy = compileSnapshot(snapshot, before, compile);
      walls.apply(update, { before: before?.snapshot.perimeter, now: snapshot.perimeter });
      if (before?.snapshot.sites !== snapshot.sites) {
        const enabled = snapshot.sites.filter(site => site.enabled);
        upstreams.sync(withServices(enabled));
        api.sync(enabled);
      }
      if (before?.clientCas !== policy.clientCas) transport.askForCertificates(policy.clientCas);
      open.review(reasonToClose);
      return true;
    },
    listen: listener => transport.listen(listener),
    unlisten: port => transport.unlisten(port),
    setTls: material => transport.setTls(material),
    health() {
      const { connections, activeRequests } = transport.counts();
      const revision = policy?.snapshot.revision ?? 0;
      return {
        ready: policy !== undefined && recorder.isRecording(),
        revision,
        connections,
        activeRequests,
        limits: walls.limiter.state(),
        upstreams: upstreams.states(),
      };
    },
    async drain() {
      // What never ends by itself would hold the drain to its limit; clients of both kinds come back by themselves, to another gate.
      open.review(stream => (stream.isEndless ? 'the gate is stopping' : undefined));
      await transport.drain();
    },
    async [Symbol.asyncDispose]() {
      clearInterval(sweep);
      overload[Symbol.dispose]();
      walls.limiter.close();
      open.review(() => 'the gate is closing');
      await transport[Symbol.asyncDispose]();
      await upstreams[Symbol.asyncDispose]();
      if (recorder.waiting > 0) {
        log.error('gateway.records_lost', {
          error: new SallyportError('core.queue_full', `${recorder.waiting} messages could not be told`),
        });
      }
    },
  };
}

/** What the transport refused before there was a request to speak of. */
function refusedEvent(refused: Refused, requestId: string): NewEvent {
  const { layer, reason, type, status, peerIp, count } = refused;
  return {
    type: 'request.finished',
    outcome: 'denied',
    principal: anonymous,
    action: 'request',
    requestId,
    clientIp: peerIp,
    data: {
      method: 'UNKNOWN',
      endpoint: 'unknown',
      path: '',
      status,
      bytesIn: 0,
      bytesOut: 0,
      durationMs: 0,
      denied: { layer, reason: count > 1 ? `${reason} (${count} times)` : reason, type },
      layersUs: {},
    },
  };
}
