import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { stringify } from 'yaml';
import { loadConfig } from './config.ts';
import { checkFiles } from './config-files.ts';

function check(config: Record<string, unknown>, files: Readonly<Record<string, string>> = {}, env = {}): string[] {
  const dir = mkdtempSync(path.join(tmpdir(), 'sallyport-config-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(dir, name), text, { mode: 0o600 });
    const file = path.join(dir, 'sallyport.yaml');
    writeFileSync(file, stringify(JSON.parse(JSON.stringify(config).replaceAll('DIR', dir))));
    return checkFiles(loadConfig(file, dir), env).map(problem => problem.replaceAll(dir, 'DIR'));
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

describe('files that a configuration names', () => {
  it('are all there with the defaults', () => assert.deepEqual(check({}), []));

  it('are looked for where the configuration is, and each that is missing is told with its path', () => {
    const tls = { mode: 'files', certificates: [{ certFile: 'a.pem', keyFile: 'b.pem' }], originPullCa: 'pull.pem' };
    assert.deepEqual(check({ tls }, { 'a.pem': 'x' }), [
      'tls.certificates.0.keyFile: cannot read "DIR/b.pem": it is not there',
      'tls.originPullCa: cannot read "DIR/pull.pem": it is not there',
    ]);
    assert.deepEqual(check({ tls }, { 'a.pem': 'x', 'b.pem': 'x', 'pull.pem': 'x' }), []);
  });

  it('may be files of lists and country data, but no folders', () => {
    const lists = [{ id: 'bad', kind: 'block', source: { file: 'DIR' } }];
    assert.deepEqual(check({ perimeter: { lists, geoDatabase: 'DIR/geo.mmdb' } }), [
      'perimeter.lists.0.source.file: "DIR" is a folder; want a file',
      'perimeter.geoDatabase: cannot read "DIR/geo.mmdb": it is not there',
    ]);
  });

  it('may come later where they are another program’s logs', () =>
    assert.deepEqual(check({ platformLogs: [{ site: 'n8n', file: '/nowhere/n8nEventLog.log' }] }), []));

  it('hold the secrets that are referred to', () => {
    const config = { masterKey: 'env:KEY', counters: { kind: 'redis', url: 'file:DIR/redis' } };
    const problems = check(config);
    assert.equal(problems.length, 2);
    assert.match(problems.join('\n'), /masterKey: .*env:KEY.*not set/);
    assert.match(problems.join('\n'), /counters\.url: .*cannot be read/);
    assert.deepEqual(check(config, { redis: 'redis://127.0.0.1' }, { KEY: 'x' }), []);
  });
});
