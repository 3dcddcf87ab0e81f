import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { createBoundedQueue } from './bounded-queue.ts';
import { errorCodes, isSallyportError, SallyportError, toProblem } from './errors.ts';
import type { SecurityEvent } from './events.ts';
import { createBus } from './events.ts';
import { createIds } from './ids.ts';
import { canonicalIp, networkOf, parseCidr } from './ip.ts';
import { createLimiter } from './limiter.ts';
import { silentLog } from './log.ts';
import { Secret } from './secret.ts';

describe('errors', () => {
  it('shows only detail and extensions, never message or cause', () => {
    const error = new SallyportError('store.conflict', 'row 17 of users', {
      detail: 'Taken',
      cause: new Error('pg: 23505'),
      extensions: { field: 'name' },
    });
    assert.deepEqual(toProblem(error, 'r1'), {
      type: '/.sallyport/errors#store.conflict',
      title: errorCodes['store.conflict'].title,
      status: 409,
      code: 'store.conflict',
      detail: 'Taken',
      field: 'name',
      requestId: 'r1',
    });
  });

  it('turns anything unknown into "internal" without a word of it', () => {
    const shown = JSON.stringify(toProblem(new Error('password=hunter2')));
    assert.match(shown, /"internal"/);
    assert.doesNotMatch(shown, /hunter2/);
  });

  it('does not let an extension overwrite status or code', () => {
    const problem = toProblem(new SallyportError('access.denied', 'no', { extensions: { status: 200, code: 'ok' } }));
    assert.equal(problem.status, 403);
    assert.equal(problem.code, 'access.denied');
  });

  it('gives every code a room that exists in the house and an error status', () => {
    for (const [code, { status, title }] of Object.entries(errorCodes)) {
      assert.ok(status >= 400 && status < 600 && title.length > 0, code);
      assert.match(
        code,
        /^internal$|^(core|store|audit|vault|identity|access|perimeter|platforms|gateway|admin|server)\.[a-z_]+$/,
      );
    }
  });
});

describe('ids', () => {
  it('never go back, not even when the clock does', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 2 ** 45 }), { minLength: 2, maxLength: 200 }), times => {
        let at = 0;
        const newId = createIds({
          clock: { now: () => times[at++ % times.length] ?? 0, monotonicMs: () => 0 },
          random: randomBytes,
        });
        const ids = times.map(() => newId());
        assert.deepEqual(ids, ids.toSorted());
        assert.equal(new Set(ids).size, ids.length);
      }),
    );
  });

  it('are UUIDs of version 7 with the time in front', () => {
    const newId = createIds({ clock: { now: () => 0x0123456789ab, monotonicMs: () => 0 }, random: randomBytes });
    for (let i = 0; i < 5000; i++)
      assert.match(newId(), /^01234567-89a[b-d]-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

describe('ip', () => {
  const canonical: readonly [string, string | undefined][] = [
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['::FFFF:C000:0201', '192.0.2.1'],
    ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['192.0.2.01', undefined],
    ['0x7f.1', undefined],
    ['127.1', undefined],
    ['', undefined],
    ['192.0.2.1:80', undefined],
    ['[::1]', undefined],
  ];
  for (const [text, wanted] of canonical)
    it(`reads ${JSON.stringify(text)} as ${wanted}`, () => assert.equal(canonicalIp(text), wanted));

  it('throttles IPv6 by /64 and IPv4 by address', () => {
    assert.equal(networkOf('2001:db8:1:2:3:4:5:6'), networkOf('2001:db8:1:2:ffff::1'));
    assert.notEqual(networkOf('2001:db8:1:2::1'), networkOf('2001:db8:1:3::1'));
    assert.equal(networkOf('192.0.2.1'), '192.0.2.1');
  });

  it('contains exactly the addresses of the block, whatever their spelling', () => {
    const ten = parseCidr('10.0.0.0/8');
    assert.ok(ten.contains('10.255.0.1') && ten.contains('::ffff:10.0.0.1'));
    assert.ok(!ten.contains('11.0.0.1') && !ten.contains('2001:db8::1') && !ten.contains('nonsense'));
    assert.ok(parseCidr('fd00::/8').contains('fd12::1'));
    assert.ok(parseCidr('0.0.0.0/0').contains('8.8.8.8'));
  });

  for (const text of ['10.0.0.0/33', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0/8', 'x/8', '::/129', '10.0.0.0/-1', '']) {
    it(`refuses ${JSON.stringify(text)} and names it`, () => {
      assert.throws(
        () => parseCidr(text),
        (error: unknown) => isSallyportError(error, 'core.invalid_input') && error.message.includes(`"${text}"`),
      );
    });
  }
});

describe('bounded queue', () => {
  it('refuses beyond its bounds, keeps order and loses nothing accepted', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer({ min: 1, max: 50 }), fc.constant('take' as const)), { maxLength: 300 }),
        steps => {
          const queue = createBoundedQueue<number>({ name: 'test', countMax: 20, bytesMax: 200, sizeOf: size => size });
          const model: number[] = [];
          for (const step of steps) {
            if (step === 'take') {
              assert.deepEqual(queue.take(3), model.splice(0, 3));
            } else if (model.length < 20 && model.reduce((a, b) => a + b, 0) + step <= 200) {
              queue.push(step);
              model.push(step);
            } else {
              assert.throws(
                () => queue.push(step),
                (error: unknown) => isSallyportError(error, 'core.queue_full'),
              );
            }
            assert.equal(queue.length, model.length);
            assert.equal(
              queue.bytes,
              model.reduce((a, b) => a + b, 0),
            );
          }
        },
      ),
    );
  });
});

describe('limiter', () => {
  it('never runs more than it may, lets a bounded number wait and refuses the rest', async () => {
    const limiter = createLimiter({ activeMax: 2, waitingMax: 3, code: 'identity.busy' });
    let active = 0;
    let most = 0;
    const task = async () => {
      most = Math.max(most, ++active);
      await new Promise(resolve => setImmediate(resolve));
      active--;
    };
    const results = await Promise.allSettled(Array.from({ length: 8 }, () => limiter(task)));
    assert.equal(most, 2);
    assert.equal(results.filter(result => result.status === 'fulfilled').length, 5);
    assert.ok(
      results
        .filter(result => result.status === 'rejected')
        .every(result => isSallyportError(result.reason, 'identity.busy')),
    );
    await limiter(task);
  });

  it('frees the slot of a task that throws', async () => {
    const limiter = createLimiter({ activeMax: 1, waitingMax: 0, code: 'identity.busy' });
    await assert.rejects(limiter(() => Promise.reject(new Error('x'))));
    assert.equal(await limiter(async () => 7), 7);
  });
});

describe('secret', () => {
  it('prints itself nowhere', () => {
    const secret = new Secret('hunter2');
    for (const text of [
      String(secret),
      JSON.stringify({ secret }),
      inspect({ secret }, { showHidden: true, depth: 9 }),
      // oxlint-disable-next-line typescript/restrict-template-expressions -- what a careless line of ours would do
      `${secret}`,
    ]) {
      assert.doesNotMatch(text, /hunter2/);
    }
    assert.equal(secret.reveal(), 'hunter2');
    assert.ok(secret.equals('hunter2') && !secret.equals('hunter') && !secret.equals(new Secret('hunter3')));
  });
});

describe('bus', () => {
  it('tells everybody although one throws, and nobody who has left', () => {
    const bus = createBus(silentLog);
    const heard: string[] = [];
    bus.subscribe(() => {
      throw new Error('deaf');
    });
    const leave = bus.subscribe(event => heard.push(event.type));
    const event = { type: 'gate.stopped' } as SecurityEvent;
    bus.emit(event);
    leave();
    bus.emit(event);
    assert.deepEqual(heard, ['gate.stopped']);
  });
});
