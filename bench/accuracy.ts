/**
 * How many attacks are stopped and how much honest traffic passes, by class: the firewall beside nginx + ModSecurity + Core Rule Set 3.3.4
 * at its levels 1 and 2. `node bench/accuracy.ts [--seen] [--unseen] [--no-peer] [--list-misses]`. Prints a Markdown table for each part
 * of the corpus and writes the ids of what was judged wrong to a file in the temporary folder. `--list-misses` prints those of the seen
 * parts with the reason; those of the unseen part are never printed.
 */
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type CorpusEntry, type CorpusPart, isGiven, readCorpus, seenParts } from '../tests/corpus/corpus.ts';
import { isWritten } from '../tests/corpus/make/makers.ts';
import { createOurs, type Verdict } from './accuracy/ours.ts';
import { type Peer, startPeer } from './accuracy/peer.ts';

const args = new Set(process.argv.slice(2));
const parts: CorpusPart[] = [...(args.has('--seen') || !args.has('--unseen') ? seenParts : [])];
if (args.has('--unseen')) {
  if (isWritten('unseen')) parts.push('unseen');
  else process.stdout.write('The unseen part is not written: see tests/corpus/README.md\n');
}
const hasPeer =
  !args.has('--no-peer') && existsSync('/usr/sbin/nginx') && existsSync('/usr/share/modsecurity-crs/rules');
/** The peer takes 3–300 ms for a request: at most so many of each class, the same ones each time. */
const peerSample = { attack: 200, honest: 200 } as const;
const peerConnections = 6;

const misses: Record<string, string[]> = {};
for (const part of parts) {
  if (part !== 'unseen') await judgePart(part, part, () => true);
  else {
    await judgePart(part, 'unseen', entry => !isGiven(entry));
    await judgePart(part, 'unseen at first, then given', isGiven);
  }
}
const file = path.join(mkdtempSync(path.join(tmpdir(), 'accuracy-')), 'misses.json');
writeFileSync(file, JSON.stringify(misses, null, 1));
process.stdout.write(`\nIds of what our firewall judged wrong: ${file}\n`);

async function judgePart(part: CorpusPart, title: string, isOf: (entry: CorpusEntry) => boolean): Promise<void> {
  const judge = createOurs();
  for (const kind of ['attack', 'honest'] as const) {
    const entries = readCorpus(part, kind).filter(isOf);
    const verdicts = new Map(entries.map(entry => [entry.id, judge(entry)]));
    const wrong = entries.filter(entry => verdicts.get(entry.id)?.stopped !== (kind === 'attack'));
    misses[`${title} ${kind}`] = wrong.map(entry => entry.id);
    const peers: Map<string, boolean>[] = [];
    if (hasPeer)
      for (const level of [1, 2] as const) peers.push(await askPeer(level, sample(entries, peerSample[kind])));
    print(title, kind, { entries, verdicts, peers });
    if (args.has('--list-misses') && part !== 'unseen')
      for (const entry of wrong)
        process.stdout.write(`${entry.id} ${entry.note ?? ''} ${verdicts.get(entry.id)?.why ?? ''}\n`);
  }
}

/** Evenly spaced within each class, in the order of the ids. */
function sample(entries: readonly CorpusEntry[], most: number): CorpusEntry[] {
  return [...Map.groupBy(entries, entry => entry.class).values()].flatMap(list => {
    const sorted = list.toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const step = Math.max(1, sorted.length / most);
    return sorted.filter((_, at) => Math.floor(at / step) !== Math.floor((at - 1) / step));
  });
}

async function askPeer(level: 1 | 2, entries: readonly CorpusEntry[]): Promise<Map<string, boolean>> {
  await using peer: Peer = await startPeer(level);
  const stopped = new Map<string, boolean>();
  const queue = [...entries];
  const work = async (): Promise<void> => {
    for (let entry = queue.pop(); entry !== undefined; entry = queue.pop()) {
      const verdict = await peer.judge(entry);
      if (verdict !== undefined) stopped.set(entry.id, verdict);
    }
  };
  await Promise.all(Array.from({ length: peerConnections }, work));
  return stopped;
}

interface Judged {
  readonly entries: readonly CorpusEntry[];
  readonly verdicts: ReadonlyMap<string, Verdict>;
  readonly peers: readonly ReadonlyMap<string, boolean>[];
}

function print(title: string, kind: CorpusEntry['kind'], { entries, verdicts, peers }: Judged): void {
  const isAttack = kind === 'attack';
  const heads = ['ours', ...peers.map((_, at) => `CRS 3.3.4 PL${at + 1}`)];
  const lines = [
    `\n### ${title}: ${isAttack ? 'attacks stopped' : 'honest requests passed'}`,
    `| class | requests | ${heads.join(' | ')} |${peers.length > 0 ? ' sampled for the peer |' : ''}`,
    `|---|---|${heads.map(() => '---|').join('')}${peers.length > 0 ? '---|' : ''}`,
  ];
  const sums = heads.map(() => 0);
  const byClass = [...Map.groupBy(entries, entry => entry.class)].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, list] of byClass) {
    const shares = [
      share(list, id => verdicts.get(id)?.stopped),
      ...peers.map(peer => share(list, id => peer.get(id))),
    ].map(value => (isAttack ? value : 1 - value));
    for (const [at, value] of shares.entries()) sums[at] = (sums[at] ?? 0) + value;
    const sampled = peers.length > 0 ? ` ${list.filter(entry => peers[0]?.has(entry.id)).length} |` : '';
    lines.push(`| ${name} | ${list.length} | ${shares.map(percent).join(' | ')} |${sampled}`);
  }
  const blank = peers.length > 0 ? ' |' : '';
  lines.push(
    `| **mean of the classes** | ${entries.length} | ${sums.map(sum => `**${percent(sum / byClass.length)}**`).join(' | ')} |${blank}`,
  );
  if (!isAttack) {
    for (const [name, isOf] of [
      ['n8n and Flowise, without programs of visitors', (one: CorpusEntry) => one.site !== 'generic'],
      ['all other, without programs', (one: CorpusEntry) => one.site === 'generic'],
    ] as const) {
      const list = entries.filter(entry => isOf(entry) && !carriesPrograms(entry.class));
      const shares = [
        share(list, id => verdicts.get(id)?.stopped),
        ...peers.map(peer => share(list, id => peer.get(id))),
      ];
      lines.push(
        `| **${name}** | ${list.length} | ${shares.map(value => `**${percent(1 - value)}**`).join(' | ')} |${blank}`,
      );
    }
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** Visitors who send whole programs to a site that is not known for it: shown, and in no total. */
function carriesPrograms(name: string): boolean {
  return name === 'code-editing' || name.endsWith('-visitor-code');
}

/** The share of those judged that were stopped. */
function share(list: readonly CorpusEntry[], stopped: (id: string) => boolean | undefined): number {
  const judged = list.map(entry => stopped(entry.id)).filter(value => value !== undefined);
  return judged.length === 0 ? 0 : judged.filter(Boolean).length / judged.length;
}

function percent(value: number): string {
  return Number.isNaN(value) ? '–' : `${(100 * value).toFixed(2)} %`;
}
