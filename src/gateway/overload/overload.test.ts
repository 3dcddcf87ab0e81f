import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { silentLog } from '../../core/log.ts';
import { createLoadGauge, createLoadSource, tickMs } from './gauge.ts';
import type { Priority } from './shedder.ts';
import { createShedder } from './shedder.ts';

function gaugeWith() {
  const state = { nowMs: 1_000_000, delayMs: 0, requests: 0, heap: 0.3, cpu: 1 };
  const gauge = createLoadGauge({
    clock: { now: () => state.nowMs, monotonicMs: () => state.nowMs },
    log: silentLog,
    source: {
      delayMs: () => state.delayMs,
      requestsRatio: () => state.requests,
      heapRatio: () => state.heap,
      cpuRatio: () => state.cpu,
    },
  });
  const run = (ms: number) => {
    for (let spent = 0; spent < ms; spent += tickMs) {
      state.nowMs += tickMs;
      gauge.tick();
    }
  };
  return { gauge, state, run };
}

describe('the load gauge', () => {
  test('says nothing below the target, and one slow moment turns nobody away', () => {
    const { gauge, run, state } = gaugeWith();
    state.delayMs = 14;
    run(60_000);
    assert.deepEqual([gauge.pressure, gauge.level], [0, 'normal']);
    state.delayMs = 24;
    run(100);
    state.delayMs = 2;
    run(2000);
    assert.deepEqual([gauge.pressure, gauge.level], [0, 'normal']);
  });

  test('rises within a second when requests wait, is busy first, and falls back in seconds', () => {
    const { gauge, run, state } = gaugeWith();
    state.delayMs = 60;
    run(100);
    assert.equal(gauge.level, 'busy');
    run(900);
    assert.ok(gauge.pressure > 1);
    assert.equal(gauge.level, 'overloaded');
    state.delayMs = 0;
    run(2000);
    assert.equal(gauge.level, 'overloaded');
    run(10_000);
    assert.deepEqual([gauge.pressure, gauge.level], [0, 'normal']);
  });

  test('never turns people away for the work of other programs on the machine', () => {
    const { gauge, run, state } = gaugeWith();
    state.delayMs = 500;
    state.cpu = 0.3;
    run(10_000);
    assert.equal(gauge.pressure, 1.9);
    state.cpu = 0.9;
    run(2000);
    assert.ok(gauge.pressure > 2);
  });

  test('rises within a turn of the event loop that does not end, by the requests in it', () => {
    const { gauge, state } = gaugeWith();
    gauge.tick();
    for (let ms = 0; ms < 1000; ms++) {
      state.nowMs++;
      state.delayMs = ms;
      gauge.tick();
    }
    assert.ok(gauge.pressure > 1.5, `${gauge.pressure}`);
    const { pressure } = gauge;
    for (let times = 0; times < 100; times++) gauge.tick();
    assert.equal(gauge.pressure, pressure, 'read no more often for being asked more often');
  });

  test('the level does not change to and fro around a bound', () => {
    const { gauge, run, state } = gaugeWith();
    state.delayMs = 100;
    run(500);
    let changes = 0;
    let before = gauge.level;
    for (let round = 0; round < 100; round++) {
      state.delayMs = round % 2 === 0 ? 100 : 0;
      run(round % 2 === 0 ? 100 : 700);
      if (gauge.level !== before) changes++;
      before = gauge.level;
    }
    assert.ok(changes <= 2, `${changes} changes`);
  });

  test('a full heap and too many requests under way weigh even when the event loop is quick', () => {
    const { gauge, run, state } = gaugeWith();
    state.heap = 0.96;
    run(1000);
    assert.ok(gauge.pressure >= 2.5);
    state.heap = 0.3;
    state.requests = 0.85;
    run(60_000);
    assert.equal(gauge.pressure, 0.9);
  });

  test('finds the pressure that keeps the wait at its target, and stays there', () => {
    const { gauge, run, state } = gaugeWith();
    // Twice the capacity, nine in ten of it strangers: the wait grows by what is too much, and is worked off by what is spare.
    let waitMs = 0;
    let worst = 0;
    for (let round = 0; round < 600; round++) {
      const load = 2 * (0.1 + 0.9 * (1 - Math.min(0.98, gauge.pressure)));
      waitMs = Math.max(0, waitMs + (load - 1) * tickMs);
      state.delayMs = waitMs;
      run(tickMs);
      if (round > 100) worst = Math.max(worst, waitMs);
    }
    assert.ok(worst < 250, `the wait is ${worst} ms at worst`);
  });

  test('the real source sees an event loop that is held up', async () => {
    using source = createLoadSource({
      clock: { now: Date.now, monotonicMs: () => performance.now() },
      requestsRatio: () => 0,
    });
    assert.ok(source.heapRatio() > 0 && source.heapRatio() < 1);
    const deadline = performance.now() + 5000;
    let seen = 0;
    while (seen < 40 && performance.now() < deadline) {
      const until = performance.now() + 80;
      while (performance.now() < until) continue;
      await new Promise(resolve => setImmediate(resolve));
      seen = source.delayMs();
    }
    assert.ok(seen >= 40, `${seen} ms`);
  });
});

describe('who is turned away', () => {
  const share = (priority: Priority, pressure: number, networks = 1) => {
    const shedder = createShedder();
    let admitted = 0;
    for (let index = 0; index < 10_000; index++) {
      const ask = { network: `192.0.2.${index % networks}`, pressure, nowMs: 1000 + index };
      if (shedder.admits(priority, ask)) admitted++;
    }
    return admitted / 10_000;
  };

  test('without pressure nobody', () => {
    for (const priority of ['person', 'webhook', 'sign_in', 'stranger'] as const) assert.equal(share(priority, 0), 1);
  });

  test('strangers and sign-ins first, then what is published, people last', () => {
    const at = (pressure: number) =>
      (['stranger', 'sign_in', 'webhook', 'person'] as const).map(priority =>
        Math.round(share(priority, pressure) * 10),
      );
    assert.deepEqual(at(0.5), [5, 5, 10, 10]);
    assert.deepEqual(at(1), [0, 0, 10, 10]);
    assert.deepEqual(at(1.5), [0, 0, 5, 10]);
    assert.deepEqual(at(2), [0, 0, 0, 10]);
  });

  test('never everybody: each class has a share whatever the pressure', () => {
    for (const priority of ['person', 'webhook', 'sign_in', 'stranger'] as const) {
      const admitted = share(priority, 2.9);
      assert.ok(admitted >= 0.01, `${priority}: ${admitted}`);
    }
  });

  test('connections rest the longer the higher the pressure, who is turned away longest, and not all for the same time', () => {
    const shedder = createShedder();
    const rests = (pressure: number, isAdmitted: boolean) =>
      Array.from({ length: 1000 }, () => shedder.restMs(pressure, isAdmitted));
    const mean = (list: readonly number[]) => list.reduce((sum, ms) => sum + ms, 0) / list.length;
    assert.ok(Math.abs(mean(rests(0.1, true)) - 200) < 10);
    assert.ok(Math.abs(mean(rests(2, true)) - 2000) < 100);
    const refused = rests(0.1, false);
    assert.ok(Math.min(...refused) >= 1000 && Math.max(...refused) <= 3000);
    const tenths = new Set(refused.map(ms => Math.floor(ms / 200)));
    assert.equal(tenths.size, 10);
  });

  test('a network that asks seldom is served before one that floods', () => {
    const shedder = createShedder();
    const admitted = { flood: 0, quiet: 0 };
    for (let index = 0; index < 10_000; index++) {
      const nowMs = 1000 + index;
      if (shedder.admits('stranger', { network: '198.51.100.1', pressure: 1.2, nowMs })) admitted.flood++;
      if (index % 500 === 0 && shedder.admits('stranger', { network: '192.0.2.7', pressure: 1.2, nowMs }))
        admitted.quiet++;
    }
    assert.ok(admitted.flood < 400, `${admitted.flood}`);
    assert.ok(admitted.quiet >= 5, `${admitted.quiet} of 20`);
  });
});
