import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { flowiseAuthored } from './flowise/authored.ts';
import { flowiseRoutes } from './flowise/routes.ts';
import { n8nAuthored } from './n8n/authored.ts';
import { n8nRoutes } from './n8n/routes.ts';

describe('authored fields', () => {
  for (const [platform, authored, table] of [
    ['n8n', n8nAuthored, n8nRoutes],
    ['flowise', flowiseAuthored, flowiseRoutes],
  ] as const) {
    it(`of ${platform} belong to actions that its table has`, () => {
      const actions = new Set<string>(table.map(route => route.action));
      assert.deepEqual(
        Object.keys(authored).filter(action => !actions.has(action)),
        [],
      );
    });

    it(`of ${platform} name a zone and a field`, () => {
      for (const pattern of Object.values(authored).flat()) {
        assert.match(pattern, /^(query|json|form|multipart|file|text):[\w.*[\]]*$/);
      }
    });
  }

  it('leave the names of workflows, credentials and flows to be judged', () => {
    for (const action of ['workflow.create', 'workflow.update', 'credential.create', 'credential.update']) {
      assert.ok(!n8nAuthored[action]?.includes('json:name'), action);
      assert.ok(!flowiseAuthored[action]?.includes('json:name'), action);
    }
  });
});
