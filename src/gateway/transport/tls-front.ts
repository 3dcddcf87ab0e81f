import type { TLSSocket } from 'node:tls';
import { createServer } from 'node:tls';
import type { TlsMaterial } from '../gateway.ts';
import type { Connection, Connections, Driver, TransportContext } from './connections.ts';
import type { TlsContexts } from './tls-contexts.ts';
import { createTlsContexts } from './tls-contexts.ts';

interface Protocol {
  accept(connection: Connection): Driver;
}

/** Finishes TLS on accepted connections and gives each to the protocol that ALPN chose (RFC 7301); without ALPN that is HTTP/1.1. */
export interface TlsFront {
  /** For handshakes from now on. Throws `gateway.tls_invalid` and changes nothing when the material is not usable. */
  use(material: TlsMaterial): void;
  readonly isReady: boolean;
  accept(connection: Connection): void;
}

export function createTlsFront(
  ctx: TransportContext,
  connections: Connections,
  protocols: { h1: Protocol; h2: Protocol },
): TlsFront {
  let contexts: TlsContexts | undefined;
  const server = createServer({
    ALPNProtocols: ['h2', 'http/1.1'],
    SNICallback: (servername, done) => done(null, contexts?.pick(servername)),
    honorCipherOrder: true,
    // The sweep ends handshakes; this is the net below it.
    handshakeTimeout: ctx.limits.handshakeTimeoutMs * 2 + 1000,
  });
  server.on('secureConnection', socket => {
    const connection = connections.find(socket);
    if (connection === undefined) {
      socket.destroy();
      return;
    }
    // As with the raw socket: an error without a listener would end the process.
    socket.on('error', () => {});
    connection.socket = socket;
    connection.tls = infoOf(socket);
    connection.driver =
      socket.alpnProtocol === 'h2' ? protocols.h2.accept(connection) : protocols.h1.accept(connection);
  });
  server.on('tlsClientError', (error, socket) => {
    ctx.log.debug('transport.tls_failed', {
      code: (error as NodeJS.ErrnoException).code,
      peerIp: socket.remoteAddress,
    });
    socket.destroy();
  });
  return {
    use(material) {
      const next = createTlsContexts(material, ctx.clock.now());
      for (const subject of next.outOfDate) ctx.log.warn('tls.certificate_out_of_date', { subject });
      server.setSecureContext(next.fallback);
      contexts = next;
    },
    get isReady() {
      return contexts !== undefined;
    },
    accept(connection) {
      const { raw } = connection;
      raw.once('close', () => {
        // Silent port checks end without a byte; only a handshake that was begun and failed is worth telling.
        if (connection.driver === undefined && raw.bytesRead > 0 && !connection.isTold)
          ctx.refusals.tell('tls_handshake', connection);
      });
      server.emit('connection', raw);
    },
  };
}

function infoOf(socket: TLSSocket): Connection['tls'] {
  return {
    protocol: socket.getProtocol() ?? 'unknown',
    cipher: socket.getCipher().standardName,
    servername: typeof socket.servername === 'string' ? socket.servername : null,
  };
}
