import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { permissions } from '../../core/permissions.ts';
import type { MachineScope } from './machines.ts';
import { intersect, isWithin, readPermissions } from './scope.ts';

const path = fc
  .array(fc.constantFrom('a', 'b', 'ab'), { maxLength: 3 })
  .chain(parts => fc.constantFrom(`/${parts.join('/')}`, parts.length === 0 ? '/' : `/${parts.join('/')}/`));
const scope: fc.Arbitrary<MachineScope> = fc.record({
  sites: fc.uniqueArray(fc.constantFrom('s1', 's2', 's3')),
  paths: fc.uniqueArray(path, { maxLength: 4 }),
  permissions: fc.uniqueArray(fc.constantFrom(...permissions), { maxLength: 4 }),
});

/** What a scope covers, said the long way. */
const covers = (one: MachineScope, at: string): boolean =>
  one.paths.some(prefix => {
    const plain = prefix.replace(/\/$/, '');
    return at === plain || at === prefix || at.startsWith(`${plain}/`);
  });

describe('scopes', () => {
  it('intersect to exactly what both allow', () => {
    fc.assert(
      fc.property(scope, scope, path, (one, other, at) => {
        const both = intersect(one, other);
        assert.ok(isWithin(both, one) && isWithin(both, other));
        assert.equal(covers(both, at), covers(one, at) && covers(other, at));
      }),
    );
  });

  it('are read from OAuth words, every one of which is known', () => {
    assert.deepEqual(readPermissions('workflow.read  workflow.read audit.read'), ['workflow.read', 'audit.read']);
    for (const bad of ['', ' ', 'openid', 'workflow.read *', 'workflow.READ']) {
      assert.equal(readPermissions(bad), undefined, bad);
    }
  });
});
