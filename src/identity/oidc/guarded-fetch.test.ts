import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startFakeServer } from '../../../tests/fakes/http.ts';
import { isSallyportError } from '../../core/errors.ts';
import type { GuardSettings } from './guarded-fetch.ts';
import { createGuardedFetch, findAddress } from './guarded-fetch.ts';
import { reachOf } from './reachable.ts';

const guard = (patch: Partial<GuardSettings> = {}): GuardSettings => ({
  ...{ allowsPrivateAddresses: false, caPem: null, timeoutMs: 2000 },
  resolve: async () => {
    throw new Error('no name was to be resolved');
  },
  ...patch,
});
const signal = (): AbortSignal => AbortSignal.timeout(5000);
const isRefused = (error: unknown): boolean => isSallyportError(error, 'identity.provider_unreachable');

describe('where an issuer may lead', () => {
  const never = [
    'https://169.254.169.254/latest/meta-data',
    'https://169.254.170.2',
    'https://2852039166',
    'https://0xA9FEA9FE',
    'https://0251.0376.0251.0376',
    'https://169.254.43518',
    'https://[::ffff:169.254.169.254]',
    'https://[::ffff:a9fe:a9fe]',
    'https://[fd00:ec2::254]',
    'https://[fe80::1]',
    'https://100.100.100.200',
    'https://168.63.129.16',
    'https://192.0.0.192',
    'https://0.0.0.0',
    'https://[::]',
    'https://255.255.255.255',
    'https://224.0.0.1',
    'https://[64:ff9b::a9fe:a9fe]',
    'https://[2002:a9fe:a9fe::]',
    'https://[::169.254.169.254]',
  ];
  for (const address of never) {
    it(`never to ${address}, whatever the settings allow`, async () => {
      const settings = guard({ allowsPrivateAddresses: true });
      await assert.rejects(findAddress(new URL(address), settings), isRefused);
    });
  }

  const inside = [
    'https://127.0.0.1',
    'https://2130706433',
    'https://0x7f.1',
    'https://0177.0.0.1',
    'https://127.1',
    'https://[::1]',
    'https://[::ffff:127.0.0.1]',
    'https://10.1.2.3',
    'https://172.16.0.1',
    'https://192.168.1.1',
    'https://100.64.0.1',
    'https://[fd12::1]',
  ];
  for (const address of inside) {
    it(`to ${address} only where the settings say so`, async () => {
      await assert.rejects(findAddress(new URL(address), guard()), isRefused);
      await findAddress(new URL(address), guard({ allowsPrivateAddresses: true }));
    });
  }

  it('not to a name of which one address leads inside, in any order', async () => {
    for (const answers of [['10.0.0.1'], ['93.184.216.34', '127.0.0.1'], ['::1', '93.184.216.34'], [], ['nonsense']]) {
      const settings = guard({ resolve: async () => answers });
      await assert.rejects(findAddress(new URL('https://op.example.org'), settings), isRefused, String(answers));
    }
    const metadata = guard({ allowsPrivateAddresses: true, resolve: async () => ['10.0.0.1', '169.254.169.254'] });
    await assert.rejects(findAddress(new URL('https://op.example.org'), metadata), isRefused);
    const outside = guard({ resolve: async () => ['93.184.216.34', '2606:2800:21f::1'] });
    assert.equal(await findAddress(new URL('https://op.example.org'), outside), '93.184.216.34');
  });

  it('over http only to the machine itself', async () => {
    for (const address of ['http://10.0.0.1', 'http://93.184.216.34', 'http://[fd12::1]']) {
      await assert.rejects(findAddress(new URL(address), guard({ allowsPrivateAddresses: true })), isRefused, address);
    }
    await findAddress(new URL('http://127.0.0.1:8080'), guard({ allowsPrivateAddresses: true }));
  });

  it('and every block has the reach it should', () => {
    for (const ip of ['8.8.8.8', '1.1.1.1', '2606:4700::1111', '2a00:1450::1']) assert.equal(reachOf(ip), 'public', ip);
    for (const ip of ['203.0.113.1', '2001:db8::1', '::', '::2', 'fec0::1', 'ff02::1', 'x', '']) {
      assert.equal(reachOf(ip), 'never', ip);
    }
  });
});

describe('a call', () => {
  it('dials the address that was checked, resolved once, and sends the name', async () => {
    await using server = await startFakeServer({ answer: () => ({ body: { ok: true } }) });
    const answers = [['127.0.0.1'], ['10.255.255.1'], ['169.254.169.254']];
    let asked = 0;
    const settings = guard({ allowsPrivateAddresses: true, resolve: async () => answers[asked++] ?? [] });
    const answer = await createGuardedFetch(settings)(`http://rebind.example.org:${server.port}/x`, {
      signal: signal(),
    });
    assert.deepEqual(await answer.json(), { ok: true });
    assert.equal(asked, 1);
    assert.equal(server.requests[0]?.headers.host, `rebind.example.org:${server.port}`);
  });

  it('reaches nobody when it may not, in any notation', async () => {
    await using server = await startFakeServer({ answer: () => ({ body: {} }) });
    const fetch = createGuardedFetch(guard({ resolve: async () => ['127.0.0.1'] }));
    const hosts = [
      '127.0.0.1',
      '2130706433',
      '0x7f000001',
      '127.1',
      'localhost',
      'localhost.',
      '[::ffff:7f00:1]',
      '①②⑦.0.0.1',
    ];
    for (const host of hosts) {
      await assert.rejects(fetch(`http://${host}:${server.port}/`, { signal: signal() }), isRefused, host);
    }
    assert.deepEqual(server.requests, []);
  });

  it('goes to no other kind of address', async () => {
    const fetch = createGuardedFetch(guard({ allowsPrivateAddresses: true }));
    for (const address of [
      'file:///etc/passwd',
      'ftp://127.0.0.1/',
      'data:,x',
      'https://user:pw@127.0.0.1/',
      'nonsense',
      '',
    ]) {
      await assert.rejects(fetch(address, { signal: signal() }), isRefused, address);
    }
  });

  it('ends when the caller no longer waits, also while a name is being resolved', async () => {
    const fetch = createGuardedFetch(guard({ resolve: () => new Promise(() => undefined), timeoutMs: 30_000 }));
    const stopped = AbortSignal.abort(new Error('gone'));
    await assert.rejects(fetch('https://op.example.org/', { signal: stopped }), isRefused);
    const short = createGuardedFetch(guard({ resolve: () => new Promise(() => undefined), timeoutMs: 50 }));
    await assert.rejects(short('https://op.example.org/', { signal: signal() }), isRefused);
  });
});
