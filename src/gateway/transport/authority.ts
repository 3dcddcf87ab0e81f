import { isIPv4 } from 'node:net';
import { canonicalIp } from '../../core/ip.ts';

const authorityBytesMax = 255;
const namePattern = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*$/;
const numericTailPattern = /(?:^|\.)(?:\d+|0x[0-9a-f]*)$/;
const portPattern = /^[1-9]\d{0,4}$/;
const defaultPort = { https: '443', http: '80' } as const;

/**
 * The canonical text of `host[:port]` (RFC 9110 section 4.2.3: lower case, no default port, RFC 5952 addresses), or undefined when it is
 * not one: user information, percent encoding, empty labels or ports, short or octal IPv4 forms and zones are not accepted.
 */
export function canonicalAuthority(text: string, scheme: 'https' | 'http'): string | undefined {
  if (text.length === 0 || text.length > authorityBytesMax) return undefined;
  const lower = text.toLowerCase();
  const hostEnd = lower.startsWith('[') ? lower.indexOf(']') + 1 : lower.indexOf(':');
  const host = hostEnd > 0 ? lower.slice(0, hostEnd) : lower;
  const rest = lower.slice(host.length);
  const canonicalHost = host.startsWith('[') ? canonicalIpv6(host) : canonicalName(host);
  if (canonicalHost === undefined) return undefined;
  if (rest === '') return canonicalHost;
  const port = rest.slice(1);
  if (!rest.startsWith(':') || !portPattern.test(port) || Number(port) > 65_535) return undefined;
  return port === defaultPort[scheme] ? canonicalHost : `${canonicalHost}:${port}`;
}

function canonicalName(host: string): string | undefined {
  if (!namePattern.test(host)) return undefined;
  // A name that ends in a number is an IPv4 address to a browser (URL standard); only the four-part form has one meaning.
  return numericTailPattern.test(host) && !isIPv4(host) ? undefined : host;
}

function canonicalIpv6(host: string): string | undefined {
  const bare = host.slice(1, -1);
  if (!host.endsWith(']') || bare.includes('%') || !bare.includes(':')) return undefined;
  const ip = canonicalIp(bare);
  if (ip === undefined) return undefined;
  return ip.includes(':') ? `[${ip}]` : ip;
}
