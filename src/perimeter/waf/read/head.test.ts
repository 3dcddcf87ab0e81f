import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readLimits } from '../waf.ts';
import { ask, bytesIn, missing } from './programs.fixture.ts';
import { hasTold, tellHead, values } from './read.fixture.ts';

describe('path', () => {
  const rows: [what: string, path: string, told: string[]][] = [
    ['a plain path as one', '/a/b-c/d.e', ['=/a/b-c/d.e']],
    ['a segment with escapes', '/a/b%27', ["=/a/b'", "=b'"]],
    ['one layer only', '/%252e', ['=/%2e', '=%2e']],
    ['an escaped slash within its segment', '/a/..%2f..%2fetc', ['=/a/../../etc', '=../../etc']],
    ['segment parameters apart', '/a;x=1%27;y/b', ["=/a;x=1';y/b", '=a', "x=1'"]],
    ['a zero byte', '/a%00.png', ['=/a\0.png', '=a\0.png']],
    ['an overlong slash in every reading', '/%c0%af', ['=/\ufffd\ufffd', '=/À¯', '=//', '=\ufffd\ufffd', '=À¯', '=/']],
    ['%u as it stands and as IIS reads it', '/%u002e', ['=/%u002e', '=/.', '=%u002e', '=.']],
  ];
  for (const [what, path, told] of rows) {
    it(`tells ${what}`, () => assert.deepEqual(values(tellHead({ path }), 'path'), told));
  }
});

describe('headers', () => {
  const tell = (headers: Record<string, string | string[]>) => values(tellHead({ headers }), 'header');

  it('tells what the sender chose, not what its machinery wrote', () => {
    assert.deepEqual(
      tell({ host: 'a', 'user-agent': 'b', 'sec-fetch-mode': 'cors', 'x-any': ['c', 'd'], 'content-length': '1' }),
      ['user-agent=b', 'x-any=c, d'],
    );
  });
  it('tells what no machinery writes, in headers that are left to it too', () => {
    const lookup = '${jndi:ldap://a.example/x}';
    const names = ['sec-ch-ua', 'sec-any', 'if-none-match', 'if-range', 'dnt', 'date', 'priority', 'accept-encoding'];
    for (const name of names) assert.deepEqual(tell({ [name]: lookup }), [`${name}=${lookup}`]);
    assert.deepEqual(tell({ 'sec-any': 'word' }), ['sec-any=word']);
    const brands = '"Chromium";v="128", "Not;A=Brand";v="24", "Google Chrome";v="128"';
    const honest = { 'sec-ch-ua': brands, 'sec-ch-ua-platform': '"macOS"', 'if-none-match': 'W/"5f-18c,+/=", *' };
    assert.deepEqual(tell({ ...honest, 'sec-gpc': '1', date: 'Tue, 15 Nov 1994 08:12:31 GMT' }), []);
  });
  it('tells nothing twice that HTTP/2 writes among the headers', () => {
    assert.deepEqual(tell({ ':method': 'GET', ':path': '/a?q=1', ':authority': 'a', ':scheme': 'https', 'x-a': 'b' }), [
      'x-a=b',
    ]);
  });
  it('tells odd names', () => {
    assert.ok(tellHead({ headers: { "x'y": '1' } }).leaves.some(leaf => leaf.part === 'name' && leaf.text === "x'y"));
  });
  it('tells user and password of Basic credentials', () => {
    const authorization = `Basic ${Buffer.from("o'neil:a:b").toString('base64')}`;
    assert.deepEqual(tell({ authorization }), ["authorization=o'neil", 'authorization=a:b']);
    assert.deepEqual(tell({ authorization: 'Bearer abc' }), ['authorization=Bearer abc']);
  });
  it('refuses Basic credentials that are not Base64', () => {
    assert.equal(tellHead({ headers: { authorization: 'Basic a*b' } }).problem?.kind, 'malformed');
  });
  it('tells the parts of a referer', () => {
    assert.deepEqual(tell({ referer: 'https://a.example/b%27?q=%3Cx%3E&r=1#%22' }), [
      "referer=https://a.example/b'",
      'referer?q=<x>',
      'referer?r=1',
      'referer=#"',
    ]);
    assert.deepEqual(tell({ referer: '<x>?y' }), ['referer=<x>?y']);
  });
  it('tells bytes above ASCII in both readings', () => {
    assert.deepEqual(tell({ 'x-a': '\xc3\xa9' }), ['x-a=\xc3\xa9', 'x-a=é']);
  });
  for (const name of ['x-http-method-override', 'x-method-override', 'x-http-method']) {
    it(`refuses ${name} that changes the method`, () => {
      assert.equal(tellHead({ method: 'GET', headers: { [name]: 'DELETE' } }).problem?.kind, 'ambiguous');
      assert.equal(tellHead({ method: 'POST', headers: { [name]: 'post' } }).problem, undefined);
    });
  }
  it('refuses a query field that changes the method', () => {
    assert.equal(tellHead({ query: '_method=PUT' }).problem?.kind, 'ambiguous');
    assert.equal(tellHead({ query: '%5fmethod=put&a' }).problem?.kind, 'ambiguous');
  });
  it('refuses GraphQL in the query that has too much of something', () => {
    assert.equal(tellHead({ query: `query=${'{a'.repeat(40)}` }).problem?.kind, 'too_deep');
  });
  it('keeps the names of places within 256 characters', () => {
    const query = `${'n'.repeat(5000)}=1&${'[0]'.repeat(5000)}=2`;
    for (const leaf of tellHead({ query }).leaves) assert.ok(leaf.name.length <= 256);
  });
});

const cookieRows: [what: string, cookie: string, told: string[]][] = [
  ['each cookie', 'a=1; b=2', ['a=1', 'b=2']],
  ['blanks around', '  a = 1 ;b=2', ['a=1', 'b=2']],
  ['escapes taken off', 'a=%27', ["a='"]],
  ['what some servers leave escaped in both readings', "a=%27'", ["a=''", "a=%27'"]],
  ['a plus in both readings', 'a=1+2', ['a=1+2', 'a=1 2']],
  ['quotes in both readings', 'a="x"', ['a="x"', 'a=x']],
  ['backslash escapes within quotes', String.raw`a="\047\""`, [String.raw`a="\047\""`, `a='"`]],
  ['equals signs in the value', 'a=b==', ['a=b==']],
  ['a name twice', 'a=1; a=2', ['a=1', 'a=2']],
];

describe('cookies', () => {
  for (const [what, cookie, told] of cookieRows) {
    it(`tells ${what}`, () => assert.deepEqual(values(tellHead({ headers: { cookie } }), 'cookie'), told));
  }
  it('stops at the number of leaves it is given', () => {
    assert.equal(tellHead({ headers: { cookie: 'a=1;'.repeat(readLimits.leavesMax) } }).problem?.kind, 'too_many');
  });
  it('tells what Python has', { skip: missing('python3') }, () => {
    const script = `
import sys, json, base64, http.cookies
out = []
for item in json.load(sys.stdin):
    jar = http.cookies.SimpleCookie()
    try: jar.load(base64.b64decode(item).decode('latin1'))
    except http.cookies.CookieError: pass
    out.append([base64.b64encode(m.value.encode('latin1')).decode() for m in jar.values()])
print(json.dumps(out))
`;
    const inputs = [
      ...cookieRows.map(([, cookie]) => cookie),
      'a="b;c"; d=e',
      'a=1,b=2',
      'a="x\\',
      'a=b c',
      'a="b\\073c"',
    ].map(text => Buffer.from(text));
    const answers = ask('python3', script, inputs);
    inputs.forEach((input, i) => {
      const told = tellHead({ headers: { cookie: input.toString() } });
      const odd = bytesIn(answers[i]).filter(value => !/^[\w.~%-]*$/.test(value.toString()));
      for (const value of odd) assert.ok(hasTold(told, value), `Python has ${value.toString()} in ${input.toString()}`);
    });
  });
});
