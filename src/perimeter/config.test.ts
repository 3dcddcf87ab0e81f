import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { geoPolicy, perimeterConfig } from './config.ts';
import { defaultLimits } from './limits/defaults.ts';
import { createLimiter } from './limits/limiter.ts';
import { limitRules, listConfigs } from './policy.ts';

const clock = { now: () => 0, monotonicMs: () => 0 };

describe('the configuration of the perimeter', () => {
  it('is safe when nothing is set: the default limits, a jail, nothing trusted', () => {
    const config = perimeterConfig.parse({});
    assert.deepEqual(limitRules(config), defaultLimits);
    assert.ok(
      createLimiter(limitRules(config), { clock, seeds: [1, 2] }).check({ class: 'other', address: '192.0.2.1' }),
    );
    assert.ok(config.jail.enabled);
    assert.deepEqual(listConfigs(config), []);
    assert.deepEqual(geoPolicy.parse({}), { mode: 'off', countries: [], unknown: 'block', private: 'pass' });
  });

  it('makes lists and trusted hops of what is set', () => {
    const config = perimeterConfig.parse({
      lists: [
        { id: 'drop', kind: 'block', format: 'drop_json', source: { url: 'https://lists.example/drop.json' } },
        { id: 'tor', kind: 'anonymiser', action: 'challenge', format: 'tor', source: { file: '/var/lib/tor.txt' } },
      ],
      trustedHops: [{ id: 'cloudflare', source: { preset: 'cloudflare' } }],
    });
    assert.deepEqual(
      listConfigs(config).map(({ id, kind, action }) => [id, kind, action]),
      [
        ['drop', 'block', undefined],
        ['tor', 'anonymiser', 'challenge'],
        ['cloudflare', 'trusted_hop', undefined],
      ],
    );
    assert.equal(config.trustedHops[0]?.authenticatedOrigin, true);
  });

  const own = { id: 'a', kind: 'block', source: { entries: ['192.0.2.1'] } };
  const refuses: [string, unknown][] = [
    ['a feed that is not https', { lists: [{ ...own, source: { url: 'http://lists.example/' } }] }],
    ['a feed with a password', { lists: [{ ...own, source: { url: 'https://a:b@lists.example/' } }] }],
    ['a relative file', { lists: [{ ...own, source: { file: 'list.txt' } }] }],
    ['two sources', { lists: [{ ...own, source: { file: '/a', preset: 'cloudflare' } }] }],
    ['an action on a list to block', { lists: [{ ...own, action: 'off' }] }],
    ['no address', { lists: [{ ...own, source: { entries: ['example.org'] } }] }],
    ['one id twice', { lists: [own, own] }],
    ['an id with blanks', { lists: [{ ...own, id: 'a b' }] }],
    ['an unknown field', { jails: {} }],
    [
      'a limit of nothing',
      { limits: { rules: [{ id: 'a', scope: 'address', limit: 0, windowMs: 1000, appliesTo: 'any' }] } },
    ],
    [
      'one limit twice',
      { limits: { rules: ['a', 'a'].map(id => ({ id, scope: 'site', limit: 1, windowMs: 1000, appliesTo: 'any' })) } },
    ],
  ];
  for (const [name, input] of refuses) {
    it(`refuses ${name}`, () => assert.equal(perimeterConfig.safeParse(input).success, false));
  }

  it('refuses a country rule without countries or with a code that is none', () => {
    assert.equal(geoPolicy.safeParse({ mode: 'allow' }).success, false);
    assert.equal(geoPolicy.safeParse({ mode: 'block', countries: ['nl'] }).success, false);
    assert.equal(geoPolicy.safeParse({ mode: 'block', countries: ['NL'] }).success, true);
  });
});
