import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SecurityEvent } from '../core/events.ts';
import { anonymous, createBus } from '../core/events.ts';
import { silentLog } from '../core/log.ts';
import { createActivity } from './activity.ts';

const now = 1_700_000_000_000;

function request(outcome: 'failure' | 'denied', denied: { layer: string; type: string }): SecurityEvent {
  const none = { method: 'UNKNOWN', endpoint: 'unknown', path: '', status: 0, bytesIn: 0, bytesOut: 0, durationMs: 0 };
  const data = { ...none, denied: { ...denied, reason: 'test' }, layersUs: {} };
  const id = `${outcome}-${denied.type}`;
  return { id, time: now, type: 'request.finished', outcome, principal: anonymous, action: 'request', data };
}

describe('the numbers of the day', () => {
  it('count a flood as refused, and a TLS handshake that came to nothing neither as refused nor as a request', async () => {
    const bus = createBus(silentLog);
    const audit = { search: async () => ({ events: [], next: undefined }) };
    using activity = createActivity({ bus, audit, clock: { now: () => now } });
    bus.emit(request('failure', { layer: 'connection', type: 'tls' }));
    bus.emit(request('denied', { layer: 'connection', type: 'flood' }));
    const { requests, denied, deniedByLayer } = await activity.read();
    assert.deepEqual({ requests, denied }, { requests: 1, denied: 1 });
    assert.deepEqual(deniedByLayer, [{ layer: 'connection', count: 1 }]);
  });
});
