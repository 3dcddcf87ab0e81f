import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { canonicalAuthority } from './authority.ts';
import type { RawHead } from './head.ts';
import { judgeHead } from './head.ts';
import type { RefusalReason } from './refusals.ts';
import { refusalBytes, refusalKinds } from './refusals.ts';

const limits = { headerCountMax: 100, targetBytesMax: 8192 };
const head = (changes: Partial<RawHead> = {}): RawHead => ({
  method: 'GET',
  target: '/',
  httpVersion: '1.1',
  rawHeaders: ['Host', 'a.example'],
  scheme: 'https',
  ...changes,
});

describe('authority', () => {
  const accepts: [string, string][] = [
    ['a.example', 'a.example'],
    ['A.Example', 'a.example'],
    ['a.example:443', 'a.example'],
    ['a.example:8443', 'a.example:8443'],
    ['localhost', 'localhost'],
    ['my_host', 'my_host'],
    ['127.0.0.1:80', '127.0.0.1:80'],
    ['[::1]', '[::1]'],
    ['[2001:DB8:0:0::1]:443', '[2001:db8::1]'],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['1.example', '1.example'],
  ];
  const refuses = [
    '',
    ' a',
    'a ',
    'a b',
    'a,b',
    'a@b',
    'user:pass@a',
    'a/b',
    'a?b',
    'a#b',
    'a\\b',
    'a:',
    'a:0',
    'a:080',
    'a:65536',
    'a:1:2',
    'a:+1',
    ':443',
    '.a',
    'a.',
    'a..b',
    '-a',
    'a-',
    '%61',
    'é',
    '127.1',
    '0x7f.0.0.1',
    '0177.0.0.1',
    '2130706433',
    '1.2.3.4.5',
    '256.1.1.1',
    '::1',
    '[::1',
    '[]',
    '[a]',
    '[::1%25lo]',
    '[127.0.0.1]',
    '[::1]x',
    '[::1]:',
    'a\0',
    'a\n',
    `${'a'.repeat(64)}.example`,
    `${'a.'.repeat(130)}a`,
  ];
  for (const [text, wanted] of accepts)
    test(`reads "${text}"`, () => assert.equal(canonicalAuthority(text, 'https'), wanted));
  for (const text of refuses)
    test(`refuses ${JSON.stringify(text)}`, () => assert.equal(canonicalAuthority(text, 'https'), undefined));

  test('is stable, and safe to put into a URL', () => {
    const texts = fc.oneof(
      fc.webAuthority(),
      fc.domain(),
      fc.ipV4(),
      fc.ipV6().map(ip => `[${ip}]`),
      fc.string(),
    );
    fc.assert(
      fc.property(texts, text => {
        const canonical = canonicalAuthority(text, 'https');
        if (canonical === undefined) return;
        assert.equal(canonicalAuthority(canonical, 'https'), canonical);
        assert.equal(new URL(`https://${canonical}/`).host, canonical);
      }),
    );
  });
});

describe('head', () => {
  test('accepts what browsers and platforms send', () => {
    const fields = [
      'Host',
      'a.example',
      'Connection',
      'keep-alive',
      'Cookie',
      'a=b',
      'Accept',
      '*/*',
      'Accept',
      'text/html',
    ];
    assert.deepEqual(judgeHead(head({ rawHeaders: fields }), limits), {
      ok: true,
      authority: 'a.example',
      isUpgrade: false,
      expectsContinue: false,
    });
  });

  const token = fc.stringMatching(/^[a-zA-Z0-9_-]{1,20}$/);
  const value = fc.string({
    unit: fc.integer({ min: 0x20, max: 0xff }).map(code => String.fromCharCode(code)),
    maxLength: 40,
  });
  const framing = fc.constantFrom(
    'Host',
    'Content-Length',
    'Transfer-Encoding',
    'Connection',
    'Upgrade',
    'Expect',
    'content-length',
  );
  const values = fc.oneof(value, fc.constantFrom('chunked', '5', 'a.example', 'close', 'websocket', '100-continue'));
  const rawHeaders = fc.array(fc.tuple(fc.oneof(token, framing), values), { maxLength: 12 }).map(pairs => pairs.flat());

  test('what passes has one Host, at most one length, and no coding but chunked', () => {
    fc.assert(
      fc.property(
        rawHeaders,
        fc.constantFrom('1.0', '1.1'),
        fc.constantFrom('GET', 'POST'),
        (fields, httpVersion, method) => {
          const verdict = judgeHead(
            head({ rawHeaders: ['Host', 'a.example', ...fields], httpVersion, method }),
            limits,
          );
          if (!verdict.ok) return;
          const all = (name: string) =>
            fields.filter((_, at) => at % 2 === 1 && fields[at - 1]?.toLowerCase() === name);
          assert.deepEqual(all('host'), []);
          assert.ok(all('content-length').length + all('transfer-encoding').length <= 1);
          for (const length of all('content-length')) assert.match(length, /^\d{1,15}$/);
          for (const coding of all('transfer-encoding')) assert.equal(coding, 'chunked');
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('never throws and always gives a known reason, whatever the strings', () => {
    const any = fc.string({ unit: 'binary', maxLength: 60 });
    fc.assert(
      fc.property(any, any, any, fc.array(any, { maxLength: 10 }), (method, target, httpVersion, fields) => {
        const verdict = judgeHead(head({ method, target, httpVersion, rawHeaders: fields }), limits);
        assert.ok(verdict.ok || verdict.reason in refusalKinds);
      }),
    );
  });
});

describe('refusals', () => {
  test('every answer is a whole HTTP message that closes the connection', () => {
    for (const reason of Object.keys(refusalKinds) as RefusalReason[]) {
      const { status } = refusalKinds[reason];
      if (status === 0) continue;
      const [top = '', body = ''] = refusalBytes(reason).toString().split('\r\n\r\n');
      assert.match(top, new RegExp(`^HTTP/1\\.1 ${status} [A-Z]`));
      assert.match(top, /\r\nconnection: close$/);
      assert.match(top, new RegExp(`\r\ncontent-length: ${body.length}\r\n`));
      assert.equal(JSON.parse(body).status, status);
    }
  });
});
