import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Exchange } from '../exchange.ts';
import type { PlaneMessage } from '../snapshot.ts';
import { createUses } from './uses.ts';

function setUp() {
  let now = 1_000_000;
  const told: PlaneMessage[] = [];
  const clock = { now: () => now, monotonicMs: () => now };
  const uses = createUses({ clock, tell: message => told.push(message) });
  const exchange = (person: string, project: string | undefined, kind = 'permission'): Exchange =>
    // Only what is looked at.
    ({ at: now, project, granted: { kind }, signedIn: { person: { id: person } } }) as unknown as Exchange;
  const sent = () => told.map(message => (message.kind === 'used' ? [...message.uses] : []));
  return { uses, exchange, sent, told, pass: (ms: number) => (now += ms) };
}

describe('uses', () => {
  it('are told at most once a minute, the last time of each person and project', () => {
    const { exchange, pass, sent, uses } = setUp();
    uses.note(exchange('ada', 'p1'));
    pass(30_000);
    uses.note(exchange('ada', 'p1'));
    uses.note(exchange('ada', 'p2'));
    uses.sweep();
    assert.deepEqual(sent(), []);
    pass(30_000);
    uses.sweep();
    uses.sweep();
    assert.deepEqual(sent(), [
      [
        ['ada|p1', 1_030_000],
        ['ada|p2', 1_030_000],
      ],
    ]);
    pass(60_000);
    uses.sweep();
    assert.equal(sent().length, 1);
  });

  it('count only what was let through for what the person holds', () => {
    const { exchange, pass, sent, uses } = setUp();
    uses.note(exchange('ada', undefined));
    uses.note(exchange('ada', 'p1', 'public'));
    uses.note(exchange('ada', 'p1', 'open'));
    pass(60_000);
    uses.sweep();
    assert.deepEqual(sent(), []);
  });

  it('take no more memory than for 50,000 pairs', () => {
    const { exchange, sent, uses } = setUp();
    for (let i = 0; i < 50_000; i++) uses.note(exchange(`u${i}`, 'p'));
    assert.equal(sent()[0]?.length, 50_000);
  });
});
