/** A data plane in a process of its own: what `workers: N` starts. It speaks to its parent alone, and ends when the parent does. */
import { systemClock } from '../core/clock.ts';
import { SallyportError } from '../core/errors.ts';
import { createSystemIds } from '../core/ids.ts';
import type { ControlContext, Gateway, PlaneMessage } from '../gateway/gateway.ts';
import { createGateway, fromWire, toWire } from '../gateway/gateway.ts';
import { createPlatforms } from '../platforms/platforms.ts';
import { createLog } from './log.ts';
import { contextHeader, createSocketFetch } from './operator-socket.ts';
import { createSiteListeners } from './site-listeners.ts';
import type { FromWorker, ToWorker, WorkerStart } from './worker-messages.ts';

const unsentMax = 20_000;
const batchMax = 500;
const healthEveryMs = 1000;

const send = (message: FromWorker) => process.send?.(message);

let recording = true;
let unacknowledged = 0;
let batch: PlaneMessage[] = [];

/** Messages go up in batches; those not yet taken are bounded, and beyond it the gate refuses requests. */
function tell(message: PlaneMessage): void {
  if (unacknowledged + batch.length >= unsentMax)
    throw new SallyportError('core.queue_full', `Cannot tell the control plane: ${unsentMax} messages wait`);
  batch.push(message);
  if (batch.length === 1) setImmediate(flush);
}

function flush(): void {
  for (let at = 0; at < batch.length; at += batchMax) {
    const messages = batch.slice(at, at + batchMax);
    unacknowledged += messages.length;
    send({ kind: 'messages', messages: messages.map(toWire) });
  }
  batch = [];
}

function controlOver(socket: ReturnType<typeof createSocketFetch>) {
  return async (request: Request, context: ControlContext): Promise<Response> => {
    const headers = new Headers(request.headers);
    headers.set(contextHeader, Buffer.from(JSON.stringify({ ...context, url: request.url })).toString('base64url'));
    const body = request.body === null ? null : Buffer.from(await request.arrayBuffer());
    return socket.fetch(request.url, { method: request.method, headers, body, signal: AbortSignal.timeout(30_000) });
  };
}

async function run(start: WorkerStart): Promise<void> {
  const log = createLog({ level: start.logLevel, stream: process.stderr }).child({ worker: process.pid });
  const gateway: Gateway = createGateway(start.gateway, {
    clock: systemClock,
    newId: createSystemIds(),
    log,
    platforms: createPlatforms(),
    control: controlOver(createSocketFetch(start.planeSocket)),
    tell,
    isRecording: () => recording,
  });
  const listener = { host: start.host, tls: true, reusePort: true };
  const siteListeners = createSiteListeners({ gateway, listener, log });
  gateway.setTls(start.tls);
  await gateway.listen({ ...listener, port: start.mainPort });
  process.on(
    'message',
    (message: ToWorker) => void obey(message, gateway, siteListeners).catch(error => fail(error, log)),
  );
  setInterval(() => send({ kind: 'health', health: gateway.health() }), healthEveryMs).unref();
  send({ kind: 'listening' });
}

async function obey(
  message: ToWorker,
  gateway: Gateway,
  siteListeners: ReturnType<typeof createSiteListeners>,
): Promise<void> {
  switch (message.kind) {
    case 'update': {
      const update = fromWire(message.update);
      const fits = gateway.apply(update);
      if (fits && update.kind === 'full') await siteListeners.sync(update.snapshot.sites);
      send({ kind: 'applied', number: message.number, fits });
      return;
    }
    case 'tls':
      gateway.setTls(message.tls);
      return;
    case 'recording':
      recording = message.recording;
      return;
    case 'taken':
      unacknowledged -= message.messages;
      return;
    case 'drain':
      await gateway.drain();
      flush();
      process.disconnect();
      return;
    case 'start':
      return;
    default:
      message satisfies never;
  }
}

function fail(error: unknown, log: ReturnType<typeof createLog>): void {
  log.error('worker.failed', { error });
  process.exit(1);
}

process.once('disconnect', () => process.exit(0));
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
process.once('message', (message: ToWorker) => {
  if (message.kind === 'start')
    run(message.start).catch(error => fail(error, createLog({ level: 'error', stream: process.stderr })));
});
