import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { NewEvent, SecurityEvent } from './events.ts';
import { anonymous } from './events.ts';
import { describeEvents, isEventType, toOcsf } from './ocsf.ts';

const source = readFileSync(new URL('./events.ts', import.meta.url), 'utf8');
const dataBlock = /export interface EventData \{([\s\S]*?)\n\}/.exec(source)?.[1] ?? '';
const listedTypes = [...dataBlock.matchAll(/^ {2}'([a-z_.]+)':/gm)].map(match => match[1] ?? '');

const eventOf = (event: Omit<NewEvent, 'principal' | 'action' | 'outcome'> & Partial<NewEvent>): SecurityEvent => ({
  id: '0190',
  time: 1_700_000_000_000,
  outcome: 'success',
  principal: anonymous,
  action: 'a.b',
  ...event,
});

const request = (method: string, denied?: { layer: string; reason: string; type: string }): SecurityEvent =>
  eventOf({
    type: 'request.finished',
    outcome: denied === undefined ? 'success' : 'denied',
    requestId: 'r-1',
    site: 'n8n',
    clientIp: '192.0.2.1',
    data: {
      method,
      endpoint: '/rest/workflows/:id',
      path: '/rest/workflows/7',
      status: 200,
      bytesIn: 1,
      bytesOut: 2,
      durationMs: 3.4,
      layersUs: {},
      ...(denied === undefined ? {} : { denied }),
    },
  });

describe('ocsf mapping', () => {
  it('has a class and a sentence for exactly the event types there are', () => {
    assert.deepEqual(
      describeEvents().map(row => row.type),
      listedTypes.toSorted(),
    );
    for (const row of describeEvents()) assert.match(row.tells, /^[A-Z].{8,}/, row.type);
    assert.equal(isEventType('nothing.happened'), false);
    assert.equal(isEventType('toString'), false);
  });

  for (const type of listedTypes) {
    it(`maps ${type} to a class whose type_uid follows from class and activity`, () => {
      const data = { method: 'GET', how: 'updated', to: 'x', from: 'y', matches: [] };
      const ocsf = toOcsf(eventOf({ type: type as SecurityEvent['type'], data } as never));
      assert.equal(ocsf.type_uid, ocsf.class_uid * 100 + ocsf.activity_id);
      assert.equal(ocsf.category_uid, Math.floor(ocsf.class_uid / 1000));
      assert.ok(ocsf.severity_id >= 1 && ocsf.severity_id <= 4);
      assert.equal(ocsf.status_id, 1);
      assert.equal(ocsf.metadata['version'], '1.3.0');
      assert.equal(ocsf.metadata['uid'], '0190');
      assert.equal(ocsf.actor.user.uid, 'anonymous');
      assert.deepEqual(ocsf.unmapped['data'], data);
    });
  }

  it('names the HTTP method as the activity and carries the request', () => {
    const ocsf = toOcsf(request('POST'));
    assert.equal(ocsf.type_uid, 400_206);
    assert.deepEqual(ocsf['http_request'], {
      http_method: 'POST',
      url: { path: '/rest/workflows/7', hostname: 'n8n' },
      uid: 'r-1',
    });
    assert.deepEqual(ocsf['src_endpoint'], { ip: '192.0.2.1' });
    assert.equal(ocsf['action_id'], 1);
    assert.equal(toOcsf(request('PROPFIND')).activity_id, 99);
  });

  it('tells a denied request apart: failure, blocked, at least low severity, and by which layer', () => {
    const ocsf = toOcsf(request('GET', { layer: 'waf', reason: 'sql', type: 'waf' }));
    assert.equal(ocsf.status_id, 2);
    assert.equal(ocsf.severity_id, 2);
    assert.equal(ocsf['disposition_id'], 2);
    assert.equal(ocsf['status_detail'], 'waf: sql');
  });

  it('takes the activity from what was done to a credential or a membership', () => {
    const changed = (how: 'created' | 'updated' | 'deleted') =>
      toOcsf(eventOf({ type: 'credential.changed', data: { credential: 'c', how, origin: 'traffic' } })).activity_id;
    assert.deepEqual([changed('created'), changed('updated'), changed('deleted')], [1, 3, 4]);
    const member = (to: string | null) =>
      toOcsf(eventOf({ type: 'project.member_changed', data: { userId: 'u', from: 'editor', to } })).activity_id;
    assert.deepEqual([member('viewer'), member(null)], [1, 2]);
  });
});
