import { randomBytes } from 'node:crypto';
import { chmod, open, readFile, rename, rm } from 'node:fs/promises';
import { SallyportError } from '../../core/errors.ts';
import type { KeyPair } from './authority.ts';

/** Writes certificate and key as one file that only this user can read, so that the two can never come from different writes. */
export async function writePair(path: string, pair: KeyPair): Promise<void> {
  await writeWhole(path, `${pair.keyPem}${pair.certPem}`, 0o600);
}

/** Reads what `writePair` wrote; undefined when there is no such file. Throws `gateway.tls_invalid` for a file that holds something else. */
export async function readPair(path: string): Promise<KeyPair | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw new SallyportError('gateway.tls_invalid', `Cannot read "${path}": want a readable file`, { cause: error });
  });
  if (text === undefined) return undefined;
  await chmod(path, 0o600);
  const keyPem = /-----BEGIN PRIVATE KEY-----[\s\S]+-----END PRIVATE KEY-----\n/.exec(text)?.[0];
  const certPem = /-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----\n/.exec(text)?.[0];
  if (keyPem === undefined || certPem === undefined) {
    const message = `Cannot read "${path}": want a private key and a certificate; remove the file to have a new one made`;
    throw new SallyportError('gateway.tls_invalid', message);
  }
  return { keyPem, certPem };
}

/** Writes a file whole and durable, or leaves what was there. */
export async function writeWhole(path: string, text: string, mode: number): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}.new`;
  try {
    const handle = await open(draft, 'wx', mode);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(draft, path);
  } catch (error) {
    await rm(draft, { force: true });
    throw error;
  }
}
