import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AdminDeps } from '../deps.ts';
import { auditHandlers } from './audit.ts';
import type { Call } from './handler.ts';

describe('verifying the log over the API', () => {
  it('reads it once for all who ask while it is read, and again for who asks later', async () => {
    const result = { ok: true, records: 1, segments: 1, firstSeq: 0, lastSeq: 0, head: 'aa', problems: [] };
    let begun = 0;
    let finish = () => {};
    const audit = {
      verify: () => {
        begun++;
        return new Promise<typeof result>(resolve => {
          finish = () => resolve(result);
        });
      },
    };
    // Only this one method is called, and the handler looks at neither the call nor its input.
    const handlers = auditHandlers({ audit: audit as unknown as AdminDeps['audit'] });
    const verify = () => handlers['audit.verify']({} as Call, {});
    const both = Promise.all([verify(), verify()]);
    finish();
    assert.deepEqual(await both, [result, result]);
    assert.equal(begun, 1);
    const later = verify();
    finish();
    await later;
    assert.equal(begun, 2);
  });
});
