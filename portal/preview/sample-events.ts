import type { OperationOutput } from '../../src/admin/contract/contract.ts';
import type { Person } from './sample-people.ts';

export type AuditEvent = OperationOutput<'audit.search'>['events'][number];
type Subject = Pick<AuditEvent, 'principal' | 'action' | 'resource'>;
type Body = Subject & Pick<AuditEvent, 'type' | 'outcome' | 'site' | 'platform' | 'project' | 'data'>;

const minuteMs = 60_000;
const dayMs = 86_400_000;
const count = 2400;

/** Numbers that look random and are the same in every run. */
function createDice(seed: number) {
  let state = seed;
  return (sides: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
}

const workflows = [
  ['4TqJ9pZ2mKx1', 'Nightly order sync'],
  ['9aLwE3vRt0Yc', 'Ticket triage'],
  ['Zk2Hf8QmN5us', 'Invoice reminders'],
] as const;

const layers = ['waf_head', 'rate_limit', 'route', 'authorize', 'authenticate'] as const;

/** Thirty days of a small team behind the gate, newest first. More happens by day than by night. */
export function sampleEvents(people: readonly Person[], now: number): AuditEvent[] {
  const dice = createDice(20261122);
  const times = Array.from({ length: count }, (_, index) => now - timeBack(dice, index)).toSorted((a, b) => b - a);
  return times.map((time, index) => {
    const person = people[dice(4)] ?? people[0];
    if (person === undefined) throw new Error('Cannot make events: there is nobody');
    const id = (count - index).toString(16).padStart(12, '0');
    return {
      seq: 18_204 + count - index,
      id: `01995b3e-7c10-7a4e-9d21-${id}`,
      time,
      requestId: `01995b3e-7c10-7b90-8f00-${id}`,
      clientIp: ['192.168.20.14', '127.0.0.1', '203.0.113.77'][dice(3)] ?? '127.0.0.1',
      ...(index === 2 ? saved(person) : anyBody(dice, person)),
    };
  });
}

function timeBack(dice: (sides: number) => number, index: number): number {
  const back = index % 3 === 0 ? dice(30 * dayMs) : dice(dayMs);
  const hour = new Date(Date.now() - back).getUTCHours();
  return hour < 6 && dice(4) > 0 ? back % (8 * 60 * minuteMs) : back + 1000;
}

function saved(person: Person): Body {
  const [workflowId, workflowName] = workflows[0];
  return {
    type: 'workflow.updated',
    outcome: 'success',
    principal: { kind: 'user', id: person.id, name: person.email },
    action: 'workflow.update',
    resource: { kind: 'workflow', id: workflowId, name: workflowName },
    site: 'automation',
    platform: 'n8n',
    project: 'p1',
    data: { workflowId, workflowName, origin: 'traffic' },
  };
}

function anyBody(dice: (sides: number) => number, person: Person): Body {
  const principal = { kind: 'user', id: person.id, name: person.email };
  const stranger = { kind: 'anonymous', id: 'anonymous', name: 'anonymous' };
  const [workflowId, workflowName] = workflows[dice(3)] ?? workflows[0];
  const resource = { kind: 'workflow', id: workflowId, name: workflowName };
  const onSite = { site: 'automation', platform: 'n8n', project: 'p1' };
  const workflow = { workflowId, workflowName, origin: 'traffic' };
  const roll = dice(100);
  if (roll < 62) return request(dice, principal, 'success');
  if (roll < 72) return request(dice, stranger, 'denied');
  if (roll < 76) return request(dice, principal, 'failure');
  if (roll < 82)
    return {
      type: 'execution.started',
      outcome: 'success',
      principal,
      action: 'workflow.execute',
      resource,
      ...onSite,
      data: { ...workflow, executionId: '231', mode: 'manual' },
    };
  if (roll < 85)
    return {
      type: 'execution.failed',
      outcome: 'failure',
      principal,
      action: 'workflow.execute',
      resource,
      ...onSite,
      data: { ...workflow, executionId: '229', mode: 'webhook', error: 'The service refused the connection' },
    };
  if (roll < 89) return { ...saved(person), resource, data: workflow };
  if (roll < 92)
    return {
      type: 'session.opened',
      outcome: 'success',
      principal,
      action: 'session.open',
      data: { sessionId: 's1', methods: ['password', 'totp'], userAgent: 'Firefox' },
    };
  if (roll < 95)
    return {
      type: 'auth.failed',
      outcome: 'failure',
      principal: stranger,
      action: 'session.open',
      data: { login: person.email, factor: 'password', reason: 'wrong password' },
    };
  if (roll < 97)
    return {
      type: 'user.role_changed',
      outcome: 'success',
      principal,
      action: 'user.update',
      resource: { kind: 'user', id: person.id, name: person.name },
      data: { from: 'member', to: 'administrator' },
    };
  return {
    type: 'site.updated',
    outcome: 'success',
    principal,
    action: 'site.update',
    resource: { kind: 'site', id: 'site-n8n', name: 'automation' },
    site: 'automation',
    data: { changed: ['publicRoutes'] },
  };
}

function request(
  dice: (sides: number) => number,
  principal: AuditEvent['principal'],
  outcome: AuditEvent['outcome'],
): Body {
  const paths = ['/rest/workflows', '/rest/executions', '/rest/push', '/webhook/orders', '/rest/credentials'];
  const path = outcome === 'denied' ? '/rest/owner/setup' : (paths[dice(paths.length)] ?? '/');
  const layer = layers[dice(layers.length)] ?? 'route';
  const status = { success: 200, denied: 403, failure: 502 }[outcome];
  return {
    type: 'request.finished',
    outcome,
    principal,
    action: outcome === 'denied' ? 'platform.unknown' : 'workflow.read',
    site: 'automation',
    platform: 'n8n',
    data: {
      method: path.startsWith('/webhook') ? 'POST' : 'GET',
      endpoint: path,
      path,
      status,
      bytesIn: 412,
      bytesOut: 18_230,
      durationMs: 24,
      ...(outcome === 'denied'
        ? { denied: { layer, reason: 'this route is closed to everybody', type: 'policy' } }
        : {}),
      layersUs: {
        address: 4,
        bans: 6,
        rate_limit: 11,
        waf_head: 86,
        route: 9,
        authenticate: 21,
        authorize: 5,
        forward: 23_412,
        record: 40,
      },
    },
  };
}
