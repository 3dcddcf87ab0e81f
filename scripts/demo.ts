/**
 * `npm run demo:n8n` (or `demo:flowise`): fetches the real platform once, starts it on loopback, and puts the gate in front of it. Its data and the
 * gate's stand in `data/demo-<platform>`, apart from everything else.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { startRealFlowise } from '../tests/servers/flowise.ts';
import { startRealN8n } from '../tests/servers/n8n.ts';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const name = process.argv[2];
if (name !== 'n8n' && name !== 'flowise') {
  process.stderr.write(`Cannot demo "${name ?? ''}": want n8n or flowise\n`);
  process.exit(2);
}
const installed = spawnSync(process.execPath, [path.join(root, 'scripts/platforms/install.mjs'), name], {
  stdio: 'inherit',
});
if (installed.status !== 0) process.exit(installed.status ?? 1);

const dir = path.join(root, 'data', `demo-${name}`);
mkdirSync(path.join(dir, 'platform'), { recursive: true });
process.stdout.write(`Starting ${name} on loopback (20 to 60 seconds) …\n`);
const platform =
  name === 'n8n'
    ? await startRealN8n({ dir: path.join(dir, 'platform') })
    : await startRealFlowise({ dir: path.join(dir, 'platform') });
process.stdout.write(`${name} answers at ${platform.baseUrl}; nobody but this machine can reach it there.\n`);

const config = path.join(dir, 'sallyport.yaml');
const eventLog = path.join(dir, 'platform', '.n8n', 'n8nEventLog.log');
writeFileSync(
  config,
  `sampleApp: false\n${name === 'n8n' ? `platformLogs:\n  - { site: n8n, file: ${JSON.stringify(eventLog)} }\n` : ''}`,
);
const main = path.join(root, 'src', 'main.ts');
const flags = ['--disable-warning=ExperimentalWarning', main];
const gate = spawn(process.execPath, [...flags, 'up', '--config', config], { stdio: ['ignore', 'pipe', 'inherit'] });
let isProtected = false;
gate.stdout.on('data', (chunk: Buffer) => {
  process.stdout.write(chunk);
  if (isProtected || !chunk.includes('Ctrl-C')) return;
  isProtected = true;
  // From the second time on the site is there already, and the platform may have another port.
  const moved = spawnSync(
    process.execPath,
    [...flags, 'site', 'upstream', name, platform.baseUrl, '--config', config],
    { stdio: 'ignore' },
  );
  if (moved.status === 0) return;
  spawnSync(process.execPath, [...flags, 'protect', platform.baseUrl, '--name', name, '--config', config], {
    stdio: ['ignore', 'inherit', 'inherit'],
  });
});

const stop = () => gate.kill('SIGTERM');
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
gate.once('exit', code => {
  void platform.close().finally(() => process.exit(code ?? 1));
});
