import type { Clock } from '../core/clock.ts';
import { isSallyportError } from '../core/errors.ts';
import type { NewEvent } from '../core/events.ts';
import type { Log } from '../core/log.ts';
import type { Exchange } from './exchange.ts';
import { principalOf } from './exchange.ts';
import type { PlaneMessage } from './snapshot.ts';

/** Messages to the control plane. What could not be told waits here, and while anything waits nothing new is let through. */
export interface Recorder {
  /** False: a request let through now could not be recorded. */
  readonly isRecording: () => boolean;
  readonly tell: (message: PlaneMessage) => void;
  /** Ends an exchange and tells its record; a second call does nothing. */
  readonly finish: (exchange: Exchange) => void;
  /** Messages that still wait to be told. */
  readonly waiting: number;
}

interface RecorderDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly tell: (message: PlaneMessage) => void;
  readonly isRecording: () => boolean;
  readonly layerNames: readonly string[];
}

/** Only what is under way when recording stops can end up waiting; this bound is far above the requests a gate holds. */
const waitingMax = 100_000;
const pathCharsMax = 512;

export function createRecorder(deps: RecorderDeps): Recorder {
  const names = [...deps.layerNames, 'upstream', 'respond'];
  let waiting: PlaneMessage[] = [];

  function flush(): boolean {
    let told = 0;
    try {
      for (const message of waiting) {
        deps.tell(message);
        told++;
      }
    } catch (error) {
      if (!isSallyportError(error, 'core.queue_full')) deps.log.error('gateway.tell_failed', { error });
    }
    if (told > 0) waiting = waiting.slice(told);
    return waiting.length === 0;
  }

  function tell(given: PlaneMessage): void {
    const message = judged(given);
    if (waiting.length === 0 || flush()) {
      try {
        deps.tell(message);
        return;
      } catch (error) {
        if (!isSallyportError(error, 'core.queue_full')) deps.log.error('gateway.tell_failed', { error });
      }
    }
    if (waiting.length < waitingMax) waiting.push(message);
    else deps.log.error('gateway.message_lost', { kind: message.kind });
  }

  return {
    isRecording: () => (waiting.length === 0 || flush()) && deps.isRecording(),
    tell,
    finish(exchange) {
      if (exchange.isFinished) return;
      exchange.isFinished = true;
      tell({ kind: 'event', event: recordOf(exchange, names, deps.clock) });
    },
    get waiting() {
      return waiting.length;
    },
  };
}

/** A TLS handshake that its peer gave up, or that was none, is a failure and no refusal: nobody asked for anything and nothing was kept out. */
function judged(message: PlaneMessage): PlaneMessage {
  if (message.kind !== 'event' || message.event.type !== 'request.finished') return message;
  if (message.event.data.denied?.type !== 'tls') return message;
  return { ...message, event: { ...message.event, outcome: 'failure' } };
}

function recordOf(exchange: Exchange, names: readonly string[], clock: Clock): NewEvent {
  const { classification, denied, inbound, request, site, status } = exchange;
  const path = request?.path ?? pathOf(inbound.target);
  return {
    type: 'request.finished',
    time: exchange.at,
    outcome: denied === undefined ? (status >= 400 ? 'failure' : 'success') : 'denied',
    principal: principalOf(exchange),
    action: classification?.action ?? 'request',
    ...(classification?.resource === undefined ? {} : { resource: classification.resource }),
    ...(site === undefined ? {} : { site: site.policy.name, platform: site.policy.platform }),
    ...(exchange.project === undefined ? {} : { project: exchange.project }),
    requestId: exchange.requestId,
    clientIp: exchange.clientIp,
    data: {
      method: request?.method ?? inbound.method,
      endpoint: classification?.endpoint ?? 'unknown',
      path: path.length > pathCharsMax ? path.slice(0, pathCharsMax) : path,
      status,
      bytesIn: exchange.bytesIn,
      bytesOut: exchange.bytesOut,
      durationMs: Math.round((clock.monotonicMs() - exchange.startedMs) * 1000) / 1000,
      ...(denied === undefined ? {} : { denied }),
      ...(denied !== undefined && isCrossSite(exchange) ? { isCrossSite: true } : {}),
      ...(exchange.certified === undefined ? {} : { clientCertificate: exchange.certified.subject }),
      layersUs: layersUs(exchange.spentMs, names),
    },
  };
}

/** Pages cannot set this header (Fetch Metadata Request Headers, section 2.4), so nobody is made to send it by one of their own site. */
const isCrossSite = ({ inbound }: Exchange): boolean => inbound.req.headers['sec-fetch-site'] === 'cross-site';

/** A layer that took less than half a microsecond is left out: there are many records, and most layers are that fast. */
function layersUs(spentMs: readonly number[], names: readonly string[]): Record<string, number> {
  const all: Record<string, number> = {};
  for (let at = 0; at < names.length; at++) {
    const spentUs = Math.round((spentMs[at] ?? 0) * 1000);
    const name = names[at];
    if (spentUs > 0 && name !== undefined) all[name] = spentUs;
  }
  return all;
}

/** A target that no platform has made canonical: without its query, which may hold secrets. */
function pathOf(target: string): string {
  const end = target.indexOf('?');
  return end === -1 ? target : target.slice(0, end);
}
