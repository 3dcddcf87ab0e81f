import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { createAssertionKeys } from '../assertion.ts';
import type { Challenge } from './proof.ts';
import { createProofs, messageOf, passLifetimeS, tasks } from './proof.ts';
import { solver } from './script.ts';

type Solver = (seed: string, bits: number) => (ms: number, tasks: number) => { done: number; nonces?: string };
// What the page runs, as the page runs it: a text.
// oxlint-disable-next-line typescript/no-implied-eval
const solve = new Function(`${solver};return solver`)() as Solver;

const noncesFor = ({ seed, bits }: Challenge): string => {
  const step = solve(seed, bits);
  const deadline = performance.now() + 10_000;
  for (;;) {
    const { nonces } = step(50, tasks);
    if (nonces !== undefined) return nonces;
    if (performance.now() > deadline) throw new Error('no solution in ten seconds');
  }
};

const anna = { ip: '192.0.2.7', userAgent: 'Browser/1' };
const nowMs = 1_800_000_000_000;

describe('proof of work', () => {
  const proofs = createProofs(createAssertionKeys());
  const challenge = proofs.challenge(anna, 8, nowMs);
  const nonces = noncesFor(challenge);
  const { text } = challenge;

  test("the page's SHA-256 is SHA-256", () => {
    for (let task = 0; task < tasks; task++) {
      const nonce = nonces.slice(task * 8, task * 8 + 8);
      const digest = createHash('sha256')
        .update(messageOf(nonce, task, challenge.seed))
        .digest();
      assert.equal(digest[0], 0, `task ${task}`);
    }
  });

  test('a solution is taken from who was asked, for five minutes', () => {
    assert.equal(proofs.solves(anna, { text, nonces }, nowMs), true);
    assert.equal(proofs.solves(anna, { text, nonces }, nowMs + 299_000), true);
    assert.equal(proofs.solves(anna, { text, nonces }, nowMs + 300_000), false);
    assert.equal(proofs.solves(anna, { text, nonces }, nowMs - 120_000), false);
  });

  test('a phone may change its address within its network; nobody else may use the solution', () => {
    assert.equal(proofs.solves({ ...anna, ip: '192.0.2.200' }, { text, nonces }, nowMs), true);
    const others = [
      { ...anna, ip: '192.0.3.7' },
      { ...anna, ip: '2001:db8::7' },
      { ...anna, userAgent: 'Browser/2' },
      { ...anna, userAgent: '' },
    ];
    for (const other of others) assert.equal(proofs.solves(other, { text, nonces }, nowMs), false);
    const six = { ip: '2001:db8:1:2::7', userAgent: 'x' };
    const pass = proofs.pass(six, nowMs);
    assert.equal(proofs.holds({ ...six, ip: '2001:db8:1:2:ffff::1' }, pass, nowMs), true);
    assert.equal(proofs.holds({ ...six, ip: '2001:db8:1:3::7' }, pass, nowMs), false);
  });

  test('a pass is good for half an hour; a challenge is no pass and a pass no challenge', () => {
    const pass = proofs.pass(anna, nowMs);
    assert.equal(proofs.holds(anna, pass, nowMs + passLifetimeS * 1000 - 1000), true);
    assert.equal(proofs.holds(anna, pass, nowMs + passLifetimeS * 1000), false);
    assert.equal(proofs.holds(anna, text, nowMs), false);
    assert.equal(proofs.solves(anna, { text: pass, nonces }, nowMs), false);
    assert.equal(createProofs(createAssertionKeys()).holds(anna, pass, nowMs), false);
  });

  test('work that was not done, or done for another task, is not taken', () => {
    const first = nonces.slice(0, 8);
    for (const wrong of ['', 'aaaaaaaa'.repeat(tasks), nonces.slice(8) + first, first.repeat(tasks), `${nonces}a`])
      assert.equal(proofs.solves(anna, { text, nonces: wrong }, nowMs), false, wrong);
    const harder = proofs.challenge(anna, 24, nowMs);
    assert.equal(proofs.solves(anna, { text: harder.text, nonces }, nowMs), false);
  });

  test('no text that was not made here is taken, and none throws', () => {
    fc.assert(
      fc.property(
        fc.string({ maxLength: 80 }),
        fc.nat(text.length - 1),
        fc.constantFrom('A', '_', '.', 'é'),
        (junk, at, by) => {
          assert.equal(proofs.holds(anna, junk, nowMs), false);
          const bent = `${text.slice(0, at)}${by}${text.slice(at + 1)}`;
          if (bent !== text) assert.equal(proofs.solves(anna, { text: bent, nonces }, nowMs), false);
        },
      ),
    );
  });

  test('to check costs next to nothing', () => {
    const pass = proofs.pass(anna, nowMs);
    const timed = (act: () => void): number => {
      for (let warm = 0; warm < 2000; warm++) act();
      const times = Array.from({ length: 20 }, () => {
        const startedMs = performance.now();
        for (let count = 0; count < 200; count++) act();
        return ((performance.now() - startedMs) * 1000) / 200;
      });
      return Math.min(...times);
    };
    const solutionUs = timed(() => proofs.solves(anna, { text, nonces }, nowMs));
    const passUs = timed(() => proofs.holds(anna, pass, nowMs));
    // 20 µs is what it may cost; the best of twenty runs is not held up by what else the machine does.
    assert.ok(solutionUs < 40 && passUs < 20, `solution ${solutionUs.toFixed(1)} µs, pass ${passUs.toFixed(1)} µs`);
  });
});
