import { constants, createDecipheriv, privateDecrypt } from 'node:crypto';
import { namespaces } from './names.ts';
import { refuseUnless, SamlRefusal } from './refusal.ts';
import { attributeOf, childOf, textOf, type XmlElement } from './xml.ts';

const contents: ReadonlyMap<
  string,
  { cipher: 'aes-128-gcm' | 'aes-192-gcm' | 'aes-256-gcm' | CbcName; keyBytes: number }
> = new Map([
  [`${namespaces.xenc11}aes128-gcm`, { cipher: 'aes-128-gcm', keyBytes: 16 }],
  [`${namespaces.xenc11}aes192-gcm`, { cipher: 'aes-192-gcm', keyBytes: 24 }],
  [`${namespaces.xenc11}aes256-gcm`, { cipher: 'aes-256-gcm', keyBytes: 32 }],
  [`${namespaces.xenc}aes128-cbc`, { cipher: 'aes-128-cbc', keyBytes: 16 }],
  [`${namespaces.xenc}aes192-cbc`, { cipher: 'aes-192-cbc', keyBytes: 24 }],
  [`${namespaces.xenc}aes256-cbc`, { cipher: 'aes-256-cbc', keyBytes: 32 }],
]);
type CbcName = 'aes-128-cbc' | 'aes-192-cbc' | 'aes-256-cbc';

const hashes: ReadonlyMap<string, string> = new Map([
  ['http://www.w3.org/2000/09/xmldsig#sha1', 'sha1'],
  [`${namespaces.xenc}sha256`, 'sha256'],
  ['http://www.w3.org/2001/04/xmldsig-more#sha384', 'sha384'],
  [`${namespaces.xenc}sha512`, 'sha512'],
]);

/** Every way in which decryption can fail says this and no more: what differs would be an oracle. */
const failed = 'EncryptedAssertion: want it encrypted for our key, got one that does not open';

/**
 * The clear text of an `EncryptedAssertion` (XML Encryption 1.1): AES-GCM, or AES-CBC only where `isSigned` says that the ciphertext came
 * signed, because CBC alone tells by its errors what is in it; the key by RSA-OAEP only. Our keys are tried in the order given, each to the
 * end: what opens by none was tried with all, and the refusal says nothing of any. Throws `SamlRefusal`.
 */
export function decryptAssertion(
  encrypted: XmlElement,
  options: { keyPems: readonly string[]; isSigned: boolean },
): string {
  const data = need(encrypted, namespaces.xenc, 'EncryptedData');
  const method = attributeOf(need(data, namespaces.xenc, 'EncryptionMethod'), 'Algorithm') ?? '';
  const content = contents.get(method);
  if (content === undefined) return refuse('EncryptedAssertion: want AES in GCM', method);
  const isCbc = content.cipher.endsWith('cbc');
  refuseUnless(!isCbc || options.isSigned, 'EncryptedAssertion: want AES in GCM, or CBC in a signed Response', method);
  const wrapped = findKey(encrypted, data);
  const padding = oaepHash(need(wrapped, namespaces.xenc, 'EncryptionMethod'));
  const key = cipherValue(wrapped);
  const bytes = cipherValue(data);
  for (const keyPem of options.keyPems) {
    try {
      const secret = privateDecrypt({ key: keyPem, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: padding }, key);
      if (secret.length !== content.keyBytes) throw new RangeError('length of the key');
      const clear = isCbc ? openCbc(content.cipher, secret, bytes) : openGcm(content.cipher, secret, bytes);
      return new TextDecoder('utf-8', { fatal: true }).decode(clear);
    } catch {
      // It may be for the next of our keys; the refusal after all of them tells nothing of this one.
    }
  }
  throw new SamlRefusal(failed);
}

function openGcm(cipher: string, key: Buffer, bytes: Buffer): Buffer {
  if (bytes.length < 28) throw new RangeError('length');
  const opener = createDecipheriv(cipher as 'aes-256-gcm', key, bytes.subarray(0, 12), { authTagLength: 16 });
  opener.setAuthTag(bytes.subarray(-16));
  return Buffer.concat([opener.update(bytes.subarray(12, -16)), opener.final()]);
}

/** XML Encryption section 5.2: only the last byte of the padding says something. */
function openCbc(cipher: string, key: Buffer, bytes: Buffer): Buffer {
  if (bytes.length < 32) throw new RangeError('length');
  const opener = createDecipheriv(cipher, key, bytes.subarray(0, 16));
  opener.setAutoPadding(false);
  const padded = Buffer.concat([opener.update(bytes.subarray(16)), opener.final()]);
  const count = padded.at(-1) ?? 0;
  if (count < 1 || count > 16) throw new RangeError('padding');
  return padded.subarray(0, padded.length - count);
}

/** The wrapped key inside KeyInfo, or beside the data where KeyInfo refers to it by its Id. */
function findKey(encrypted: XmlElement, data: XmlElement): XmlElement {
  const info = need(data, namespaces.ds, 'KeyInfo');
  const inside = childOf(info, namespaces.xenc, 'EncryptedKey');
  const beside = childOf(encrypted, namespaces.xenc, 'EncryptedKey');
  refuseUnless((inside === undefined) !== (beside === undefined), 'EncryptedAssertion: want exactly one EncryptedKey');
  if (inside !== undefined) return inside;
  const reference = need(info, namespaces.ds, 'RetrievalMethod');
  const key = need(encrypted, namespaces.xenc, 'EncryptedKey');
  const uri = attributeOf(reference, 'URI') ?? '';
  refuseUnless(uri === `#${attributeOf(key, 'Id')}`, 'EncryptedAssertion: want a reference to its own key', uri);
  return key;
}

/** XML Encryption section 5.5.2. OpenSSL takes one hash for both places, so those that name two different ones are refused. */
function oaepHash(method: XmlElement): string {
  const algorithm = attributeOf(method, 'Algorithm') ?? '';
  const isOld = algorithm === `${namespaces.xenc}rsa-oaep-mgf1p`;
  if (!isOld && algorithm !== `${namespaces.xenc11}rsa-oaep`)
    return refuse('EncryptedAssertion: want its key wrapped by RSA-OAEP', algorithm);
  const digestElement = childOf(method, namespaces.ds, 'DigestMethod');
  const digest = digestElement && attributeOf(digestElement, 'Algorithm');
  const hash = digest === undefined ? 'sha1' : hashes.get(digest);
  const mgfElement = childOf(method, namespaces.xenc11, 'MGF');
  const mgf = mgfElement && attributeOf(mgfElement, 'Algorithm');
  const mgfHash = mgf === undefined ? 'sha1' : mgf.replace(`${namespaces.xenc11}mgf1`, '');
  if (hash === undefined || mgfHash !== hash || (isOld && mgf !== undefined))
    return refuse(
      'EncryptedAssertion: want RSA-OAEP with one hash in both places',
      `${digest ?? 'SHA-1'} ${mgf ?? 'MGF1 with SHA-1'}`,
    );
  return hash;
}

function cipherValue(parent: XmlElement): Buffer {
  const text = textOf(need(need(parent, namespaces.xenc, 'CipherData'), namespaces.xenc, 'CipherValue'));
  const bare = text.replaceAll(/[ \t\r\n]/g, '');
  if (bare === '' || bare.length % 4 !== 0 || !/^[A-Za-z0-9+/]+={0,2}$/.test(bare)) throw new SamlRefusal(failed);
  return Buffer.from(bare, 'base64');
}

function need(parent: XmlElement, ns: string, local: string): XmlElement {
  const child = childOf(parent, ns, local);
  if (child === undefined) throw new SamlRefusal(`${parent.local}: want ${local}`);
  return child;
}

function refuse(want: string, came: string): never {
  refuseUnless(false, want, came);
  throw new SamlRefusal(want);
}
