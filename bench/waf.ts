/**
 * What the firewall costs a request: a small GET with a browser's headers, and saves of an n8n workflow of 2 and 64 KB, judged fully as a
 * stranger's and with the author's fields left to the author. `node bench/waf.ts [rounds]`. One thread, CPU time; the least of interleaved
 * rounds is printed, beside JSON.parse of the same body in the same run, since only that ratio holds on another machine. `fresh` is without
 * any help of the memory of clean values (which is asked and kept up, and always says no); `known` is with it: all of a body was seen before,
 * while each GET has ids, times and tokens of its own and only what browsers send alike is remembered.
 */
import type { AuthoredFields, Firewall, FirewallPolicy } from '../src/perimeter/perimeter.ts';
import { compileFields, createFirewall, detectors } from '../src/perimeter/perimeter.ts';
import { createMemory } from '../src/perimeter/waf/memory.ts';
import { browserHead, workflowOf } from './waf/samples.ts';

const rounds = Number(process.argv[2] ?? 15);
const memory = createMemory();
const forgetful = {
  has(...asked: Parameters<typeof memory.has>) {
    memory.has(...asked);
    return false;
  },
  add: memory.add,
};
const knowing = createFirewall({ detectors });
const fresh = createFirewall({ detectors, memory: forgetful });
const policy: FirewallPolicy = { mode: 'block', paranoia: 1, threshold: 5, exclusions: [], inspectBytesMax: null };
/** Shadow judges on where block would stop: the whole cost of a body that matches. */
const shadow: FirewallPolicy = { ...policy, mode: 'shadow' };
const authored = compileFields(['json:nodes[].parameters.**', 'json:nodes[].notes', 'json:pinData.**']);

interface Case {
  readonly name: string;
  readonly goalUs: number | undefined;
  readonly run: (firewall: Firewall) => unknown;
  readonly parse: (() => unknown) | undefined;
}

function save(firewall: Firewall, bytes: Buffer, fields?: AuthoredFields): unknown {
  const context = { endpoint: '/rest/workflows/:id', nowMs: 1, authored: fields };
  const body = firewall.openBody(
    { contentType: 'application/json', contentEncoding: undefined, method: 'PATCH' },
    shadow,
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
      run: firewall => firewall.inspectHead(browserHead(), policy, { endpoint: '/rest/workflows/:id', nowMs: 1 }),
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
      { name: `${size}, fully judged`, goalUs, run: firewall => save(firewall, body), parse },
      { name: `${size}, authored`, goalUs: undefined, run: firewall => save(firewall, body, authored), parse },
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

const infinite = Number.POSITIVE_INFINITY;
const rows = cases().map(one => ({ ...one, known: infinite, fresh: infinite, parsed: infinite }));
for (let round = 0; round < rounds; round++) {
  for (const row of rows) {
    row.fresh = Math.min(
      row.fresh,
      costUs(() => row.run(fresh)),
    );
    row.known = Math.min(
      row.known,
      costUs(() => row.run(knowing)),
    );
    if (row.parse !== undefined) row.parsed = Math.min(row.parsed, costUs(row.parse));
  }
}
console.log(`Node ${process.version}, ${detectors.length} detectors, least of ${rounds} rounds\n`);
console.log('| request | fresh µs | known µs | goal, fresh | JSON.parse µs | fresh, times JSON.parse |');
console.log('|---|---|---|---|---|---|');
for (const row of rows) {
  const parsed =
    row.parse === undefined ? '– | –' : `${row.parsed.toFixed(0)} | ${(row.fresh / row.parsed).toFixed(1)}`;
  console.log(`| ${row.name} | ${row.fresh.toFixed(1)} | ${row.known.toFixed(1)} | ${row.goalUs ?? '–'} | ${parsed} |`);
}
