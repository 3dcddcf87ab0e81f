import { z } from 'zod';
import type { Clock } from '../core/clock.ts';
import type { Log } from '../core/log.ts';
import type { Secret } from '../core/secret.ts';
import { hookHeaders, isSignedBy, type SignedMessage, signHookMessage } from './hook-signature.ts';
import { factKey } from './n8n/observe.ts';
import type { PlatformFact } from './platforms.ts';

export interface HookReceiverDeps {
  /** The secret shared with the hook of a site; undefined for a site without one. */
  readonly secretOf: (site: string) => Promise<Secret | undefined>;
  readonly onFact: (site: string, fact: PlatformFact) => void | Promise<void>;
  /** Whether a run may begin. A throw is a refusal. */
  readonly mayRun: (
    site: string,
    run: { workflowId: string; workflowName: string; mode: string },
  ) => Promise<{ allow: true } | { allow: false; reason: string }>;
  /** True exactly once per nonce (the store's counters). */
  readonly claim: (key: string, ttlMs: number) => Promise<boolean>;
  readonly clock: Clock;
  readonly log: Log;
}

export interface HookReceiver {
  /** Takes one signed message of the hook. Unknown site, bad signature, old or repeated message: 401, and nothing is told apart. */
  receive(request: Request): Promise<Response>;
}

const skewMs = 60_000;
const bodyBytesMax = 64 * 1024;
const text = z.string().max(1024);

const message = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('ready'), hook: text }),
  z.strictObject({ kind: z.literal('ask'), workflowId: text, workflowName: text, mode: text }),
  z.strictObject({
    kind: z.literal('fact'),
    type: z.enum([
      'workflow.created',
      'workflow.updated',
      'workflow.deleted',
      'workflow.activated',
      'workflow.deactivated',
      'execution.finished',
      'execution.failed',
      'credential.changed',
    ]),
    id: text,
    name: text.optional(),
    how: z.enum(['archived', 'removed', 'unarchived', 'updated', 'deleted', 'created']).optional(),
    account: text.optional(),
    executionId: text.optional(),
    mode: text.optional(),
    error: text.optional(),
  }),
]);

type Fact = Extract<z.infer<typeof message>, { kind: 'fact' }>;

/** The gate's end of the n8n hook: signed, dated, single-use messages in; signed answers out. */
export function createHookReceiver(deps: HookReceiverDeps): HookReceiver {
  return {
    async receive(request) {
      const body = await readBounded(request);
      const signed: SignedMessage = {
        purpose: 'message',
        site: request.headers.get(hookHeaders.site) ?? '',
        time: request.headers.get(hookHeaders.time) ?? '',
        nonce: request.headers.get(hookHeaders.nonce) ?? '',
        body: body ?? '',
      };
      const secret =
        body === undefined
          ? undefined
          : await authenticate(deps, signed, request.headers.get(hookHeaders.signature) ?? '');
      if (!secret) return new Response(null, { status: 401 });
      const parsed = message.safeParse(parse(signed.body));
      if (!parsed.success) return new Response(null, { status: 422 });
      const answer = JSON.stringify(await answerTo(deps, signed.site, parsed.data));
      const signature = signHookMessage(secret, { ...signed, purpose: 'answer', body: answer });
      return new Response(answer, {
        headers: { 'content-type': 'application/json', [hookHeaders.signature]: signature },
      });
    },
  };
}

async function authenticate(
  deps: HookReceiverDeps,
  signed: SignedMessage,
  signature: string,
): Promise<Secret | undefined> {
  const isWellFormed =
    /^\d{13}$/.test(signed.time) && /^[A-Za-z0-9_-]{16,64}$/.test(signed.nonce) && signed.site.length <= 200;
  if (!isWellFormed || Math.abs(deps.clock.now() - Number(signed.time)) > skewMs) return undefined;
  const secret = await deps.secretOf(signed.site);
  if (!secret || !isSignedBy(secret, signed, signature)) return undefined;
  // Only a message that is genuine uses its nonce up.
  return (await deps.claim(`platforms/hook/${signed.site}/${signed.nonce}`, skewMs * 3)) ? secret : undefined;
}

async function answerTo(deps: HookReceiverDeps, site: string, said: z.infer<typeof message>): Promise<unknown> {
  switch (said.kind) {
    case 'ready':
      deps.log.info('platforms.hook_ready', { site, hook: said.hook });
      return { ok: true };
    case 'ask':
      try {
        const { workflowId, workflowName, mode } = said;
        return await deps.mayRun(site, { workflowId, workflowName, mode });
      } catch (error) {
        deps.log.error('platforms.hook_ask_failed', { site, error });
        return { allow: false, reason: 'the gate could not decide' };
      }
    case 'fact':
      await deps.onFact(site, factOf(said, deps.clock.now()));
      return { ok: true };
    default:
      return said satisfies never;
  }
}

function factOf(said: Fact, at: number): PlatformFact {
  const { type, id, name, how, account, executionId = 'unknown', mode = 'unknown', error } = said;
  const isExecution = type === 'execution.finished' || type === 'execution.failed';
  return {
    type,
    origin: 'hook',
    key: isExecution ? `${type}:${executionId}` : factKey(type, id, how),
    at,
    resource: {
      kind: type === 'credential.changed' ? 'credential' : 'workflow',
      id,
      ...(name === undefined ? {} : { name }),
    },
    ...(account === undefined ? {} : { account: account.toLowerCase() }),
    detail: {
      ...(how === undefined ? {} : { how }),
      ...(isExecution ? { executionId, mode } : {}),
      ...(type === 'execution.failed' ? { error: (error ?? 'unknown').slice(0, 500) } : {}),
    },
  };
}

async function readBounded(request: Request): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  if (request.body === null) return '';
  for await (const chunk of request.body) {
    bytes += chunk.byteLength;
    if (bytes > bodyBytesMax) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
