import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseCidr } from '../../core/ip.ts';
import type { Block } from '../address.ts';
import { formatAddress, formatBlock, readBlock } from '../address.ts';
import type { BanSet } from './ban-set.ts';
import { createBanSet } from './ban-set.ts';

const block = (text: string): Block => {
  const read = readBlock(text);
  assert.ok(read, text);
  return read;
};

function setUp(sizeMax?: number) {
  const clock = { ms: 1_700_000_000_000 };
  const make = (seed = 9): BanSet =>
    createBanSet({ now: () => clock.ms, seed, ...(sizeMax === undefined ? {} : { sizeMax }) });
  return { clock, bans: make(), make };
}
const ban = (text: string, until: number | null = null) =>
  ({ block: block(text), until, reason: 7, source: 'operator' }) as const;

/** Few addresses and lengths, so that blocks hold one another. */
const someBlock = fc
  .tuple(
    fc.boolean(),
    fc.nat(255),
    fc.nat(255),
    fc.constantFrom(8, 16, 24, 30, 32),
    fc.constantFrom(32, 48, 64, 127, 128),
  )
  .map(([isV4, a, b, bits4, bits6]) =>
    formatBlock(
      block(isV4 ? `10.${a & 3}.${b & 3}.${a}/${bits4}` : `2001:db8:${a & 3}:${b & 3}::${a.toString(16)}/${bits6}`),
    ),
  );
const someIp = fc
  .tuple(fc.boolean(), fc.nat(255), fc.nat(255))
  .map(([isV4, a, b]) => (isV4 ? `10.${a & 3}.${b & 3}.${a}` : `2001:db8:${a & 3}:${b & 3}::${a.toString(16)}`));

describe('the set of bans', () => {
  it('finds the narrowest live ban that holds an address, as a plain list does, after any changes and a copy', () => {
    const step = fc.record({
      text: someBlock,
      isSet: fc.boolean(),
      untilS: fc.option(fc.integer({ min: 1, max: 60 })),
      passS: fc.nat(5),
    });
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 80 }),
        fc.array(someIp, { minLength: 5, maxLength: 20 }),
        (steps, ips) => {
          const { clock, bans, make } = setUp();
          const list = new Map<string, number | null>();
          for (const { text, isSet, untilS, passS } of steps) {
            clock.ms += passS * 1000;
            const until = untilS === null ? null : clock.ms + untilS * 1000;
            if (isSet) {
              bans.set(ban(text, until));
              list.set(text, until);
            } else {
              bans.delete(block(text));
              list.delete(text);
            }
            bans.sweep(37);
          }
          const copy = make(1234);
          assert.ok(copy.import(bans.export()));
          for (const ip of ips) {
            const wanted = [...list]
              .filter(([text, until]) => (until === null || until > clock.ms) && parseCidr(text).contains(ip))
              .toSorted((a, b) => block(b[0]).bits - block(a[0]).bits)[0];
            for (const set of [bans, copy]) assert.equal(set.find(ip)?.until, wanted?.[1], ip);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('tells until when, why and by whom', () => {
    const { bans, clock } = setUp();
    bans.set({ block: block('192.0.2.1'), until: clock.ms + 1, reason: 70_000, source: 'automatic' });
    assert.deepEqual(bans.find('::ffff:192.0.2.1'), { until: clock.ms + 1000, reason: 70_000, source: 'automatic' });
    assert.equal(bans.find('192.0.2.2'), undefined);
    assert.equal(bans.find('nonsense'), undefined);
    clock.ms += 1000;
    assert.equal(bans.find('192.0.2.1'), undefined);
  });

  it('takes out what expired, all of it, a part at a time', () => {
    const { bans, clock } = setUp();
    for (let i = 0; i < 5000; i++) bans.set(ban(`10.0.${i >> 8}.${i & 255}`, i % 2 === 0 ? clock.ms + 1000 : null));
    for (let i = 0; i < 100; i++) bans.set(ban(`2001:db8:${i}::/48`, clock.ms + 1000));
    clock.ms += 2000;
    let removed = 0;
    for (let i = 0; i < 100; i++) removed += bans.sweep(200);
    assert.equal(removed, 2600);
    assert.equal(bans.size, 2500);
    for (let i = 0; i < 5000; i++) assert.equal(bans.find(`10.0.${i >> 8}.${i & 255}`) !== undefined, i % 2 === 1);
  });

  it('refuses one too many, makes room of what expired, and replaces when full', () => {
    const { bans, clock } = setUp(3);
    for (const ip of ['10.0.0.1', '10.0.0.2', '2001:db8::/64']) assert.ok(bans.set(ban(ip, clock.ms + 5000)));
    assert.equal(bans.set(ban('10.0.0.4')), false);
    assert.ok(bans.set(ban('10.0.0.1', clock.ms + 1000)));
    clock.ms += 1000;
    assert.ok(bans.set(ban('10.0.0.4')));
    assert.equal(bans.size, 3);
  });

  it('refuses blocks too wide to ban', () => {
    const { bans } = setUp();
    for (const text of ['0.0.0.0/0', '10.0.0.0/7', '2001::/31']) assert.throws(() => bans.set(ban(text)), RangeError);
  });

  it('refuses an export that is none, whole', () => {
    const { bans, make } = setUp();
    bans.set(ban('10.0.0.0/8'));
    bans.set(ban('2001:db8::/64'));
    const good = bans.export();
    const spoil = (at: number, value: number): ArrayBuffer => {
      const copy = good.slice(0);
      new Uint32Array(copy)[at] = value;
      return copy;
    };
    const bad = [
      new ArrayBuffer(0),
      new ArrayBuffer(7),
      good.slice(0, -4),
      spoil(0, 1),
      spoil(1, 3),
      spoil(2, 4 * 256 + 7),
      spoil(3, 0x0a00_0001),
      spoil(4, 0),
    ];
    const copy = make();
    copy.set(ban('192.0.2.1'));
    for (const packed of bad) {
      assert.equal(copy.import(packed), false);
      assert.ok(copy.find('192.0.2.1'));
    }
    assert.ok(copy.import(good));
    assert.equal(copy.find('192.0.2.1'), undefined);
    assert.equal(copy.size, 2);
  });

  it('holds a million addresses in less than 64 MB', () => {
    const { bans } = setUp();
    const words = new Uint32Array(4);
    for (let i = 0; i < 1_000_000; i++) {
      words[0] = Math.imul(i, 0x9e37_79b1);
      bans.set({ block: { version: 4, bits: 32, words }, until: null, reason: 0, source: 'list' });
    }
    assert.equal(bans.size, 1_000_000);
    assert.ok(bans.bytes < 64 * 1024 * 1024);
    assert.ok(bans.find(formatAddress(4, words)));
  });
});
