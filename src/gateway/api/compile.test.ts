import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { SiteApi } from '../api-input.ts';
import { groupId } from './compile.ts';

describe('a group of routes', () => {
  it('has an id of its own for each site, path and version, in whatever header the version stands', () => {
    const group = (path: string, version: SiteApi['version']): SiteApi => ({
      ...{ path, version, upstream: null, stripPrefix: false, openapi: null },
      ...{ apiKey: 'none', quota: null, mode: 'block' },
    });
    const ids = [
      groupId({ id: 's' }, group('/v1/*', null)),
      groupId({ id: 't' }, group('/v1/*', null)),
      groupId({ id: 's' }, group('/v2/*', null)),
      groupId({ id: 's' }, group('/v1/*', { header: 'accept-version', value: '2' })),
      groupId({ id: 's' }, group('/v1/*', { header: 'x-version', value: '2' })),
      groupId({ id: 's' }, group('/v1/*', { header: 'x-version', value: '|2' })),
    ];
    assert.equal(new Set(ids).size, ids.length);
    assert.equal(groupId({ id: 's' }, group('/v1/*', null)), ids[0]);
  });
});
