import { canonicalIp } from '../../core/ip.ts';
import { canonicalAuthority } from './authority.ts';

/** Where a request really comes from, as far as trusted proxies say. */
export interface ClientAddress {
  /** Canonical. The peer itself unless the peer is a trusted proxy that names another. */
  readonly clientIp: string;
  /** What the outermost trusted proxy says the client used; undefined when the peer is not trusted or says nothing clear. */
  readonly proto: 'https' | 'http' | undefined;
  readonly host: string | undefined;
  /**
   * `X-Forwarded-For` and `Forwarded` came both and name different clients: one of them was sent by the client itself and which one
   * only the proxy knows. `clientIp` is then the peer, and the request should be refused.
   */
  readonly isConflicting: boolean;
}

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

const headerBytesMax = 4096;
const hopsMax = 32;
const forwardedPairPattern = /^([a-z]+)=(?:([!#$%&'*+\-.^_`|~0-9A-Za-z]+)|"([^"\\]*)")$/i;

/**
 * The client address: read right to left through trusted hops only, stopping at the first that is not trusted, and at the last good
 * one when an entry can not be read. RFC 7239 `Forwarded` is read the same way.
 */
export function resolveClient(input: {
  peerIp: string;
  headers: Headers;
  isTrusted: (ip: string) => boolean;
}): ClientAddress {
  const { peerIp, headers, isTrusted } = input;
  if (!isTrusted(peerIp)) return { clientIp: peerIp, proto: undefined, host: undefined, isConflicting: false };
  const listed = listOf(headers['x-forwarded-for']);
  const elements = listOf(headers['forwarded']);
  const byList = listed === undefined ? undefined : walk(peerIp, listed.map(addressOf), isTrusted);
  const parsed = elements?.map(forwardedElement);
  const byForwarded =
    parsed === undefined
      ? undefined
      : walk(
          peerIp,
          parsed.map(element => element?.ip),
          isTrusted,
        );
  if (byList !== undefined && byForwarded !== undefined && byList.ip !== byForwarded.ip) {
    return { clientIp: peerIp, proto: undefined, host: undefined, isConflicting: true };
  }
  const element = byForwarded === undefined ? undefined : parsed?.[byForwarded.at];
  return {
    clientIp: byList?.ip ?? byForwarded?.ip ?? peerIp,
    proto: protoOf(single(headers['x-forwarded-proto']) ?? element?.proto),
    host: hostOf(single(headers['x-forwarded-host']) ?? element?.host),
    isConflicting: false,
  };
}

/** The address reached and the index of the entry that named it; -1 for the peer. */
function walk(
  peerIp: string,
  entries: readonly (string | undefined)[],
  isTrusted: (ip: string) => boolean,
): { ip: string; at: number } {
  let reached = { ip: peerIp, at: -1 };
  for (let at = entries.length - 1; at >= 0 && entries.length - at <= hopsMax; at--) {
    const ip = entries[at];
    if (ip === undefined) break;
    reached = { ip, at };
    if (!isTrusted(ip)) break;
  }
  return reached;
}

/** Entries of a list field, over all its lines; undefined when there is none or it is longer than any honest chain. */
function listOf(value: string | readonly string[] | undefined): string[] | undefined {
  if (value === undefined) return undefined;
  const text = typeof value === 'string' ? value : value.join(',');
  // The near end is kept: that is what the trusted hops wrote.
  return text
    .slice(-headerBytesMax)
    .split(',')
    .map(entry => entry.trim());
}

/** An address with an optional port, IPv6 bare or in brackets. */
function addressOf(entry: string): string | undefined {
  const bracketed = /^\[([0-9a-fA-F:.]+)\](?::\d{1,5})?$/.exec(entry);
  if (bracketed !== null) return bracketed[1]?.includes(':') ? canonicalIp(bracketed[1]) : undefined;
  const withPort = /^(\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}$/.exec(entry);
  if (withPort !== null) return canonicalIp(withPort[1] ?? '');
  return entry.includes('%') ? undefined : canonicalIp(entry);
}

interface Element {
  readonly ip: string | undefined;
  readonly proto: string | undefined;
  readonly host: string | undefined;
}

/** RFC 7239 section 4: `for=192.0.2.60;proto=http;host=a`; a name given twice or a pair out of form makes it unreadable. */
function forwardedElement(text: string): Element | undefined {
  const pairs = new Map<string, string>();
  for (const part of text.split(';')) {
    const match = forwardedPairPattern.exec(part.trim());
    const name = match?.[1]?.toLowerCase();
    if (match === null || name === undefined || pairs.has(name)) return undefined;
    pairs.set(name, match[2] ?? match[3] ?? '');
  }
  const node = pairs.get('for');
  return { ip: node === undefined ? undefined : addressOf(node), proto: pairs.get('proto'), host: pairs.get('host') };
}

/** A list would leave open which hop to believe. */
function single(value: string | readonly string[] | undefined): string | undefined {
  const text = typeof value === 'string' || value === undefined ? value : value.join(',');
  return text === undefined || text.includes(',') ? undefined : text.trim();
}

function protoOf(text: string | undefined): 'https' | 'http' | undefined {
  const lower = text?.toLowerCase();
  return lower === 'https' || lower === 'http' ? lower : undefined;
}

function hostOf(text: string | undefined): string | undefined {
  return text === undefined ? undefined : canonicalAuthority(text, 'https');
}
