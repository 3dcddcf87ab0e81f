import { createReadStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { parseCidr } from '../../core/ip.ts';
import type { FlowFile } from './flow-files.ts';
import { listFlowFiles } from './flow-files.ts';
import type { FlowRecord } from './flow-record.ts';

export interface FlowQuery {
  /** Epoch milliseconds. */
  readonly since: number;
  readonly until: number;
  /** An address or a block; a line of a whole network is found by any address in it. */
  readonly address?: string;
  readonly verdict?: string;
}

const hourMs = 3_600_000;
const lineCharsMax = 4096;
/** A connection is written when it ends, in the file of that hour: one that lasts longer than this may be missed. */
const lastsMs = 48 * hourMs;

/**
 * Reads a flow log from its files, oldest file first, also while it is being written. What is no line (the last one, half written) is passed
 * over. An address that is none throws `core.invalid_input`.
 */
export async function* readFlows(dir: string, query: FlowQuery): AsyncGenerator<FlowRecord> {
  const isMeant = query.address === undefined ? () => true : addressTest(query.address);
  for (const listed of await listFlowFiles(dir)) {
    const { startsAt } = listed;
    if (startsAt + hourMs < query.since || startsAt - lastsMs > query.until) continue;
    for await (const line of linesIn(listed)) {
      const record = parse(line);
      if (record === undefined) continue;
      const at = Date.parse(record.time);
      if (!(at >= query.since && at <= query.until) || !isMeant(record.address)) continue;
      if (query.verdict === undefined || record.verdict === query.verdict) yield record;
    }
  }
}

/** Its writer may compress or remove it after it was listed. */
async function* linesIn({ file, isClosed }: FlowFile): AsyncGenerator<string> {
  for (const source of isClosed
    ? [() => unpacked(file)]
    : [() => createReadStream(file), () => unpacked(`${file}.gz`)]) {
    try {
      yield* linesOf(source());
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    }
  }
}

function unpacked(file: string): Readable {
  const gunzip = createGunzip();
  // Whoever reads gets the error; whoever reads no further closes the file.
  pipeline(createReadStream(file), gunzip, () => {});
  return gunzip;
}

async function* linesOf(source: Readable): AsyncGenerator<string> {
  let rest = '';
  source.setEncoding('utf8');
  for await (const piece of source as AsyncIterable<string>) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
    if (rest.length > lineCharsMax) rest = '';
  }
  yield rest;
}

function parse(line: string): FlowRecord | undefined {
  if (!line.startsWith('{"time":"') || line.length > lineCharsMax) return undefined;
  try {
    // Written by this room; what was bent since then is shown as it is.
    return JSON.parse(line) as FlowRecord;
  } catch {
    return undefined;
  }
}

function addressTest(wanted: string): (address: string) => boolean {
  const block = parseCidr(wanted);
  return address => {
    const slash = address.indexOf('/');
    if (slash === -1) return block.contains(address);
    return block.contains(address.slice(0, slash)) || parseCidr(address).contains(wanted.split('/')[0] ?? '');
  };
}
