import type { PrincipalRef } from '../../core/events.ts';
import { getAccount, hasSecondFactor, lockAccount, refuseOverOwner } from '../accounts.ts';
import type { Ground } from '../ground.ts';
import { change, resourceOf } from '../ground.ts';
import { notify } from '../notices/notices.ts';
import { forgetPendings } from '../pendings.ts';
import type { Demand } from '../policy/mfa-policy.ts';
import { demandOf } from '../policy/mfa-policy.ts';
import { endSessionsOf } from '../sessions.ts';
import type { Passkey } from './passkeys.ts';
import { rowsOf, toPasskey } from './rows.ts';

/** What proves who somebody is. */
export interface Factors {
  readonly hasPassword: boolean;
  readonly totp: { readonly createdAt: number } | null;
  readonly passkeys: readonly Passkey[];
  readonly recoveryCodesLeft: number;
  readonly demand: Demand;
}

export async function factorsOf(ground: Ground, userId: string): Promise<Factors> {
  const account = await getAccount(ground.db, userId);
  const [rows, totp, codes, demand] = await Promise.all([
    rowsOf(ground.db, userId),
    ground.db
      .selectFrom('identity_factors')
      .select('created_at')
      .where('user_id', '=', userId)
      .where('kind', '=', 'totp')
      .where('ref', '=', 'active')
      .executeTakeFirst(),
    ground.db
      .selectFrom('identity_recovery_codes')
      .select('code_hash')
      .where('user_id', '=', userId)
      .where('used_at', 'is', null)
      .execute(),
    demandOf(ground, ground.db, account),
  ]);
  return {
    hasPassword: account.user.hasPassword,
    totp: totp === undefined ? null : { createdAt: totp.created_at },
    passkeys: rows.map(toPasskey),
    recoveryCodesLeft: codes.length,
    demand,
  };
}

/** Everything but the password; the person enrols again at the next sign-in where policy wants it. */
export async function resetFactors(ground: Ground, by: PrincipalRef, userId: string): Promise<void> {
  await change(ground, async work => {
    const account = await lockAccount(work, userId);
    await refuseOverOwner(work, by, { current: account.user });
    if (!hasSecondFactor(account)) return;
    const { totp, passkeys } = account.user.factors;
    for (const method of [...(totp ? ['totp' as const] : []), ...(passkeys > 0 ? ['passkey' as const] : [])]) {
      await work.record({
        type: 'user.mfa_removed',
        outcome: 'success',
        principal: by,
        action: 'user.remove_mfa',
        resource: resourceOf(account.user),
        data: { method },
      });
    }
    await work.tx.deleteFrom('identity_factors').where('user_id', '=', userId).execute();
    await work.tx.deleteFrom('identity_passkeys').where('user_id', '=', userId).execute();
    await work.tx.deleteFrom('identity_recovery_codes').where('user_id', '=', userId).execute();
    await notify(work, { userId, kind: 'factor_removed', what: 'All second factors', by: by.name });
    await forgetPendings(work, userId);
    await endSessionsOf(work, userId, { by, reason: 'mfa_changed' });
    work.told.users.set(userId, (await getAccount(work.tx, userId)).user);
  });
}
