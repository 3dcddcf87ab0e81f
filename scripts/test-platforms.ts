/** `npm run test:platforms`: installs the pinned platforms into the cache once, then runs `tests/platforms/*.platform.ts` against the real programs. */
import { spawnSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheDir } from './platforms/cache.mjs';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const run = (command: string, args: readonly string[]) =>
  spawnSync(command, args, { cwd: root, stdio: 'inherit' }).status ?? 1;

/** n8n always; the others when named, or when their cache is warm. */
const named = process.argv.slice(2);
const wanted = ['n8n', 'flowise'].filter(
  name => name === 'n8n' || named.includes(name) || existsSync(path.join(cacheDir(name), '.installed')),
);
for (const name of wanted) {
  const status = run(process.execPath, ['scripts/platforms/install.mjs', name]);
  if (status !== 0) process.exit(status);
}
const files = globSync('tests/platforms/*.platform.ts', { cwd: root }).filter(file =>
  wanted.some(name => path.basename(file).startsWith(name)),
);
process.exit(
  run(process.execPath, [
    '--disable-warning=ExperimentalWarning',
    '--test',
    '--test-isolation=none',
    '--test-reporter=./scripts/reporter.mjs',
    '--test-reporter-destination=stdout',
    ...files,
  ]),
);
