import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import type { EventData, EventType, SecurityEvent } from '../core/events.ts';
import { createBus } from '../core/events.ts';
import { silentLog } from '../core/log.ts';
import { createLatencyHistogram } from './histogram.ts';
import { createMetrics, listenForMetrics } from './metrics.ts';

const gauges = () => ({ connections: 3, activeRequests: 2, ready: true, recording: false });

function event<T extends EventType>(type: T, data: EventData[T], about: Partial<SecurityEvent> = {}): SecurityEvent {
  return {
    id: 'e',
    time: 0,
    outcome: 'success',
    principal: { kind: 'user', id: 'u1', name: 'ada@example.com' },
    action: 'test',
    type,
    data,
    ...about,
  } as SecurityEvent;
}

const request = (patch: Partial<EventData['request.finished']> = {}): EventData['request.finished'] => ({
  method: 'GET',
  endpoint: '/rest/workflows/:id',
  path: '/rest/workflows/1',
  status: 200,
  bytesIn: 0,
  bytesOut: 0,
  durationMs: 12,
  layersUs: { route: 40, authorize: 3 },
  ...patch,
});

/** The text of the exposition after these events. */
async function printed(...events: readonly SecurityEvent[]): Promise<string> {
  const bus = createBus(silentLog);
  using metrics = createMetrics({ bus, gauges });
  for (const one of events) bus.emit(one);
  return metrics.print();
}

interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Parses the text exposition format 0.0.4; throws on any line that is not of it. */
function parse(text: string): Sample[] {
  const samples: Sample[] = [];
  assert.ok(text.endsWith('\n'));
  for (const line of text.split('\n')) {
    if (line === '' || /^# (HELP|TYPE) [a-z_:][a-z0-9_:]* /i.test(line)) continue;
    const found = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? ([-+.0-9eE]+|Na[nN]|[-+]?Inf)$/.exec(line);
    assert.ok(found, line);
    const labels = Object.fromEntries(
      [...(found[2] ?? '').matchAll(/([a-zA-Z_]\w*)="((?:[^"\\\n]|\\.)*)"/g)].map(pair => [
        pair[1] ?? '',
        pair[2] ?? '',
      ]),
    );
    samples.push({ name: found[1] ?? '', labels, value: Number(found[3]) });
  }
  return samples;
}

const named = (text: string, name: string) => parse(text).filter(sample => sample.name === name);

describe('metrics', () => {
  const n8n = { platform: 'n8n' };
  const rows: readonly { name: string; event: SecurityEvent; labels: Record<string, string> }[] = [
    {
      name: 'workflow_auth_failures_total',
      event: event('auth.failed', { login: 'x', factor: 'password', reason: 'r' }, n8n),
      labels: { platform: 'n8n' },
    },
    {
      name: 'workflow_executions_total',
      event: event(
        'execution.started',
        { workflowId: 'w', workflowName: '', origin: 'traffic', executionId: '1', mode: 'manual' },
        n8n,
      ),
      labels: { user: 'ada@example.com', platform: 'n8n' },
    },
    {
      name: 'credential_access_total',
      event: event('credential.accessed', { credential: 'aws', how: 'used', origin: 'hook' }, n8n),
      labels: { credential: 'aws', user: 'ada@example.com' },
    },
    {
      name: 'security_blocks_total',
      event: event('request.finished', request({ denied: { layer: 'route', reason: 'r', type: 'closed_route' } }), n8n),
      labels: { type: 'closed_route', platform: 'n8n' },
    },
    {
      name: 'api_requests_total',
      event: event('request.finished', request(), n8n),
      labels: { endpoint: '/rest/workflows/:id', method: 'GET' },
    },
  ];
  for (const row of rows) {
    it(`count ${row.name} by exactly ${Object.keys(row.labels).join(', ')}`, async () => {
      const samples = named(await printed(row.event, row.event), row.name);
      assert.deepEqual(samples, [{ name: row.name, labels: row.labels, value: 2 }]);
    });
  }
  it('name the gate itself where there is no platform', async () => {
    const failed = event('auth.failed', { login: 'x', factor: 'password', reason: 'r' });
    assert.deepEqual(named(await printed(failed), 'workflow_auth_failures_total')[0]?.labels, {
      platform: 'sallyport',
    });
  });
  it('show how the gate is now', async () => {
    const text = await printed();
    const value = (name: string) => named(text, name)[0]?.value;
    assert.deepEqual(
      ['connections', 'active_requests', 'ready', 'recording'].map(name => value(`sallyport_${name}`)),
      [3, 2, 1, 0],
    );
  });
  it('time every layer and every request', async () => {
    const text = await printed(event('request.finished', request(), n8n));
    assert.deepEqual(
      named(text, 'sallyport_layer_duration_seconds_count').map(one => one.labels['layer']),
      ['route', 'authorize'],
    );
    assert.equal(named(text, 'sallyport_request_duration_seconds_sum')[0]?.value, 0.012);
  });
  it('stay bounded whatever strangers send: methods, endpoints, people and credentials', async () => {
    const events: SecurityEvent[] = [];
    for (let i = 0; i < 3000; i++) {
      events.push(event('request.finished', request({ method: `M${i}`, endpoint: `/x${i}` }), n8n));
      const principal = { kind: 'user', id: 'u', name: `user${i % 60}` } as const;
      events.push(event('credential.accessed', { credential: `c${i}`, how: 'used', origin: 'hook' }, { principal }));
    }
    const text = await printed(...events);
    for (const name of ['api_requests_total', 'credential_access_total']) {
      const samples = named(text, name);
      assert.ok(samples.length <= 2001, `${name}: ${samples.length}`);
      assert.equal(
        samples.reduce((sum, one) => sum + one.value, 0),
        3000,
        `${name} counts everything`,
      );
      assert.ok(samples.some(one => Object.values(one.labels).includes('other')));
    }
    assert.deepEqual([...new Set(named(text, 'api_requests_total').map(one => one.labels['method']))], ['other']);
  });
  it('keep names that would break a line inside their quotes', async () => {
    const principal = { kind: 'user', id: 'u', name: 'a"b\\c\nd{} 1\nevil 1' } as const;
    const text = await printed(
      event('credential.accessed', { credential: 'x', how: 'used', origin: 'hook' }, { principal }),
    );
    assert.equal(named(text, 'evil').length, 0);
    assert.equal(named(text, 'credential_access_total').length, 1);
  });
  it('count nothing more once disposed', async () => {
    const bus = createBus(silentLog);
    const metrics = createMetrics({ bus, gauges });
    metrics[Symbol.dispose]();
    bus.emit(event('request.finished', request()));
    assert.equal(named(await metrics.print(), 'api_requests_total').length, 0);
  });
});

describe('latency histogram', () => {
  const histogram = () => createLatencyHistogram({ name: 'h', help: 'Help', label: 'l', seriesMax: 3 });

  it('has cumulative buckets that end in the count, and the true sum', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ label: fc.constantFrom('a', 'b'), ms: fc.double({ min: 0, max: 90_000, noNaN: true }) })),
        seen => {
          const made = histogram();
          for (const { label, ms } of seen) made.observe(label, ms / 1000);
          const text = made.print();
          for (const label of new Set(seen.map(one => one.label))) {
            const mine = seen.filter(one => one.label === label).map(one => one.ms / 1000);
            const buckets = named(text, 'h_bucket').filter(one => one.labels['l'] === label);
            for (const { labels, value } of buckets) {
              const bound = labels['le'] === '+Inf' ? Infinity : Number(labels['le']);
              assert.equal(value, mine.filter(one => one <= bound).length, `le ${labels['le']}`);
            }
            assert.equal(buckets.at(-1)?.labels['le'], '+Inf');
            const only = (name: string) => named(text, name).find(one => one.labels['l'] === label)?.value;
            assert.equal(only('h_count'), mine.length);
            assert.ok(Math.abs((only('h_sum') ?? 0) - mine.reduce((a, b) => a + b, 0)) < 1e-6);
          }
        },
      ),
    );
  });
  it('keeps at most its number of series and counts the rest as other', () => {
    const made = histogram();
    for (let i = 0; i < 50; i++) made.observe(`l${i}`, 0.001);
    const counts = named(made.print(), 'h_count');
    assert.deepEqual(
      counts.map(one => one.labels['l']),
      ['l0', 'l1', 'l2', 'other'],
    );
    assert.equal(
      counts.reduce((sum, one) => sum + one.value, 0),
      50,
    );
  });
  it('takes a label apart from what would end its quotes', () => {
    const made = histogram();
    made.observe('a"b\\c\n', 1);
    assert.equal(named(made.print(), 'h_count')[0]?.labels['l'], 'a_b_c_');
  });
});

describe('metrics listener', () => {
  it('serves /metrics by GET and nothing else', async () => {
    using metrics = createMetrics({ bus: createBus(silentLog), gauges });
    await using listener = await listenForMetrics(metrics, { host: '127.0.0.1', port: 0 });
    const at = `http://127.0.0.1:${listener.port}`;
    const good = await fetch(`${at}/metrics`);
    assert.equal(good.status, 200);
    assert.match(good.headers.get('content-type') ?? '', /^text\/plain; version=0\.0\.4/);
    parse(await good.text());
    for (const [method, path] of [
      ['GET', '/'],
      ['GET', '/metrics?x'],
      ['POST', '/metrics'],
      ['GET', '/metrics/'],
      ['GET', '/.sallyport/'],
    ] as const)
      assert.equal((await fetch(at + path, { method })).status, 404, `${method} ${path}`);
  });
  it('says which address is taken, and where to change it', async () => {
    using metrics = createMetrics({ bus: createBus(silentLog), gauges });
    await using first = await listenForMetrics(metrics, { host: '127.0.0.1', port: 0 });
    await assert.rejects(listenForMetrics(metrics, { host: '127.0.0.1', port: first.port }), {
      code: 'server.config_invalid',
      message: new RegExp(`"127\\.0\\.0\\.1:${first.port}".*metrics\\.port`),
    });
  });
});
