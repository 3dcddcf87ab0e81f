import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { detectors } from './detect/all.ts';
import { forms } from './detect/forms.ts';
import { proposeExclusions } from './exclusions.ts';
import { createFirewall } from './firewall.ts';
import type { HeadInput } from './read/head.ts';
import { firewallRules, ruleTitle } from './rules.ts';
import type { FirewallPolicy, Rule, Zone } from './waf.ts';

const policy: FirewallPolicy = { mode: 'block', paranoia: 1, threshold: 5, exclusions: [], inspectBytesMax: null };
const context = { endpoint: '/api/:id', nowMs: 1000 };
const firewall = createFirewall({ detectors });
const judge = (head: Partial<HeadInput>, more: Partial<FirewallPolicy> = {}, endpoint = context.endpoint) =>
  firewall.inspectHead(
    { method: 'GET', path: '/', query: '', ...head, headers: { host: 'www.example.com', ...head.headers } },
    { ...policy, ...more },
    { ...context, endpoint },
  );

const rows: readonly [Rule['id'], Zone, string, Partial<HeadInput>][] = [
  ['protocol.method', 'header', ':method', { method: 'TRACE' }],
  ['protocol.switch', 'header', 'upgrade', { headers: { upgrade: 'h2c' } }],
  ['protocol.host', 'header', 'host', { headers: { host: 'a b' } }],
  ['protocol.options', 'header', 'connection', { headers: { connection: 'close, x-forwarded-for' } }],
  ['protocol.field', 'header', 'origin', { headers: { origin: 'nullx' } }],
  ['protocol.forwarded', 'header', 'x-forwarded-host', { headers: { 'x-forwarded-host': 'other.test' } }],
  ['protocol.filled', 'header', 'x-any', { headers: { 'x-any': 'a'.repeat(300) } }],
  ['protocol.disguised', 'header', 'x_forwarded_host', { headers: { x_forwarded_host: 'a.example' } }],
  ['protocol.stored', 'path', '', { method: 'PUT', path: '/files/a.cgi' }],
  ['protocol.cached', 'path', '', { path: '/settings/x.css' }],
  ['protocol.path', 'path', '', { path: '/admin%23x' }],
  ['protocol.query', 'query', 'lang', { query: 'lang=en&utm_content=x;lang=de' }],
  ['protocol.overlong', 'query', '', { query: 'a=%f8%80%80%80%af' }],
  ['protocol.inside', 'header', 'x-real-ip', { path: '/admin/x', headers: { 'x-real-ip': '127.0.0.1' } }],
  ['protocol.hole', 'query', '', { query: '--env=local' }],
];

describe('rules about a head as a whole', () => {
  it('are each found at their place, and no other of them beside', () => {
    for (const [rule, zone, name, head] of rows) {
      const { matches, problem, verdict } = judge(head);
      const own = matches.filter(match => match.category === 'protocol');
      assert.deepEqual([verdict, problem], ['block', undefined], rule);
      assert.deepEqual(
        own.map(match => [match.rule, match.place.zone, match.place.name]),
        [[rule, zone, name]],
      );
      assert.ok(own[0]?.excerpt !== '' && ruleTitle(rule) !== rule, rule);
    }
    assert.deepEqual(
      forms.rules.map(rule => rule.id),
      rows.map(([rule]) => rule),
    );
    for (const [rule] of rows) assert.ok(firewallRules.some(one => one.id === rule));
  });

  it('let a head through after the exclusions proposed for it, on that route and at that field only', () => {
    for (const [rule, , , head] of rows) {
      const proposed = proposeExclusions(judge(head), { endpoint: context.endpoint, threshold: 5 });
      assert.ok(
        proposed.some(one => one.rule === rule),
        rule,
      );
      const exclusions = proposed.map(one => ({ ...one, id: 'e', reason: 'ours', expiresAt: null }));
      assert.equal(judge(head, { exclusions }).verdict, 'pass', rule);
      assert.equal(judge(head, { exclusions }, '/other').verdict, 'block', rule);
    }
    const exclusion = { rule: 'protocol.forwarded', endpoint: '/api/:id', zone: 'header', name: 'x-forwarded-server' };
    const exclusions = [{ ...exclusion, zone: 'header' as const, id: 'e', reason: 'ours', expiresAt: null }];
    assert.equal(judge({ headers: { 'x-forwarded-server': 'a.test' } }, { exclusions }).verdict, 'pass');
    assert.equal(judge({ headers: { 'x-forwarded-host': 'a.test' } }, { exclusions }).verdict, 'block');
  });

  it('only tell in shadow mode, and count for nothing below their score', () => {
    assert.equal(judge({ method: 'TRACE' }, { mode: 'shadow' }).verdict, 'would_block');
    assert.equal(judge({ method: 'TRACE' }, { threshold: 6 }).verdict, 'pass');
    assert.equal(judge({ method: 'TRACE' }, { mode: 'off' }).verdict, 'pass');
  });

  it('show no cookie', () => {
    const cookie = '$Version=1; a="hunter2x; b="';
    assert.deepEqual(
      judge({ headers: { cookie } }).matches.map(match => [match.rule, match.excerpt]),
      [['protocol.field', '$Versi']],
    );
  });

  it('are not judged by a firewall that does not have them', () => {
    const head = { method: 'TRACE', path: '/', query: '', headers: {} };
    assert.equal(createFirewall({ detectors: [] }).inspectHead(head, policy, context).verdict, 'pass');
  });
});
