import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, request as httpRequest, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { isInstalled } from '../../scripts/platforms/cache.mjs';
import { systemClock } from '../../src/core/clock.ts';
import { silentLog } from '../../src/core/log.ts';
import { Secret } from '../../src/core/secret.ts';
import {
  createEventLogTail,
  createFactJoiner,
  createHookReceiver,
  createPlatforms,
  type PlatformFact,
  type PlatformSession,
  type PlatformSignIn,
  parseN8nLogLine,
  printN8nHook,
} from '../../src/platforms/platforms.ts';
import { echoWorkflow, startRealN8n } from '../servers/n8n.ts';

const signal = (): AbortSignal => AbortSignal.timeout(60_000);
const ann = { email: 'ann@example.com', firstName: 'Ann', lastName: "O'Lee <x>" };
const owner = { email: 'owner@example.com', firstName: 'Olga', lastName: '' };

interface World {
  n8n: Awaited<ReturnType<typeof startRealN8n>>;
  gate: Server;
  driver: PlatformSignIn;
  admin: PlatformSession;
  /** What the hook told, and which runs it asked for. */
  told: PlatformFact[];
  asked: string[];
  dir: string;
}

describe('the real n8n', { skip: isInstalled('n8n') ? false : 'n8n is not installed: npm run test:platforms' }, () => {
  let world: World;
  before(async () => {
    world = await startWorld();
  });
  after(async () => {
    await world.n8n.close();
    world.gate.close();
    world.gate.closeAllConnections();
    await rm(world.dir, { recursive: true, force: true });
  });

  it('is claimed once, makes accounts and signs people in over REST alone', async () => {
    const { driver } = world;
    assert.equal(await driver.isUnclaimed(signal()), false);
    assert.equal(await driver.version(signal()), '2.41.1');
    const password = await driver.createAccount(world.admin, ann, signal());
    const session = await driver.signIn({ email: ann.email, password }, signal());
    assert.equal((await call('GET', '/rest/login', session)).status, 200);
    const again = await driver.createAccount(world.admin, ann, signal());
    assert.equal(again.equals(password), false);
    await assert.rejects(driver.signIn({ email: ann.email, password }, signal()), { code: 'platforms.refused' });
    const renewed = await driver.signIn({ email: ann.email, password: again }, signal());
    await driver.signOut(renewed, signal());
    assert.equal((await call('GET', '/rest/login', renewed)).status, 401);
  });

  it('leaves open only what the table closes, publishes or asks a permission for', async () => {
    const n8n = platform();
    for (const [method, target] of openTargets) {
      const canonical = n8n.canonicalise(target);
      assert.ok(canonical.ok, target);
      const { need } = n8n.classify({ method, path: canonical.path, query: '', upgrade: false });
      assert.notEqual(need.kind, 'open', target);
      const answer = await call(method, target);
      assert.notEqual(answer.status, 401, `${method} ${target} asks for a sign-in by itself`);
    }
  });

  it('routes every spelling it takes as the table reads it', async () => {
    const n8n = platform();
    for (const target of [
      '/REST/Workflows',
      '/rest/workflows/',
      '/Rest/LOGIN/',
      '/API/v1/Workflows',
      '/api/v1/workflows/',
    ]) {
      const canonical = n8n.canonicalise(target);
      assert.ok(canonical.ok);
      const plain = await call('GET', target, world.admin);
      const folded = await call('GET', canonical.path, world.admin);
      assert.equal(plain.status, 200, target);
      assert.equal(folded.status, 200, canonical.path);
    }
  });

  it('tells one fact once from traffic, log and hook', { timeout: 120_000 }, async () => {
    const now: string[] = [];
    const joiner = createFactJoiner({ now: () => systemClock.monotonicMs() });
    const told: PlatformFact[] = [];
    const tell = (fact: PlatformFact): void => {
      now.push(`${fact.origin} ${fact.key}`);
      if (joiner.offer('n8n', fact)) told.push(fact);
    };
    await using tail = createEventLogTail({
      file: world.n8n.eventLogFile,
      parse: parseN8nLogLine,
      onFact: tell,
      log: silentLog,
      pollMs: 100,
    });
    await tail.poll();
    world.told.length = 0;
    const { id, executionId } = await liveWithAWorkflow(tell);
    const wanted = [
      `workflow.created:${id}`,
      `workflow.updated:${id}`,
      `workflow.activated:${id}`,
      `workflow.deactivated:${id}`,
      `workflow.deleted:archived:${id}`,
      `workflow.deleted:removed:${id}`,
      `execution.started:${executionId}`,
      `execution.finished:${executionId}`,
    ];
    await until(
      () => wanted.every(key => world.told.some(one => one.key === key) || key.startsWith('execution.started')),
      () => now.join('\n'),
    );
    await tail.poll();
    for (const fact of world.told) tell(fact);
    for (const key of wanted) assert.equal(told.filter(one => one.key === key).length, 1, `${key}\n${now.join('\n')}`);
    const created = world.told.find(one => one.key === `workflow.created:${id}`);
    assert.equal(created?.account, owner.email);
  });

  it('runs nothing that the gate vetoes', async () => {
    const made = await call('POST', '/rest/workflows', world.admin, { ...echoWorkflow('forbidden', 'forbidden') });
    const { id, versionId } = made.data;
    await call('POST', `/rest/workflows/${id}/activate`, world.admin, { versionId });
    await until(async () => (await call('POST', '/webhook/forbidden', undefined, {})).status !== 404);
    assert.equal((await call('POST', '/webhook/forbidden', undefined, {})).status, 500);
    assert.ok(world.asked.includes('forbidden webhook'));
  });

  it('closes a push channel whose origin is not the forwarded host', async () => {
    const { host } = new URL(world.n8n.baseUrl);
    assert.equal(await pushes({ origin: 'https://gate.test', 'x-forwarded-host': 'gate.test' }), 'open');
    assert.equal(await pushes({ origin: 'https://evil.test', 'x-forwarded-host': 'gate.test' }), 'closed');
    assert.equal(await pushes({ origin: `http://${host}` }), 'open');
  });

  async function startWorld(): Promise<World> {
    const dir = await mkdtemp(path.join(tmpdir(), 'sallyport-hook-'));
    const told: PlatformFact[] = [];
    const asked: string[] = [];
    const secret = new Secret(randomBytes(32).toString('base64url'));
    const nonces = new Set<string>();
    const receiver = createHookReceiver({
      secretOf: site => Promise.resolve(site === 'n8n' ? secret : undefined),
      onFact: (_, fact) => void told.push(fact),
      mayRun: (_, run) => {
        asked.push(`${run.workflowName} ${run.mode}`);
        return Promise.resolve(
          run.workflowName === 'forbidden' ? { allow: false, reason: 'not this one' } : { allow: true },
        );
      },
      claim: key => Promise.resolve(!nonces.has(key) && nonces.add(key) !== undefined),
      clock: systemClock,
      log: silentLog,
    });
    const gate = createServer((req, res) => {
      const init = {
        method: req.method ?? 'GET',
        headers: req.headers as Record<string, string>,
        body: req,
        duplex: 'half',
      };
      void receiver.receive(new Request('http://gate/', init as unknown as RequestInit)).then(async answer => {
        res.writeHead(answer.status, Object.fromEntries(answer.headers));
        return res.end(await answer.text());
      });
    });
    await new Promise<void>(resolve => gate.listen(0, '127.0.0.1', resolve));
    const { port } = gate.address() as { port: number };
    const hookFile = path.join(dir, 'sallyport-hook.cjs');
    const secretFile = path.join(dir, 'secret');
    await writeFile(secretFile, `${secret.reveal()}\n`, { mode: 0o600 });
    await writeFile(hookFile, printN8nHook({ endpoint: `http://127.0.0.1:${port}/`, site: 'n8n' }));
    const n8n = await startRealN8n({
      env: { EXTERNAL_HOOK_FILES: hookFile, SALLYPORT_HOOK_SECRET_FILE: secretFile, N8N_METRICS: 'true' },
    });
    const driver = platform().createSignIn?.({ baseUrl: n8n.baseUrl, fetch, random: randomBytes });
    assert.ok(driver);
    assert.equal(await driver.isUnclaimed(signal()), true);
    const password = await driver.claim(owner, signal());
    await assert.rejects(driver.claim(owner, signal()), { code: 'platforms.refused' });
    const admin = await driver.signIn({ email: owner.email, password }, signal());
    return { n8n, gate, driver, admin, told, asked, dir };
  }

  async function liveWithAWorkflow(tell: (fact: PlatformFact) => void): Promise<{ id: string; executionId: string }> {
    const step = async (method: string, target: string, body?: unknown): Promise<Answer> => {
      const answer = await call(method, target, world.admin, body);
      const request = { method, path: target, query: '', upgrade: false };
      const classification = platform().classify(request);
      for (const fact of platform().observe({
        request,
        classification,
        status: answer.status,
        body: answer.text,
        at: Date.now(),
      }))
        tell(fact);
      return answer;
    };
    const { id } = (await step('POST', '/rest/workflows', echoWorkflow('echo', 'echo'))).data;
    await step('PATCH', `/rest/workflows/${id}`, { name: 'renamed' });
    const { versionId } = (await step('GET', `/rest/workflows/${id}`)).data;
    const run = await step('POST', `/rest/workflows/${id}/run`, { triggerToStartFrom: { name: 'Start' } });
    const { executionId } = run.data;
    assert.match(executionId, /^\d+$/);
    await step('POST', `/rest/workflows/${id}/activate`, { versionId });
    await until(async () => (await call('POST', '/webhook/echo', undefined, { msg: 'hi' })).status === 200);
    await step('POST', `/rest/workflows/${id}/deactivate`, {});
    await step('POST', `/rest/workflows/${id}/archive`, {});
    await until(async () => (await step('DELETE', `/rest/workflows/${id}`)).status === 200);
    return { id, executionId };
  }

  interface Answer {
    readonly status: number;
    readonly text: string;
    readonly data: Record<'id' | 'versionId' | 'executionId', string>;
  }

  async function call(method: string, target: string, session?: PlatformSession, body?: unknown): Promise<Answer> {
    const headers: Record<string, string> = { 'content-type': 'application/json' };
    for (const [name, value] of Object.entries(session?.headers ?? {})) headers[name] = value.reveal();
    const response = await fetch(world.n8n.baseUrl + target, {
      method,
      headers,
      redirect: 'manual',
      signal: signal(),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    let data: unknown;
    try {
      data = (JSON.parse(text) as { data?: unknown }).data;
    } catch {
      data = {};
    }
    return { status: response.status, text, data: (data ?? {}) as Answer['data'] };
  }

  function pushes(headers: Record<string, string>): Promise<'open' | 'closed'> {
    return new Promise((resolve, reject) => {
      const req = httpRequest(`${world.n8n.baseUrl}/rest/push?pushRef=abc`, {
        headers: {
          connection: 'Upgrade',
          upgrade: 'websocket',
          'sec-websocket-version': '13',
          'sec-websocket-key': randomBytes(16).toString('base64'),
          cookie: world.admin.headers.cookie?.reveal() ?? '',
          ...headers,
        },
      });
      req.on('upgrade', (_, socket, head) => {
        const timer = setTimeout(() => socket.destroy(), 3000);
        // It says why in a frame of its own before the close frame; both may come at once, even with the head.
        let said = head.toString('latin1');
        socket.on('data', (data: Buffer) => {
          said += data.toString('latin1');
        });
        socket.on('close', () => {
          clearTimeout(timer);
          resolve(said.includes('Invalid origin') ? 'closed' : 'open');
        });
      });
      req.on('error', reject);
      req.end();
    });
  }
});

/** Answered by n8n without a sign-in: a proof that the table must not call them open. */
const openTargets = [
  ['GET', '/metrics'],
  ['GET', '/healthz'],
  ['GET', '/rest/settings'],
  ['POST', '/rest/owner/setup'],
  ['POST', '/rest/forgot-password'],
  ['POST', '/rest/change-password'],
  ['GET', '/rest/resolve-signup-token'],
  ['POST', '/rest/invitations/accept'],
  ['GET', '/.well-known/oauth-authorization-server'],
  ['POST', '/mcp-oauth/register'],
  ['POST', '/mcp-server/http'],
  ['POST', '/webhook/anything'],
  ['GET', '/form/anything'],
  ['GET', '/signin'],
  ['GET', '/static/prefers-color-scheme.css'],
] as const;

function platform(): NonNullable<ReturnType<ReturnType<typeof createPlatforms>['get']>> {
  const n8n = createPlatforms().get('n8n');
  assert.ok(n8n);
  return n8n;
}

async function until(holds: () => boolean | Promise<boolean>, shown: () => string = () => ''): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`It did not come to be in 30 s\n${shown()}`);
    await new Promise(resolve => setTimeout(resolve, 200));
  }
}
