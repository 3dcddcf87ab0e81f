/** What attackers have that browsers do not: a raw TLS connection and an HTTP/2 session in which every byte and every name is theirs. */
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:tls';
import type { Product } from '../product/product.ts';
import type { Visitor } from '../product/visitor.ts';

export interface Line {
  send(text: string): void;
  /** Everything the gate answered so far. */
  readonly told: string;
  readonly isClosed: boolean;
  close(): void;
}

/** An HTTP/1.1 connection to this port, past the handshake. */
export function openLine(product: Product, port: number): Promise<Line> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, servername: 'localhost', ca: product.ca });
    let told = '';
    let isClosed = false;
    socket.on('data', chunk => {
      told += chunk.toString('latin1');
    });
    socket.on('close', () => {
      isClosed = true;
    });
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      socket.off('error', reject).on('error', () => {});
      resolve({
        send: text => void socket.write(Buffer.from(text, 'latin1')),
        get told() {
          return told;
        },
        get isClosed() {
          return isClosed;
        },
        close: () => void socket.destroy(),
      });
    });
  });
}

/** Polls until it holds or five seconds are over; returns whether it holds. */
export async function holds(condition: () => boolean | Promise<boolean>): Promise<boolean> {
  const deadline = Date.now() + 5000;
  while (Date.now() < deadline) {
    if (await condition()) return true;
    await new Promise(resolve => setTimeout(resolve, 10));
  }
  return condition();
}

export interface RawAnswer {
  readonly status: number;
  readonly text: string;
}

/** Sends one request as it stands, on a connection of its own, and reads the whole answer; the request asks for `Connection: close`. */
export async function sendRaw(product: Product, port: number, head: readonly string[], body = ''): Promise<RawAnswer> {
  const line = await openLine(product, port);
  line.send(`${head.join('\r\n')}\r\nConnection: close\r\n\r\n${body}`);
  await holds(() => line.isClosed);
  line.close();
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(line.told)?.[1] ?? 0), text: line.told };
}

/** One HTTP/2 request with exactly these fields; a stream that is reset gives status 0. */
export function sendHttp2(
  product: Product,
  port: number,
  fields: Record<string, string | string[]>,
): Promise<RawAnswer> {
  return new Promise(resolve => {
    const session = connectHttp2(`https://localhost:${port}`, { ca: product.ca });
    let status = 0;
    let text = '';
    const end = () => {
      session.destroy();
      resolve({ status, text });
    };
    session.on('error', end);
    const stream = session.request(fields, { signal: AbortSignal.timeout(5000) });
    stream.on('response', headers => {
      status = Number(headers[':status']);
      text += JSON.stringify(headers);
    });
    stream.on('data', chunk => {
      text += String(chunk);
    });
    stream.on('error', () => {});
    stream.on('close', end);
  });
}

/** The cookies of a browser as it would send them to localhost. */
export const cookiesOf = (visitor: Visitor): string =>
  [...visitor.cookies('localhost')].map(([name, value]) => `${name}=${value}`).join('; ');

export const portOf = (address: string): number => Number(new URL(address).port);
