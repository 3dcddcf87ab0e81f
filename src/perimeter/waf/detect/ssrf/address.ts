import { canonicalIp } from '../../../../core/ip.ts';

/** What kind of place a host name or address in a URL leads to. */
export type Target = 'metadata' | 'disguised' | 'loopback' | 'private' | 'inside' | 'public';

const metadataHosts = new Set([
  '169.254.169.254',
  '169.254.170.2',
  '169.254.170.23',
  '169.254.169.123',
  '169.254.169.250',
  '169.254.42.42',
  '100.100.100.200',
  '192.0.0.192',
  '168.63.129.16',
  'fd00:ec2::254',
  'fd00:ec2::23',
  'fd20:ce::254',
  'metadata.google.internal',
  'metadata.goog',
  'metadata.azure.internal',
  'metadata.platformequinix.com',
  'metadata.packet.net',
  'metadata.tencentyun.com',
  'api.metadata.cloud.ibm.com',
  'metadata.vultr.com',
  'metadata.ec2.internal',
  'metadata',
  'instance-data',
  'instance-data.ec2.internal',
  'rancher-metadata',
]);
const insideHosts = new Set([
  'fritz.box',
  'speedport.ip',
  'router.asus.com',
  'routerlogin.net',
  'tplinkwifi.net',
  'miwifi.com',
  'host.docker.internal',
  'gateway.docker.internal',
  'kubernetes',
  'kubernetes.default',
  'docker',
  'consul',
  'ip6-localhost',
  'ip6-loopback',
  'broadcasthost',
  'loopback',
]);
const loopbackNames = [
  'localtest.me',
  'lvh.me',
  'vcap.me',
  'lacolhost.com',
  'yoogle.com',
  'fbi.com',
  'localho.st',
  'fuf.me',
  'lvh.local',
  '127-0-0-1.org.uk',
  'ulh.us',
  'smackaho.st',
  'localh.st',
  '42foo.com',
  'bugbounty.dod.network',
  'mail.ebc.apple.com',
  'spoofed.burpcollaborator.net',
  'localdomain.pw',
  // Answer with a redirect inside.
  'nicob.net',
  'r3dir.me',
];
const embedding = [
  'nip.io',
  'sslip.io',
  'xip.io',
  'xip.name',
  '1u.ms',
  'rbndr.us',
  'ip.mahdi.fun',
  'traefik.me',
  'backname.io',
  'local-ip.co',
  'rebind.network',
  'rebind.it',
  'rbnd.gl0.eu',
  'lock.cmpxchg8b.com',
];

/** Tells where a host leads, in every spelling resolvers take: short, octal, hexadecimal and decimal IPv4, mapped IPv6, folded letters. */
export function targetOf(host: string): Target {
  const plain = fold(host);
  const isFolded = plain !== host.toLowerCase();
  if (plain === '') return 'public';
  if (metadataHosts.has(plain)) return isFolded ? 'disguised' : 'metadata';
  const named = nameTarget(plain);
  if (named !== 'public') return isFolded ? 'disguised' : named;
  if (plain.startsWith('[') || plain.includes(':')) return ipv6Target(plain.replace('[', '').replace(']', ''));
  const address = looseIpv4(plain);
  if (address === undefined) return 'public';
  const target = ipv4Target(address.octets);
  if (target === 'public') return isPadded(plain) ? 'disguised' : 'public';
  return address.isOdd || isFolded ? 'disguised' : target;
}

function nameTarget(host: string): Target {
  if (host === 'localhost' || host === 'localhost.localdomain' || host.endsWith('.localhost')) return 'loopback';
  if (
    insideHosts.has(host) ||
    /\.(?:svc|internal|consul|localdomain|local|lan|corp|intranet|intra|private|home\.arpa)$/.test(host)
  )
    return 'inside';
  if (loopbackNames.some(name => host === name || host.endsWith(`.${name}`))) return 'disguised';
  const suffix = embedding.find(name => host.endsWith(`.${name}`));
  if (suffix === undefined) return 'public';
  return hidesPrivate(host.slice(0, -suffix.length - 1)) ? 'disguised' : 'public';
}

/** `10.0.0.1`, `10-0-0-1` or eight hexadecimal digits as the last labels of a name that resolves to them. */
function hidesPrivate(prefix: string): boolean {
  const groups = prefix.replaceAll('-', '.').split('.').slice(-8);
  for (let at = 0; at + 4 <= groups.length; at++) {
    const address = looseIpv4(groups.slice(at, at + 4).join('.'));
    if (address !== undefined && ipv4Target(address.octets) !== 'public') return true;
  }
  if (prefix.includes('--') && ipv6Target(prefix.slice(prefix.lastIndexOf('.') + 1).replaceAll('-', ':')) !== 'public')
    return true;
  return groups.some(group => {
    const number = /^(?:0x)?([0-9a-f]{8})$/.exec(group)?.[1];
    const address = number === undefined ? baseThirtySix(group) : looseIpv4(`0x${number}`)?.octets;
    return address !== undefined && ipv4Target(address) !== 'public';
  });
}

/** xip.io's short form: the four octets from the last to the first as one number to the base of 36. */
function baseThirtySix(label: string): Octets | undefined {
  if (!/^(?=[a-z]{0,6}\d)[0-9a-z]{6,7}$/.test(label)) return undefined;
  const value = Number.parseInt(label, 36);
  if (value >= 2 ** 32) return undefined;
  return [value % 256, Math.floor(value / 256) % 256, Math.floor(value / 65_536) % 256, Math.floor(value / 2 ** 24)];
}

type Octets = readonly [number, number, number, number];

function ipv4Target(octets: Octets): Target {
  const [a, b] = octets;
  if (metadataHosts.has(octets.join('.'))) return 'metadata';
  if (a === 127 || (a === 0 && octets.every(octet => octet === 0))) return 'loopback';
  if (a === 0 || a === 10 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168)) return 'private';
  if (a === 169 && b === 254) return 'private';
  if (a === 100 && b >= 64 && b < 128) return 'private';
  if (a === 198 && (b === 18 || b === 19)) return 'private';
  return 'public';
}

/** IPv4 as `inet_aton` reads it: one to four numbers in decimal, octal or hexadecimal, the last filling what is left. */
function looseIpv4(host: string): { octets: Octets; isOdd: boolean } | undefined {
  const parts = (host.endsWith('.') ? host.slice(0, -1) : host).split('.');
  if (parts.length > 4 || host.length > 64) return undefined;
  const numbers: number[] = [];
  let isOdd = parts.length < 4;
  for (const part of parts) {
    if (!/^(?:0x[0-9a-f]{0,40}|\d{1,40})$/.test(part)) return undefined;
    if (part.length > 1 && part.startsWith('0')) isOdd = true;
    const isOctal = /^0[0-7]+$/.test(part);
    numbers.push(part === '0x' ? 0 : Number.parseInt(part, part.startsWith('0x') ? 16 : isOctal ? 8 : 10));
  }
  const last = numbers.pop() ?? 0;
  if (parts.length === 4 && (last > 255 || numbers.some(number => number > 255))) isOdd = true;
  let value = last % 2 ** (8 * (4 - numbers.length));
  for (const [index, number] of numbers.entries()) value += (number % 256) * 2 ** (24 - 8 * index);
  const octets: Octets = [
    Math.floor(value / 2 ** 24) % 256,
    Math.floor(value / 65_536) % 256,
    Math.floor(value / 256) % 256,
    value % 256,
  ];
  return { octets, isOdd };
}

/** `0127.0.0.1`: some parsers take leading noughts as octal, some drop them. */
function isPadded(host: string): boolean {
  if (!/^(?:\d{1,20}\.){3}\d{1,20}$/.test(host)) return false;
  const bare = looseIpv4(host.replaceAll(/(?<=^|\.)0{1,20}(?=\d)/g, ''));
  return bare !== undefined && !bare.isOdd && ipv4Target(bare.octets) !== 'public';
}

function ipv6Target(host: string): Target {
  const zone = host.indexOf('%');
  const address = canonicalIp(zone === -1 ? host : host.slice(0, zone));
  if (address === undefined) return 'public';
  if (metadataHosts.has(address)) return address.includes(':') ? 'metadata' : 'disguised';
  if (address === '::1' || address === '::') return 'loopback';
  if (!address.includes(':')) return mappedTarget(address);
  if (/^f[cd][0-9a-f]{2}:|^fe[89ab][0-9a-f]:/.test(address)) return 'private';
  const mapped =
    /^(?:::|::ffff:|::ffff:0:|64:ff9b::|64:ff9b:1::)(?:([0-9a-f]{1,4}):)?([0-9a-f]{1,4})$/.exec(address) ??
    /^2002:([0-9a-f]{1,4}):([0-9a-f]{1,4}):/.exec(address);
  if (mapped === null) return 'public';
  const high = Number.parseInt(mapped[1] ?? '0', 16);
  const low = Number.parseInt(mapped[2] ?? '0', 16);
  return mappedTarget(`${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`);
}

function mappedTarget(address: string): Target {
  const parsed = looseIpv4(address);
  return parsed !== undefined && ipv4Target(parsed.octets) !== 'public' ? 'disguised' : 'public';
}

/** Circled and full-width letters and digits, ideographic full stops and percent signs as resolvers and URL parsers fold them. */
function fold(host: string): string {
  let out = host
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll('\u3002', '.')
    .replaceAll('\uff61', '.')
    .replaceAll('\u00ad', '')
    .replaceAll('\u200b', '');
  if (out.includes('%'))
    out = out.replace(/%([2-7][0-9a-f])/g, (_, digits: string) =>
      String.fromCharCode(Number.parseInt(digits, 16)).toLowerCase(),
    );
  return out.endsWith('.') ? out.slice(0, -1) : out;
}
