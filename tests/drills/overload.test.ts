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

/** Page views a second of a gate that turns nobody away. */
async function capacityOfOne(): Promise<number> {
  await using calm = await startBenchGate({ isCalm: true });
  return await findCapacity({ port: calm.port, requests: strangers, connections: 200, from: sources(50, 13) }, 2);
}

describe('a flood of strangers', { skip }, () => {
  it('leaves people who are signed in and health checks served, and the gate alive', async () => {
    const capacity = await capacityOfOne();
    await using gate = await startBenchGate();
    using others = startLoad({
      port: gate.port,
      requests: strangers,
      perSecond: capacity * 2,
      connections: 400,
      connectionsMax: 2000,
      from: sources(50, 13),
    });
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
