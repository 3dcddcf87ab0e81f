import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AuditEvent } from './event-sentence.ts';
import { eventSentence, eventTypes } from './event-sentence.ts';

function event(type: string, data: Record<string, unknown>, rest: Partial<AuditEvent> = {}): AuditEvent {
  const principal = { kind: 'user', id: 'u1', name: 'ada@example.org' };
  return { seq: 1, id: 'e1', time: 0, type, outcome: 'success', principal, action: 'some.action', data, ...rest };
}

describe('event sentence', () => {
  const cases: readonly (readonly [AuditEvent, string])[] = [
    [event('session.opened', { methods: ['password', 'recovery_code'] }), 'signed in with password and recovery code'],
    [event('workflow.updated', { workflowName: 'Nightly sync' }), 'saved the workflow “Nightly sync”'],
    [event('request.finished', { method: 'GET', path: '/rest/workflows', status: 200 }), 'GET /rest/workflows → 200'],
    [
      event('request.finished', { method: 'GET', path: '/metrics', status: 404, denied: { layer: 'route' } }),
      'GET /metrics, stopped by route',
    ],
    [
      event('project.member_changed', { to: null }, { resource: { kind: 'project', id: 'p1', name: 'Billing' } }),
      'took a person out of the project “Billing”',
    ],
    [
      event(
        'site.updated',
        { changed: ['publicRoutes', 'hosts'] },
        { resource: { kind: 'site', id: 's1', name: 'wiki' } },
      ),
      'changed public routes, hosts of the site wiki',
    ],
    [event('something.new', {}), 'some.action'],
    [
      event('api_key.revoked', {}, { resource: { kind: 'api_key', id: 'k1', name: 'nightly' } }),
      'revoked the API key “nightly”',
    ],
    [
      event('firewall.matched', { method: 'POST', path: '/v1/orders', by: 'api', verdict: 'would_block' }),
      'POST /v1/orders: the description of the API would have stopped it',
    ],
    [
      event('firewall.matched', { method: 'GET', path: '/', by: 'answers', verdict: 'redact' }),
      'GET /: the answer rules took something out of the answer to it',
    ],
    [
      event('request.finished', {
        method: 'UNKNOWN',
        path: '',
        status: 0,
        denied: { layer: 'connection', reason: 'tls_handshake (3 times)', type: 'tls' },
      }),
      'connection cut before a request: tls handshake (3 times)',
    ],
    [
      event('request.finished', {
        method: 'UNKNOWN',
        path: '',
        status: 400,
        denied: { layer: 'framing', reason: 'bad_host', type: 'protocol' },
      }),
      'unreadable request refused with 400: bad host',
    ],
    [
      event(
        'execution.started',
        { workflowId: 'Hhy4', workflowName: '', mode: 'manual' },
        { resource: { kind: 'workflow', id: 'Hhy4', name: 'Nightly sync' } },
      ),
      'started the workflow “Nightly sync” (manual)',
    ],
    [
      event(
        'execution.started',
        { workflowId: 'Hhy4', workflowName: '', mode: 'manual' },
        { resource: { kind: 'workflow', id: 'Hhy4' } },
      ),
      'started the workflow with the id Hhy4 (manual)',
    ],
  ];
  for (const [given, sentence] of cases) {
    it(`says: ${sentence}`, () => assert.equal(eventSentence(given), sentence));
  }

  it('has words for every type even when its data is empty', () => {
    for (const type of eventTypes) assert.notEqual(eventSentence(event(type, {})), '');
  });
});
