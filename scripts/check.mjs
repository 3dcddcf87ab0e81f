// `npm run check`: format, types, lint with types, unused code, docs. Runs all and says what failed; the tests are `npm test`.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const bin = name => path.join(root, 'node_modules', '.bin', name);

const checks = [
  ['format', bin('biome'), ['ci', '--error-on-warnings', '.']],
  ['types', bin('tsc'), ['-p', '.']],
  ['types of the portal', bin('tsc'), ['-p', 'portal']],
  ['lint', bin('oxlint'), ['--type-aware', '--deny-warnings']],
  ['unused code', bin('knip'), []],
  ['docs are printed from code', bin('node'), ['--disable-warning=ExperimentalWarning', 'scripts/docs.ts', '--check']],
];

let failed = 0;
for (const [label, command, args] of checks) {
  const startedAt = Date.now();
  const result = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  const ok = result.status === 0;
  if (!ok) failed++;
  process.stdout.write(`${ok ? 'ok  ' : 'FAIL'} ${label} (${((Date.now() - startedAt) / 1000).toFixed(1)} s)\n`);
  if (!ok) process.stdout.write(`${result.stdout}${result.stderr}${result.error ?? ''}\n`);
}
process.stdout.write(failed === 0 ? 'All checks pass.\n' : `${failed} checks failed.\n`);
process.exit(failed === 0 ? 0 : 1);
