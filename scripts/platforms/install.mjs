// Installs a pinned platform into the cache, once: `node scripts/platforms/install.mjs n8n`. A warm cache returns at once.
// Install scripts stay off; only sqlite3 is built, against the headers of the Node that will run it, and shared between platforms.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { cacheDir, isInstalled, nodeBin, nodeDistribution, pinned } from './cache.mjs';

const names = process.argv.slice(2);
if (names.length === 0 || names.some(name => !Object.hasOwn(pinned, name))) {
  process.stderr.write(`Cannot install "${names.join(' ')}": want one or more of ${Object.keys(pinned).join(', ')}\n`);
  process.exit(2);
}
for (const name of names) install(name);

function install(name) {
  const dir = cacheDir(name);
  const startedAt = Date.now();
  const wanted = pinned[name];
  const stamp = path.join(dir, '.installed');
  if (isInstalled(name) && readFileSync(stamp, 'utf8') === wanted.version) return;
  mkdirSync(dir, { recursive: true });
  const manifest = { private: true, dependencies: { [wanted.package]: wanted.version }, overrides: wanted.overrides };
  if (versionIn(dir, wanted.package) !== wanted.version || !existsSync(path.join(dir, wanted.entry))) {
    writeFileSync(path.join(dir, 'package.json'), `${JSON.stringify(manifest)}\n`);
    say(`Installing ${name} ${wanted.version} (about 2.5 GB, five to ten minutes, only once)`);
    npm(dir, [
      'install',
      '--ignore-scripts',
      '--omit=optional',
      '--no-audit',
      '--no-fund',
      '--prefer-offline',
      '--loglevel=error',
    ]);
  }
  provideSqlite(name, dir);
  writeFileSync(stamp, wanted.version);
  say(`${name} ${wanted.version} is ready in ${dir} after ${Math.round((Date.now() - startedAt) / 1000)} s`);
}

function provideSqlite(name, dir) {
  const binary = path.join('node_modules', 'sqlite3', 'build', 'Release', 'node_sqlite3.node');
  const version = versionIn(dir, 'sqlite3');
  if (isLoadable(dir)) return;
  for (const other of Object.keys(pinned)) {
    const built = path.join(cacheDir(other), binary);
    if (other === name || !existsSync(built) || versionIn(cacheDir(other), 'sqlite3') !== version) continue;
    mkdirSync(path.dirname(path.join(dir, binary)), { recursive: true });
    copyFileSync(built, path.join(dir, binary));
    if (isLoadable(dir)) return say(`sqlite3 ${version}: the one built for ${other} serves`);
  }
  say(`Building sqlite3 ${version} for ${name} (needs python3 and a C++ compiler, one to four minutes)`);
  npm(dir, ['rebuild', 'sqlite3', '--loglevel=error'], {
    npm_config_nodedir: nodeDistribution(),
    npm_config_build_from_source: 'true',
  });
  if (!isLoadable(dir)) fail(`Cannot use sqlite3 of ${name}: it was built but does not load`);
}

function isLoadable(dir) {
  return run(dir, path.join(nodeBin(), 'node'), ['-e', 'require("sqlite3")'], {}, 'ignore').status === 0;
}

function versionIn(dir, name) {
  const file = path.join(dir, 'node_modules', name, 'package.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).version : undefined;
}

function npm(dir, args, env = {}) {
  const ticking = say('npm works; it prints nothing until it is done');
  const result = run(dir, 'npm', args, env, ['ignore', 'inherit', 'inherit']);
  if (result.status !== 0) fail(`Cannot finish "npm ${args.join(' ')}" in ${dir}`);
  return ticking;
}

/** Without what an outer npm left in the environment: its settings are for this repository, not for the platform. */
function run(dir, command, args, env, stdio) {
  const clean = Object.fromEntries(Object.entries(process.env).filter(([key]) => !/^npm_/i.test(key)));
  const Path = `${nodeBin()}${path.delimiter}${clean.PATH ?? ''}`;
  return spawnSync(command, args, { cwd: dir, stdio, env: { ...clean, ...env, PATH: Path } });
}

function say(text) {
  process.stdout.write(`${text}\n`);
}

function fail(text) {
  process.stderr.write(`${text}\n`);
  process.exit(1);
}
