import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { startBenchGate } from '../../bench/overload/gate.ts';
import {
  findCapacity,
  healthChecks,
  people,
  shareOf,
  sources,
  startLoad,
  strangers,
} from '../../bench/overload/load.ts';

const skip = process.platform === 'linux' ? false : 'needs the whole of 127.0.0.0/8';

describe('a flood of strangers', { skip }, () => {
  it('leaves people who are signed in and health checks served, and the gate alive', async () => {
    await using gate = await startBenchGate();
    const flood = { port: gate.port, requests: strangers, connections: 400, from: sources(50, 13) };
    const capacity = await findCapacity({ ...flood, connections: 200 }, 1);
    using others = startLoad({ ...flood, perSecond: capacity * 2 });
    await setTimeout(1500);
    using person = startLoad({
      port: gate.port,
      requests: people,
      perSecond: 50,
      connections: 32,
      from: sources(4, 12),
    });
    using health = startLoad({
      port: gate.port,
      requests: healthChecks,
      perSecond: 5,
      connections: 2,
      from: sources(1, 14),
    });
    await setTimeout(3000);
    assert.ok(person.tally.ms.length > 50, `${person.tally.ms.length} answers`);
    assert.equal(shareOf(person.tally, 200), 1);
    assert.equal(shareOf(health.tally, 200), 1);
    assert.ok(others.tally.ms.length > 100);
    assert.equal(gate.child.exitCode, null);
  });
});
