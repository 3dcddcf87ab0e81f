import type { Advisory, Shield } from '../advisory.ts';

const forms = ['/form/*', '/form-test/*', '/form-waiting/*'];
const triggers = [...forms, '/webhook/*', '/webhook-test/*', '/webhook-waiting/*'];
const workflowWrites = ['/rest/workflows', '/rest/workflows/*', '/api/v1/workflows', '/api/v1/workflows/*'];
const writes = ['POST', 'PUT', 'PATCH'];

/** A field of the parameters of a node, wherever a workflow stands in a body. */
const parameter = (name: string): readonly string[] => [
  `json:nodes[].parameters.${name}`,
  `json:workflowData.nodes[].parameters.${name}`,
  `json:workflow.nodes[].parameters.${name}`,
];
const nodeType = ['json:nodes[].type', 'json:workflowData.nodes[].type', 'json:workflow.nodes[].type'];

const saves = (when: Shield['when']): Shield => ({ methods: writes, paths: workflowWrites, when });

/** Ways from an expression to the process that evaluates it. */
const expressionEscapes = [
  'constructor(',
  'constructor.constructor',
  "['constructor']",
  '["constructor"]',
  '[`constructor`]',
  '__proto__',
  'mainmodule',
  'process.binding',
  "require('child_process",
  'require("child_process',
  'require(`child_process',
  'getprototypeof(',
];

/** Of these no honest expression has one, so they are refused in front of every version. */
const sureEscapes = [
  'constructor.constructor',
  ...["'", '"', '`'].flatMap(quote => [
    `[${quote}constructor${quote}]`,
    `constructor(${quote}`,
    `[${quote}constr${quote}+`,
    `[${quote}con${quote}+`,
    `[${quote}const${quote}+`,
    `[${quote}__proto__${quote}]`,
    `(${quote}returnprocess`,
    `(${quote}returnthis`,
    `(${quote}returnglobal`,
    `require(${quote}child_process`,
    `require(${quote}node:`,
    `require(${quote}fs${quote}`,
    `process[${quote}`,
  ]),
  '.mainmodule',
  'process.binding',
  'process.getbuiltinmodule',
  'process.dlopen',
  'this.process.',
  'globalthis.process',
  'global.process',
  'child_process',
  'getprototypeof(',
  'setprototypeof(',
  '__lookupgetter__',
  '__definegetter__',
  'preparestacktrace',
  'reflect.construct(',
  '__proto__.',
];

const closedToStrangers =
  'Webhooks, forms and every other route are closed to people who are not signed in, except the exact paths that the site publishes.';

/** Advisories for n8n, newest first. */
export const n8nAdvisories: readonly Advisory[] = [
  {
    id: 'CVE-2026-110852',
    title: 'Webhooks with a varying path are reached without their own id',
    severity: 'high',
    affected: [{ before: '1.123.83' }, { from: '2.0.0', before: '2.41.4' }, { from: '2.42.0', before: '2.42.1' }],
    cover: { kind: 'gate', how: 'Only exact published paths are forwarded for strangers.' },
  },
  {
    id: 'CVE-2026-110846',
    title: 'The signature of a link to a waiting execution can be passed by',
    severity: 'medium',
    affected: [{ before: '2.41.4' }],
    cover: {
      kind: 'update',
      how: 'A forged link looks like a true one. Update, or publish no path below /webhook-waiting.',
    },
  },
  {
    id: 'CVE-2026-110841',
    title: 'Chats of an agent are resumed by people of other projects',
    severity: 'medium',
    affected: [{ before: '2.41.4' }],
    cover: { kind: 'gate', how: 'Who may not run the agent is refused before n8n sees the request.' },
  },
  {
    id: 'CVE-2026-110844',
    title: 'A member uses a credential of somebody else',
    severity: 'high',
    affected: [{ from: '2.17.0', before: '2.41.4' }],
    cover: {
      kind: 'update',
      how: 'The credential is named by its id alone. Update; let workflows hold placeholders instead of secrets.',
    },
  },
  {
    id: 'CVE-2026-110847',
    title: 'Scripts of a workflow run as the editor page',
    severity: 'high',
    affected: [{ before: '2.41.4' }],
    cover: { kind: 'gate', how: 'Answers of webhooks are given an origin of their own by a sandbox policy.' },
  },
  {
    id: 'CVE-2026-56350',
    title: 'A signed-in person switches off the enforcement of single sign-on',
    severity: 'high',
    affected: [{ before: '2.8.0' }],
    cover: {
      kind: 'shield',
      whole: true,
      how: 'Only the settings that belong to a person pass in PATCH /rest/me/settings.',
      shields: [
        {
          methods: ['PATCH'],
          paths: ['/rest/me/settings'],
          when: {
            kind: 'field',
            fields: ['json:allowSSOManualLogin', 'json:role', 'json:ssoEnforced', 'json:disabled'],
          },
        },
      ],
    },
  },
  {
    id: 'CVE-2026-54309',
    title: 'Tools of the browser server are called without signing in',
    severity: 'critical',
    affected: [{ from: '2.26.0', before: '2.26.2' }],
    cover: { kind: 'gate', how: closedToStrangers },
  },
  {
    id: 'CVE-2026-49444',
    title: 'Python code leaves its sandbox',
    severity: 'critical',
    affected: [{ before: '1.123.48' }, { from: '2.0.0', before: '2.21.8' }, { from: '2.22.0', before: '2.22.4' }],
    cover: {
      kind: 'shield',
      whole: true,
      isCostly: true,
      how: 'Workflows with Python in a Code node are neither saved nor run.',
      shields: [saves({ kind: 'field', fields: parameter('language'), starts: 'python' })],
    },
  },
  {
    id: 'CVE-2026-42235',
    title: 'The name of a registered client runs as a script',
    severity: 'medium',
    affected: 'any',
    cover: {
      kind: 'shield',
      whole: true,
      how: 'Markup in the names of clients that register is refused.',
      shields: [
        {
          methods: ['POST'],
          paths: ['/mcp-oauth/register', '/oauth/register'],
          when: {
            kind: 'field',
            fields: ['json:client_name', 'json:client_uri', 'json:logo_uri'],
            has: ['<', 'javascript:'],
          },
        },
      ],
    },
  },
  {
    id: 'CVE-2026-42231',
    title: 'XML in a webhook changes the prototype of every object',
    severity: 'critical',
    affected: [{ before: '1.123.43' }],
    cover: {
      kind: 'shield',
      whole: true,
      how: 'Elements and attributes of that name are refused in what webhooks get.',
      shields: [
        {
          methods: '*',
          paths: triggers,
          when: {
            kind: 'field',
            fields: ['xml:**.__proto__', 'xml:__proto__', 'xml:**.__proto__.**', 'xml:**.constructor.prototype.**'],
          },
        },
      ],
    },
  },
  {
    id: 'CVE-2026-33660',
    title: 'The Merge node runs more than SQL',
    severity: 'critical',
    affected: 'any',
    cover: {
      kind: 'shield',
      whole: false,
      how: 'Merge nodes in SQL mode that call functions of the host are refused; plain queries pass.',
      shields: [
        saves({
          kind: 'field',
          fields: parameter('query'),
          has: ['attachstorage', 'intofile(', 'fromfile(', 'require(', 'javascript', 'sourcefile'],
        }),
      ],
    },
  },
  {
    id: 'CVE-2026-27493',
    title: 'What somebody fills in a form is evaluated as an expression',
    severity: 'critical',
    affected: [{ before: '2.10.1' }],
    cover: {
      kind: 'shield',
      whole: true,
      how: 'Form fields that begin as an expression are refused.',
      shields: [
        {
          methods: '*',
          paths: forms,
          when: { kind: 'field', fields: ['form:**', 'multipart:**', 'json:**', 'query:**'], starts: '=', has: ['{{'] },
        },
      ],
    },
  },
  {
    id: 'CVE-2026-21894',
    title: 'The Stripe trigger does not look at the signature',
    severity: 'medium',
    affected: [{ before: '2.2.3' }],
    cover: { kind: 'update', how: 'Whether a call is from Stripe is known to the workflow alone.' },
  },
  {
    id: 'CVE-2026-21877',
    title: 'The Git node writes files of the host',
    severity: 'critical',
    affected: [{ from: '0.123.0', before: '1.121.3' }],
    cover: {
      kind: 'shield',
      whole: true,
      isCostly: true,
      how: 'Workflows with the Git node are neither saved nor run.',
      shields: [saves({ kind: 'field', fields: nodeType, equals: ['n8n-nodes-base.git'] })],
    },
  },
  {
    id: 'CVE-2026-21858',
    title: 'A form is made to read files of the host, and with them to sign in as the owner',
    severity: 'critical',
    affected: [{ from: '1.65.0', before: '1.121.0' }],
    cover: {
      kind: 'shield',
      whole: true,
      how: 'Forms take form data only, and no field says where a file lies.',
      shields: [
        {
          methods: ['POST', 'PUT', 'PATCH'],
          paths: forms,
          when: {
            kind: 'content_type_not',
            types: ['multipart/form-data', 'application/x-www-form-urlencoded'],
          },
        },
        {
          methods: '*',
          paths: triggers,
          when: { kind: 'field', fields: ['json:files.*.filepath', 'json:files[].filepath', 'json:files.filepath'] },
        },
      ],
    },
  },
  {
    id: 'CVE-2026-1470',
    title: 'Expressions leave their sandbox',
    severity: 'critical',
    affected: [{ before: '1.123.17' }, { from: '2.0.0', before: '2.4.5' }, { from: '2.5.0', before: '2.5.1' }],
    cover: {
      kind: 'shield',
      whole: false,
      isCostly: true,
      how: 'The known ways out of an expression are refused on save and run; a new spelling may pass.',
      shields: [saves({ kind: 'field', fields: parameter('**'), starts: '=', has: expressionEscapes })],
    },
  },
  {
    id: 'CVE-2025-68668',
    title: 'Python code leaves its sandbox',
    severity: 'critical',
    affected: [{ from: '1.0.0', before: '2.0.0' }],
    cover: {
      kind: 'shield',
      whole: true,
      isCostly: true,
      how: 'Workflows with Python in a Code node are neither saved nor run.',
      shields: [saves({ kind: 'field', fields: parameter('language'), starts: 'python' })],
    },
  },
  {
    id: 'CVE-2025-68613',
    title: 'Expressions leave their sandbox',
    severity: 'critical',
    affected: [
      { from: '0.211.0', before: '1.120.4' },
      { from: '1.121.0', before: '1.121.1' },
    ],
    cover: {
      kind: 'shield',
      whole: false,
      isCostly: true,
      how: 'The known ways out of an expression are refused on save and run; a new spelling may pass.',
      shields: [saves({ kind: 'field', fields: parameter('**'), starts: '=', has: expressionEscapes })],
      always: [saves({ kind: 'field', fields: parameter('**'), starts: '=', has: sureEscapes })],
    },
  },
];
