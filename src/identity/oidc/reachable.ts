import { canonicalIp, parseCidr } from '../../core/ip.ts';

/** Where an address leads: `never` is where clouds hand out credentials, and what is no single machine. */
export type Reach = 'public' | 'private' | 'loopback' | 'never';

const blocks = (texts: readonly string[]) => texts.map(parseCidr);

/** RFC 6890, and the addresses at which clouds tell a machine its secrets; two of those are in public or shared space. */
const never = blocks([
  '0.0.0.0/8',
  '169.254.0.0/16',
  '100.100.100.200/32',
  '168.63.129.16/32',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  'fe80::/10',
  'fd00:ec2::/32',
  'fd20:ce::254/128',
]);
const loopback = blocks(['127.0.0.0/8', '::1/128']);
const inside = blocks(['10.0.0.0/8', '100.64.0.0/10', '172.16.0.0/12', '192.168.0.0/16', '198.18.0.0/15', 'fc00::/7']);
/** Of IPv6 only global unicast, and of that nothing which carries an IPv4 address inside (Teredo, 6to4) or is for documentation. */
const globalUnicast = parseCidr('2000::/3');
const notGlobal = blocks(['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']);

/** Where an address leads. What is no address, or of a kind nobody listed, is `never`. */
export function reachOf(address: string): Reach {
  const ip = canonicalIp(address);
  const isIn = (list: typeof never): boolean => ip !== undefined && list.some(block => block.contains(ip));
  if (ip === undefined || isIn(never)) return 'never';
  if (isIn(loopback)) return 'loopback';
  if (isIn(inside)) return 'private';
  if (!ip.includes(':')) return 'public';
  return globalUnicast.contains(ip) && !isIn(notGlobal) ? 'public' : 'never';
}
