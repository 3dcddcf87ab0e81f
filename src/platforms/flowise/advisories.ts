import type { Advisory } from '../advisory.ts';

const writes = ['POST', 'PUT', 'PATCH'];
const flows = [
  '/api/v1/chatflows',
  '/api/v1/chatflows/*',
  '/api/v1/export-import/import',
  '/api/v1/custom-mcp-servers',
];
const methodCalls = ['/api/v1/node-load-method', '/api/v1/node-load-method/*'];
const uploads = ['/api/v1/attachments/:id/:chat'];

const predictions = ['/api/v1/prediction/*', '/api/v1/internal-prediction/*'];

/** What starts a program of the host from a flow. A flow is JSON in a string, and the configuration again a string in that. */
const startsProgram = [
  {
    kind: 'field',
    fields: [
      'json:mcpServerConfig.command',
      'json:inputs.mcpServerConfig.command',
      'json:**.mcpServerConfig.command',
      'json:command',
    ],
  },
  {
    kind: 'field',
    fields: ['json:flowData', 'json:inputs.mcpServerConfig', 'json:mcpServerConfig', 'json:**.flowData'],
    has: ['"command":', '"command\\":', '\\"command\\"'],
    all: ['command'],
  },
] as const;

/** A configuration that is no data but a program. */
const isProgram = [
  {
    kind: 'field',
    fields: ['json:inputs.mcpServerConfig', 'json:mcpServerConfig', 'json:**.mcpServerConfig'],
    has: ['function', '=>', 'require(', 'process.', 'child_process', 'constructor'],
  },
  {
    kind: 'field',
    fields: ['json:flowData', 'json:**.flowData'],
    has: ['"mcpserverconfig":"(', '"mcpserverconfig":"function', '"mcpserverconfig":"async'],
  },
] as const;

const closedToStrangers =
  'Every route asks for a signed-in person with the right role, except the exact paths that the site publishes.';

/** Advisories for Flowise, newest first. */
export const flowiseAdvisories: readonly Advisory[] = [
  {
    id: 'CVE-2026-70474',
    title: 'Tokens of credentials are renewed and read without signing in',
    severity: 'high',
    affected: [{ before: '3.1.3' }],
    cover: { kind: 'gate', how: closedToStrangers },
  },
  {
    id: 'CVE-2026-46442',
    title: 'Code of a custom function leaves its sandbox',
    severity: 'critical',
    affected: [{ before: '3.1.2' }],
    cover: { kind: 'gate', how: 'Running code in a node asks for the strictest role of the project.' },
  },
  {
    id: 'CVE-2026-46440',
    title: 'A link reads credentials of basic authentication',
    severity: 'medium',
    affected: [{ before: '3.1.2' }],
    cover: {
      kind: 'gate',
      how: 'Requests from foreign pages are refused, and nobody has a password there but the gate.',
    },
  },
  {
    id: 'CVE-2026-40933',
    title: 'A tool server in a flow starts programs of the host',
    severity: 'critical',
    affected: [{ before: '3.1.2' }],
    cover: {
      kind: 'shield',
      whole: false,
      isCostly: true,
      how: 'Tool servers that are started as programs are refused in flows and imports. Set CUSTOM_MCP_PROTOCOL=sse as well.',
      shields: startsProgram.map(when => ({ methods: writes, paths: flows, when })),
    },
  },
  {
    id: 'CVE-2026-30820',
    title: 'A header of the client passes for the program itself',
    severity: 'high',
    affected: [{ before: '3.0.13' }],
    cover: { kind: 'gate', how: "The gate drops the client's copy of the header and sets it for those who may." },
  },
  {
    id: 'CVE-2026-30824',
    title: 'Containers of the host are managed without signing in',
    severity: 'critical',
    affected: [{ before: '3.0.13' }],
    cover: { kind: 'gate', how: closedToStrangers },
  },
  {
    id: 'CVE-2026-30823',
    title: 'The workspace or the id of a record is set by who writes it',
    severity: 'high',
    affected: [{ before: '3.1.1' }],
    cover: {
      kind: 'shield',
      whole: true,
      isCostly: true,
      how: 'Records that name a workspace of their own are refused.',
      shields: [
        {
          methods: writes,
          paths: [
            '/api/v1/chatflows',
            '/api/v1/chatflows/*',
            '/api/v1/credentials',
            '/api/v1/credentials/*',
            '/api/v1/variables',
            '/api/v1/tools',
            '/api/v1/assistants',
          ],
          when: { kind: 'field', fields: ['json:workspaceId'] },
        },
      ],
    },
  },
  {
    id: 'CVE-2026-41137',
    title: 'A table read by an agent runs Python',
    severity: 'critical',
    affected: [{ before: '3.1.0' }],
    cover: {
      kind: 'shield',
      whole: true,
      how: 'Flows that give the agent for tables a reader of its own are refused.',
      shields: [
        {
          methods: writes,
          paths: flows,
          when: {
            kind: 'field',
            fields: ['json:**.customReadCSV', 'json:**.customReadCSVFunc'],
            has: ['import', 'exec', 'eval', 'os.', '__'],
          },
        },
      ],
    },
  },
  {
    id: 'CVE-2025-59528',
    title: 'The configuration of a tool server is run as code',
    severity: 'critical',
    affected: [{ before: '3.0.6' }],
    cover: {
      kind: 'shield',
      whole: true,
      how: 'The configuration must be data; the route asks for the strictest role.',
      shields: isProgram.map(when => ({ methods: '*', paths: [...methodCalls, ...flows], when })),
    },
  },
  {
    id: 'CVE-2025-8943',
    title: 'A tool server starts programs of the host without signing in',
    severity: 'critical',
    affected: [{ before: '3.0.6' }],
    cover: {
      kind: 'shield',
      whole: true,
      isCostly: true,
      how: 'Tool servers that are started as programs are refused; the route asks for the strictest role. Callers of a flow bring none.',
      always: [
        { kind: 'field', fields: ['json:**.mcpServerConfig.command'] } as const,
        { kind: 'field', fields: ['json:**.mcpServerConfig'], has: ['"command":', '\\"command\\"'] } as const,
      ].map(when => ({ methods: '*', paths: predictions, when })),
      shields: startsProgram.map(when => ({ methods: '*', paths: methodCalls, when })),
    },
  },
  {
    id: 'CVE-2025-58434',
    title: 'The token that resets a password is told to whoever asks',
    severity: 'critical',
    affected: [{ before: '3.0.6' }],
    cover: { kind: 'gate', how: "Flowise's own account pages are closed; people sign in at the gate." },
  },
  {
    id: 'GHSA-f6hc-c5jr-878p',
    title: 'A password is reset with an empty token',
    severity: 'critical',
    affected: [{ before: '3.0.14' }],
    cover: { kind: 'gate', how: "Flowise's own account pages are closed; people sign in at the gate." },
  },
  {
    id: 'CVE-2025-71327',
    title: 'Anybody registers an account',
    severity: 'critical',
    affected: [{ from: '3.0.1', before: '3.0.6' }],
    cover: { kind: 'gate', how: "Flowise's own account pages are closed; people sign in at the gate." },
  },
  {
    id: 'CVE-2025-71324',
    title: 'Files of the host are read through the download of uploads',
    severity: 'high',
    affected: [{ before: '3.0.6' }],
    cover: {
      kind: 'shield',
      whole: true,
      how: 'Ids in the question must be ids.',
      shields: [
        {
          methods: '*',
          paths: ['/api/v1/get-upload-file', '/api/v1/openai-assistants-file/download'],
          when: {
            kind: 'field',
            fields: ['query:chatflowId', 'query:chatId', 'json:chatflowId', 'json:chatId', 'query:fileName'],
            has: ['..', '/', '\\'],
          },
        },
      ],
    },
  },
  {
    id: 'CVE-2025-26319',
    title: 'Uploads are written anywhere on the host',
    severity: 'critical',
    affected: [{ before: '2.2.7' }],
    cover: {
      kind: 'shield',
      whole: true,
      how: 'The ids of flow and chat must be UUIDs.',
      shields: [{ methods: ['POST', 'PUT'], paths: uploads, when: { kind: 'not_uuid' } }],
    },
  },
  {
    id: 'CVE-2024-36420',
    title: 'Files of the host are read by their path',
    severity: 'high',
    affected: [{ before: '1.4.4' }],
    cover: {
      kind: 'shield',
      whole: true,
      how: 'File names are names, not paths.',
      shields: [
        {
          methods: '*',
          paths: ['/api/v1/openai-assistants-file', '/api/v1/openai-assistants-file/*'],
          when: { kind: 'field', fields: ['json:fileName', 'query:fileName'], has: ['..', '/', '\\'] },
        },
      ],
    },
  },
  {
    id: 'CVE-2024-8181',
    title: 'An open path in the question opens every other',
    severity: 'critical',
    affected: [{ before: '1.8.3' }],
    cover: { kind: 'gate', how: 'What a request does is read from its path alone.' },
  },
  {
    id: 'CVE-2024-31621',
    title: 'Upper case opens every path',
    severity: 'critical',
    affected: [{ before: '1.6.6' }],
    cover: { kind: 'gate', how: 'Paths get their one spelling before they are judged.' },
  },
];
