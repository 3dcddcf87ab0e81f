/** A day of work in the real Flowise: many flows of its real nodes, tools, variables, chats with them, and clicking through its pages. */

import { startRealFlowise } from '../../servers/flowise.ts';
import { type CorpusPart, writeCorpus } from '../corpus.ts';
import { type Chance, chanceFrom } from '../make/chance.ts';
import { makers } from '../make/makers.ts';
import { type Parts, readParts } from '../make/parts.ts';
import { carriesCode } from '../make/visit.ts';
import { createCaller, pageHeaders } from './caller.ts';
import { startRecorder } from './recorder.ts';
import { openWindow } from './window.ts';

const owner = { name: 'Olga Owner', email: 'olga@example.com', password: 'Str0ng&Pass<word>1' };
const flowsEach = 24;
/** Nodes that people use most; the first of a flow comes by turns, so that all are met. */
const wanted = [
  'chatOpenAI',
  'chatOllama',
  'conversationChain',
  'llmChain',
  'promptTemplate',
  'chatPromptTemplate',
  'toolAgent',
  'customFunction',
  'ifElseFunction',
  'customTool',
  'chainTool',
  'requestsGet',
  'requestsPost',
  'sqlDatabaseChain',
  'conversationalRetrievalQAChain',
  'recursiveCharacterTextSplitter',
  'csvFile',
  'plainText',
  'postgres',
  'structuredOutputParser',
  'startAgentflow',
  'llmAgentflow',
  'agentAgentflow',
  'conditionAgentflow',
  'conditionAgentAgentflow',
  'customFunctionAgentflow',
  'httpAgentflow',
  'directReplyAgentflow',
  'toolAgentflow',
  'loopAgentflow',
  'retrieverAgentflow',
  'stickyNoteAgentflow',
  'stickyNote',
  'getApiChain',
  'openApiToolkit',
  'seqState',
  'cheerioWebScraper',
  'apiLoader',
  'jsonFile',
  'bufferMemory',
];

interface Param {
  readonly name: string;
  readonly type: string;
  readonly rows?: number;
  readonly default?: unknown;
}
interface Known extends Record<string, unknown> {
  readonly name: string;
  readonly label: string;
  readonly inputs?: readonly Param[];
}

/** Records it and writes the corpus files; returns lines that say how much. */
export async function recordFlowise(recorded: readonly CorpusPart[]): Promise<string[]> {
  await using flowise = await startRealFlowise({ env: { FLOWISE_FILE_SIZE_LIMIT: '50mb' } });
  await using recorder = await startRecorder('flowise', flowise.baseUrl, {
    publicHost: 'flowise.example.com',
    parts: recorded,
  });
  const call = createCaller(recorder.url, {
    ...pageHeaders,
    'x-request-from': 'internal',
    'x-forwarded-proto': 'https',
    origin: recorder.url,
    referer: `${recorder.url}/canvas`,
  });
  recorder.scene = { class: 'flowise-editor', who: 'editor', part: 'split' };
  await call({
    path: '/api/v1/account/register',
    body: { user: { name: owner.name, email: owner.email, credential: owner.password } },
  });
  await call({ path: '/api/v1/auth/login', body: { email: owner.email, password: owner.password } });
  const list = await call({ path: '/api/v1/nodes' });
  const known = new Map((JSON.parse(list.text) as Known[]).map(node => [node.name, node]));
  const visitor = createCaller(recorder.url, {});
  for (const part of recorded) {
    const chance = chanceFrom(`flowise ${makers[part].seed}`);
    const parts = readParts(part);
    recorder.scene = { class: 'flowise-editor', who: 'editor', part };
    let flow = '';
    for (let number = 0; number < flowsEach; number++) {
      const isAgentflow = number % 2 === 0;
      const made = await call({
        path: '/api/v1/chatflows',
        body: flowOf(number, { chance, parts, known, isAgentflow }),
      });
      const id = typeof made.json.id === 'string' ? made.json.id : '';
      if (id === '') continue;
      flow = id;
      await call({
        method: 'PUT',
        path: `/api/v1/chatflows/${id}`,
        body: {
          ...flowOf(number, { chance, parts, known, isAgentflow }),
          chatbotConfig: JSON.stringify({
            welcomeMessage: chance.pick(parts.text),
            starterPrompts: { 0: { prompt: chance.pick(parts.prompt).slice(0, 100) } },
            allowedOrigins: ['https://www.example.com'],
          }),
        },
      });
      if (number % 4 === 0)
        await call({
          path: `/api/v1/chatmessage/${id}?chatType=INTERNAL&order=ASC&startDate=2026-01-01T00:00:00.000Z&feedback=true`,
        });
    }
    for (const one of desk(chance, parts)) await call(one);
    recorder.scene = null;
    const echo = await call({
      path: '/api/v1/chatflows',
      body: { name: 'echo', type: 'AGENTFLOW', deployed: true, isPublic: true, flowData: echoFlow(known) },
    });
    recorder.scene = { class: 'flowise-visitor', who: 'visitor', part };
    for (let round = 0; round < 14; round++)
      for (const visit of makers[part].visits(chance, parts)) {
        const { site, path, ...what } = visit;
        if (site !== 'flowise') continue;
        const isCode = carriesCode(visit, parts);
        recorder.scene = { class: isCode ? 'flowise-visitor-code' : 'flowise-visitor', who: 'visitor', part };
        await visitor({
          ...what,
          path: path.replace('{flow}', typeof echo.json.id === 'string' ? echo.json.id : flow),
        });
      }
  }
  recorder.scene = { class: 'flowise-browser', who: 'editor', part: 'split' };
  const trouble = await click(recorder.url);
  for (const part of recorded)
    for (const name of ['flowise-editor', 'flowise-browser', 'flowise-visitor', 'flowise-visitor-code'])
      writeCorpus(
        part,
        'honest',
        name,
        recorder.entries(part).filter(entry => entry.class === name),
      );
  return [
    ...recorded.map(part => `flowise: ${recorder.entries(part).length} ${part}`),
    ...trouble,
    ...[...recorder.refused].map(([shape, count]) => `refused by Flowise: ${count} x ${shape}`),
  ];
}

interface FlowNeeds {
  readonly chance: Chance;
  readonly parts: Parts;
  readonly known: ReadonlyMap<string, Known>;
  readonly isAgentflow: boolean;
}

function flowOf(number: number, { chance, parts, known, isAgentflow }: FlowNeeds): Record<string, unknown> {
  const names = wanted.filter(name => known.has(name) && name.endsWith('Agentflow') === isAgentflow);
  const nodes = [
    isAgentflow ? 'startAgentflow' : (names[number % names.length] ?? 'chatOpenAI'),
    ...Array.from({ length: 2 + chance.below(3) }, () => chance.pick(names)),
  ].flatMap((name, at) => {
    const node = known.get(name);
    return node === undefined ? [] : [place(node, at, text => valueFor(text, chance, parts))];
  });
  const edges = nodes.slice(1).map((node, at) => ({
    id: `${nodes[at]?.id}-${node.id}`,
    source: nodes[at]?.id,
    sourceHandle: `${nodes[at]?.id}-output-x`,
    target: node.id,
    targetHandle: node.id,
    type: 'agentFlow',
    data: { sourceColor: '#7EE787', edgeLabel: chance.pick(['0', "it's", 'A & B']) },
  }));
  const flowData = JSON.stringify({ nodes, edges, viewport: { x: 0, y: 0, zoom: 1 } });
  return {
    name: `${chance.pick(['Support <bot>', "Bob's SQL agent", 'Помощник', 'レポート', 'RAG & tools; v2'])} ${number}`,
    type: isAgentflow ? 'AGENTFLOW' : 'CHATFLOW',
    deployed: false,
    isPublic: false,
    flowData,
  };
}

function place(node: Known, at: number, value: (param: Param) => unknown): Record<string, unknown> & { id: string } {
  const id = `${node.name}_${at}`;
  const params = node.inputs ?? [];
  const inputs = Object.fromEntries(params.map(param => [param.name, value(param)]));
  return {
    id,
    type: 'customNode',
    position: { x: 300 * at, y: 40 },
    data: {
      ...node,
      id,
      inputParams: params.map(param => ({ ...param, id: `${id}-input-${param.name}-${param.type}` })),
      inputAnchors: [],
      inputs,
      outputAnchors: [{ id: `${id}-output-${node.name}`, label: node.label, name: node.name }],
      outputs: {},
    },
    width: 300,
    height: 400,
  };
}

function valueFor(param: Param, chance: Chance, parts: Parts): unknown {
  if (param.type === 'code') return chance.pick([...parts.js, ...parts.python]);
  if (param.type === 'json') return chance.pick(parts.json);
  if (param.type === 'string' && /url|path|endpoint/i.test(param.name)) return chance.pick(parts.url);
  if (param.type === 'string' && (param.rows ?? 0) > 1)
    return chance.pick([...parts.prompt, ...parts.text, ...parts.sql, ...parts.html]);
  return param.default ?? '';
}

function echoFlow(known: ReadonlyMap<string, Known>): string {
  const nodes = (['startAgentflow', 'directReplyAgentflow'] as const).flatMap((name, at) => {
    const node = known.get(name);
    return node === undefined
      ? []
      : [
          {
            ...place(node, at, param =>
              param.name === 'directReplyMessage'
                ? 'echo: {{ question }}'
                : param.name === 'startInputType'
                  ? 'chatInput'
                  : (param.default ?? ''),
            ),
            type: 'agentFlow',
          },
        ];
  });
  const [from, to] = nodes;
  return JSON.stringify({
    nodes,
    edges: [
      {
        id: 'e',
        source: from?.id,
        sourceHandle: `${from?.id}-output-startAgentflow`,
        target: to?.id,
        targetHandle: to?.id,
        type: 'agentFlow',
        data: {},
      },
    ],
    viewport: { x: 0, y: 0, zoom: 1 },
  });
}

/** What people do in Flowise beside flows. */
function desk(chance: Chance, parts: Parts): { method?: string; path: string; body?: object }[] {
  return Array.from({ length: 8 }, (_, at) => [
    {
      path: '/api/v1/tools',
      body: {
        name: `tool_${chance.word(5)}`,
        description: chance.pick(parts.prompt),
        color: 'linear-gradient(rgb(1,2,3), rgb(4,5,6))',
        schema: JSON.stringify([
          { id: 0, property: 'q', description: "the user's query", type: 'string', required: true },
        ]),
        func: chance.pick(parts.js),
        iconSrc: '',
      },
    },
    {
      path: '/api/v1/variables',
      body: { name: `var_${chance.word(5)}`, value: chance.pick([...parts.url, ...parts.text]), type: 'static' },
    },
    {
      path: '/api/v1/credentials',
      body: {
        name: `Bob's key ${at}`,
        credentialName: 'openAIApi',
        plainDataObj: { openAIApiKey: `sk-'${chance.word(40)};--` },
      },
    },
    {
      path: '/api/v1/credentials',
      body: {
        name: 'pg',
        credentialName: 'PostgresApi',
        plainDataObj: { user: 'postgres', password: `p'; drop--${chance.word(4)}` },
      },
    },
    {
      path: '/api/v1/assistants',
      body: {
        details: JSON.stringify({ name: `A ${chance.word(4)}`, instruction: chance.pick(parts.prompt) }),
        type: 'CUSTOM',
        credential: chance.uuid(),
      },
    },
    {
      path: '/api/v1/document-store/store',
      body: { name: `Docs ${chance.word(4)}`, description: chance.pick(parts.text) },
    },
    { path: `/api/v1/executions?page=1&limit=12&state=FINISHED&startDate=2026-01-0${1 + at}T00:00:00.000Z` },
    { path: '/api/v1/chatflows?type=AGENTFLOW&page=1&limit=12' },
    {
      path: '/api/v1/node-load-method/chatOpenAI',
      body: {
        name: 'chatOpenAI',
        loadMethod: 'listModels',
        inputs: { systemMessage: chance.pick(parts.prompt) },
        currentNode: {},
      },
    },
  ]).flat();
}

async function click(url: string): Promise<string[]> {
  const trouble: string[] = [];
  await using window = await openWindow();
  const { page } = window;
  const step = async (name: string, act: () => Promise<unknown>): Promise<void> => {
    await act().catch((error: unknown) => trouble.push(`Flowise browser: ${name}: ${String(error).split('\n')[0]}`));
  };
  await step('sign-in', async () => {
    await page.goto(`${url}/login`);
    await page.fill('input[name=username], input[type=email], input[placeholder*="@"]', owner.email);
    await page.fill('input[type=password]', owner.password);
    await page.click('button:has-text("Login")');
    await page.waitForURL(to => !to.pathname.includes('login'));
  });
  for (const at of [
    '/chatflows',
    '/agentflows',
    '/executions',
    '/assistants',
    '/marketplaces',
    '/tools',
    '/credentials',
    '/variables',
    '/apikey',
    '/document-stores',
    '/canvas',
    '/v2/agentcanvas',
  ])
    await step(at, async () => {
      await page.goto(`${url}${at}`);
      await page.waitForLoadState('networkidle');
    });
  return trouble;
}
