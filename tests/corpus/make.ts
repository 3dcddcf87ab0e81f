/** `node tests/corpus/make.ts [seen] [unseen]`: makes again the attacks and the generic honest traffic from their seeds; the same bytes each time. */
import type { CorpusEntry, CorpusPart } from './corpus.ts';
import { writeCorpus } from './corpus.ts';
import { makeAttacks } from './make/attack-set.ts';
import { makeHonest } from './make/honest-set.ts';
import { seenShapes } from './make/shapes.ts';
import { seenWholes } from './make/wholes.ts';
import { unseenShapes } from './unseen/make/shapes.ts';
import { unseenWholes } from './unseen/make/wholes.ts';

const parts = process.argv.slice(2);
for (const part of ['seen', 'unseen'] as const satisfies readonly CorpusPart[]) {
  if (parts.length > 0 && !parts.includes(part)) continue;
  const attacks = makeAttacks(part, part === 'seen' ? seenWholes : unseenWholes);
  for (const [name, entries] of Map.groupBy(attacks, entry => entry.class)) writeCorpus(part, 'attack', name, entries);
  const honest = makeHonest(part, part === 'seen' ? seenShapes : unseenShapes);
  for (const [name, entries] of Map.groupBy(honest, entry => entry.class)) writeCorpus(part, 'honest', name, entries);
  process.stdout.write(`${part}: ${count(attacks)} attacks, ${count(honest)} honest\n`);
}

function count(entries: readonly CorpusEntry[]): string {
  const byClass = Map.groupBy(entries, entry => entry.class);
  return `${entries.length} (${[...byClass].map(([name, list]) => `${name} ${list.length}`).join(', ')})`;
}
