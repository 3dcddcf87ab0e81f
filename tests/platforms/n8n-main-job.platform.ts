import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { mainJob, until } from '../product/main-job.ts';
import { startProduct } from '../product/product.ts';
import { echoWorkflow, startRealN8n } from '../servers/n8n.ts';

describe('the main job on the real n8n', () => {
  it('guards it: sign-in, roles, a published webhook, every step and every execution recorded once', async () => {
    await using n8n = await startRealN8n();
    await using product = await startProduct({
      config: { platformLogs: [{ site: 'n8n', file: path.resolve(n8n.eventLogFile) }] },
    });
    await mainJob(product, { baseUrl: n8n.baseUrl, workflow: echoWorkflow });

    // The webhook's execution never had a person at the gate: it is known from n8n's own log.
    const { operator } = product.sallyport;
    const finished = await until(
      () => operator('audit.search', { query: { type: 'execution.finished', limit: 100 } }),
      page => page.events.length > 0,
    );
    assert.ok(finished.events.length > 0, 'the execution is recorded');
    const started = await operator('audit.search', { query: { type: 'execution.started', limit: 100 } });
    const ids = started.events.map(event => (event.data as { executionId: string }).executionId);
    assert.equal(new Set(ids).size, ids.length, 'no execution is told twice');
    assert.deepEqual(product.logged, []);
  });
});
