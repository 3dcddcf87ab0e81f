import type { UserRole } from '../../identity/identity.ts';
import type { Operation } from '../contract/contract.ts';
import type { AdminDeps } from '../deps.ts';
import type { Caller, Handlers } from './handler.ts';
import { denied, invalid } from './handler.ts';

type PolicyOperation = Extract<Operation, `policy.${string}`>;

/** Who needs a second factor. Only an Owner loosens it. */
export function policyHandlers({ identity }: AdminDeps): Handlers<PolicyOperation> {
  return {
    async 'policy.getMfa'() {
      const [kept, peopleWithout] = await Promise.all([identity.mfaPolicy.get(), identity.mfaPolicy.countWithout()]);
      return { ...shape(kept.policy), floor: [...kept.floor], peopleWithout, ...withoutPolicy(kept) };
    },

    async 'policy.setMfa'({ caller }, { body }) {
      const before = await identity.mfaPolicy.get();
      const missing = before.floor.filter((role: UserRole) => !body.roles.includes(role));
      if (missing.length > 0) {
        throw invalid(
          'body.roles',
          `the configuration file makes a second factor compulsory for ${missing.join(', ')}`,
        );
      }
      for (const group of [...body.groups, ...body.phishingResistantGroups]) await identity.groups.get(group);
      if (isLooser(before.policy, body)) demandOwner(caller);
      const { policy, revision } = await identity.mfaPolicy.set(caller.principal, body);
      return { ...shape(policy), revision };
    },
  };
}

type Lists = Readonly<
  Record<'roles' | 'phishingResistantRoles' | 'groups' | 'phishingResistantGroups', readonly string[]>
>;

/** True when anybody named before is named no more. */
function isLooser(before: Lists, next: Lists): boolean {
  const keys = ['roles', 'groups', 'phishingResistantRoles', 'phishingResistantGroups'] as const;
  return keys.some(key => before[key].some(one => !next[key].includes(one)));
}

function demandOwner(caller: Caller): void {
  if (caller.kind === 'operator' || caller.subject.globalRole === 'owner') return;
  throw denied('settings.manage', 'only an Owner can take somebody out of the policy.');
}

function shape(policy: {
  readonly roles: readonly UserRole[];
  readonly groups: readonly string[];
  readonly phishingResistantRoles: readonly UserRole[];
  readonly phishingResistantGroups: readonly string[];
}) {
  const { roles, groups, phishingResistantRoles, phishingResistantGroups } = policy;
  return { roles, groups, phishingResistantRoles, phishingResistantGroups };
}

function withoutPolicy(kept: { revision: number; updatedAt: number | null; updatedBy: string | null }) {
  const { revision, updatedAt, updatedBy } = kept;
  return { revision, updatedAt, updatedBy };
}
