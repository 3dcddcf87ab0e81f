import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { site, startGate, startUpstream } from '../gateway.fixture.ts';

describe('heads that are kept to try a changed guard on', () => {
  it('hold no secret of a query, not in the address of the page before either', async () => {
    await using upstream = await startUpstream();
    await using gate = await startGate([site([upstream.url])]);
    const referer = 'https://app.test/reset?token=geheim&page=2';
    const headers = { referer, 'x-api-key': 'geheim', authorization: 'Basic Z2VoZWlt' };
    await gate.call({ signedIn: true, path: '/items?session=geheim&q=1', headers });
    const heads = gate.told.flatMap(message => (message.kind === 'head' ? [message.head] : []));
    assert.equal(heads.length, 1);
    assert.doesNotMatch(JSON.stringify(heads), /geheim|Z2VoZWlt/);
    assert.equal(heads[0]?.headers['referer'], 'https://app.test/reset?token=xxxxxx&page=2');
  });
});
