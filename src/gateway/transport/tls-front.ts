import type { SecureContext, Server, TLSSocket } from 'node:tls';
import { createServer } from 'node:tls';
import type { TlsMaterial } from '../gateway.ts';
import type { Connection, Connections, Driver, TransportContext } from './connections.ts';
import { peerChainOf } from './peer-chain.ts';
import type { TlsContexts } from './tls-contexts.ts';
import { createTlsContexts } from './tls-contexts.ts';

const acmeProtocol = 'acme-tls/1';
const protocolsOffered = ['h2', 'http/1.1'] as const;

interface Protocol {
  accept(connection: Connection): Driver;
}

/** Finishes TLS on accepted connections and gives each to the protocol that ALPN chose (RFC 7301); without ALPN that is HTTP/1.1. */
export interface TlsFront {
  /** For handshakes from now on. Throws `gateway.tls_invalid` and changes nothing when the material is not usable. */
  use(material: TlsMaterial): void;
  /**
   * Authorities (PEM) whose client certificates some route wants: from now on every client is asked for one and may leave it out. Where
   * they change, open connections finish what is under way and end, since they were asked for others.
   */
  askFor(clientCas: readonly string[]): void;
  readonly isReady: boolean;
  accept(connection: Connection): void;
}

/** A TLS server that never listens, with the certificates it chooses from. */
interface Entrance {
  readonly server: Server;
  contexts: TlsContexts | undefined;
}

/** `none`: asked for nothing. `asked`: may show a certificate. `must`: a trusted proxy that shows its own, or has no handshake. */
type Asking = 'none' | 'asked' | 'must';

export function createTlsFront(
  ctx: TransportContext,
  connections: Connections,
  protocols: { h1: Protocol; h2: Protocol },
): TlsFront {
  let material: TlsMaterial | undefined;
  let clientCas: readonly string[] = [];
  const finish = (socket: TLSSocket, asking: Asking) => {
    const connection = connections.find(socket);
    if (connection === undefined) {
      socket.destroy();
      return;
    }
    // As with the raw socket: an error without a listener would end the process.
    socket.on('error', () => {});
    // RFC 8737 section 3: the validation ends with the handshake; nothing is ever read from it.
    if (socket.alpnProtocol === acmeProtocol) {
      connection.isTold = true;
      socket.end();
      socket.resume();
      return;
    }
    connection.socket = socket;
    connection.tls = infoOf(socket, asking, clientCas);
    connection.driver =
      socket.alpnProtocol === 'h2' ? protocols.h2.accept(connection) : protocols.h1.accept(connection);
  };
  const entrances: Readonly<Record<Asking, Entrance>> = {
    none: openEntrance(ctx, 'none', finish),
    asked: openEntrance(ctx, 'asked', finish),
    must: openEntrance(ctx, 'must', finish),
  };
  const arrange = (next: TlsMaterial, cas: readonly string[]) =>
    rearrange(entrances, next, { cas, nowMs: ctx.clock.now() });
  return {
    use(next) {
      for (const subject of arrange(next, clientCas).outOfDate)
        ctx.log.warn('tls.certificate_out_of_date', { subject });
      material = next;
    },
    askFor(next) {
      if (next.join() === clientCas.join()) return;
      if (material !== undefined) arrange(material, next);
      clientCas = [...next];
      for (const connection of connections.all) {
        if (connection.driver === undefined) {
          // In the middle of a handshake nobody can say which authorities it was judged by.
          connection.isTold = true;
          connection.raw.destroy();
        } else if (connection.tls !== null) connection.driver.drain();
      }
    },
    get isReady() {
      return material !== undefined;
    },
    accept(connection) {
      const { raw } = connection;
      raw.once('close', () => {
        // Silent port checks end without a byte; only a handshake that was begun and failed is worth telling.
        if (connection.driver === undefined && raw.bytesRead > 0 && !connection.isTold)
          ctx.refusals.tell('tls_handshake', connection);
      });
      const mustShow = material?.originPullCaPem !== undefined && ctx.isTrustedProxy(connection.peerIp);
      const asking = mustShow ? 'must' : clientCas.length > 0 ? 'asked' : 'none';
      entrances[asking].server.emit('connection', raw);
    },
  };
}

/** Gives every entrance its certificates; returns those of the one that asks for nothing. Throws before anything is changed. */
function rearrange(
  entrances: Readonly<Record<Asking, Entrance>>,
  next: TlsMaterial,
  { cas, nowMs }: { readonly cas: readonly string[]; readonly nowMs: number },
): TlsContexts {
  const pullCa = next.originPullCaPem;
  // All are made before any is used.
  const made = {
    none: createTlsContexts(next, nowMs),
    asked: cas.length === 0 ? undefined : createTlsContexts(next, nowMs, cas),
    must: pullCa === undefined ? undefined : createTlsContexts(next, nowMs, [pullCa]),
  };
  for (const asking of ['none', 'asked', 'must'] as const) {
    const contexts = made[asking];
    if (contexts !== undefined) entrances[asking].server.setSecureContext(contexts.fallback);
    entrances[asking].contexts = contexts;
  }
  return made.none;
}

function openEntrance(
  ctx: TransportContext,
  asking: Asking,
  finish: (socket: TLSSocket, asking: Asking) => void,
): Entrance {
  /** Chosen by `this`, the socket in its handshake: only there can the certificate still be changed once ALPN is known. */
  function chooseProtocol(this: TLSSocket, offer: { servername: string; protocols: string[] }): string | undefined {
    const { servername, protocols } = offer;
    // The offer of a validation holds nothing else (RFC 8737 section 4).
    if (protocols.length === 1 && protocols[0] === acmeProtocol) {
      const challenge: SecureContext | undefined = entrance.contexts?.challenge(servername);
      if (challenge === undefined) return undefined;
      this.setKeyCert(challenge);
      validated.add(this);
      return acmeProtocol;
    }
    return protocolsOffered.find(one => protocols.includes(one));
  }
  /** In TLS 1.2 this comes before ALPN is known, in 1.3 after it: there it must not take the challenge's certificate back. */
  function chooseCertificate(
    this: TLSSocket,
    servername: string,
    done: (error: null, context?: SecureContext) => void,
  ) {
    const { contexts } = entrance;
    done(null, validated.has(this) ? contexts?.challenge(servername) : contexts?.pick(servername));
  }
  const validated = new WeakSet<TLSSocket>();
  const server = createServer({
    ALPNCallback: chooseProtocol,
    SNICallback: chooseCertificate,
    honorCipherOrder: true,
    requestCert: asking !== 'none',
    rejectUnauthorized: asking === 'must',
    // The sweep ends handshakes; this is the net below it.
    handshakeTimeout: ctx.limits.handshakeTimeoutMs * 2 + 1000,
  });
  const entrance: Entrance = { server, contexts: undefined };
  server.on('secureConnection', socket => finish(socket, asking));
  server.on('tlsClientError', (error, socket) => {
    ctx.log.debug('transport.tls_failed', {
      code: (error as NodeJS.ErrnoException).code,
      peerIp: socket.remoteAddress,
    });
    socket.destroy();
  });
  return entrance;
}

function infoOf(socket: TLSSocket, asking: Asking, clientCas: readonly string[]): Connection['tls'] {
  // What a proxy shows is its own, and speaks for no visitor.
  const client = asking === 'asked' ? peerChainOf(socket, clientCas) : undefined;
  return {
    protocol: socket.getProtocol() ?? 'unknown',
    cipher: socket.getCipher().standardName,
    servername: typeof socket.servername === 'string' ? socket.servername : null,
    ...(client && { client }),
  };
}
