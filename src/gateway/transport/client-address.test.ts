import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { canonicalIp, parseCidr } from '../../core/ip.ts';
import { resolveClient } from './client-address.ts';

const trusted = ['10.0.0.0/8', 'fd00::/8'].map(parseCidr);
const from = (peerIp: string, headers: Record<string, string | string[]>) =>
  resolveClient({ peerIp, headers, isTrusted: ip => trusted.some(block => block.contains(ip)) });

describe('client address', () => {
  const rows: [string, string, Record<string, string | string[]>, string][] = [
    ['an untrusted peer is not believed', '203.0.113.9', { 'x-forwarded-for': '1.2.3.4' }, '203.0.113.9'],
    ['a trusted peer without headers is itself', '10.0.0.1', {}, '10.0.0.1'],
    ['one hop', '10.0.0.1', { 'x-forwarded-for': '1.2.3.4' }, '1.2.3.4'],
    ['what the client wrote before the proxy', '10.0.0.1', { 'x-forwarded-for': '6.6.6.6, 1.2.3.4' }, '1.2.3.4'],
    ['two trusted hops', '10.0.0.1', { 'x-forwarded-for': '6.6.6.6, 1.2.3.4, 10.9.9.9' }, '1.2.3.4'],
    ['all trusted: the first', '10.0.0.1', { 'x-forwarded-for': '10.1.1.1, 10.9.9.9' }, '10.1.1.1'],
    ['several lines', '10.0.0.1', { 'x-forwarded-for': ['6.6.6.6', '1.2.3.4'] }, '1.2.3.4'],
    ['a port', '10.0.0.1', { 'x-forwarded-for': '1.2.3.4:5555' }, '1.2.3.4'],
    ['IPv6 in brackets with a port', '10.0.0.1', { 'x-forwarded-for': '[2001:DB8::1]:5555' }, '2001:db8::1'],
    ['mapped IPv4', '10.0.0.1', { 'x-forwarded-for': '::ffff:1.2.3.4' }, '1.2.3.4'],
    ['a mapped address of a trusted hop', '10.0.0.1', { 'x-forwarded-for': '1.2.3.4, ::ffff:10.1.1.1' }, '1.2.3.4'],
    [
      'an unreadable entry ends at the last good hop',
      '10.0.0.1',
      { 'x-forwarded-for': '1.2.3.4, bad, 10.2.2.2' },
      '10.2.2.2',
    ],
    ['an unreadable last entry ends at the peer', '10.0.0.1', { 'x-forwarded-for': '1.2.3.4, unknown' }, '10.0.0.1'],
    ['an empty entry ends', '10.0.0.1', { 'x-forwarded-for': '1.2.3.4, ' }, '10.0.0.1'],
    ['octal forms are no addresses', '10.0.0.1', { 'x-forwarded-for': '010.1.1.1' }, '10.0.0.1'],
    ['a zone is no client', '10.0.0.1', { 'x-forwarded-for': 'fe80::1%eth0' }, '10.0.0.1'],
    ['Forwarded', '10.0.0.1', { forwarded: 'for=6.6.6.6, for=1.2.3.4;proto=https' }, '1.2.3.4'],
    ['Forwarded IPv6', '10.0.0.1', { forwarded: 'For="[2001:db8:cafe::17]:4711"' }, '2001:db8:cafe::17'],
    ['Forwarded obfuscated', '10.0.0.1', { forwarded: 'for=_hidden' }, '10.0.0.1'],
    ['Forwarded with a name twice', '10.0.0.1', { forwarded: 'for=1.2.3.4;for=6.6.6.6' }, '10.0.0.1'],
    ['both, agreeing', '10.0.0.1', { forwarded: 'for=1.2.3.4', 'x-forwarded-for': '1.2.3.4' }, '1.2.3.4'],
    ['both, at odds', '10.0.0.1', { forwarded: 'for=6.6.6.6', 'x-forwarded-for': '1.2.3.4' }, '10.0.0.1'],
  ];
  for (const [name, peerIp, headers, clientIp] of rows) {
    test(`reads ${name}`, () => assert.equal(from(peerIp, headers).clientIp, clientIp));
  }

  test('says when the two headers are at odds', () => {
    assert.equal(from('10.0.0.1', { forwarded: 'for=6.6.6.6', 'x-forwarded-for': '1.2.3.4' }).isConflicting, true);
    assert.equal(from('203.0.113.9', { forwarded: 'for=6.6.6.6', 'x-forwarded-for': '1.2.3.4' }).isConflicting, false);
  });

  test('believes scheme and host of trusted peers only, and no lists of them', () => {
    const headers = { 'x-forwarded-proto': 'HTTPS', 'x-forwarded-host': 'App.Example:443' };
    assert.deepEqual(from('203.0.113.9', headers), {
      clientIp: '203.0.113.9',
      proto: undefined,
      host: undefined,
      isConflicting: false,
    });
    assert.deepEqual(from('10.0.0.1', headers), {
      clientIp: '10.0.0.1',
      proto: 'https',
      host: 'app.example',
      isConflicting: false,
    });
    const lists = from('10.0.0.1', { 'x-forwarded-proto': 'https,http', 'x-forwarded-host': ['a', 'b'] });
    assert.equal(lists.proto, undefined);
    assert.equal(lists.host, undefined);
    assert.equal(from('10.0.0.1', { 'x-forwarded-proto': 'javascript' }).proto, undefined);
    assert.equal(from('10.0.0.1', { forwarded: 'for=1.2.3.4;proto=https;host=a.example' }).host, 'a.example');
  });

  const ip = fc.oneof(
    fc.ipV4(),
    fc.ipV6().map(text => canonicalIp(text) ?? '::1'),
  );

  test('an empty trust list never yields anything but the peer', () => {
    fc.assert(
      fc.property(ip, fc.string(), fc.string(), (peerIp, list, forwarded) => {
        const headers = { 'x-forwarded-for': list, forwarded, 'x-forwarded-host': 'a' };
        const client = resolveClient({ peerIp, headers, isTrusted: () => false });
        assert.deepEqual(client, { clientIp: peerIp, proto: undefined, host: undefined, isConflicting: false });
      }),
    );
  });

  test('what a client writes itself never changes what its proxy appended', () => {
    const outside = fc.ipV4().filter(text => !text.startsWith('10.'));
    fc.assert(
      fc.property(fc.string(), outside, (written, real) => {
        assert.equal(from('10.0.0.1', { 'x-forwarded-for': `${written}, ${real}` }).clientIp, real);
        assert.equal(from('10.0.0.1', { forwarded: `${written}, for=${real}` }).clientIp, real);
      }),
    );
  });

  test('always yields a canonical address, whatever the headers hold', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200, unit: 'binary-ascii' }), list => {
        const { clientIp } = from('10.0.0.1', { 'x-forwarded-for': list, forwarded: list });
        assert.equal(canonicalIp(clientIp), clientIp);
      }),
    );
  });

  test('reads a chain of any length in bounded work', () => {
    const list = Array.from({ length: 10_000 }, () => '10.1.1.1').join(', ');
    assert.equal(from('10.0.0.1', { 'x-forwarded-for': `6.6.6.6, ${list}` }).clientIp, '10.1.1.1');
  });
});
