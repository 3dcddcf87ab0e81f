import { makeCertificate as make } from '../../src/gateway/tls/certificates.fixture.ts';

/** A self-signed certificate of a server that answers to these names; it is its own authority. */
export function makeServerCertificate(...names: string[]): { readonly keyPem: string; readonly certPem: string } {
  return make('test server', { names, usage: '1.3.6.1.5.5.7.3.1' });
}
