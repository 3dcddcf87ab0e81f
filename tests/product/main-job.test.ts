import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { startFakeN8n } from '../fakes/n8n.ts';
import { echoWorkflow } from '../servers/n8n.ts';
import { mainJob } from './main-job.ts';
import { startProduct } from './product.ts';

describe('the main job', () => {
  it('guards an n8n: sign-in, roles, a published webhook, every step recorded', async () => {
    await using n8n = await startFakeN8n();
    await using product = await startProduct();
    await mainJob(product, { baseUrl: n8n.baseUrl, workflow: echoWorkflow });
    assert.deepEqual(product.logged, []);
  });
});
