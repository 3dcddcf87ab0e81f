import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type PostgresServer, postgresMissing, startPostgres } from '../../../tests/servers/postgres.ts';
import type { PrincipalRef } from '../../core/events.ts';
import { Secret } from '../../core/secret.ts';
import { readBlock } from '../address.ts';
import { createBanPlane } from './ban-plane.ts';
import { withBans } from './bans.fixture.ts';

const ada: PrincipalRef = { kind: 'user', id: 'ada', name: 'ada@example.org' };
const minuteMs = 60_000;
const reason = 'scans us';
const automatic = (text: string) => {
  const block = readBlock(text);
  assert.ok(block);
  return { block, reason: 'refused too often', score: 100, evidence: ['r-1', 'r-2'] };
};

describe('bans', () => {
  it('are recorded, in force when the call returns, listed, and lifted', () =>
    withBans(async ({ bans, plane, events }) => {
      const made = await bans.create(ada, { network: ' 203.0.113.7/24 ', reason, until: null });
      assert.equal(made.network, '203.0.113.0/24');
      assert.deepEqual(plane.find('203.0.113.99'), { until: null, reason, source: 'operator' });
      assert.deepEqual(await bans.load(), [made]);
      assert.deepEqual(await bans.list({ limit: 10 }), { bans: [made], next: undefined, total: 1 });
      await assert.rejects(bans.lift(ada, '203.0.113.9'), { message: /held by the ban of "203\.0\.113\.0\/24"/ });
      await bans.lift(ada, '203.0.113.0/24');
      assert.equal(plane.find('203.0.113.99'), undefined);
      assert.deepEqual(await bans.load(), []);
      await assert.rejects(bans.lift(ada, '203.0.113.0/24'), { code: 'perimeter.ban_not_found' });
      assert.deepEqual(
        events.map(event => [event.type, event.principal.id, event.resource?.name]),
        [
          ['ban.created', 'ada', '203.0.113.0/24'],
          ['ban.lifted', 'ada', '203.0.113.0/24'],
        ],
      );
    }));

  it('take an IPv6 address for its /64 unless it is written as one', () =>
    withBans(async ({ bans, plane }) => {
      const made = await bans.create(ada, { network: '2001:db8:1:2::3', reason, until: null });
      assert.equal(made.network, '2001:db8:1:2::/64');
      assert.ok(plane.find('2001:db8:1:2:ffff::1'));
      assert.equal(
        (await bans.create(ada, { network: '2001:db8:5::1/128', reason, until: null })).network,
        '2001:db8:5::1',
      );
      assert.equal(plane.find('2001:db8:5::2'), undefined);
    }));

  it('refuse what is never banned, in whatever block, and whoever asks themselves', () =>
    withBans(async ({ bans, events }) => {
      for (const network of [
        '127.0.0.1',
        '127.0.0.0/8',
        '::1',
        '10.1.2.3',
        '10.0.0.0/8',
        '2001:db8:ffff:1::/64',
        '2001:db8::/32',
        '::ffff:10.0.0.1',
      ])
        await assert.rejects(
          bans.create(ada, { network, reason, until: null }),
          { code: 'perimeter.ban_exempt' },
          network,
        );
      await assert.rejects(
        bans.create(ada, { network: '198.51.0.0/16', reason, until: null }, '198.51.100.1'),
        /your own address/,
      );
      assert.equal(await bans.createAutomatic(automatic('10.1.2.3')), undefined);
      assert.deepEqual(events, []);
    }));

  const refuses: [string, { network?: string; reason?: string; until?: number }][] = [
    ['no address', { network: 'example.org' }],
    ['a block too wide', { network: '0.0.0.0/0' }],
    ['an IPv6 block too wide', { network: '2001::/16' }],
    ['no reason', { reason: ' ' }],
    ['a reason too long', { reason: 'x'.repeat(501) }],
    ['a time that is past', { until: 1_600_000_000_000 }],
    ['a time that is none', { until: Number.NaN }],
  ];
  for (const [name, patch] of refuses) {
    it(`refuse ${name}`, () =>
      withBans(async ({ bans }) => {
        const input = { network: '192.0.2.1', reason, until: null, ...patch };
        await assert.rejects(bans.create(ada, input), { code: 'core.invalid_input' });
      }));
  }

  it('are not made when they cannot be recorded', () =>
    withBans(async house => {
      house.isAuditDown = true;
      await assert.rejects(house.bans.create(ada, { network: '192.0.2.1', reason, until: null }), {
        code: 'audit.unavailable',
      });
      assert.deepEqual(await house.bans.load(), []);
      assert.equal(house.plane.find('192.0.2.1'), undefined);
    }));

  it('are searched by text and by an address they hold, in pages', () =>
    withBans(async ({ bans, clock }) => {
      for (let i = 1; i <= 5; i++) {
        clock.ms += 10;
        await bans.create(ada, { network: `192.0.${i}.0/24`, reason: `Reason_${i} 100%`, until: null });
      }
      const names = async (search: string) => (await bans.list({ search, limit: 10 })).bans.map(ban => ban.network);
      assert.deepEqual(await names('192.0.3.77'), ['192.0.3.0/24']);
      assert.deepEqual(await names('192.0.9.1'), []);
      assert.deepEqual(await names('reason_4'), ['192.0.4.0/24']);
      assert.deepEqual(await names('reasonx'), []);
      assert.deepEqual(await names('%'), await names('100%'));
      const first = await bans.list({ limit: 2 });
      assert.equal(first.total, 5);
      const second = await bans.list({ limit: 3, ...(first.next === undefined ? {} : { cursor: first.next }) });
      assert.deepEqual(
        [...first.bans, ...second.bans].map(ban => ban.network),
        [5, 4, 3, 2, 1].map(i => `192.0.${i}.0/24`),
      );
      assert.equal(second.next, undefined);
    }));

  it('refuse one too many and make room of those that are over', () =>
    withBans(async ({ bans, clock }) => {
      await bans.create(ada, { network: '192.0.2.1', reason, until: clock.ms + 1000 });
      await bans.create(ada, { network: '192.0.2.2', reason, until: null });
      await assert.rejects(bans.create(ada, { network: '192.0.2.3', reason, until: null }), {
        code: 'core.invalid_input',
      });
      assert.equal(await bans.createAutomatic(automatic('192.0.2.3')), undefined);
      clock.ms += 1001;
      assert.ok(await bans.createAutomatic(automatic('192.0.2.4')));
      clock.ms += 3_600_000;
      await bans.create(ada, { network: '192.0.2.3', reason, until: null });
      assert.equal((await bans.load()).length, 2);
    }, 2));

  it('of the jail end, last four times as long each time up to 7 days, and start anew after 30 days or a pardon', () =>
    withBans(async ({ bans, plane, clock }) => {
      const lasts = async (): Promise<number> => {
        const made = await bans.createAutomatic(automatic('192.0.2.1'));
        assert.ok(made?.until);
        assert.equal(plane.find('192.0.2.1')?.source, 'automatic');
        const ms = made.until - clock.ms;
        clock.ms = made.until + 1000;
        assert.equal(plane.find('192.0.2.1'), undefined);
        return ms / minuteMs;
      };
      const found = [];
      for (let i = 0; i < 7; i++) found.push(await lasts());
      assert.deepEqual(found, [10, 40, 160, 640, 2560, 10_080, 10_080]);
      clock.ms += 31 * 24 * 60 * minuteMs;
      assert.equal(await lasts(), 10);
      assert.equal((await bans.createAutomatic(automatic('192.0.2.1')))?.until, clock.ms + 40 * minuteMs);
      await bans.lift(ada, '192.0.2.1');
      assert.equal(await lasts(), 10);
    }));

  it('of the jail never shorten or replace what is in force', () =>
    withBans(async ({ bans }) => {
      await bans.create(ada, { network: '192.0.2.1', reason, until: null });
      assert.equal(await bans.createAutomatic(automatic('192.0.2.1')), undefined);
      assert.ok(await bans.createAutomatic(automatic('192.0.2.2')));
      assert.equal(await bans.createAutomatic(automatic('192.0.2.2')), undefined);
      assert.equal((await bans.load()).find(ban => ban.network === '192.0.2.1')?.until, null);
    }));

  it('that are long over are forgotten', () =>
    withBans(async ({ bans, clock }) => {
      await bans.createAutomatic(automatic('192.0.2.1'));
      await bans.create(ada, { network: '192.0.2.2', reason, until: null });
      assert.equal(await bans.purge(), 0);
      clock.ms += 31 * 24 * 60 * minuteMs;
      assert.equal(await bans.purge(), 1);
    }));

  it('reach a plane that starts later, whole', () =>
    withBans(async ({ bans, clock }) => {
      await bans.create(ada, { network: '192.0.2.0/24', reason, until: null });
      const late = createBanPlane({ now: () => clock.ms, seed: 1 });
      late.apply({ bans: [], lifted: ['192.0.2.9'] });
      late.load(await bans.load());
      assert.equal(late.find('192.0.2.9')?.reason, reason);
      late.load([]);
      assert.equal(late.size, 0);
    }));
});

describe('bans on PostgreSQL', { skip: postgresMissing() ?? false }, () => {
  let server: PostgresServer;
  before(async () => {
    server = await startPostgres();
  });
  after(() => server[Symbol.asyncDispose]());

  it('are made, grown, searched and lifted as in the embedded store, by many at once', async () => {
    const url = new Secret(await server.createDatabase('bans'));
    await withBans(
      async ({ bans, plane, clock }) => {
        await bans.create(ada, { network: '203.0.113.0/24', reason: 'Scans us', until: null });
        await Promise.all(Array.from({ length: 10 }, () => bans.createAutomatic(automatic('192.0.2.1'))));
        const first = (await bans.load()).find(ban => ban.network === '192.0.2.1');
        assert.equal(first?.until, clock.ms + 10 * minuteMs);
        clock.ms += 11 * minuteMs;
        assert.equal((await bans.createAutomatic(automatic('192.0.2.1')))?.until, clock.ms + 40 * minuteMs);
        const found = await bans.list({ search: 'scans', limit: 10 });
        assert.deepEqual([found.total, found.bans[0]?.network], [1, '203.0.113.0/24']);
        assert.equal((await bans.list({ search: '203.0.113.9', limit: 10 })).total, 1);
        await bans.lift(ada, '203.0.113.0/24');
        assert.equal(plane.find('203.0.113.9'), undefined);
        assert.equal((await bans.load()).length, 1);
      },
      100,
      { kind: 'postgres', url },
    );
  });
});
