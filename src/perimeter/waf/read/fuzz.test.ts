import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { createCollector } from './read.fixture.ts';
import { createRandom, cut, mutate, type Target, targets } from './targets.fixture.ts';

const rounds = 1200;
const seed = Date.now() >>> 0;

function run(target: Target, pieces: readonly Buffer[]) {
  const sink = createCollector();
  const problem = target.run(pieces, sink);
  return { problem, leaves: sink.leaves.map(leaf => JSON.stringify(leaf)).toSorted() };
}

describe('any input', () => {
  for (const target of targets) {
    it(`never makes ${target.name} throw, and cuts make no difference (seed ${seed})`, () => {
      const random = createRandom(seed);
      let input: Buffer = Buffer.from('');
      for (let round = 0; round < rounds; round++) {
        if (round % 20 === 0) input = Buffer.from(target.seeds[random(target.seeds.length)] ?? '');
        input = mutate(input, target.words, random);
        const name = `${target.name} on ${JSON.stringify(input.toString('latin1'))}`;
        const at = (() => {
          try {
            return run(target, [input]);
          } catch (error) {
            throw new Error(name, { cause: error });
          }
        })();
        assert.ok((at.problem?.detail.length ?? 0) <= 200);
        if (!target.isIncremental) continue;
        const inPieces = run(target, cut(input, random));
        assert.equal(inPieces.problem === undefined, at.problem === undefined, name);
        if (at.problem === undefined) assert.deepEqual(inPieces.leaves, at.leaves, name);
      }
    });
  }
});

describe('inputs kept by scripts/fuzz.ts', () => {
  for (const target of targets) {
    it(`are read by ${target.name} alike however they are cut`, () => {
      const file = new URL(`../../../../tests/fuzz/${target.name.replaceAll(' ', '-')}.txt`, import.meta.url);
      const random = createRandom(1);
      for (const line of readFileSync(file, 'utf8').split('\n')) {
        const input = Buffer.from(line, 'base64');
        const at = run(target, [input]);
        if (!target.isIncremental || at.problem !== undefined) continue;
        assert.deepEqual(run(target, cut(input, random)).leaves, at.leaves, line);
      }
    });
  }
});

describe('time', () => {
  const bytesWanted = 96 * 1024;
  /** Quadratic work on this much input takes ten seconds; linear work some milliseconds. */
  const cpuMsMax = 1000;
  const units = [
    'a',
    ' ',
    '%',
    '%u',
    '%u0',
    'a%',
    '&',
    ';',
    '=',
    'a=&',
    ';a=',
    'a;',
    '+',
    '\\',
    '"',
    '\\"',
    "'",
    '{',
    '[',
    '{"a":',
    '[1,',
    '"a",',
    '\\ud800',
    '<',
    '<a',
    '<a ',
    '<a b="',
    ' a',
    '&#',
    '&a',
    '<!',
    '<!--',
    '--',
    ']]',
    '<![CDATA[',
    '\r',
    '\n',
    '\r\n',
    '\r\n--',
    '--B',
    '\r\n--B',
    'X:y\r\n',
    '\xff',
    '\xc3',
    '\xc0\xa7',
    '\0',
    '\0a',
    '"""',
    '#',
    '(',
    '{a',
    'a:',
    '?',
    '/',
    '.',
    ',',
    'a,',
    'abcdefgh\0',
  ];
  for (const target of targets) {
    it(`of ${target.name} grows with its input and no faster`, () => {
      const beginnings = ['', target.seeds[0]?.slice(0, 12) ?? '', ...target.openings];
      for (const beginning of beginnings) {
        for (const unit of units) {
          const bytes = Buffer.concat([Buffer.from(beginning), Buffer.alloc(bytesWanted, unit, 'latin1')]);
          const pieces = [];
          for (let i = 0; i < bytes.length; i += 16_384) pieces.push(bytes.subarray(i, i + 16_384));
          const before = process.cpuUsage();
          target.run(pieces, { leaf: () => undefined });
          const used = process.cpuUsage(before);
          const ms = (used.user + used.system) / 1000;
          assert.ok(ms < cpuMsMax, `${ms} ms for ${JSON.stringify(beginning)} and ${JSON.stringify(unit)}`);
        }
      }
    });
  }
});
