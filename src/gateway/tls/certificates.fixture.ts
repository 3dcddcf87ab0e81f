import type { KeyObject } from 'node:crypto';
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto';
import { bitString, der, generalName, oid, sequence, time, unsigned } from '../../core/der.ts';
import type { KeyPair } from './authority.ts';

const dayMs = 86_400_000;

/** A certificate for tests: an authority where `isAuthority`, else for a client; signed by `issuer`, or by itself. */
export function makeCertificate(
  commonName: string,
  options: {
    readonly issuer?: KeyPair & { readonly name: string };
    readonly isAuthority?: boolean;
    readonly names?: readonly string[];
    readonly fromMs?: number;
    readonly untilMs?: number;
    /** Object identifier of the one extended usage; clientAuth when left out. */
    readonly usage?: string;
  } = {},
): KeyPair & { readonly name: string } {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { issuer, isAuthority = false, names = [], usage = '1.3.6.1.5.5.7.3.2' } = options;
  const issuerKey: KeyObject = issuer === undefined ? privateKey : createPrivateKey(issuer.keyPem);
  const algorithm = sequence(oid('1.2.840.10045.4.3.2'));
  const extension = (id: string, isCritical: boolean, value: Buffer) =>
    sequence(oid(id), ...(isCritical ? [der(0x01, Buffer.of(0xff))] : []), der(0x04, value));
  const extensions = isAuthority
    ? [
        extension('2.5.29.19', true, sequence(der(0x01, Buffer.of(0xff)))),
        extension('2.5.29.15', true, bitString(Buffer.of(0x06), 1)),
      ]
    : [
        extension('2.5.29.19', true, sequence()),
        extension('2.5.29.37', false, sequence(oid(usage))),
        ...(names.length > 0 ? [extension('2.5.29.17', false, sequence(...names.map(generalName)))] : []),
      ];
  const body = sequence(
    der(0xa0, unsigned(Buffer.of(2))),
    unsigned(Buffer.concat([Buffer.of(0x40), randomBytes(15)])),
    algorithm,
    nameOf(issuer?.name ?? commonName),
    sequence(time(options.fromMs ?? Date.now() - dayMs), time(options.untilMs ?? Date.now() + dayMs)),
    nameOf(commonName),
    createPublicKey(privateKey).export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  const certificate = sequence(body, algorithm, bitString(sign('sha256', body, issuerKey)));
  return {
    name: commonName,
    certPem: new X509Certificate(certificate).toString(),
    keyPem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

function nameOf(commonName: string): Buffer {
  return sequence(der(0x31, sequence(oid('2.5.4.3'), der(0x0c, Buffer.from(commonName)))));
}
