import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseCidr } from '../../core/ip.ts';
import { formatBlock, newAddressWords, readAddress, readBlock } from '../address.ts';
import type { ListFormat, ParseOptions } from './formats.ts';
import { listFormats, parseList } from './formats.ts';
import { compileRanges, holds } from './range-set.ts';

const options: ParseOptions = { entriesMax: 10, widest: { v4: 8, v6: 16 } };

describe('list formats', () => {
  const accepts: [string, ListFormat, string, string[], Partial<ParseOptions>?][] = [
    [
      'plain lines with comments',
      'plain',
      '# a set\n192.0.2.1\r\n\n 198.51.100.0/24 ; SBL1\n2001:db8::/32 # x\n',
      ['192.0.2.1', '198.51.100.0/24', '2001:db8::/32'],
    ],
    ['a byte order mark', 'plain', '\ufeff192.0.2.1', ['192.0.2.1']],
    ['CSV without a head line', 'csv', '# a\n192.0.2.1,"a, ""b""",3\n192.0.2.2', ['192.0.2.1', '192.0.2.2']],
    ['CSV by column', 'csv', 'when,IP\n"2026, May","192.0.2.1"\n', ['192.0.2.1'], { column: 'ip' }],
    [
      'Tor nodes',
      'tor',
      'ExitNode 0011\nPublished 2026-01-01 00:00:00\nLastStatus 2026-01-01 00:00:00\nExitAddress 192.0.2.1 2026-01-01 00:00:00\n',
      ['192.0.2.1'],
    ],
    ['Tor addresses', 'tor', '192.0.2.1\n192.0.2.2\n', ['192.0.2.1', '192.0.2.2']],
    [
      'DROP as JSON lines',
      'drop_json',
      '{"cidr":"192.0.2.0/24","sblid":"SBL1","rir":"ripe"}\n{"type":"metadata","records":1}\n',
      ['192.0.2.0/24'],
    ],
    [
      'reports with a confidence',
      'abuseipdb',
      '{"meta":{},"data":[{"ipAddress":"192.0.2.1","abuseConfidenceScore":100},{"ipAddress":"192.0.2.2","abuseConfidenceScore":10}]}',
      ['192.0.2.1'],
      { confidenceMin: 90 },
    ],
    [
      'ranges of one service',
      'aws',
      '{"prefixes":[{"ip_prefix":"192.0.2.0/24","service":"CLOUDFRONT"},{"ip_prefix":"198.51.100.0/24","service":"EC2"}],"ipv6_prefixes":[{"ipv6_prefix":"2001:db8::/32","service":"CLOUDFRONT"}]}',
      ['192.0.2.0/24', '2001:db8::/32'],
      { services: ['CLOUDFRONT'] },
    ],
    [
      'ranges of Fastly',
      'fastly',
      '{"addresses":["192.0.2.0/24"],"ipv6_addresses":["2001:db8::/32"]}',
      ['192.0.2.0/24', '2001:db8::/32'],
    ],
    [
      'ranges of Cloudflare',
      'cloudflare',
      '{"result":{"ipv4_cidrs":["192.0.2.0/24"],"ipv6_cidrs":[]},"success":true}',
      ['192.0.2.0/24'],
    ],
  ];
  for (const [name, format, text, wanted, patch] of accepts) {
    it(`reads ${name}`, () => {
      const parsed = parseList(format, text, { ...options, ...patch });
      assert.ok(parsed.ok, JSON.stringify(parsed));
      assert.deepEqual(parsed.blocks.map(formatBlock), wanted);
    });
  }

  const refuses: [string, ListFormat, string, number, Partial<ParseOptions>?][] = [
    ['a name', 'plain', '192.0.2.1\nexample.org\n', 2],
    ['a page instead of a list', 'plain', '<!DOCTYPE html>\n', 1],
    ['an empty list', 'plain', '# nothing\n\n', 0],
    ['everybody', 'plain', '192.0.2.1\n\n0.0.0.0/0\n', 3],
    ['a very wide block', 'plain', '2000::/3', 1],
    ['one too many', 'plain', '192.0.2.1\n'.repeat(11), 11],
    ['a line without end', 'plain', `192.0.2.1\n${'1'.repeat(9000)}`, 2],
    ['an octal address', 'plain', '010.0.0.1', 1],
    ['a missing column', 'csv', 'a,b\n192.0.2.1,2\n', 1, { column: 'ip' }],
    ['an empty cell', 'csv', 'ip,b\n192.0.2.1,2\n,2\n', 3, { column: 'ip' }],
    ['a cell without end', 'csv', '"192.0.2.1', 1],
    ['a word after a quoted cell', 'csv', '"192.0.2.1"x,1', 1],
    ['an exit without an address', 'tor', 'ExitAddress\n', 1],
    ['a broken line of JSON', 'drop_json', '{"cidr":"192.0.2.1"}\n{"cidr":\n', 2],
    ['a line of JSON without a block', 'drop_json', '{"asn":1}\n', 1],
    ['no JSON', 'aws', 'nothing', 0],
    ['JSON of another shape', 'aws', '{"prefixes":{}}', 0],
    ['an array for an object', 'fastly', '[]', 0],
    ['a number for an address', 'fastly', '{"addresses":[1],"ipv6_addresses":[]}', 0],
    ['a confidence that is none', 'abuseipdb', '{"data":[{"ipAddress":"192.0.2.1","abuseConfidenceScore":"9"}]}', 0],
    ['a null result', 'cloudflare', '{"result":null}', 0],
  ];
  for (const [name, format, text, line, patch] of refuses) {
    it(`refuses ${name} whole, with the line`, () => {
      const parsed = parseList(format, text, { ...options, ...patch });
      assert.ok(!parsed.ok);
      assert.equal(parsed.line, line, parsed.why);
    });
  }

  it('never throws, whatever the text', () => {
    fc.assert(
      fc.property(fc.constantFrom(...listFormats), fc.oneof(fc.string(), fc.json()), (format, text) => {
        assert.ok(typeof parseList(format, text, options).ok === 'boolean');
      }),
      { numRuns: 1000 },
    );
  });
});

describe('ranges', () => {
  const someBlock = fc.oneof(
    fc.tuple(fc.nat(15), fc.nat(255), fc.integer({ min: 20, max: 32 })).map(([a, b, bits]) => `10.0.${a}.${b}/${bits}`),
    fc
      .tuple(fc.nat(15), fc.nat(255), fc.integer({ min: 30, max: 128 }))
      .map(([a, b, bits]) => `2001:db8:0:${a}::${b.toString(16)}/${bits}`),
    fc.constantFrom('255.255.255.255', '0.0.0.0', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '::'),
  );
  const someIp = fc.oneof(
    fc.tuple(fc.nat(15), fc.nat(255)).map(([a, b]) => `10.0.${a}.${b}`),
    fc.tuple(fc.nat(15), fc.nat(255)).map(([a, b]) => `2001:db8:0:${a}::${b.toString(16)}`),
    fc.constantFrom('255.255.255.255', '0.0.0.0', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', '::'),
  );
  it('hold exactly what one of the blocks holds, and stand apart from one another', () => {
    const words = newAddressWords();
    fc.assert(
      fc.property(
        fc.array(someBlock, { maxLength: 40 }),
        fc.array(someIp, { minLength: 5, maxLength: 30 }),
        (texts, ips) => {
          const ranges = compileRanges(texts.flatMap(text => readBlock(text) ?? []));
          for (const ip of ips) {
            const version = readAddress(ip, words);
            assert.ok(version !== 0);
            assert.equal(
              holds(ranges, version, words),
              texts.some(text => parseCidr(text).contains(ip)),
              ip,
            );
          }
          for (let i = 2; i < ranges.v4.length; i += 2) assert.ok((ranges.v4[i] ?? 0) > (ranges.v4[i - 1] ?? 0) + 1);
        },
      ),
      { numRuns: 500 },
    );
  });
});
