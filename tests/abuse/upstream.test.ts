import assert from 'node:assert/strict';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { Member, Product } from '../product/product.ts';
import { createOwner, startProduct } from '../product/product.ts';
import { cookiesOf, holds, openLine, portOf, sendHttp2, sendRaw } from './attacker.ts';

const plain = 'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok';

/** An upstream in the hands of an attacker: it answers every request head with these very bytes. */
async function startHostile() {
  const asked: string[] = [];
  const open = new Set<Socket>();
  const hostile = { answer: plain, asked, url: '', close: () => {} };
  const server = createServer(socket => {
    open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => open.delete(socket));
    socket.on('data', chunk => {
      const text = chunk.toString('latin1');
      if (!text.includes('HTTP/1.1\r\n')) return;
      asked.push(text.slice(0, text.indexOf('\r\n')));
      socket.write(Buffer.from(hostile.answer, 'latin1'));
    });
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  hostile.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  hostile.close = () => {
    for (const socket of open) socket.destroy();
    server.close();
  };
  return hostile;
}

describe('an upstream in the hands of an attacker', () => {
  const stack = new AsyncDisposableStack();
  let hostile: Awaited<ReturnType<typeof startHostile>>;
  let product: Product;
  let owner: Member;
  let address: string;
  before(async () => {
    hostile = await startHostile();
    stack.defer(() => hostile.close());
    product = stack.use(await startProduct());
    owner = await createOwner(product);
    const site = await product.sallyport.operator('sites.create', {
      body: { name: 'hostile', platform: 'generic', upstreams: [hostile.url], port: 0 },
    });
    ({ address } = site);
  });
  after(() => stack.disposeAsync());

  const head = (request: string) => [
    `${request} HTTP/1.1`,
    `Host: ${new URL(address).host}`,
    `Cookie: ${cookiesOf(owner.visitor)}`,
    `Origin: ${address}`,
  ];
  const askBoth = async (answer: string) => {
    hostile.answer = answer;
    const first = await sendRaw(product, portOf(address), head('GET /x'));
    const fields = { ':path': '/x', cookie: cookiesOf(owner.visitor) };
    const second = await sendHttp2(product, portOf(address), fields);
    hostile.answer = plain;
    return [first, second] as const;
  };

  it('cannot set a cookie of the gate in any spelling', async () => {
    const lines = [
      ...['__Host-sallyport=evil; Path=/; Secure', '__HOST-Sallyport=evil', '=__Host-sallyport=evil; Path=/; Secure'],
      ...[' __Host-sallyport =evil', '__Host-sallyport-form=evil', '=evil', 'kept=1'],
    ];
    const answer = `HTTP/1.1 200 OK\r\n${lines.map(line => `set-cookie: ${line}\r\n`).join('')}content-length: 2\r\n\r\nok`;
    for (const { status, text } of await askBoth(answer)) {
      assert.equal(status, 200);
      assert.doesNotMatch(text, /evil/);
      assert.match(text, /kept=1/);
    }
  });

  it('cannot split an answer, poison the next one or answer in two ways', async () => {
    for (const answer of [
      'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n',
      'HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\nokk',
      'HTTP/1.1 200 OK\r\nx-a: a\nset-cookie: evil=1\r\ncontent-length: 2\r\n\r\nok',
      'HTTP/1.1 200 OK\r\nx-a: a\x01b\r\ncontent-length: 2\r\n\r\nok',
      'HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n',
    ]) {
      for (const { status, text } of await askBoth(answer)) {
        assert.equal(status, 502, JSON.stringify(answer));
        assert.doesNotMatch(text, /evil/);
      }
    }
    hostile.answer = `${plain}HTTP/1.1 200 OK\r\ncontent-length: 6\r\n\r\nPOISON`;
    assert.doesNotMatch((await sendRaw(product, portOf(address), head('GET /first'))).text, /POISON/);
    hostile.answer = plain;
    for (let round = 0; round < 3; round++) {
      const next = await sendRaw(product, portOf(address), head('GET /next'));
      assert.doesNotMatch(next.text, /POISON/);
    }
  });

  it('cannot leave a client without an answer or end the gate', async () => {
    for (const [answer, status] of [
      ['HTTP/1.1 200 OK\r\nhttp2-settings: x\r\nhost: y\r\ncontent-length: 2\r\n\r\nok', 200],
      ['HTTP/1.1 200 OK\r\n__proto__: polluted\r\nconstructor: x\r\ncontent-length: 2\r\n\r\nok', 200],
      ['HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\n', 204],
      ['HTTP/1.1 304 Not Modified\r\ncontent-length: 5\r\n\r\n', 304],
    ] as const) {
      for (const seen of await askBoth(answer)) assert.equal(seen.status, status, JSON.stringify(answer));
    }
    const weird = await askBoth('HTTP/1.1 999 Weird\r\ncontent-length: 2\r\n\r\nok');
    assert.ok(weird.every(seen => seen.status > 0));
    assert.equal(Object.hasOwn(Object.prototype, 'polluted'), false);
  });

  it('cannot have its bytes taken for a page against their declared type, nor speak for the gate', async () => {
    const lines = [
      ...['content-type: */*', 'x-content-type-options: none', 'clear-site-data: "cookies"', 'server: x/1.2.3'],
      ...['strict-transport-security: max-age=0', 'access-control-allow-origin: *', 'alt-svc: h2="evil.example:443"'],
      ...['access-control-allow-credentials: true', 'connection: x-content-type-options, x-request-id'],
    ];
    const answer = `HTTP/1.1 200 OK\r\n${lines.join('\r\n')}\r\ncontent-length: 2\r\n\r\nok`;
    for (const { text } of await askBoth(answer)) {
      assert.match(text, /x-content-type-options(?:: |":")nosniff/);
      assert.match(text, /x-request-id/);
      assert.doesNotMatch(text, /clear-site-data|max-age=0|access-control-allow|alt-svc|1\.2\.3|options(?:: |":")none/);
    }
  });

  it('gets nothing of what a client sends behind an answered request or inside a body', async () => {
    const port = portOf(address);
    const smuggled = 'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n';
    const inBody = await sendRaw(
      product,
      port,
      [...head('POST /outer'), `Content-Length: ${smuggled.length}`],
      smuggled,
    );
    assert.equal(inBody.status, 200);
    const line = await openLine(product, port);
    // Answered before the body is there: the rest must not be read as a request of its own.
    line.send(`${[...head('POST /early'), 'Content-Length: 400000'].join('\r\n')}\r\n\r\n${'x'.repeat(300_000)}`);
    assert.ok(await holds(() => line.told.includes('200 OK')));
    line.send(smuggled);
    assert.ok(await holds(() => line.isClosed), 'the rest is not waited for');
    assert.equal(line.told.split('HTTP/1.1 ').length, 2, 'one answer');
    const upgrade = ['Upgrade: websocket', 'Sec-WebSocket-Version: 13', 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='];
    const refused = await openLine(product, port);
    refused.send(`${[...head('GET /ws'), ...upgrade, 'Connection: Upgrade'].join('\r\n')}\r\n\r\n${smuggled}`);
    assert.ok(await holds(() => refused.isClosed));
    assert.ok(!hostile.asked.some(request => request.includes('smuggled')), hostile.asked.join('\n'));
  });
});
