import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import type { SallyportError } from '../core/errors.ts';
import { isSallyportError } from '../core/errors.ts';
import { checkConfig, configSchema, findConfigFile, loadConfig, parseYaml } from './config.ts';

const accepts: readonly (readonly [string, string])[] = [
  ['an empty file', ''],
  ['only a comment', '# nothing\n'],
  ['a profile', 'profile: staging'],
  ['a port of its own', 'listen: { port: 443 }'],
  ['all addresses', 'listen: { host: "::", port: 443 }'],
  ['a public name', 'publicUrl: https://gate.example.com'],
  ['a public name with a port', 'publicUrl: https://gate.example.com:8443'],
  ['a public IPv6 address', 'publicUrl: https://[2001:db8::1]:8443'],
  ['proxies as blocks and addresses', 'trustedProxies: [10.0.0.0/8, "fd00::/8", 192.0.2.7]'],
  ['an alias used a few times', 'trustedProxies: &a [10.0.0.1]\nplatformLogs: []'],
  ['a secret by variable', 'masterKey: env:SALLYPORT_KEY'],
  ['a secret by file', 'masterKey: file:/run/secrets/key'],
  ['counters in redis', 'counters: { kind: redis, url: env:REDIS_URL }'],
  ['the store in postgres', 'store: { kind: postgres, url: file:/run/secrets/pg }'],
  ['workers', 'workers: 4'],
  ['a platform log', 'platformLogs: [{ site: n8n, file: /var/n8n/n8nEventLog.log }]'],
  ['limits', 'limits: { headerBytesMax: 65536, drainTimeoutMs: 0 }'],
  ['a JSON file', '{"profile": "production", "sampleApp": false}'],
  ['certificates made here', 'tls: { mode: generated }'],
  [
    'a network in front that proves itself',
    'tls: { originPullCa: pull.pem }\nperimeter: { trustedHops: [{ id: cdn, source: { preset: cloudflare } }] }',
  ],
  ['a metrics port', 'metrics: { host: 10.1.2.3, port: 0 }'],
];

const refuses: readonly (readonly [string, string, RegExp])[] = [
  [
    'a network in front that proves nothing',
    'perimeter: { trustedHops: [{ id: cdn, source: { preset: cloudflare } }] }',
    /trustedHops\.0\.authenticatedOrigin: want tls\.originPullCa/,
  ],
  ['an unknown field', 'profil: production', /profil/],
  ['an unknown field deep down', 'limits: { headerByteMax: 1024 }', /limits: .*headerByteMax/],
  ['a wrong type', 'workers: two', /workers: /],
  ['a number as text', 'listen: { port: "443" }', /listen\.port: /],
  ['a fraction', 'workers: 1.5', /workers: /],
  ['a port beyond 65535', 'listen: { port: 65536 }', /listen\.port: /],
  ['an empty host, which is every address', 'metrics: { host: "" }', /metrics\.host: /],
  ['an unknown profile', 'profile: prod', /profile: /],
  ['a bad block', 'trustedProxies: [10.0.0.0/33]', /trustedProxies\.0: .*"10\.0\.0\.0\/33"/],
  ['a block that is a name', 'trustedProxies: [localhost]', /trustedProxies\.0: /],
  ['a public name without https', 'publicUrl: http://gate.example.com', /publicUrl: want an https origin/],
  ['a public name with a path', 'publicUrl: https://gate.example.com/app', /publicUrl: /],
  ['a public name that is none', 'publicUrl: "https://:::"', /publicUrl: /],
  ['a key given twice', 'workers: 1\nworkers: 2', /unique/],
  ['two documents', 'workers: 1\n---\nworkers: 2\n', /multiple documents/],
  ['an unknown tag', 'dataDir: !!js/function "x"', /tag/i],
  ['an alias without an anchor', 'dataDir: *nowhere', /nowhere/],
  ['a text instead of a mapping', 'just words', /\(top\): /],
  ['a list', '- workers', /\(top\): /],
  ['broken YAML', 'listen: { port: 443', /./],
  ['limits of nothing', 'limits: { headersTimeoutMs: 0 }', /limits\.headersTimeoutMs: /],
  ['a prototype', '__proto__: { workers: 9 }', /__proto__/],
];

const secretFields: readonly (readonly [string, string])[] = [
  ['the master key', 'masterKey: hunter2hunter2hunter2'],
  ['a store address', 'store: { kind: postgres, url: "postgres://me:hunter2hunter2hunter2@db/sallyport" }'],
  ['a counters address', 'counters: { kind: redis, url: "redis://:hunter2hunter2hunter2@cache" }'],
];

const read = (text: string) => checkConfig(parseYaml(text, 'test'), 'test');
function problemsOf(text: string): SallyportError {
  try {
    read(text);
  } catch (error) {
    if (isSallyportError(error, 'server.config_invalid')) return error;
    throw error;
  }
  throw new Error(`accepted: ${text}`);
}

describe('configuration', () => {
  it('has as many refusals proved as acceptances', () => assert.ok(refuses.length >= accepts.length));
  for (const [name, text] of accepts) it(`accepts ${name}`, () => void read(text));
  for (const [name, text, shown] of refuses)
    it(`refuses ${name} and says where`, () => assert.match(problemsOf(text).message, shown));

  for (const [name, text] of secretFields) {
    it(`refuses ${name} given literally, without repeating it`, () => {
      const error = problemsOf(text);
      assert.match(error.message, /env:NAME|file:\/path/);
      assert.doesNotMatch(`${error.message} ${error.detail} ${JSON.stringify(error.extensions)}`, /hunter2/);
    });
  }

  it('says all problems at once, each with its path', () => {
    const { message } = problemsOf('workers: -1\nlisten: { port: x }\nnonsense: 1\nlimits: { idleTimeoutMs: 1 }');
    for (const where of ['workers: ', 'listen.port: ', 'nonsense', 'limits.idleTimeoutMs: '])
      assert.ok(message.includes(where), message);
  });

  it('refuses aliases that grow without end, and nesting without end, as a problem and not as a crash', () => {
    const bomb = ['a: &a [x, x, x, x, x, x, x, x, x]'];
    for (let i = 0; i < 9; i++)
      bomb.push(`${'bcdefghij'[i]}: &${'bcdefghij'[i]} [${Array(9).fill(`*${'abcdefghi'[i]}`).join(', ')}]`);
    problemsOf(bomb.join('\n'));
    problemsOf('['.repeat(100_000));
    problemsOf(`workers: ${'{a: '.repeat(20_000)}`);
  });

  it('reads any text as a configuration or a problem, nothing else', () => {
    const words = fc.constantFrom(
      'workers',
      'listen',
      'tls',
      ':',
      ' ',
      '\n',
      '-',
      '{',
      '}',
      '[',
      ']',
      '&a',
      '*a',
      '!!',
      '"',
      '443',
      '#',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(words, fc.string({ maxLength: 4 })), { maxLength: 40 }), parts => {
        try {
          read(parts.join(''));
        } catch (error) {
          assert.ok(isSallyportError(error, 'server.config_invalid'), String(error));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is all defaults without a file, and the defaults printed are read back as they are', () => {
    const defaults = checkConfig(undefined, 'defaults');
    assert.deepEqual(checkConfig(JSON.parse(JSON.stringify(defaults)), 'printed'), defaults);
    assert.equal(defaults.profile, 'development');
    assert.equal(defaults.listen.host, '127.0.0.1');
    assert.equal(defaults.metrics.host, '127.0.0.1');
    assert.deepEqual(defaults.trustedProxies, []);
  });

  it('describes every field', () => {
    const missing: string[] = [];
    const walk = (schema: { shape?: Record<string, never>; description?: string }, at: string): void => {
      for (const [name, field] of Object.entries(schema.shape ?? {}) as [
        string,
        { description?: string; def?: { innerType?: never } },
      ][]) {
        let inner = field;
        let described = field.description !== undefined;
        while (inner.def?.innerType) {
          inner = inner.def.innerType;
          described ||= inner.description !== undefined;
        }
        if (!described && !('shape' in inner)) missing.push(`${at}${name}`);
        walk(inner, `${at}${name}.`);
      }
    };
    walk(configSchema as never, '');
    assert.deepEqual(missing, []);
  });
});

describe('the configuration file', () => {
  let dir = '';
  before(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'sallyport-config-'));
  });
  after(() => rmSync(dir, { recursive: true, force: true }));

  it('is the one named, else sallyport.yaml in the base folder, else none', () => {
    assert.equal(findConfigFile(undefined, dir, '/'), undefined);
    writeFileSync(path.join(dir, 'sallyport.yaml'), 'workers: 1\n');
    assert.equal(findConfigFile(undefined, dir, '/'), path.join(dir, 'sallyport.yaml'));
    assert.equal(findConfigFile('x/y.yaml', dir, '/etc'), '/etc/x/y.yaml');
  });
  it('is where relative paths start', () => {
    const file = path.join(dir, 'own.yaml');
    writeFileSync(file, 'dataDir: ./kept\npublicUrl: https://gate.example.com\n');
    const loaded = loadConfig(file, '/elsewhere');
    assert.equal(loaded.dataDir, path.join(dir, 'kept'));
    assert.equal(loaded.baseDir, dir);
    assert.equal(loaded.portalOrigin, 'https://gate.example.com');
    assert.equal(loadConfig(undefined, '/opt/sallyport').dataDir, '/opt/sallyport/data');
    assert.equal(loadConfig(undefined, '/opt/sallyport').portalOrigin, 'https://localhost:8443');
  });
  it('is refused by name when it is not there, a folder, or larger than a mebibyte', () => {
    const large = path.join(dir, 'large.yaml');
    writeFileSync(large, `# ${'x'.repeat(1024 * 1024)}\n`);
    for (const file of [path.join(dir, 'none.yaml'), dir, large]) {
      assert.throws(
        () => loadConfig(file, dir),
        (error: unknown) => isSallyportError(error, 'server.config_invalid') && error.message.includes(`"${file}"`),
      );
    }
  });
});
