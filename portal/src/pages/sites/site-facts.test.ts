import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { guardDefaults } from '../../../../src/gateway/guard-input.ts';
import { signInDefaults } from '../../../../src/gateway/sign-in-input.ts';
import type { Site } from './site-facts.ts';
import { changesOf, draftOf, healthLabel, originOf, platformLabel } from './site-facts.ts';

const site: Site = {
  id: 's1',
  name: 'automation',
  platform: 'n8n',
  hosts: [],
  port: 8444,
  upstreams: ['http://localhost:5678'],
  accounts: 'personal',
  defaultProject: 'default',
  projects: [],
  publicRoutes: [],
  corsOrigins: [],
  identityHeaders: 'remote',
  bodyBytesMax: 16_777_216,
  upstreamTimeoutMs: 60_000,
  healthPath: '/healthz',
  enabled: true,
  guard: { ...guardDefaults, countries: { rule: 'any', codes: [] } },
  signIn: { ...signInDefaults, stepUp: [] },
  api: [],
  createdAt: 0,
  address: 'https://localhost:8444',
  upstreamHealth: [{ url: 'http://localhost:5678', healthy: true, active: 0 }],
  platformAccount: 'ready',
  version: '1.120.0',
};

describe('site form', () => {
  it('writes back nothing when nothing was touched', () => assert.deepEqual(changesOf(site, draftOf(site)), {}));

  it('writes back only what was touched', () => {
    const draft = { ...draftOf(site), port: null, hosts: ['n8n.example.org'] };
    assert.deepEqual(changesOf(site, draft), { port: null, hosts: ['n8n.example.org'] });
  });

  const origins: readonly (readonly [string, string])[] = [
    ['localhost:5678', 'http://localhost:5678'],
    [' http://localhost:5678/ ', 'http://localhost:5678'],
    ['https://n8n.internal', 'https://n8n.internal'],
    ['', ''],
  ];
  for (const [typed, origin] of origins) {
    it(`takes "${typed}" as "${origin}"`, () => assert.equal(originOf(typed), origin));
  }
});

describe('site labels', () => {
  it('names the platform with its version where it says one', () => {
    assert.equal(platformLabel(site), 'n8n 1.120.0');
    assert.equal(platformLabel({ platform: 'generic', version: null }), 'Web application');
  });

  it('says that a site which is switched off is closed, whatever its upstreams do', () => {
    assert.equal(healthLabel({ ...site, enabled: false }).level, 'off');
  });

  it('says how many upstreams answer when some do not', () => {
    const upstreamHealth = [true, false].map(healthy => ({ url: 'http://a', healthy, active: 0 }));
    assert.equal(healthLabel({ enabled: true, upstreamHealth }).text, '1 of 2 answer');
  });
});
