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
  const trie = build(groups);
  const { table, outputs } = link(trie, classes, count);
  return {
    scan(text, found) {
      let state = 0;
      let isHit = false;
      for (let at = 0; at < text.length; at++) {
        state = table[state + (classes[text.charCodeAt(at) & 255] ?? 0)] ?? 0;
        const list = outputs[state / count];
        if (list === undefined) continue;
        isHit = true;
        for (const group of list) found[group >>> 5] = (found[group >>> 5] ?? 0) | (1 << (group & 31));
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

function link(
  trie: Trie,
  classes: Uint8Array,
  count: number,
): { table: Int32Array; outputs: (number[] | undefined)[] } {
  const table = new Int32Array(trie.children.length * count);
  const fail = new Int32Array(trie.children.length);
  const outputs: (number[] | undefined)[] = [];
  const queue: number[] = [0];
  for (let head = 0; head < queue.length; head++) {
    const node = queue[head] ?? 0;
    const back = fail[node] ?? 0;
    const base = node * count;
    if (node !== 0) table.copyWithin(base, back * count, back * count + count);
    const inherited = node === 0 ? undefined : outputs[back];
    const own = trie.groups[node];
    outputs[node] = own === undefined ? inherited : [...new Set([...own, ...(inherited ?? [])])];
    for (const [code, child] of trie.children[node] ?? []) {
      const symbol = base + (classes[code] ?? 0);
      fail[child] = node === 0 ? 0 : (table[symbol] ?? 0) / count;
      table[symbol] = child * count;
      queue.push(child);
    }
  }
  return { table, outputs };
}
