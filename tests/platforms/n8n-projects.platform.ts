import { describe, it } from 'node:test';
import { startProduct } from '../product/product.ts';
import { projectsJob } from '../product/projects-job.ts';
import { echoWorkflow, startRealN8n } from '../servers/n8n.ts';

describe('projects on the real n8n', () => {
  it('share within and see nothing of each other', async () => {
    await using n8n = await startRealN8n();
    await using product = await startProduct();
    await projectsJob(product, { baseUrl: n8n.baseUrl, workflow: echoWorkflow, isReal: true });
  });
});
