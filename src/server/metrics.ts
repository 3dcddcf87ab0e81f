import { createServer } from 'node:http';
import { Counter, collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import { SallyportError } from '../core/errors.ts';
import type { Bus, RequestRecord, SecurityEvent } from '../core/events.ts';
import { createLatencyHistogram } from './histogram.ts';

const methods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

export interface MetricsGauges {
  readonly connections: number;
  readonly activeRequests: number;
  readonly ready: boolean;
  readonly recording: boolean;
}

export interface Metrics extends Disposable {
  /** The whole exposition, Prometheus text format. */
  print(): Promise<string>;
}

/**
 * Counts what the audit log tells: the same events, no second truth. Names and labels are those of the requirements. Every label has a
 * bounded number of values; beyond it the value is `other`.
 */
export function createMetrics(deps: { bus: Bus; gauges: () => MetricsGauges }): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new Counter({ name, help, labelNames: [...labelNames], registers: [registry] });
  const authFailures = counter('workflow_auth_failures_total', 'Failed authentication attempts', ['platform']);
  const executions = counter('workflow_executions_total', 'Workflow executions by user', ['user', 'platform']);
  const credentials = counter('credential_access_total', 'Uses of a credential', ['credential', 'user']);
  const blocks = counter('security_blocks_total', 'Requests a layer refused', ['type', 'platform']);
  const requests = counter('api_requests_total', 'Requests by route pattern', ['endpoint', 'method']);
  const events = counter('sallyport_events_total', 'Recorded security events by type and outcome', ['type', 'outcome']);
  const layers = createLatencyHistogram({
    name: 'sallyport_layer_duration_seconds',
    help: 'Time spent in each layer of the gate',
    label: 'layer',
    seriesMax: 64,
  });
  const durations = createLatencyHistogram({
    name: 'sallyport_request_duration_seconds',
    help: 'Time from request head to last byte answered',
    label: 'platform',
    seriesMax: 16,
  });
  registerGauges(registry, deps.gauges);
  const [endpointOf, runOf, accessOf] = [boundedLabels(2000), boundedLabels(2000), boundedLabels(2000)];

  function countRequest(record: RequestRecord, platform: string): void {
    const method = methods.has(record.method) ? record.method : 'other';
    requests.inc({ ...endpointOf({ endpoint: record.endpoint }), method });
    durations.observe(platform, record.durationMs / 1000);
    for (const [layer, us] of Object.entries(record.layersUs)) layers.observe(layer, us / 1e6);
    if (record.denied) blocks.inc({ type: record.denied.type, platform });
  }

  function count(event: SecurityEvent): void {
    const platform = event.platform ?? 'sallyport';
    events.inc({ type: event.type, outcome: event.outcome });
    if (event.type === 'request.finished') countRequest(event.data, platform);
    else if (event.type === 'auth.failed') authFailures.inc({ platform });
    else if (event.type === 'execution.started') executions.inc({ ...runOf({ user: event.principal.name }), platform });
    else if (event.type === 'credential.accessed')
      credentials.inc(accessOf({ credential: event.data.credential, user: event.principal.name }));
  }

  const unsubscribe = deps.bus.subscribe(count);
  return {
    print: async () => (await registry.metrics()) + layers.print() + durations.print(),
    [Symbol.dispose]: unsubscribe,
  };
}

function registerGauges(registry: Registry, read: () => MetricsGauges): void {
  const gauge = (name: string, help: string, value: (gauges: MetricsGauges) => number) =>
    new Gauge({
      name,
      help,
      registers: [registry],
      collect() {
        this.set(value(read()));
      },
    });
  gauge('sallyport_connections', 'Open client connections', gauges => gauges.connections);
  gauge('sallyport_active_requests', 'Requests under way', gauges => gauges.activeRequests);
  gauge('sallyport_ready', '1 when the gate has its policy and its log', gauges => Number(gauges.ready));
  gauge('sallyport_recording', '1 when the audit log takes events', gauges => Number(gauges.recording));
}

/** Passes the first `seriesMax` distinct sets of labels and calls every value of the rest `other`: the bound is on series, not on values. */
function boundedLabels(seriesMax: number): <L extends string>(labels: Record<L, string>) => Record<L, string> {
  const seen = new Set<string>();
  return <L extends string>(labels: Record<L, string>) => {
    const key = JSON.stringify(Object.values(labels));
    if (seen.has(key)) return labels;
    if (seen.size >= seriesMax) {
      // `fromEntries` keeps the keys it is given.
      return Object.fromEntries(Object.keys(labels).map(name => [name, 'other'])) as Record<L, string>;
    }
    seen.add(key);
    return labels;
  };
}

/** Serves `/metrics` and nothing else, for the private network; resolves with the port in use. */
export async function listenForMetrics(
  metrics: Metrics,
  address: { host: string; port: number },
): Promise<{ port: number } & AsyncDisposable> {
  const server = createServer({ maxHeaderSize: 8192, requestTimeout: 5000, headersTimeout: 5000 }, (req, res) => {
    if (req.method !== 'GET' || req.url !== '/metrics') {
      res.writeHead(404).end();
      return;
    }
    metrics.print().then(
      text => res.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text),
      () => res.writeHead(500).end(),
    );
  });
  server.maxConnections = 64;
  await new Promise<void>((resolve, reject) => {
    server.once('error', cause =>
      reject(
        new SallyportError(
          'server.config_invalid',
          `Cannot open the metrics listener on "${address.host}:${address.port}": ${cause.message}; set metrics.port`,
          { cause },
        ),
      ),
    );
    server.listen(address.port, address.host, resolve);
  });
  const bound = server.address();
  return {
    port: typeof bound === 'object' && bound ? bound.port : address.port,
    [Symbol.asyncDispose]: () =>
      new Promise(resolve => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
