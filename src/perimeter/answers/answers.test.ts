import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { leakDetectors, leakRules } from './rules/all.ts';
import { createLeakScanner } from './scan.ts';
import { createLeakStream } from './stream.ts';

const scanner = createLeakScanner(leakDetectors);
const found = (text: string): string[] => scanner.scan(Buffer.from(text).toString('latin1')).map(({ rule }) => rule.id);

const pem = generateKeyPairSync('rsa', { modulusLength: 2048 })
  .privateKey.export({ type: 'pkcs8', format: 'pem' })
  .toString();

// Put together here so that no scanner of repositories takes them for the real thing.
const glue = (...parts: readonly string[]): string => parts.join('');
const base62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const random30 = 'aZ3kQ9pLm2XvB7nRt5YcW8dHf1JgU4';
function githubToken(body: string): string {
  let rest = crc32(body);
  let sum = '';
  for (let i = 0; i < 6; i++, rest = Math.floor(rest / 62)) sum = (base62[rest % 62] ?? '') + sum;
  return `ghp_${body}${sum}`;
}

const leaks: readonly (readonly [rule: string, text: string])[] = [
  ['trace_node', 'Error: x\n    at Object.run (/srv/app/lib/run.js:10:15)\n    at main (/srv/app/main.js:1:2)'],
  [
    'trace_node',
    '{"stack":"Error: no\\n    at /app/dist/index.js:10:5\\n    at process (node:internal/process/task_queues:95:5)"}',
  ],
  ['trace_node', '<pre>Error: x<br> &nbsp; &nbsp;at Layer.handle (/x/router/layer.js:95:5)<br></pre>'],
  ['trace_python', 'Traceback (most recent call last):\n  File "/x/app.py", line 12, in <module>'],
  ['trace_java', 'java.lang.NullPointerException\n\tat com.example.shop.Cart.add(Cart.java:42)'],
  ['trace_dotnet', '   at Shop.Cart.Add(String id) in C:\\src\\Shop\\Cart.cs:line 42'],
  ['trace_dotnet', 'System.NullReferenceException: Object reference not set'],
  ['trace_php', '<b>Warning</b>:  Undefined variable $x in <b>/x/index.php</b> on line <b>3</b><br />'],
  ['trace_php', '#0 /x/lib/Router.php(12): Shop\\Router->run()'],
  ['trace_ruby', "app/models/user.rb:12:in `find'"],
  ['trace_go', 'goroutine 1 [running]:\nmain.main()\n\t/x/main.go:12 +0x1a'],
  [
    'database_mysql',
    'You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version',
  ],
  ['database_mysql', "Unknown column 'x' in 'field list'"],
  ['database_mysql', "Table 'shop.orders' doesn't exist"],
  ['database_postgresql', 'ERROR:  syntax error at or near "SELECT" LINE 1'],
  ['database_postgresql', '{"error":"relation \\"users\\" does not exist"}'],
  ['database_mssql', "Unclosed quotation mark after the character string ''."],
  ['database_oracle', 'ORA-00933: SQL command not properly ended'],
  ['database_sqlite', 'SQLITE_ERROR: no such table: users'],
  ['database_sqlite', 'near "FROM": syntax error'],
  ['database_mongodb', 'MongoServerError: E11000 duplicate key error collection: shop.users index: email_1'],
  ['server_path', '{"file":"/var/www/shop/config/app.php"}'],
  ['server_path', '{"file":"C:\\\\inetpub\\\\wwwroot\\\\web.config"}'],
  ['directory_listing', '<html><head><title>Index of /backup</title>'],
  ['account_file', 'root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1'],
  ['private_key', pem],
  ['private_key', JSON.stringify({ private_key: pem })],
  ['aws_access_key', glue('{"id":"AKIA', 'Q3EGRT5YHJ2WXVNB"}')],
  ['aws_secret_key', glue('aws_secret_access_key = ', 'wJ4lrXUtnF/K7MDENG+bPxRfiCYzzKpQ8m2s9dGh')],
  ['gcp_service_account', glue('"private_key_id": "', '3f9ac1b27de845609f1c2ab3d4e5f60718293a4b"')],
  ['azure_key', glue('AccountName=x;AccountKey=', 'k9Zq3Ab1Cd2Ef3Gh4Ij5Kl6Mn7Op8Qr9St0Uv1Wx2Yz=;')],
  ['github_token', githubToken(random30)],
  ['github_token_like', `ghp_${random30}q7Rt2x`],
  ['gitlab_token', glue('glpat-', 'x7Kd92mPqLs84vNbTzRw')],
  ['slack_token', glue('xoxb-2817364950-', '9182736450-kLmNqRsTuVwXyZaB')],
  ['stripe_key', glue('sk_live_', '4eC39HqLyjWDarjtT1zdp7dc')],
  ['connection_string', 'postgres://app:s3cr3tValue@db.internal:5432/app'],
  ['jwt_secret', 'JWT_SECRET=u8Xk2mQz7Lp4Wv9Rt1Ys'],
  ['card_number', '{"card":"4111111111111111"}'],
  ['card_number', 'Paid with 5500 0055 5555 5559 today'],
  ['card_number', 'amex: 3782 822463 10005'],
  ['us_ssn', '"ssn":"536-22-8726"'],
  ['iban', 'IBAN DE89 3704 0044 0532 0130 00'],
  ['iban', '{"account":"GB29NWBK60161331926819"}'],
  ['es_dni', 'DNI: 12345678Z'],
  ['nl_bsn', 'BSN 111222333'],
  ['br_cpf', 'CPF: 529.982.247-25'],
  ['uk_nino', 'National Insurance number: AB 12 34 56 C'],
];

const honest: readonly (readonly [what: string, text: string])[] = [
  [
    'prose about errors',
    'We met at the station. If an error occurs at run time, read the Python traceback and the Java exception.',
  ],
  ['a minified script', 'function(e,t){return e.at(t)}//# sourceMappingURL=app.js.map'],
  [
    'prose about tables',
    "The table doesn't exist in our shop, near the column of the cathedral that does not exist any more.",
  ],
  ['a tracking number', 'Tracking number 4111111111111111'],
  ['a number without words', '{"id":4111111111111111,"order":"6011000990139424"}'],
  ['a time stamp', '{"time":1732262400000,"card":"top"}'],
  ['a card number with a wrong digit', 'card 4111111111111112'],
  ['placeholders', 'sk_live_xxxxxxxxxxxxxxxxxxxxxxxx ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx AKIAIOSFODNN7EXAMPLE'],
  [
    'a public key',
    '-----BEGIN PUBLIC KEY-----\nMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA\n-----END PUBLIC KEY-----',
  ],
  [
    'a header in a manual',
    `The file begins with -----BEGIN PRIVATE KEY----- and is kept secret. ${'It ends with a like line. '.repeat(30)}`,
  ],
  ['a phone number', 'Call +44 20 7946 0958 or 0800-123-4567'],
  ['an address of a database without password', 'redis://localhost:6379/0 and postgres://user:password@host/db'],
  ['a path that everybody names', 'Edit /etc/nginx/nginx.conf and run /usr/bin/env node'],
  ['a decimal', 'price 4111.111111111111 card'],
  ['a name like an IBAN', 'Model AT12 3456 with DE89 in its name'],
  ['UUIDs and hashes', '550e8400-e29b-41d4-a716-446655440000 card da39a3ee5e6b4b0d3255bfef95601890afd80709'],
];

describe('leak rules', () => {
  for (const [rule, text] of leaks) {
    it(`finds ${rule} in ${JSON.stringify(text.slice(0, 48))}`, () => {
      assert.ok(found(text).includes(`leak.${rule}`), `found ${found(text).join() || 'nothing'}`);
    });
  }
  for (const [what, text] of honest) it(`passes ${what}`, () => assert.deepEqual(found(text), []));

  it('have ids of their own and titles', () => {
    assert.equal(new Set(leakRules.map(rule => rule.id)).size, leakRules.length);
    for (const { title } of leakRules) assert.match(title, /^\w/);
  });
});

function through(text: string, cuts: readonly number[]): { out: string; stream: ReturnType<typeof createLeakStream> } {
  const stream = createLeakStream(scanner);
  const bytes = Buffer.from(text);
  const parts: Buffer[] = [];
  let from = 0;
  for (const cut of [...cuts.map(one => one % (bytes.length + 1)).sort((a, b) => a - b), bytes.length]) {
    parts.push(Buffer.from(stream.feed(bytes.subarray(from, cut))));
    from = cut;
  }
  parts.push(Buffer.from(stream.end()));
  return { out: Buffer.concat(parts).toString(), stream };
}

describe('the leak stream', () => {
  const filler = 'Nothing to see here, ünïcode included. '.repeat(260);
  const page = `${filler}${pem}${filler}\ncard 4111111111111111 ${filler} ${githubToken(random30)}`;

  it('redacts the same wherever the pieces are cut, and keeps the length', () => {
    const whole = through(page, []).out;
    assert.equal(Buffer.byteLength(whole), Buffer.byteLength(page));
    assert.ok(!whole.includes('4111111111111111') && !whole.includes(random30) && !whole.includes(pem.slice(60, 90)));
    assert.equal(
      whole.replaceAll(/\[redacted-*\]/g, '').trim(),
      page.replace(pem.trim(), '').replace('4111111111111111', '').replace(githubToken(random30), '').trim(),
    );
    fc.assert(
      fc.property(fc.array(fc.nat(40_000), { maxLength: 40 }), cuts => {
        const { out, stream } = through(page, cuts);
        assert.equal(out, whole);
        assert.equal(stream.count, 3);
      }),
      { numRuns: 40 },
    );
  });

  it('follows a key that is longer than what it holds back', () => {
    const long = `-----BEGIN PRIVATE KEY-----\n${'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEA\n'.repeat(800)}-----END PRIVATE KEY-----\nafter`;
    const { out, stream } = through(long, [5000, 9000, 9001, 20_000]);
    assert.ok(!out.includes('MIIEvQ') && out.endsWith('after'));
    assert.equal(stream.count, 1);
  });

  it('changes nothing where nothing leaks', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20_000), { maxLength: 10 }), cuts => {
        assert.equal(through(filler, cuts).out, filler);
      }),
      { numRuns: 20 },
    );
  });

  it('keeps JSON readable where a bare number is taken out', () => {
    const { out } = through('{"card": 4111111111111111, "ok": true}', []);
    assert.deepEqual(JSON.parse(out), { card: null, ok: true });
  });

  it('shows a masked excerpt, never the value', () => {
    const { stream } = through(page, []);
    const shown = stream.found.map(one => one.excerpt).join();
    assert.ok(!shown.includes('4111111111111111') && !shown.includes(random30));
  });

  it('holds back no more than it must', () => {
    const stream = createLeakStream(scanner);
    const bytes = Buffer.from('x '.repeat(32_768));
    assert.ok(stream.feed(bytes).length >= bytes.length - 1024);
  });
});

describe('the cost of the answer side', () => {
  const kilobytes64 = (unit: string): string => unit.repeat(Math.ceil(65_536 / unit.length)).slice(0, 65_536);
  const timeOf = (text: string): number => {
    let best = Number.POSITIVE_INFINITY;
    for (let i = 0; i < 5; i++) {
      const from = performance.now();
      scanner.scan(text);
      best = Math.min(best, performance.now() - from);
    }
    return best;
  };

  const units = [
    'at ',
    'at a(',
    '.js:',
    'File "',
    ', line 1, in ',
    '4',
    '4 ',
    '4-',
    '4111 1111 ',
    'ssn ',
    'DE89 ',
    '-----BEGIN PRIVATE KEY-----',
    '-----BEGIN ',
    'postgres://a:',
    '://',
    'near "',
    ': syntax error',
    't exist',
    ' does not exist',
    'ghp_a',
    'aws_secret_access_key=',
    '.php(1): ',
    '#0 ',
    'System.A',
    'Caused by: a.',
    '\\n',
    '<b>Warning</b>: ',
    'AccountKey=',
    'AA00AAAA',
    'cpf 529',
    'ER_',
    "Table '",
    'relation "a',
    '.java:1)',
    'at a.b(c',
    'at a.b(A.java:',
    "' panicked at ",
    'SQLSTATE[',
  ];
  it('stays linear whatever is repeated', () => {
    for (const unit of units) {
      const short = kilobytes64(unit).slice(0, 16_384);
      const [one, four] = [timeOf(short), timeOf(kilobytes64(unit))];
      assert.ok(four < 150, `${JSON.stringify(unit)}: ${four.toFixed(1)} ms for 64 KB`);
      assert.ok(
        four < one * 12 + 30,
        `${JSON.stringify(unit)}: ${one.toFixed(2)} ms for 16 KB, ${four.toFixed(2)} ms for 64 KB`,
      );
    }
  });
});
