import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { PlatformFact } from '../platforms/platforms.ts';
import { createNameMemory } from './name-memory.ts';

const fact = (id: string, name?: string): PlatformFact => ({
  type: 'execution.started',
  origin: 'traffic',
  key: `execution.started:${id}`,
  at: 1,
  resource: { kind: 'workflow', id, ...(name === undefined ? {} : { name }) },
  detail: {},
});

describe('name memory', () => {
  it('gives a fact without a name the one last heard, of the same site only', () => {
    const named = createNameMemory();
    assert.equal(named('n8n', fact('a')).resource.name, undefined);
    named('n8n', fact('a', 'Orders'));
    assert.equal(named('n8n', fact('a')).resource.name, 'Orders');
    named('n8n', fact('a', 'Invoices'));
    assert.equal(named('n8n', fact('a')).resource.name, 'Invoices');
    assert.equal(named('other', fact('a')).resource.name, undefined);
  });

  it('forgets the name longest unheard when it holds ten thousand', () => {
    const named = createNameMemory();
    for (let index = 0; index <= 10_000; index++) named('n8n', fact(`w${index}`, `Workflow ${index}`));
    assert.equal(named('n8n', fact('w0')).resource.name, undefined);
    assert.equal(named('n8n', fact('w1')).resource.name, 'Workflow 1');
  });
});
