import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { connect } from 'node:tls';
import { silentLog } from '../../../core/log.ts';
import { Secret } from '../../../core/secret.ts';
import { eventually, startTransport } from '../../transport/transport.fixture.ts';
import { createAuthority, createChallengeCertificate, issueServerCertificate } from '../authority.ts';
import { tlsConfig } from '../tls-config.ts';
import { createTlsSource } from '../tls-source.ts';
import type { Pebble } from './pebble.fixture.ts';
import { freePort, hasPebble, startPebble, testFolder } from './pebble.fixture.ts';

const dayMs = 86_400_000;
const hosts = ['gate.corp.example', 'n8n.corp.example'];
const authority = createAuthority(['localhost'], Date.now());

type Options = Partial<Omit<Parameters<typeof startPebble>[0], 'folder'>> & {
  readonly acme?: Record<string, unknown>;
  readonly hosts?: readonly string[];
};

/** A gate whose certificates come from a real ACME server; `clock` may be set forward. */
async function startGate(options: Options = {}) {
  await using stack = new AsyncDisposableStack();
  const folder = stack.use(await testFolder());
  const gate = stack.use(await startTransport({ tls: issueServerCertificate(authority, ['localhost'], Date.now()) }));
  const clock = {
    aheadMs: 0,
    now: () => Date.now() + clock.aheadMs,
    monotonicMs: () => performance.now() + clock.aheadMs,
  };
  const events: [string, Readonly<Record<string, unknown>>][] = [];
  const note = (event: string, fields: object = {}) => void events.push([event, { ...fields }]);
  const log = { ...silentLog, info: note, warn: note, error: note };
  const listenPort = await freePort();
  const httpPort = await freePort();
  const pebble = stack.use(
    await startPebble({ folder: folder.path, listenPort, httpPort, tlsPort: gate.port, ...options }),
  );
  const config = tlsConfig.parse({
    mode: 'acme',
    reloadMs: 100,
    acme: {
      directoryUrl: pebble.directoryUrl,
      caFile: pebble.caFile,
      email: 'ops@corp.example',
      termsAgreed: true,
      http: { host: '127.0.0.1', port: httpPort },
      ...options.acme,
    },
  });
  const open = () =>
    createTlsSource(config, {
      dataDir: folder.path,
      clock,
      log,
      hosts: options.hosts ?? hosts,
      readSecret: () => new Secret(options.externalAccount?.macKey ?? ''),
    });
  const source = stack.use(await open());
  gate.transport.setTls(source.material);
  source.onChange(material => gate.transport.setTls(material));
  const open_ = stack.move();
  return {
    folder: folder.path,
    gate,
    clock,
    events,
    pebble,
    source,
    httpPort,
    open,
    [Symbol.asyncDispose]: () => open_[Symbol.asyncDispose](),
  };
}

type Gate = Awaited<ReturnType<typeof startGate>>;

const allHeld = (gate: Gate) => gate.source.status().orders.every(one => one.state === 'held');
const untilHeld = (gate: Gate) =>
  eventually(() => allHeld(gate), 'all certificates', 20_000).catch(error => {
    throw new Error(`${String(error)}\n${JSON.stringify(gate.source.status())}\n${gate.pebble.output().slice(-3000)}`);
  });

/** The certificate a client gets that trusts only the ACME server's root. */
async function certificateOf(port: number, host: string, pebble: Pebble): Promise<X509Certificate> {
  const ca = await pebble.rootPem();
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, servername: host, ca, ALPNProtocols: ['http/1.1'] });
    socket.once('secureConnect', () => {
      resolve(new X509Certificate(socket.getPeerCertificate().raw));
      socket.destroy();
    });
    socket.once('error', reject);
  });
}

describe('ACME, against a real server', () => {
  let skip: string | false = false;
  before(async () => {
    if (!(await hasPebble())) skip = 'the Debian package "pebble" is not installed';
  });

  for (const challenge of ['tls-alpn-01', 'http-01'] as const) {
    test(`orders every name by ${challenge} and serves what clients of the authority accept`, async t => {
      if (skip !== false) return t.skip(skip);
      await using gate = await startGate({ acme: { challenge } });
      const before = gate.source.status();
      assert.deepEqual(
        before.orders.map(one => one.state),
        ['due', 'due'],
      );
      assert.equal(before.certificates.length, 1, 'the local one, until there is a better one');
      gate.source.begin();
      await untilHeld(gate);
      for (const host of hosts) {
        const leaf = await certificateOf(gate.gate.port, host, gate.pebble);
        assert.equal(leaf.subjectAltName, `DNS:${host}`);
        assert.equal(leaf.publicKey.asymmetricKeyDetails?.namedCurve, 'prime256v1');
      }
      assert.equal(gate.source.material.challenges, undefined, 'no challenge stays');
      assert.equal(gate.gate.seen.length, 0, 'no validation became a request');
    });
  }

  test('keeps account key and certificates in files of this user alone, and orders nothing anew after a restart', async t => {
    if (skip !== false) return t.skip(skip);
    await using gate = await startGate();
    gate.source.begin();
    await untilHeld(gate);
    const folder = join(gate.folder, 'tls', 'acme');
    const files = await readdir(folder, { recursive: true, withFileTypes: true });
    for (const file of files) {
      const { mode } = await stat(join(file.parentPath, file.name));
      assert.equal(mode & 0o777, file.isDirectory() ? 0o700 : 0o600, file.name);
    }
    assert.equal(files.filter(file => file.isFile()).length, 3);
    await using again = await gate.open();
    assert.deepEqual(again.material.certificates.slice(0, 2), gate.source.material.certificates.slice(0, 2));
    assert.ok(again.status().orders.every(one => one.state === 'held'));
  });

  test('renews at two thirds of the lifetime, and not before', async t => {
    if (skip !== false) return t.skip(skip);
    await using gate = await startGate({ hosts: [hosts[0] ?? ''] });
    gate.source.begin();
    await untilHeld(gate);
    const first = await certificateOf(gate.gate.port, hosts[0] ?? '', gate.pebble);
    const lifeMs = first.validToDate.getTime() - first.validFromDate.getTime();
    const [order] = gate.source.status().orders;
    const atMs = (order?.nextMs ?? 0) - first.validFromDate.getTime();
    assert.ok(atMs <= (lifeMs * 2) / 3 + 1000 && atMs >= lifeMs * 0.63, `renewal after ${atMs / lifeMs} of the life`);
    gate.clock.aheadMs = atMs - dayMs;
    gate.source.begin();
    assert.equal(gate.source.status().orders[0]?.untilMs, order?.untilMs);
    gate.clock.aheadMs = atMs + dayMs;
    await eventually(
      () => gate.events.filter(([event]) => event === 'tls.acme_issued').length === 2,
      'the renewal',
      20_000,
    );
    const second = await certificateOf(gate.gate.port, hosts[0] ?? '', gate.pebble);
    assert.notEqual(second.serialNumber, first.serialNumber);
  });

  test('goes on where the server refuses most nonces', async t => {
    if (skip !== false) return t.skip(skip);
    await using gate = await startGate({ nonceReject: 40, hosts: [hosts[0] ?? ''] });
    gate.source.begin();
    await untilHeld(gate);
  });

  test('binds an external account, and says what is missing where it has none', async t => {
    if (skip !== false) return t.skip(skip);
    const externalAccount = {
      keyId: 'kid-1',
      macKey: 'zWNDZM6eQGHWpSRTPal5eIUYFTu7EajVIoguysqZ9wG44nMEtx3MUAsUDkMTQ12W',
    };
    const acme = { externalAccount: { keyId: 'kid-1', macKey: 'env:EAB' } };
    await using gate = await startGate({ externalAccount, acme, hosts: [hosts[0] ?? ''] });
    gate.source.begin();
    await untilHeld(gate);
    await using without = await startGate({ externalAccount, hosts: [hosts[0] ?? ''] });
    without.source.begin();
    await eventually(() => without.source.status().orders[0]?.state === 'failing', 'the refusal', 20_000);
    assert.match(without.source.status().orders[0]?.problem ?? '', /externalAccount/);
  });

  test('keeps serving the old certificate when a renewal is refused, says so, and waits ever longer', async t => {
    if (skip !== false) return t.skip(skip);
    const unknownNames = new Set<string>();
    await using gate = await startGate({ unknownNames });
    gate.source.begin();
    await untilHeld(gate);
    const first = await certificateOf(gate.gate.port, hosts[1] ?? '', gate.pebble);
    unknownNames.add(hosts[1] ?? '');
    gate.clock.aheadMs = first.validToDate.getTime() - Date.now() - dayMs;
    const failing = () => gate.source.status().orders[1];
    await eventually(() => failing()?.failures === 1, 'the failure', 20_000);
    const status = failing();
    assert.equal(status?.state, 'failing');
    assert.match(status?.problem ?? '', /n8n\.corp\.example/);
    const waitMs = (status?.nextMs ?? 0) - gate.clock.now();
    assert.ok(waitMs > 60_000 && waitMs <= 150_000, `next try in ${waitMs} ms`);
    assert.equal((await certificateOf(gate.gate.port, hosts[1] ?? '', gate.pebble)).serialNumber, first.serialNumber);
    assert.ok(gate.events.some(([event, fields]) => event === 'tls.acme_failed' && fields['host'] === hosts[1]));
    await eventually(
      () => gate.source.status().orders[0]?.state === 'held' && gate.source.status().orders[0]?.failures === 0,
      'the other name, renewed all the same',
      20_000,
    );
    unknownNames.clear();
    gate.clock.aheadMs += 200_000;
    await eventually(() => failing()?.state === 'held', 'the next try', 20_000);
  });

  test('has a name that the server refuses keep no other from its certificate', async t => {
    if (skip !== false) return t.skip(skip);
    await using gate = await startGate({ refusedNames: [hosts[0] ?? ''] });
    gate.source.begin();
    await eventually(() => gate.source.status().orders[1]?.state === 'held', 'the other', 20_000);
    const [refused] = gate.source.status().orders;
    assert.equal(refused?.state, 'failing');
    assert.match(refused?.problem ?? '', /rejectedIdentifier/);
  });

  test('ends a handshake for acme-tls/1 when no challenge is under way, and carries no request in one that is', async () => {
    const tls = issueServerCertificate(authority, ['localhost'], Date.now());
    await using gate = await startTransport({ tls });
    const dial = (ALPNProtocols: string[], maxVersion: 'TLSv1.2' | 'TLSv1.3') =>
      new Promise<{ chosen: string | false; subject: string; answer: string } | string>(resolve => {
        let answer = '';
        const socket = connect({
          ...{ host: '127.0.0.1', port: gate.port, servername: 'gate.corp.example' },
          ...{ ALPNProtocols, maxVersion, rejectUnauthorized: false },
        });
        socket.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
        socket.once('secureConnect', () => {
          const subject = String(socket.getPeerX509Certificate()?.subject);
          const chosen = socket.alpnProtocol ?? false;
          socket.on('data', (piece: Buffer) => (answer += piece.toString()));
          socket.once('close', () => resolve({ chosen, subject, answer }));
          socket.write('GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n');
        });
      });
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      gate.transport.setTls({ certificates: [tls], minVersion: 'TLSv1.2' });
      assert.equal(typeof (await dial(['acme-tls/1'], version)), 'string');
      const pair = createChallengeCertificate('gate.corp.example', Buffer.alloc(32), Date.now());
      const challenges = [{ host: 'gate.corp.example', ...pair }];
      gate.transport.setTls({ certificates: [tls], minVersion: 'TLSv1.2', challenges });
      const during = await dial(['acme-tls/1'], version);
      assert.deepEqual(during, { chosen: 'acme-tls/1', subject: 'CN=Sallyport challenge', answer: '' });
      const people = await dial(['http/1.1', 'acme-tls/1'], version);
      assert.ok(typeof people === 'object' && people.chosen === 'http/1.1' && people.subject === 'CN=Sallyport gate');
      assert.match(people.answer, /200 OK/);
    }
    assert.equal(gate.seen.length, 2);
  });

  test('serves the local certificate and keeps trying while no ACME server answers', async () => {
    await using folder = await testFolder();
    const port = await freePort();
    const acme = { directoryUrl: `https://localhost:${port}/dir`, termsAgreed: true };
    const config = tlsConfig.parse({ mode: 'acme', acme });
    const clock = { now: () => Date.now(), monotonicMs: () => performance.now() };
    await using source = await createTlsSource(config, { dataDir: folder.path, clock, log: silentLog, hosts });
    source.begin();
    await eventually(() => source.status().orders[0]?.state === 'failing', 'the failure');
    assert.equal(source.status().certificates.length, 1);
    assert.match(await readFile(join(folder.path, 'tls', 'ca.pem'), 'utf8'), /CERTIFICATE/);
  });
});
