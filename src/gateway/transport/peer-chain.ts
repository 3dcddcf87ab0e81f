import { X509Certificate } from 'node:crypto';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';

const chainMax = 8;

/** What a client showed in its handshake. That it holds the key of the leaf is proven by the handshake; nothing else is by this alone. */
export interface PeerChain {
  readonly leaf: X509Certificate;
  /** The rest of what came, in order from the leaf, at most seven; empty where this Node does not show it (nodejs/node issue 65579). */
  readonly issuers: readonly X509Certificate[];
  /** OpenSSL found a sound path to one of the authorities that were asked for, at the time of the handshake. */
  readonly isSound: boolean;
  /** Those authorities, PEM. */
  readonly askedFor: readonly string[];
}

/** The client's certificates; undefined where it showed none, or the connection was resumed, so that none was checked. */
export function peerChainOf(socket: TLSSocket, askedFor: readonly string[]): PeerChain | undefined {
  if (socket.isSessionReused()) return undefined;
  const chain: X509Certificate[] = [];
  let at: Partial<DetailedPeerCertificate> | null = socket.getPeerCertificate(true);
  while (at?.raw !== undefined && chain.length < chainMax) {
    chain.push(new X509Certificate(at.raw));
    const above: Partial<DetailedPeerCertificate> | undefined = at.issuerCertificate;
    at = above === undefined || above === at || above.fingerprint256 === at.fingerprint256 ? null : above;
  }
  const [leaf, ...issuers] = chain;
  return leaf === undefined ? undefined : { leaf, issuers, isSound: socket.authorized, askedFor };
}
