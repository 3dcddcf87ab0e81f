import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { contract } from './contract/contract.ts';
import type { Route } from './contract/route.ts';
import { openApiDocument } from './openapi.ts';

type Json = Readonly<Record<string, unknown>>;
const document = JSON.parse(JSON.stringify(openApiDocument())) as Json;

describe('the OpenAPI document', () => {
  it('names every operation of the contract once, with its need and its answers', () => {
    const ids: string[] = [];
    for (const [path, item] of Object.entries(document['paths'] as Record<string, Record<string, Json>>)) {
      assert.match(path, /^\/\.sallyport\/api\/v1\//);
      for (const [method, operation] of Object.entries(item)) {
        const id = String(operation['operationId']);
        const route: Route | undefined = contract[id as keyof typeof contract];
        assert.ok(route, id);
        assert.equal(method, route.method.toLowerCase());
        assert.equal(operation['x-sallyport-need'], route.need);
        const names = [...path.matchAll(/\{(\w+)\}/g)]
          .map(([, name]) => String(name))
          .sort((a, b) => a.localeCompare(b));
        const given = ((operation['parameters'] ?? []) as Json[])
          .filter(p => p['in'] === 'path')
          .map(p => String(p['name']));
        assert.deepEqual(
          given.toSorted((a, b) => a.localeCompare(b)),
          names,
          id,
        );
        assert.ok('200' in (operation['responses'] as Json) && 'default' in (operation['responses'] as Json), id);
        ids.push(id);
      }
    }
    assert.deepEqual(ids.toSorted(), Object.keys(contract).toSorted());
  });

  it('holds only references that lead somewhere', () => {
    let count = 0;
    const visit = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      if ('$ref' in value && typeof value.$ref === 'string') {
        count++;
        assert.match(value.$ref, /^#\//);
        const found = value.$ref
          .slice(2)
          .split('/')
          .reduce<unknown>((at, key) => (at as Json | undefined)?.[key], document);
        assert.ok(found, value.$ref);
      }
      for (const inner of Object.values(value)) visit(inner);
    };
    visit(document);
    assert.ok(count > 40);
  });

  it('is OpenAPI 3.1 and guarded by the session cookie', () => {
    assert.match(String(document['openapi']), /^3\.1\./);
    assert.deepEqual(document['security'], [{ session: [] }]);
  });
});
