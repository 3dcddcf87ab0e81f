/**
 * `node scripts/record-corpus.ts [n8n] [n8n-visitors] [flowise]`: starts the real platforms from the cache behind a recording proxy, works with them as
 * people do (a browser, many saves and runs, webhooks) and writes what arrived to `tests/corpus/{seen,unseen}/honest`. Only requests that
 * the platform took are kept, so the corpus holds no work that the real program would refuse.
 */
import { recordFlowise } from '../tests/corpus/record/flowise.ts';
import { recordN8n } from '../tests/corpus/record/n8n.ts';

const named = process.argv.slice(2);
for (const [name, record] of Object.entries({
  n8n: () => recordN8n(),
  'n8n-visitors': () => recordN8n(true),
  flowise: recordFlowise,
})) {
  if (named.length > 0 ? !named.includes(name) : name === 'n8n-visitors') continue;
  for (const line of await record()) process.stdout.write(`${line}\n`);
}
