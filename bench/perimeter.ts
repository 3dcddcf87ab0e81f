/**
 * What the perimeter asks at every request, apart from the firewall: bans at a million addresses, rate limits beside a bare counter in a Map,
 * reputation lists and countries. `node --expose-gc bench/perimeter.ts [count]`. Prints a Markdown table. Times are the best of five rounds of
 * this process's CPU; on a shared machine that is the figure to compare.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { systemClock } from '../src/core/clock.ts';
import type { CompiledList } from '../src/perimeter/perimeter.ts';
import {
  createBanPlane,
  createBanSet,
  createGeo,
  createLimiter,
  createReputationPlane,
  defaultLimits,
} from '../src/perimeter/perimeter.ts';
import { createMemoryCounters } from '../src/store/store.ts';

const count = Number(process.argv[2] ?? 1_000_000);
const lookups = 200_000;
const rows: string[] = [];
/** Nothing is freed while another thing's memory is measured. */
const kept: unknown[] = [];
const report = (what: string, value: string, note = ''): unknown => rows.push(`| ${what} | ${value} | ${note} |`);
const ip4 = (i: number): string => `${1 + (i % 223)}.${(i >> 8) & 255}.${(i >> 16) & 255}.${i & 255}`;
const scatter = (i: number): number => Math.imul(i, 0x9e37_79b1) >>> 0;
const ip6 = (i: number): string =>
  `2001:${(i & 0xffff).toString(16)}:${(i >>> 16).toString(16)}:${(i % 999).toString(16)}::1`;
const gc = (): void => {
  globalThis.gc?.();
};

/** Nanoseconds of CPU each, the best of five. */
function best(act: (i: number) => unknown, times = lookups): number {
  let least = Number.POSITIVE_INFINITY;
  let seen = 0;
  for (let round = 0; round < 5; round++) {
    const before = process.cpuUsage();
    for (let i = 0; i < times; i++) if (act(i) !== undefined) seen++;
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, ((user + system) * 1000) / times);
  }
  return seen < 0 ? Number.NaN : least;
}

const ns = (value: number): string => `${value.toFixed(0)} ns`;
const mb = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MB`;

async function benchBans(name: string, version: 4 | 6, bits: number, ip: (i: number) => string): Promise<void> {
  const memory = async (): Promise<number> => {
    gc();
    // Buffers are freed beside the program.
    await delay(200);
    gc();
    const { arrayBuffers, heapUsed } = process.memoryUsage();
    return arrayBuffers + heapUsed;
  };
  const before = await memory();
  const set = createBanSet({ now: Date.now, seed: 0x1234_5678 });
  const plane = createBanPlane({ now: Date.now, seed: 1 });
  kept.push(set, plane);
  const hits: string[] = [];
  const startedAt = performance.now();
  const words = new Uint32Array(4);
  for (let i = 0; i < count; i++) {
    for (let word = 0; word < 4; word++) words[word] = word * 32 < bits ? scatter(i * 4 + word) : 0;
    set.set({ block: { version, bits, words }, until: null, reason: 1, source: 'list' });
  }
  const fillMs = performance.now() - startedAt;
  const taken = (await memory()) - before;
  report(
    `${count.toExponential(0)} bans, ${name}: memory`,
    mb(taken),
    `${mb(set.bytes)} of tables; filled in ${fillMs.toFixed(0)} ms`,
  );
  for (let i = 0; i < lookups; i++) hits.push(ip(scatter(i)));
  report(`${name}: look-up, text to answer, missing`, ns(best(i => set.find(hits[i] ?? ''))), '');
  for (const text of hits)
    plane.apply({
      lifted: [],
      bans: [{ id: '', network: text, reason: 'a', source: 'operator', createdBy: '', createdAt: 0, until: null }],
    });
  report(`${name}: look-up of ${lookups} that are banned`, ns(best(i => plane.find(hits[i] ?? ''))), '');
  let packed = new ArrayBuffer(0);
  const exportedAt = performance.now();
  packed = set.export();
  const importedAt = performance.now();
  createBanSet({ now: Date.now, seed: 99 }).import(packed);
  report(
    `${name}: export, import`,
    `${(importedAt - exportedAt).toFixed(0)} ms, ${(performance.now() - importedAt).toFixed(0)} ms`,
    mb(packed.byteLength),
  );
}

function benchLimits(): void {
  const addresses = Array.from({ length: 20_000 }, (_, i) => ip4(scatter(i)));
  const bare = new Map<string, number>();
  report(
    'bare Map counter',
    ns(
      best(i => {
        const key = addresses[i % 20_000] ?? '';
        bare.set(key, (bare.get(key) ?? 0) + 1);
      }),
    ),
    '20,000 addresses',
  );
  const seeds = [1, 2] as const;
  const one = createLimiter(defaultLimits.slice(0, 1), { clock: systemClock, seeds });
  report(
    'limit by address',
    ns(best(i => one.check({ class: 'other', address: addresses[i % 20_000] ?? '' }))),
    'one rule',
  );
  const all = createLimiter(defaultLimits, { clock: systemClock, seeds });
  report(
    'default limits, signed in',
    ns(
      best(i =>
        all.check({
          class: 'api',
          address: '192.0.2.1',
          identity: `user-${i % 1000}`,
          site: 's',
          route: '/rest/workflows/:id',
        }),
      ),
    ),
    'two rules apply',
  );
  const counters = createMemoryCounters({ clock: systemClock });
  const shared = createLimiter(defaultLimits.slice(0, 1), { clock: systemClock, seeds, counters });
  report(
    'limit by address, shared, far below',
    ns(best(i => void shared.check({ class: 'other', address: addresses[i % 20_000] ?? '' }), 20_000)),
    'without the pushing',
  );
  shared.close();
  const full = createLimiter(defaultLimits, { clock: systemClock, seeds });
  for (let i = 0; i < 1000; i++) void full.check({ class: 'other', address: '192.0.2.1' });
  report('refusal', ns(best(() => full.check({ class: 'other', address: '192.0.2.1' }))), '');
  const flood = createLimiter(defaultLimits.slice(0, 1), { clock: systemClock, seeds });
  let next = 0;
  report(
    'flood of new addresses',
    ns(best(() => flood.check({ class: 'other', address: ip4(scatter(next++)) }))),
    mb(flood.stats().bytes),
  );
}

function benchLists(): void {
  const lists = Array.from({ length: 5 }, (_, n): CompiledList => {
    const v4 = new Uint32Array(200_000);
    for (let i = 0; i < 100_000; i++) v4.set([i * 40_000 + n * 1000, i * 40_000 + n * 1000 + 255], i * 2);
    return { id: `list-${n}`, kind: 'block', action: 'block', ranges: { v4, v6: new Uint32Array(0) } };
  });
  const plane = createReputationPlane();
  plane.load(lists);
  const addresses = Array.from({ length: lookups }, (_, i) => ip4(scatter(i)));
  report('reputation look-up', ns(best(i => plane.find(addresses[i] ?? ''))), '5 lists of 100,000 ranges');
  kept.push(plane, lists);
  const geo = createGeo();
  gc();
  const before = process.memoryUsage().arrayBuffers;
  const startedAt = performance.now();
  geo.open();
  const loadMs = performance.now() - startedAt;
  report('country data: load', `${loadMs.toFixed(0)} ms`, mb(process.memoryUsage().arrayBuffers - before));
  report('country of a new address', ns(best(i => geo.countryOf(addresses[i] ?? ''))), '');
  report('country of a known address', ns(best(i => geo.countryOf(addresses[i % 1000] ?? ''))), '');
}

await benchBans('IPv4', 4, 32, ip4);
await benchBans('IPv6 /64', 6, 64, ip6);
await benchBans('IPv6 /128', 6, 128, ip6);
benchLimits();
benchLists();
process.stdout.write(`| what | figure | |\n|---|---|---|\n${rows.join('\n')}\n`);
