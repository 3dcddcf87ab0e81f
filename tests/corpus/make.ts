/** `node tests/corpus/make.ts [seen] [seen-2] [seen-3] [unseen]`: makes again the attacks and the generic honest traffic from their seeds; the same bytes each time. */
import type { CorpusEntry } from './corpus.ts';
import { corpusParts, writeCorpus } from './corpus.ts';
import { makeAttacks } from './make/attack-set.ts';
import { makeHonest } from './make/honest-set.ts';
import { isWritten, makers } from './make/makers.ts';

const named = process.argv.slice(2);
for (const part of corpusParts) {
  if ((named.length > 0 && !named.includes(part)) || !isWritten(part)) continue;
  const attacks = makeAttacks(part, makers[part]);
  for (const [name, entries] of Map.groupBy(attacks, entry => entry.class)) writeCorpus(part, 'attack', name, entries);
  const honest = makeHonest(part, makers[part]);
  for (const [name, entries] of Map.groupBy(honest, entry => entry.class)) writeCorpus(part, 'honest', name, entries);
  process.stdout.write(`${part}: ${count(attacks)} attacks, ${count(honest)} honest\n`);
}

function count(entries: readonly CorpusEntry[]): string {
  const byClass = Map.groupBy(entries, entry => entry.class);
  return `${entries.length} (${[...byClass].map(([name, list]) => `${name} ${list.length}`).join(', ')})`;
}
