import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { describe, test } from 'node:test';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { connect, createSecureContext } from 'node:tls';
import { promisify } from 'node:util';
import { isSallyportError } from '../../core/errors.ts';
import { createAuthority, issueServerCertificate } from '../tls/authority.ts';
import { createTlsContexts } from './tls-contexts.ts';
import { eventually, rawPeer, startTransport } from './transport.fixture.ts';

const run = promisify(execFile);
const authority = createAuthority(['localhost', 'example'], Date.now());
const ca = authority.certPem;
const issue = (...names: string[]) => issueServerCertificate(authority, names, Date.now());
const tls = issue('localhost');

/** The finished connection, or the code of the error it failed with. */
async function dial(port: number, options: ConnectionOptions = {}): Promise<TLSSocket | string> {
  return new Promise(resolve => {
    const socket = connect({ host: '127.0.0.1', port, ca, servername: 'localhost', ...options });
    socket.once('secureConnect', () => resolve(socket));
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

async function finished(port: number, options?: ConnectionOptions): Promise<TLSSocket> {
  const socket = await dial(port, options);
  if (typeof socket === 'string') throw new Error(`Cannot connect: ${socket}`);
  return socket;
}

async function nameFor(port: number, servername: string): Promise<string | undefined> {
  const socket = await finished(port, { servername, checkServerIdentity: () => undefined });
  const name = new X509Certificate(socket.getPeerCertificate().raw).subjectAltName;
  socket.destroy();
  return name;
}

describe('TLS', () => {
  const versions: [ConnectionOptions['minVersion'], string | undefined][] = [
    ['TLSv1', undefined],
    ['TLSv1.1', undefined],
    ['TLSv1.2', 'TLSv1.2'],
    ['TLSv1.3', 'TLSv1.3'],
  ];
  for (const [version, wanted] of versions) {
    test(`${wanted === undefined ? 'refuses' : 'accepts'} ${version}`, async () => {
      await using gate = await startTransport({ tls });
      const options = { minVersion: version, maxVersion: version, ciphers: 'ALL:@SECLEVEL=0' };
      const socket = await dial(gate.port, options);
      assert.equal(typeof socket === 'string' ? undefined : socket.getProtocol(), wanted);
      if (typeof socket !== 'string') socket.destroy();
    });
  }

  test('is what openssl s_client finds as well', async t => {
    const found = await run('openssl', ['version']).catch(() => undefined);
    if (found === undefined) return t.skip('openssl is not installed');
    await using gate = await startTransport({ tls });
    const probe = async (...args: string[]) => {
      const child = run('openssl', ['s_client', '-connect', `127.0.0.1:${gate.port}`, '-brief', ...args]);
      child.child.stdin?.end();
      return child.then(
        () => true,
        () => false,
      );
    };
    assert.equal(await probe('-tls1_3'), true);
    assert.equal(await probe('-tls1_2'), true);
    assert.equal(await probe('-tls1_1', '-cipher', 'ALL:@SECLEVEL=0'), false);
    assert.equal(await probe('-tls1', '-cipher', 'ALL:@SECLEVEL=0'), false);
    assert.equal(await probe('-tls1_2', '-cipher', 'ECDHE-ECDSA-AES128-SHA256'), false);
    assert.equal(await probe('-tls1_2', '-cipher', 'ECDHE-ECDSA-AES128-GCM-SHA256'), true);
  });

  test('accepts nothing below 1.3 when told so', async () => {
    await using gate = await startTransport({ tls });
    gate.transport.setTls({ certificates: [tls], minVersion: 'TLSv1.3' });
    assert.equal(typeof (await dial(gate.port, { maxVersion: 'TLSv1.2' })), 'string');
    (await finished(gate.port)).destroy();
  });

  test('speaks the protocol that ALPN chose, HTTP/1.1 without it, and nothing else', async () => {
    await using gate = await startTransport({ tls });
    for (const [offered, chosen] of [
      [['h2', 'http/1.1'], 'h2'],
      [['http/1.1'], 'http/1.1'],
      [undefined, false],
    ] as const) {
      const options = offered === undefined ? {} : { ALPNProtocols: [...offered] };
      const socket = await finished(gate.port, options);
      assert.equal(socket.alpnProtocol, chosen);
      if (chosen !== 'h2') {
        socket.write('GET /first HTTP/1.1\r\nHost: localhost\r\n\r\n');
        await eventually(() => gate.seen.at(-1)?.inbound.scheme === 'https', 'the request');
      }
      socket.destroy();
    }
    assert.equal(typeof (await dial(gate.port, { ALPNProtocols: ['spdy/3'] })), 'string');
  });

  test('chooses the certificate by server name: exact, wildcard, else the first', async () => {
    await using gate = await startTransport({ tls });
    const certificates = [tls, issue('a.example'), issue('*.b.example', 'b.example')];
    gate.transport.setTls({ certificates, minVersion: 'TLSv1.2' });
    assert.equal(await nameFor(gate.port, 'a.example'), 'DNS:a.example');
    assert.equal(await nameFor(gate.port, 'A.EXAMPLE'), 'DNS:a.example');
    assert.equal(await nameFor(gate.port, 'x.b.example'), 'DNS:*.b.example, DNS:b.example');
    assert.equal(await nameFor(gate.port, 'b.example'), 'DNS:*.b.example, DNS:b.example');
    assert.equal(await nameFor(gate.port, 'x.y.b.example'), 'DNS:localhost');
    assert.equal(await nameFor(gate.port, 'unknown.example'), 'DNS:localhost');
    assert.equal(await nameFor(gate.port, ''), 'DNS:localhost');
  });

  test('gives new connections the new certificate and leaves open ones alone', async () => {
    await using gate = await startTransport({ tls });
    const old = await finished(gate.port);
    gate.transport.setTls({ certificates: [issue('localhost', 'new.example')], minVersion: 'TLSv1.2' });
    assert.equal(await nameFor(gate.port, 'localhost'), 'DNS:localhost, DNS:new.example');
    old.write('GET /first HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await eventually(() => gate.seen.length === 1, 'the request on the old connection');
    old.destroy();
  });

  test('refuses unusable material and stays with what it has', async () => {
    await using gate = await startTransport({ tls });
    const other = issue('localhost');
    const weak = generateKeyPairSync('rsa', { modulusLength: 1024 })
      .privateKey.export({ type: 'pkcs8', format: 'pem' })
      .toString();
    const bad: [string, { certPem: string; keyPem: string }[]][] = [
      ['nothing', []],
      ['a key of another certificate', [{ ...tls, keyPem: other.keyPem }]],
      ['a weak key', [{ ...tls, keyPem: weak }]],
      ['no certificate', [{ ...tls, certPem: '' }]],
      ['a broken certificate', [{ ...tls, certPem: tls.certPem.replace('MII', 'AAA') }]],
      ['a broken key', [{ ...tls, keyPem: 'x' }]],
      ['a chain out of order', [{ ...tls, certPem: tls.certPem + other.certPem }]],
      ['one bad among good', [tls, { ...tls, keyPem: other.keyPem }]],
    ];
    for (const [name, certificates] of bad) {
      const use = () => gate.transport.setTls({ certificates, minVersion: 'TLSv1.2' });
      assert.throws(use, error => isSallyportError(error, 'gateway.tls_invalid'), name);
    }
    assert.equal(await nameFor(gate.port, 'localhost'), 'DNS:localhost');
    gate.transport.setTls({ certificates: [{ ...tls, certPem: tls.certPem + ca }], minVersion: 'TLSv1.2' });
  });

  test('flags a certificate that is out of date', () => {
    const dayMs = 86_400_000;
    const material = { certificates: [tls], minVersion: 'TLSv1.2' } as const;
    assert.deepEqual(createTlsContexts(material, Date.now()).outOfDate, []);
    assert.deepEqual(createTlsContexts(material, Date.now() + 100 * dayMs).outOfDate, ['CN=Sallyport gate']);
    assert.deepEqual(createTlsContexts(material, Date.now() - 2 * dayMs).outOfDate, ['CN=Sallyport gate']);
  });

  test('resumes sessions', async () => {
    await using gate = await startTransport({ tls });
    const first = await finished(gate.port);
    const session = await new Promise<Buffer>(resolve => {
      first.once('session', resolve);
      first.resume();
    });
    first.destroy();
    const second = await finished(gate.port, { session });
    assert.equal(second.isSessionReused(), true);
    second.destroy();
  });

  test('ends handshakes that do not come to an end, and bounds how many there are', async () => {
    await using gate = await startTransport({ tls, limits: { handshakeTimeoutMs: 150, handshakesMax: 2 } });
    const peers = [await rawPeer(gate.port), await rawPeer(gate.port)];
    await eventually(() => gate.transport.counts().handshakes === 2, 'two handshakes');
    const third = await rawPeer(gate.port);
    await third.closed();
    for (const peer of peers) await peer.closed();
    const reasons = gate.refused.map(entry => entry.reason);
    assert.deepEqual(reasons, ['handshakes_max', 'handshake_timeout', 'handshake_timeout']);
    (await finished(gate.port)).destroy();
  });

  test('tells a failed handshake once and a silent port check not at all', async () => {
    await using gate = await startTransport({ tls });
    const garbage = await rawPeer(gate.port);
    garbage.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await garbage.closed();
    const check = await rawPeer(gate.port);
    check.socket.destroy();
    await eventually(() => gate.transport.counts().connections === 0, 'both to be gone');
    assert.deepEqual(
      gate.refused.map(entry => [entry.reason, entry.type, entry.count]),
      [['tls_handshake', 'tls', 1]],
    );
    assert.equal(gate.seen.length, 0);
  });

  test('refuses the same framing over TLS as without', async () => {
    await using gate = await startTransport({ tls });
    const socket = await finished(gate.port, { ALPNProtocols: ['http/1.1'] });
    let received = '';
    socket.on('data', (piece: Buffer) => {
      received += piece.toString();
    });
    const ended = new Promise(resolve => socket.once('close', resolve));
    socket.on('end', () => socket.end());
    socket.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG');
    await ended;
    assert.match(received, /^HTTP\/1\.1 400 /);
    assert.equal(gate.seen.length, 0);
  });

  test('agrees on a hybrid post-quantum key where both have one, and on X25519 or a NIST curve elsewhere', async t => {
    await using gate = await startTransport({ tls });
    for (const ecdhCurve of ['X25519', 'P-256', 'P-384']) (await finished(gate.port, { ecdhCurve })).destroy();
    assert.equal(typeof (await dial(gate.port, { ecdhCurve: 'P-521' })), 'string');
    try {
      createSecureContext({ ecdhCurve: 'X25519MLKEM768' });
    } catch {
      return t.skip('this OpenSSL has no ML-KEM');
    }
    (await finished(gate.port, { ecdhCurve: 'X25519MLKEM768' })).destroy();
  });

  test('refuses to renegotiate', async () => {
    await using gate = await startTransport({ tls });
    const socket = await finished(gate.port, { maxVersion: 'TLSv1.2' });
    const outcome = await new Promise<string>(resolve => {
      socket.once('error', error => resolve(error.message));
      socket.once('close', () => resolve('closed'));
      socket.renegotiate({}, error => resolve(error === null ? 'renegotiated' : error.message));
    });
    assert.notEqual(outcome, 'renegotiated');
    socket.destroy();
  });
});
