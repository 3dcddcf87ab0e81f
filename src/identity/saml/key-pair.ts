import { createHash, createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { z } from 'zod';
import { bitString, der, oid, sequence, time, unsigned } from '../../core/der.ts';
import { SallyportError } from '../../core/errors.ts';
import { Secret } from '../../core/secret.ts';
import type { OwnKey } from '../federation/federation.ts';

const rsaBits = 3072;
const lifetimeMs = 10 * 365 * 86_400_000;
const dayMs = 86_400_000;

const pair = z.strictObject({ keyPem: z.string().min(1).max(20_000), certPem: z.string().min(1).max(20_000) });
const keySet = z.strictObject({ signing: pair, decryption: pair });
const kept = keySet.extend({ next: keySet.optional(), previous: keySet.optional() });

/** One signing and one decryption key of ours, both PEM with a self-signed certificate. */
export type SamlKeySet = z.output<typeof keySet>;

/**
 * Our keys towards one identity provider: those in use, those that the provider is being told of (`next`), and those that still open what
 * was encrypted before a change (`previous`). One of a set signs, the other opens assertions.
 */
export type SamlKeys = z.output<typeof kept>;

/**
 * New keys as the JSON that `createSamlPartner` is given as its secret: two RSA keys of 3072 bits, so that what opens an assertion never
 * signs, with certificates of ten years that only carry them (metadata IOP section 2.6: their dates and names mean nothing).
 */
export async function createSamlKeys(deps: KeyDeps): Promise<Secret> {
  return keepSamlKeys(await newKeySet(deps));
}

/** What a key is made with. */
export interface KeyDeps {
  readonly clock: { now(): number };
  readonly random: (bytes: number) => Buffer;
}

/** New keys as `createSamlKeys` makes them, to stand beside those that are kept. */
export async function newKeySet(deps: KeyDeps): Promise<SamlKeySet> {
  const [signing, decryption] = await Promise.all([
    newPair('Sallyport SAML signing', Buffer.of(0x80), deps),
    // keyEncipherment
    newPair('Sallyport SAML decryption', Buffer.of(0x20), deps),
  ]);
  return { signing, decryption };
}

/** The JSON they are kept as. */
export function keepSamlKeys(keys: SamlKeys): Secret {
  return new Secret(JSON.stringify(keys));
}

/** Reads what `createSamlKeys` and `stepSamlKeys` made. Throws `core.invalid_input` for anything else and for keys below 2048 bits. */
export function readSamlKeys(secret: Secret): SamlKeys {
  try {
    const keys = kept.parse(JSON.parse(secret.reveal()));
    for (const { keyPem } of keySetsOf(keys).flatMap(({ set }) => [set.signing, set.decryption])) {
      const key = createPrivateKey(keyPem);
      if (key.asymmetricKeyType !== 'rsa' || (key.asymmetricKeyDetails?.modulusLength ?? 0) < 2048)
        throw new RangeError('want RSA of 2048 bits or more');
    }
    return keys;
  } catch {
    // No cause: the parser's words could hold a piece of the key.
    throw new SallyportError(
      'core.invalid_input',
      'Cannot read the keys of a SAML provider: want the JSON they were kept as',
    );
  }
}

/** All sets that there are, with their part: current, next, previous. */
export function keySetsOf(keys: SamlKeys): { role: OwnKey['role']; set: SamlKeySet }[] {
  const sets: { role: OwnKey['role']; set: SamlKeySet | undefined }[] = [
    { role: 'current', set: keys },
    { role: 'next', set: keys.next },
    { role: 'previous', set: keys.previous },
  ];
  return sets.flatMap(({ role, set }) => (set === undefined ? [] : [{ role, set }]));
}

async function newPair(commonName: string, usage: Buffer, deps: KeyDeps): Promise<z.output<typeof pair>> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: rsaBits });
  return {
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certPem: selfSigned({ privateKey, commonName, usage, nowMs: deps.clock.now(), serial: deps.random(15) }),
  };
}

/** RFC 5280 section 4.1, version 3, signed with RSA over SHA-256 (RFC 4055 section 5). */
function selfSigned(input: {
  privateKey: KeyObject;
  commonName: string;
  usage: Buffer;
  nowMs: number;
  serial: Buffer;
}): string {
  const algorithm = sequence(oid('1.2.840.113549.1.1.11'), der(0x05));
  const name = sequence(der(0x31, sequence(oid('2.5.4.3'), der(0x0c, Buffer.from(input.commonName)))));
  const spki = createPublicKey(input.privateKey).export({ type: 'spki', format: 'der' });
  const keyId = createHash('sha256').update(spki).digest().subarray(0, 20);
  const critical = der(0x01, Buffer.of(0xff));
  const unusedBits = Math.clz32(input.usage.readUInt8(0) & -input.usage.readUInt8(0));
  const extensions = [
    sequence(oid('2.5.29.15'), critical, der(0x04, bitString(input.usage, 31 - unusedBits))),
    sequence(oid('2.5.29.14'), der(0x04, der(0x04, keyId))),
  ];
  const body = sequence(
    der(0xa0, unsigned(Buffer.of(2))),
    unsigned(Buffer.concat([Buffer.of(0x40), input.serial])),
    algorithm,
    name,
    sequence(time(input.nowMs - dayMs), time(input.nowMs + lifetimeMs)),
    name,
    spki,
    der(0xa3, sequence(...extensions)),
  );
  const certificate = sequence(body, algorithm, bitString(sign('sha256', body, input.privateKey)));
  const lines = certificate.toString('base64').replaceAll(/.{1,64}/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}-----END CERTIFICATE-----\n`;
}
