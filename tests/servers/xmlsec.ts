import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runToEnd } from './process.ts';

const command = '/usr/bin/xmlsec1';

/** Why xmlsec1, another implementation of XML signatures, cannot be run here; undefined when it can. */
export function xmlsecMissing(): string | undefined {
  return existsSync(command) ? undefined : 'xmlsec1 is not installed';
}

type Files = Readonly<Record<string, string>>;

/** Runs it over these files, which its arguments name, and returns what it wrote to `out.xml`, if anything. Throws when it fails. */
async function run(args: readonly string[], files: Files): Promise<string> {
  const dir = await mkdtemp(path.join(tmpdir(), 'sallyport-xmlsec-'));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(path.join(dir, name), text, { mode: 0o600 });
    const placed = args.map(arg => arg.replaceAll('@', `${dir}/`));
    await runToEnd({ command, args: placed, env: { HOME: dir } });
    return await readFile(path.join(dir, 'out.xml'), 'utf8').catch(() => '');
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Throws unless the message is signed with the key of this certificate. `element` is the namespace and name of what has the ID. */
export async function xmlsecVerify(xml: string, input: { certPem: string; element: string }): Promise<void> {
  const files = { 'in.xml': xml, 'cert.pem': input.certPem };
  await run(
    [
      '--verify',
      '--enabled-key-data',
      'x509',
      '--id-attr:ID',
      input.element,
      '--pubkey-cert-pem',
      '@cert.pem',
      '@in.xml',
    ],
    files,
  );
}

/** Fills in the template of a signature that stands in the message. */
export function xmlsecSign(xml: string, input: { keyPem: string; element: string }): Promise<string> {
  const files = { 'in.xml': xml, 'key.pem': input.keyPem };
  return run(
    ['--sign', '--id-attr:ID', input.element, '--privkey-pem', '@key.pem', '--output', '@out.xml', '@in.xml'],
    files,
  );
}

/** Fills in the template of encrypted data with this text. */
export function xmlsecEncrypt(
  template: string,
  input: { certPem: string; sessionKey: string; clear: string },
): Promise<string> {
  const files = { 'in.xml': template, 'cert.pem': input.certPem, 'clear.xml': input.clear };
  return run(
    [
      '--encrypt',
      '--pubkey-cert-pem',
      '@cert.pem',
      '--session-key',
      input.sessionKey,
      '--xml-data',
      '@clear.xml',
      '--output',
      '@out.xml',
      '@in.xml',
    ],
    files,
  );
}
