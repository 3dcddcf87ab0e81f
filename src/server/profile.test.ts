import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { LoadedConfig } from './config.ts';
import { checkConfig } from './config.ts';
import { refusals } from './profile.ts';

const good = {
  profile: 'production',
  publicUrl: 'https://gate.example.com',
  tls: { mode: 'files', certificates: [{ certFile: '/etc/tls/cert.pem', keyFile: '/etc/tls/key.pem' }] },
  hstsMaxAgeS: 31_536_000,
  sampleApp: false,
  masterKey: 'env:SALLYPORT_MASTER_KEY',
};

function load(change: Record<string, unknown>): LoadedConfig {
  const config = checkConfig({ ...good, ...change }, 'test');
  const portalOrigin = config.publicUrl ?? 'https://localhost:8443';
  return { config, file: undefined, dataDir: '/data', baseDir: '/', portalOrigin };
}

/** One insecure setting each, and what the reason must name. `staging`: staging refuses it too. */
const insecure: readonly { name: string; change: Record<string, unknown>; says: RegExp; staging?: true }[] = [
  { name: 'a generated certificate', change: { tls: { mode: 'generated' } }, says: /tls\.mode/ },
  { name: 'no public name', change: { publicUrl: undefined }, says: /publicUrl/ },
  { name: 'an IPv4 loopback as public name', change: { publicUrl: 'https://127.0.0.1:8443' }, says: /publicUrl/ },
  { name: 'the IPv6 loopback as public name', change: { publicUrl: 'https://[::1]:8443' }, says: /publicUrl/ },
  { name: 'a name below localhost', change: { publicUrl: 'https://gate.localhost' }, says: /publicUrl/ },
  { name: 'no HSTS', change: { hstsMaxAgeS: 0 }, says: /hstsMaxAgeS/ },
  { name: 'a short HSTS', change: { hstsMaxAgeS: 3600 }, says: /hstsMaxAgeS/ },
  { name: 'the sample application', change: { sampleApp: true }, says: /sampleApp/, staging: true },
  {
    name: 'the whole IPv4 internet as proxy',
    change: { trustedProxies: ['0.0.0.0/0'] },
    says: /"0\.0\.0\.0\/0"/,
    staging: true,
  },
  {
    name: 'half of it',
    change: { trustedProxies: ['10.0.0.0/8', '128.0.0.0/1'] },
    says: /"128\.0\.0\.0\/1"/,
    staging: true,
  },
  {
    name: 'everybody as a proxy that asks',
    change: { forwardAuth: { peers: ['0.0.0.0/0'] } },
    says: /forwardAuth.+"0\.0\.0\.0\/0"/,
    staging: true,
  },
  { name: 'the whole IPv6 internet as proxy', change: { trustedProxies: ['::/0'] }, says: /"::\/0"/, staging: true },
  { name: 'all global IPv6 as proxy', change: { trustedProxies: ['2000::/3'] }, says: /"2000::\/3"/, staging: true },
  {
    name: 'Owners without a second factor',
    change: { identity: { mfa: { compulsoryFor: ['administrator'] } } },
    says: /owner/,
    staging: true,
  },
  {
    name: 'nobody with a second factor',
    change: { identity: { mfa: { compulsoryFor: [] } } },
    says: /administrator and owner/,
    staging: true,
  },
  {
    name: 'sessions of a week',
    change: { identity: { sessions: { absoluteHours: 168 } } },
    says: /absoluteHours/,
    staging: true,
  },
  {
    name: 'an audit index of a month',
    change: { audit: { indexRetentionDays: 30 } },
    says: /indexRetentionDays/,
    staging: true,
  },
  { name: 'metrics on every address', change: { metrics: { host: '0.0.0.0' } }, says: /metrics\.host/, staging: true },
  { name: 'metrics on every IPv6 address', change: { metrics: { host: '::' } }, says: /metrics\.host/, staging: true },
  {
    name: 'metrics on a public address',
    change: { metrics: { host: '203.0.113.9' } },
    says: /metrics\.host/,
    staging: true,
  },
  { name: 'a master key beside its data', change: { masterKey: undefined }, says: /masterKey/ },
  { name: 'a log that says everything', change: { logLevel: 'debug' }, says: /logLevel/, staging: true },
];

describe('profiles', () => {
  it('production starts with a good configuration', () => assert.deepEqual(refusals(load({})), []));
  for (const metricsHost of ['10.0.0.5', '127.0.0.1', '::1', 'fd00::5', 'metrics.internal'])
    it(`production lets metrics listen on ${metricsHost}`, () =>
      assert.deepEqual(refusals(load({ metrics: { host: metricsHost } })), []));
  for (const block of ['10.0.0.0/8', '172.16.0.0/12', 'fc00::/7', 'fd00::/8', '2001:db8::/32', '192.0.2.4'])
    it(`production lets ${block} be a proxy`, () => assert.deepEqual(refusals(load({ trustedProxies: [block] })), []));

  for (const { name, change, says, staging } of insecure) {
    it(`production refuses ${name}, and for that reason alone`, () => {
      const reasons = refusals(load(change));
      assert.equal(reasons.length, 1, reasons.join('\n'));
      assert.match(reasons[0] ?? '', says);
    });
    it(`staging ${staging ? 'refuses' : 'lets pass'} ${name}`, () =>
      assert.equal(refusals(load({ ...change, profile: 'staging' })).length, staging ? 1 : 0));
  }
  it('every reason is given at once', () => {
    const everything = { tls: { mode: 'generated' }, publicUrl: undefined, hstsMaxAgeS: 0, masterKey: undefined };
    assert.equal(refusals(load(everything)).length, 4);
  });
  it('development refuses nothing', () => {
    for (const { change } of insecure) assert.deepEqual(refusals(load({ ...change, profile: 'development' })), []);
  });
});
