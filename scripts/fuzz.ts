/**
 * Coverage-guided fuzz of the firewall's parsers: `node scripts/fuzz.ts [seconds per target] [target or all] [seed]`. An input that makes the
 * parser take a new way (V8 block coverage, counts in powers of two) is kept in `tests/fuzz/<target>.txt`, one a line in Base64, and
 * mutated further. Ends with 1, printing the input, when a parser throws, is slow, or tells another thing when the input is cut.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { Session } from 'node:inspector';
import path from 'node:path';
import { createCollector } from '../src/perimeter/waf/read/read.fixture.ts';
import { createRandom, cut, mutate, type Target, targets } from '../src/perimeter/waf/read/targets.fixture.ts';

const seconds = Number(process.argv[2] ?? 10);
const wanted = process.argv[3] ?? 'all';
const seed = Number(process.argv[4] ?? Date.now() >>> 0);
const slowMs = 200;
const keptMax = 400;
const folder = path.join(import.meta.dirname, '../tests/fuzz');

interface Range {
  readonly startOffset: number;
  readonly endOffset: number;
  readonly count: number;
}
interface Coverage {
  readonly result: readonly {
    readonly url: string;
    readonly functions: readonly { readonly ranges: readonly Range[] }[];
  }[];
}

const session = new Session();
session.connect();
session.post('Profiler.enable');
session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });

/** What ran since the last call, as one text for each block and power of two; the session of one's own process answers at once. */
function takeFeatures(): string[] {
  let coverage: Coverage = { result: [] };
  session.post('Profiler.takePreciseCoverage', (error, found) => {
    if (error !== null) throw error;
    coverage = found;
  });
  const features: string[] = [];
  for (const script of coverage.result) {
    if (!script.url.includes('/waf/read/') || script.url.includes('.fixture.')) continue;
    const file = path.basename(script.url);
    for (const { ranges } of script.functions) {
      for (const { startOffset, endOffset, count } of ranges) {
        if (count > 0)
          features.push(`${file}:${startOffset}:${endOffset}:${Math.min(8, Math.floor(Math.log2(count)))}`);
      }
    }
  }
  return features;
}

function tell(target: Target, pieces: readonly Buffer[]): string {
  const sink = createCollector();
  const problem = target.run(pieces, sink);
  return problem === undefined ? JSON.stringify(sink.leaves.map(leaf => JSON.stringify(leaf)).toSorted()) : 'problem';
}

function timed(target: Target, input: Buffer): number {
  const start = performance.now();
  target.run([input], { leaf: () => undefined });
  return performance.now() - start;
}

/** Runs one input; what is wrong, if anything. */
function fault(target: Target, input: Buffer, pieces: readonly Buffer[]): string | undefined {
  try {
    const whole = tell(target, [input]);
    // Once may be the machine's doing.
    if ([1, 2, 3].every(() => timed(target, input) > slowMs)) return 'slow';
    if (!target.isIncremental) return undefined;
    return tell(target, pieces) === whole ? undefined : 'tells another thing when it is cut';
  } catch (error) {
    return String(error);
  }
}

function fuzz(target: Target): boolean {
  const random = createRandom(seed);
  const file = path.join(folder, `${target.name.replaceAll(' ', '-')}.txt`);
  const known = existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : [];
  const corpus: Buffer[] = [
    ...target.seeds.map(text => Buffer.from(text)),
    ...known.map(line => Buffer.from(line, 'base64')),
  ];
  const seen = new Set<string>();
  const kept: Buffer[] = [];
  takeFeatures();
  const stop = performance.now() + seconds * 1000;
  let runs = 0;
  for (; performance.now() < stop; runs++) {
    const isReplay = runs < corpus.length && runs < target.seeds.length + known.length;
    const input = isReplay
      ? (corpus[runs] ?? Buffer.from(''))
      : mutate(corpus[random(corpus.length)] ?? Buffer.from(''), target.words, random);
    const wrong = fault(target, input, cut(input, random));
    if (wrong !== undefined) {
      console.log(`${target.name}: ${wrong}\n${input.toString('base64')}`);
      return false;
    }
    let fresh = 0;
    for (const feature of takeFeatures()) {
      if (!seen.has(feature)) fresh++;
      seen.add(feature);
    }
    if (fresh === 0) continue;
    if (!isReplay) corpus.push(input);
    if (runs >= target.seeds.length && kept.length < keptMax) kept.push(input);
  }
  writeFileSync(file, `${kept.map(input => input.toString('base64')).join('\n')}\n`);
  console.log(`${target.name}: ${runs} inputs, ${seen.size} ways, ${kept.length} kept (${known.length} before)`);
  return true;
}

console.log(`seed ${seed}`);
const chosen = targets.filter(target => wanted === 'all' || target.name === wanted);
if (chosen.length === 0)
  throw new Error(`Cannot fuzz "${wanted}": targets are ${targets.map(target => target.name).join(', ')}`);
const results = chosen.map(fuzz);
session.disconnect();
process.exitCode = results.every(Boolean) ? 0 : 1;
