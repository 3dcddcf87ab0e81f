import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { networkOf } from '../../core/ip.ts';
import { createNetworkRates } from './rates.ts';
import { eventually, rawPeer, startTransport } from './transport.fixture.ts';

describe('rates per network', () => {
  test('a burst passes, then one per refill time, and a refusal costs nothing', () => {
    const rates = createNetworkRates({ perSecond: 10, burst: 5, networksMax: 100 });
    const passed = (nowMs: number, count: number) =>
      Array.from({ length: count }, () => rates.take('192.0.2.1', nowMs)).filter(Boolean).length;
    assert.equal(passed(1000, 50), 5);
    assert.equal(passed(1099, 50), 0);
    assert.equal(passed(1100, 50), 1);
    assert.equal(passed(1500, 50), 4);
    assert.equal(passed(10_000, 50), 5);
    assert.equal(rates.take('192.0.2.2', 1000), true);
  });

  test('the machine itself has ten times as much, all of an IPv6 /64 together have one', () => {
    const rates = createNetworkRates({ perSecond: 10, burst: 5, networksMax: 100 });
    const passed = (ip: (index: number) => string) =>
      Array.from({ length: 100 }, (_, index) => rates.take(networkOf(ip(index)), 1000)).filter(Boolean).length;
    assert.equal(
      passed(() => '127.0.0.1'),
      50,
    );
    assert.equal(
      passed(() => '::1'),
      50,
    );
    assert.equal(
      passed(index => `2001:db8:0:7::${index.toString(16)}`),
      5,
    );
  });

  test('never lets more through than burst and refill allow, whenever asked', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(400), { maxLength: 200 }), gaps => {
        const rates = createNetworkRates({ perSecond: 20, burst: 8, networksMax: 4 });
        let nowMs = 5000;
        let passed = 0;
        for (const gap of gaps) {
          nowMs += gap;
          if (rates.take('192.0.2.1', nowMs)) passed++;
        }
        assert.ok(passed <= 8 + Math.floor(((nowMs - 5000) / 1000) * 20) + 1);
      }),
    );
  });

  test('holds no more networks than its bound, and forgets those that are quiet', () => {
    const rates = createNetworkRates({ perSecond: 10, burst: 5, networksMax: 1000 });
    for (let index = 0; index < 100_000; index++) rates.take(`n${index}`, 1000);
    assert.equal(rates.size, 1000);
    rates.sweep(1050);
    assert.equal(rates.size, 1000);
    rates.sweep(1100);
    assert.equal(rates.size, 0);
  });
});

describe('connections over the rate', () => {
  test('are closed at once and told, and come again later', async () => {
    const limits = { connectionRatePerS: 1, connectionBurst: 1 };
    await using gate = await startTransport({ limits });
    const peers = await Promise.all(Array.from({ length: 14 }, () => rawPeer(gate.port)));
    await eventually(() => peers.filter(peer => peer.isClosed).length >= 3, 'those over the rate to be closed');
    assert.ok(gate.refused.every(entry => entry.reason === 'connection_rate' && entry.type === 'flood'));
    for (const peer of peers) peer.socket.destroy();
    await eventually(() => gate.transport.counts().connections === 0, 'all to be gone');
    await new Promise(resolve => setTimeout(resolve, 250));
    const next = await rawPeer(gate.port);
    next.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await next.until(received => received.includes('hello'));
    next.socket.destroy();
  });
});
