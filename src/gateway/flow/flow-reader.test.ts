import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { readFlows } from './flow-reader.ts';

const everything = { since: 0, until: Number.MAX_SAFE_INTEGER };
const line = (address: string): string => `${JSON.stringify({ time: '2026-11-22T07:00:00.000Z', address })}\n`;

describe('reading a flow log that is written meanwhile', () => {
  it('finds what was compressed after it was listed, and passes over what was removed', async () => {
    const dir = await mkdtemp(path.join(tmpdir(), 'sallyport-flows-'));
    const file = (part: number, ending = ''): string => path.join(dir, `2026-11-22T07.main.${part}.jsonl${ending}`);
    try {
      await writeFile(file(0), line('192.0.2.1'));
      await writeFile(file(1), line('192.0.2.2'));
      await writeFile(file(2, '.gz'), gzipSync(line('192.0.2.3')));
      await writeFile(file(3, '.gz'), gzipSync(line('192.0.2.4')));
      const flows = readFlows(dir, everything);
      const found = [(await flows.next()).value?.address];
      await writeFile(file(1, '.gz'), gzipSync(line('192.0.2.2')));
      await rm(file(1));
      await rm(file(2, '.gz'));
      for await (const flow of flows) found.push(flow.address);
      assert.deepEqual(found, ['192.0.2.1', '192.0.2.2', '192.0.2.4']);
    } finally {
      await rm(dir, { recursive: true });
    }
  });
});
