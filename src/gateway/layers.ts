import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { BanPlane, Geo, Limiter, ReputationPlane } from '../perimeter/perimeter.ts';
import type { Compiled } from './compiled.ts';
import type { Exchange, Verdict } from './exchange.ts';
import type { ControlHandler } from './gateway.ts';
import type { SiteFirewall } from './guard/site-firewall.ts';
import { createAddressLayer } from './layers/address.ts';
import type { ApiGate } from './layers/api.ts';
import { createAssuranceLayer } from './layers/assurance.ts';
import type { Authenticate } from './layers/authenticate.ts';
import { authorize } from './layers/authorize.ts';
import { createBansLayer } from './layers/bans.ts';
import { createChallengeLayer, wantsChallenge } from './layers/challenge.ts';
import { classify } from './layers/classify.ts';
import { createClientCertificateLayer } from './layers/client-certificate.ts';
import { judgeCors, judgeCsrf } from './layers/cross-site.ts';
import { createForwardAuthLayer } from './layers/forward-auth.ts';
import { createGateActions } from './layers/gate-actions.ts';
import { createGateRoutes, createHealthLayer } from './layers/gate-routes.ts';
import { createLimitsLayer } from './layers/limits.ts';
import { createOriginLayer } from './layers/origin.ts';
import { judgePath } from './layers/path.ts';
import { createPlatformSessionLayer } from './layers/platform-session.ts';
import { createRecordingLayer, createSnapshotLayer } from './layers/recording.ts';
import { judgeSite } from './layers/site.ts';
import type { Uses } from './layers/uses.ts';
import type { LoadLevel } from './overload/gauge.ts';

/** One wall of the gate. It says nothing against an exchange, or stops it; the record names the one that stopped it. */
export interface Layer {
  readonly name: string;
  readonly judge: (exchange: Exchange) => Verdict | Promise<Verdict>;
}

export interface LayerDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly isTrustedProxy: (ip: string) => boolean;
  /** Other proxies that may ask whether a request may pass. */
  readonly isForwardAuthPeer: (ip: string) => boolean;
  readonly bans: BanPlane;
  readonly reputation: ReputationPlane;
  readonly geo: Geo;
  readonly limiter: Limiter;
  readonly policy: () => Compiled | undefined;
  readonly isRecording: () => boolean;
  readonly firewall: SiteFirewall;
  readonly api: ApiGate;
  readonly authenticate: Authenticate;
  readonly uses: Uses;
  /** Turns away what is too much. */
  readonly overload: Layer['judge'];
  readonly level: () => LoadLevel;
  readonly control: ControlHandler;
  /** Carries the exchange to the control plane and finishes it. */
  readonly askControl: (exchange: Exchange) => void;
  /** Forwards, or tunnels a WebSocket, and finishes the exchange. */
  readonly forward: (exchange: Exchange) => Verdict;
}

/** Names of the layers, in order; known before they are made. */
export const layerNames = [
  'forward_auth',
  'address',
  'health',
  'recording',
  'snapshot',
  'authenticate',
  'overload',
  'bans',
  'challenge',
  'site',
  'origin',
  'path',
  'classify',
  'client_certificate',
  'limits',
  'firewall',
  'gate_routes',
  'cors',
  'api',
  'authorize',
  'assurance',
  'same_origin',
  'api_request',
  'gate_actions',
  'platform_session',
  'forward',
] as const;

type LayerName = (typeof layerNames)[number];

/** The layers that answer, forward, or tell the request from others: what another proxy asks about is judged by all the rest, in order. */
const notAsked: ReadonlySet<LayerName> = new Set<LayerName>([
  'forward_auth',
  'address',
  'health',
  'gate_routes',
  'cors',
  'gate_actions',
  'platform_session',
  'forward',
]);

/**
 * The way in, in order. Before the first of these the transport has judged connection, TLS and framing; after the last come the rules for
 * the answer and the record. A layer that needs no waiting does not wait.
 */
export function createLayers(deps: LayerDeps): readonly Layer[] {
  const judges: Record<LayerName, Layer['judge']> = {
    forward_auth: exchange => forwardAuth(exchange),
    address: createAddressLayer({ isTrusted: deps.isTrustedProxy }),
    health: createHealthLayer({ isReady: () => deps.policy() !== undefined && deps.isRecording() }),
    recording: createRecordingLayer(deps),
    snapshot: createSnapshotLayer(deps),
    bans: createBansLayer(deps),
    challenge: createChallengeLayer({ ...deps, wants: wantsChallenge(deps.level) }),
    site: judgeSite,
    origin: createOriginLayer(deps),
    path: judgePath,
    classify,
    client_certificate: createClientCertificateLayer(deps),
    assurance: createAssuranceLayer(deps),
    limits: createLimitsLayer(deps),
    firewall: deps.firewall.judgeHead,
    authenticate: deps.authenticate.judge,
    overload: deps.overload,
    gate_routes: createGateRoutes({ control: deps.askControl }),
    cors: judgeCors,
    api: deps.api.enter,
    api_request: deps.api.judge,
    authorize: exchange => {
      const verdict = authorize(exchange);
      if (verdict.kind === 'next') deps.uses.note(exchange);
      return verdict;
    },
    same_origin: judgeCsrf,
    gate_actions: createGateActions(deps),
    platform_session: createPlatformSessionLayer(deps),
    forward: deps.forward,
  };
  const layers = layerNames.map(name => ({ name, judge: judges[name] }));
  const steps = layers.filter(({ name }) => !notAsked.has(name));
  const forwardAuth = createForwardAuthLayer({ ...deps, isPeer: deps.isForwardAuthPeer, steps });
  return layers;
}
