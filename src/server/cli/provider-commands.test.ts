import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { providerInput } from '../../identity/provider-settings.ts';

const guide = readFileSync(new URL('../../../docs/guides/single-sign-on.md', import.meta.url), 'utf8');

describe('the guide to single sign-on', () => {
  const blocks = [...guide.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map(block => block[1] ?? '');
  it('shows a file for every kind of provider', () => {
    assert.deepEqual([...new Set(blocks.map(text => (parse(text) as { kind: string }).kind))].toSorted(), [
      'ldap',
      'oidc',
      'saml',
    ]);
  });
  for (const text of blocks) {
    const { name } = parse(text) as { name: string };
    it(`has a file for "${name}" that can be connected`, () => {
      const parsed = providerInput.safeParse(parse(text, { maxAliasCount: 0 }));
      assert.ok(parsed.success, JSON.stringify(parsed.error?.issues));
    });
  }
});
