/**
 * Many literals looked for in one pass, without regard to the case of ASCII letters: the Aho–Corasick automaton laid out as one table, so that
 * every byte costs one look-up whatever the text.
 */
export interface LiteralScan {
  /** Sets the bit of every group that has a literal in the text; false when none has. */
  scan(text: string, found: Uint32Array): boolean;
}

interface Trie {
  readonly children: Map<number, number>[];
  readonly groups: (Set<number> | undefined)[];
}

/** Builds the scan; `groups[i]` are the literals (lower case, bytes) that set bit i. */
export function createLiteralScan(groups: readonly (readonly string[])[]): LiteralScan {
  const classes = new Uint8Array(256);
  let count = 1;
  for (const literals of groups) {
    for (const literal of literals) {
      for (let i = 0; i < literal.length; i++) {
        const code = literal.charCodeAt(i) & 255;
        if (classes[code] === 0) classes[code] = count++;
      }
    }
  }
  for (let code = 65; code <= 90; code++) classes[code] = classes[code + 32] ?? 0;
  const { table, outputs, firstOutput } = link(build(groups), classes, count);
  // Which scan has told the groups of a state last: a text that stays in one pays for them once.
  const told = new Int32Array(outputs.length);
  let turn = 0;
  return {
    scan(text, found) {
      turn = (turn + 1) | 0;
      let state = 0;
      let isHit = false;
      for (let at = 0; at < text.length; at++) {
        state = table[state + (classes[text.charCodeAt(at) & 255] ?? 0)] ?? 0;
        if (state < firstOutput) continue;
        const index = (state - firstOutput) / count;
        if (told[index] === turn) continue;
        told[index] = turn;
        isHit = true;
        for (const group of outputs[index] ?? []) found[group >>> 5] = (found[group >>> 5] ?? 0) | (1 << (group & 31));
      }
      return isHit;
    },
  };
}

function build(groups: readonly (readonly string[])[]): Trie {
  const trie: Trie = { children: [new Map()], groups: [undefined] };
  for (const [group, literals] of groups.entries()) {
    for (const literal of literals) {
      let node = 0;
      for (let i = 0; i < literal.length; i++) {
        const code = literal.charCodeAt(i) & 255;
        const children = trie.children[node];
        let next = children?.get(code);
        if (next === undefined) {
          next = trie.children.length;
          trie.children.push(new Map());
          trie.groups.push(undefined);
          children?.set(code, next);
        }
        node = next;
      }
      const here = trie.groups[node] ?? new Set<number>();
      here.add(group);
      trie.groups[node] = here;
    }
  }
  return trie;
}

interface Linked {
  /** Rows of states, entries already multiplied by the width of a row. */
  readonly table: Int32Array;
  /** Groups of the states from `firstOutput` on. */
  readonly outputs: readonly (readonly number[])[];
  readonly firstOutput: number;
}

/** Numbers the states so that those with groups come last: one comparison tells them from the others. */
function link(trie: Trie, classes: Uint8Array, count: number): Linked {
  const { order, fail, outputs } = inherit(trie);
  const ranked = [
    ...order.filter(node => outputs[node] === undefined),
    ...order.filter(node => outputs[node] !== undefined),
  ];
  const quiet = order.length - outputs.filter(list => list !== undefined).length;
  const rank = new Int32Array(order.length);
  for (const [place, node] of ranked.entries()) rank[node] = place * count;
  const table = new Int32Array(order.length * count);
  for (const node of order) {
    const base = rank[node] ?? 0;
    const back = rank[fail[node] ?? 0] ?? 0;
    if (node !== 0) table.copyWithin(base, back, back + count);
    for (const [code, child] of trie.children[node] ?? []) table[base + (classes[code] ?? 0)] = rank[child] ?? 0;
  }
  return { table, outputs: ranked.slice(quiet).map(node => outputs[node] ?? []), firstOutput: quiet * count };
}

/** States breadth first, where each falls back to, and its groups with those of the shorter literals it ends in. */
function inherit(trie: Trie): { order: number[]; fail: Int32Array; outputs: (readonly number[] | undefined)[] } {
  const fail = new Int32Array(trie.children.length);
  const outputs: (readonly number[] | undefined)[] = Array.from(trie.children, () => undefined);
  const order: number[] = [0];
  for (let head = 0; head < order.length; head++) {
    const node = order[head] ?? 0;
    const inherited = node === 0 ? undefined : outputs[fail[node] ?? 0];
    const own = trie.groups[node];
    outputs[node] = own === undefined ? inherited : [...new Set([...own, ...(inherited ?? [])])];
    for (const [code, child] of trie.children[node] ?? []) {
      let back = fail[node] ?? 0;
      while (back !== 0 && trie.children[back]?.get(code) === undefined) back = fail[back] ?? 0;
      fail[child] = node === 0 ? 0 : (trie.children[back]?.get(code) ?? 0);
      order.push(child);
    }
  }
  return { order, fail, outputs };
}
