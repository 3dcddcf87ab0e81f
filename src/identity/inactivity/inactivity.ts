import { isSallyportError } from '../../core/errors.ts';
import { systemPrincipal } from '../../core/events.ts';
import type { Ground } from '../ground.ts';
import { setDisabled } from '../people.ts';

const dayMs = 24 * 3_600_000;
const batch = 500;

/**
 * Disables people who for so many days neither signed in nor used a session or a key, and were not changed by a SCIM client or enabled again:
 * each recorded as done by Sallyport. Never the last Owner who can sign in, never somebody the house marks as exempt (break-glass), never a
 * service account, whose keys end by themselves. Returns how many.
 */
export async function disableInactive(ground: Ground, exempt: ReadonlySet<string>): Promise<number> {
  const days = ground.config.inactiveDays;
  if (days === 0) return 0;
  let disabled = 0;
  let after = '';
  for (;;) {
    const ids = await findInactive(ground, ground.now() - days * dayMs, after);
    for (const id of ids) {
      if (exempt.has(id)) continue;
      if (await disable(ground, id)) disabled++;
    }
    after = ids.at(-1) ?? '';
    if (ids.length < batch) return disabled;
  }
}

async function disable(ground: Ground, id: string): Promise<boolean> {
  try {
    await setDisabled(ground, systemPrincipal, id, true);
    return true;
  } catch (error) {
    // The last Owner stays, and whoever was deleted meanwhile is gone.
    if (isSallyportError(error, 'access.last_owner') || isSallyportError(error, 'identity.user_not_found'))
      return false;
    throw error;
  }
}

/** Ids in order, at most 500 after `after`; one statement, whatever the number of people. */
async function findInactive(ground: Ground, before: number, after: string): Promise<string[]> {
  const rows = await ground.db
    .selectFrom('identity_users as u')
    .select('u.id')
    .where('u.id', '>', after)
    .where('u.disabled', '=', 0)
    .where('u.kind', '=', 'person')
    .where('u.created_at', '<', before)
    .where(where => where.or([where('u.last_sign_in_at', 'is', null), where('u.last_sign_in_at', '<', before)]))
    .where(({ exists, not, selectFrom }) =>
      not(
        exists(
          selectFrom('identity_sessions as s')
            .select('s.id')
            .whereRef('s.user_id', '=', 'u.id')
            .where('s.last_seen_at', '>=', before),
        ),
      ),
    )
    .where(({ exists, not, selectFrom }) =>
      not(
        exists(
          selectFrom('identity_api_keys as k')
            .select('k.id')
            .whereRef('k.user_id', '=', 'u.id')
            .where('k.last_used_at', '>=', before),
        ),
      ),
    )
    .where(({ exists, not, selectFrom }) =>
      not(
        exists(
          selectFrom('identity_scim_people as p')
            .select('p.user_id')
            .whereRef('p.user_id', '=', 'u.id')
            .where('p.modified_at', '>=', before),
        ),
      ),
    )
    .where(({ exists, not, selectFrom }) =>
      not(
        exists(
          selectFrom('identity_enabled as e')
            .select('e.user_id')
            .whereRef('e.user_id', '=', 'u.id')
            .where('e.at', '>=', before),
        ),
      ),
    )
    .orderBy('u.id')
    .limit(batch)
    .execute();
  return rows.map(row => row.id);
}
