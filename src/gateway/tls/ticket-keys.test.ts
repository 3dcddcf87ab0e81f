import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { connect } from 'node:tls';
import { silentLog } from '../../core/log.ts';
import { eventually, startTransport } from '../transport/transport.fixture.ts';
import { testFolder } from './acme/pebble.fixture.ts';
import { createAuthority, issueServerCertificate } from './authority.ts';
import { createTicketKeys } from './ticket-keys.ts';
import { tlsConfig } from './tls-config.ts';
import { createTlsSource } from './tls-source.ts';

const hourMs = 3_600_000;
const authority = createAuthority(['localhost'], Date.now());
const pair = issueServerCertificate(authority, ['localhost'], Date.now());

/** A ticket of a new session. */
function ticketOf(port: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, ca: authority.certPem, servername: 'localhost' });
    socket.once('error', reject);
    socket.once('session', session => {
      resolve(session);
      socket.destroy();
    });
    socket.resume();
  });
}

function isResumed(port: number, session: Buffer): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: '127.0.0.1', port, ca: authority.certPem, servername: 'localhost', session });
    socket.once('error', reject);
    socket.once('secureConnect', () => {
      resolve(socket.isSessionReused());
      socket.destroy();
    });
  });
}

describe('session ticket keys', () => {
  test('last seven to nine hours and then give way to new ones', () => {
    let nowMs = 0;
    const keys = createTicketKeys({ monotonicMs: () => nowMs });
    const first = keys.current;
    assert.equal(Buffer.from(first, 'base64').length, 48);
    nowMs = 7 * hourMs - 1;
    assert.equal(keys.rotate(), false);
    assert.equal(keys.current, first);
    nowMs = 9 * hourMs;
    assert.equal(keys.rotate(), true);
    assert.notEqual(keys.current, first);
    assert.equal(keys.rotate(), false);
  });

  test('are told with the certificates when they change, and lie in no file', async () => {
    await using folder = await testFolder();
    let monotonicMs = 0;
    const clock = { now: () => Date.now(), monotonicMs: () => monotonicMs };
    const config = tlsConfig.parse({ reloadMs: 100 });
    await using source = await createTlsSource(config, { dataDir: folder.path, clock, log: silentLog });
    const first = source.material;
    const told: (string | undefined)[] = [];
    source.onChange(material => told.push(material.ticketKeys));
    monotonicMs = 9 * hourMs;
    await eventually(() => told.length > 0, 'the new key');
    assert.notEqual(told[0], first.ticketKeys);
    assert.equal(told[0], source.material.ticketKeys);
    assert.deepEqual(source.material.certificates, first.certificates);
    const files = await readdir(folder.path, { recursive: true, withFileTypes: true });
    for (const file of files.filter(one => one.isFile())) {
      const text = await readFile(join(file.parentPath, file.name), 'utf8');
      assert.ok(!text.includes(first.ticketKeys ?? '') && !text.includes(told[0] ?? ''), file.name);
    }
  });

  test('let one worker resume what another began, survive new certificates, and end with their time', async () => {
    await using one = await startTransport({ tls: pair });
    await using two = await startTransport({ tls: pair });
    const [key, later] = [1, 2].map(byte => Buffer.alloc(48, byte).toString('base64'));
    const use = (ticketKeys: string | undefined, certificates = [pair]) => {
      for (const gate of [one, two])
        gate.transport.setTls({ certificates, minVersion: 'TLSv1.2', ...(ticketKeys && { ticketKeys }) });
    };
    use(key);
    const session = await ticketOf(one.port);
    assert.equal(await isResumed(two.port, session), true);
    use(key, [issueServerCertificate(authority, ['localhost'], Date.now())]);
    assert.equal(await isResumed(two.port, session), true);
    use(later);
    assert.equal(await isResumed(two.port, session), false);
  });
});
