/** A day of work in the real n8n: clicking in the editor, saving and running many workflows, and the webhooks that arrive meanwhile. */

import { startRealN8n } from '../../servers/n8n.ts';
import { type CorpusPart, writeCorpus } from '../corpus.ts';
import { chanceFrom } from '../make/chance.ts';
import { makers } from '../make/makers.ts';
import { makeWorkflow } from '../make/n8n-workflows.ts';
import { readParts } from '../make/parts.ts';
import { carriesCode } from '../make/visit.ts';
import { type Call, createCaller, pageHeaders } from './caller.ts';
import { deskWork } from './n8n-desk.ts';
import { type Recorder, startRecorder } from './recorder.ts';
import { openWindow } from './window.ts';

const owner = { email: 'olga@example.com', firstName: 'Olga', lastName: "O'Owner", password: 'Str0ng&Pass<word>' };
const workflowsEach = 90;
const hookPaths = [
  'stripe',
  'github',
  'gitlab',
  'shopify',
  'slack',
  'typeform',
  'jira',
  'sentry',
  'inbound-mail',
  'twilio',
  'calendly',
  'zapier',
  'hubspot',
  'soap',
  'upload',
  'chat',
  'lead',
  'events',
];

/** Records it and writes the corpus files; returns lines that say how much. With `visitorsOnly` the editors' files stay as they are. */
export async function recordN8n(recorded: readonly CorpusPart[], visitorsOnly = false): Promise<string[]> {
  await using n8n = await startRealN8n({ env: { N8N_PAYLOAD_SIZE_MAX: '64' } });
  await using recorder = await startRecorder('n8n', n8n.baseUrl, { publicHost: 'n8n.example.com', parts: recorded });
  const call = createCaller(recorder.url, {
    ...pageHeaders,
    origin: recorder.url,
    referer: `${recorder.url}/workflow/new`,
    'push-ref': 'k3v9x2m1qp',
  });
  recorder.scene = { class: 'n8n-editor', who: 'editor', part: 'split' };
  await call({ path: '/rest/owner/setup', body: owner });
  await call({ path: '/rest/login', body: { emailOrLdapLoginId: owner.email, password: owner.password } });
  for (const part of visitorsOnly ? [] : recorded) {
    recorder.scene = { class: 'n8n-editor', who: 'editor', part };
    await workOn(part, call);
    for (const one of deskWork(chanceFrom(`desk ${makers[part].seed}`), readParts(part))) await call(one);
  }
  await receive(recorder, call, recorded);
  recorder.scene = { class: 'n8n-browser', who: 'editor', part: 'split' };
  const trouble = visitorsOnly ? [] : await click(recorder.url);
  for (const part of recorded) {
    for (const name of [...(visitorsOnly ? [] : ['n8n-editor', 'n8n-browser']), 'n8n-visitor', 'n8n-visitor-code'])
      writeCorpus(
        part,
        'honest',
        name,
        recorder.entries(part).filter(entry => entry.class === name),
      );
  }
  return [
    ...recorded.map(part => `n8n: ${recorder.entries(part).length} ${part}`),
    ...trouble,
    ...[...recorder.refused].map(([shape, count]) => `refused by n8n: ${count} x ${shape}`),
  ];
}

type Caller = ReturnType<typeof createCaller>;

/** Saves, changes and runs many workflows. Runs end at the trigger, so that nothing in them is really done. */
async function workOn(part: CorpusPart, call: Caller): Promise<void> {
  const chance = chanceFrom(`n8n ${makers[part].seed}`);
  const parts = readParts(part);
  for (let number = 0; number < workflowsEach; number++) {
    const workflow = makeWorkflow(chance, parts, number);
    const made = await call({ path: '/rest/workflows', body: workflow });
    const data = made.json.data as { id?: string; versionId?: string } | undefined;
    if (data?.id === undefined) continue;
    const nodes = workflow.nodes as { name: string; position: number[]; parameters: Record<string, unknown> }[];
    const [trigger, next] = nodes;
    if (next !== undefined)
      next.parameters = {
        ...next.parameters,
        notice: chance.pick(parts.text),
        options: { ...(next.parameters.options as object | undefined), note: chance.pick(parts.expression) },
      };
    await call({
      method: 'PATCH',
      path: `/rest/workflows/${data.id}?forceSave=true`,
      body: { ...workflow, versionId: data.versionId, id: data.id },
    });
    if (number % 2 === 0) {
      const workflowData = {
        ...workflow,
        id: data.id,
        pinData: {
          [trigger?.name ?? '']: [
            { json: { id: number, body: { text: chance.pick(parts.text), html: chance.pick(parts.html) } } },
          ],
        },
      };
      await call({
        path: `/rest/workflows/${data.id}/run?partialExecutionVersion=2`,
        body: {
          workflowData,
          runData: {},
          startNodes: [],
          dirtyNodeNames: [],
          destinationNode: { nodeName: trigger?.name, mode: 'inclusive' },
          triggerToStartFrom: { name: trigger?.name },
        },
      });
    }
    if (number % 5 === 0)
      await call({
        path: `/rest/executions?filter=${encodeURIComponent(JSON.stringify({ workflowId: data.id, status: ['success', 'error'], startedAfter: '2026-01-01T00:00:00.000Z' }))}&includeData=true&limit=10`,
      });
    if (number % 6 === 0)
      await call({
        path: `/rest/workflows?filter=${encodeURIComponent(JSON.stringify({ query: chance.pick(["O'Brien", 'select & report', 'täglich', '受注', '<test>']), isArchived: false }))}&sortBy=updatedAt:desc&skip=0&take=50`,
      });
    if (number % 9 === 0)
      await call({
        path: '/rest/ai/chat',
        body: {
          payload: {
            role: 'user',
            type: 'message',
            text: chance.pick(parts.prompt),
            workflowContext: { currentWorkflow: workflow },
          },
        },
      });
  }
}

/** Publishes webhooks and sends them what services and people send. */
async function receive(recorder: Recorder, call: Caller, recorded: readonly CorpusPart[]): Promise<void> {
  recorder.scene = null;
  const hooks = hookPaths.flatMap(path =>
    ['POST', 'GET'].map(method => ({
      id: crypto.randomUUID(),
      name: `${path} ${method}`,
      type: 'n8n-nodes-base.webhook',
      typeVersion: 2,
      position: [0, 0],
      webhookId: crypto.randomUUID(),
      parameters: { httpMethod: method, path, responseMode: 'onReceived', options: {} },
    })),
  );
  const form = {
    id: crypto.randomUUID(),
    name: 'Form',
    type: 'n8n-nodes-base.formTrigger',
    typeVersion: 2.2,
    position: [0, 0],
    webhookId: crypto.randomUUID(),
    parameters: {
      path: 'contact',
      formTitle: 'Contact',
      formFields: {
        values: [
          { fieldLabel: 'Name' },
          { fieldLabel: 'Message', fieldType: 'textarea' },
          { fieldLabel: 'File', fieldType: 'file' },
        ],
      },
      options: { path: 'contact' },
    },
  };
  const made = await call({
    path: '/rest/workflows',
    body: {
      name: 'hooks',
      nodes: [
        ...hooks,
        form,
        { id: 'n', name: 'End', type: 'n8n-nodes-base.noOp', typeVersion: 1, position: [0, 0], parameters: {} },
      ],
      connections: Object.fromEntries(
        [...hooks.map(hook => hook.name), 'Form'].map(name => [
          name,
          { main: [[{ node: 'End', type: 'main', index: 0 }]] },
        ]),
      ),
      settings: {},
    },
  });
  if (made.status !== 200) throw new Error(`Cannot make the webhooks: ${made.text.slice(0, 300)}`);
  const { id, versionId } = made.json.data as { id: string; versionId: string };
  await call({ path: `/rest/workflows/${id}/activate`, body: { versionId } });
  const visitor = createCaller(recorder.url, {});
  const deadline = performance.now() + 30_000;
  while ((await visitor({ path: '/webhook/events' })).status !== 200)
    if (performance.now() > deadline) throw new Error('Cannot publish the webhooks');
  for (const part of recorded) {
    recorder.scene = { class: 'n8n-visitor', who: 'visitor', part };
    const chance = chanceFrom(`visits ${makers[part].seed}`);
    const parts = readParts(part);
    for (let round = 0; round < 8; round++) {
      for (const visit of makers[part].visits(chance, parts)) {
        if (visit.site === 'flowise') continue;
        const { site: _, ...what } = visit;
        recorder.scene = {
          class: carriesCode(visit, parts) ? 'n8n-visitor-code' : 'n8n-visitor',
          who: 'visitor',
          part,
        };
        await visitor(what satisfies Call);
      }
    }
  }
}

const byId = (id: string): string => `[data-test-id="${id}"]`;

/** Clicks through the editor. A step that fails is told and does not end the day. */
async function click(url: string): Promise<string[]> {
  const trouble: string[] = [];
  await using screen = await openWindow();
  const { page } = screen;
  const step = async (name: string, act: () => Promise<unknown>): Promise<void> => {
    await act().catch((error: unknown) => trouble.push(`n8n browser: ${name}: ${String(error).split('\n')[0]}`));
  };
  const visit = (path: string) => async (): Promise<void> => {
    await page.goto(`${url}${path}`);
    await page.waitForLoadState('networkidle');
  };
  await step('sign-in', async () => {
    await page.goto(`${url}/signin`);
    await page.fill('input[name="emailOrLdapLoginId"], input[type=email]', owner.email);
    await page.fill('input[type=password]', owner.password);
    await page.click(byId('form-submit-button'));
    await page.waitForURL(to => !to.pathname.includes('signin'));
  });
  for (const node of ['edit fields', 'code', 'http request', 'postgres', 'if', 'send email', 'html']) {
    await step(node, async () => {
      await page.goto(`${url}/workflow/new`);
      await page.click(byId('canvas-add-button'));
      await page.fill(byId('node-creator-search-bar'), 'manual');
      await page.click(`${byId('node-creator-item-name')}:has-text("Manual Trigger")`);
      await page.click(byId('canvas-handle-plus'));
      await page.fill(byId('node-creator-search-bar'), node);
      await page.click(`${byId('node-creator-item-name')} >> nth=0`);
      await page.waitForTimeout(800);
      const area = page.locator(`${byId('ndv')} textarea, ${byId('ndv')} input[type=text]`).first();
      if (await area.isVisible().catch(() => false))
        await area.fill("SELECT * FROM users WHERE name = 'x' -- {{ $json.a }}").catch(() => undefined);
      await page.keyboard.press('Escape');
      await page.keyboard.press('Control+s');
      if (node === 'edit fields' || node === 'if') await page.click(byId('execute-workflow-button'));
      await page.waitForTimeout(1000);
    });
  }
  for (const place of [
    '/home/workflows',
    '/home/executions',
    '/home/credentials',
    '/settings/personal',
    '/settings/users',
    '/settings/api',
    '/settings/usage',
    '/settings/community-nodes',
    '/insights',
    '/home/variables',
    '/home/workflows?search=report&tags=x&sort=lastCreated',
  ])
    await step(place, visit(place));
  return trouble;
}
