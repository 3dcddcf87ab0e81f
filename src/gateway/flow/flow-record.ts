import { networkOf } from '../../core/ip.ts';
import type { Flow } from '../transport/transport.ts';

/** One line of the flow log. Several connections of a flood share one line: `count` says how many, the figures are their sums. */
export interface FlowRecord {
  /** When the connection was accepted; the first of them, where there are several. */
  readonly time: string;
  /** `lost`: so many connections are missing here, because the disk was too slow or full. */
  readonly verdict: Flow['verdict'] | 'lost';
  readonly reason: string;
  /** An address, or a network where several share a line; `others` where very many networks took part. */
  readonly address: string;
  readonly port: number;
  readonly tls?: string;
  readonly cipher?: string;
  readonly sni?: string;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly requests: number;
  readonly durationMs: number;
  readonly count: number;
}

export function recordOf(flow: Flow): FlowRecord {
  const { bytesIn, bytesOut, durationMs, localPort, peerIp, reason, requests, tls, verdict } = flow;
  return {
    time: new Date(flow.at).toISOString(),
    verdict,
    reason,
    address: peerIp,
    port: localPort,
    ...(tls === null ? {} : { tls: tls.protocol, cipher: tls.cipher }),
    ...(tls === null || tls.servername === null ? {} : { sni: tls.servername.slice(0, sniCharsMax) }),
    bytesIn,
    bytesOut,
    requests,
    durationMs,
    count: 1,
  };
}

/** Joins what floods into lines that count. */
export interface FlowMerger {
  /** The record to write now; undefined when it is held back to be counted. */
  take(flow: Flow, nowMs: number): FlowRecord | undefined;
  /** What was counted in windows that have ended; `everything` also in those that have not. */
  flush(nowMs: number, everything?: boolean): FlowRecord[];
}

const sniCharsMax = 253;
/** The most lines that one network can cause in a window for one reason, and all together. */
const singlyMax = 20;
const singlyAllMax = 10_000;
const windowMs = 10_000;
const keysMax = 2000;

/** The first connections of a network are recorded singly, further ones in the same ten seconds as one line; the memory is bounded. */
export function createFlowMerger(): FlowMerger {
  let windows = new Map<string, { told: number; held: FlowRecord | undefined }>();
  let endsMs = 0;
  let toldAll = 0;
  const end = (): FlowRecord[] => {
    const held = [...windows.values()].flatMap(entry => (entry.held === undefined ? [] : [entry.held]));
    windows = new Map();
    toldAll = 0;
    return held;
  };
  return {
    take(flow, nowMs) {
      if (endsMs === 0) endsMs = nowMs + windowMs;
      const network = networkOf(flow.peerIp);
      const kind = `${flow.verdict}|${flow.reason}|${flow.localPort}`;
      const own = `${network}|${kind}`;
      const isKnown = windows.has(own) || windows.size < keysMax;
      const key = isKnown ? own : `others|${kind}`;
      let entry = windows.get(key);
      if (entry === undefined) windows.set(key, (entry = { told: 0, held: undefined }));
      if (isKnown && entry.told < singlyMax && toldAll < singlyAllMax) {
        entry.told++;
        toldAll++;
        return recordOf(flow);
      }
      entry.held = join(entry.held, { ...recordOf(flow), address: isKnown ? network : 'others' });
      return undefined;
    },
    flush(nowMs, everything = false) {
      if (!everything && nowMs < endsMs) return [];
      endsMs = nowMs + windowMs;
      return end();
    },
  };
}

function join(held: FlowRecord | undefined, more: FlowRecord): FlowRecord {
  const { tls: _tls, cipher: _cipher, sni: _sni, ...plain } = more;
  if (held === undefined) return plain;
  return {
    ...held,
    bytesIn: held.bytesIn + more.bytesIn,
    bytesOut: held.bytesOut + more.bytesOut,
    requests: held.requests + more.requests,
    durationMs: held.durationMs + more.durationMs,
    count: held.count + 1,
  };
}
