import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readBlock } from './address.ts';
import { createAddressJudge } from './address-judge.ts';
import { createBanPlane } from './bans/ban-plane.ts';
import type { Ban } from './bans/bans.ts';
import { createGeo } from './geo/geo.ts';
import { type CompiledList, createReputationPlane } from './reputation/plane.ts';
import { compileRanges } from './reputation/range-set.ts';

const ban = (network: string, until: number | null): Ban => ({
  ...{ id: network, network, until, reason: 'scans', source: 'operator', createdBy: 'ada', createdAt: 0 },
});
const list = (
  id: string,
  kind: CompiledList['kind'],
  action: CompiledList['action'],
  blocks: string[],
): CompiledList => ({
  ...{ id, kind, action },
  ranges: compileRanges(blocks.flatMap(text => readBlock(text) ?? [])),
});

describe('what an address alone decides', () => {
  const bans = createBanPlane({ now: () => 1000, seed: 1 });
  bans.load([ban('192.0.2.0/24', null), ban('198.51.100.1', 86_400_000)]);
  const lists = createReputationPlane();
  lists.load([
    list('friends', 'allow', 'block', ['192.0.2.1']),
    list('bad', 'block', 'block', ['203.0.113.0/24']),
    list('tor', 'anonymiser', 'challenge', ['203.0.113.0/25', '100.100.100.1', '198.18.0.1']),
  ]);
  const judge = createAddressJudge({ bans, lists, geo: createGeo() });

  const table: [string, string, object][] = [
    ['passes who is unknown', '8.8.8.8', { kind: 'pass', isAllowed: false }],
    ['passes who is allowed, banned or not', '192.0.2.1', { kind: 'pass', isAllowed: true }],
    [
      'refuses who is banned',
      '192.0.2.2',
      { kind: 'deny', code: 'perimeter.banned', type: 'banned', reason: 'banned until it is lifted: scans' },
    ],
    [
      'says until when',
      '198.51.100.1',
      {
        kind: 'deny',
        code: 'perimeter.banned',
        type: 'banned',
        reason: 'banned until 1970-01-02T00:00:00.000Z: scans',
      },
    ],
    [
      'refuses who is on a list to block, whatever else',
      '203.0.113.5',
      { kind: 'deny', code: 'perimeter.banned', type: 'reputation', reason: 'on list "bad"' },
    ],
    ['challenges an anonymiser', '198.18.0.1', { kind: 'challenge', type: 'challenge', reason: 'on list "tor"' }],
    ['passes a private address that a public list names', '100.100.100.1', { kind: 'pass', isAllowed: false }],
  ];
  for (const [name, ip, wanted] of table) it(name, () => assert.deepEqual(judge.judge(ip), wanted));

  it('refuses a country by the policy of the site', () => {
    const policy = { mode: 'allow', countries: ['NL'], unknown: 'block', private: 'pass' } as const;
    assert.equal(judge.judgeCountry(policy, '193.0.6.139').kind, 'pass');
    const wanted = { kind: 'deny', code: 'perimeter.country_refused', type: 'country', reason: 'country US' };
    assert.deepEqual(judge.judgeCountry(policy, '8.8.8.8'), wanted);
    assert.equal(judge.judgeCountry({ ...policy, mode: 'off' }, '8.8.8.8').kind, 'pass');
  });
});
