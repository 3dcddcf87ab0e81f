import { z } from 'zod';
import type { PlatformFact } from '../platforms.ts';
import { factKey } from './observe.ts';

const short = z.string().max(1024);
const payload = z.object({
  _email: short.optional(),
  workflowId: short.optional(),
  workflowName: short.optional(),
  executionId: short.optional(),
  mode: short.optional(),
  source: short.optional(),
  errorMessage: z.string().optional(),
  credentialId: short.optional(),
  credentialType: short.optional(),
});
const line = z.object({ eventName: z.string().max(200), ts: z.string().max(64), payload });

type Payload = z.infer<typeof payload>;

/** What one line of n8nEventLog.log says; undefined for confirmations, other events and lines that are not whole. */
export function parseN8nLogLine(text: string): PlatformFact | undefined {
  // Confirmations and node steps are most of the volume; no need to parse them.
  if (text.startsWith('{"__type":"$$EventMessageConfirm"') || text.startsWith('{"__type":"$$EventMessageNode"'))
    return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const parsed = line.safeParse(value);
  const at = parsed.success ? Date.parse(parsed.data.ts) : Number.NaN;
  const read = parsed.success ? readers.get(parsed.data.eventName) : undefined;
  if (!parsed.success || Number.isNaN(at) || !read) return undefined;
  const { _email: email } = parsed.data.payload;
  const account = email?.toLowerCase();
  const fact = read(parsed.data.payload);
  return fact && { ...fact, origin: 'platform_log', at, ...(account === undefined ? {} : { account }) };
}

type Read = (payload: Payload) => Omit<PlatformFact, 'origin' | 'at'> | undefined;

const workflow =
  (type: PlatformFact['type'], how?: string): Read =>
  ({ workflowId: id, workflowName: name }) =>
    id === undefined
      ? undefined
      : {
          type,
          key: factKey(type, id, how),
          resource: { kind: 'workflow', id, ...(name === undefined ? {} : { name }) },
          detail: how === undefined ? {} : { how },
        };

const execution =
  (type: 'execution.started' | 'execution.finished' | 'execution.failed'): Read =>
  ({ workflowId: id = 'unknown', workflowName: name, executionId, mode, source, errorMessage }) =>
    executionId === undefined
      ? undefined
      : {
          type,
          key: `${type}:${executionId}`,
          resource: { kind: 'workflow', id, ...(name === undefined ? {} : { name }) },
          detail: {
            executionId,
            mode: mode ?? (source === 'user-manual' ? 'manual' : (source ?? 'unknown')),
            ...(type === 'execution.failed' ? { error: (errorMessage ?? 'unknown').slice(0, 500) } : {}),
          },
        };

const credential =
  (how: 'created' | 'updated' | 'deleted'): Read =>
  ({ credentialId: id = 'unknown', credentialType }) => ({
    type: 'credential.changed',
    key: factKey('credential.changed', id, how),
    resource: { kind: 'credential', id },
    detail: { how, ...(credentialType === undefined ? {} : { credentialType }) },
  });

const readers = new Map<string, Read>([
  ['n8n.audit.workflow.created', workflow('workflow.created')],
  ['n8n.audit.workflow.updated', workflow('workflow.updated')],
  ['n8n.audit.workflow.unarchived', workflow('workflow.updated', 'unarchived')],
  ['n8n.audit.workflow.activated', workflow('workflow.activated')],
  ['n8n.audit.workflow.deactivated', workflow('workflow.deactivated')],
  ['n8n.audit.workflow.archived', workflow('workflow.deleted', 'archived')],
  ['n8n.audit.workflow.deleted', workflow('workflow.deleted', 'removed')],
  ['n8n.audit.workflow.executed', execution('execution.started')],
  ['n8n.workflow.started', execution('execution.started')],
  ['n8n.workflow.success', execution('execution.finished')],
  ['n8n.workflow.failed', execution('execution.failed')],
  ['n8n.audit.user.credentials.created', credential('created')],
  ['n8n.audit.user.credentials.updated', credential('updated')],
  ['n8n.audit.user.credentials.deleted', credential('deleted')],
]);
