import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { isSallyportError } from '../core/errors.ts';
import { Secret } from '../core/secret.ts';
import { importBreached, openBreachedList } from './breached-list.ts';

const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex').toUpperCase();

async function inFolder(act: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'sallyport-breached-'));
  try {
    await act(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

describe('a list of breached passwords', () => {
  it('has exactly what was imported, with counts or without, first and last too', () =>
    inFolder(async folder => {
      const [source, target] = [path.join(folder, 'in.txt'), path.join(folder, 'out.bin')];
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(fc.string({ minLength: 1 }), { maxLength: 60 }),
          fc.string(),
          async (all, other) => {
            const lines = all.map((text, at) => `${sha1(text)}${at % 2 === 0 ? `:${at + 1}` : ''}`).sort();
            await writeFile(source, `${lines.join('\r\n')}\r\n`);
            assert.deepEqual(await importBreached(source, target), { entries: all.length });
            await using list = await openBreachedList(target);
            for (const text of all) assert.equal(await list.has(new Secret(text)), true);
            assert.equal(await list.has(new Secret(other)), all.includes(other));
          },
        ),
        { numRuns: 30 },
      );
    }));

  const refused: [string, string][] = [
    ['a line that is no hash', 'hello\n'],
    ['a hash that is too short', `${'A'.repeat(39)}\n`],
    ['hashes out of order', `${'B'.repeat(40)}\n${'A'.repeat(40)}\n`],
    ['a count that is none', `${'A'.repeat(40)}:many\n`],
  ];
  for (const [name, text] of refused) {
    it(`is not made from ${name}, and nothing is left behind`, () =>
      inFolder(async folder => {
        const source = path.join(folder, 'in.txt');
        await writeFile(source, text);
        await assert.rejects(importBreached(source, path.join(folder, 'out.bin')), error =>
          isSallyportError(error, 'core.invalid_input'),
        );
        assert.deepEqual(await readdir(folder), ['in.txt']);
      }));
  }

  it('is not any other file', () =>
    inFolder(async folder => {
      const file = path.join(folder, 'x');
      for (const bytes of ['', 'SPBREACH123', `${'A'.repeat(40)}\n`]) {
        await writeFile(file, bytes);
        await assert.rejects(openBreachedList(file));
      }
      await assert.rejects(openBreachedList(path.join(folder, 'none')), error =>
        isSallyportError(error, 'server.config_invalid'),
      );
    }));
});
