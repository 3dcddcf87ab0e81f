import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** False when the program runs, else why the test is skipped. */
export function missing(program: 'php' | 'python3'): string | false {
  return spawnSync(program, ['--version']).status === 0 ? false : `${program} is not installed`;
}

/** Runs a script that reads a JSON list of base64 texts from stdin and prints a JSON list with one answer for each. */
export function ask(program: 'php' | 'python3', script: string, inputs: readonly Uint8Array[]): unknown[] {
  const flag = program === 'php' ? '-r' : '-c';
  const run = spawnSync(program, [flag, script], {
    input: JSON.stringify(inputs.map(bytes => Buffer.from(bytes).toString('base64'))),
    maxBuffer: 64 * 1024 * 1024,
    timeout: 60_000,
  });
  if (run.status !== 0) throw new Error(`${program}: ${run.stderr.toString()}`);
  return JSON.parse(run.stdout.toString()) as unknown[];
}

/** Base64 strings anywhere in an answer, as bytes. */
export function bytesIn(answer: unknown): Buffer[] {
  if (typeof answer === 'string') return [Buffer.from(answer, 'base64')];
  return typeof answer === 'object' && answer !== null ? Object.values(answer).flatMap(bytesIn) : [];
}

const router = `<?php
function b($v) { return is_array($v) ? array_map('b', $v) : base64_encode((string)$v); }
$files = [];
foreach ($_FILES as $file) {
  foreach ((array)$file['tmp_name'] as $i => $tmp) {
    if ($tmp === '') continue;
    $files[] = [base64_encode(((array)$file['full_path'])[$i]), base64_encode(file_get_contents($tmp))];
  }
}
header('content-type: application/json');
echo json_encode(['post' => b($_POST), 'cookie' => b($_COOKIE), 'files' => $files]);
`;

/** PHP's own server on loopback: what a script behind it has in its variables. */
export async function startPhp(): Promise<AsyncDisposable & { readonly url: string }> {
  const folder = mkdtempSync(path.join(tmpdir(), 'sallyport-php-'));
  writeFileSync(path.join(folder, 'router.php'), router);
  const port = await freePort();
  const server = spawn('php', ['-S', `127.0.0.1:${port}`, path.join(folder, 'router.php')], { stdio: 'ignore' });
  const gone = new Promise(resolve => server.once('exit', resolve));
  const url = `http://127.0.0.1:${port}/`;
  const deadline = Date.now() + 20_000;
  for (;;) {
    const answer = await fetch(url, { signal: AbortSignal.timeout(5000) }).catch(() => undefined);
    await answer?.text();
    if (answer !== undefined) break;
    if (Date.now() > deadline) throw new Error('PHP does not answer');
    await new Promise(resolve => setTimeout(resolve, 25));
  }
  return {
    url,
    async [Symbol.asyncDispose]() {
      server.kill();
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise(resolve => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
