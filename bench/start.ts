/**
 * From starting the process to the first answered request, on a fresh data folder (`cold`: keys, certificates and schema are made) and on the same
 * folder again (`warm`). `node bench/start.ts [--rounds 5]`. Prints Markdown; the limit is 2 seconds.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { freePort } from '../tests/product/product.ts';

const limitMs = 2000;
const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
const main = path.join(import.meta.dirname, '..', 'src', 'main.ts');
const median = (numbers: readonly number[]) =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

function isReady(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const req = request(
      { host: '127.0.0.1', port, path: '/health/ready', rejectUnauthorized: false, timeout: 1000 },
      res => {
        res.resume();
        resolve(res.statusCode === 200);
      },
    );
    req.once('error', () => resolve(false));
    req.end();
  });
}

async function startOnce(config: string, port: number): Promise<number> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', main, 'up', '--config', config], {
    stdio: 'ignore',
  });
  const ended = new Promise(resolve => child.once('exit', resolve));
  while (!(await isReady(port))) {
    if (performance.now() - startedAt > 30_000 || child.exitCode !== null)
      throw new Error(`Not ready after ${Math.round(performance.now() - startedAt)} ms`);
    await new Promise(resolve => setTimeout(resolve, 5));
  }
  const tookMs = performance.now() - startedAt;
  child.kill('SIGTERM');
  await ended;
  return tookMs;
}

const took = { cold: [] as number[], warm: [] as number[] };
for (let round = 0; round < Number(values.rounds); round++) {
  const dir = mkdtempSync(path.join(tmpdir(), 'sallyport-start-'));
  const port = await freePort();
  const config = path.join(dir, 'sallyport.yaml');
  writeFileSync(config, `listen: { port: ${port} }\nmetrics: { port: 0 }\n`);
  took.cold.push(await startOnce(config, port));
  took.warm.push(await startOnce(config, port));
  rmSync(dir, { recursive: true, force: true });
}
process.stdout.write(
  '| start to first answered request | median | slowest | of the limit (2 s) |\n| --- | --- | --- | --- |\n',
);
for (const [name, times] of Object.entries(took)) {
  process.stdout.write(
    `| ${name} | ${Math.round(median(times))} ms | ${Math.round(Math.max(...times))} ms | ${(median(times) / limitMs).toFixed(2)} |\n`,
  );
}
