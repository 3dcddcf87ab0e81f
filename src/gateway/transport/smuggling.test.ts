import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { TestTransport } from './transport.fixture.ts';
import { rawPeer, startTransport } from './transport.fixture.ts';

const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: a.example\r\n\r\n';
const host = 'Host: a.example\r\n';
const get = (fields: string) => `GET /first HTTP/1.1\r\n${host}${fields}\r\n`;
const post = (fields: string, body = '') => `POST /first HTTP/1.1\r\n${host}${fields}\r\n${body}`;
const chunked = (body: string) => post('Transfer-Encoding: chunked\r\n', body);
const line = (text: string, fields = host) => `${text}\r\n${fields}\r\n`;

/** What it is · what is sent · the status answered. */
const heads: [string, string, number][] = [
  ['both lengths, CL first', post('Content-Length: 6\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\nG'), 400],
  ['both lengths, TE first', post('Transfer-Encoding: chunked\r\nContent-Length: 4\r\n', '5c\r\n'), 400],
  ['CL.0: both with an empty length', post('Content-Length: 0\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'), 400],
  ['TE.TE: a second coding', post('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n', '0\r\n\r\n'), 400],
  ['TE.TE: chunked twice', post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'), 400],
  ['TE.TE: chunked, chunked', post('Transfer-Encoding: chunked, chunked\r\n', '0\r\n\r\n'), 400],
  ['TE: gzip, chunked', post('Transfer-Encoding: gzip, chunked\r\n', '0\r\n\r\n'), 400],
  ['TE: chunked, identity', post('Transfer-Encoding: chunked, identity\r\n', '0\r\n\r\n'), 400],
  ['TE: identity', post('Transfer-Encoding: identity\r\n', '0\r\n\r\n'), 400],
  ['TE: xchunked', post('Transfer-Encoding: xchunked\r\n', '0\r\n\r\n'), 400],
  ['TE: Chunked', post('Transfer-Encoding: Chunked\r\n', '0\r\n\r\n'), 400],
  ['TE: quoted', post('Transfer-Encoding: "chunked"\r\n', '0\r\n\r\n'), 400],
  ['TE: with a parameter', post('Transfer-Encoding: chunked;q=1\r\n', '0\r\n\r\n'), 400],
  ['TE: a trailing comma', post('Transfer-Encoding: chunked,\r\n', '0\r\n\r\n'), 400],
  ['TE: empty', post('Transfer-Encoding:\r\n', '0\r\n\r\n'), 400],
  ['TE: vertical tab', post('Transfer-Encoding: \x0bchunked\r\n', '0\r\n\r\n'), 400],
  ['TE: form feed after', post('Transfer-Encoding: chunked\x0c\r\n', '0\r\n\r\n'), 400],
  ['TE: blank before the colon', post('Transfer-Encoding : chunked\r\n', '0\r\n\r\n'), 400],
  ['TE: blank before the name', post(' Transfer-Encoding: chunked\r\n', '0\r\n\r\n'), 400],
  ['TE: hidden behind a bare LF', post('X: y\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n'), 400],
  ['TE: hidden behind a bare CR', post('X: y\rTransfer-Encoding: chunked\r\n', '0\r\n\r\n'), 400],
  ['TE: folded', post('Transfer-Encoding:\r\n chunked\r\n', '0\r\n\r\n'), 400],
  ['TE: in the fold of another', post('X: y\r\n Transfer-Encoding: chunked\r\n', '0\r\n\r\n'), 400],
  ['TE: with underscore', post('Transfer_Encoding: chunked\r\nContent-Length: 0\r\n'), 400],
  ['TE in HTTP/1.0', `POST /first HTTP/1.0\r\n${host}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
  ['CL.CL: different', post('Content-Length: 0\r\nContent-Length: 44\r\n'), 400],
  ['CL.CL: equal', post('Content-Length: 1\r\nContent-Length: 1\r\n', 'a'), 400],
  ['CL: a list', post('Content-Length: 1, 1\r\n', 'a'), 400],
  ['CL: plus', post('Content-Length: +5\r\n', 'abcde'), 400],
  ['CL: minus', post('Content-Length: -5\r\n'), 400],
  ['CL: hex', post('Content-Length: 0x5\r\n', 'abcde'), 400],
  ['CL: underscore', post('Content-Length: 1_0\r\n', '0123456789'), 400],
  ['CL: inner blank', post('Content-Length: 1 0\r\n', '0123456789'), 400],
  ['CL: leading zero', post('Content-Length: 010\r\n', '0123456789'), 400],
  ['CL: fraction', post('Content-Length: 1.0\r\n', 'a'), 400],
  ['CL: exponent', post('Content-Length: 1e1\r\n', 'a'), 400],
  ['CL: empty', post('Content-Length:\r\n'), 400],
  ['CL: beyond 64 bits', post('Content-Length: 18446744073709551617\r\n', 'a'), 400],
  ['CL: beyond 2^53', post('Content-Length: 9007199254740993\r\n', 'a'), 400],
  ['CL: with underscore in its name', post('Content_Length: 5\r\n'), 400],
  ['bare LF ends a field', get('X: y\n'), 400],
  ['bare LF ends the request line', `GET /first HTTP/1.1\n${host}\r\n`, 400],
  ['bare LF ends the head', `GET /first HTTP/1.1\r\n${host}\n`, 400],
  ['bare LF throughout', 'GET /first HTTP/1.1\nHost: a.example\n\n', 400],
  ['bare CR in a value', get('X: a\rb\r\n'), 400],
  ['CR CR LF', get('X: a\r\r\n'), 400],
  ['a folded value', get('X: a\r\n b\r\n'), 400],
  ['a value folded with a tab', get('X: a\r\n\tb\r\n'), 400],
  ['a blank before the first field', line('GET /first HTTP/1.1', ` ${host}`), 400],
  ['a blank before the colon', get('X : y\r\n'), 400],
  ['a blank in a name', get('X Y: z\r\n'), 400],
  ['no colon', get('XY\r\n'), 400],
  ['no name', get(': y\r\n'), 400],
  ['NUL in a value', get('X: a\0b\r\n'), 400],
  ['NUL in a name', get('X\0: a\r\n'), 400],
  ['a control character in a value', get('X: a\x01b\r\n'), 400],
  ['DEL in a value', get('X: a\x7fb\r\n'), 400],
  ['a high byte in a name', get('X\xe9: a\r\n'), 400],
  ['a bracket in a name', get('X(y): a\r\n'), 400],
  ['no Host', 'GET /first HTTP/1.1\r\n\r\n', 400],
  ['two Hosts', line('GET /first HTTP/1.1', `${host}Host: b.example\r\n`), 400],
  ['two equal Hosts', line('GET /first HTTP/1.1', `${host}${host}`), 400],
  ['an empty Host', line('GET /first HTTP/1.1', 'Host:\r\n'), 400],
  ['a Host list', line('GET /first HTTP/1.1', 'Host: a.example, b.example\r\n'), 400],
  ['user information in Host', line('GET /first HTTP/1.1', 'Host: b@a.example\r\n'), 400],
  ['a path in Host', line('GET /first HTTP/1.1', 'Host: a.example/x\r\n'), 400],
  ['a bad port in Host', line('GET /first HTTP/1.1', 'Host: a.example:8x\r\n'), 400],
  ['a high byte in Host', line('GET /first HTTP/1.1', 'Host: \xe9.example\r\n'), 400],
  ['an absolute form of another host', line('GET http://b.example/first HTTP/1.1'), 400],
  ['an absolute form of another scheme', line('GET https://a.example/first HTTP/1.1'), 400],
  ['an absolute form with user information', line('GET http://a.example@b.example/ HTTP/1.1'), 400],
  ['an authority form', line('GET a.example:80 HTTP/1.1'), 400],
  ['an asterisk outside OPTIONS', line('GET * HTTP/1.1'), 400],
  ['a target without slash', line('GET first HTTP/1.1'), 400],
  ['a fragment', line('GET /first#x HTTP/1.1'), 400],
  ['a high byte in the target', line('GET /\xe9 HTTP/1.1'), 400],
  ['NUL in the target', line('GET /\0 HTTP/1.1'), 400],
  ['a tab in the request line', line('GET\t/first\tHTTP/1.1'), 400],
  ['a blank after the version', line('GET /first HTTP/1.1 '), 400],
  ['HTTP/0.9 by name', line('GET /first HTTP/0.9'), 505],
  ['HTTP/2.0 by name', line('GET /first HTTP/2.0'), 505],
  ['HTTP/1.2', line('GET /first HTTP/1.2'), 400],
  ['HTTP/1.10', line('GET /first HTTP/1.10'), 400],
  ['a lower-case version', line('GET /first http/1.1'), 400],
  ['the HTTP/2 preface', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 505],
  ['TRACE', line('TRACE /first HTTP/1.1'), 405],
  ['CONNECT', line('CONNECT a.example:80 HTTP/1.1'), 405],
  ['TRACK', line('TRACK /first HTTP/1.1'), 400],
  ['a lower-case method', line('get /first HTTP/1.1'), 400],
  ['PROPFIND', line('PROPFIND /first HTTP/1.1'), 501],
  [
    'an upgrade to h2c',
    get('Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n'),
    400,
  ],
  ['an upgrade without Connection', get('Upgrade: websocket\r\n'), 400],
  ['an unknown expectation', post('Expect: 200-ok\r\nContent-Length: 0\r\n'), 417],
  ['Connection naming an end-to-end field', get('Connection: close, Authorization\r\n'), 400],
  ['two Content-Types', post('Content-Type: a/b\r\nContent-Type: c/d\r\nContent-Length: 0\r\n'), 400],
  ['two Authorizations', get('Authorization: Basic YQ==\r\nAuthorization: Basic Yg==\r\n'), 400],
];

const bodies: [string, string][] = [
  ['a size in 0x form', chunked('0x1\r\na\r\n0\r\n\r\n')],
  ['a size with plus', chunked('+1\r\na\r\n0\r\n\r\n')],
  ['a size with minus', chunked('-1\r\na\r\n0\r\n\r\n')],
  ['a size with underscore', chunked('1_0\r\na\r\n0\r\n\r\n')],
  ['a size with a blank', chunked('1 \r\na\r\n0\r\n\r\n')],
  ['an empty size', chunked('\r\na\r\n0\r\n\r\n')],
  ['a size beyond 64 bits', chunked('10000000000000000\r\na\r\n0\r\n\r\n')],
  ['a size that wraps', chunked('fffffffffffffffff0\r\na\r\n0\r\n\r\n')],
  ['a size ended by bare LF', chunked('1\na\r\n0\r\n\r\n')],
  ['a size ended by bare CR', chunked('1\ra\r\n0\r\n\r\n')],
  ['a chunk longer than its size', chunked('1\r\naa\r\n0\r\n\r\n')],
  ['a chunk ended by bare LF', chunked('1\r\na\n0\r\n\r\n')],
  ['an extension with bare LF', chunked('1;a\nb\r\na\r\n0\r\n\r\n')],
  ['an extension with bare CR', chunked('1;a\rb\r\na\r\n0\r\n\r\n')],
  ['an extension after a blank', chunked('1 ;a=b\r\na\r\n0\r\n\r\n')],
  ['a quoted extension over a line end', chunked('1;a="b\r\n"\r\na\r\n0\r\n\r\n')],
  ['a trailer field ended by bare LF', chunked('0\r\nX: y\n\r\n')],
  ['a folded trailer field', chunked('0\r\nX: y\r\n z\r\n\r\n')],
  ['trailers ended by bare LF', chunked('0\r\n\n')],
  ['a length among the trailers', chunked('0\r\nContent-Length: 5\r\n\r\n')],
];

// If one of these passes, somebody can put a request of their own in front of another person's.
describe('request smuggling', () => {
  let gate: TestTransport;
  before(async () => {
    gate = await startTransport();
  });
  after(() => gate[Symbol.asyncDispose]());

  for (const [name, text, status] of heads) {
    test(`refuses and closes on ${name}`, async () => {
      const seenBefore = gate.seen.length;
      const toldBefore = gate.refused.reduce((sum, entry) => sum + entry.count, 0);
      const peer = await rawPeer(gate.port);
      peer.write(text + smuggled);
      const answer = await peer.closed();
      assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `));
      assert.equal(answer.match(/^HTTP\/1\.1 /gm)?.length, 1, 'one answer only');
      assert.match(answer, /\r\nconnection: close\r\n/);
      assert.equal(gate.seen.length, seenBefore, 'no handler saw anything');
      assert.equal(gate.refused.reduce((sum, entry) => sum + entry.count, 0) - toldBefore <= 1, true);
    });
  }

  for (const [name, text] of bodies) {
    test(`refuses and closes on ${name}`, async () => {
      const seenBefore = gate.seen.length;
      const peer = await rawPeer(gate.port);
      peer.write(text + smuggled);
      const answer = await peer.closed();
      assert.match(answer, /^HTTP\/1\.1 400 /);
      assert.equal(answer.match(/^HTTP\/1\.1 /gm)?.length, 1);
      const seen = gate.seen.slice(seenBefore);
      assert.deepEqual(
        seen.map(entry => entry.inbound.target),
        ['/first'],
      );
      assert.equal(seen[0]?.isComplete, false, 'the body never counts as complete');
    });
  }

  test('hides nothing in what it accepts', async () => {
    const accepted: [string, string[]][] = [
      [get('') + get(''), ['', '']],
      [post('Content-Length: 5\r\n', 'abcde') + get(''), ['abcde', '']],
      [chunked('5\r\nabcde\r\n0\r\n\r\n') + get(''), ['abcde', '']],
      [chunked('1;a=b\r\na\r\n0\r\nX-Trailer: y\r\n\r\n') + get(''), ['a', '']],
      [post(`Content-Length: ${smuggled.length}\r\n`, smuggled) + get(''), [smuggled, '']],
      [`\r\n${get('')}`, ['']],
      [line('OPTIONS * HTTP/1.1'), ['']],
      [line('GET http://A.example:80/first HTTP/1.1'), ['']],
      [line('GET /first HTTP/1.1', 'Host: [2001:DB8::1]:8443\r\n'), ['']],
      [get('X: \xe9t\xe9\r\n'), ['']],
    ];
    for (const [text, wanted] of accepted) {
      const seenBefore = gate.seen.length;
      const peer = await rawPeer(gate.port);
      peer.write(text);
      await peer.until(received => received.match(/hello [A-Z]+ \S+/g)?.length === wanted.length);
      assert.deepEqual(
        gate.seen.slice(seenBefore).map(entry => entry.body),
        wanted,
        JSON.stringify(text),
      );
      peer.socket.destroy();
    }
  });

  test('looks at nothing that follows a refused request, however it is cut into pieces', async () => {
    const text = post('Content-Length: 6\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n') + smuggled;
    const seenBefore = gate.seen.length;
    for (const at of [1, 20, 60, 90, 100, 120]) {
      const peer = await rawPeer(gate.port);
      peer.socket.setNoDelay(true);
      peer.write(text.slice(0, at));
      await new Promise(resolve => setImmediate(resolve));
      peer.write(text.slice(at));
      assert.match(await peer.closed(), /^HTTP\/1\.1 400 /);
    }
    assert.equal(gate.seen.length, seenBefore);
  });

  test('answers the sound request before an unsound one, and nothing after', async () => {
    const seenBefore = gate.seen.length;
    const peer = await rawPeer(gate.port);
    peer.write(get('') + post('Content-Length: 1\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n') + smuggled);
    const answer = await peer.closed();
    assert.deepEqual(answer.match(/HTTP\/1\.1 \d+/g), ['HTTP/1.1 200', 'HTTP/1.1 400']);
    assert.deepEqual(
      gate.seen.slice(seenBefore).map(entry => entry.inbound.target),
      ['/first'],
    );
  });

  test('tells each refusal once, with the layer and the reason', async () => {
    await using own = await startTransport();
    const peer = await rawPeer(own.port);
    peer.write(post('Content-Length: 6\r\nTransfer-Encoding: chunked\r\n', '0\r\n\r\n') + smuggled);
    await peer.closed();
    const { port } = own;
    const told = {
      peerIp: '127.0.0.1',
      localPort: port,
      layer: 'framing',
      reason: 'bad_transfer_encoding',
      type: 'protocol',
    };
    assert.deepEqual(own.refused, [{ ...told, status: 400, count: 1 }]);
  });
});
