import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { readFlows } from '../../src/gateway/gateway.ts';
import { startProduct } from './product.ts';

describe('the flow log of a whole Sallyport', () => {
  it('has each connection with its TLS once it ended', async () => {
    await using product = await startProduct();
    {
      await using visitor = product.visitor();
      await visitor.open(`${product.portal}/health`);
    }
    await product.sallyport.stop('the test');
    const found = [];
    const all = { since: 0, until: Number.MAX_SAFE_INTEGER, address: '127.0.0.0/8' };
    for await (const record of readFlows(path.join(product.dir, 'data', 'flow'), all)) found.push(record);
    assert.ok(found.some(record => record.requests >= 1 && record.tls === 'TLSv1.3' && record.bytesOut > 0));
  });
});
