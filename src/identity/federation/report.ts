import type { Ground } from '../ground.ts';
import { isGroupName } from '../groups/group-rows.ts';
import { findKnown, findLink } from './arrive.ts';
import type { ExternalIdentity, ExternalOutcome, ProbeStep, Provider } from './federation.ts';
import { decideNewcomer, refusalTexts } from './link-rule.ts';
import type { SignInReport } from './sign-on.ts';

/** What a sign-in would come to, without doing any of it. */
export async function reportOn(
  ground: Ground,
  provider: Provider,
  came: { steps: readonly ProbeStep[]; outcome: ExternalOutcome | undefined },
): Promise<SignInReport> {
  const { outcome, steps } = came;
  if (outcome?.kind !== 'identity') {
    const refusal = outcome?.refusal;
    const reason = refusal === undefined ? null : `${refusal.reason}: ${refusal.detail}`;
    return { steps, identity: null, account: { kind: 'refused', email: null, reason }, groups: [] };
  }
  const { keepsake: _kept, endsAt: _ends, ...identity } = outcome.identity;
  return {
    steps,
    identity,
    account: await accountFor(ground, provider, outcome.identity),
    groups: await groupsFor(ground, provider, outcome.identity.groups),
  };
}

async function accountFor(
  ground: Ground,
  provider: Provider,
  identity: ExternalIdentity,
): Promise<SignInReport['account']> {
  const { db } = ground;
  const link = await findLink(db, provider.id, identity.subject);
  if (link) {
    const user = await db
      .selectFrom('identity_users')
      .select(['email', 'disabled'])
      .where('id', '=', link.user_id)
      .executeTakeFirst();
    if (user?.disabled === 0) return { kind: 'known', email: user.email, reason: null };
    return { kind: 'refused', email: user?.email ?? null, reason: refusalTexts.disabled };
  }
  const account = await findKnown(ground, db, { provider, identity });
  const decided = decideNewcomer({ identity, provider, account });
  if (typeof decided === 'string') return { kind: 'refused', email: identity.email, reason: refusalTexts[decided] };
  return { kind: decided.kind === 'link' ? 'linked' : 'new', email: identity.email, reason: null };
}

async function groupsFor(
  ground: Ground,
  provider: Provider,
  names: readonly string[],
): Promise<SignInReport['groups']> {
  const rows = await ground.db
    .selectFrom('identity_groups')
    .select(['id', 'external_id'])
    .where('source_kind', '=', 'provider')
    .where('source_id', '=', provider.id)
    .execute();
  const fold = (name: string) => (provider.kind === 'ldap' ? name.toLowerCase() : name);
  const known = new Map(rows.map(row => [fold(row.external_id ?? ''), row.id]));
  return names.filter(isGroupName).map(name => ({ name, groupId: known.get(fold(name)) ?? null }));
}
