/**
 * How the gate's other traffic fares during a flood of sign-ins: p50 and p99 of signed-in GETs through the real gate (TLS, all layers, an
 * upstream), in quiet and while strangers from many addresses post wrong passwords as fast as they are answered; the whole gate in one
 * process, the strangers in threads of their own. `node bench/sign-in.ts [seconds per step] [strangers]`. Prints a Markdown table. What a
 * sign-in itself costs beside bare argon2id, and the look-up of a session, are in `bench/access.ts`.
 */
import { createServer } from 'node:http';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { createOwner, freePort, startProduct } from '../tests/product/product.ts';
import type { Visitor } from '../tests/product/visitor.ts';
import { createVisitor } from '../tests/product/visitor.ts';

interface Stranger {
  readonly portal: string;
  readonly ca: string;
  readonly addresses: readonly string[];
  readonly untilMs: number;
}

interface Tally {
  judged: number;
  throttled: number;
  busy: number;
}

const everyMs = 10;

/** Posts wrong passwords from several addresses at once until the time is over. */
async function flood(stranger: Stranger): Promise<Tally> {
  const tally: Tally = { judged: 0, throttled: 0, busy: 0 };
  await Promise.all(
    stranger.addresses.map(async (localAddress, at) => {
      await using visitor = createVisitor({ ca: stranger.ca, localAddress });
      const page = await visitor.open(`${stranger.portal}/.sallyport/sign-in`);
      for (let turn = 0; Date.now() < stranger.untilMs; turn++) {
        const email = `nobody-${at}-${turn}@example.com`;
        const seen = await visitor.submit(page, { email, password: 'not the password at all' });
        if (seen.status === 422) tally.judged++;
        else if (seen.status === 429) tally.throttled++;
        else tally.busy++;
      }
    }),
  );
  return tally;
}

/** One GET after another at a steady pace: a slow one does not hide those that would have come meanwhile. */
async function pace(visitor: Visitor, url: string, forMs: number): Promise<number[]> {
  const spent: number[] = [];
  const open: Promise<void>[] = [];
  const endAt = performance.now() + forMs;
  for (let dueAt = performance.now(); dueAt < endAt; dueAt += everyMs) {
    await new Promise(resolve => setTimeout(resolve, Math.max(0, dueAt - performance.now())));
    const startedAt = dueAt;
    open.push(
      visitor.send(url).then(seen => {
        if (seen.status !== 200) throw new Error(`${seen.status} ${seen.text.slice(0, 200)}`);
        spent.push(performance.now() - startedAt);
        return undefined;
      }),
    );
  }
  await Promise.all(open);
  return spent.sort((a, b) => a - b);
}

const at = (sorted: readonly number[], share: number): string =>
  `${(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1)} ms`;

async function main(): Promise<void> {
  const seconds = Number(process.argv[2] ?? 10);
  const strangers = Number(process.argv[3] ?? 40);
  const upstream = createServer((_, res) => res.end('ok')).listen(0, '127.0.0.1');
  await using product = await startProduct();
  const owner = await createOwner(product);
  const { port } = upstream.address() as { port: number };
  const sitePort = await freePort();
  const site = { name: 'bench', platform: 'generic', upstreams: [`http://127.0.0.1:${port}`], port: sitePort } as const;
  const { address } = await product.sallyport.operator('sites.create', {
    body: { ...site, upstreams: [...site.upstreams] },
  });
  const url = `${address}/x`;
  await owner.visitor.open(url);
  await pace(owner.visitor, url, 2000);

  const rows: string[] = [];
  const report = (what: string, spent: readonly number[], note: string): void =>
    void rows.push(`| ${what} | ${at(spent, 0.5)} | ${at(spent, 0.99)} | ${spent.length} | ${note} |`);
  report('quiet', await pace(owner.visitor, url, seconds * 1000), '');

  const before = process.cpuUsage();
  const threads = Array.from({ length: 2 }, (_, thread) => {
    const half = Array.from({ length: Math.ceil(strangers / 2) }, (__, n) => `127.${10 + thread}.${n + 1}.1`);
    const given: Stranger = {
      portal: product.portal,
      ca: product.ca,
      addresses: half,
      untilMs: Date.now() + seconds * 1000 + 1000,
    };
    return new Promise<Tally>((resolve, reject) => {
      const worker = new Worker(new URL(import.meta.url), { workerData: given });
      worker.once('message', resolve);
      worker.once('error', reject);
    });
  });
  await new Promise(resolve => setTimeout(resolve, 500));
  const spent = await pace(owner.visitor, url, seconds * 1000);
  const tallies = await Promise.all(threads);
  const sum = (key: keyof Tally): number => tallies.reduce((total, tally) => total + tally[key], 0);
  const { user, system } = process.cpuUsage(before);
  const note = `${strangers} strangers: ${sum('judged')} judged, ${sum('throttled')} throttled, ${sum('busy')} refused as busy`;
  report('sign-in flood', spent, note);
  process.stdout.write(
    `| GETs every ${everyMs} ms | p50 | p99 | n | |\n|---|---|---|---|---|\n${rows.join('\n')}\n` +
      `\nCPU of all threads during the flood: ${((user + system) / 1e6 / (seconds + 1)).toFixed(2)} cores.\n`,
  );
  upstream.close();
  upstream.closeAllConnections();
}

if (isMainThread) await main();
else parentPort?.postMessage(await flood(workerData as Stranger));
