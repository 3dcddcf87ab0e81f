import { scanJson } from '../json-scan.ts';
import type { Platform, PlatformFact } from '../platforms.ts';

type Input = Parameters<Platform['observe']>[0];

/** Facts in an answered request of n8n, by the action of its route. Only what succeeded is a fact. */
export function observeN8n(input: Input): PlatformFact[] {
  if (input.status < 200 || input.status >= 300) return [];
  const observe = observers.get(input.classification.action);
  // The public API answers without the `data` wrapper of the editor's own.
  const within = input.request.path.startsWith('/api/') ? '' : 'data.';
  return observe ? observe(input, within) : [];
}

const observers = new Map<string, (input: Input, within: string) => PlatformFact[]>([
  ['workflow.create', (input, within) => workflow(input, within, 'workflow.created')],
  ['workflow.update', (input, within) => workflow(input, within, 'workflow.updated')],
  ['workflow.activate', (input, within) => workflow(input, within, 'workflow.activated')],
  ['workflow.deactivate', (input, within) => workflow(input, within, 'workflow.deactivated')],
  ['workflow.archive', (input, within) => workflow(input, within, 'workflow.deleted', 'archived')],
  ['workflow.unarchive', (input, within) => workflow(input, within, 'workflow.updated', 'unarchived')],
  ['workflow.delete', (input, within) => workflow(input, within, 'workflow.deleted', 'removed')],
  ['workflow.execute', (input, within) => started(input, within, 'executionId')],
  ['execution.retry', (input, within) => started(input, within, 'id')],
  ['credential.create', (input, within) => credential(input, within, 'created')],
  ['credential.update', (input, within) => credential(input, within, 'updated')],
  ['credential.delete', (input, within) => credential(input, within, 'deleted')],
  ['credential.test', (input, within) => credential(input, within, 'tested')],
  ['credential.use', (input, within) => credential(input, within, 'used')],
]);

function workflow(input: Input, within: string, type: PlatformFact['type'], how?: string): PlatformFact[] {
  // Saving something of a workflow that is not the workflow itself (a tag, an evaluation) keeps no answer.
  if (input.classification.observeBytesMax === undefined) return [];
  const found = scanJson(input.body, [`${within}id`, `${within}name`]);
  const id = input.classification.resource?.id ?? found[`${within}id`];
  if (id === undefined) return [];
  const name = found[`${within}name`];
  return [
    {
      type,
      origin: 'traffic',
      key: factKey(type, id, how),
      at: input.at,
      resource: { kind: 'workflow', id, ...(name === undefined ? {} : { name }) },
      detail: { ...(how === undefined ? {} : { how }) },
    },
  ];
}

/** A run that waits for a test webhook has no execution yet: then there is no fact. */
function started(input: Input, within: string, member: string): PlatformFact[] {
  const wanted = [`${within}${member}`, `${within}workflowId`, `${within}mode`];
  const found = scanJson(input.body, wanted);
  const executionId = found[`${within}${member}`];
  if (executionId === undefined) return [];
  const isRetry = input.classification.action === 'execution.retry';
  const workflowId = isRetry ? found[`${within}workflowId`] : input.classification.resource?.id;
  const mode = isRetry ? 'retry' : 'manual';
  const key = `execution.started:${executionId}`;
  const resource = { kind: 'workflow', id: workflowId ?? 'unknown' };
  return [{ type: 'execution.started', origin: 'traffic', key, at: input.at, resource, detail: { executionId, mode } }];
}

function credential(input: Input, within: string, how: string): PlatformFact[] {
  const found = scanJson(input.body, [`${within}id`, `${within}name`, `${within}type`]);
  // A test of unsaved data and a dynamic list name the credential in the request's body, which the gate does not keep.
  const id = input.classification.resource?.id ?? found[`${within}id`] ?? 'in the request';
  const isChange = how === 'created' || how === 'updated' || how === 'deleted';
  const type = isChange ? 'credential.changed' : 'credential.accessed';
  const name = found[`${within}name`];
  return [
    {
      type,
      origin: 'traffic',
      key: factKey(type, id, how),
      at: input.at,
      resource: { kind: 'credential', id, ...(name === undefined ? {} : { name }) },
      detail: { how },
    },
  ];
}

/**
 * One key for one fact from every source. The platform's log does not say which credential was deleted, so deletions share a key; archiving
 * and removing a workflow are two facts.
 */
export function factKey(type: PlatformFact['type'], id: string, how?: string): string {
  if (type === 'credential.changed' && how === 'deleted') return 'credential.changed:deleted';
  return how === undefined ? `${type}:${id}` : `${type}:${how}:${id}`;
}
