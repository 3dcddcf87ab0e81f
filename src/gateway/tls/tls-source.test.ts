import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { copyFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { ConnectionOptions, PeerCertificate } from 'node:tls';
import { checkServerIdentity, connect, createServer } from 'node:tls';
import { systemClock } from '../../core/clock.ts';
import { isSallyportError } from '../../core/errors.ts';
import { silentLog } from '../../core/log.ts';
import { eventually } from '../transport/transport.fixture.ts';
import { createAuthority, issueServerCertificate } from './authority.ts';
import { tlsConfig } from './tls-config.ts';
import type { TlsSourceDeps } from './tls-source.ts';
import { createTlsSource } from './tls-source.ts';

const dayMs = 86_400_000;

describe('TLS source', () => {
  let dataDir: string;
  before(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'sallyport-tls-'));
  });
  after(() => rm(dataDir, { recursive: true }));

  const open = async (config: unknown = {}, deps: Partial<TlsSourceDeps> = {}) =>
    createTlsSource(tlsConfig.parse(config), { dataDir, clock: systemClock, log: silentLog, ...deps });
  const at = (ms: number) => ({ now: () => ms, monotonicMs: () => ms });
  const tlsFile = (name: string) => join(dataDir, 'tls', name);

  test('generates a certificate that a client accepts which trusts only the authority', async () => {
    await using source = await open({}, { hosts: ['gate.example', '192.0.2.7'] });
    const ca = source.authority?.certPem ?? assert.fail();
    const [pair] = source.material.certificates;
    for (const host of ['localhost', '127.0.0.1', '::1', 'gate.example', '192.0.2.7']) {
      assert.equal(await dial(pair ?? assert.fail(), { ca }, host), 'ok', host);
    }
    assert.match(await dial(pair ?? assert.fail(), { ca }, 'other.example'), /ERR_TLS_CERT_ALTNAME_INVALID/);
    assert.match(await dial(pair ?? assert.fail(), {}, 'localhost'), /UNABLE_TO_VERIFY|SELF_SIGNED/);
  });

  test('limits the authority to its names: what its key signs for others is refused', async () => {
    const authority = createAuthority(['localhost', '127.0.0.1'], Date.now());
    const own = issueServerCertificate(authority, ['localhost', '127.0.0.1'], Date.now());
    assert.equal(await dial(own, { ca: authority.certPem }, 'localhost'), 'ok');
    const foreign = issueServerCertificate(authority, ['bank.example'], Date.now());
    assert.match(await dial(foreign, { ca: authority.certPem }, 'bank.example'), /PERMITTED|permitted/);
    const address = issueServerCertificate(authority, ['192.0.2.1'], Date.now());
    assert.match(await dial(address, { ca: authority.certPem }, '192.0.2.1'), /PERMITTED|permitted/);
  });

  test('keeps keys in files that only this user can read, and leaves no drafts', async () => {
    await using _source = await open();
    const names = await readdir(join(dataDir, 'tls'));
    assert.deepEqual(names.toSorted(), ['ca.key.pem', 'ca.pem', 'server.pem']);
    const modeOf = async (path: string) => (await stat(path)).mode & 0o777;
    assert.equal(await modeOf(join(dataDir, 'tls')), 0o700);
    assert.equal(await modeOf(tlsFile('ca.key.pem')), 0o600);
    assert.equal(await modeOf(tlsFile('server.pem')), 0o600);
    assert.doesNotMatch(await readFile(tlsFile('ca.pem'), 'utf8'), /PRIVATE/);
  });

  test('signs for at most 90 days, for servers only, and as no authority itself', async () => {
    await using source = await open();
    const leaf = new X509Certificate(source.material.certificates[0]?.certPem ?? '');
    assert.ok(leaf.validToDate.getTime() - leaf.validFromDate.getTime() <= 90 * dayMs);
    assert.equal(leaf.ca, false);
    assert.deepEqual(leaf.keyUsage, ['1.3.6.1.5.5.7.3.1']);
    const authority = new X509Certificate(source.authority?.certPem ?? '');
    assert.equal(authority.ca, true);
    assert.ok(leaf.checkIssued(authority));
  });

  test('keeps the same certificate over restarts, and renews it 30 days before its end', async () => {
    const start = Date.now();
    const first = await open({}, { clock: at(start) });
    const again = await open({}, { clock: at(start + 50 * dayMs) });
    assert.deepEqual(again.material.certificates, first.material.certificates);
    const renewed = await open({}, { clock: at(start + 61 * dayMs) });
    assert.notDeepEqual(renewed.material.certificates, first.material.certificates);
    assert.equal(renewed.authority?.fingerprint256, first.authority?.fingerprint256);
    for (const source of [first, again, renewed]) await source[Symbol.asyncDispose]();
  });

  test('renews while running and tells it', async () => {
    let nowMs = Date.now() + 200 * dayMs;
    const clock = { now: () => nowMs, monotonicMs: () => 0 };
    await using source = await open({ reloadMs: 100 }, { clock });
    const told: unknown[] = [];
    source.onChange(material => told.push(material));
    const before = source.material;
    nowMs += 70 * dayMs;
    await eventually(() => told.length > 0, 'the renewal');
    assert.notDeepEqual(source.material.certificates, before.certificates);
    assert.deepEqual(told.at(-1), source.material);
  });

  test('makes a new authority only when a name lies outside the old one', async () => {
    await using first = await open({ hosts: ['a.example'] });
    await using below = await open({ hosts: ['a.example'] });
    assert.equal(below.authority?.fingerprint256, first.authority?.fingerprint256);
    await using wider = await open({ hosts: ['a.example', 'b.example'] });
    assert.notEqual(wider.authority?.fingerprint256, first.authority?.fingerprint256);
    await using fewer = await open({ hosts: ['b.example'] });
    assert.equal(fewer.authority?.fingerprint256, wider.authority?.fingerprint256);
  });

  test('covers new names while running, without a new authority for what lies below an old name', async () => {
    const folder = await mkdtemp(join(dataDir, 'names-'));
    await using source = await open({ hosts: ['corp.example'] }, { dataDir: folder });
    const first = source.authority ?? assert.fail();
    const told: unknown[] = [];
    source.onChange(material => told.push(material));
    await source.setHosts(['n8n.corp.example', 'n8n.localhost']);
    assert.equal(source.authority?.fingerprint256, first.fingerprint256);
    const [pair] = source.material.certificates;
    assert.equal(await dial(pair ?? assert.fail(), { ca: first.certPem }, 'n8n.corp.example'), 'ok');
    assert.equal(await dial(pair ?? assert.fail(), { ca: first.certPem }, 'n8n.localhost'), 'ok');
    assert.equal(told.length, 1);
    await source.setHosts(['n8n.localhost']);
    assert.equal(told.length, 1, 'fewer names need nothing new');
    await Promise.all([source.setHosts(['a.test']), source.setHosts(['b.test'])]);
    assert.notEqual(source.authority?.fingerprint256, first.fingerprint256);
    const good = source.material;
    await source.setHosts(['a b']);
    assert.equal(source.material, good, 'a name that is none changes nothing');
  });

  test('refuses a damaged key file rather than make a new authority in silence', async () => {
    const folder = await mkdtemp(join(dataDir, 'damaged-'));
    await (await open({}, { dataDir: folder }))[Symbol.asyncDispose]();
    await writeFile(join(folder, 'tls', 'ca.key.pem'), 'nonsense');
    await assert.rejects(open({}, { dataDir: folder }), error => isSallyportError(error, 'gateway.tls_invalid'));
  });

  test('loads own files, follows their change, and keeps the old ones while they do not fit', async () => {
    const authority = createAuthority(['localhost'], Date.now());
    const write = async (pair: { certPem: string; keyPem: string }) => {
      await writeFile(join(dataDir, 'own.key'), pair.keyPem);
      await writeFile(join(dataDir, 'own.crt'), pair.certPem);
    };
    const [one, two] = [
      issueServerCertificate(authority, ['localhost'], Date.now()),
      issueServerCertificate(authority, ['localhost'], Date.now()),
    ];
    await write(one);
    const failures: string[] = [];
    const log = { ...silentLog, error: (event: string) => void failures.push(event) };
    const certificates = [{ certFile: 'own.crt', keyFile: join(dataDir, 'own.key') }];
    const baseDir = dataDir;
    await using source = await open({ mode: 'files', certificates, reloadMs: 100 }, { log, baseDir });
    assert.equal(source.authority, undefined);
    await writeFile(join(dataDir, 'own.key'), two.keyPem);
    await eventually(() => failures.includes('tls.reload_failed'), 'the mismatch to be found');
    assert.equal(source.material.certificates[0]?.certPem, one.certPem);
    await write(two);
    await eventually(() => source.material.certificates[0]?.certPem === two.certPem, 'the new pair');
    await copyFile(join(dataDir, 'own.crt'), join(dataDir, 'own.key'));
    await assert.rejects(open({ mode: 'files', certificates }, { baseDir }), error =>
      isSallyportError(error, 'gateway.tls_invalid'),
    );
    await rm(join(dataDir, 'own.key'));
    await assert.rejects(open({ mode: 'files', certificates }, { baseDir }), error =>
      isSallyportError(error, 'gateway.tls_invalid'),
    );
  });

  test('accepts only configurations that say one thing', () => {
    const pair = { certFile: 'a', keyFile: 'b' };
    const accepts = [{}, { mode: 'generated', hosts: ['a.example', '::1'] }, { mode: 'files', certificates: [pair] }];
    const refuses = [
      { mode: 'files' },
      { certificates: [pair] },
      { minVersion: 'TLSv1' },
      { hosts: ['a b'] },
      { hosts: ['*.example'] },
      { unknown: 1 },
      { reloadMs: 0 },
    ];
    for (const config of accepts) assert.ok(tlsConfig.safeParse(config).success, JSON.stringify(config));
    for (const config of refuses) assert.ok(!tlsConfig.safeParse(config).success, JSON.stringify(config));
  });
});

/** 'ok', or the error of a client that asks for `host` and trusts only what `options` say. */
async function dial(
  pair: { certPem: string; keyPem: string },
  options: ConnectionOptions,
  host: string,
): Promise<string> {
  const server = createServer({ cert: pair.certPem, key: pair.keyPem }, socket => socket.on('error', () => {}).end());
  server.on('tlsClientError', () => {});
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const isName = /[a-z]/.test(host) && !host.includes(':');
  const result = await new Promise<string>(resolve => {
    const identity = {
      checkServerIdentity: (_name: string, certificate: PeerCertificate) => checkServerIdentity(host, certificate),
    };
    const socket = connect({
      ...options,
      ...identity,
      host: '127.0.0.1',
      port,
      ...(isName ? { servername: host } : {}),
    });
    socket.once('error', (error: NodeJS.ErrnoException) => resolve(`${error.code}: ${error.message}`));
    socket.once('secureConnect', () => resolve('ok'));
    socket.once('close', () => resolve('closed'));
    socket.once('secureConnect', () => socket.destroy());
  });
  await new Promise(resolve => server.close(resolve));
  return result;
}
