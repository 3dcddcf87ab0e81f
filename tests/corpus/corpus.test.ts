import assert from 'node:assert/strict';
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { createOurs } from '../../bench/accuracy/ours.ts';
import { type CorpusEntry, corpusParts, readCorpus, seenParts } from './corpus.ts';
import { isWritten } from './make/makers.ts';

const parts = corpusParts.filter(isWritten);
const kinds = ['attack', 'honest'] as const;
const bytesMax = 15 * 1024 * 1024;

/** What the firewall holds on the seen parts at its default level; raised as it gets better, never lowered in silence. */
const floors = {
  seen: { attackMean: 0.99, attackClass: 0.97, editor: 0.999, visitor: 0.999, browsing: 0.995, texts: 0.99 },
  'seen-2': { attackMean: 0.985, attackClass: 0.97, editor: 0.999, visitor: 0.999, browsing: 0.995, texts: 0.975 },
  'seen-3': { attackMean: 0.99, attackClass: 0.98, editor: 0.999, visitor: 0.999, browsing: 0.998, texts: 0.984 },
} as const;
type Floor = Readonly<Record<keyof typeof floors.seen, number>>;

describe('the corpora', () => {
  it('hold requests of the agreed form, each once', () => {
    const ids = new Set<string>();
    for (const part of parts) {
      for (const kind of kinds) {
        for (const entry of readCorpus(part, kind)) {
          assert.equal(entry.kind, kind, entry.id);
          assert.deepEqual(faults(entry), [], entry.id);
          assert.equal(ids.has(`${part} ${entry.id}`), false, `${entry.id} stands twice`);
          ids.add(`${part} ${entry.id}`);
        }
      }
    }
    assert.ok(ids.size > 18_000);
  });

  it('share no attack between two parts', () => {
    const known = new Set<string>();
    for (const part of parts) {
      const ids = readCorpus(part, 'attack').map(entry => entry.id);
      assert.equal(ids.filter(id => known.has(id)).length, 0, part);
      for (const id of ids) known.add(id);
    }
  });

  it('have enough of every class, and stay small', () => {
    for (const part of parts) {
      const classes = Map.groupBy(readCorpus(part, 'attack'), entry => entry.class);
      assert.equal(classes.size, 21);
      for (const [name, list] of classes) assert.ok(list.length >= 80, `${part} ${name}: ${list.length}`);
      const shapes = new Set(
        readCorpus(part, 'honest')
          .filter(one => one.class === 'browsing')
          .map(one => one.note),
      );
      assert.ok(shapes.size >= 125, `${part}: ${shapes.size} shapes`);
    }
    const bytes = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
      .filter(file => file.endsWith('.gz'))
      .reduce((sum, file) => sum + statSync(path.join(import.meta.dirname, file)).size, 0);
    assert.ok(bytes < bytesMax, `${bytes} bytes`);
  });
});

for (const part of seenParts) describe(`the firewall on the corpus, part ${part}`, () => holds(part, floors[part]));

function holds(part: (typeof seenParts)[number], floor: Floor): void {
  const judge = createOurs();
  const shareStopped = (list: readonly CorpusEntry[]): number =>
    list.filter(entry => judge(entry).stopped).length / list.length;

  it('stops the attacks of every class', { timeout: 120_000 }, () => {
    const shares = [...Map.groupBy(readCorpus(part, 'attack'), entry => entry.class)].map(
      ([name, list]) => [name, shareStopped(list)] as const,
    );
    for (const [name, share] of shares) assert.ok(share >= floor.attackClass, `${name}: ${share}`);
    const mean = shares.reduce((sum, [, share]) => sum + share, 0) / shares.length;
    assert.ok(mean >= floor.attackMean, `mean of the classes: ${mean}`);
  });

  it('lets honest work pass', { timeout: 120_000 }, () => {
    const honest = readCorpus(part, 'honest');
    const groups = {
      editor: honest.filter(entry => entry.who === 'editor'),
      visitor: honest.filter(entry => /^(?:n8n|flowise)-visitor$/.test(entry.class)),
      browsing: honest.filter(entry => entry.class === 'browsing'),
      texts: honest.filter(entry => entry.class === 'texts'),
    };
    for (const [name, list] of Object.entries(groups)) {
      const passed = 1 - shareStopped(list);
      assert.ok(passed >= floor[name as keyof typeof groups], `${name}: ${passed}`);
    }
  });
}

function faults({ id, class: kind, site, who, request }: CorpusEntry): string[] {
  const { method, target, headers, body, bodyBase64 } = request;
  const wrong: (string | false)[] = [
    !/^[\w-]+-[0-9a-f]{16}$/.test(id) && 'id',
    !/^[a-z0-9-]+$/.test(kind) && 'class',
    !['n8n', 'flowise', 'generic'].includes(site) && 'site',
    !['editor', 'visitor'].includes(who) && 'who',
    !/^[A-Z]+$/.test(method) && 'method',
    !target.startsWith('/') && 'target',
    // A line break would make another request of it, and HTTP could not have brought it.
    [target, ...headers.flat()].some(text => /[\r\n\0]/.test(text)) && 'control character in the head',
    headers.some(([name]) => !/^[!#$%&'*+.^`|~\w-]+$/.test(name)) && 'header name',
    !headers.some(([name]) => name.toLowerCase() === 'host') && 'no host',
    headers.some(([name]) => /^(?:content-length|transfer-encoding|connection)$/i.test(name)) && 'framing header',
    body !== undefined && bodyBase64 !== undefined && 'two bodies',
  ];
  return wrong.filter(one => one !== false);
}
