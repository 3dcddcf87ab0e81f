/**
 * `node scripts/record-corpus.ts [n8n] [n8n-visitors] [flowise] [seen] [seen-2] [seen-3] [unseen]`: starts the real platforms from the cache behind a recording proxy, works with them as
 * people do (a browser, many saves and runs, webhooks) and writes what arrived to `tests/corpus/<part>/honest`. Only requests that
 * the platform took are kept, so the corpus holds no work that the real program would refuse.
 */
import { corpusParts } from '../tests/corpus/corpus.ts';
import { isWritten } from '../tests/corpus/make/makers.ts';
import { recordFlowise } from '../tests/corpus/record/flowise.ts';
import { recordN8n } from '../tests/corpus/record/n8n.ts';

const args = process.argv.slice(2);
const named = args.filter(arg => corpusParts.every(part => part !== arg));
const parts = corpusParts.filter(part => isWritten(part) && (named.length === args.length || args.includes(part)));
for (const [name, record] of Object.entries({
  n8n: () => recordN8n(parts),
  'n8n-visitors': () => recordN8n(parts, true),
  flowise: () => recordFlowise(parts),
})) {
  if (named.length > 0 ? !named.includes(name) : name === 'n8n-visitors') continue;
  for (const line of await record()) process.stdout.write(`${line}\n`);
}
