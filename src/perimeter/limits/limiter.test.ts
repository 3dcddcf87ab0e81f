import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { defaultLimits } from './defaults.ts';
import { rateLimitHeaders } from './headers.ts';
import type { Limiter } from './limiter.ts';
import { createLimiter } from './limiter.ts';
import type { LimitDecision, LimitInput, LimitRule } from './rules.ts';

const seeds = [11, 13] as const;

function setUp(rules: readonly LimitRule[], keysMax?: number) {
  const clock = { ms: 5_000_000, now: () => 0, monotonicMs: () => clock.ms };
  return { clock, limiter: createLimiter(rules, { clock, seeds, ...(keysMax === undefined ? {} : { keysMax }) }) };
}

const decide = (limiter: Limiter, input: LimitInput): LimitDecision => {
  const decision = limiter.check(input);
  assert.ok(decision !== undefined && !(decision instanceof Promise));
  return decision;
};

const one = (patch: Partial<LimitRule> = {}): LimitRule => ({
  id: 'address',
  scope: 'address',
  limit: 10,
  windowMs: 60_000,
  appliesTo: 'any',
  ...patch,
});
const from = (address: string, patch: Partial<LimitInput> = {}): LimitInput => ({ class: 'other', address, ...patch });
const me = from('192.0.2.1');

/** What the rule promises, from a list of all times. */
function model(rule: LimitRule) {
  const main: number[] = [];
  const burst: number[] = [];
  const within = (times: number[], ms: number, now: number) => times.filter(time => time + ms > now).length;
  const { windowMs, limit } = rule;
  return {
    /** Judges the answer of the limiter, which decides where the promise leaves room. */
    judge(isAllowed: boolean, now: number): void {
      const late = Math.ceil(windowMs / 60);
      const all = [...main, ...burst];
      if (isAllowed) {
        assert.ok(within(all, windowMs, now) < limit + (rule.burst ?? 0), 'one too many in a window');
        assert.ok(within(all, windowMs * 10, now) < limit * 10 + (rule.burst ?? 0), 'one too many in ten windows');
        // Allowed while the window may be full: it came from the burst.
        (within(main, windowMs + late, now) < limit ? main : within(main, windowMs, now) < limit ? main : burst).push(
          now,
        );
      } else assert.ok(within(all, windowMs + late, now) >= limit, 'refused too early');
    },
  };
}

describe('rate limits on one node', () => {
  it('allow at most the limit in any window and refuse only when so many were allowed, against a list of all times', () => {
    const gap = fc.oneof(fc.nat(50), fc.nat(2000), fc.nat(70_000));
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1000, max: 60_000 }),
        fc.option(fc.integer({ min: 1, max: 10 }), { nil: undefined }),
        fc.array(gap, { minLength: 50, maxLength: 400 }),
        (limit, windowMs, burst, gaps) => {
          const rule = one({ limit, windowMs, ...(burst === undefined ? {} : { burst }) });
          const { clock, limiter } = setUp([rule]);
          const promise = model(rule);
          for (const ms of gaps) {
            clock.ms += ms;
            promise.judge(decide(limiter, me).allowed, clock.ms);
          }
        },
      ),
      { numRuns: 200 },
    );
  });

  it('tell to the millisecond when the next request is allowed', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(900), { minLength: 20, maxLength: 60 }), gaps => {
        const { clock, limiter } = setUp([one({ limit: 15, windowMs: 10_000 })]);
        for (const ms of gaps) {
          clock.ms += ms;
          const decision = decide(limiter, me);
          if (decision.allowed) continue;
          clock.ms += decision.retryAfterMs - 1;
          assert.equal(decide(limiter, me).allowed, false);
          clock.ms += 1;
          assert.equal(decide(limiter, me).allowed, true);
        }
      }),
    );
  });

  it('allow 1000 requests of an address in 5 minutes by default, and again when the blast is 5 minutes old', () => {
    const { clock, limiter } = setUp(defaultLimits);
    for (let i = 0; i < 1000; i++) assert.equal(decide(limiter, me).remaining, 999 - i);
    const refused = decide(limiter, me);
    assert.deepEqual(refused, {
      allowed: false,
      policy: 'address',
      limit: 1000,
      windowMs: 300_000,
      remaining: 0,
      resetMs: 300_000,
      retryAfterMs: 300_000,
    });
    assert.equal(decide(limiter, from('192.0.2.2')).allowed, true);
    clock.ms += 299_999;
    assert.equal(decide(limiter, me).allowed, false);
    clock.ms += 1;
    assert.equal(decide(limiter, me).remaining, 999);
  });

  it('let an honest session through the defaults: three people of an office open the editor ten times and work', () => {
    const { clock, limiter } = setUp(defaultLimits);
    for (let minute = 0; minute < 5; minute++) {
      for (const identity of ['ada', 'bob', 'cyd']) {
        for (let open = 0; open < 2; open++) {
          for (let i = 0; i < 340; i++) assert.ok(decide(limiter, { ...me, class: 'asset', identity }).allowed);
          for (let i = 0; i < 60; i++) assert.ok(decide(limiter, { ...me, class: 'api', identity }).allowed);
        }
        for (let i = 0; i < 100; i++) assert.ok(decide(limiter, { ...me, class: 'api', identity }).allowed);
      }
      clock.ms += 60_000;
    }
    for (let i = 0; i < 15; i++) assert.ok(decide(limiter, { ...me, class: 'sign_in' }).allowed);
  });

  it('refuse the 21st sign-in and count nothing of what is refused', () => {
    const { limiter } = setUp(defaultLimits);
    const signIn = { ...me, class: 'sign_in' as const };
    for (let i = 0; i < 20; i++) assert.ok(decide(limiter, signIn).allowed);
    for (let i = 0; i < 2000; i++) assert.equal(decide(limiter, signIn).policy, 'sign-in');
    assert.equal(decide(limiter, me).remaining, 979);
  });

  it('count a /64 as one, the mapped form as the IPv4 address, and each key for itself', () => {
    const rule = (scope: LimitRule['scope']) => one({ scope, limit: 1 });
    const table: [LimitRule['scope'], Partial<LimitInput>, Partial<LimitInput>, boolean][] = [
      ['address', { address: '2001:db8:1:2::1' }, { address: '2001:db8:1:2:ffff::9' }, true],
      ['address', { address: '2001:db8:1:2::1' }, { address: '2001:db8:1:3::1' }, false],
      ['address', { address: '10.0.0.1' }, { address: '::ffff:10.0.0.1' }, true],
      ['address', { address: 'nonsense' }, { address: '' }, true],
      ['identity', { identity: 'u1' }, { identity: 'u1', address: '192.0.2.9' }, true],
      ['identity', { identity: 'u1' }, { identity: 'u2' }, false],
      ['api_key', { apiKey: 'k1' }, { apiKey: 'k2' }, false],
      ['site', { site: 's1' }, { site: 's1', address: '192.0.2.9' }, true],
      ['route', { site: 's1', route: '/a' }, { site: 's2', route: '/a' }, false],
      ['address_route', { site: 's1', route: '/a' }, { site: 's1', route: '/a' }, true],
      ['address_route', { site: 's1', route: '/a' }, { site: 's1', route: '/a', address: '192.0.2.9' }, false],
    ];
    for (const [scope, first, second, isSame] of table) {
      const { limiter } = setUp([rule(scope)]);
      assert.ok(decide(limiter, { ...me, ...first }).allowed);
      assert.equal(decide(limiter, { ...me, ...second }).allowed, !isSame, JSON.stringify([scope, first, second]));
    }
    const { limiter } = setUp([rule('identity'), { ...rule('api_key'), id: 'key' }]);
    assert.equal(limiter.check(me), undefined);
  });

  it('give a burst once in ten windows', () => {
    const { clock, limiter } = setUp([one({ burst: 5 })]);
    const allowed = (): number => {
      let count = 0;
      while (decide(limiter, me).allowed) count++;
      return count;
    };
    assert.equal(allowed(), 15);
    for (let window = 1; window < 10; window++) {
      clock.ms += 60_000;
      assert.equal(allowed(), 10);
    }
    clock.ms += 60_000;
    assert.equal(allowed(), 15);
  });

  it('stay within their memory in a flood of addresses, and hold the worst offender', () => {
    const { limiter } = setUp([one()], 1000);
    while (decide(limiter, me).allowed);
    for (let i = 0; i < 20_000; i++) decide(limiter, from(`10.1.${i >> 8}.${i & 255}`));
    assert.equal(limiter.stats().keys, 1000);
    assert.equal(decide(limiter, me).allowed, false);
  });

  it('take new rules at once, keep the counts of those that stay, and refuse rules that cannot be', () => {
    const { limiter } = setUp([one()]);
    while (decide(limiter, me).allowed);
    limiter.setRules([one(), one({ id: 'site', scope: 'site', limit: 1 })]);
    assert.equal(decide(limiter, me).policy, 'address');
    const refuses: Partial<LimitRule>[] = [{ id: 'A b' }, { limit: 0 }, { limit: 1.5 }, { windowMs: 10 }, { burst: 0 }];
    for (const patch of refuses) assert.throws(() => limiter.setRules([one(patch)]), { code: 'core.invalid_input' });
    assert.throws(() => limiter.setRules([one(), one()]), { code: 'core.invalid_input' });
    assert.equal(decide(limiter, me).allowed, false);
    limiter.setRules([]);
    assert.equal(limiter.check(me), undefined);
  });

  it('are told in the fields of the draft, with Retry-After only when refused', () => {
    const decision = {
      allowed: true,
      policy: 'api',
      limit: 300,
      windowMs: 60_000,
      remaining: 12,
      resetMs: 1500,
      retryAfterMs: 0,
    };
    assert.deepEqual(rateLimitHeaders(decision), {
      'ratelimit-policy': '"api";q=300;w=60',
      ratelimit: '"api";r=12;t=2',
    });
    assert.deepEqual(rateLimitHeaders({ ...decision, allowed: false, remaining: 0, retryAfterMs: 1500 }), {
      'ratelimit-policy': '"api";q=300;w=60',
      ratelimit: '"api";r=0;t=2',
      'retry-after': '2',
    });
  });
});
