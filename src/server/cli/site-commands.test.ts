import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { withoutRoute } from './site-commands.ts';

describe('closing a published route', () => {
  it('closes the one method and leaves the others of that path and every other path', () => {
    const routes = [
      { methods: ['GET' as const, 'POST' as const], path: '/webhook/a' },
      { methods: ['POST' as const], path: '/webhook/b' },
    ];
    const left = withoutRoute(routes, 'POST', '/webhook/a');
    assert.deepEqual(left, [
      { methods: ['GET'], path: '/webhook/a' },
      { methods: ['POST'], path: '/webhook/b' },
    ]);
    assert.deepEqual(withoutRoute(left, 'GET', '/webhook/a'), [{ methods: ['POST'], path: '/webhook/b' }]);
    assert.deepEqual(withoutRoute(routes, 'POST', '/webhook/c'), routes);
  });
});
