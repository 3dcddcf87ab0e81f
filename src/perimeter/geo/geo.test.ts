import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { createGeo, type GeoPolicy } from './geo.ts';

const policy = (patch: Partial<GeoPolicy>): GeoPolicy => ({
  mode: 'allow',
  countries: ['NL'],
  unknown: 'block',
  private: 'pass',
  ...patch,
});
// The registry of Europe itself, in Amsterdam since it began, and a resolver of the United States.
const dutch = '193.0.6.139';
const american = '8.8.8.8';

describe('countries by address', () => {
  it('are known for IPv4 and IPv6 and not for what belongs to nobody', () => {
    const geo = createGeo();
    assert.equal(geo.countryOf(dutch), 'NL');
    assert.equal(geo.countryOf(`::ffff:${dutch}`), 'NL');
    assert.equal(geo.countryOf(american), 'US');
    assert.equal(geo.countryOf('2001:4860:4860::8888'), 'US');
    for (const ip of [
      '10.0.0.1',
      '192.168.1.1',
      '172.16.9.9',
      '100.64.0.1',
      '127.0.0.1',
      '169.254.1.1',
      '::1',
      'fd00::1',
      'fe80::1',
      'nonsense',
      '',
    ])
      assert.equal(geo.countryOf(ip), undefined, ip);
    for (const ip of ['172.32.0.1', '100.128.0.1', '192.169.0.1']) assert.notEqual(geo.countryOf(ip), undefined, ip);
  });

  const table: [string, Partial<GeoPolicy>, string, boolean, string][] = [
    ['passes a listed country', {}, dutch, true, 'listed'],
    ['refuses another', {}, american, false, 'not_listed'],
    ['refuses a blocked country', { mode: 'block' }, dutch, false, 'listed'],
    ['passes any but the blocked', { mode: 'block' }, american, true, 'not_listed'],
    ['passes a private address', {}, '10.0.0.1', true, 'private'],
    ['refuses a private address where so set', { private: 'block' }, '10.0.0.1', false, 'private'],
    ['refuses an unknown country', {}, '4000::1', false, 'unknown'],
    ['passes an unknown country where so set', { unknown: 'pass' }, '4000::1', true, 'unknown'],
    ['refuses what is no address', { unknown: 'pass' }, 'nonsense', false, 'unknown'],
    ['asks nothing when off', { mode: 'off' }, american, true, 'off'],
  ];
  const geo = createGeo();
  for (const [name, patch, ip, pass, why] of table) {
    it(name, () => {
      const verdict = geo.judge(policy(patch), ip);
      assert.deepEqual([verdict.pass, verdict.why], [pass, why]);
    });
  }

  it('that cannot be read are told at once and refuse what is not private', async () => {
    const dir = await mkdtemp(path.join(tmpdir(), 'sallyport-geo-'));
    try {
      const file = path.join(dir, 'bad.mmdb');
      await writeFile(file, 'this is no database');
      for (const name of [file, path.join(dir, 'missing.mmdb')]) {
        const broken = createGeo({ file: name });
        assert.throws(() => broken.open(), { code: 'perimeter.geo_unavailable' });
        assert.throws(() => broken.countryOf(dutch), { code: 'perimeter.geo_unavailable' });
        assert.equal(broken.judge(policy({ mode: 'block', unknown: 'pass' }), american).pass, false);
        assert.equal(broken.judge(policy({}), '10.0.0.1').pass, true);
        assert.equal(broken.judge(policy({ mode: 'off' }), american).pass, true);
      }
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });

  it('cost nothing until the first question', () => {
    createGeo({ file: '/nowhere/at/all' }).judge(policy({ mode: 'off' }), dutch);
  });
});
