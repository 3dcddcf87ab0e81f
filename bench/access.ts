/**
 * `decide()` per second, the session lookup of the hot path (SHA-256 of the token and one Map read), and sign-ins per second with the
 * production argon2 parameters beside the bare argon2 computation in the same run. `node bench/access.ts [seconds per step]`. Prints a
 * Markdown table. CPU time is this process's, so other load on the machine shows in the wall figures only.
 */
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { hash, verify } from '@node-rs/argon2';
import type { Subject } from '../src/access/access.ts';
import { decide, globalRoles, projectRoles } from '../src/access/access.ts';
import { systemClock } from '../src/core/clock.ts';
import { operatorPrincipal } from '../src/core/events.ts';
import { createSystemIds } from '../src/core/ids.ts';
import { silentLog } from '../src/core/log.ts';
import { permissions } from '../src/core/permissions.ts';
import { Secret } from '../src/core/secret.ts';
import type { IdentityTables } from '../src/identity/identity.ts';
import { createIdentity, identityConfig, identityMigrations } from '../src/identity/identity.ts';
import { createMemoryCounters, createStore } from '../src/store/store.ts';

const seconds = Number(process.argv[2] ?? 3);
const rows: string[] = [];
const report = (what: string, value: string, note = ''): unknown => rows.push(`| ${what} | ${value} | ${note} |`);

function benchDecide(): void {
  const subjects: Subject[] = Array.from({ length: 1000 }, (_, i) => ({
    id: `u${i}`,
    globalRole: globalRoles[i % 10 === 0 ? 1 : 0] ?? 'member',
    disabled: i % 50 === 0,
    projects: new Map(
      Array.from({ length: 10 }, (_, p) => [
        `p${(i + p) % 40}`,
        // One in four has two roles in a project, one of them made here.
        [projectRoles[(i + p) % 4] ?? 'viewer', ...(p % 4 === 0 ? ['r1'] : [])],
      ]),
    ),
    elevations: i % 20 === 0 ? [{ project: 'p1', role: 'owner', expiresAt: 2000 }] : [],
  }));
  const roles = new Map([['r1', permissions.slice(0, 5)]]);
  const requests = Array.from({ length: 1009 }, (_, i) => ({
    permission: permissions[i % permissions.length] ?? 'workflow.read',
    project: i % 7 === 0 ? undefined : `p${i % 40}`,
  }));
  let allowed = 0;
  const run = (count: number): void => {
    for (let i = 0; i < count; i++) {
      const subject = subjects[i % 1000];
      const request = requests[i % 1009];
      if (subject && request && decide(subject, request, 1000, roles).allow) allowed++;
    }
  };
  run(500_000);
  const { done, cpuMs } = during(() => run(100_000), 100_000);
  report(
    '`decide()`',
    `${((done / cpuMs) * 1000).toExponential(2)} /s`,
    `${((cpuMs * 1000) / done).toFixed(3)} µs, ${allowed % 2 === 0 ? 'even' : 'odd'} count of yes`,
  );
}

function benchLookup(): void {
  const tokens = Array.from({ length: 10_000 }, () => `sp_s_${randomBytes(32).toString('base64url')}`);
  const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');
  const sessions = new Map(tokens.map(token => [hashOf(token), { token }]));
  let found = 0;
  const run = (count: number): void => {
    for (let i = 0; i < count; i++) if (sessions.has(hashOf(tokens[i % tokens.length] ?? ''))) found++;
  };
  run(50_000);
  const { done, cpuMs } = during(() => run(10_000), 10_000);
  report(
    'session lookup (hash + Map, 10,000 live)',
    `${((cpuMs * 1000) / done).toFixed(2)} µs`,
    found > 0 ? 'all found' : '',
  );
}

async function benchSignIn(): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'sallyport-bench-access-'));
  try {
    const file = path.join(folder, 'store.db');
    await using store = await createStore({ kind: 'sqlite', file }, { log: silentLog, clock: systemClock });
    await store.migrate(identityMigrations);
    await using counters = createMemoryCounters({ clock: systemClock });
    const config = identityConfig.parse({});
    const identity = createIdentity(config, {
      db: store.db<IdentityTables>(),
      counters,
      clock: systemClock,
      random: randomBytes,
      newId: createSystemIds(),
      log: silentLog,
      audit: { append: async () => undefined },
      vault: { seal: value => value.reveal(), open: sealed => new Secret(sealed) },
      portalOrigin: () => 'https://gate.example.org',
      changed: async () => undefined,
    });
    const password = new Secret('violet-harbour-19-kettle');
    const ctx = { clientIp: '127.0.0.1', host: 'localhost', userAgent: 'bench', requestId: 'bench' };
    const emails = Array.from({ length: 4 }, (_, i) => `p${i}@example.org`);
    for (const email of emails) {
      const user = await identity.createUser(operatorPrincipal, { email, name: 'P', role: 'member' });
      const link = await identity.issueLink(operatorPrincipal, { purpose: 'invitation', userId: user.id });
      await identity.redeemLink(link.token, { password }, ctx);
    }
    const { memoryKib: memoryCost, passes: timeCost, lanes: parallelism } = config.passwords;
    const stored = await hash(password.reveal(), { memoryCost, timeCost, parallelism });
    // In turns, so that other load on the machine meets both alike.
    const bare = { done: 0, cpuMs: 0, wallMs: 0 };
    const whole = { done: 0, cpuMs: 0, wallMs: 0 };
    for (let round = 0; round < 4; round++) {
      add(bare, await duringAsync(() => verify(stored, password.reveal())));
      add(
        whole,
        await duringAsync(async i => {
          const step = await identity.signIn({ email: emails[i % emails.length] ?? '', password }, ctx);
          if (step.state !== 'signed_in') throw new Error(`sign-in ended as ${step.state}`);
        }),
      );
    }
    const bareRate = (bare.done / bare.cpuMs) * 1000;
    const wholeRate = (whole.done / whole.cpuMs) * 1000;
    report(
      'bare argon2id (19 MiB, 2 passes)',
      `${bareRate.toFixed(1)} /s and core`,
      `${((bare.done / bare.wallMs) * 1000).toFixed(1)} /s wall`,
    );
    report(
      'whole sign-in, store with fsync',
      `${wholeRate.toFixed(1)} /s and core`,
      `${((whole.done / whole.wallMs) * 1000).toFixed(1)} /s wall, ${(wholeRate / bareRate).toFixed(2)} of the bare computation`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Figures {
  done: number;
  cpuMs: number;
  wallMs: number;
}

function add(sum: Figures, one: Figures): void {
  sum.done += one.done;
  sum.cpuMs += one.cpuMs;
  sum.wallMs += one.wallMs;
}

function during(run: () => void, count: number): Figures {
  const cpu = process.cpuUsage();
  const start = performance.now();
  let done = 0;
  while (performance.now() - start < seconds * 1000) {
    run();
    done += count;
  }
  return { done, cpuMs: cpuSince(cpu), wallMs: performance.now() - start };
}

/** Two at a time, as many as the product computes at once. */
async function duringAsync(act: (i: number) => Promise<unknown>): Promise<Figures> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  let done = 0;
  const lane = async (): Promise<void> => {
    while (performance.now() - start < (seconds * 1000) / 2) await act(done++);
  };
  await Promise.all([lane(), lane()]);
  return { done, cpuMs: cpuSince(cpu), wallMs: performance.now() - start };
}

function cpuSince(cpu: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(cpu);
  return (user + system) / 1000;
}

benchDecide();
benchLookup();
await benchSignIn();
console.log(['| what | figure | note |', '|---|---|---|', ...rows].join('\n'));
