import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { isInstalled } from '../../scripts/platforms/cache.mjs';
import { noBrowser } from '../product/browser.ts';
import type { Desk } from '../product/desk.ts';
import { sitDown } from '../product/desk.ts';
import type { Product } from '../product/product.ts';
import { startProduct } from '../product/product.ts';
import { startRealFlowise } from '../servers/flowise.ts';

const why = isInstalled('flowise') ? noBrowser : 'Flowise is not installed: npm run test:platforms flowise';
const olga = { email: 'olga@example.com', name: 'Olga Owner' };

describe('people at work in the real Flowise', { skip: why }, () => {
  const stack = new AsyncDisposableStack();
  let product: Product;
  let at: string;
  let owner: Desk;
  before(async () => {
    const flowise = stack.use(await startRealFlowise());
    product = stack.use(await startProduct());
    const { operator } = product.sallyport;
    const body = { name: 'flowise', platform: 'flowise' as const, upstreams: [flowise.baseUrl], port: 0 };
    at = (await operator('sites.create', { body })).address;
    owner = stack.use(await sitDown(olga));
    await owner.redeem((await operator('operator.firstOwnerLink')).url);
  });
  after(() => stack.disposeAsync());

  it('opens without a sign-in of its own', { timeout: 60_000 }, async () => {
    const { page, trouble } = owner;
    await page.goto(`${at}/`);
    await page.waitForSelector('text=Chatflows');
    await page.waitForURL(`${at}/`);
    await page.goto(`${at}/agentflows`);
    await page.waitForLoadState('networkidle');
    assert.equal(new URL(page.url()).pathname, '/agentflows');
    assert.deepEqual(trouble, []);
  });

  it('answers in the chat box of a flow, as it streams', { timeout: 60_000 }, async () => {
    const { page, trouble } = owner;
    const id: unknown = await page.evaluate(makeEchoFlow);
    await page.goto(`${at}/v2/agentcanvas/${String(id)}`);
    await page.click('button[aria-label="chat"]');
    await page.fill('#userInput', 'hello gate');
    await page.keyboard.press('Enter');
    await page.waitForSelector('text=echo hello gate');
    assert.deepEqual(trouble, []);
    const { operator } = product.sallyport;
    const made = await operator('audit.search', { query: { type: 'workflow.created', limit: 10 } });
    assert.equal(made.events[0]?.resource?.id, id);
    assert.equal(made.events[0]?.principal.name, olga.email);
  });

  it("ends the gate's session by its own menu, and comes back after signing in", { timeout: 60_000 }, async () => {
    const { page } = owner;
    await page.goto(`${at}/`);
    await page.click('header .MuiAvatar-root >> nth=-1');
    await page.click('text=Logout');
    await owner.signIn();
    await page.waitForURL(`${at}/`);
    await page.waitForSelector('text=Chatflows');
  });
});

/** Run in the page: a flow of two nodes that needs no model. A text, since the page's world is not this one's. */
const makeEchoFlow = `(async () => {
  const headers = { 'content-type': 'application/json', 'x-request-from': 'internal' };
  const known = await (await fetch('/api/v1/nodes', { headers })).json();
  const node = (name, x, given) => {
    const id = name + '_0';
    const data = structuredClone(known.find(one => one.name === name));
    data.id = id;
    data.inputParams = data.inputs ?? [];
    data.inputAnchors = [];
    data.outputAnchors = data.hideOutput ? [] : [{ id: id + '-output-' + name, label: data.label, name }];
    const defaults = Object.fromEntries(data.inputParams.map(param => [param.name, param.default ?? '']));
    for (const param of data.inputParams) param.id = id + '-input-' + param.name + '-' + param.type;
    data.inputs = { ...defaults, ...given };
    return { id, type: 'agentFlow', position: { x, y: 100 }, data, width: 150, height: 66 };
  };
  const start = node('startAgentflow', 0, { startInputType: 'chatInput' });
  const reply = node('directReplyAgentflow', 300, { directReplyMessage: 'echo {{ question }}' });
  const edge = {
    id: 'edge', type: 'agentFlow', source: start.id, sourceHandle: start.id + '-output-startAgentflow',
    target: reply.id, targetHandle: reply.id,
    data: { sourceColor: '#7EE787', targetColor: '#4DDBBB', isHumanInput: false },
  };
  const flowData = JSON.stringify({ nodes: [start, reply], edges: [edge] });
  const body = JSON.stringify({ name: 'echo', type: 'AGENTFLOW', deployed: false, isPublic: false, flowData });
  const answer = await fetch('/api/v1/chatflows', { method: 'POST', headers, body });
  return (await answer.json()).id;
})()`;
