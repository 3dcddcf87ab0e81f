/**
 * The architecture as data: which floor a room stands on, and who may use what. `architecture.test.ts` holds the code against it and
 * proves with planted faults that every rule fires. A folder on no floor and a capability not listed are errors.
 */

/** A room may import only from lower floors; rooms on one floor do not know each other. */
export const floors: Readonly<Record<string, number>> = {
  core: 0,
  store: 1,
  audit: 2,
  identity: 3,
  vault: 3,
  access: 4,
  perimeter: 4,
  platforms: 4,
  gateway: 5,
  admin: 9,
  server: 10,
};

/** Modules that give power over the machine or the network: who may import them. Everything not listed is refused. */
export const capabilities: Readonly<Record<string, readonly string[]>> = {
  'node:child_process': ['server'],
  'node:cluster': [],
  'node:vm': [],
  'node:v8': ['gateway'],
  'node:inspector': [],
  'node:sqlite': ['store'],
  'node:worker_threads': ['store', 'identity'],
  'node:fs': ['store', 'audit', 'vault', 'perimeter', 'platforms', 'gateway', 'admin', 'server'],
  'node:fs/promises': ['store', 'audit', 'vault', 'perimeter', 'platforms', 'gateway', 'admin', 'server'],
  'node:net': ['core', 'identity', 'gateway', 'server'],
  'node:tls': ['identity', 'gateway'],
  'node:http': ['gateway', 'server'],
  'node:https': [],
  'node:http2': ['gateway'],
  'node:dns': ['identity'],
  'node:dgram': [],
  'node:crypto': [
    'access',
    'core',
    'store',
    'audit',
    'identity',
    'vault',
    'perimeter',
    'platforms',
    'gateway',
    'admin',
    'server',
  ],
  'node:process': ['server'],
  'node:readline/promises': ['server'],

  '@hono/node-server': ['server'],
  '@node-rs/argon2': ['identity'],
  '@simplewebauthn/server': ['identity'],
  '@zxcvbn-ts/core': ['identity'],
  '@zxcvbn-ts/language-common': ['identity'],
  '@zxcvbn-ts/language-en': ['identity'],
  ajv: ['gateway'],
  'ajv-formats': ['gateway'],
  aws4fetch: ['store'],
  hono: ['admin'],
  ioredis: ['store'],
  'ipaddr.js': ['core'],
  jose: ['identity'],
  kysely: ['store', 'audit', 'identity', 'vault', 'access', 'perimeter', 'platforms', 'gateway', 'server'],
  ldapts: ['identity'],
  'mmdb-lib': ['perimeter'],
  'openid-client': ['identity'],
  otpauth: ['identity'],
  pg: ['store'],
  pino: ['server'],
  'prom-client': ['server'],
  qrcode: ['admin'],
  undici: ['identity', 'gateway', 'server'],
  'xml-crypto': ['identity'],
  yaml: ['server'],
  zod: ['store', 'audit', 'identity', 'vault', 'access', 'perimeter', 'platforms', 'gateway', 'admin', 'server'],
};

/** Node modules that give no power: anybody may import them. */
export const harmless: ReadonlySet<string> = new Set([
  'node:assert/strict',
  'node:buffer',
  'node:events',
  'node:path',
  'node:perf_hooks',
  'node:stream',
  'node:stream/promises',
  'node:string_decoder',
  'node:test',
  'node:timers',
  'node:timers/promises',
  'node:url',
  'node:util',
  'node:zlib',
]);

/** Who reads the environment: the one room, and files that only print text which does, or look for such text. */
export const environmentReaders: readonly string[] = [
  'server',
  'platforms/n8n/hook-source.ts',
  'perimeter/waf/detect/code/forms-statements.ts',
];

/** Doors besides `<room>/<room>.ts`: what a room shows to others by another file, with the reason. */
export const sideDoors: Readonly<Record<string, string>> = {
  'identity/provider-settings.ts':
    'the schema of identity providers, which the API contract shares: it imports nothing of the server',
  'gateway/api-input.ts': 'the schema of the routes for programs, which the API contract shares in the same way',
  'gateway/sign-in-input.ts':
    'the schema of what a site wants of sign-ins, which the API contract shares in the same way',
  'gateway/guard-input.ts': 'the schema of the guard, which the API contract shares: it imports nothing of the server',
  'admin/client.ts': 'the typed client that the CLI and the portal (a browser) hold; it must not pull in the server',
};
