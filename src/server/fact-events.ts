import type { NewEvent, PrincipalRef } from '../core/events.ts';
import type { PlatformFact } from '../platforms/platforms.ts';

/** Where a fact came from, as the record names it. */
export interface FactSource {
  readonly site: string;
  readonly platform: string;
  readonly principal: PrincipalRef;
  readonly requestId?: string;
}

/** What was done, in the words that classified requests use too, so that one search finds both. */
const actions: Readonly<Record<PlatformFact['type'], string>> = {
  'workflow.created': 'workflow.create',
  'workflow.updated': 'workflow.update',
  'workflow.deleted': 'workflow.delete',
  'workflow.activated': 'workflow.activate',
  'workflow.deactivated': 'workflow.deactivate',
  'execution.started': 'workflow.execute',
  'execution.finished': 'workflow.execute',
  'execution.failed': 'workflow.execute',
  'credential.accessed': 'credential.use',
  'credential.changed': 'credential.change',
  'data_source.accessed': 'data_source.use',
};

/** The security event that a platform's fact is. */
export function toEvent(fact: PlatformFact, source: FactSource): NewEvent {
  const { detail, origin, resource } = fact;
  const common = {
    outcome: fact.type === 'execution.failed' ? ('failure' as const) : ('success' as const),
    principal: source.principal,
    action: actions[fact.type],
    resource,
    site: source.site,
    platform: source.platform,
    time: fact.at,
    ...(source.requestId === undefined ? {} : { requestId: source.requestId }),
  };
  const workflow = { workflowId: resource.id, workflowName: resource.name ?? '', origin };
  const execution = { ...workflow, executionId: detail['executionId'] ?? '', mode: detail['mode'] ?? 'unknown' };
  switch (fact.type) {
    case 'workflow.created':
    case 'workflow.updated':
    case 'workflow.deleted':
    case 'workflow.activated':
    case 'workflow.deactivated':
      return { ...common, type: fact.type, data: workflow };
    case 'execution.started':
    case 'execution.finished':
      return { ...common, type: fact.type, data: execution };
    case 'execution.failed':
      return { ...common, type: fact.type, data: { ...execution, error: detail['error'] ?? 'unknown' } };
    case 'credential.accessed':
      return {
        ...common,
        type: fact.type,
        data: { credential: resource.name ?? resource.id, how: detail['how'] ?? 'used', origin },
      };
    case 'credential.changed':
      return {
        ...common,
        type: fact.type,
        data: { credential: resource.name ?? resource.id, how: changeOf(detail['how']), origin },
      };
    case 'data_source.accessed':
      return {
        ...common,
        type: fact.type,
        data: { dataSource: resource.name ?? resource.id, how: detail['how'] ?? 'used', origin },
      };
    default:
      return fact.type satisfies never;
  }
}

function changeOf(how: string | undefined): 'created' | 'updated' | 'deleted' {
  return how === 'created' || how === 'deleted' ? how : 'updated';
}
