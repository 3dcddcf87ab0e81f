import { z } from 'zod';
import { SallyportError } from '../../core/errors.ts';
import type { PrincipalRef } from '../../core/events.ts';
import type { Account } from '../accounts.ts';
import { everyAccount } from '../accounts.ts';
import type { Db, Ground } from '../ground.ts';
import { change } from '../ground.ts';
import type { UserRole } from '../identity.ts';
import { isDomain, namesOf } from '../passkeys/ceremonies.ts';

const roles = z.array(z.enum(['member', 'administrator', 'owner'])).max(3);
const groups = z.array(z.string().min(1).max(200)).max(200);
const schema = z.strictObject({
  roles,
  groups,
  phishingResistantRoles: roles,
  phishingResistantGroups: groups,
});

/** Who needs a second factor, and who a passkey. The configuration file's roles come on top and cannot be taken out here. */
export type MfaPolicy = Readonly<z.infer<typeof schema>>;

/** What policy wants of a person at sign-in. */
export type Demand = 'none' | 'mfa' | 'phishing_resistant';

export interface KeptMfaPolicy {
  readonly policy: MfaPolicy;
  /** The configuration file's roles. */
  readonly floor: readonly UserRole[];
  readonly revision: number;
  readonly updatedAt: number | null;
  readonly updatedBy: string | null;
}

const name = 'mfa';
const nothing: MfaPolicy = { roles: [], groups: [], phishingResistantRoles: [], phishingResistantGroups: [] };
const order: readonly UserRole[] = ['member', 'administrator', 'owner'];

/** The policy as kept. What is kept but cannot be read stops sign-in instead of letting people in without a factor. */
export async function readMfaPolicy(ground: Ground, db: Db): Promise<KeptMfaPolicy> {
  const floor = ground.config.mfa.compulsoryFor;
  const row = await db.selectFrom('identity_policies').selectAll().where('name', '=', name).executeTakeFirst();
  if (!row) return { policy: { ...nothing, roles: [...floor] }, floor, revision: 0, updatedAt: null, updatedBy: null };
  const policy = schema.parse(JSON.parse(row.value));
  return { policy, floor, revision: row.revision, updatedAt: row.updated_at, updatedBy: row.updated_by };
}

/** Sets it. `revision` is the one the caller has read: of two that change it at once, one is told (`store.conflict`). */
export async function setMfaPolicy(
  ground: Ground,
  by: PrincipalRef,
  input: MfaPolicy & { readonly revision: number },
): Promise<KeptMfaPolicy> {
  const { revision, ...given } = input;
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const message = `Cannot set the policy: "${issue?.path.join('.') ?? ''}": ${issue?.message ?? 'not valid'}`;
    throw new SallyportError('core.invalid_input', message, { detail: message });
  }
  const next = mapValues(parsed.data);
  refuseImpossible(ground, next);
  return change(ground, async work => {
    const before = await readMfaPolicy(ground, work.tx);
    if (before.revision !== revision) throw changedMeanwhile();
    const changed = (Object.keys(next) as (keyof MfaPolicy)[]).filter(
      key => JSON.stringify(next[key]) !== JSON.stringify(before.policy[key]),
    );
    if (changed.length === 0) return before;
    await work.record({
      type: 'policy.changed',
      outcome: 'success',
      principal: by,
      action: 'policy.update',
      resource: { kind: 'policy', id: name, name: 'second factors' },
      data: { policy: name, changed, before: JSON.stringify(before.policy), after: JSON.stringify(next) },
    });
    const row = {
      value: JSON.stringify(next),
      revision: revision + 1,
      updated_at: ground.now(),
      updated_by: by.name,
    };
    const written = await work.tx
      .insertInto('identity_policies')
      .values({ name, ...row })
      .onConflict(conflict =>
        conflict.column('name').doUpdateSet(row).where('identity_policies.revision', '=', revision),
      )
      .returning('revision')
      .executeTakeFirst();
    if (!written) throw changedMeanwhile();
    return { policy: next, floor: before.floor, revision: row.revision, updatedAt: row.updated_at, updatedBy: by.name };
  });
}

/** Throws `core.invalid_input` where nobody could do what is wanted: it would keep everybody out, the Owners who could take it back too. */
function refuseImpossible(ground: Ground, { phishingResistantGroups, phishingResistantRoles }: MfaPolicy): void {
  if (phishingResistantRoles.length + phishingResistantGroups.length === 0) return;
  const { id } = namesOf(ground);
  if (isDomain(id)) return;
  const detail = `phishingResistantRoles: passkeys are bound to a name, and the portal is at the address ${id}: nobody could sign in`;
  throw new SallyportError('core.invalid_input', `Cannot set the policy: ${detail}`, { detail });
}

/** What is wanted of this person, by the role they hold in effect, their groups, and a password too short to stand alone. */
export async function demandOf(ground: Ground, db: Db, account: Account): Promise<Demand> {
  const { policy, floor } = await readMfaPolicy(ground, db);
  const who = await standingOf(ground, db, account, policy);
  return judge(who, { policy, floor });
}

/** How many enabled people will be asked for more than they have. Of groups only those are read that the policy names. */
export async function countWithout(ground: Ground): Promise<number> {
  const kept = await readMfaPolicy(ground, ground.db);
  const groupsOf = await membersOfNamed(ground.db, kept.policy);
  let count = 0;
  for await (const some of everyAccount(ground.db)) {
    count += some.filter(account => {
      const { disabled, factors, id } = account.user;
      if (disabled) return false;
      const demand = judge(standing(ground, account, groupsOf.get(id) ?? new Set()), kept);
      const { totp, passkeys } = factors;
      return demand === 'phishing_resistant' ? passkeys === 0 : demand === 'mfa' && !totp && passkeys === 0;
    }).length;
  }
  return count;
}

async function membersOfNamed(db: Db, policy: MfaPolicy): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const groupsOf = new Map<string, Set<string>>();
  const named = [...new Set([...policy.groups, ...policy.phishingResistantGroups])];
  if (named.length === 0) return groupsOf;
  const members = await db.selectFrom('identity_members').selectAll().where('group_id', 'in', named).execute();
  for (const { user_id, group_id } of members) {
    groupsOf.set(user_id, (groupsOf.get(user_id) ?? new Set()).add(group_id));
  }
  return groupsOf;
}

interface Standing {
  readonly roles: readonly UserRole[];
  readonly groups: ReadonlySet<string>;
  readonly hasShortPassword: boolean;
}

/** The rule itself: whoever is named once is named. */
export function judge(
  who: Standing,
  { policy, floor }: { readonly policy: MfaPolicy; readonly floor: readonly UserRole[] },
): Demand {
  const isNamed = (named: { roles: readonly UserRole[]; groups: readonly string[] }) =>
    who.roles.some(role => named.roles.includes(role)) || named.groups.some(group => who.groups.has(group));
  if (isNamed({ roles: policy.phishingResistantRoles, groups: policy.phishingResistantGroups })) {
    return 'phishing_resistant';
  }
  if (isNamed(policy) || isNamed({ roles: floor, groups: [] }) || who.hasShortPassword) return 'mfa';
  return 'none';
}

async function standingOf(ground: Ground, db: Db, account: Account, policy: MfaPolicy): Promise<Standing> {
  const isGroupNamed = policy.groups.length + policy.phishingResistantGroups.length > 0;
  return standing(ground, account, new Set(isGroupNamed ? await groupIdsOf(db, account.user.id) : []));
}

/** Both roles count, the one in the account and the one in effect: a stale copy of either can only ask for more. */
function standing(ground: Ground, account: Account, groups: ReadonlySet<string>): Standing {
  const { user } = account;
  const effective = ground.roleOf?.(user.id);
  return {
    roles: effective === undefined ? [user.role] : [user.role, effective],
    groups,
    hasShortPassword: user.hasPassword && !account.isSingleFactor,
  };
}

async function groupIdsOf(db: Db, userId: string): Promise<string[]> {
  const rows = await db.selectFrom('identity_members').select('group_id').where('user_id', '=', userId).execute();
  return rows.map(row => row.group_id);
}

function mapValues(policy: MfaPolicy): MfaPolicy {
  const sorted = (list: readonly UserRole[]) => order.filter(role => list.includes(role));
  const unique = (list: readonly string[]) => [...new Set(list)].sort();
  return {
    roles: sorted(policy.roles),
    groups: unique(policy.groups),
    phishingResistantRoles: sorted(policy.phishingResistantRoles),
    phishingResistantGroups: unique(policy.phishingResistantGroups),
  };
}

function changedMeanwhile(): SallyportError {
  const detail = 'Somebody else changed the policy meanwhile. Read it again.';
  return new SallyportError('store.conflict', `Cannot set the policy: ${detail}`, { detail });
}
