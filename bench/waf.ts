/**
 * What the firewall costs a request: a small GET with a browser's headers, and saves of an n8n workflow of 2 and 64 KB, judged fully as a
 * stranger's and with the author's fields left to the author. `node bench/waf.ts [rounds]`. One thread, CPU time; the least of interleaved
 * rounds is printed, beside JSON.parse of the same body in the same run, since only that ratio holds on another machine.
 */
import type { AuthoredFields, FirewallPolicy } from '../src/perimeter/perimeter.ts';
import { compileFields, createFirewall, detectors } from '../src/perimeter/perimeter.ts';
import { browserHead, workflowOf } from './waf/samples.ts';

const rounds = Number(process.argv[2] ?? 15);
const firewall = createFirewall({ detectors });
const policy: FirewallPolicy = { mode: 'block', paranoia: 1, threshold: 5, exclusions: [], inspectBytesMax: null };
/** Shadow judges on where block would stop: the whole cost of a body that matches. */
const shadow: FirewallPolicy = { ...policy, mode: 'shadow' };
const authored = compileFields(['json:nodes[].parameters.**', 'json:nodes[].notes', 'json:pinData.**']);

interface Case {
  readonly name: string;
  readonly goalUs: number | undefined;
  readonly run: () => unknown;
  readonly parse: (() => unknown) | undefined;
}

function save(bytes: Buffer, policy: FirewallPolicy, fields?: AuthoredFields): unknown {
  const context = { endpoint: '/rest/workflows/:id', nowMs: 1, authored: fields };
  const body = firewall.openBody(
    { contentType: 'application/json', contentEncoding: undefined, method: 'PATCH' },
    policy,
    context,
  );
  // As a socket gives it.
  for (let i = 0; i < bytes.length; i += 16_384) body.feed(bytes.subarray(i, i + 16_384));
  return body.end();
}

function cases(): Case[] {
  const found: Case[] = [
    {
      name: 'small GET',
      goalUs: 40,
      run: () => firewall.inspectHead(browserHead(), policy, { endpoint: '/rest/workflows/:id', nowMs: 1 }),
      parse: undefined,
    },
  ];
  for (const [bytes, goalUs] of [
    [2048, 150],
    [65_536, 3000],
  ] as const) {
    const body = Buffer.from(JSON.stringify(workflowOf(bytes)));
    const parse = (): unknown => JSON.parse(body.toString());
    const size = `${(body.length / 1024).toFixed(1)} KB save`;
    found.push(
      { name: `${size}, fully judged`, goalUs, run: () => save(body, shadow), parse },
      { name: `${size}, authored`, goalUs: undefined, run: () => save(body, policy, authored), parse },
    );
  }
  return found;
}

/** Microseconds of CPU for one call, over at least 30 ms of them. */
function costUs(run: () => unknown): number {
  let calls = 0;
  const start = performance.now();
  const cpu = process.cpuUsage();
  while (performance.now() - start < 30) {
    run();
    calls++;
  }
  const { user, system } = process.cpuUsage(cpu);
  return (user + system) / calls;
}

const rows = cases().map(one => ({ ...one, best: Number.POSITIVE_INFINITY, parseBest: Number.POSITIVE_INFINITY }));
for (let round = 0; round < rounds; round++) {
  for (const row of rows) {
    row.best = Math.min(row.best, costUs(row.run));
    if (row.parse !== undefined) row.parseBest = Math.min(row.parseBest, costUs(row.parse));
  }
}
console.log(`Node ${process.version}, ${detectors.length} detectors, least of ${rounds} rounds\n`);
console.log('| request | µs | goal | JSON.parse µs | times JSON.parse |\n|---|---|---|---|---|');
for (const { name, best, goalUs, parse, parseBest } of rows) {
  const parsed = parse === undefined ? '– | –' : `${parseBest.toFixed(0)} | ${(best / parseBest).toFixed(1)}`;
  console.log(`| ${name} | ${best.toFixed(1)} | ${goalUs ?? '–'} | ${parsed} |`);
}
