/** Which fragments of a GraphQL document hold which others. */
export interface Fragments {
  /** Two names in a row outside of all brackets: `fragment A` opens one. */
  define(before: string, name: string): void;
  /** The last of all braces was closed. */
  close(): void;
  /** `...A`, or `...on` before a type. */
  spread(name: string): void;
  /** Whether one holds itself (October 2021 edition, section 5.5.2.2): a server that does not look works without end. */
  hasCircle(): boolean;
}

const edgesMax = 10_000;

/** Fragments as a reader meets them; memory and time are linear in what it has met, and bounded. */
export function createFragments(): Fragments {
  const held = new Map<string, string[]>();
  let current: string[] | undefined;
  let edges = 0;
  return {
    define(before, name) {
      if (before !== 'fragment' || name === 'on') return;
      current = held.get(name) ?? [];
      held.set(name, current);
    },
    close() {
      current = undefined;
    },
    spread(name) {
      if (name !== 'on' && edges++ < edgesMax) current?.push(name);
    },
    hasCircle: () => held.size > 0 && hasCircle(held),
  };
}

/** Takes away fragments that hold none that is left; what stays goes in circles, or is held by nothing but what does. */
function hasCircle(held: ReadonlyMap<string, readonly string[]>): boolean {
  const holders = new Map<string, string[]>();
  const waiting = new Map<string, number>();
  const free: string[] = [];
  for (const [name, inner] of held) {
    const known = inner.filter(one => held.has(one));
    waiting.set(name, known.length);
    if (known.length === 0) free.push(name);
    for (const one of known) {
      const list = holders.get(one) ?? [];
      list.push(name);
      holders.set(one, list);
    }
  }
  let done = 0;
  for (let name = free.pop(); name !== undefined; name = free.pop()) {
    done++;
    for (const holder of holders.get(name) ?? []) {
      const left = (waiting.get(holder) ?? 0) - 1;
      waiting.set(holder, left);
      if (left === 0) free.push(holder);
    }
  }
  return done < held.size;
}
