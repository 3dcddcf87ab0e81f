import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { silentLog } from '../core/log.ts';
import { Secret } from '../core/secret.ts';
import { createHookReceiver } from './hook-receiver.ts';
import { hookHeaders, signHookMessage } from './hook-signature.ts';
import { type PlatformFact, printN8nHook } from './platforms.ts';

const secret = new Secret('s'.repeat(43));
const now = 1_795_000_000_000;

function receiver() {
  const told: PlatformFact[] = [];
  const nonces = new Set<string>();
  const hook = createHookReceiver({
    secretOf: site => Promise.resolve(site === 'flows' ? secret : undefined),
    onFact: (_, fact) => void told.push(fact),
    mayRun: (_, run) => {
      if (run.workflowName === 'broken') throw new Error('no policy');
      return Promise.resolve(run.workflowName === 'bad' ? { allow: false, reason: 'no' } : { allow: true });
    },
    claim: key => Promise.resolve(!nonces.has(key) && nonces.add(key).size > 0),
    clock: { now: () => now, monotonicMs: () => 0 },
    log: silentLog,
  });
  return { hook, told };
}

interface Sent {
  site?: string;
  time?: number;
  nonce?: string;
  key?: Secret;
  body?: string;
  sentBody?: string;
}

function message(said: unknown, sent: Sent = {}): Request {
  const { site = 'flows', time = now, nonce = 'n'.repeat(20), key = secret, body = JSON.stringify(said) } = sent;
  const signature = signHookMessage(key, { purpose: 'message', site, time: String(time), nonce, body });
  return new Request('http://gate/', {
    method: 'POST',
    body: sent.sentBody ?? body,
    headers: {
      [hookHeaders.site]: site,
      [hookHeaders.time]: String(time),
      [hookHeaders.nonce]: nonce,
      [hookHeaders.signature]: signature,
    },
  });
}

const fact = { kind: 'fact', type: 'workflow.updated', id: 'AbC', name: 'x', account: 'Ann@Example.com' };

describe('the hook', () => {
  it('tells a signed fact with who acted, under the key of the other sources', async () => {
    const { hook, told } = receiver();
    assert.equal((await hook.receive(message(fact))).status, 200);
    assert.deepEqual(told, [
      {
        type: 'workflow.updated',
        origin: 'hook',
        key: 'workflow.updated:AbC',
        at: now,
        resource: { kind: 'workflow', id: 'AbC', name: 'x' },
        account: 'ann@example.com',
        detail: {},
      },
    ]);
  });

  const refused: readonly (readonly [name: string, sent: Sent])[] = [
    ['of a site without a hook', { site: 'other' }],
    ['signed with another secret', { key: new Secret('t'.repeat(43)) }],
    ['whose body was changed', { sentBody: JSON.stringify({ ...fact, id: 'Other' }) }],
    ['from the past', { time: now - 61_000 }],
    ['from the future', { time: now + 61_000 }],
    ['with a short nonce', { nonce: 'short' }],
    ['that is too long', { body: JSON.stringify({ ...fact, name: 'x'.repeat(70_000) }) }],
  ];
  for (const [name, sent] of refused) {
    it(`refuses a message ${name}`, async () => {
      const { hook, told } = receiver();
      assert.equal((await hook.receive(message(fact, sent))).status, 401);
      assert.deepEqual(told, []);
    });
  }

  it('refuses a message that came before, and one of another shape', async () => {
    const { hook, told } = receiver();
    await hook.receive(message(fact));
    assert.equal((await hook.receive(message(fact))).status, 401);
    assert.equal((await hook.receive(message({ ...fact, more: 1 }, { nonce: 'm'.repeat(20) }))).status, 422);
    assert.equal((await hook.receive(message(fact, { body: '{', nonce: 'o'.repeat(20) }))).status, 422);
    assert.equal(told.length, 1);
  });

  it('answers a question with a signed word, and with no when it cannot decide', async () => {
    const ask = async (workflowName: string): Promise<unknown> => {
      const answer = await receiver().hook.receive(
        message({ kind: 'ask', workflowId: 'w', workflowName, mode: 'webhook' }),
      );
      const body = await answer.clone().text();
      const signed = signHookMessage(secret, {
        purpose: 'answer',
        site: 'flows',
        time: String(now),
        nonce: 'n'.repeat(20),
        body,
      });
      assert.equal(answer.headers.get(hookHeaders.signature), signed);
      return answer.json();
    };
    assert.deepEqual(await ask('good'), { allow: true });
    assert.deepEqual(await ask('bad'), { allow: false, reason: 'no' });
    assert.deepEqual(await ask('broken'), { allow: false, reason: 'the gate could not decide' });
  });
});

describe('the hook file', () => {
  let dir: string;
  before(async () => {
    dir = await mkdtemp(path.join(tmpdir(), 'sallyport-hookfile-'));
  });
  after(() => rm(dir, { recursive: true, force: true }));

  it('holds no secret, does not load without one, and does not load when it was changed', async () => {
    const text = printN8nHook({ endpoint: 'https://localhost:8443/.sallyport/hooks/n8n', site: "o'neil" });
    assert.ok(!text.includes('`') && text.includes("o'neil"));
    const require = createRequire(import.meta.url);
    const file = path.join(dir, 'hook.cjs');
    await writeFile(file, text);
    assert.throws(() => require(file), /SALLYPORT_HOOK_SECRET_FILE/);
    const changed = path.join(dir, 'changed.cjs');
    const stub = text.replace('const secret = readSecret();', "const secret = 'x';");
    await writeFile(changed, stub);
    assert.throws(() => require(changed), /was changed/);
  });
});
