import { sign } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Dispatch, SamlMessage } from '../federation/federation.ts';
import { isSignatureAlgorithm, isSignedBy } from './algorithms.ts';
import { rsaSha256 } from './names.ts';
import { refuseUnless, SamlRefusal } from './refusal.ts';
import { signMessage, type TrustedKey } from './signature.ts';
import { messageLimits } from './xml.ts';

const queryMax = 65_536;
const deflateName = 'urn:oasis:names:tc:SAML:2.0:bindings:URL-Encoding:DEFLATE';

/** Where a message goes and how. `keys`: it is signed; without them it is not. */
export interface Sending {
  readonly kind: 'SAMLRequest' | 'SAMLResponse';
  readonly xml: string;
  readonly url: string;
  readonly binding: 'redirect' | 'post';
  readonly relayState: string | undefined;
  readonly keys: { readonly keyPem: string; readonly certPem: string } | undefined;
}

/** Bindings section 3.4.4 and 3.5.4: the message as a signed address, or as the fields of a form with the signature inside. */
export function dispatch(sending: Sending): Dispatch {
  const { kind, xml, url, relayState, keys } = sending;
  if (sending.binding === 'post') {
    const signed = keys === undefined ? xml : signMessage(xml, keys);
    const relay = relayState === undefined ? {} : { RelayState: relayState };
    return { kind: 'post', url, fields: { [kind]: Buffer.from(signed).toString('base64'), ...relay } };
  }
  const parts = [`${kind}=${encodeURIComponent(deflateRawSync(xml).toString('base64'))}`];
  if (relayState !== undefined) parts.push(`RelayState=${encodeURIComponent(relayState)}`);
  if (keys !== undefined) {
    parts.push(`SigAlg=${encodeURIComponent(rsaSha256)}`);
    const signature = sign('sha256', Buffer.from(parts.join('&')), keys.keyPem);
    parts.push(`Signature=${encodeURIComponent(signature.toString('base64'))}`);
  }
  const [bare = '', fragment] = url.split('#');
  const joined = `${bare}${bare.includes('?') ? '&' : '?'}${parts.join('&')}`;
  return { kind: 'redirect', url: fragment === undefined ? joined : `${joined}#${fragment}` };
}

/** A message as it came, not yet believed. */
export interface Received {
  readonly xml: string;
  readonly relayState: string | undefined;
  /** Whether the address it came by was signed; a form's message carries its signature inside. */
  readonly isSignedOutside: boolean;
}

/** The message of a form or address; the signature of an address is checked over the octets as sent, before anything is inflated. */
export function receive(message: SamlMessage, keys: readonly TrustedKey[]): Received {
  return message.binding === 'post' ? receivePost(message.fields) : receiveRedirect(message.query, keys);
}

function receivePost(fields: Readonly<Record<string, string>>): Received {
  const given = new Map(Object.entries(fields));
  const [request, response] = [given.get('SAMLRequest'), given.get('SAMLResponse')];
  const text = request ?? response;
  if (text === undefined || (request !== undefined && response !== undefined))
    throw new SamlRefusal('Form: want either SAMLRequest or SAMLResponse');
  return { xml: decodePost(text), relayState: given.get('RelayState'), isSignedOutside: false };
}

/** The XML of a posted field: strict base64 of at most 256 KiB of UTF-8; only line breaks are passed over. */
export function decodePost(field: string): string {
  refuseUnless(field.length <= messageLimits.bytesMax * 1.4, `Message: want at most ${messageLimits.bytesMax} bytes`);
  return decodeUtf8(decodeBase64(field.replaceAll(/\r\n|\n|\r/g, '')));
}

function decodeBase64(text: string): Buffer {
  const isBase64 = text !== '' && text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text);
  refuseUnless(isBase64, 'Message: want base64');
  const bytes = Buffer.from(text, 'base64');
  refuseUnless(bytes.toString('base64') === text, 'Message: want base64 in its one form');
  return bytes;
}

function decodeUtf8(bytes: Buffer): string {
  refuseUnless(bytes.length <= messageLimits.bytesMax, `Message: want at most ${messageLimits.bytesMax} bytes`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new SamlRefusal('Message: want UTF-8');
  }
}

/** Bindings section 3.4.4.1. */
function receiveRedirect(query: string, keys: readonly TrustedKey[]): Received {
  refuseUnless(query.length <= queryMax, `Address: want a query of at most ${queryMax} characters`);
  const raw = new Map<string, string>();
  for (const piece of query.replace(/^\?/, '').split('&')) {
    const at = piece.indexOf('=');
    const name = at < 0 ? piece : piece.slice(0, at);
    if (!/^(?:SAML(?:Request|Response|Encoding)|RelayState|SigAlg|Signature)$/.test(name)) continue;
    refuseUnless(!raw.has(name), `Address: want ${name} once`);
    raw.set(name, at < 0 ? '' : piece.slice(at + 1));
  }
  const value = (name: string): string | undefined => {
    const text = raw.get(name);
    return text === undefined ? undefined : decodeComponent(name, text);
  };
  const kind = raw.has('SAMLRequest') ? 'SAMLRequest' : 'SAMLResponse';
  refuseUnless(raw.has('SAMLRequest') !== raw.has('SAMLResponse'), 'Address: want either SAMLRequest or SAMLResponse');
  refuseUnless(
    (value('SAMLEncoding') ?? deflateName) === deflateName,
    'Address: want the DEFLATE encoding',
    value('SAMLEncoding') ?? null,
  );
  const isSignedOutside = raw.has('Signature');
  if (isSignedOutside) {
    const algorithm = value('SigAlg') ?? '';
    refuseUnless(isSignatureAlgorithm(algorithm), 'SigAlg: want RSA or ECDSA with SHA-256 or longer', algorithm);
    const names = [kind, 'RelayState', 'SigAlg'].filter(name => raw.has(name));
    const data = Buffer.from(names.map(name => `${name}=${raw.get(name)}`).join('&'));
    const signature = decodeBase64((value('Signature') ?? '').replaceAll(/[\r\n]/g, ''));
    const isGood = keys.some(({ key }) => isSignedBy({ algorithm, data, signature, key }));
    refuseUnless(isGood, `Address: want it signed by one of the ${keys.length} certificates of the identity provider`);
  }
  return {
    xml: inflate(decodeBase64((value(kind) ?? '').replaceAll(/[\r\n]/g, ''))),
    relayState: value('RelayState'),
    isSignedOutside,
  };
}

function decodeComponent(name: string, text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', '%20'));
  } catch {
    throw new SamlRefusal(`Address: want ${name} percent-encoded`);
  }
}

/** A small message may swell to anything: it is let out only as far as a message may be long. */
function inflate(bytes: Buffer): string {
  try {
    return decodeUtf8(inflateRawSync(bytes, { maxOutputLength: messageLimits.bytesMax }));
  } catch (error) {
    if (error instanceof SamlRefusal) throw error;
    throw new SamlRefusal(`Message: want DEFLATE of at most ${messageLimits.bytesMax} bytes`);
  }
}
