import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createFirewall } from '../firewall.ts';
import { detectors } from './all.ts';
import tables from './testdata/languages.json' with { type: 'json' };
import { traversal } from './traversal.ts';
import { trial } from './trial.ts';
import { upload } from './upload.ts';

const policy = { mode: 'block', paranoia: 1, threshold: 5, exclusions: [], inspectBytesMax: null } as const;
const context = { endpoint: '/*', nowMs: 0 };
const firewall = createFirewall({ detectors });

const isHeadStopped = (query: string): boolean =>
  firewall.inspectHead({ method: 'GET', path: '/items', query, headers: {} }, policy, context).verdict === 'block';

function isBodyStopped(contentType: string, text: string): boolean {
  const body = firewall.openBody({ contentType, contentEncoding: undefined, method: 'POST' }, policy, context);
  return (body.feed(Buffer.from(text)) ?? body.end()).verdict === 'block';
}

const inQuery = (text: string): boolean => isHeadStopped(`q=${encodeURIComponent(text)}`);
const inJson = (text: string): boolean => isBodyStopped('application/json', JSON.stringify({ text }));

describe('values in the languages of data', () => {
  for (const [language, { stops, passes }] of Object.entries(tables)) {
    for (const [name, rows] of Object.entries<readonly string[]>(stops)) {
      test(`are stopped: ${language}, ${name}`, () => {
        assert.deepEqual(
          rows.filter(row => !inQuery(row)),
          [],
        );
      });
    }
    for (const [name, rows] of Object.entries<readonly string[]>(passes)) {
      test(`are not seen in ${name} about ${language}`, () => {
        assert.deepEqual(
          rows.filter(row => inQuery(row) || inJson(row)),
          [],
        );
      });
    }
  }
});

describe('operators in the names of fields', () => {
  const stopped = [
    'user[$ne]=1&pass[$ne]=1',
    'account[$ne]=1',
    'id[$gt]=0',
    'page[$ne]=1',
    '$or[0][user]=a&$or[1][user]=b',
    'key[$bitsAllSet]=1',
    'where={"$or":[{},{"a":"a"}]}',
    'q[reset_password_token_start]=a',
    '_where[password_contains]=a',
    'filter[password][_starts_with]=a',
    'password=like.*a*',
    'orderBy=resetPasswordToken',
    'id=1 is not null',
    'id=1 div 0',
    "id=5'",
    "$filter=startswith(Name,'a') or 1 eq 1",
  ];
  const passed = [
    'price[$gt]=10&price[$lte]=99.95',
    'createdAt[$gte]=2024-01-01&createdAt[$lt]=2024-02-01',
    'roomId[$in][]=2&roomId[$in][]=5',
    'status[$ne]=archived&$limit=5',
    'filters[title][$containsi]=menu',
    'filter={"price":{"$gte":10,"$lt":20}}',
    "$filter=contains(Name,'Bob') or startswith(City,'Ber')",
    "$filter=Name eq 'Milk' and Price lt 2.55",
    'filter=userName eq "bjensen"',
    'price=gte.10&order=name.asc',
    'fq={!tag=x}price:[1 TO 5]',
  ];
  const encoded = (query: string): string => query.replaceAll(/[^\w=&$%.-]/g, sign => encodeURIComponent(sign));
  for (const query of stopped) test(`stop ${query}`, () => assert.ok(isHeadStopped(encoded(query))));
  for (const query of passed) test(`pass ${query}`, () => assert.ok(!isHeadStopped(encoded(query))));

  const documents: readonly (readonly [string, boolean])[] = [
    ['{"user":{"$regularExpression":{"pattern":".*"}}}', true],
    ['{"name":"x","$inc":{"balance":1000}}', true],
    ['{"pipeline":[{"$unionWith":"users"}]}', true],
    ['{"constructor":{"constructor":"return process"}}', true],
    ['{"event":"$identify","$set":{"email":"a@example.org"}}', false],
    ['{"$type":"ProblemDetails","title":"x"}', false],
    ['{"price":{"$gte":10,"$lte":20}}', false],
    ['{"constructor":{"id":"ferrari"},"prototype":"v1"}', false],
    ['{"alerts":[{"labels":{"rule":"SELECT count(*) FROM slow_log WHERE query_time > 5"}}]}', false],
    ['{"commits":[{"removed":[".htaccess"],"modified":["../docs/readme.md"]}]}', false],
    ['{"streams":[{"stream":{"filename":"/var/log/nginx/access.log"}}]}', false],
  ];
  for (const [text, isStopped] of documents)
    test(`${isStopped ? 'stop' : 'pass'} ${text}`, () =>
      assert.equal(isBodyStopped('application/json', text), isStopped));
});

describe('files sent in forms', () => {
  const name = { zone: 'multipart', name: 'file.filename' } as const;
  for (const text of ['php.ini', 'a.jsw', 'a.shtm', 'a.iqy', 'a.settingcontent-ms'])
    test(`stop the name ${text}`, () => assert.ok(trial(upload, text, name).points >= 5));
  for (const text of ['a.key', 'a.pages', 'ASP.NET book.pdf', 'company.com report.pdf'])
    test(`pass the name ${text}`, () => assert.ok(trial(upload, text, name).points < 5));
  test('stop names of entries that climb, and pass links and logs in texts', () => {
    const file = { zone: 'file', name: 'file' } as const;
    assert.ok(trial(traversal, 'PK\n../../../a.sh\nhello', file).points >= 5);
    assert.ok(trial(traversal, '# Title\nsee [the guide](../../docs/a.md)\n', file).points < 5);
    assert.ok(trial(traversal, '2024-01-01 GET /../../etc/passwd 404\n', file).points < 5);
  });
});
