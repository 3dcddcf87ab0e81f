import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { eventually, raw, site, startGate, startUpstream } from '../gateway.fixture.ts';

const attack = JSON.stringify({ q: "1' UNION SELECT password FROM users-- " });
const publicRoutes = [{ methods: ['GET', 'POST'], path: '/hook' }];
const head = 'POST /hook HTTP/1.1\r\nhost: app.test\r\ncontent-type: application/json\r\n';
const chunk = (text: string): string => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`;

async function scene() {
  const heard: string[] = [];
  const upstream = await startUpstream((req, res) => {
    req.on('data', (piece: Buffer) => heard.push(piece.toString('latin1')));
    req.on('error', () => {});
    req.on('end', () => res.end('ok'));
  });
  const gate = await startGate([site([upstream.url], { publicRoutes, bodyBytesMax: 32 * 1024 * 1024 })]);
  return {
    gate,
    heard,
    async [Symbol.asyncDispose]() {
      await gate[Symbol.asyncDispose]();
      await upstream[Symbol.asyncDispose]();
    },
  };
}

describe('bodies on their way through the gate', () => {
  it('sends no byte of a body of unknown length on before it is judged, however it is cut into pieces', async () => {
    await using s = await scene();
    for (const pieces of [[attack, '\n'], attack.split(''), [attack, ' '.repeat(70_000), '\n']]) {
      const bytes = `${head}transfer-encoding: chunked\r\n\r\n${pieces.map(chunk).join('')}0\r\n\r\n`;
      assert.match(await raw(s.gate.port, bytes, 'HTTP/1.1'), /^HTTP\/1\.1 403/);
    }
    assert.deepEqual(s.heard, []);
  });

  it('holds enough of a long body back that nothing is sent on that was not judged', async () => {
    await using s = await scene();
    const value = JSON.stringify({
      honest: 'lorem ipsum '.repeat(20_000),
      q: `${'y'.repeat(20_000)}' UNION SELECT a FROM b-- `,
    });
    const pieces = value.match(/.{1,1000}/gs) ?? [];
    const bytes = `${head}transfer-encoding: chunked\r\n\r\n${pieces.map(chunk).join('')}${chunk(' ')}0\r\n\r\n`;
    assert.match(await raw(s.gate.port, bytes, 'HTTP/1.1'), /^HTTP\/1\.1 403/);
    assert.doesNotMatch(s.heard.join(''), /UNION/);
  });

  it('carries a long body whole that comes in pieces of all sizes', async () => {
    await using s = await scene();
    const body = JSON.stringify({ honest: randomText(400_000) });
    const pieces: string[] = [];
    for (let at = 0, size = 1; at < body.length; at += size, size = (size * 7) % 9973)
      pieces.push(body.slice(at, at + size));
    const bytes = `${head}transfer-encoding: chunked\r\n\r\n${pieces.map(chunk).join('')}0\r\n\r\n`;
    assert.match(await raw(s.gate.port, bytes, 'HTTP/1.1'), /^HTTP\/1\.1 200/);
    assert.equal(s.heard.join(''), body);
  });

  it('judges what is compressed before any of it is sent on', async () => {
    await using s = await scene();
    const body = gzipSync(JSON.stringify({ filler: randomText(300_000), ...JSON.parse(attack) }));
    const answer = await s.gate.call({
      method: 'POST',
      path: '/hook',
      headers: { 'content-type': 'application/json', 'content-encoding': 'gzip', 'transfer-encoding': 'chunked' },
      body,
    });
    assert.ok(body.length > 140_000);
    assert.equal(answer.status, 403);
    assert.deepEqual(s.heard, []);
  });

  it('goes on answering everybody else while much comes out of a small compressed body', async () => {
    await using s = await scene();
    const values = Array.from({ length: 12_000 }, (_, at) => `it's <b>ok</b> \${x} %41 &amp; sel${at}`);
    const body = gzipSync(JSON.stringify(values));
    let isDone = false;
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    const slow = s.gate.call({ method: 'POST', path: '/hook', headers, body }).finally(() => {
      isDone = true;
    });
    let answered = 0;
    while (!isDone) {
      await s.gate.call({ path: '/health/live' });
      if (!isDone) answered++;
    }
    assert.equal((await slow).status, 200);
    assert.ok(answered >= 5, `${answered} others were answered`);
  });

  it('gives back what it held when a client leaves', async () => {
    await using s = await scene();
    const socket = connect(s.gate.port, '127.0.0.1');
    let told = '';
    socket.on('data', (bytes: Buffer) => {
      told += bytes.toString('latin1');
    });
    socket.on('error', () => {});
    socket.write(`${head}expect: 100-continue\r\ntransfer-encoding: chunked\r\n\r\n${chunk('{"a":')}`);
    await eventually(() => told.includes('100 Continue'), 'the gate to take the request');
    socket.destroy();
    await eventually(() => s.gate.records().some(record => record.data.status === 499), 'the record');
    assert.deepEqual(s.heard, []);
  });
});

/** Text that does not shrink to nothing: numbers of a fixed generator. */
function randomText(chars: number): string {
  let seed = 7;
  let text = '';
  while (text.length < chars) {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    text += `${seed.toString(36)} `;
  }
  return text;
}
