import type { KeyObject } from 'node:crypto';
import { createHash, createPrivateKey, generateKeyPairSync } from 'node:crypto';
import { chmod, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SallyportError } from '../../../core/errors.ts';
import type { KeyPair } from '../authority.ts';
import { readPair, writePair, writeWhole } from '../pem-files.ts';

/** What ACME leaves on the disk, in a folder per directory address: a test server's certificates never stand in for real ones. */
export interface AcmeStore {
  /** The key of the account; made at the first call ever. Throws `gateway.tls_invalid` for a damaged file rather than make a new account. */
  accountKey(): Promise<KeyObject>;
  /** The pair kept for this name, unchecked; undefined when there is none. */
  read(host: string): Promise<KeyPair | undefined>;
  /** Written whole or not at all. */
  write(host: string, pair: KeyPair): Promise<void>;
}

/** Folders and files are made so that only this user can read them. `host` must be a checked host name. */
export async function openAcmeStore(dataDir: string, directoryUrl: string): Promise<AcmeStore> {
  const folder = join(dataDir, 'tls', 'acme', createHash('sha256').update(directoryUrl).digest('hex').slice(0, 16));
  const certificates = join(folder, 'certificates');
  await mkdir(certificates, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  await chmod(certificates, 0o700);
  const accountFile = join(folder, 'account.key.pem');
  const fileOf = (host: string) => join(certificates, `${host}.pem`);
  return {
    async accountKey() {
      const held = await readFile(accountFile, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code === 'ENOENT') return undefined;
        throw damaged(accountFile, error);
      });
      if (held !== undefined) {
        await chmod(accountFile, 0o600);
        return parseKey(held, accountFile);
      }
      const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
      await writeWhole(accountFile, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), 0o600);
      return privateKey;
    },
    read: host => readPair(fileOf(host)),
    write: (host, pair) => writePair(fileOf(host), pair),
  };
}

function parseKey(text: string, file: string): KeyObject {
  try {
    const key = createPrivateKey(text);
    if (key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key;
  } catch (cause) {
    throw damaged(file, cause);
  }
  throw damaged(file, undefined);
}

function damaged(file: string, cause: unknown): SallyportError {
  const message = `Cannot read "${file}": want the account key on P-256; remove the file to have a new account made`;
  return new SallyportError('gateway.tls_invalid', message, { detail: message, cause });
}
