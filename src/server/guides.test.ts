import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { checkConfig, parseYaml } from './config.ts';

const folder = fileURLToPath(new URL('../../docs/guides', import.meta.url));

describe('guides', () => {
  for (const name of readdirSync(folder).filter(file => file === 'tls.md' || file === 'production.md')) {
    test(`every configuration in ${name} passes the check`, () => {
      const blocks = readFileSync(path.join(folder, name), 'utf8').matchAll(/^```yaml\n([\s\S]*?)^```$/gm);
      const texts = [...blocks].map(block => block[1] ?? '');
      assert.ok(texts.length > 0);
      for (const text of texts) assert.doesNotThrow(() => checkConfig(parseYaml(text, name), name), text);
    });
  }
});
