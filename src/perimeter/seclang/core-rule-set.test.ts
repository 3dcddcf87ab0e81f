import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, it, test } from 'node:test';
import { sql } from '../waf/detect/sql/sql.ts';
import { xss } from '../waf/detect/xss/xss.ts';
import type { Judgement } from '../waf/waf.ts';
import { coreRuleSetConfig } from './config.ts';
import type { CoreRuleSet } from './core-rule-set.ts';
import { createCoreRuleSet } from './core-rule-set.ts';
import { detectorsFrom } from './detectors.ts';
import { diskRules } from './disk.ts';
import type { RuleSource } from './load.ts';

const detectors = detectorsFrom(sql, xss);
const browser: readonly (readonly [string, string])[] = [
  ['Host', 'www.example.com'],
  ['User-Agent', 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'],
  ['Accept', '*/*'],
];

interface Sent {
  readonly target?: string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly body?: string;
}

function judge(crs: CoreRuleSet, sent: Sent = {}): Judgement {
  const body = Buffer.from(sent.body ?? '');
  const headers = [...browser, ...(sent.headers ?? [])];
  if (sent.body !== undefined) headers.push(['Content-Length', String(body.length)]);
  const method = sent.body === undefined ? 'GET' : 'POST';
  const inspection = crs.open({
    id: 't',
    at: 0,
    clientIp: '192.0.2.9',
    method,
    target: sent.target ?? '/',
    protocol: 'HTTP/1.1',
    headers,
  });
  const head = inspection.head();
  return head.verdict === 'pass' ? inspection.body(body) : head;
}

const json = [['Content-Type', 'application/json']] as const;

/** The shape that version 4 of the rule set has: levels, counters and tests of its kind, in a few rules of our own. */
const four = `SecComponentSignature "SET/4.0"
SecRule &TX:detection_paranoia_level "@eq 0" "id:901,phase:1,pass,nolog,setvar:'tx.detection_paranoia_level=%{TX.blocking_paranoia_level}'"
SecAction "id:902,phase:1,pass,nolog,t:none,setvar:'tx.critical=5',setvar:'tx.inbound_pl1=0',setvar:'tx.inbound_pl2=0'"
SecRule REQUEST_HEADERS:Content-Type "@rx ^(?i)multipart/form-data" "id:903,phase:1,pass,nolog,capture,ctl:auditLogParts=+E"
SecRule TX:DETECTION_PARANOIA_LEVEL "@lt 1" "id:10,phase:2,pass,nolog,skipAfter:END-A"
SecRule REQUEST_COOKIES|!REQUEST_COOKIES:/__utm/|REQUEST_COOKIES_NAMES|ARGS_NAMES|ARGS|XML:/* "@rx (?i)\\bdrop\\s++table(?-s:.)" \\
    "id:11,phase:2,block,capture,t:none,t:escapeSeqDecode,t:urlDecodeUni,t:replaceComments,multiMatch,msg:'Drop of %{TX.0}',\\
    logdata:'%{MATCHED_VAR_NAME}: %{MATCHED_VAR}',tag:'attack-sqli',tag:'paranoia-level/1',ver:'SET/4.0',severity:'CRITICAL',\\
    setvar:'tx.sql_injection_score=+%{tx.critical}',setvar:'tx.inbound_pl1=+%{tx.critical}'"
SecRule MULTIPART_PART_HEADERS "@rx [^\\x21-\\x7E][\\x21-\\x39\\x3B-\\x7E]*:" "id:12,phase:2,block,t:none,tag:'attack-multipart-header',severity:'WARNING',setvar:tx.inbound_pl1=+3"
SecRule TX:DETECTION_PARANOIA_LEVEL "@lt 2" "id:20,phase:2,pass,nolog,skipAfter:END-A"
SecRule ARGS "@unconditionalMatch" "id:21,phase:2,block,t:none,tag:'attack-generic',severity:'NOTICE',setvar:tx.inbound_pl2=+2"
SecMarker "END-A"
SecRule TX:BLOCKING_PARANOIA_LEVEL "@ge 1" "id:30,phase:2,pass,nolog,t:none,setvar:'tx.blocking=+%{tx.inbound_pl1}'"
SecRule TX:BLOCKING_PARANOIA_LEVEL "@ge 2" "id:31,phase:2,pass,nolog,t:none,setvar:'tx.blocking=+%{tx.inbound_pl2}'"
SecRule TX:BLOCKING "@ge %{tx.inbound_anomaly_score_threshold}" "id:40,phase:2,deny,t:none,severity:'CRITICAL',tag:'attack-generic',msg:'Score %{TX.BLOCKING}'"
SecRule RESPONSE_BODY "@rx (?i)sql syntax" "id:50,phase:4,deny,t:none,capture,tag:'attack-disclosure',severity:'CRITICAL',setvar:tx.out=+5"
`;

function setOfFour(settings: Readonly<Record<string, unknown>> = {}): CoreRuleSet {
  const source: RuleSource = {
    read: file => (file === 'four' ? four : undefined),
    expand: pattern => [pattern],
    beside: (_, name) => name,
  };
  return createCoreRuleSet(coreRuleSetConfig.parse({ files: ['four'], ...settings }), { source, detectors });
}

test('gives the judgement of the firewall: rule, category, points, place and a masked excerpt', () => {
  const judgement = judge(setOfFour(), { target: '/?q=my+DROP++table+1' });
  assert.equal(judgement.verdict, 'would_block');
  assert.deepEqual(judgement.scores, { sqli: 5 });
  const [match] = judgement.matches;
  assert.equal(match?.rule, 'crs.11');
  assert.equal(match?.category, 'sqli');
  assert.equal(match?.points, 5);
  assert.deepEqual(match?.place, { zone: 'query', name: 'q', part: 'value' });
  assert.ok(match?.excerpt.includes('DROP  table'));
  assert.equal(judgement.matches.length, 1);
});

test('blocks in mode block, and only from the threshold on', () => {
  const attack = { target: '/?q=drop+table+x' };
  assert.equal(judge(setOfFour({ mode: 'block' }), attack).verdict, 'block');
  assert.equal(judge(setOfFour({ mode: 'block', threshold: 6 }), attack).verdict, 'pass');
});

test('runs the rules of the level that is set', () => {
  const count = (paranoia: number) => judge(setOfFour({ paranoia }), { target: '/?q=x' }).matches.length;
  assert.deepEqual([count(1), count(2)], [0, 1]);
});

test('tells where in a body a value stood', () => {
  const judgement = judge(setOfFour(), { headers: json, body: '{"a":{"b":"drop table x"}}' });
  assert.deepEqual(judgement.matches[0]?.place, { zone: 'json', name: 'json.a.b', part: 'value' });
});

test('shows names and values as text, not as bytes', () => {
  const judgement = judge(setOfFour(), { headers: json, body: '{"größe":"drop table пример"}' });
  assert.equal(judgement.matches[0]?.place.name, 'json.größe');
  assert.ok(judgement.matches[0]?.excerpt.startsWith('drop table'));
  assert.doesNotMatch(judgement.matches[0]?.excerpt ?? '', /\\x/);
});

test('refuses what it cannot read or has too much of', () => {
  const set = setOfFour({ mode: 'block', bodyBytesMax: 2048, argumentsMax: 20 });
  assert.equal(judge(set, { headers: json, body: '{"a":1' }).problem?.kind, 'malformed');
  assert.equal(judge(set, { headers: json, body: `[${'1,'.repeat(30)}1]` }).problem?.kind, 'too_many');
  const large = judge(set, { headers: json, body: `"${'x'.repeat(4000)}"` });
  assert.equal(large.problem?.kind, 'too_large');
  assert.equal(large.verdict, 'block');
});

test('judges answers', () => {
  const inspection = setOfFour({ mode: 'block' }).open({
    id: 't',
    at: 0,
    clientIp: '192.0.2.9',
    method: 'GET',
    target: '/',
    protocol: 'HTTP/1.1',
    headers: browser,
  });
  inspection.head();
  inspection.body();
  assert.equal(inspection.answer({ status: 200, protocol: 'HTTP/1.1', headers: [] }).verdict, 'pass');
  const judgement = inspection.answerBody(Buffer.from('You have an error in your SQL syntax'));
  assert.equal(judgement.verdict, 'block');
  assert.equal(judgement.matches[0]?.category, 'protocol');
});

test('wants either a folder or files, and refuses what it does not know', () => {
  for (const settings of [{}, { dir: '/x', files: ['y'] }, { dir: '/x', fancy: 1 }, { dir: '/x', paranoia: 5 }]) {
    assert.equal(coreRuleSetConfig.safeParse(settings).success, false);
  }
  assert.equal(coreRuleSetConfig.parse({ dir: '/x' }).mode, 'shadow');
});

const entry = '/usr/share/modsecurity-crs/owasp-crs.load';
const skip = existsSync(entry) ? false : 'the package modsecurity-crs is not installed';

describe('the Core Rule Set as Debian packages it', { skip }, () => {
  const create = (settings: Readonly<Record<string, unknown>> = {}) =>
    createCoreRuleSet(coreRuleSetConfig.parse({ files: [entry], mode: 'block', ...settings }), {
      source: diskRules,
      detectors,
    });

  it('loads unmodified', () => {
    const crs = create();
    assert.match(crs.signatures[0] ?? '', /^OWASP_CRS\/3/);
    assert.ok(crs.rules > 500);
  });

  it('lets honest requests pass and stops attacks, each in its category', () => {
    const crs = create();
    assert.equal(judge(crs, { target: '/shop?page=2&sort=price' }).verdict, 'pass');
    assert.equal(judge(crs, { headers: json, body: '{"name":"Ada","tags":["one","two"]}' }).verdict, 'pass');
    const attacks = [
      ['sqli', "/?id=1'+UNION+SELECT+password+FROM+users--+"],
      ['xss', '/?q=%3Cscript%3Ealert(1)%3C/script%3E'],
      ['traversal', '/?file=../../../../etc/passwd'],
      ['shell', '/?host=;cat+/etc/passwd'],
    ] as const;
    for (const [category, target] of attacks) {
      const judgement = judge(crs, { target });
      assert.equal(judgement.verdict, 'block', category);
      assert.ok((judgement.scores[category] ?? 0) >= 5, category);
    }
  });

  it('takes settings of TX as its setup file would', () => {
    const strict = create({ variables: { allowed_methods: 'HEAD' } });
    assert.equal(judge(strict).verdict, 'block');
  });

  it('judges a save of 64 KB within its time', () => {
    const crs = create();
    const leaves = Array.from({ length: 1500 }, (_, i) => ({ id: `n${i}`, note: `step ${i} of many` }));
    const body = JSON.stringify(leaves);
    judge(crs, { headers: json, body });
    const begin = process.cpuUsage();
    assert.equal(judge(crs, { headers: json, body }).problem, undefined);
    const { user } = process.cpuUsage(begin);
    assert.ok(user / 1000 < 1000, `took ${user / 1000} ms`);
  });
});
