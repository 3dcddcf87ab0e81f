import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { SecOutcome } from './engine.ts';
import { createSecEngine } from './engine.ts';
import { loadSecRules } from './load.ts';

interface Sent {
  readonly method?: string;
  readonly target?: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string;
  readonly answer?: { readonly status: number; readonly body: string };
}

function run(rules: string, sent: Sent = {}, mayStop = true): SecOutcome {
  const source = {
    read: (file: string) => (file === 'r' ? rules : file === 'words.data' ? '# c\nalpha\nbeta two\n' : undefined),
    expand: (pattern: string) => [pattern],
    beside: (_: string, name: string) => name,
  };
  const engine = createSecEngine(loadSecRules(source, ['r']), {
    detectors: {
      isSqlInjection: text => text.includes('union'),
      isCrossSiteScripting: text => text.includes('<script'),
    },
    presets: new Map([['level', '2']]),
    mayStop,
    argumentsMax: 50,
  });
  const inspection = engine.open({
    id: 'u',
    at: 0,
    clientIp: '192.0.2.7',
    method: sent.method ?? 'GET',
    target: sent.target ?? '/',
    protocol: 'HTTP/1.1',
    headers: sent.headers ?? [],
  });
  inspection.head();
  inspection.body(Buffer.from(sent.body ?? '', 'latin1'));
  if (sent.answer !== undefined) {
    inspection.answer({ status: sent.answer.status, protocol: 'HTTP/1.1', headers: [['Content-Type', 'text/html']] });
    inspection.answerBody(Buffer.from(sent.answer.body));
  }
  return inspection.end();
}

const form = [['Content-Type', 'application/x-www-form-urlencoded']] as const;
const json = [['Content-Type', 'application/json']] as const;
const xml = [['Content-Type', 'text/xml']] as const;
const multipart = [['Content-Type', 'multipart/form-data; boundary=b']] as const;
const parts = [
  '--b\r\nContent-Disposition: form-data; name="field"\r\n\r\nvalue\r\n',
  '--b\r\nContent-Disposition: form-data; name="up"; filename="a.php"\r\nContent-Type: text/x\r\n\r\nbytes\r\n--b--\r\n',
].join('');

/** Each rule has id 1; whether it matches what is sent. */
const conditions: readonly (readonly [string, string, Sent, boolean])[] = [
  ['an argument of the target', 'ARGS:q "@streq a b"', { target: '/?q=a+b' }, true],
  ['an argument whatever the case of its name', 'ARGS:Q "@streq x"', { target: '/?q=x' }, true],
  ['a name of an argument', 'ARGS_NAMES "@streq a[b]"', { target: '/?a%5Bb%5D=1' }, true],
  ['an argument of a form', 'ARGS_POST "@rx ^x$"', { method: 'POST', headers: form, body: 'a=x' }, true],
  ['an argument of the target only', 'ARGS_GET "@rx x"', { method: 'POST', headers: form, body: 'a=x' }, false],
  [
    'a JSON leaf by its path',
    'ARGS:json.a.b.array_0.c "@eq 5"',
    { headers: json, body: '{"a":{"b":[{"c":5}]}}' },
    true,
  ],
  ['a JSON name', 'ARGS_NAMES "@contains $where"', { headers: json, body: '{"$where":1}' }, true],
  ['a JSON escape', 'ARGS "@streq <\xc3\xa9"', { headers: json, body: '["\\u003c\\u00e9"]' }, true],
  ['the text of XML', 'XML:/* "@streq a<b"', { headers: xml, body: '<r k="v">a<![CDATA[<]]><i>b</i></r>' }, true],
  ['an attribute of XML', 'XML://@* "@streq v&"', { headers: xml, body: "<r k='v&amp;'/>" }, true],
  ['a field of a multipart body', 'ARGS:field "@streq value"', { headers: multipart, body: parts }, true],
  ['a file name', 'FILES "@endsWith .php"', { headers: multipart, body: parts }, true],
  ['the field of a file', 'FILES_NAMES "@streq up"', { headers: multipart, body: parts }, true],
  [
    'a header of a part',
    'MULTIPART_PART_HEADERS:up "@rx (?i)content-type: text/x"',
    { headers: multipart, body: parts },
    true,
  ],
  ['a cookie', 'REQUEST_COOKIES:sid "@streq 1=2"', { headers: [['Cookie', 'a=b; sid=1=2']] }, true],
  ['a name of a cookie', 'REQUEST_COOKIES_NAMES "@streq a"', { headers: [['cookie', 'a=b']] }, true],
  ['a header', 'REQUEST_HEADERS:Host "@streq x"', { headers: [['hOST', 'x']] }, true],
  ['a count of headers', '&REQUEST_HEADERS:Host "@eq 0"', {}, true],
  ['a negated test', 'REQUEST_METHOD "!@within GET HEAD"', { method: 'PUT' }, true],
  ['nothing where a negated test has no value', 'REQUEST_HEADERS:Accept "!@rx x"', {}, false],
  ['all but what is excluded', 'ARGS|!ARGS:q "@rx x"', { target: '/?q=x&p=y' }, false],
  ['all but what is excluded by an expression', 'ARGS|!ARGS:/^q/ "@rx x"', { target: '/?q1=x&p=x' }, true],
  ['the path without escapes', 'REQUEST_FILENAME "@streq /a b"', { target: '/a%20b?x' }, true],
  ['the last segment', 'REQUEST_BASENAME "@streq c.php"', { target: '/a/b/c.php?d' }, true],
  ['the request line', 'REQUEST_LINE "@streq GET /x HTTP/1.1"', { target: '/x' }, true],
  ['the target without scheme and host', 'REQUEST_URI "@streq /x?y"', { target: 'http://h/x?y' }, true],
  ['phrases without regard to case', 'ARGS "@pm foo bar"', { target: '/?q=xBARx' }, true],
  ['phrases of a file', 'ARGS "@pmFromFile words.data"', { target: '/?q=Beta+Two' }, true],
  ['a comment of that file never', 'ARGS "@pmFromFile words.data"', { target: '/?q=%23+c' }, false],
  ['an address in a block', 'REMOTE_ADDR "@ipMatch 10.0.0.0/8,192.0.2.0/24"', {}, true],
  ['bytes out of range', 'ARGS "@validateByteRange 32-126"', { target: '/?q=%00' }, true],
  ['broken percent escapes', 'REQUEST_URI "@validateUrlEncoding"', { target: '/%zz' }, true],
  ['bytes that are not UTF-8', 'ARGS "@validateUtf8Encoding"', { target: '/?q=%c0%af' }, true],
  ['an injection, by those who know', 'ARGS "@detectSQLi"', { target: '/?q=union' }, true],
  ['a script, by those who know', 'ARGS "@detectXSS"', { target: '/?q=%3Cscript' }, true],
  ['a preset', 'TX:level "@eq 2"', {}, true],
  ['a text within one with macros', 'REQUEST_METHOD "@within %{tx.level} GET"', {}, true],
  ['a whole word', 'ARGS "@containsWord abc"', { target: '/?q=an+abc.' }, true],
  ['no part of a word', 'ARGS "@containsWord abc"', { target: '/?q=xabc' }, false],
  ['the raw body where no reader is chosen', 'REQUEST_BODY "@rx x"', { body: 'x' }, false],
  ['what broke the body', 'REQBODY_ERROR "@eq 1"', { headers: json, body: '{' }, true],
];

for (const [name, condition, sent, wanted] of conditions) {
  test(`sees ${name}: ${String(wanted)}`, () => {
    assert.equal(run(`SecRule ${condition} "id:1,phase:2"`, sent).matches.length, wanted ? 1 : 0);
  });
}

test('judges a value after its transformations, in order', () => {
  const rules = 'SecRule ARGS "@streq <x>" "id:1,phase:2,t:urlDecodeUni,t:htmlEntityDecode,t:lowercase"';
  assert.equal(run(rules, { target: '/?q=%2526lt;X%253E' }).matches.length, 1);
});

test('multiMatch judges every stage', () => {
  const rules = 'SecRule ARGS "@streq A" "id:1,phase:2,t:lowercase,multiMatch"';
  assert.equal(run(rules, { target: '/?q=A' }).matches.length, 1);
});

test('a rule adds for every value that matches', () => {
  const rules = `SecAction "id:1,phase:1,nolog,setvar:tx.score=1"
SecRule ARGS "@rx x" "id:2,phase:2,setvar:'tx.score=+%{tx.level}'"
SecAction "id:3,phase:2,setvar:tx.score=-1,setvar:tx.last=%{MATCHED_VAR_NAME},setvar:!tx.level"`;
  const outcome = run(rules, { target: '/?a=x&b=x&c=y' });
  assert.equal(outcome.tx('score'), '4');
  assert.equal(outcome.tx('last'), 'ARGS:b');
  assert.equal(outcome.tx('level'), undefined);
});

test('a chain matches when all of its links do, and carries captures on', () => {
  const rules = `SecRule ARGS:r "@rx (\\d+)-(\\d+)" "id:1,phase:2,capture,chain"
SecRule TX:2 "@lt %{tx.1}" "setvar:tx.hit=%{tx.0}"`;
  assert.equal(run(rules, { target: '/?r=9-5' }).tx('hit'), '9-5');
  assert.equal(run(rules, { target: '/?r=5-9' }).matches.length, 0);
});

test('MATCHED_VARS are the values that the links before matched', () => {
  const rules = `SecRule ARGS "@rx a" "id:1,phase:2,chain"
SecRule MATCHED_VARS "@rx b" "chain"
SecRule MATCHED_VARS_NAMES "@streq ARGS:y" "t:none"`;
  assert.equal(run(rules, { target: '/?x=a&y=ab&z=b' }).matches.length, 1);
});

test('skipAfter leaves out rules up to the marker in that phase', () => {
  const rules = `SecAction "id:1,phase:1,nolog,skipAfter:END"
SecAction "id:2,phase:1"
SecAction "id:3,phase:2"
SecMarker END
SecAction "id:4,phase:1"
SecAction "id:5,phase:1,skip:1"
SecAction "id:6,phase:1"
SecAction "id:7,phase:1"`;
  assert.deepEqual(
    run(rules).matches.map(match => match.rule.id),
    [1, 4, 5, 7, 3],
  );
});

test('the first rule that denies ends the phases, but not the last one; in a report it ends nothing', () => {
  const rules = `SecDefaultAction "phase:1,deny,status:418"
SecAction "id:1,phase:1,pass"
SecAction "id:2,phase:1,block"
SecAction "id:3,phase:1,deny,status:500"
SecAction "id:4,phase:2"
SecAction "id:5,phase:5"`;
  const stopped = run(rules);
  assert.deepEqual(stopped.denied, { rule: 2, status: 418 });
  assert.deepEqual(
    stopped.matches.map(match => match.rule.id),
    [1, 2, 5],
  );
  assert.equal(run(rules, {}, false).matches.length, 5);
});

test('allow, and rules switched off, let the rest go', () => {
  for (const action of ['allow', 'pass,ctl:ruleEngine=Off']) {
    const outcome = run(`SecAction "id:1,phase:1,${action}"\nSecAction "id:2,phase:2,deny"`);
    assert.equal(outcome.denied, undefined);
  }
});

test('controls take rules, tags and targets away for one transaction', () => {
  const rules = `SecRule ARGS:x "@eq 1" "id:1,phase:1,pass,nolog,ctl:ruleRemoveById=10-11,ctl:ruleRemoveByTag=gone,\\
ctl:ruleRemoveTargetById=13;ARGS:text,ctl:ruleRemoveTargetByTag=soft;ARGS:/^te/"
SecAction "id:10,phase:2"
SecAction "id:12,phase:2,tag:'gone'"
SecRule ARGS "@rx bad" "id:13,phase:2"
SecRule ARGS "@rx bad" "id:14,phase:2,tag:'soft'"`;
  const ids = (target: string) => run(rules, { target }).matches.map(match => match.rule.id);
  assert.deepEqual(ids('/?x=1&text=bad'), [1]);
  assert.deepEqual(ids('/?x=2&text=bad'), [10, 12, 13, 14]);
});

test('a rule chooses how the body is read', () => {
  const rules = `SecAction "id:1,phase:1,nolog,ctl:requestBodyProcessor=URLENCODED,ctl:forceRequestBodyVariable=On"
SecRule ARGS:a "@streq b" "id:2,phase:2,chain"
SecRule REQUEST_BODY "@streq a=b" "t:none"`;
  assert.equal(run(rules, { headers: [['Content-Type', 'text/plain']], body: 'a=b' }).matches.at(-1)?.rule.id, 2);
});

test('answers are judged in their phases', () => {
  const rules = `SecRule RESPONSE_STATUS "@rx ^5" "id:1,phase:3"
SecRule RESPONSE_BODY "@rx ORA-\\d+" "id:2,phase:4,deny"`;
  const outcome = run(rules, { answer: { status: 500, body: 'ORA-00933' } });
  assert.deepEqual(
    outcome.matches.map(match => match.rule.id),
    [1, 2],
  );
  assert.equal(outcome.denied?.rule, 2);
});

const faults: readonly (readonly [string, Sent, RegExp])[] = [
  ['JSON that ends early', { headers: json, body: '{"a":' }, /JSON/],
  ['JSON with text behind', { headers: json, body: '1 2' }, /behind/],
  ['JSON nested too deep', { headers: json, body: '['.repeat(100_000) }, /deep/],
  ['a number JSON does not have', { headers: json, body: '[NaN]' }, /JSON/],
  ['a control character in a JSON text', { headers: json, body: '"\n"' }, /JSON/],
  ['multipart without an end', { headers: multipart, body: parts.replace('--b--', '') }, /boundary/],
  ['multipart without a boundary', { headers: [['Content-Type', 'multipart/form-data']], body: parts }, /boundary/],
  ['XML without an end', { headers: xml, body: '<a><b></a>' }, /XML/],
  ['XML that is none', { headers: xml, body: 'words' }, /XML/],
  ['too many arguments', { target: `/?${'a=1&'.repeat(60)}` }, /too many/],
  ['too many JSON leaves', { headers: json, body: `[${'1,'.repeat(60)}1]` }, /too many/],
  ['too many cookies', { headers: [['Cookie', 'a=1;'.repeat(60)]] }, /too many/],
];

for (const [name, sent, wanted] of faults) {
  test(`tells of ${name}`, () => {
    assert.match(run('SecAction "id:1,phase:2"', sent).fault ?? '', wanted);
  });
}

test('bodies of every kind take time in proportion to their length', () => {
  const bodies: readonly (readonly [Sent['headers'], string])[] = [
    [xml, `<a ${'b '.repeat(100_000)}></a>`],
    [xml, `<a ${'b="c" '.repeat(50_000)}></a>`],
    [xml, '<a>'.repeat(60_000)],
    [json, `[${'"\\u0041",'.repeat(20)}"${'\\n'.repeat(100_000)}"]`],
    [
      multipart,
      `--b\r\nContent-Disposition: form-data; name="${';a='.repeat(2000)}"\r\n\r\n${'\n--'.repeat(60_000)}\r\n--b--`,
    ],
    [form, '&='.repeat(100_000)],
  ];
  for (const [headers, body] of bodies) {
    const start = performance.now();
    run('SecRule ARGS|XML:/* "@rx ^x" "id:1,phase:2"', { headers: headers ?? [], body });
    const took = performance.now() - start;
    assert.ok(took < 1000, `took ${took} ms`);
  }
});
