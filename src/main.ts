import { enableCompileCache } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const base = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

// Halves the start. The cache is code, so it lives beside the code and belongs to whoever owns that; where it cannot be written, nothing is lost.
enableCompileCache(path.join(base, 'node_modules', '.cache', 'sallyport'));

const { askAtTerminal, createCommands, runCli } = await import('./server/server.ts');

process.exitCode = await runCli(createCommands(base), process.argv.slice(2), {
  base,
  cwd: process.cwd(),
  env: process.env,
  out: text => void process.stdout.write(text),
  err: text => void process.stderr.write(text),
  ask: askAtTerminal,
  now: Date.now,
});
