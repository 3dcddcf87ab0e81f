/** A data plane in a process of its own: what `workers: N` starts. It speaks to its parent alone, and ends when the parent does. */
import { randomBytes } from 'node:crypto';
import { systemClock } from '../core/clock.ts';
import { createSystemIds } from '../core/ids.ts';
import type { Log } from '../core/log.ts';
import type { FlowLog, Gateway, PlaneMessage } from '../gateway/gateway.ts';
import { createGateway, fromWire, toWire } from '../gateway/gateway.ts';
import { createPlatforms } from '../platforms/platforms.ts';
import type { CountersAnswer } from '../store/store.ts';
import { createChannelCounters } from '../store/store.ts';
import { controlOver } from './control-wire.ts';
import { createFirewalls } from './firewalls.ts';
import { openFlowLog } from './flow-side.ts';
import { createLog } from './log.ts';
import { createSocketFetch } from './operator-socket.ts';
import type { Outbox } from './outbox.ts';
import { createOutbox } from './outbox.ts';
import type { SiteListeners } from './site-listeners.ts';
import { createSiteListeners } from './site-listeners.ts';
import type { FromWorker, PlaneHealth, ToWorker, WorkerStart } from './worker-messages.ts';

const untakenMax = 20_000;
const healthEveryMs = 1000;
const takenWithinMs = 5000;

interface Plane {
  readonly gateway: Gateway;
  readonly listeners: SiteListeners;
  readonly outbox: Outbox<PlaneMessage>;
  readonly flows: FlowLog | undefined;
  /** Who waits for answers of the shared counters. */
  readonly counted: ReadonlySet<(answer: CountersAnswer) => void>;
  recording: boolean;
}

const send = (message: FromWorker) => process.send?.(message);

async function run(start: WorkerStart, log: Log): Promise<void> {
  const outbox = createOutbox<PlaneMessage>(
    messages => send({ kind: 'messages', messages: messages.map(toWire) }),
    untakenMax,
  );
  const counted = new Set<(answer: CountersAnswer) => void>();
  const flows = openFlowLog(start.flows, { writer: `w${process.pid}`, clock: systemClock, log });
  const gateway = createGateway(start.gateway, {
    ...(flows && { flows }),
    clock: systemClock,
    newId: createSystemIds(),
    log,
    platforms: createPlatforms(),
    ...createFirewalls(start.coreRuleSet),
    sharedCounters: createChannelCounters({
      send: ask => send({ kind: 'count', ask }),
      onMessage(listener) {
        counted.add(listener);
        return () => counted.delete(listener);
      },
    }),
    control: controlOver(createSocketFetch(start.planeSocket).fetch),
    tell: outbox.tell,
    random: randomBytes,
    isRecording: () => plane.recording,
  });
  const listener = { host: start.host, tls: true, reusePort: true };
  const listeners = createSiteListeners({ gateway, listener, log });
  const plane: Plane = { gateway, listeners, outbox, flows, counted, recording: start.recording };
  gateway.setTls(start.tls);
  await gateway.listen({ ...listener, port: start.mainPort });
  process.on('message', (message: ToWorker) => void obey(message, plane).catch(error => fail(error, log)));
  setInterval(() => send({ kind: 'health', health: healthOf(plane) }), healthEveryMs).unref();
  send({ kind: 'listening' });
}

const healthOf = ({ gateway, listeners }: Plane): PlaneHealth => ({
  ...gateway.health(),
  closedPorts: listeners.closedPorts(),
});

async function obey(message: ToWorker, plane: Plane): Promise<void> {
  switch (message.kind) {
    case 'update': {
      const update = fromWire(message.update);
      const fits = plane.gateway.apply(update);
      if (fits && update.kind === 'full') await plane.listeners.sync(update.snapshot.sites);
      send({ kind: 'applied', number: message.number, fits, health: healthOf(plane) });
      return;
    }
    case 'tls':
      plane.gateway.setTls(message.tls);
      return;
    case 'recording':
      plane.recording = message.recording;
      return;
    case 'counted':
      for (const listener of plane.counted) listener(message.answer);
      return;
    case 'taken':
      plane.outbox.taken(message.messages);
      return;
    case 'drain':
      plane.listeners[Symbol.dispose]();
      await plane.gateway.drain();
      await plane.flows?.[Symbol.asyncDispose]();
      await plane.outbox.untilTaken(takenWithinMs);
      send({ kind: 'drained' });
      return;
    case 'start':
      return;
    default:
      message satisfies never;
  }
}

function fail(error: unknown, log: Log): void {
  log.error('worker.failed', { error });
  process.exit(1);
}

process.once('disconnect', () => process.exit(0));
// The parent says when to stop: a signal to the whole group must not end what is under way.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.once('message', (message: ToWorker) => {
  if (message.kind !== 'start') return;
  const log = createLog({ level: message.start.logLevel, stream: process.stderr }).child({ worker: process.pid });
  process.on('uncaughtException', error => fail(error, log));
  run(message.start, log).catch(error => fail(error, log));
});
