import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { gateState, portalPath } from './gate-state.ts';

const site = (name: string, healthy: boolean) => ({
  id: name,
  name,
  platform: 'n8n',
  address: 'https://localhost:8444',
  upstreams: [{ url: 'http://localhost:5678', healthy, active: 0 }],
});

describe('gate state', () => {
  it('is calm when it guards, records and every site answers', () => {
    const state = gateState({ ready: true, recording: true, sites: [site('a', true), site('b', true)] }, 0);
    assert.deepEqual(state, {
      level: 'calm',
      title: 'Guarding 2 sites',
      sentences: ['Recording.', 'Everything needs sign-in.'],
    });
  });

  it('never says that everything needs sign-in while routes are published', () => {
    const state = gateState({ ready: true, recording: true, sites: [site('a', true)] }, 3);
    assert.ok(state.sentences.includes('Everything needs sign-in but 3 published routes.'));
  });

  it('puts not recording before everything else', () => {
    assert.equal(gateState({ ready: false, recording: false, sites: [] }, 0).title, 'Not recording');
  });

  it('names the sites that do not answer', () => {
    const state = gateState({ ready: true, recording: true, sites: [site('a', true), site('b', false)] }, 0);
    assert.equal(state.level, 'attention');
    assert.ok(state.sentences[0]?.includes('b'));
  });

  it('says what to do when nothing is guarded', () => {
    assert.equal(gateState({ ready: true, recording: true, sites: [] }, 0).level, 'attention');
  });
});

describe('link of a to-do item', () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['/.sallyport/portal/people', '/people'],
    ['/.sallyport/portal', '/'],
    ['/.sallyport/portal/sites/s1', '/sites/s1'],
    ['/.sallyport/portal/settings', undefined],
    ['/.sallyport/portals', undefined],
    ['/.sallyport/sign-in', undefined],
    ['//evil.example', undefined],
    ['https://evil.example', undefined],
    ['javascript:alert(1)', undefined],
  ];
  for (const [link, path] of cases) {
    it(`takes ${link} as ${path ?? 'outside the portal'}`, () => assert.equal(portalPath(link), path));
  }
});
