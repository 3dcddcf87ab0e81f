import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createFirewall } from '../firewall.ts';
import { detectors } from './all.ts';
import families from './testdata/further.json' with { type: 'json' };

const policy = { mode: 'block', paranoia: 1, threshold: 5, exclusions: [], inspectBytesMax: null } as const;

const firewall = createFirewall({ detectors });

/** What of a JSON document, a query or a file stops it. */
function stoppedBy(name: string, text: string): readonly string[] {
  const context = { endpoint: '/*', nowMs: 0 };
  if (name.startsWith('?')) {
    const query = `${name.slice(1)}=${encodeURIComponent(text)}`;
    const judged = firewall.inspectHead({ method: 'GET', path: '/a', query, headers: {} }, policy, context);
    return judged.verdict === 'block' ? judged.matches.map(match => match.rule) : [];
  }
  const isFile = name.startsWith('^');
  const contentType = isFile ? 'multipart/form-data; boundary=b1' : 'application/json';
  const head = `Content-Disposition: form-data; name="file"; filename="${name.slice(1)}"\r\nContent-Type: text/plain`;
  const body = isFile ? `--b1\r\n${head}\r\n\r\n${text}\r\n--b1--\r\n` : text;
  const reader = firewall.openBody({ contentType, contentEncoding: undefined, method: 'POST' }, policy, context);
  const judged = reader.feed(Buffer.from(body)) ?? reader.end();
  return judged.verdict === 'block' ? judged.matches.map(match => match.rule) : [];
}

describe('further families of attacks, and what honest programs send that looks like them', () => {
  for (const [family, { name, stops, passes }] of Object.entries(families)) {
    it(`stops ${family}`, () =>
      assert.deepEqual(
        stops.filter(text => stoppedBy(name, text).length === 0),
        [],
      ));
    it(`passes what looks like ${family}`, () =>
      assert.deepEqual(
        passes.map(text => [text, stoppedBy(name, text)] as const).filter(([, rules]) => rules.length > 0),
        [],
      ));
  }
});
