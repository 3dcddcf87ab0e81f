import type { Clock } from '../../core/clock.ts';
import type { ErrorCode } from '../../core/errors.ts';
import { errorCodes } from '../../core/errors.ts';
import { networkOf } from '../../core/ip.ts';
import type { Refused } from './transport.ts';

interface RefusalKind {
  readonly status: number;
  readonly type: Refused['type'];
  readonly layer: Refused['layer'];
}

const framing = (status: number): RefusalKind => ({ status, type: 'protocol', layer: 'framing' });
const slow = (status: number): RefusalKind => ({ status, type: 'slow', layer: 'connection' });
const flood = (status: number): RefusalKind => ({ status, type: 'flood', layer: 'connection' });
const tls: RefusalKind = { status: 0, type: 'tls', layer: 'connection' };

/** Every reason the transport refuses for, with the status it answers (0: closed without an answer). */
export const refusalKinds = {
  malformed: framing(400),
  bad_target: framing(400),
  target_too_long: framing(414),
  bad_version: framing(505),
  http2_preface: framing(505),
  method_refused: framing(405),
  method_unknown: framing(501),
  both_lengths: framing(400),
  bad_content_length: framing(400),
  bad_transfer_encoding: framing(400),
  transfer_encoding_http10: framing(400),
  bad_host: framing(400),
  repeated_host: framing(400),
  missing_host: framing(400),
  authority_conflict: framing(400),
  scheme_conflict: framing(400),
  bad_header_name: framing(400),
  disguised_header: framing(400),
  repeated_header: framing(400),
  bad_connection_option: framing(400),
  connection_header_http2: framing(400),
  bad_upgrade: framing(400),
  upgrade_refused: framing(400),
  expectation_refused: framing(417),
  too_many_headers: framing(431),
  headers_too_large: framing(431),
  chunk_extensions_too_large: framing(413),
  connections_max: flood(0),
  connections_per_network: flood(0),
  handshakes_max: flood(0),
  connection_rate: flood(0),
  handshake_rate: flood(0),
  evicted: flood(0),
  requests_max: flood(503),
  pipeline_depth: flood(0),
  rapid_reset: flood(0),
  control_frame_flood: flood(0),
  session_error: flood(0),
  handshake_timeout: slow(0),
  headers_timeout: slow(408),
  request_timeout: slow(408),
  body_stalled: slow(408),
  body_slow: slow(408),
  response_stalled: slow(0),
  response_slow: slow(0),
  tls_handshake: tls,
  overload: { status: 503, type: 'overload', layer: 'overload' },
} as const satisfies Readonly<Record<string, RefusalKind>>;

export type RefusalReason = keyof typeof refusalKinds;

/** The problem document (RFC 9457) of a refusal; fixed text, nothing of the request in it. */
export function refusalBody(reason: RefusalReason): string {
  const { status } = refusalKinds[reason];
  const code = codeOf(status);
  return JSON.stringify({
    type: `/.sallyport/errors#${code}`,
    title: errorCodes[code].title,
    status,
    code,
    detail: reason.replaceAll('_', ' '),
  });
}

/** The whole HTTP/1.1 answer of a refusal, which always closes the connection. */
export function refusalBytes(reason: RefusalReason): Buffer {
  const { status } = refusalKinds[reason];
  const body = refusalBody(reason);
  const head = [
    `HTTP/1.1 ${status} ${statusText.get(status) ?? 'Refused'}`,
    'content-type: application/problem+json',
    `content-length: ${Buffer.byteLength(body)}`,
    'cache-control: no-store',
    'connection: close',
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`, 'latin1');
}

const statusText: ReadonlyMap<number, string> = new Map([
  [400, 'Bad Request'],
  [405, 'Method Not Allowed'],
  [408, 'Request Timeout'],
  [413, 'Content Too Large'],
  [414, 'URI Too Long'],
  [417, 'Expectation Failed'],
  [431, 'Request Header Fields Too Large'],
  [501, 'Not Implemented'],
  [503, 'Service Unavailable'],
  [505, 'HTTP Version Not Supported'],
]);

function codeOf(status: number): ErrorCode {
  if (status === 408) return 'gateway.timeout';
  if (status === 413) return 'gateway.body_too_large';
  if (status === 431) return 'gateway.headers_too_large';
  if (status === 503) return 'gateway.overloaded';
  return 'gateway.bad_request';
}

const singlyMax = 5;
const windowMs = 10_000;
const keysMax = 1024;

/** Tells refusals on, in a flood as counts: no peer can make the log or the audit queue grow faster than a fixed rate. */
export interface RefusalTeller {
  tell(reason: RefusalReason, peer: { readonly peerIp: string; readonly localPort: number; ending?: string }): void;
  /** Tells what was counted in windows that have ended; `everything` also in those that have not. */
  flush(everything?: boolean): void;
}

/** Counts by reason and network: the first five in ten seconds are told singly, the rest as one `count` when the window ends. */
export function createRefusalTeller(deps: { clock: Clock; onRefused: (refused: Refused) => void }): RefusalTeller {
  const windows = new Map<string, { endsAt: number; told: number; held: number; last: Refused }>();
  const close = (key: string, entry: { held: number; last: Refused }) => {
    windows.delete(key);
    if (entry.held > 0) deps.onRefused({ ...entry.last, count: entry.held });
  };
  return {
    tell(reason, peer) {
      if ('ending' in peer) peer.ending = reason;
      const nowMs = deps.clock.monotonicMs();
      const refused: Refused = {
        peerIp: peer.peerIp,
        localPort: peer.localPort,
        reason,
        ...refusalKinds[reason],
        count: 1,
      };
      const own = `${reason}|${networkOf(peer.peerIp)}`;
      // When very many networks take part, what comes from further ones is counted together.
      const key = windows.has(own) || windows.size < keysMax ? own : reason;
      const entry = windows.get(key);
      if (entry === undefined || nowMs >= entry.endsAt) {
        if (entry !== undefined) close(key, entry);
        windows.set(key, { endsAt: nowMs + windowMs, told: 1, held: 0, last: refused });
        deps.onRefused(refused);
      } else if (entry.told < singlyMax) {
        entry.told++;
        deps.onRefused(refused);
      } else {
        entry.held++;
        entry.last = refused;
      }
    },
    flush(everything = false) {
      const nowMs = deps.clock.monotonicMs();
      for (const [key, entry] of windows) if (everything || nowMs >= entry.endsAt) close(key, entry);
    },
  };
}
