import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Secret } from '../../core/secret.ts';
import { is } from '../identity.fixture.ts';
import { createStrength } from './strength.ts';
import { createStrengthRule } from './strength-rule.ts';

const secret = (text: string) => new Secret(text);

describe('the strength of a password', () => {
  const isStrong = createStrengthRule();
  const rows: [string, boolean][] = [
    ['password12345', false],
    ['Passw0rd!Passw0rd', false],
    ['qwertyuiop1234', false],
    ['iloveyou20022002', false],
    ['ada.lovelace1815', false],
    ['aaaaaaaaaaaaaaa', false],
    ['abcdefghijklmno', false],
    ['violet-harbour-19-kettle', true],
    ['seven quiet herons wade', true],
    ['x7Kp2mQz9vRt', true],
    ['Überlandmühle-Streicher', true],
  ];
  for (const [text, wanted] of rows) {
    it(`of "${text}" is ${wanted ? 'enough' : 'too little'}`, () => {
      assert.equal(isStrong(text, ['ada.lovelace', 'lovelace', '1815']), wanted);
    });
  }

  it('is judged in a thread of its own, one after another', async () => {
    const strength = createStrength();
    const answers = await Promise.all([
      strength(secret('password12345'), []),
      strength(secret('x7Kp2mQz9vRt'), []),
      strength(secret('grzzlbeck1987'), ['grzzlbeck']),
    ]);
    assert.deepEqual(answers, [false, true, false]);
  });

  it('is unknown, and so refused as busy, when the thread takes too long or too many wait', async () => {
    const deaf = new URL(`data:text/javascript,${encodeURIComponent('setInterval(() => {}, 1000)')}`);
    const strength = createStrength({ timeoutMs: 50, file: deaf });
    await assert.rejects(strength(secret('x7Kp2mQz9vRt'), []), is('identity.busy'));
    const many = await Promise.allSettled(Array.from({ length: 40 }, () => strength(secret('x'), [])));
    assert.equal(
      many.every(one => one.status === 'rejected' && is('identity.busy')(one.reason)),
      true,
    );
  });
});
