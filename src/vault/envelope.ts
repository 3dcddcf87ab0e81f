import { createCipheriv, createDecipheriv } from 'node:crypto';
import { SallyportError } from '../core/errors.ts';

/** Length of every key here: AES-256. */
export const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;
const version = 'sp1';
const keyIdPattern = /^[a-z0-9]{1,32}$/;

/** A key and the name it goes by in sealed text. */
export interface NamedKey {
  readonly id: string;
  readonly key: Buffer;
}

/**
 * Seals bytes as `sp1.<key id>.<nonce>.<ciphertext and tag>`, the last two in base64url. AES-256-GCM (NIST SP 800-38D) with a random
 * 96-bit nonce; version, key id and context are authenticated. One key is good for 2^32 values (section 8.3).
 */
export function sealBytes(plain: Buffer, place: { key: NamedKey; context: string; nonce: Buffer }): string {
  const { key, context, nonce } = place;
  if (nonce.length !== nonceBytes || key.key.length !== keyBytes || !keyIdPattern.test(key.id)) {
    throw new SallyportError('internal', `Cannot seal with key "${key.id}": want a key of 32 bytes and a nonce of 12`);
  }
  const cipher = createCipheriv('aes-256-gcm', key.key, nonce, { authTagLength: tagBytes });
  cipher.setAAD(associatedData(key.id, context));
  const body = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  return `${version}.${key.id}.${nonce.toString('base64url')}.${body.toString('base64url')}`;
}

/** Opens what `sealBytes` made for the same context under a key that `find` knows; throws `vault.sealed_invalid` for anything else. */
export function openBytes(
  sealed: string,
  place: { find: (id: string) => Buffer | undefined; context: string },
): Buffer {
  const parts = sealed.split('.');
  const [word, keyId = '', nonceText = '', bodyText = ''] = parts;
  if (parts.length !== 4 || word !== version || !keyIdPattern.test(keyId))
    throw refused('want "sp1.<key>.<nonce>.<body>"');
  const nonce = decode(nonceText);
  const body = decode(bodyText);
  if (nonce?.length !== nonceBytes || body === undefined || body.length < tagBytes)
    throw refused('its parts are malformed');
  const key = place.find(keyId);
  if (key === undefined) throw refused(`no data key is called "${keyId}"`);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagBytes });
  decipher.setAAD(associatedData(keyId, place.context));
  decipher.setAuthTag(body.subarray(body.length - tagBytes));
  const plain = decipher.update(body.subarray(0, body.length - tagBytes));
  try {
    return Buffer.concat([plain, decipher.final()]);
  } catch (cause) {
    throw refused('it was changed, or sealed for another place or by another key', cause);
  }
}

function associatedData(keyId: string, context: string): Buffer {
  return Buffer.from(JSON.stringify([version, keyId, context]), 'utf8');
}

/** Base64url in its one canonical form (RFC 4648 section 3.5): otherwise two texts would open to one value. */
function decode(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url');
  return bytes.toString('base64url') === text ? bytes : undefined;
}

// The sealed text stays out of the message: it would be in every log.
function refused(why: string, cause?: unknown): SallyportError {
  return new SallyportError('vault.sealed_invalid', `Cannot open a sealed value: ${why}`, { cause });
}
