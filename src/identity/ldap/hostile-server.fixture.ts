import { once } from 'node:events';
import type { Socket } from 'node:net';
import { createServer } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';

/** One element of BER. */
export function element(tag: number, ...parts: (Buffer | string)[]): Buffer {
  const content = Buffer.concat(parts.map(part => Buffer.from(part)));
  const { length } = content;
  const head =
    length < 0x80
      ? [tag, length]
      : [tag, 0x84, length >>> 24, (length >>> 16) & 255, (length >>> 8) & 255, length & 255];
  return Buffer.concat([Buffer.from(head), content]);
}

/** An LDAP message with this id around an operation. */
export function message(id: number, operation: Buffer, controls?: Buffer): Buffer {
  const number = Buffer.alloc(4);
  number.writeInt32BE(id);
  return element(0x30, element(2, number), operation, controls ?? Buffer.alloc(0));
}

/** A result: bind is 0x61, the end of a search 0x65, an extended answer 0x78. */
export function result(id: number, tag: number, code = 0, text = '', rest: Buffer = Buffer.alloc(0)): Buffer {
  return message(id, element(tag, element(10, Buffer.of(code)), element(4), element(4, text), rest));
}

/** An entry of a search. */
export function entry(id: number, dn: string, attributes: Readonly<Record<string, string>>): Buffer {
  const list = Object.entries(attributes).map(([name, value]) =>
    element(0x30, element(4, name), element(0x31, element(4, value))),
  );
  return message(id, element(0x64, element(4, dn), element(0x30, ...list)));
}

/** The id and operation of each request in a chunk; requests come whole on loopback. */
export function requestsIn(chunk: Buffer): { id: number; tag: number; bytes: Buffer }[] {
  const found: { id: number; tag: number; bytes: Buffer }[] = [];
  for (let at = 0; at < chunk.length; ) {
    const first = chunk[at + 1] ?? 0;
    const size = first < 0x80 ? 0 : first & 0x7f;
    const length = size === 0 ? first : chunk.readUIntBE(at + 2, size);
    const start = at + 2 + size;
    const idLength = chunk[start + 1] ?? 1;
    const tag = chunk[start + 2 + idLength] ?? 0;
    found.push({ id: chunk.readIntBE(start + 2, idLength), tag, bytes: chunk.subarray(start, start + length) });
    at = start + length;
  }
  return found;
}

export const request = { bind: 0x60, unbind: 0x42, search: 0x63, extended: 0x77 } as const;

/** A server of one's own making on loopback. `sockets` are those still open. */
export interface HostileServer extends AsyncDisposable {
  readonly url: string;
  readonly sockets: ReadonlySet<Socket>;
  readonly connections: number;
}

export async function startHostile(onSocket: (socket: Socket) => void): Promise<HostileServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer(socket => {
    connections++;
    sockets.add(socket);
    socket.on('error', () => {});
    socket.once('close', () => sockets.delete(socket));
    onSocket(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Cannot listen');
  return {
    url: `ldap://127.0.0.1:${address.port}`,
    sockets,
    get connections() {
      return connections;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Answers every request of a socket with what `answer` gives; null is silence. */
export function answering(
  answer: (asked: { id: number; tag: number; bytes: Buffer }) => Buffer | null,
): (socket: Socket) => void {
  return socket =>
    void socket.on('data', (chunk: Buffer) => {
      for (const asked of requestsIn(chunk)) {
        const said = answer(asked);
        if (said !== null) socket.write(said);
      }
    });
}

/** The same after StartTLS with this certificate; `before` is sent in the clear together with the yes. */
export function upgrading(
  pair: { certPem: string; keyPem: string },
  onTls: (socket: TLSSocket) => void,
  before: Buffer = Buffer.alloc(0),
): (socket: Socket) => void {
  return socket =>
    void socket.once('data', () => {
      socket.write(Buffer.concat([result(1, 0x78), before]));
      const secureContext = createSecureContext({ cert: pair.certPem, key: pair.keyPem });
      const secured = new TLSSocket(socket, { isServer: true, secureContext });
      secured.on('error', () => {});
      onTls(secured);
    });
}
