import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, test } from 'node:test';
import { openChallengeListener } from './challenge-listener.ts';

const challenge = {
  host: 'gate.example',
  type: 'http-01',
  token: 'tokenTOKEN_-12345',
  keyAuthorization: 'a.b',
} as const;
const own = new Set(['gate.example', 'n8n.example']);
const open = (httpsPort = 443) =>
  openChallengeListener({ host: '127.0.0.1', port: 0, isOwnHost: host => own.has(host), httpsPort });

/** Everything the listener says to these bytes. */
function exchange(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let received = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
    socket.on('data', piece => (received += piece.toString('latin1')));
    socket.on('close', () => resolve(received));
    socket.on('error', reject);
  });
}
const get = (port: number, target: string, host = 'gate.example', method = 'GET') =>
  exchange(port, `${method} ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);

describe('HTTP-01 listener', () => {
  test('answers the challenge under way, for its name alone, and nothing once it is over', async () => {
    await using listener = await open();
    const withdraw = listener.present(challenge);
    const path = `/.well-known/acme-challenge/${challenge.token}`;
    assert.match(await get(listener.port, path), /^HTTP\/1\.1 200 [\s\S]*\r\n\r\na\.b$/);
    assert.match(await get(listener.port, path, 'GATE.example:80'), /^HTTP\/1\.1 200 /);
    assert.match(await get(listener.port, path, 'n8n.example'), /^HTTP\/1\.1 404 /);
    assert.match(await get(listener.port, path, 'gate.example', 'POST'), /^HTTP\/1\.1 404 /);
    withdraw();
    assert.match(await get(listener.port, path), /^HTTP\/1\.1 404 /);
  });

  test('knows one spelling of a challenge path', async () => {
    await using listener = await open();
    listener.present(challenge);
    const prefix = '/.well-known/acme-challenge/';
    for (const target of [
      prefix,
      `${prefix}../acme-challenge/${challenge.token}`,
      `${prefix}${challenge.token}/`,
      `${prefix}${challenge.token}?x`,
      `${prefix}${challenge.token}%00`,
      `${prefix}%74${challenge.token.slice(1)}`,
      `${prefix}${challenge.token.toLowerCase()}`,
      `${prefix}__proto__`,
      `${prefix}constructor`,
    ]) {
      const said = await get(listener.port, target);
      assert.match(said, /^HTTP\/1\.1 404 /, target);
      assert.doesNotMatch(said, /a\.b/, target);
    }
    for (const target of [
      `//x${prefix}${challenge.token}`,
      `/x/..${prefix}${challenge.token}`,
      `/.well-known//acme-challenge/${challenge.token}`,
    ]) {
      assert.match(
        await get(listener.port, target),
        /^HTTP\/1\.1 308 [\s\S]*location: https:\/\/gate\.example\//i,
        target,
      );
    }
  });

  test('sends everything else to https of the same name, and nobody anywhere else', async () => {
    await using listener = await open(8443);
    const moved = async (target: string, host?: string) =>
      /^location: (.*)\r$/im.exec(await get(listener.port, target, host))?.[1];
    assert.equal(await moved('/a?b=c'), 'https://gate.example:8443/a?b=c');
    assert.equal(await moved('//evil.example/'), 'https://gate.example:8443//evil.example/');
    assert.equal(await moved('/\\evil.example'), 'https://gate.example:8443/\\evil.example');
    for (const host of [
      'evil.example',
      'gate.example.evil.example',
      'gate.example@evil.example',
      'gate.example\tx',
      '',
      '[::1]',
    ])
      assert.equal(await moved('/', host), undefined, host);
    assert.match(await get(listener.port, '/', 'evil.example'), /^HTTP\/1\.1 421 /);
    assert.match(await get(listener.port, 'http://gate.example/'), /^HTTP\/1\.1 400 /);
    assert.match(await get(listener.port, `/${'a'.repeat(5000)}`), /^HTTP\/1\.1 400 /);
    const twice = 'GET / HTTP/1.1\r\nHost: gate.example\r\nHost: evil.example\r\n\r\n';
    assert.doesNotMatch(await exchange(listener.port, twice), /location/i);
  });

  test('closes after one answer, upgrades nothing and connects nobody', async () => {
    await using listener = await open();
    const two = 'GET /a HTTP/1.1\r\nHost: gate.example\r\n\r\n';
    assert.equal((await exchange(listener.port, two + two)).match(/HTTP\/1\.1/g)?.length, 1);
    assert.equal(await exchange(listener.port, 'CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n'), '');
    const upgrade = 'GET / HTTP/1.1\r\nHost: gate.example\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n';
    assert.equal(await exchange(listener.port, upgrade), '');
    assert.equal(await exchange(listener.port, '\x16\x03\x01'), '');
  });
});
