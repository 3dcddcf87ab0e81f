import { X509Certificate } from 'node:crypto';
import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../../core/log.ts';
import type { KeyPair } from './authority.ts';
import { createAuthority, isStillGood, issueServerCertificate, maySignFor } from './authority.ts';
import { readPair, writePair, writeWhole } from './pem-files.ts';

const leafLifetimeMs = 90 * 86_400_000;

/** What the generated mode stands on. */
export interface Generated {
  readonly server: KeyPair;
  /** The certificate people may trust, and the file it lies in. */
  readonly authority: { readonly certPem: string; readonly file: string; readonly fingerprint256: string };
}

/**
 * Loads the local authority and server certificate from `folder`, making or renewing what is missing, runs out within 30 days or does not
 * cover `names`. Keys lie in files only this user can read; every file is written whole or not at all.
 */
export async function loadGenerated(input: {
  folder: string;
  names: readonly string[];
  nowMs: number;
  log: Log;
}): Promise<Generated> {
  const { folder, names, nowMs, log } = input;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  const keyFile = join(folder, 'ca.key.pem');
  const file = join(folder, 'ca.pem');
  const serverFile = join(folder, 'server.pem');
  let authority = await readPair(keyFile);
  if (authority === undefined || !maySignFor(authority, names, nowMs + leafLifetimeMs)) {
    if (authority !== undefined) log.warn('tls.authority_replaced', { file, names });
    authority = createAuthority(names, nowMs);
    await writePair(keyFile, authority);
  }
  let server = await readPair(serverFile);
  if (server === undefined || !isStillGood(server, authority, names, nowMs)) {
    server = issueServerCertificate(authority, names, nowMs);
    await writePair(serverFile, server);
    log.info('tls.certificate_issued', { names, until: new X509Certificate(server.certPem).validTo });
  }
  // The copy for people to import follows from the pair, whatever lay here before.
  await writeWhole(file, authority.certPem, 0o644);
  const { fingerprint256 } = new X509Certificate(authority.certPem);
  return { server, authority: { certPem: authority.certPem, file, fingerprint256 } };
}
