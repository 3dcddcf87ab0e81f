import { canonicalIp, parseCidr } from '../core/ip.ts';
import type { LoadedConfig } from './config.ts';

interface Rule {
  readonly id: string;
  /** The reason to refuse, or undefined when the setting is fine. */
  check(loaded: LoadedConfig): string | undefined;
}

const loopback = /^(127\.|\[?::1\]?$|([^.]+\.)*localhost$)/;

/** Blocks that are not routed on the internet. */
const privateBlocks = [
  '127.0.0.0/8',
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '169.254.0.0/16',
  '100.64.0.0/10',
  '::1',
  'fc00::/7',
  'fe80::/10',
].map(parseCidr);

/** A block wider than any operator of proxies has: no IPv4 block shorter than /8, no IPv6 block shorter than /20, but for private ones. */
function trustsStrangers(text: string): boolean {
  const [address = '', prefix] = text.split('/');
  const isV6 = address.includes(':');
  if (prefix === undefined || Number(prefix) >= (isV6 ? 20 : 8)) return false;
  return !(Number(prefix) >= 7 && parseCidr('fc00::/7').contains(address));
}

/** True for an address that machines outside can reach, which `0.0.0.0` and `::` are too. A host name is left to whoever chose it. */
function isPublicAddress(host: string): boolean {
  const ip = canonicalIp(host);
  return ip !== undefined && !privateBlocks.some(block => block.contains(ip));
}

/** What production (and, where marked, staging) does not start with. One line of reason each. */
const rules: readonly Rule[] = [
  {
    id: 'certificate',
    check: ({ config }) =>
      config.tls.mode === 'generated'
        ? 'tls.mode is "generated": browsers cannot know the certificate; use "acme" or "files"'
        : undefined,
  },
  {
    id: 'public-url',
    check: ({ portalOrigin }) =>
      loopback.test(new URL(portalOrigin).hostname)
        ? `publicUrl is "${portalOrigin}": set the name people use`
        : undefined,
  },
  {
    id: 'hsts',
    check: ({ config }) =>
      config.hstsMaxAgeS < 15_552_000
        ? `hstsMaxAgeS is ${config.hstsMaxAgeS}: want at least 15552000 (180 days)`
        : undefined,
  },
  { id: 'sample', check: ({ config }) => (config.sampleApp ? 'sampleApp is true: set it to false' : undefined) },
  {
    id: 'forward-auth-peers',
    check: ({ config }) => {
      const wide = config.forwardAuth.peers.find(trustsStrangers);
      return wide === undefined
        ? undefined
        : `forwardAuth.peers has "${wide}": whoever is in so wide a block could ask, and say who they ask for`;
    },
  },
  {
    id: 'trusted-proxies',
    check: ({ config }) => {
      const wide = config.trustedProxies.find(trustsStrangers);
      return wide === undefined
        ? undefined
        : `trustedProxies has "${wide}": whoever is in so wide a block could say they are anybody`;
    },
  },
  {
    id: 'mfa',
    check: ({ config }) => {
      const missing = (['administrator', 'owner'] as const).filter(
        role => !config.identity.mfa.compulsoryFor.includes(role),
      );
      return missing.length === 0 ? undefined : `identity.mfa.compulsoryFor leaves out ${missing.join(' and ')}`;
    },
  },
  {
    id: 'session-length',
    check: ({ config }) =>
      config.identity.sessions.absoluteHours > 24
        ? `identity.sessions.absoluteHours is ${config.identity.sessions.absoluteHours}: want at most 24`
        : undefined,
  },
  {
    id: 'audit-retention',
    check: ({ config }) =>
      config.audit.indexRetentionDays < 90
        ? `audit.indexRetentionDays is ${config.audit.indexRetentionDays}: want at least 90`
        : undefined,
  },
  {
    id: 'metrics',
    check: ({ config }) =>
      isPublicAddress(config.metrics.host)
        ? `metrics.host is "${config.metrics.host}": metrics belong on a private address`
        : undefined,
  },
  {
    id: 'master-key',
    check: ({ config }) =>
      config.masterKey === undefined
        ? 'masterKey is not set: keep it apart from the data it seals (env: or file:)'
        : undefined,
  },
  { id: 'log-level', check: ({ config }) => (config.logLevel === 'debug' ? 'logLevel is "debug"' : undefined) },
];

/** Staging mirrors production but for what only a public name can have. */
const onlyProduction: ReadonlySet<string> = new Set(['certificate', 'public-url', 'hsts', 'master-key']);

/** Why this configuration must not start under its profile; empty when it may. */
export function refusals(loaded: LoadedConfig): string[] {
  const { profile } = loaded.config;
  if (profile === 'development') return [];
  return rules
    .filter(rule => profile === 'production' || !onlyProduction.has(rule.id))
    .map(rule => rule.check(loaded))
    .filter(reason => reason !== undefined);
}
