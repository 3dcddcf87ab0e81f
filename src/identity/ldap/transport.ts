import type { Socket } from 'node:net';
import { connect as connectTcp, isIP } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SecureContext, TLSSocket } from 'node:tls';
import { createSecureContext, getCACertificates, connect as startTls } from 'node:tls';
import type { LdapSettings } from '../provider-settings.ts';
import { askStartTls } from './start-tls.ts';

/** Where a connection failed: `step` for the test of a provider, `text` says what to change. */
export interface TransportFault {
  readonly url: string;
  readonly step: 'connect' | 'encrypt';
  readonly text: string;
}

/** A connection as it may carry passwords: encrypted and the server known, or on loopback by the settings' leave. */
export interface Transport {
  readonly url: string;
  readonly stream: Duplex;
  /** What the server showed; null without encryption. */
  readonly encryption: { readonly protocol: string; readonly subject: string; readonly expires: string } | null;
}

/** Trust for one directory, read once: its own authorities, or those of the system and the runtime. */
export function createTrust(settings: LdapSettings): () => SecureContext {
  let context: SecureContext | undefined;
  return () => {
    context ??= createSecureContext({
      ca: settings.caPem ?? [...getCACertificates('default'), ...getCACertificates('system')],
      minVersion: 'TLSv1.2',
    });
    return context;
  };
}

/** Opens the first server that answers in time, each within the time limit of the settings; the faults of all when none does. */
export async function openTransport(
  settings: LdapSettings,
  trust: () => SecureContext,
  signal: AbortSignal,
): Promise<Transport | readonly TransportFault[]> {
  const faults: TransportFault[] = [];
  for (const url of settings.urls) {
    signal.throwIfAborted();
    const result = await openUrl(url, settings, { trust, signal });
    if ('stream' in result) return result;
    faults.push(result);
  }
  signal.throwIfAborted();
  return faults;
}

async function openUrl(
  url: string,
  settings: LdapSettings,
  { trust, signal }: { trust: () => SecureContext; signal: AbortSignal },
): Promise<Transport | TransportFault> {
  const { protocol, hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  const isTls = protocol === 'ldaps:';
  if (!isTls && !settings.startTls && !isLoopback(host)) {
    const text = 'would carry passwords in the clear: turn StartTLS on, or use ldaps:// (only loopback may do without)';
    return { url, step: 'encrypt', text };
  }
  const limit = AbortSignal.timeout(settings.timeoutMs);
  const either = AbortSignal.any([signal, limit]);
  let step: TransportFault['step'] = 'connect';
  let socket: Socket | undefined;
  try {
    socket = connectTcp({ host, port: Number(port || (isTls ? 636 : 389)), noDelay: true });
    await settled(socket, 'connect', either);
    if (!isTls && !settings.startTls) return { url, stream: socket, encryption: null };
    step = 'encrypt';
    if (!isTls) await within(socket, askStartTls(socket), either);
    const secured = startTls({
      socket,
      host,
      // A server name must be a name (RFC 6066 section 3); the address is still held against the certificate.
      ...(isIP(host) ? {} : { servername: host }),
      secureContext: trust(),
      rejectUnauthorized: true,
    });
    await settled(secured, 'secureConnect', either);
    return { url, stream: secured, encryption: encryptionOf(secured) };
  } catch (error) {
    socket?.destroy();
    return { url, step, text: limit.aborted ? `no answer within ${settings.timeoutMs} ms` : explain(error, host) };
  }
}

/** Waits for the event; an error, an end or the signal ends the socket and throws. */
async function settled(socket: Socket, event: 'connect' | 'secureConnect', signal: AbortSignal): Promise<void> {
  await within(
    socket,
    new Promise<void>((resolve, reject) => {
      socket.once(event, () => resolve());
      socket.once('error', reject);
      socket.once('close', () => reject(new Error('the server closed the connection')));
    }),
    signal,
  );
}

async function within(socket: Socket, work: Promise<void>, signal: AbortSignal): Promise<void> {
  const abort = (): void => void socket.destroy(signal.reason instanceof Error ? signal.reason : undefined);
  // A socket that fails with nobody listening would end the process.
  socket.on('error', () => {});
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  try {
    await work;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

function encryptionOf(socket: TLSSocket): Transport['encryption'] {
  const certificate = socket.getPeerX509Certificate();
  const subject = (certificate?.subject || certificate?.subjectAltName || 'without a name').replaceAll('\n', ', ');
  return { protocol: socket.getProtocol() ?? 'TLS', subject, expires: certificate?.validTo ?? 'unknown' };
}

/** Loopback by its address or by the one name that means nothing else (RFC 6761 section 6.3). */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

const untrusted = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_UNTRUSTED',
  'INVALID_CA',
  'CERT_SIGNATURE_FAILURE',
]);

function explain(error: unknown, host: string): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (untrusted.has(code)) return 'certificate not trusted: give the certificate of its CA';
  if (code === 'CERT_HAS_EXPIRED') return 'certificate expired: renew it on the server';
  if (code === 'CERT_NOT_YET_VALID') return 'certificate not valid yet: check the clocks';
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return `certificate is for another name: connect by a name that is in it, not as "${host}"`;
  }
  if (code.startsWith('ERR_SSL') || code === 'EPROTO') {
    return 'does not speak TLS here: use ldap:// with StartTLS, or the LDAPS port (636)';
  }
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `host name "${host}" not found`;
  if (code === 'ECONNREFUSED') return 'connection refused: nothing listens there';
  return (error.message || code || 'the connection failed').slice(0, 300);
}
