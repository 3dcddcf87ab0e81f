/** Counts of the names seen most often, in memory of a fixed size. */
export interface TopCounts {
  add(name: string, times?: number): void;
  entries(): IterableIterator<[string, number]>;
}

/**
 * Exact for at most `namesMax` names. With more of them a new name takes the place of the rarest and its count (Metwally et al., "Space
 * Saving"): what is often is never lost, and no count is too low.
 */
export function createTopCounts(namesMax: number): TopCounts {
  const counts = new Map<string, number>();
  return {
    add(name, times = 1) {
      const held = counts.get(name);
      if (held !== undefined || counts.size < namesMax) {
        counts.set(name, (held ?? 0) + times);
        return;
      }
      const [rarest, count] = rarestOf(counts);
      counts.delete(rarest);
      counts.set(name, count + times);
    },
    entries: () => counts.entries(),
  };
}

function rarestOf(counts: ReadonlyMap<string, number>): [string, number] {
  let found: [string, number] = ['', Number.POSITIVE_INFINITY];
  for (const entry of counts) {
    if (entry[1] < found[1]) found = entry;
    if (found[1] === 1) break;
  }
  return found;
}

/** The `most` names with the highest counts over several tables, highest first; equal counts by name. */
export function sumTop(tables: readonly TopCounts[], most: number): { name: string; count: number }[] {
  const sums = new Map<string, number>();
  for (const table of tables)
    for (const [name, count] of table.entries()) sums.set(name, (sums.get(name) ?? 0) + count);
  return [...sums]
    .map(([name, count]) => ({ name, count }))
    .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
    .slice(0, most);
}
