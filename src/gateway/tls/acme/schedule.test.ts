import assert from 'node:assert/strict';
import { generateKeyPairSync, verify } from 'node:crypto';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { parseRetryAfter } from './acme-http.ts';
import { jwkOf, signMessage, thumbprintOf } from './jws.ts';
import { backoffMs, renewalTime } from './schedule.ts';

describe('ACME schedule', () => {
  test('renews between 63 and 67 per cent of every lifetime', () => {
    const life = fc.record({
      fromMs: fc.nat(2 ** 41),
      wholeMs: fc.integer({ min: 3_600_000, max: 2 ** 38 }),
      random: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(life, ({ fromMs, wholeMs, random }) => {
        const at = (renewalTime({ fromMs, untilMs: fromMs + wholeMs }, random) - fromMs) / wholeMs;
        assert.ok(at > 0.63 && at < 0.667);
      }),
    );
  });

  test('waits longer after each failure, at most fifteen hours, and never less than the server asks', () => {
    assert.equal(backoffMs(1, undefined, 0.5), 120_000);
    assert.equal(backoffMs(5, undefined, 0.5), 32 * 60_000);
    assert.equal(backoffMs(1000, undefined, 0.5), 12 * 3_600_000);
    assert.ok(backoffMs(1000, undefined, 1) <= 15 * 3_600_000);
    assert.equal(backoffMs(1, 7_200_000, 0), 7_200_000);
  });

  test('reads Retry-After as seconds or a date, bounded to a day', () => {
    const nowMs = Date.parse('2026-01-01T00:00:00Z');
    assert.equal(parseRetryAfter('120', nowMs), 120_000);
    assert.equal(parseRetryAfter('Thu, 01 Jan 2026 01:00:00 GMT', nowMs), 3_600_000);
    assert.equal(parseRetryAfter('Wed, 31 Dec 2025 01:00:00 GMT', nowMs), 0);
    assert.equal(parseRetryAfter('999999999', nowMs), 86_400_000);
    for (const text of [undefined, '', 'soon', '-5x', '1e9999'])
      assert.equal(parseRetryAfter(text, nowMs), undefined, text);
  });

  test('signs messages that verify under the key they name, and binds payload and address', () => {
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const message = signMessage(privateKey, { url: 'https://ca.example/x', nonce: 'n' }, { a: 1 });
    const isGood = (payload: string) =>
      verify(
        'sha256',
        Buffer.from(`${message.protected}.${payload}`),
        { key: publicKey, dsaEncoding: 'ieee-p1363' },
        Buffer.from(message.signature, 'base64url'),
      );
    assert.ok(isGood(message.payload));
    assert.ok(!isGood(''));
    const header: unknown = JSON.parse(Buffer.from(message.protected, 'base64url').toString());
    assert.deepEqual(header, { alg: 'ES256', jwk: jwkOf(privateKey), nonce: 'n', url: 'https://ca.example/x' });
    assert.match(thumbprintOf(jwkOf(privateKey)), /^[A-Za-z0-9_-]{43}$/);
    assert.throws(() => jwkOf(generateKeyPairSync('ec', { namedCurve: 'P-384' }).privateKey));
  });
});
