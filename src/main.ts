import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { askAtTerminal, runCli } from './server/cli/cli.ts';
import { createCommands } from './server/server.ts';

const base = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

process.exitCode = await runCli(createCommands(base), process.argv.slice(2), {
  base,
  cwd: process.cwd(),
  env: process.env,
  out: text => void process.stdout.write(text),
  err: text => void process.stderr.write(text),
  ask: askAtTerminal,
  now: Date.now,
});
