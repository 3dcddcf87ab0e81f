import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { capabilities, environmentReaders, floors, harmless, sideDoors } from './architecture.ts';

const src = path.join(path.dirname(path.dirname(fileURLToPath(import.meta.url))), 'src');

type Files = ReadonlyMap<string, string>;

function readSource(): Files {
  const files = new Map<string, string>();
  for (const entry of readdirSync(src, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || !/\.(ts|mjs)$/.test(entry.name)) continue;
    const file = path.relative(src, path.join(entry.parentPath, entry.name));
    files.set(file, readFileSync(path.join(src, file), 'utf8'));
  }
  return files;
}

const importPattern =
  /(?:^|\n)\s*(?:import|export)\s(?:[^'"`;]*?\sfrom\s*)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)|new URL\(\s*['"](\.[^'"]+\.ts)['"]\s*,\s*import\.meta\.url/g;

function importsOf(text: string): string[] {
  return [...text.matchAll(importPattern)].map(match => match[1] ?? match[2] ?? match[3] ?? '');
}

const roomOf = (file: string) => file.split(path.sep)[0] ?? '';

/** Every breach of the architecture, one line each. */
function breaches(files: Files): string[] {
  const found: string[] = [];
  for (const [file, text] of files) {
    if (file === 'main.ts') continue;
    const room = roomOf(file);
    const floor = floors[room];
    if (floor === undefined) {
      found.push(`${file}: room "${room}" stands on no floor`);
      continue;
    }
    const isTest = file.endsWith('.test.ts') || file.endsWith('.fixture.ts');
    if (
      !isTest &&
      !environmentReaders.includes(room) &&
      !environmentReaders.includes(file) &&
      /\bprocess\s*\.\s*env\b/.test(text)
    )
      found.push(`${file}: reads process.env`);
    for (const specifier of importsOf(text)) {
      const breach = specifier.startsWith('.')
        ? breachOfPath({ file, room, floor, specifier, isTest })
        : isTest
          ? undefined
          : breachOfPackage(file, room, specifier);
      if (breach !== undefined) found.push(breach);
    }
  }
  return found;
}

function breachOfPackage(file: string, room: string, specifier: string): string | undefined {
  if (harmless.has(specifier)) return undefined;
  const name = specifier.startsWith('node:')
    ? specifier
    : specifier
        .split('/')
        .slice(0, specifier.startsWith('@') ? 2 : 1)
        .join('/');
  const allowed = Object.hasOwn(capabilities, name) ? capabilities[name] : undefined;
  if (allowed === undefined) return `${file}: "${name}" is not listed as a capability`;
  return allowed.includes(room) ? undefined : `${file}: room "${room}" may not use "${name}"`;
}

function breachOfPath(input: {
  file: string;
  room: string;
  floor: number;
  specifier: string;
  isTest: boolean;
}): string | undefined {
  const { file, room, floor, specifier, isTest } = input;
  const target = path.normalize(path.join(path.dirname(file), specifier));
  if (target.startsWith('..')) return isTest ? undefined : `${file}: imports "${specifier}" from outside src`;
  if (!/\.(ts|mjs|json)$/.test(specifier)) return `${file}: "${specifier}" must end in .ts`;
  const other = roomOf(target);
  if (other === room) return undefined;
  // A test may build the real neighbours its room is given in production, through their doors, on whatever floor.
  const otherFloor = floors[other];
  if (otherFloor === undefined) return `${file}: imports room "${other}", which stands on no floor`;
  if (!isTest && otherFloor >= floor)
    return `${file}: room "${room}" (floor ${floor}) imports "${other}" (floor ${otherFloor})`;
  const door =
    other === 'core' ||
    target === path.join(other, `${other}.ts`) ||
    Object.hasOwn(sideDoors, target.split(path.sep).join('/'));
  return door ? undefined : `${file}: enters "${other}" beside its door, by "${target}"`;
}

describe('architecture', () => {
  it('holds for every file: floors, doors, capabilities, environment', () => {
    assert.deepEqual(breaches(readSource()), []);
  });

  const planted: readonly { fault: string; file: string; text: string; says: RegExp }[] = [
    { fault: 'a folder on no floor', file: 'cellar/wine.ts', text: '', says: /stands on no floor/ },
    {
      fault: 'an import from a higher floor',
      file: 'store/a.ts',
      text: "import { x } from '../audit/audit.ts';",
      says: /floor 1\) imports "audit"/,
    },
    {
      fault: 'an import from the same floor',
      file: 'vault/a.ts',
      text: "import type { x } from '../identity/identity.ts';",
      says: /imports "identity"/,
    },
    {
      fault: 'a way in beside the door',
      file: 'audit/a.ts',
      text: "import { x } from '../store/worker.ts';",
      says: /beside its door/,
    },
    {
      fault: 'a re-export beside the door',
      file: 'audit/a.ts',
      text: "export { x } from '../store/worker.ts';",
      says: /beside its door/,
    },
    {
      fault: 'a dynamic import upwards',
      file: 'core/a.ts',
      text: "const x = await import('../server/server.ts');",
      says: /imports "server"/,
    },
    {
      fault: 'a capability of another room',
      file: 'audit/a.ts',
      text: "import { DatabaseSync } from 'node:sqlite';",
      says: /may not use "node:sqlite"/,
    },
    { fault: 'an unlisted package', file: 'core/a.ts', text: "import _ from 'lodash';", says: /not listed/ },
    {
      fault: 'a specifier without .ts',
      file: 'core/a.ts',
      text: "import { x } from './b.js';",
      says: /must end in \.ts/,
    },
    {
      fault: 'reading the environment',
      file: 'vault/a.ts',
      text: 'const key = process.env.KEY;',
      says: /process\.env/,
    },
    { fault: 'a way out of src', file: 'core/a.ts', text: "import x from '../../tests/x.ts';", says: /outside src/ },
  ];
  for (const { fault, file, text, says } of planted) {
    it(`catches ${fault}`, () => {
      const found = breaches(new Map([[file, text]]));
      assert.equal(found.length, 1, found.join('\n'));
      assert.match(found[0] ?? '', says);
    });
  }

  it('keeps files within 400 lines and away from empty names', () => {
    const bad: string[] = [];
    for (const [file, text] of readSource()) {
      const lines = text.split('\n').length;
      const most = file.endsWith('.test.ts') ? 600 : 400;
      if (lines > most) bad.push(`${file}: ${lines} lines, at most ${most}`);
      if (/(^|[/\\.-])(utils?|helpers?|common|manager|service|impl)([/\\.-]|$)/.test(file))
        bad.push(`${file}: a name that says nothing`);
    }
    assert.deepEqual(bad, []);
  });
});
