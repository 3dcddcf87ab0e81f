import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createFirewall } from '../firewall.ts';
import { detectors } from './all.ts';
import bodies from './testdata/senders.json' with { type: 'json' };

const policy = { mode: 'block', paranoia: 1, threshold: 5, exclusions: [], inspectBytesMax: null } as const;

function stoppedBy(text: string, contentType = 'application/json'): readonly string[] {
  const firewall = createFirewall({ detectors });
  const start = { contentType, contentEncoding: undefined, method: 'POST' };
  const body = firewall.openBody(start, policy, { endpoint: '/*', nowMs: 0 });
  const judgement = body.feed(Buffer.from(text)) ?? body.end();
  return judgement.verdict === 'block' ? judgement.matches.map(match => `${match.rule} @ ${match.place.name}`) : [];
}

describe('what services and people send', () => {
  for (const [name, body] of Object.entries(bodies.passes))
    test(`passes ${name}`, () => assert.deepEqual(stoppedBy(JSON.stringify(body)), []));

  for (const [name, body] of Object.entries(bodies.stops))
    test(`stops ${name}`, () => assert.notDeepEqual(stoppedBy(JSON.stringify(body)), []));

  test('takes lines of JSON for a list: where a log lies is no file that a server opens', () => {
    const line = JSON.stringify({ path: '/var/log/nginx/access.log', level: 'warn' });
    assert.deepEqual(stoppedBy(`${line}\n${line}\n`, 'application/x-ndjson'), []);
    assert.notDeepEqual(stoppedBy(line), []);
    assert.notDeepEqual(stoppedBy(`{"path":"/etc/passwd"}\n`, 'application/x-ndjson'), []);
  });
});
