/** Workflows as people build them in n8n: real node types with real parameter shapes, filled with pieces of work. */
import type { Chance } from './chance.ts';
import type { Parts } from './parts.ts';

interface Made {
  readonly type: string;
  readonly version: number;
  readonly parameters: Record<string, unknown>;
  readonly more?: Record<string, unknown>;
}
type Maker = (chance: Chance, parts: Parts) => Made;

const base = (
  type: string,
  version: number,
  parameters: Record<string, unknown>,
  more?: Record<string, unknown>,
): Made => ({
  type: `n8n-nodes-base.${type}`,
  version,
  parameters,
  ...(more === undefined ? {} : { more }),
});
const chain = (type: string, version: number, parameters: Record<string, unknown>): Made => ({
  type: `@n8n/n8n-nodes-langchain.${type}`,
  version,
  parameters,
});
const rl = (value: string, mode = 'id'): Record<string, unknown> => ({ __rl: true, value, mode });
const condition = (chance: Chance, parts: Parts): Record<string, unknown> => ({
  id: chance.uuid(),
  leftValue: chance.pick(parts.expression),
  rightValue: chance.pick(['', 'paid', "O'Brien", '/^(DE|AT|CH)$/', '10', '<none>', 'SELECT']),
  operator: { type: 'string', operation: chance.pick(['equals', 'contains', 'regex', 'notEmpty']) },
});
const conditions = (chance: Chance, parts: Parts): Record<string, unknown> => ({
  options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 2 },
  conditions: [condition(chance, parts), condition(chance, parts)],
  combinator: chance.pick(['and', 'or']),
});
const pair = (name: string, value: string): Record<string, string> => ({ name, value });

const triggers: readonly Maker[] = [
  () => base('manualTrigger', 1, {}),
  c =>
    base(
      'webhook',
      2,
      { httpMethod: c.pick(['POST', 'GET']), path: c.uuid(), responseMode: 'responseNode', options: { rawBody: true } },
      { webhookId: c.uuid() },
    ),
  c =>
    base('scheduleTrigger', 1.2, {
      rule: {
        interval: [{ field: 'cronExpression', expression: c.pick(['0 6 * * 1-5', '*/15 * * * *', '0 0 1 */3 *']) }],
      },
    }),
  (c, p) =>
    base(
      'formTrigger',
      2.2,
      {
        formTitle: 'Kontakt & Anfrage',
        formDescription: c.pick(p.html),
        formFields: {
          values: [
            { fieldLabel: 'Name', requiredField: true },
            {
              fieldLabel: 'Select a plan',
              fieldType: 'dropdown',
              fieldOptions: { values: [{ option: 'A & B' }, { option: '<none>' }] },
            },
          ],
        },
        options: {},
      },
      { webhookId: c.uuid() },
    ),
  c =>
    chain('chatTrigger', 1.1, {
      public: true,
      initialMessages: 'Hi there! 👋\nMy name is Nathan. How can I assist you today?',
      options: {
        customCss: ':root { --chat--color-primary: #e74266; }\n.chat-message a[href^="https"]::after { content: "↗"; }',
        allowedOrigins: '*',
        title: c.pick(['Hallo', 'Hello <3']),
      },
    }),
  c =>
    base('executeWorkflowTrigger', 1.1, {
      workflowInputs: { values: [pair('query', ''), pair('user_id', '')] },
      inputSource: c.pick(['workflowInputs']),
    }),
  () =>
    base('emailReadImap', 2, {
      postProcessAction: 'nothing',
      options: { customEmailConfig: '["UNSEEN", ["SINCE", "01-Jan-2025"]]' },
    }),
];

const steps: readonly Maker[] = [
  (c, p) => base('code', 2, { jsCode: c.pick(p.js) }),
  (c, p) => base('code', 2, { mode: 'runOnceForEachItem', jsCode: `${c.pick(p.js)}\n\n/* ${c.pick(p.text)} */` }),
  (c, p) => base('code', 2, { language: 'pythonNative', pythonCode: c.pick(p.python) }),
  (c, p) =>
    base('postgres', 2.6, {
      operation: 'executeQuery',
      query: c.pick(p.sql),
      options: { queryReplacement: '={{ $json.id }},={{ $json.name }}' },
    }),
  (c, p) =>
    base('mySql', 2.4, {
      operation: 'executeQuery',
      query: c.pick(p.sql),
      options: { queryBatching: 'transaction', detailedOutput: true },
    }),
  (c, p) => base('microsoftSql', 1.1, { query: c.pick(p.sql) }),
  c =>
    base('postgres', 2.6, {
      operation: 'select',
      schema: rl('public', 'list'),
      table: rl('orders', 'list'),
      where: {
        values: [
          { column: 'name', condition: 'LIKE', value: "%O'%" },
          { column: 'id', condition: '!=', value: '0' },
        ],
      },
      combineConditions: c.pick(['AND', 'OR']),
      sort: { values: [{ column: 'id', direction: 'DESC' }] },
      options: {},
    }),
  (c, p) => base('executeCommand', 1, { command: c.pick(p.shell) }),
  (c, p) => base('ssh', 1, { command: c.pick(p.shell), cwd: c.pick(['/var/www/../releases', '/home/deploy', '~']) }),
  (c, p) =>
    base('set', 3.4, {
      assignments: {
        assignments: [0, 1, 2].map(() => ({
          id: c.uuid(),
          name: c.pick(['subject', 'prompt', 'user.name', 'html_body', 'where', '$ref']),
          value: c.pick([...p.expression, ...p.text]),
          type: 'string',
        })),
      },
      options: {},
    }),
  (c, p) => base('set', 3.4, { mode: 'raw', jsonOutput: `=${c.pick(p.json)}`, options: { dotNotation: false } }),
  (c, p) => base('html', 1.2, { html: c.pick(p.html) }),
  c =>
    base('html', 1.2, {
      operation: 'extractHtmlContent',
      extractionValues: {
        values: [
          {
            key: 'title',
            cssSelector: c.pick(['h1 > a:not([href^="#"])', 'script[type="application/ld+json"]', 'div.price::text']),
            returnValue: 'html',
          },
        ],
      },
      options: {},
    }),
  (c, p) =>
    base('emailSend', 2.1, {
      fromEmail: 'Reports <reports@example.com>',
      toEmail: "={{ $json.email }}, o'neil@example.com",
      subject: c.pick(p.expression),
      html: c.pick(p.html),
      options: { ccEmail: 'a@example.com', appendAttribution: false },
    }),
  (c, p) =>
    base('gmail', 2.1, {
      sendTo: '={{ $json.to }}',
      subject: 'Re: Ihre Anfrage',
      message: c.pick(p.html),
      options: { bccList: 'archive@example.com' },
    }),
  (c, p) =>
    base('httpRequest', 4.2, {
      url: c.pick(p.url),
      sendHeaders: true,
      headerParameters: {
        parameters: [
          pair('Authorization', '=Bearer {{ $env.TOKEN }}'),
          pair('X-Forwarded-For', '10.0.0.1'),
          pair('Accept', 'application/vnd.api+json;version=2, */*;q=0.1'),
        ],
      },
      options: { redirect: { redirect: {} }, response: { response: { fullResponse: true } } },
    }),
  (c, p) =>
    base('httpRequest', 4.2, {
      method: 'POST',
      url: c.pick(p.url),
      sendBody: true,
      specifyBody: 'json',
      jsonBody: `=${c.pick(p.json)}`,
      sendQuery: true,
      queryParameters: {
        parameters: [pair('$filter', "startswith(name,'A') and total gt 100"), pair('fields', 'id,name')],
      },
      options: {
        pagination: {
          pagination: {
            nextURL: '={{ $response.body["@odata.nextLink"] }}',
            completeExpression: '={{ !$response.body.next }}',
          },
        },
      },
    }),
  (c, p) =>
    base('httpRequest', 4.2, {
      method: 'POST',
      url: c.pick(p.url),
      sendBody: true,
      contentType: 'raw',
      rawContentType: 'text/xml',
      body: c.pick(p.text),
      options: { proxy: 'http://proxy.internal:3128', allowUnauthorizedCerts: true },
    }),
  (c, p) =>
    base('graphql', 1.1, {
      endpoint: 'https://api.example.com/graphql',
      requestFormat: 'json',
      query:
        'query($after: String) { products(first: 100, after: $after, query: "tag:\'sale\' OR vendor:x") { nodes { id ...F } } } fragment F on Product { title }',
      variables: c.pick(p.json),
    }),
  (c, p) => base('if', 2.2, { conditions: conditions(c, p), options: {} }),
  (c, p) => base('filter', 2.2, { conditions: conditions(c, p), options: {} }),
  (c, p) =>
    base('switch', 3.2, {
      rules: {
        values: [0, 1, 2].map(() => ({
          conditions: conditions(c, p),
          renameOutput: true,
          outputKey: c.pick(['A & B', 'ошибка', "can't", '>100']),
        })),
      },
      options: { fallbackOutput: 'extra' },
    }),
  (c, p) => base('merge', 3, { mode: 'combineBySql', query: c.pick(p.sql) }),
  c =>
    base('readWriteFile', 1, {
      operation: c.pick(['read', 'write']),
      fileSelector: c.pick([
        '/files/reports/*.csv',
        '../shared/**/*.{json,xml}',
        'C:\\Users\\bob\\Documents\\report.xlsx',
        '/etc/ssl/certs/ca.pem',
        '/home/node/.n8n/config',
      ]),
      fileName: '=/files/{{ $json.id }}/../out.csv',
      options: {},
    }),
  c =>
    base('awsS3', 2, {
      operation: 'upload',
      bucketName: 'acme-backups',
      fileName: '={{ $now.format("yyyy/MM/dd") }}/dump.sql.gz',
      additionalFields: { acl: 'private', storageClass: c.pick(['standardIA', 'glacier']) },
    }),
  (c, p) =>
    base('googleSheets', 4.5, {
      operation: 'append',
      documentId: rl(
        'https://docs.google.com/spreadsheets/d/1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms/edit#gid=0',
        'url',
      ),
      sheetName: rl('gid=0', 'list'),
      columns: {
        mappingMode: 'defineBelow',
        value: { Datum: '={{ $today }}', Formel: c.pick(p.text), "Kunde's": '={{ $json["Kunde/Name"] }}' },
        matchingColumns: ['Datum'],
        schema: [],
      },
      options: { cellFormat: 'USER_ENTERED' },
    }),
  (c, p) =>
    base('slack', 2.3, {
      select: 'channel',
      channelId: rl('#alerts', 'name'),
      text: `=${c.pick(p.text)}`,
      otherOptions: { includeLinkToWorkflow: false, mrkdwn: true },
    }),
  (c, p) =>
    base('slack', 2.3, {
      select: 'channel',
      channelId: rl('C0123456'),
      messageType: 'block',
      blocksUi: JSON.stringify({ blocks: [{ type: 'section', text: { type: 'mrkdwn', text: c.pick(p.text) } }] }),
      otherOptions: {},
    }),
  (c, p) => base('discord', 2, { authentication: 'webhook', content: c.pick(p.text), options: {} }),
  (c, p) =>
    base('telegram', 1.2, {
      chatId: '={{ $json.message.chat.id }}',
      text: c.pick(p.text),
      additionalFields: { parse_mode: 'HTML', reply_markup: 'none' },
    }),
  (c, p) => base('mongoDb', 1.1, { operation: 'aggregate', collection: 'orders', query: c.pick(p.json), options: {} }),
  (c, p) =>
    base('elasticsearch', 1, {
      resource: 'document',
      operation: 'getAll',
      indexId: 'logs-*',
      options: { query: c.pick(p.json) },
    }),
  c =>
    base('redis', 1, {
      operation: c.pick(['set', 'keys', 'publish']),
      key: 'cache:{{ $json.id }}:*',
      keyPattern: 'user:*',
      value: '={{ JSON.stringify($json) }}',
    }),
  (c, p) =>
    base('kafka', 1, { topic: 'orders.v1', sendInputData: false, message: c.pick(p.json), options: { acks: true } }),
  (c, p) =>
    base('ldap', 1, {
      operation: 'search',
      baseDN: 'DC=corp,DC=example',
      searchFor: 'custom',
      customFilter: c.pick(p.text),
      options: { attributes: 'cn,mail,memberOf' },
    }),
  c =>
    base('crypto', 1, {
      action: 'hmac',
      type: 'SHA512',
      value: '={{ $json.timestamp + "." + JSON.stringify($json.body) }}',
      dataPropertyName: 'sig',
      secret: c.word(32),
    }),
  c =>
    base('jwt', 1, {
      operation: 'decode',
      token: `eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.${Buffer.from(`{"sub":"${c.word(6)}","iat":1718000000}`).toString('base64url')}.${c.word(43)}`,
      options: {},
    }),
  c =>
    base('dateTime', 2, {
      operation: 'formatDate',
      date: '={{ $json.date }}',
      format: 'custom',
      customFormat: c.pick(["dd.MM.yyyy 'um' HH:mm 'Uhr'", "yyyy-'W'WW", 'LLLL d, yyyy']),
      options: {},
    }),
  (c, p) =>
    base('xml', 1, {
      mode: 'xmlToJson',
      dataPropertyName: 'data',
      options: { attrkey: '$', charkey: '_', explicitArray: false, cdata: c.pick([true, false]), note: c.pick(p.text) },
    }),
  (c, p) => base('markdown', 1, { markdown: c.pick(p.text), options: {} }),
  (c, p) =>
    base('respondToWebhook', 1.1, {
      respondWith: 'text',
      responseBody: c.pick(p.html),
      options: {
        responseCode: 200,
        responseHeaders: {
          entries: [
            pair('Content-Type', 'text/html; charset=utf-8'),
            pair('Content-Security-Policy', "default-src 'self'; script-src 'unsafe-inline' https:"),
          ],
        },
      },
    }),
  (c, p) => base('respondToWebhook', 1.1, { respondWith: 'json', responseBody: `=${c.pick(p.json)}`, options: {} }),
  (c, p) =>
    base('jira', 1, {
      project: rl('10001'),
      issueType: rl('10004'),
      summary: c.pick(p.expression),
      additionalFields: { description: c.pick(p.text), labels: ['n8n', 'auto-created'] },
    }),
  (c, p) =>
    base('notion', 2.2, {
      resource: 'databasePage',
      databaseId: rl(c.uuid()),
      title: '={{ $json.title }}',
      blockUi: {
        blockValues: [
          { type: 'paragraph', textContent: c.pick(p.text) },
          { type: 'code', textContent: c.pick(p.js) },
        ],
      },
      options: {},
    }),
  (c, p) =>
    base('splitOut', 1, {
      fieldToSplitOut: 'data.items',
      include: c.pick(['noOtherFields']),
      options: { destinationFieldName: c.pick(p.expression).slice(0, 20) },
    }),
  c =>
    base('git', 1, {
      operation: c.pick(['clone', 'pull', 'log']),
      repositoryPath: '/files/repos/app',
      sourceRepository: 'https://git.example.com/acme/app.git',
    }),
  c =>
    base('convertToFile', 1.1, {
      operation: 'toBinary',
      sourceProperty: 'file',
      options: {
        fileName: c.pick(['Rechnung #12 (Kopie).pdf', 'résumé.docx', '../report.csv']),
        mimeType: 'application/pdf',
      },
    }),
  (c, p) =>
    chain('agent', 1.9, {
      promptType: 'define',
      text: c.pick(p.expression),
      options: { systemMessage: c.pick(p.prompt), maxIterations: 10, returnIntermediateSteps: true },
    }),
  (c, p) =>
    chain('chainLlm', 1.5, {
      promptType: 'define',
      text: c.pick(p.prompt),
      hasOutputParser: true,
      messages: {
        messageValues: [{ message: c.pick(p.prompt) }, { type: 'HumanMessagePromptTemplate', message: c.pick(p.text) }],
      },
    }),
  (c, p) =>
    chain('informationExtractor', 1, {
      text: c.pick(p.expression),
      schemaType: 'manual',
      inputSchema: c.pick(p.json),
      options: { systemPromptTemplate: c.pick(p.prompt) },
    }),
  (c, p) =>
    chain('textClassifier', 1, {
      inputText: '={{ $json.text }}',
      categories: {
        categories: [
          { category: 'complaint', description: c.pick(p.prompt).slice(0, 200) },
          { category: "other / don't know" },
        ],
      },
      options: {},
    }),
];

const tools: readonly Maker[] = [
  (c, p) =>
    chain('toolCode', 1.1, {
      name: 'my_tool',
      description: 'Call this tool to compute: input is `a; b`',
      jsCode: c.pick(p.js),
    }),
  (c, p) =>
    base('postgresTool', 2.6, {
      descriptionType: 'manual',
      toolDescription: 'Run SELECT queries; never DROP',
      operation: 'executeQuery',
      query: "{{ $fromAI('sql', 'the full SQL statement') }}",
      options: { note: c.pick(p.sql) },
    }),
  (c, p) =>
    base('httpRequestTool', 4.2, { toolDescription: 'GET a page of the wiki', url: c.pick(p.url), options: {} }),
  (c, p) =>
    chain('toolWorkflow', 2, {
      name: 'search_docs',
      description: c.pick(p.prompt),
      workflowId: rl(c.word(16)),
      workflowInputs: { mappingMode: 'defineBelow', value: { q: "={{ $fromAI('q') }}" } },
    }),
  () => chain('toolCalculator', 1, {}),
];

/** A workflow of one trigger, some steps in a row, sometimes an agent with its model and tools, and sticky notes. */
export function makeWorkflow(chance: Chance, parts: Parts, number: number): Record<string, unknown> {
  const nodes: Record<string, unknown>[] = [];
  const connections: Record<string, Record<string, unknown[][]>> = {};
  const names = new Map<string, number>();
  const add = (made: Made, x: number, y: number): string => {
    const kind = made.type.split('.')[1] ?? made.type;
    const title = chance.pick([
      kind,
      `${kind} – täglich`,
      `Get & ${kind}`,
      `${kind} (${chance.pick(['prod', "don't touch", 'v2', 'テスト', 'если да'])})`,
    ]);
    const count = names.get(title) ?? 0;
    names.set(title, count + 1);
    const name = count === 0 ? title : `${title}${count}`;
    nodes.push({
      parameters: made.parameters,
      type: made.type,
      typeVersion: made.version,
      position: [x, y],
      id: chance.uuid(),
      name,
      ...made.more,
    });
    return name;
  };
  const connect = (from: string, to: string, type = 'main'): void => {
    const out = (connections[from] ??= {});
    const first = ((out[type] ??= [[]])[0] ??= []);
    first.push({ node: to, type, index: 0 });
  };
  // The first ones cover every kind of step; the rest mix.
  let last = add((triggers[number % triggers.length] ?? chance.pick(triggers))(chance, parts), 0, 0);
  const length = 2 + chance.below(7);
  for (let at = 0; at < length; at++) {
    const make = at === 0 ? (steps[number % steps.length] ?? chance.pick(steps)) : chance.pick(steps);
    const name = add(make(chance, parts), 220 * (at + 1), chance.below(5) * 40);
    connect(last, name);
    last = name;
  }
  if (chance.below(3) === 0) {
    const agent = add(
      chain('agent', 1.9, {
        promptType: 'define',
        text: '={{ $json.chatInput }}',
        options: { systemMessage: chance.pick(parts.prompt) },
      }),
      220 * (length + 1),
      0,
    );
    connect(last, agent);
    connect(
      add(
        chain('lmChatOpenAi', 1.2, {
          model: rl('gpt-4o-mini', 'list'),
          options: { baseURL: chance.pick(parts.url), temperature: 0.2 },
        }),
        0,
        200,
      ),
      agent,
      'ai_languageModel',
    );
    connect(
      add(
        chain('memoryBufferWindow', 1.3, { sessionIdType: 'customKey', sessionKey: '={{ $json.sessionId }}' }),
        100,
        200,
      ),
      agent,
      'ai_memory',
    );
    for (let count = 1 + chance.below(3); count > 0; count--)
      connect(add(chance.pick(tools)(chance, parts), 200 * count, 200), agent, 'ai_tool');
  }
  if (chance.below(2) === 0)
    add(
      base('stickyNote', 1, { content: chance.pick(parts.text), height: 240, width: 320, color: 1 + chance.below(7) }),
      -300,
      -200,
    );
  const name = chance.pick([
    'Daily report',
    "Customer's order → CRM",
    'Заявки с сайта',
    '受注メール処理',
    'Lead-Erfassung & Übergabe',
    'SELECT sync (nightly)',
    'AI agent: support <beta>',
    'Backup; rotate | notify',
  ]);
  return {
    name: `${name} ${number}`,
    nodes,
    connections,
    settings: { executionOrder: 'v1', timezone: 'Europe/Berlin', callerPolicy: 'workflowsFromSameOwner' },
    meta: { templateCredsSetupCompleted: true, instanceId: chance.hex(64) },
    pinData:
      chance.below(3) === 0
        ? {
            [last]: [
              {
                json: {
                  name: "D'Angelo",
                  html: chance.pick(parts.html),
                  note: chance.pick(parts.text),
                  payload: chance.pick(parts.json),
                  picture: Buffer.from(chance.word(300)).toString('base64'),
                },
              },
            ],
          }
        : {},
    active: false,
    tags: [],
  };
}
