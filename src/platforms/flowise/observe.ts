import { scanJson } from '../json-scan.ts';
import type { Platform, PlatformFact } from '../platforms.ts';

type Input = Parameters<Platform['observe']>[0];

/** Facts in an answered request of Flowise, by the action of its route. Only what succeeded is a fact. */
export function observeFlowise(input: Input): PlatformFact[] {
  const { classification, status } = input;
  if (status < 200 || status >= 300 || classification.observeBytesMax === undefined) return [];
  switch (classification.action) {
    case 'workflow.create':
      return workflow(input, 'workflow.created');
    case 'workflow.update':
      return workflow(input, 'workflow.updated');
    case 'workflow.delete':
      return workflow(input, 'workflow.deleted');
    case 'workflow.execute':
      return prediction(input);
    case 'credential.create':
      return credential(input, 'created');
    case 'credential.update':
      return credential(input, 'updated');
    case 'credential.delete':
      return credential(input, 'deleted');
    case 'credential.reveal':
      return credential(input, 'revealed');
    default:
      return [];
  }
}

function workflow(input: Input, type: PlatformFact['type']): PlatformFact[] {
  const { id: made, name } = scanJson(input.body, ['id', 'name']);
  const id = input.classification.resource?.id ?? made;
  if (id === undefined) return [];
  const resource = { kind: 'workflow', id, ...(name === undefined ? {} : { name }) };
  return [{ type, origin: 'traffic', key: `${type}:${id}`, at: input.at, resource, detail: {} }];
}

/** An answer means that the run is over: it started and it finished. A streamed answer that is cut off names no execution. */
function prediction(input: Input): PlatformFact[] {
  const found = scanJson(input.body, ['executionId', 'chatMessageId']);
  const executionId = found.executionId ?? found.chatMessageId;
  const id = input.classification.resource?.id;
  if (executionId === undefined || id === undefined) return [];
  const mode = input.request.path.startsWith('/api/v1/internal-') ? 'manual' : 'prediction';
  const fact = (type: 'execution.started' | 'execution.finished'): PlatformFact => ({
    type,
    origin: 'traffic',
    key: `${type}:${executionId}`,
    at: input.at,
    resource: { kind: 'workflow', id },
    detail: { executionId, mode },
  });
  return [fact('execution.started'), fact('execution.finished')];
}

function credential(input: Input, how: string): PlatformFact[] {
  const { id: made, name } = scanJson(input.body, ['id', 'name']);
  const id = input.classification.resource?.id ?? made;
  if (id === undefined) return [];
  const type = how === 'revealed' ? 'credential.accessed' : 'credential.changed';
  const resource = { kind: 'credential', id, ...(name === undefined ? {} : { name }) };
  return [{ type, origin: 'traffic', key: `${type}:${how}:${id}`, at: input.at, resource, detail: { how } }];
}
