import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { isInstalled } from '../../scripts/platforms/cache.mjs';
import { noBrowser } from '../product/browser.ts';
import type { Desk } from '../product/desk.ts';
import { memberLink, sitDown } from '../product/desk.ts';
import { until } from '../product/main-job.ts';
import type { Product } from '../product/product.ts';
import { startProduct } from '../product/product.ts';
import { startRealN8n } from '../servers/n8n.ts';

const why = isInstalled('n8n') ? noBrowser : 'n8n is not installed: npm run test:platforms';
const byId = (id: string): string => `[data-test-id="${id}"]`;
const olga = { email: 'olga@example.com', name: 'Olga Owner' };
const vera = { email: 'vera@example.com', name: 'Vera Viewer' };

describe('people at work in the real n8n', { skip: why }, () => {
  const stack = new AsyncDisposableStack();
  let product: Product;
  let site: { id: string; address: string };
  let owner: Desk;
  before(async () => {
    const n8n = stack.use(await startRealN8n());
    product = stack.use(await startProduct({ config: { platformLogs: [{ site: 'n8n', file: n8n.eventLogFile }] } }));
    const { operator } = product.sallyport;
    site = await operator('sites.create', {
      body: { name: 'n8n', platform: 'n8n', upstreams: [n8n.baseUrl], port: 0 },
    });
    owner = stack.use(await sitDown(olga));
    await owner.redeem((await operator('operator.firstOwnerLink')).url);
  });
  after(() => stack.disposeAsync());

  it('lets an Owner make a workflow by clicking, run it and see the result arrive', { timeout: 120_000 }, async () => {
    const { page, sockets, trouble } = owner;
    await page.goto(`${site.address}/workflow/new`);
    await page.click(byId('canvas-add-button'));
    await page.fill(byId('node-creator-search-bar'), 'manual');
    await page.click(`${byId('node-creator-item-name')}:has-text("Manual Trigger")`);
    await page.click(byId('canvas-handle-plus'));
    await page.fill(byId('node-creator-search-bar'), 'edit fields');
    await page.click(`${byId('node-creator-item-name')}:has-text("Edit Fields")`);
    await page.waitForSelector(byId('ndv'));
    await page.keyboard.press('Escape');
    await page.click(byId('execute-workflow-button'));
    // Only the push channel brings the result to the canvas.
    await page.waitForSelector(byId('canvas-node-status-success'));
    assert.ok(sockets.some(socket => socket.frames > 0));
    assert.deepEqual(trouble, []);
    const started = await until(
      () => product.sallyport.operator('audit.search', { query: { type: 'execution.started', limit: 10 } }),
      found => found.events.length > 0,
    );
    assert.equal(started.events[0]?.principal.name, olga.email);
  });

  it('opens the other pages without an error', { timeout: 90_000 }, async () => {
    const { page, trouble } = owner;
    for (const place of ['/home/workflows', '/home/executions', '/home/credentials', '/settings/personal']) {
      await page.goto(`${site.address}${place}`);
      await page.waitForLoadState('networkidle');
      assert.equal(new URL(page.url()).pathname, place);
    }
    assert.deepEqual(trouble, []);
  });

  it("ends the gate's session by n8n's own menu, and comes back after signing in", { timeout: 90_000 }, async () => {
    const { page } = owner;
    await page.goto(`${site.address}/home/workflows`);
    await page.click(byId('main-sidebar-settings'));
    await page.click('text=Sign out');
    await page.waitForURL(url => url.pathname === '/.sallyport/sign-in');
    // Somebody who wants a page, and is asked to sign in first, gets that page.
    await page.goto(`${site.address}/home/executions`);
    await owner.signIn();
    await page.waitForURL(url => url.pathname === '/home/executions');
  });

  it('is calm for a Viewer on a shared account, who cannot save or run', { timeout: 120_000 }, async () => {
    const { operator } = product.sallyport;
    await operator('sites.update', { params: { id: site.id }, body: { accounts: 'shared' } });
    await using viewer = await sitDown(vera);
    const { page, trouble } = viewer;
    await viewer.redeem(await memberLink(product, vera, 'viewer'));
    for (const place of ['/home/credentials', '/home/executions', '/home/workflows']) {
      await page.goto(`${site.address}${place}`);
      await page.waitForLoadState('networkidle');
    }
    assert.deepEqual([...trouble], []);
    await page.click('text=My workflow');
    await page.click(byId('execute-workflow-button'));
    await page.waitForSelector('.el-notification');
    assert.ok(trouble.some(line => /^403 POST \/rest\/workflows\/\w+\/run$/.test(line)));
    const others = trouble.filter(line => /^\d/.test(line) && !line.endsWith('/run'));
    assert.deepEqual(others, []);
  });
});
