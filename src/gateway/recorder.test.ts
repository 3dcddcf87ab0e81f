import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { systemClock } from '../core/clock.ts';
import type { NewEvent } from '../core/events.ts';
import { anonymous } from '../core/events.ts';
import { silentLog } from '../core/log.ts';
import { createRecorder } from './recorder.ts';
import type { PlaneMessage } from './snapshot.ts';

function refused(reason: string, type: string): NewEvent {
  const denied = { layer: 'connection', reason, type };
  const none = { method: 'UNKNOWN', endpoint: 'unknown', path: '', status: 0, bytesIn: 0, bytesOut: 0, durationMs: 0 };
  return {
    type: 'request.finished',
    outcome: 'denied',
    principal: anonymous,
    action: 'request',
    data: { ...none, denied, layersUs: {} },
  };
}

describe('records of cut connections', () => {
  for (const [reason, type, outcome] of [
    ['tls_handshake', 'tls', 'failure'],
    ['tls_handshake (37 times)', 'tls', 'failure'],
    ['connections_max', 'flood', 'denied'],
    ['headers_timeout', 'slow', 'denied'],
    ['bad_host', 'protocol', 'denied'],
  ] as const) {
    it(`tell "${reason}" as ${outcome}, the reason kept`, () => {
      const told: PlaneMessage[] = [];
      const recorder = createRecorder({
        clock: systemClock,
        log: silentLog,
        tell: message => told.push(message),
        isRecording: () => true,
        layerNames: [],
      });
      const event = refused(reason, type);
      recorder.tell({ kind: 'event', event });
      assert.deepEqual(told, [{ kind: 'event', event: { ...event, outcome } }]);
    });
  }
});
