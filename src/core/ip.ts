import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';
import { SallyportError } from './errors.ts';

/** An address block, parsed once. */
export interface Cidr {
  readonly text: string;
  contains(ip: string): boolean;
}

/**
 * The one canonical text of an address: IPv4-mapped IPv6 becomes IPv4, IPv6 is compressed and lower case (RFC 5952), a zone
 * is dropped. Returns undefined for anything that is not an address; octal and short IPv4 forms are not.
 */
export function canonicalIp(text: string): string | undefined {
  const bare = text.includes('%') ? text.slice(0, text.indexOf('%')) : text;
  const version = isIP(bare);
  if (version === 0) return undefined;
  if (version === 4) return bare;
  return ipaddr.process(bare).toString();
}

/** The network an address is throttled and banned by: the address itself for IPv4, its /64 for IPv6. */
export function networkOf(ip: string): string {
  if (!ip.includes(':')) return ip;
  const parts = ipaddr.IPv6.parse(ip).parts.slice(0, 4);
  return `${new ipaddr.IPv6([...parts, 0, 0, 0, 0]).toString()}/64`;
}

/** Parses `10.0.0.0/8`, `fd00::/8` or a single address. Throws `core.invalid_input`. */
export function parseCidr(text: string): Cidr {
  const [address = '', prefix, ...rest] = text.split('/');
  const canonical = canonicalIp(address);
  if (canonical === undefined || rest.length > 0)
    throw invalid(text, 'want an address with an optional prefix, as "10.0.0.0/8"');
  const parsed = ipaddr.parse(canonical);
  const bitsMax = parsed.kind() === 'ipv4' ? 32 : 128;
  if (prefix !== undefined && (!/^\d{1,3}$/.test(prefix) || Number(prefix) > bitsMax)) {
    throw invalid(text, `prefix must be 0..${bitsMax}`);
  }
  const bits = prefix === undefined ? bitsMax : Number(prefix);
  return {
    text,
    contains(ip) {
      const candidate = canonicalIp(ip);
      if (candidate === undefined) return false;
      const other = ipaddr.parse(candidate);
      return other.kind() === parsed.kind() && other.match(parsed, bits);
    },
  };
}

function invalid(text: string, wanted: string): SallyportError {
  const message = `Cannot parse cidr "${text}": ${wanted}`;
  return new SallyportError('core.invalid_input', message, { detail: message });
}

// Where clouds hand out credentials to whoever asks from the machine.
const linkLocal = [parseCidr('169.254.0.0/16'), parseCidr('fe80::/10'), parseCidr('fd00:ec2::/32')];

/** True for an address of the link itself, in any spelling a URL has for it; a name is none. No platform stands there. */
export function isLinkLocal(hostname: string): boolean {
  const host = hostname.replaceAll(/^\[|\]$/g, '');
  return linkLocal.some(block => block.contains(host));
}
