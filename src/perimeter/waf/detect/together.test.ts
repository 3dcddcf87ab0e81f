import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createFirewall } from '../firewall.ts';
import { detectors } from './all.ts';
import rows from './testdata/together.json' with { type: 'json' };

const policy = { mode: 'block', paranoia: 1, threshold: 5, exclusions: [], inspectBytesMax: null } as const;
const context = { endpoint: '/*', nowMs: 0 };
const headers = {};

/** As the query and as a member of a JSON body: what one of the two stops is stopped. */
function isStopped(text: string): boolean {
  const firewall = createFirewallOnce();
  const head = { method: 'GET', path: '/items', query: `q=${encodeURIComponent(text)}`, headers };
  if (firewall.inspectHead(head, policy, context).verdict === 'block') return true;
  const body = firewall.openBody(
    { contentType: 'application/json', contentEncoding: undefined, method: 'POST' },
    policy,
    context,
  );
  return (body.feed(Buffer.from(JSON.stringify({ text }))) ?? body.end()).verdict === 'block';
}

const createFirewallOnce = (() => {
  let firewall: ReturnType<typeof createFirewall> | undefined;
  return () => (firewall ??= createFirewall({ detectors }));
})();

describe('all detectors together at level 1', () => {
  test('stop payloads of many tools and authors', () => {
    assert.deepEqual(
      rows.stops.filter(text => !isStopped(text)),
      [],
    );
  });

  // If this fails, people who write about code, tables or prices are turned away.
  test('let talk, notes and formulas pass', () => {
    assert.deepEqual(
      rows.passes.filter(text => isStopped(text)),
      [],
    );
  });
});
