import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SallyportError } from '../core/errors.ts';
import { silentLog } from '../core/log.ts';
import type { SitePolicy } from '../gateway/gateway.ts';
import { createInTurn } from './in-turn.ts';
import { createInbox } from './inbox.ts';
import { createOutbox } from './outbox.ts';
import { createSiteListeners } from './site-listeners.ts';
import type { PlaneHealth } from './worker-messages.ts';
import { mergeHealth } from './worker-pool.ts';

const turn = () => new Promise(resolve => setImmediate(resolve));

async function until(isSo: () => boolean): Promise<void> {
  const deadline = performance.now() + 5000;
  while (!isSo()) {
    assert.ok(performance.now() < deadline, 'gave up waiting');
    await new Promise(resolve => setTimeout(resolve, 5));
  }
}

describe('outbox of a worker', () => {
  it('keeps order, sends together what is told together, in batches', async () => {
    const sent: number[][] = [];
    const outbox = createOutbox<number>(batch => sent.push([...batch]), 10_000);
    for (let i = 0; i < 1200; i++) outbox.tell(i);
    assert.equal(sent.length, 0);
    await turn();
    assert.deepEqual(
      sent.map(batch => batch.length),
      [500, 500, 200],
    );
    assert.deepEqual(
      sent.flat(),
      Array.from({ length: 1200 }, (_, i) => i),
    );
  });
  it('refuses beyond its bound until what was sent is taken', async () => {
    const outbox = createOutbox<number>(() => undefined, 3);
    for (let i = 0; i < 3; i++) outbox.tell(i);
    await turn();
    assert.throws(() => outbox.tell(3), { code: 'core.queue_full' });
    outbox.taken(1);
    outbox.tell(3);
    assert.throws(() => outbox.tell(4), { code: 'core.queue_full' });
  });
  it('ends when everything is taken, and not later than asked', async () => {
    const outbox = createOutbox<number>(batch => setImmediate(() => outbox.taken(batch.length)), 10);
    outbox.tell(1);
    await outbox.untilTaken(5000);
    const deaf = createOutbox<number>(() => undefined, 10);
    deaf.tell(1);
    await deaf.untilTaken(20);
  });
});

describe('inbox of the main process', () => {
  it('takes nothing twice, loses nothing and keeps order when the log is full for a while', async () => {
    const [got, acknowledged]: [number[], number[]] = [[], []];
    let room = 2;
    const inbox = createInbox<number>({
      take(message) {
        if (room === 0) throw new SallyportError('core.queue_full', 'full');
        room--;
        got.push(message);
      },
      taken: count => acknowledged.push(count),
      log: silentLog,
    });
    inbox.put([1, 2, 3]);
    inbox.put([4, 5]);
    assert.deepEqual(got, [1, 2]);
    assert.deepEqual(acknowledged, [2]);
    assert.equal(inbox.waiting, 3);
    room = 100;
    await until(() => inbox.waiting === 0);
    assert.deepEqual(got, [1, 2, 3, 4, 5]);
    assert.equal(
      acknowledged.reduce((a, b) => a + b, 0),
      5,
    );
  });
});

describe('calls in turn', () => {
  it('never overlap, and the last to begin is the last to take effect', async () => {
    let [active, most, value, applied] = [0, 0, 0, 0];
    const run = createInTurn(async () => {
      most = Math.max(most, ++active);
      const read = value;
      await turn();
      applied = read;
      active--;
    });
    const calls = [];
    for (let i = 1; i <= 5; i++) {
      value = i;
      calls.push(run());
      await turn();
    }
    await Promise.all(calls);
    assert.equal(most, 1);
    assert.equal(applied, 5);
  });
  it('a call that fails says so, and is made up for', async () => {
    let fails = true;
    let done = 0;
    const run = createInTurn(async () => {
      if (fails) throw new Error('store away');
      done++;
    });
    await assert.rejects(run(), /store away/);
    fails = false;
    await until(() => done === 1);
  });
});

describe('health of several workers', () => {
  const one: PlaneHealth = {
    ready: true,
    revision: 7,
    connections: 3,
    activeRequests: 2,
    limits: 'shared',
    upstreams: [{ site: 'n8n', url: 'http://a', healthy: true, active: 1 }],
    closedPorts: [],
  };
  it('is not ready with nobody', () => assert.deepEqual([mergeHealth([]).ready, mergeHealth([]).revision], [false, 0]));
  it('is that of one, for one', () => assert.deepEqual(mergeHealth([one]), one));
  it('adds what adds up, and is as well as the worst', () => {
    const other = {
      ...one,
      ready: false,
      revision: 6,
      upstreams: [{ ...one.upstreams[0], healthy: false }],
      closedPorts: [8445],
    } as PlaneHealth;
    for (const merged of [mergeHealth([one, other]), mergeHealth([other, one])]) {
      assert.deepEqual([merged.ready, merged.revision, merged.connections, merged.activeRequests], [false, 6, 6, 4]);
      assert.deepEqual(merged.upstreams, [{ site: 'n8n', url: 'http://a', healthy: false, active: 2 }]);
      assert.deepEqual(merged.closedPorts, [8445]);
    }
  });
});

describe('site listeners', () => {
  const sites = (...ports: number[]) => ports.map(port => ({ enabled: true, port }) as SitePolicy);
  function fake(options: { refuses?: number; drains?: Promise<void> } = {}) {
    const calls: string[] = [];
    const taken = new Set<number>();
    const made = createSiteListeners({
      gateway: {
        async listen({ port }) {
          await turn();
          if (port === options.refuses || taken.has(port)) throw new Error('EADDRINUSE');
          taken.add(port);
          calls.push(`+${port}`);
          return port;
        },
        async unlisten(port) {
          taken.delete(port);
          calls.push(`-${port}`);
          await options.drains;
        },
      },
      listener: { host: '127.0.0.1', tls: true },
      log: silentLog,
      retryEveryMs: 10,
    });
    return { calls, taken, made, options };
  }

  it('open and close what changed, and nothing else', async () => {
    const { made, calls } = fake();
    await made.sync(sites(1, 2));
    await made.sync(sites(2, 3));
    await made.sync([
      ...sites(2),
      { enabled: false, port: 3 } as SitePolicy,
      { enabled: true, port: null } as SitePolicy,
    ]);
    assert.deepEqual(calls, ['+1', '+2', '-1', '+3', '-3']);
  });
  it('hold up nobody for what still drains', async () => {
    const { made, calls } = fake({ drains: new Promise(() => undefined) });
    await made.sync(sites(1));
    await made.sync(sites(2));
    assert.deepEqual(calls, ['+1', '-1', '+2']);
  });
  it('name a refused port and open it as soon as it is free, without another change', async () => {
    const { made, taken, options } = fake({ refuses: 1 });
    await made.sync(sites(1, 2));
    assert.deepEqual(made.closedPorts(), [1]);
    delete options.refuses;
    await until(() => taken.has(1));
    await until(() => made.closedPorts().length === 0);
    made[Symbol.dispose]();
  });
  it('forget a refused port that no site wants any more, and try none after the end', async () => {
    const { made, taken, options } = fake({ refuses: 1 });
    await made.sync(sites(1, 2));
    await made.sync(sites(2));
    assert.deepEqual(made.closedPorts(), []);
    await made.sync(sites(1, 2));
    made[Symbol.dispose]();
    delete options.refuses;
    await made.sync(sites(1, 2));
    assert.deepEqual([...taken], [2]);
  });
  it('try a refused port again at the next change, and open the others', async () => {
    const { made, taken, options } = fake({ refuses: 1 });
    await made.sync(sites(1, 2));
    assert.deepEqual([...taken], [2]);
    delete options.refuses;
    await made.sync(sites(1, 2));
    assert.deepEqual([...taken], [2, 1]);
  });
  it('end with the last word when changes come at once', async () => {
    const { made, taken } = fake();
    await Promise.all([made.sync(sites(1)), made.sync(sites(1, 2)), made.sync(sites(3))]);
    assert.deepEqual([...taken], [3]);
  });
});
