import type { PrincipalRef } from '../../core/events.ts';
import type { Secret } from '../../core/secret.ts';
import { lockAccount } from '../accounts.ts';
import type { Ground } from '../ground.ts';
import { change } from '../ground.ts';
import { makeToken } from '../tokens.ts';
import { findActive } from './account-rows.ts';
import type { Machines } from './machines.ts';
import { invalid, parseScope, writeScope } from './scope.ts';
import { liveTokens } from './token-rows.ts';

const lifetimeMsMax = 3_600_000;
const liveMax = 20;

/** See `Machines.createSubjectToken`. */
export async function createSubjectToken(
  ground: Ground,
  by: PrincipalRef,
  input: Parameters<Machines['createSubjectToken']>[1],
): Promise<{ token: Secret; expiresAt: number }> {
  const { agentId, expiresAt, userId } = input;
  const scope = parseScope(input.scope);
  return change(ground, async work => {
    const now = ground.now();
    if (!Number.isSafeInteger(expiresAt) || expiresAt <= now || expiresAt > now + lifetimeMsMax) {
      throw invalid('expiresAt', 'want a time to come, within an hour');
    }
    const { user } = await lockAccount(work, userId);
    if (user.ownerId !== undefined || user.disabled) throw invalid('userId', 'want a person who can sign in');
    const agent = await findActive(work.tx, agentId);
    if (agent === undefined) throw invalid('agentId', 'want a service account that is enabled');
    const live = await liveTokens(work.tx, now, 'subject').where('user_id', '=', userId).limit(liveMax).execute();
    if (live.length >= liveMax) throw invalid('userId', `at most ${liveMax} of these at once`);
    const { token, hash } = makeToken('subject', ground.random);
    const id = ground.newId();
    await work.record({
      ...{ type: 'token.issued', outcome: 'success', principal: by, action: 'token.delegate' },
      resource: { kind: 'subject_token', id },
      data: {
        ...{ grant: 'subject_token', clientId: agentId, subjectId: userId, actors: [], expiresAt },
        ...{ sites: scope.sites, permissions: scope.permissions },
      },
    });
    await work.tx
      .insertInto('identity_access_tokens')
      .values({
        ...{ id, kind: 'subject', token_hash: hash, user_id: userId, client_id: agentId, credential_id: null },
        ...{ actors: '[]', parents: '[]', scope: writeScope(scope), created_at: now, expires_at: expiresAt },
        ...{ last_used_at: null, revoked_at: null },
      })
      .execute();
    return { token, expiresAt };
  });
}
