import type { ByteSet } from './bytes.ts';
import type { Assertion, Node } from './parse.ts';

/** One step of an expression. `next` and `other` are positions in the program. */
export type Step =
  | { readonly op: 'set'; readonly set: ByteSet; next: number }
  | { readonly op: 'split'; next: number; other: number }
  | { readonly op: 'save'; readonly slot: number; next: number }
  | { readonly op: 'assert'; readonly kind: Assertion; next: number }
  | {
      readonly op: 'look';
      readonly inner: Program;
      readonly isAhead: boolean;
      readonly isNegated: boolean;
      next: number;
    }
  | { readonly op: 'atomic'; readonly inner: Program; next: number }
  | { readonly op: 'backreference'; readonly index: number; next: number }
  | { readonly op: 'match' };

export interface Program {
  readonly steps: readonly Step[];
  readonly start: number;
}

const stepsMax = 30_000;

/** Lays a tree out as steps, the preferred way first; throws a RangeError when it would be larger than the bound. */
export function compileProgram(tree: Node): Program {
  const steps: Step[] = [{ op: 'match' }];
  const start = emit(steps, tree, 0);
  return { steps, start };
}

function push(steps: Step[], step: Step): number {
  if (steps.length >= stepsMax) throw new RangeError(`larger than ${stepsMax} steps`);
  steps.push(step);
  return steps.length - 1;
}

/** Emits `node` so that it goes on at `next`; returns where it begins. Built from the end, so every target exists already. */
function emit(steps: Step[], node: Node, next: number): number {
  switch (node.type) {
    case 'empty':
      return next;
    case 'set':
      return push(steps, { op: 'set', set: node.set, next });
    case 'concat':
      return node.items.reduceRight((target, item) => emit(steps, item, target), next);
    case 'either':
      return node.items
        .map(item => emit(steps, item, next))
        .reduceRight((other, first) => push(steps, { op: 'split', next: first, other }));
    case 'group': {
      const end = push(steps, { op: 'save', slot: node.index * 2 + 1, next });
      return push(steps, { op: 'save', slot: node.index * 2, next: emit(steps, node.item, end) });
    }
    case 'assert':
      return push(steps, { op: 'assert', kind: node.kind, next });
    case 'look': {
      const inner = compileProgram(node.item);
      return push(steps, { op: 'look', inner, isAhead: node.isAhead, isNegated: node.isNegated, next });
    }
    case 'atomic':
      return push(steps, { op: 'atomic', inner: compileProgram(node.item), next });
    case 'backreference':
      return push(steps, { op: 'backreference', index: node.index, next });
    case 'repeat':
      return emitRepeat(steps, node, next);
    default:
      return node satisfies never;
  }
}

type Repeat = Extract<Node, { type: 'repeat' }>;

function emitRepeat(steps: Step[], node: Repeat, next: number): number {
  if (node.mode === 'possessive') {
    return emit(steps, { type: 'atomic', item: { ...node, mode: 'greedy' } }, next);
  }
  const isLazy = node.mode === 'lazy';
  const choose = (into: number, past: number) =>
    push(steps, { op: 'split', next: isLazy ? past : into, other: isLazy ? into : past });
  let target = next;
  if (node.max === Number.POSITIVE_INFINITY) {
    const loop = push(steps, { op: 'split', next: 0, other: 0 });
    const body = emit(steps, node.item, loop);
    steps[loop] = { op: 'split', next: isLazy ? next : body, other: isLazy ? body : next };
    target = loop;
  } else {
    for (let i = node.min; i < node.max; i++) target = choose(emit(steps, node.item, target), next);
  }
  for (let i = 0; i < node.min; i++) target = emit(steps, node.item, target);
  return target;
}

const anyByte: Node = { type: 'set', set: new Uint8Array(256).fill(1) };
const anything: Node = { type: 'repeat', item: anyByte, min: 0, max: Number.POSITIVE_INFINITY, mode: 'greedy' };

/** A regular tree that matches wherever the given one does, and perhaps more; `isExact` when not more. */
export function loosen(node: Node): { tree: Node; isExact: boolean } {
  let isExact = true;
  const visit = (node: Node): Node => {
    switch (node.type) {
      case 'concat':
      case 'either':
        return { ...node, items: node.items.map(visit) };
      case 'group':
        return visit(node.item);
      case 'repeat':
        if (node.mode === 'possessive') isExact = false;
        return { ...node, item: visit(node.item), mode: 'greedy' };
      case 'atomic':
        isExact = false;
        return visit(node.item);
      case 'look':
        isExact = false;
        return { type: 'empty' };
      case 'backreference':
        isExact = false;
        return anything;
      case 'empty':
      case 'set':
      case 'assert':
        return node;
      default:
        return node satisfies never;
    }
  };
  const tree = visit(node);
  return { tree, isExact };
}
