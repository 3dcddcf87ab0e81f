import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openAudit, temporaryDir } from './audit.fixture.ts';

const child = fileURLToPath(new URL('./crash.fixture.ts', import.meta.url));
const rounds = 6;

/** Lets a process append, kills it `afterMs` after it is ready, and returns what it was told is recorded. */
async function appendUntilKilled(dir: string, round: number, afterMs: number): Promise<string[]> {
  const running = spawn(process.execPath, [child, dir, String(round)], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  let errors = '';
  let timer: NodeJS.Timeout | undefined;
  running.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  running.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
    if (output.startsWith('ready\n')) timer ??= setTimeout(() => running.kill('SIGKILL'), afterMs);
  });
  const signal = await new Promise<string | null>((resolve, reject) => {
    running.on('error', reject);
    running.on('close', (_, by) => resolve(by));
  });
  clearTimeout(timer);
  assert.equal(signal, 'SIGKILL', errors);
  return output.split('\n').slice(1, -1);
}

describe('the audit log under kill -9', () => {
  it('keeps every acknowledged event and its chain, round after round on the same directory', async t => {
    using temp = temporaryDir();
    const acknowledged = new Set<string>();
    for (let round = 0; round < rounds; round++) {
      const afterMs = Math.floor(Math.random() * 120);
      for (const name of await appendUntilKilled(temp.dir, round, afterMs)) acknowledged.add(name);
      t.diagnostic(`round ${round}: killed after ${afterMs} ms, ${acknowledged.size} acknowledged so far`);
      await using open = await openAudit(temp.dir);
      const result = await open.audit.verify();
      assert.deepEqual(result.problems, []);
      const found = new Set<string>();
      let cursor: string | undefined;
      do {
        const page = await open.audit.search({ limit: 500, ...(cursor === undefined ? {} : { cursor }) });
        for (const event of page.events) found.add(event.resource?.name ?? '');
        cursor = page.next;
      } while (cursor !== undefined);
      assert.deepEqual(
        [...acknowledged].filter(name => !found.has(name)),
        [],
        `lost in ${path.basename(temp.dir)}`,
      );
    }
    assert.ok(acknowledged.size > 50, 'the rounds were long enough to mean something');
  });
});
