/**
 * Looks for texts on which an expression takes long: texts put together from what the expression itself is made of, repeated. Tells times
 * only, never an expression or a text: those of other people's rule sets are not ours to publish.
 */
import type { Node } from '../../src/perimeter/seclang/regex/parse.ts';
import { parseExpression } from '../../src/perimeter/seclang/regex/parse.ts';
import { compileRegex } from '../../src/perimeter/seclang/regex/regex.ts';

const piecesMax = 24;
const fillers = ['a', '0', ' ', '\n', '"', "'", '(', ')', '=', '/', '\\', ';', '<', '.', '-', '\x00', '\xc3'];

export interface Slowest {
  /** Milliseconds of CPU of the slowest text of the longer length, over all expressions. */
  readonly worstMs: number;
  /** How much longer the slowest expression took for a text four times as long. 4 is linear. */
  readonly worstGrowth: number;
  readonly tried: number;
}

/** Texts of the shorter length for every expression, then the slowest one of each at four times that. */
export function searchSlowInputs(expressions: readonly string[], chars: number, random: () => number): Slowest {
  let worstMs = 0;
  let worstGrowth = 0;
  let tried = 0;
  for (const expression of expressions) {
    const regex = compileRegex(expression);
    const pieces = piecesOf(parseExpression(expression).tree);
    let slowest = '';
    let slowestMs = -1;
    for (let turn = 0; turn < 16; turn++) {
      const unit = pick(pieces, random);
      const text = fill(unit, chars);
      const took = timeOf(() => regex.test(text), 1);
      tried += 1;
      if (took <= slowestMs) continue;
      slowest = unit;
      slowestMs = took;
    }
    const short = timeOf(() => regex.test(fill(slowest, chars)), 3);
    const long = timeOf(() => regex.test(fill(slowest, chars * 4)), 3);
    worstMs = Math.max(worstMs, long);
    // Below this the clock and the compiler say more than the expression.
    if (long > 8) worstGrowth = Math.max(worstGrowth, long / Math.max(short, 0.5));
  }
  return { worstMs, worstGrowth, tried };
}

function fill(unit: string, chars: number): string {
  return unit.repeat(Math.ceil(chars / unit.length)).slice(0, chars);
}

function timeOf(act: () => void, turns: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < turns; turn++) {
    // Time of this process only: the machine may be busy with others.
    const start = process.cpuUsage();
    act();
    const { user, system } = process.cpuUsage(start);
    best = Math.min(best, (user + system) / 1000);
  }
  return best;
}

function pick(pieces: readonly string[], random: () => number): string {
  const count = 1 + Math.floor(random() * 4);
  let unit = '';
  for (let i = 0; i < count; i++) unit += pieces[Math.floor(random() * pieces.length)] ?? 'a';
  return unit;
}

/** Runs of fixed bytes and one byte of each class, as far as they are different. */
function piecesOf(tree: Node): readonly string[] {
  const pieces = new Set<string>();
  let run = '';
  const end = () => {
    if (run !== '' && pieces.size < piecesMax) pieces.add(run);
    run = '';
  };
  const visit = (node: Node): void => {
    if (node.type === 'set') {
      const members = [...node.set.keys()].filter(code => node.set[code] === 1);
      const first = String.fromCharCode(members[0] ?? 97);
      if (members.length <= 2) run += String.fromCharCode(members.at(-1) ?? 97);
      else {
        end();
        if (pieces.size < piecesMax) pieces.add(first);
      }
    } else if (node.type === 'concat' || node.type === 'either') {
      for (const item of node.items) {
        visit(item);
        if (node.type === 'either') end();
      }
    } else if ('item' in node) {
      visit(node.item);
      end();
    }
  };
  visit(tree);
  end();
  return [...pieces, ...fillers];
}

/** Numbers between 0 and 1 that are the same in every run. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}
