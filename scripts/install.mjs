// Installs what is missing, exactly as locked, and builds the portal when its sources changed.
// Runs on Node 20, before anything is installed: nothing but Node's own modules here.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const at = (...parts) => path.join(root, ...parts);

function run(label, command, args) {
  process.stdout.write(`${label} …\n`);
  const startedAt = Date.now();
  const result = spawnSync(command, args, { cwd: root, encoding: 'utf8', shell: process.platform === 'win32' });
  if (result.status !== 0) {
    process.stderr.write(`${result.stdout ?? ''}${result.stderr ?? ''}\nCannot finish: ${command} ${args.join(' ')}\n`);
    process.exit(result.status ?? 1);
  }
  process.stdout.write(`${label}: done in ${((Date.now() - startedAt) / 1000).toFixed(0)} s\n`);
}

function digest(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(path.relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}

function filesBelow(dir) {
  return readdirSync(dir, { withFileTypes: true, recursive: true })
    .filter(entry => entry.isFile())
    .map(entry => path.join(entry.parentPath ?? entry.path, entry.name))
    .filter(file => !/\/(node_modules|dist)\//.test(file))
    .toSorted();
}

/** Runs the step only when its stamp does not hold the digest of its inputs. */
function once(stamp, inputs, step) {
  const wanted = digest(inputs);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  step();
  writeFileSync(stamp, wanted);
}

once(at('node_modules', '.sallyport-installed'), [at('package-lock.json')], () =>
  // Not `npm ci`: it refuses a lock file that lacks the binaries of other platforms, which some tools publish late or not at all.
  // `--no-save` leaves the lock file as it is; what it names is installed as it says.
  run('Installing locked packages', 'npm', ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund']),
);
if (existsSync(at('portal', 'vite.config.ts'))) {
  const sources = [
    ...filesBelow(at('portal')),
    ...filesBelow(at('src', 'admin', 'contract')),
    at('src', 'admin', 'client.ts'),
    at('package-lock.json'),
  ];
  // The stamp lives beside what it vouches for: no dist, no stamp.
  once(at('portal', 'dist', '.built-from'), sources, () =>
    run('Building the admin portal', 'npm', ['run', 'build', '--workspace', 'portal']),
  );
}
