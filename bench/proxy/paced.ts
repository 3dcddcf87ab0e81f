/**
 * A load generator with a fixed rate: `node bench/proxy/paced.ts PORT RATE SECONDS METHOD BODY_BYTES TLS`. Latency counts from when a
 * request was due, so a server that stalls does not hide it by being asked less. Prints JSON with p50, p99 and the count.
 */
import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { requestHead } from './request.ts';

const [port = '', rate = '', seconds = '', method = 'GET', bodyBytes = '0', tls = ''] = process.argv.slice(2);
const request = Buffer.from(requestHead(method, Number(bodyBytes)));
const idle: Client[] = [];
const took: number[] = [];
let failed = 0;

interface Client {
  readonly socket: Socket;
  dueMs: number;
  got: number;
  wanted: number;
  isRefused: boolean;
}

function open(): Client {
  const options = { port: Number(port), host: '127.0.0.1' };
  const socket =
    tls === 'tls' ? connectTls({ ...options, rejectUnauthorized: false, servername: 'app.test' }) : connect(options);
  socket.setNoDelay(true);
  const client: Client = { socket, dueMs: 0, got: 0, wanted: 0, isRefused: false };
  socket.on('data', chunk => read(client, chunk));
  socket.on('error', () => failed++);
  return client;
}

function read(client: Client, chunk: Buffer): void {
  if (client.wanted === 0) {
    const text = chunk.toString('latin1');
    const end = text.indexOf('\r\n\r\n');
    const length = /content-length: (\d+)/i.exec(text)?.[1];
    if (end === -1 || length === undefined) throw new Error(`Cannot read answer: ${text.slice(0, 200)}`);
    client.isRefused = !text.startsWith('HTTP/1.1 200');
    client.wanted = end + 4 + Number(length);
  }
  client.got += chunk.length;
  if (client.got < client.wanted) return;
  if (client.isRefused) failed++;
  else took.push(performance.now() - client.dueMs);
  client.got = 0;
  client.wanted = 0;
  idle.push(client);
}

const everyMs = 1000 / Number(rate);
const startMs = performance.now() + 500;
const endMs = startMs + Number(seconds) * 1000;
let dueMs = startMs;

function tick(): void {
  const nowMs = performance.now();
  while (dueMs <= nowMs && dueMs < endMs) {
    const client = idle.pop() ?? open();
    client.dueMs = dueMs;
    client.socket.write(request);
    dueMs += everyMs;
  }
  if (dueMs < endMs) setImmediate(tick);
  else setTimeout(report, 500);
}

function report(): void {
  took.sort((a, b) => a - b);
  // The first tenth opens connections and warms up.
  const at = (part: number) => took[Math.min(took.length - 1, Math.floor(took.length * part))] ?? Number.NaN;
  process.stdout.write(`${JSON.stringify({ count: took.length, failed, p50: at(0.5), p99: at(0.99) })}\n`);
  process.exit(0);
}

for (let at = 0; at < 32; at++) idle.push(open());
setTimeout(tick, 300);
