/** A software authenticator: makes and uses ES256 passkeys as a browser with a platform authenticator would, or wrongly, as asked. */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** What an answer is to say otherwise than a right one. */
export interface Wrong {
  readonly origin?: string;
  readonly rpId?: string;
  readonly type?: string;
  readonly crossOrigin?: boolean;
  readonly topOrigin?: string;
  readonly challenge?: string;
  readonly signCount?: number;
  readonly isVerified?: boolean;
  readonly isPresent?: boolean;
  readonly userHandle?: string | null;
  readonly credentialId?: string;
  /** Changes authenticator data after it was signed. */
  readonly tamper?: (authData: Buffer) => Buffer;
  readonly signature?: string;
  readonly fmt?: string;
  readonly attStmt?: Buffer;
}

export interface Authenticator {
  readonly origin: string;
  /** Answers creation options: a new credential, kept here. */
  create(publicKey: Options, wrong?: Wrong): Json;
  /** Answers request options with the credential, or the newest of the ones allowed. */
  get(publicKey: Options, wrong?: Wrong): Json;
  readonly held: Held[];
}

type Json = Record<string, unknown>;
type Options = Readonly<Record<string, unknown>> & { readonly challenge: string };

interface Held {
  readonly id: string;
  readonly key: KeyObject;
  readonly handle: string;
  signCount: number;
}

/** `counts` false: a synced passkey, whose counter stays at zero. */
export function createAuthenticator(origin: string, options: { counts?: boolean } = {}): Authenticator {
  const held: Held[] = [];
  const counts = options.counts !== false;
  const rpId = new URL(origin).hostname;

  return {
    origin,
    held,
    create(publicKey, wrong = {}) {
      const { privateKey, publicKey: pub } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      const id = randomBytes(32);
      const { x = '', y = '' } = pub.export({ format: 'jwk' });
      const user = publicKey['user'] as { id: string };
      const cose = map([
        [1, int(2)],
        [3, int(-7)],
        [-1, int(1)],
        [-2, bytes(Buffer.from(x, 'base64url'))],
        [-3, bytes(Buffer.from(y, 'base64url'))],
      ]);
      const one = { id: id.toString('base64url'), key: privateKey, handle: user.id, signCount: counts ? 1 : 0 };
      const length = Buffer.alloc(2);
      length.writeUInt16BE(id.length);
      const credential = Buffer.concat([Buffer.alloc(16), length, id, cose]);
      const data = authData(wrong, { signCount: one.signCount, rpId, counts, credential });
      const attestation = map([
        ['fmt', text(wrong.fmt ?? 'none')],
        ['attStmt', wrong.attStmt ?? map([])],
        ['authData', bytes(wrong.tamper?.(data) ?? data)],
      ]);
      held.push(one);
      return {
        id: wrong.credentialId ?? one.id,
        rawId: wrong.credentialId ?? one.id,
        type: 'public-key',
        clientExtensionResults: {},
        response: {
          clientDataJSON: clientData('webauthn.create', publicKey.challenge, origin, wrong),
          attestationObject: attestation.toString('base64url'),
          transports: ['internal'],
        },
      };
    },
    get(publicKey, wrong = {}) {
      const allowed = (publicKey['allowCredentials'] ?? []) as { id: string }[];
      const one =
        held.findLast(some => allowed.length === 0 || allowed.some(({ id }) => id === some.id)) ?? held.at(-1);
      if (one === undefined) throw new Error('the authenticator is empty');
      if (counts) one.signCount += 1;
      const data = authData(wrong, { signCount: one.signCount, rpId, counts });
      const json = clientData('webauthn.get', publicKey.challenge, origin, wrong);
      const hash = createHash('sha256').update(Buffer.from(json, 'base64url')).digest();
      const signature = sign('sha256', Buffer.concat([data, hash]), one.key);
      const handle = wrong.userHandle === undefined ? one.handle : wrong.userHandle;
      return {
        id: wrong.credentialId ?? one.id,
        rawId: wrong.credentialId ?? one.id,
        type: 'public-key',
        clientExtensionResults: {},
        response: {
          clientDataJSON: json,
          authenticatorData: (wrong.tamper?.(data) ?? data).toString('base64url'),
          signature: wrong.signature ?? signature.toString('base64url'),
          ...(handle === null ? {} : { userHandle: handle }),
        },
      };
    },
  };
}

function clientData(type: string, challenge: string, origin: string, wrong: Wrong): string {
  const data = {
    type: wrong.type ?? type,
    challenge: wrong.challenge ?? challenge,
    origin: wrong.origin ?? origin,
    crossOrigin: wrong.crossOrigin ?? false,
    ...(wrong.topOrigin === undefined ? {} : { topOrigin: wrong.topOrigin }),
  };
  return Buffer.from(JSON.stringify(data)).toString('base64url');
}

/** WebAuthn Level 3 section 6.1. A passkey that counts is bound to its device; one that does not is synced and backed up. */
function authData(
  wrong: Wrong,
  made: { signCount: number; rpId: string; counts: boolean; credential?: Buffer },
): Buffer {
  const present = wrong.isPresent === false ? 0 : 0x01;
  const verified = wrong.isVerified === false ? 0 : 0x04;
  const backup = made.counts ? 0 : 0x18;
  const counter = Buffer.alloc(4);
  counter.writeUInt32BE(wrong.signCount ?? made.signCount);
  const flags = present | verified | backup | (made.credential === undefined ? 0 : 0x40);
  const hash = createHash('sha256')
    .update(wrong.rpId ?? made.rpId)
    .digest();
  return Buffer.concat([hash, Buffer.from([flags]), counter, made.credential ?? Buffer.alloc(0)]);
}

/** CBOR (RFC 8949) as CTAP wants it: shortest heads, definite lengths. */
function head(major: number, value: number): Buffer {
  if (value < 24) return Buffer.from([(major << 5) | value]);
  if (value < 256) return Buffer.from([(major << 5) | 24, value]);
  return Buffer.from([(major << 5) | 25, value >> 8, value & 0xff]);
}

const int = (value: number): Buffer => (value < 0 ? head(1, -1 - value) : head(0, value));
const bytes = (value: Buffer): Buffer => Buffer.concat([head(2, value.length), value]);
const text = (value: string): Buffer => Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);

/** An encoded map; also for attestation statements. */
export function map(entries: readonly (readonly [number | string, Buffer])[]): Buffer {
  const parts = entries.flatMap(([key, value]) => [typeof key === 'number' ? int(key) : text(key), value]);
  return Buffer.concat([head(5, entries.length), ...parts]);
}

export { bytes as cborBytes, int as cborInt };

/** An encoded array. */
export const cborArray = (items: readonly Buffer[]): Buffer => Buffer.concat([head(4, items.length), ...items]);
