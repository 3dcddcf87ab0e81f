import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { directoryCertificate } from '../../../tests/servers/directory-certificate.ts';
import { isSallyportError } from '../../core/errors.ts';
import { Secret } from '../../core/secret.ts';
import { directoryFor, kindOf, signIn } from './directory.fixture.ts';
import type { HostileServer } from './hostile-server.fixture.ts';
import {
  answering,
  element,
  entry,
  message,
  request,
  result,
  startHostile,
  upgrading,
} from './hostile-server.fixture.ts';

const subject = '11111111-2222-3333-4444-555555555555';
const person = { entryUUID: subject, cn: 'Ada', mail: 'ada@example.org' };
const certificate = directoryCertificate(['127.0.0.1']);

/** What an honest server would say: a yes to every bind, one entry to every search. */
function honest({ id, tag }: { id: number; tag: number }): Buffer | null {
  if (tag === request.bind) return result(id, 0x61);
  if (tag !== request.search) return null;
  return Buffer.concat([entry(id, 'uid=ada,dc=example,dc=org', person), result(id, 0x65)]);
}

const overPlain = (server: HostileServer, more: Record<string, unknown> = {}) =>
  directoryFor({ urls: [server.url], startTls: false, timeoutMs: 500, groups: { source: 'none' }, ...more }, 'secret');
const overTls = (server: HostileServer) =>
  directoryFor({ urls: [server.url], caPem: certificate.caPem, timeoutMs: 1000, groups: { source: 'none' } }, 'secret');

async function failure(server: HostileServer, directory = overPlain(server)): Promise<string> {
  const from = performance.now();
  const error = await signIn(directory, 'ada', 'password').then(
    outcome => assert.fail(`not refused: ${kindOf(outcome)}`),
    (error: unknown) => error,
  );
  assert.ok(isSallyportError(error, 'identity.provider_unreachable'), String(error));
  assert.ok(performance.now() - from < 5000, 'took too long');
  assert.equal(JSON.stringify([error.message, error.detail]).includes('password"'), false);
  return error.message;
}

describe('a directory with a hostile server', () => {
  test('signs in when the server is honest, so that the failures below are its doing', async () => {
    await using server = await startHostile(answering(honest));
    assert.equal(kindOf(await signIn(overPlain(server), 'ada', 'password')), 'identity');
    await using upgraded = await startHostile(upgrading(certificate, answering(honest)));
    assert.equal(kindOf(await signIn(overTls(upgraded), 'ada', 'password')), 'identity');
  });

  test('waits no longer than the limit for a server that never answers', async () => {
    await using server = await startHostile(() => {});
    assert.match(await failure(server), /timed out/i);
    assert.match(await failure(server, overTls(server)), /no answer within 1000 ms/);
    assert.equal((await overPlain(server).probe({}, AbortSignal.timeout(5000))).at(-1)?.ok, false);
  });

  test('gives up with the caller while a server is silent', async () => {
    await using server = await startHostile(() => {});
    const reason = new Error('the visitor left');
    const controller = new AbortController();
    const directory = overPlain(server, { timeoutMs: 30_000 });
    const signingIn = directory.authenticate({ login: 'ada', password: new Secret('password') }, controller.signal);
    setTimeout(() => controller.abort(reason), 30);
    await assert.rejects(signingIn, error => error === reason);
  });

  test('a time limit of the caller counts as no answer', async () => {
    await using server = await startHostile(() => {});
    const directory = overPlain(server, { timeoutMs: 30_000 });
    const input = { login: 'ada', password: new Secret('password') };
    const inTime = [
      directory.authenticate(input, AbortSignal.timeout(30)),
      directory.lookUp(['x'], AbortSignal.timeout(30)),
    ];
    for (const asked of inTime) {
      await assert.rejects(asked, error => isSallyportError(error, 'identity.provider_unreachable'));
    }
  });

  const garbage: [string, Buffer][] = [
    ['text', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['a length without end', Buffer.of(0x30, 0x80, 2, 1, 1)],
    ['a length of five bytes', Buffer.of(0x30, 0x85, 0, 0, 0, 0, 0)],
    ['a length beyond the limit', Buffer.of(0x30, 0x84, 0xff, 0xff, 0xff, 0xff)],
    ['a length that is negative for some', Buffer.of(0x30, 0x84, 0x80, 0, 0, 0, 2, 1, 1)],
    ['an inner length past its element', element(0x30, element(2, Buffer.of(2)), Buffer.of(0x61, 0x7f, 10, 1, 0))],
    ['a request', message(2, element(0x60, element(2, Buffer.of(3)), element(4), element(0x80, 'x')))],
    [
      'a bind answer whose tail runs over',
      message(2, element(0x61, element(10, Buffer.of(0)), element(4), element(4), Buffer.of(0x87, 0x7f))),
    ],
    ['a reference whose text runs over', message(2, element(0x73, Buffer.of(4, 0x7f, 0x61)))],
    ['an entry whose list is no list', message(2, element(0x64, element(4, 'x'), element(4, Buffer.of(0x30, 0x7f))))],
    ['an entry with the attribute "dn"', entry(2, 'uid=ada', { dn: 'uid=root' })],
    [
      'controls that run over',
      message(2, element(0x61, element(10, Buffer.of(0)), element(4), element(4)), Buffer.of(0xa0, 0x7f)),
    ],
    [
      'something after the message ends',
      element(
        0x30,
        element(2, Buffer.of(2)),
        element(0x61, element(10, Buffer.of(0)), element(4), element(4)),
        element(0xa0),
        element(4, 'more'),
      ),
    ],
  ];
  for (const [what, bytes] of garbage) {
    test(`ends the connection at ${what}`, async () => {
      await using server = await startHostile(answering(() => bytes));
      assert.match(await failure(server), /Cannot read an LDAP|too much/);
    });
  }

  test('stays alive whatever bytes come', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), fc.nat(60), async (bytes, keep) => {
        const honestAnswer = result(2, 0x61);
        const mutated = Buffer.concat([honestAnswer.subarray(0, keep % honestAnswer.length), Buffer.from(bytes)]);
        await using server = await startHostile(answering(() => mutated));
        const directory = overPlain(server, { timeoutMs: 500 });
        const controller = new AbortController();
        const ended = directory.probe({ login: 'ada' }, controller.signal);
        setTimeout(() => controller.abort(), 20);
        assert.equal((await ended).at(-1)?.ok, false);
      }),
      { numRuns: 60 },
    );
  });

  test('follows no referral, neither as a result nor beside entries', async () => {
    await using elsewhere = await startHostile(answering(honest));
    const referral = element(0xa3, element(4, `${elsewhere.url}/dc=example,dc=org`));
    const referring = answering(({ id, tag }) =>
      tag === request.bind ? result(id, 0x61) : tag === request.search ? result(id, 0x65, 10, '', referral) : null,
    );
    await using server = await startHostile(referring);
    assert.match(await failure(server), /referrals are not followed/);
    const beside = message(3, element(0x73, element(4, `${elsewhere.url}/dc=example,dc=org??sub`)));
    const mixing = answering(({ id, tag }) =>
      tag === request.bind
        ? result(id, 0x61)
        : tag === request.search
          ? Buffer.concat([beside, result(id, 0x65)])
          : null,
    );
    await using second = await startHostile(mixing);
    assert.equal(kindOf(await signIn(overPlain(second), 'ada', 'password')), 'unknown');
    assert.equal(elsewhere.connections, 0);
  });

  test('sends nothing in the clear when StartTLS is refused, answered with an end, or answered wrongly', async () => {
    const seen: Buffer[] = [];
    const record = (next: (socket: Socket) => void) => (socket: Socket) => {
      socket.on('data', (chunk: Buffer) => seen.push(chunk));
      next(socket);
    };
    const ends: [string, (socket: Socket) => void, RegExp][] = [
      ['refused', answering(({ id }) => result(id, 0x78, 52, 'no TLS here')), /refuses StartTLS.+use ldaps/],
      ['dropped', socket => void socket.once('data', () => socket.destroy()), /closed|ECONNRESET/],
      ['a bind answer', answering(({ id }) => result(id, 0x61)), /did not answer StartTLS/],
      ['another id', answering(() => result(7, 0x78)), /did not answer StartTLS/],
      [
        'dropped in the handshake',
        socket => void socket.once('data', () => socket.end(result(1, 0x78))),
        /closed|disconnected|ECONNRESET|EPIPE/,
      ],
    ];
    for (const [what, behave, words] of ends) {
      await using server = await startHostile(record(behave));
      assert.match(await failure(server, overTls(server)), words, what);
    }
    const sent = Buffer.concat(seen).toString('latin1');
    assert.equal(sent.includes('secret') || sent.includes('cn=gate'), false);
  });

  test('takes nothing that was said in the clear for said under TLS (CVE-2021-33515)', async () => {
    // Answers to the bind and the search to come, sent together with the yes to StartTLS.
    const planted = Buffer.concat([
      result(2, 0x61),
      entry(3, 'uid=mallory,dc=example,dc=org', { ...person, entryUUID: 'mallory' }),
      result(3, 0x65),
    ]);
    await using together = await startHostile(upgrading(certificate, answering(honest), planted));
    assert.match(await failure(together, overTls(together)), /in the clear after agreeing to encrypt/);
    await using later = await startHostile(socket => {
      socket.once('data', () => {
        socket.write(result(1, 0x78));
        setTimeout(() => socket.write(planted), 5);
      });
    });
    await failure(later, overTls(later));
  });

  test('refuses a certificate that nobody vouched for, before any password is sent', async () => {
    const other = directoryCertificate(['127.0.0.1']);
    const seen: Buffer[] = [];
    const listening = (socket: { on(event: 'data', take: (chunk: Buffer) => void): unknown }): void =>
      void socket.on('data', chunk => seen.push(chunk));
    await using server = await startHostile(upgrading(other, listening));
    assert.match(await failure(server, overTls(server)), /certificate not trusted/);
    await using wrongName = await startHostile(upgrading(certificate, listening));
    const byName = directoryFor(
      { urls: [wrongName.url.replace('127.0.0.1', 'localhost')], caPem: certificate.caPem },
      'x',
    );
    assert.match(await failure(wrongName, byName), /certificate is for another name/);
    assert.equal(seen.length, 0);
  });

  test('reads a bounded part of an answer without end', async () => {
    await using server = await startHostile(
      answering(({ id, tag }) => {
        if (tag === request.bind) return result(id, 0x61);
        const one = entry(id, 'uid=ada,dc=example,dc=org', person);
        return Buffer.concat([...Array.from({ length: 100_000 }, () => one), result(id, 0x65)]);
      }),
    );
    assert.match(await failure(server, overPlain(server, { timeoutMs: 5000 })), /sent too much/);
    await using wide = await startHostile(
      answering(({ id, tag }) =>
        tag === request.bind ? result(id, 0x61) : entry(id, 'uid=ada', { cn: 'x'.repeat(2_000_000) }),
      ),
    );
    assert.match(await failure(wide, overPlain(wide, { timeoutMs: 5000 })), /sent too much/);
  });

  test('ends paging that goes round for ever', async () => {
    const cookie = element(0x30, element(2, Buffer.of(0)), element(4, 'again'));
    const control = element(0xa0, element(0x30, element(4, '1.2.840.113556.1.4.319'), element(4, cookie)));
    await using server = await startHostile(
      answering(({ id, tag }) => {
        if (tag === request.bind) return result(id, 0x61);
        if (tag !== request.search) return null;
        const done = message(id, element(0x65, element(10, Buffer.of(0)), element(4), element(4)), control);
        return Buffer.concat([entry(id, `uid=ada-${id},dc=example,dc=org`, person), done]);
      }),
    );
    assert.equal(kindOf(await signIn(overPlain(server), 'ada', 'password')), 'ambiguous');
  });

  test('keeps no connection open afterwards', async () => {
    await using server = await startHostile(answering(honest));
    await signIn(overPlain(server), 'ada', 'password');
    const deadline = performance.now() + 2000;
    while (server.sockets.size > 0 && performance.now() < deadline) await new Promise(setImmediate);
    assert.equal(server.sockets.size, 0);
    assert.equal(server.connections, 2);
  });
});
