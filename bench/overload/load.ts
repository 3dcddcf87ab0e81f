/** Load for the gate at a pace of its own: what is asked does not wait for what was answered, as a crowd does not. */
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';

/** Answers by status, how long each took from when it should have been sent, and what found no free connection. */
export interface Tally {
  readonly statuses: Map<number, number>;
  readonly ms: number[];
  unsent: number;
  broken: number;
}

export interface Stream extends Disposable {
  readonly tally: Tally;
}

export interface Load {
  readonly port: number;
  readonly requests: readonly Buffer[];
  readonly perSecond: number;
  readonly connections: number;
  /** Another connection is opened while none is free, up to so many; as many as at the beginning when left out. */
  readonly connectionsMax?: number;
  /** Source addresses, taken in turn: limits are by network. */
  readonly from: readonly string[];
}

const tickMs = 5;

/** Sends at the pace until disposed of. One request at a time on each connection; a connection that closes is opened again. */
export function startLoad({
  connections,
  connectionsMax = connections,
  from,
  perSecond,
  port,
  requests,
}: Load): Stream {
  const tally: Tally = { statuses: new Map(), ms: [], unsent: 0, broken: 0 };
  const idle: Socket[] = [];
  const all = new Set<Socket>();
  let isOver = false;
  let opened = 0;
  const open = (): void => {
    if (isOver) return;
    const localAddress = from[opened++ % from.length] ?? '127.0.0.1';
    const socket = connect({ host: '127.0.0.1', port, localAddress, noDelay: true });
    all.add(socket);
    socket.once('connect', () => idle.push(socket));
    socket.on('error', () => {});
    socket.once('close', () => {
      all.delete(socket);
      if (since.has(socket)) tally.broken++;
      void setTimeout(50, undefined, { ref: false }).then(open);
    });
    socket.on('data', (chunk: Buffer) => take(socket, chunk));
  };
  const since = new Map<Socket, number>();
  const missing = new Map<Socket, number>();
  const take = (socket: Socket, chunk: Buffer): void => {
    const left = missing.get(socket) ?? begin(socket, chunk);
    const after = left - chunk.length;
    if (after > 0) {
      missing.set(socket, after);
      return;
    }
    missing.delete(socket);
    const startedMs = since.get(socket);
    since.delete(socket);
    if (startedMs !== undefined) tally.ms.push(performance.now() - startedMs);
    idle.push(socket);
  };
  /** The whole length of an answer, by its head: those of the gate are small and come with it. */
  const begin = (_socket: Socket, chunk: Buffer): number => {
    const text = chunk.toString('latin1');
    const end = text.indexOf('\r\n\r\n');
    const status = Number(text.slice(9, 12));
    tally.statuses.set(status, (tally.statuses.get(status) ?? 0) + 1);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(text.slice(0, end))?.[1] ?? 0);
    return end === -1 ? 0 : end + 4 + length;
  };
  for (let count = 0; count < connections; count++) open();
  let sent = 0;
  const startedMs = performance.now();
  const timer = setInterval(() => {
    const due = ((performance.now() - startedMs) * perSecond) / 1000;
    for (; sent < due; sent++) {
      const dueMs = startedMs + (sent * 1000) / perSecond;
      let socket = idle.pop();
      while (socket?.destroyed === true) socket = idle.pop();
      if (socket === undefined) {
        tally.unsent++;
        if (all.size < connectionsMax) open();
        continue;
      }
      since.set(socket, dueMs);
      socket.write(requests[sent % requests.length] ?? Buffer.alloc(0));
    }
  }, tickMs);
  return {
    tally,
    [Symbol.dispose]() {
      isOver = true;
      clearInterval(timer);
      for (const socket of all) socket.destroy();
    },
  };
}

/** How many such requests are answered a second, in the best of these, when as many as these connections allow are always under way. */
export async function findCapacity(load: Omit<Load, 'perSecond'>, seconds: number): Promise<number> {
  using stream = startLoad({ ...load, perSecond: 100_000 });
  let best = 0;
  for (let second = 0; second < seconds; second++) {
    const before = stream.tally.ms.length;
    const startedMs = performance.now();
    await setTimeout(1000);
    best = Math.max(best, (stream.tally.ms.length - before) / ((performance.now() - startedMs) / 1000));
  }
  return best;
}

/** The value below which this share of the samples is. */
export function percentile(samples: readonly number[], share: number): number {
  const sorted = Float64Array.from(samples).sort();
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Share of the answers that had this status. */
export function shareOf({ statuses }: Tally, status: number): number {
  const total = [...statuses.values()].reduce((sum, count) => sum + count, 0);
  return total === 0 ? 0 : (statuses.get(status) ?? 0) / total;
}

const head = (method: string, path: string, ...fields: string[]): Buffer =>
  Buffer.from([`${method} ${path} HTTP/1.1`, 'Host: app.test', ...fields, '', ''].join('\r\n'));

/** Words by a rule, so that no two addresses are alike and nothing is remembered as clean. */
const words = (seed: number): string =>
  Array.from(
    { length: 24 },
    (_, at) => `p${at}=${((seed * 7919 + at * 104_729) % 2_147_483_647).toString(36)}+and+more`,
  ).join('&');

/** Page views of strangers with long queries, as a crowd or a flood makes them: each is judged whole. */
export const strangers = Array.from({ length: 2000 }, (_, at) =>
  head('GET', `/workflows?${words(at)}`, 'Accept: text/html', 'Sec-Fetch-Mode: navigate'),
);
/** Sign-in forms sent by strangers. */
export const signIns = [
  Buffer.concat([
    head('POST', '/.sallyport/sign-in', 'Content-Type: application/x-www-form-urlencoded', 'Content-Length: 30'),
    Buffer.from('email=a%40b.test&password=pass'),
  ]),
];
export const healthChecks = [head('GET', '/health')];
/** Work of people who are signed in at the gate of `bench/proxy/servers.ts`. */
export const people = Array.from({ length: 100 }, (_, id) =>
  head('GET', '/rest/workflows', `Cookie: __Host-sallyport=${String(id).padEnd(43, 'x')}`),
);

/** Source addresses of this machine's own network: 127.0.x.1 and so on. */
export const sources = (count: number, block: number): string[] =>
  Array.from({ length: count }, (_, at) => `127.0.${block}.${at + 1}`);
