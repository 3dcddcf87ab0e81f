import assert from 'node:assert/strict';
import { connect as connectHttp2 } from 'node:http2';
import { after, before, describe, it } from 'node:test';
import type { FakeServer } from '../fakes/http.ts';
import { startFakeServer } from '../fakes/http.ts';
import type { Product } from '../product/product.ts';
import { startProduct } from '../product/product.ts';
import { holds, openLine, portOf, sendRaw } from './attacker.ts';

const attack = JSON.stringify({ q: "1' UNION SELECT name, secret FROM users-- " });
const stack = new AsyncDisposableStack();

interface Scene {
  readonly product: Product;
  readonly app: FakeServer;
  readonly port: number;
  readonly host: string;
}

async function setTheScene(): Promise<Scene> {
  const app = stack.use(await startFakeServer({ answer: () => ({ body: { ok: true } }) }));
  const product = stack.use(await startProduct());
  const publicRoutes = [{ methods: ['GET' as const, 'POST' as const], path: '/hook' }];
  const { address } = await product.sallyport.operator('sites.create', {
    body: { name: 'app', platform: 'generic', upstreams: [app.baseUrl], port: 0, publicRoutes },
  });
  return { product, app, port: portOf(address), host: new URL(address).host };
}

/** One HTTP/2 request in pieces; resolves with its status, 0 where it was reset. */
function inPieces(scene: Scene, pieces: readonly string[], fields: Record<string, string> = {}): Promise<number> {
  return new Promise(resolve => {
    const session = connectHttp2(`https://localhost:${scene.port}`, { ca: scene.product.ca });
    session.on('error', () => resolve(0));
    const head = { ':method': 'POST', ':path': '/hook', 'content-type': 'application/json' };
    const stream = session.request({ ...head, ...fields }, { signal: AbortSignal.timeout(5000) });
    let status = 0;
    stream.on('response', headers => {
      status = Number(headers[':status']);
    });
    stream.on('error', () => {});
    stream.on('close', () => {
      session.destroy();
      resolve(status);
    });
    stream.resume();
    for (const piece of pieces) stream.write(piece);
    stream.end();
  });
}

describe('an attacker before the perimeter', () => {
  let scene: Scene;
  before(async () => {
    scene = await setTheScene();
  });
  after(() => stack.disposeAsync());

  const bodies = () => scene.app.requests.filter(request => request.method === 'POST');

  it('gets no byte of a refused body to the application, in whatever pieces it comes', async () => {
    for (const pieces of [[attack], [attack, '\n'], attack.split(''), [attack, ' '.repeat(100_000)]]) {
      assert.equal(await inPieces(scene, pieces), 403);
    }
    assert.equal(await inPieces(scene, [attack], { 'content-length': String(attack.length) }), 403);
    assert.equal(bodies().length, 0);
  });

  it('gets nothing through by breaking off before the end', async () => {
    const session = connectHttp2(`https://localhost:${scene.port}`, { ca: scene.product.ca });
    session.on('error', () => {});
    const stream = session.request({ ':method': 'POST', ':path': '/hook', 'content-type': 'application/json' });
    stream.on('error', () => {});
    await new Promise(resolve => stream.write(attack, resolve));
    stream.close(8);
    const line = await openLine(scene.product, scene.port);
    const head = ['POST /hook HTTP/1.1', `Host: ${scene.host}`, 'Content-Type: application/json'];
    line.send(
      `${head.join('\r\n')}\r\nTransfer-Encoding: chunked\r\n\r\n${attack.length.toString(16)}\r\n${attack}\r\n`,
    );
    line.send('0\r\nTrailer: 1');
    line.close();
    assert.equal(await inPieces(scene, ['{"q":"shoes"}']), 200);
    session.destroy();
    assert.deepEqual(
      bodies().map(request => request.body),
      [bodies()[0]?.body],
    );
  });

  it('is judged behind a body of no length, on a pipeline, and with a body where none is usual', async () => {
    const line = await openLine(scene.product, scene.port);
    const before = bodies().length;
    const head = (method: string, length: number) =>
      `${method} /hook HTTP/1.1\r\nHost: ${scene.host}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;
    line.send(`${head('POST', 0)}${head('GET', attack.length)}${attack}${head('POST', attack.length)}${attack}`);
    assert.ok(await holds(() => line.told.split('HTTP/1.1 ').length === 4), line.told);
    assert.deepEqual(
      [...line.told.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(match => match[1]),
      ['200', '403', '403'],
    );
    assert.equal(bodies().length, before + 1);
    line.close();
  });

  it('cannot have the network of a visitor banned by pictures on a page', async () => {
    const { app, product } = scene;
    await using gate = await startProduct({ config: { trustedProxies: ['127.0.0.1'] } });
    const { address } = await gate.sallyport.operator('sites.create', {
      body: { name: 'shop', platform: 'generic', upstreams: [app.baseUrl], port: 0 },
    });
    const { host } = new URL(address);
    const picture = (site: string) =>
      sendRaw(gate, portOf(address), [
        'GET /?q=<script>alert(1)</script> HTTP/1.1',
        `Host: ${host}`,
        'X-Forwarded-For: 203.0.113.7',
        `Sec-Fetch-Site: ${site}`,
      ]);
    const bans = async () => (await gate.sallyport.operator('bans.list')).bans.length;
    for (let turn = 0; turn < 12; turn++) assert.equal((await picture('cross-site')).status, 403);
    assert.equal(await bans(), 0);
    for (let turn = 0; turn < 10; turn++) await picture('none');
    assert.ok(await holds(async () => (await bans()) === 1), 'whoever asks themselves is banned');
    assert.deepEqual((await product.sallyport.operator('bans.list')).bans, []);
  });

  it('cannot have an innocent address banned by naming it', async () => {
    for (let turn = 0; turn < 15; turn++) {
      await inPieces(scene, [attack], { 'x-forwarded-for': '203.0.113.9', forwarded: 'for=203.0.113.9' });
    }
    const { bans } = await scene.product.sallyport.operator('bans.list');
    assert.deepEqual(bans, []);
  });
});
