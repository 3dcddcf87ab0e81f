import { isWordByte } from './bytes.ts';
import type { Assertion } from './parse.ts';
import type { Program } from './program.ts';

/** Where the groups of a match stand: `[start0, end0, start1, end1, …]`, -1 for a group without part in it. */
export type Slots = Int32Array;

/** Steps that a search may still take; shared by all that must end together. */
export interface Budget {
  steps: number;
}

/**
 * Searches as a backtracking engine does, leftmost and preferred way first, remembering every (step, position) that failed, so that no pair is
 * tried twice: time is at most steps times positions, and never more than the budget. `undefined` says that the budget ended first.
 */
export function search(program: Program, text: string, groups: number, budget: Budget): Slots | null | undefined {
  const run = createRun(text, budget, groups);
  const memory = program.steps.some(step => step.op === 'backreference') ? undefined : createMemory(program, text);
  for (let at = 0; at <= text.length; at++) {
    if (budget.steps <= 0) return undefined;
    const end = run.from(program, at, memory);
    if (end === undefined) return undefined;
    if (end >= 0) {
      run.slots[0] = at;
      run.slots[1] = end;
      return run.slots;
    }
  }
  return null;
}

interface Memory {
  readonly bits: Uint32Array;
  readonly width: number;
}

const memoryBitsMax = 1 << 26;

function createMemory(program: Program, text: string): Memory | undefined {
  const width = text.length + 1;
  const count = width * program.steps.length;
  return count > memoryBitsMax ? undefined : { bits: new Uint32Array((count >>> 5) + 1), width };
}

interface Run {
  readonly slots: Slots;
  /** Where the program ends when begun at `start`, -1 when nowhere, undefined when the budget ended. */
  from(program: Program, start: number, memory?: Memory, mustEnd?: number): number | undefined;
}

const lookbehindMax = 255;

function createRun(text: string, budget: Budget, groups: number): Run {
  const slots = new Int32Array((groups + 1) * 2).fill(-1);
  let isOver = false;

  const looksFine = (step: Extract<Program['steps'][number], { op: 'look' }>, at: number): boolean => {
    const kept = slots.slice();
    let found = false;
    if (step.isAhead) found = (run.from(step.inner, at) ?? -1) >= 0;
    else {
      for (let back = 0; back <= Math.min(at, lookbehindMax) && !found; back++) {
        found = run.from(step.inner, at - back, undefined, at) === at;
      }
    }
    if (step.isNegated || !found) slots.set(kept);
    return found !== step.isNegated;
  };

  const run: Run = {
    slots,
    from(program, start, memory, mustEnd) {
      // Pairs of (step, position); a negative step restores the slot ~step to the position.
      const stack: number[] = [program.start, start];
      while (stack.length > 0) {
        let at = stack.pop() ?? 0;
        let pc = stack.pop() ?? 0;
        if (pc < 0) {
          slots[~pc] = at;
          continue;
        }
        for (;;) {
          if (--budget.steps <= 0) isOver = true;
          if (isOver) return undefined;
          if (memory !== undefined) {
            const bit = pc * memory.width + at;
            const word = bit >>> 5;
            const mask = 1 << (bit & 31);
            if (((memory.bits[word] ?? 0) & mask) !== 0) break;
            memory.bits[word] = (memory.bits[word] ?? 0) | mask;
          }
          const step = program.steps[pc];
          if (step === undefined) break;
          if (step.op === 'match') {
            if (mustEnd === undefined || at === mustEnd) return at;
            break;
          }
          if (step.op === 'set') {
            if (at >= text.length || step.set[text.charCodeAt(at) & 255] !== 1) break;
            at += 1;
          } else if (step.op === 'split') stack.push(step.other, at);
          else if (step.op === 'save') {
            stack.push(~step.slot, slots[step.slot] ?? -1);
            slots[step.slot] = at;
          } else if (step.op === 'assert') {
            if (!assertionHolds(step.kind, text, at)) break;
          } else if (step.op === 'look') {
            if (!looksFine(step, at)) break;
          } else if (step.op === 'atomic') {
            const end = run.from(step.inner, at);
            if (end === undefined || end < 0) break;
            at = end;
          } else {
            const part = text.slice(slots[step.index * 2], slots[step.index * 2 + 1]);
            if ((slots[step.index * 2 + 1] ?? -1) < 0 || !text.startsWith(part, at)) break;
            at += part.length;
          }
          pc = step.next;
        }
      }
      return isOver ? undefined : -1;
    },
  };
  return run;
}

function assertionHolds(kind: Assertion, text: string, at: number): boolean {
  switch (kind) {
    case 'start':
      return at === 0;
    case 'end':
      return at === text.length;
    case 'lastLine':
      return at === text.length || (at === text.length - 1 && text.charCodeAt(at) === 10);
    case 'lineStart':
      return at === 0 || text.charCodeAt(at - 1) === 10;
    case 'lineEnd':
      return at === text.length || text.charCodeAt(at) === 10;
    case 'word':
    case 'notWord': {
      const isBefore = at > 0 && isWordByte(text.charCodeAt(at - 1));
      const isAfter = at < text.length && isWordByte(text.charCodeAt(at));
      return (isBefore !== isAfter) === (kind === 'word');
    }
    default:
      return kind satisfies never;
  }
}
