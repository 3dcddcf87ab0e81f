import type { Campaign, ReviewedKey, ReviewItem, ReviewScope } from '../../access/access.ts';
import { reviewItemsMax } from '../../access/access.ts';
import type { Operation } from '../contract/contract.ts';
import type { AdminDeps } from '../deps.ts';
import type { Caller, Handlers } from './handler.ts';
import { demand, denied, may } from './handler.ts';
import { findOrphans } from './orphans.ts';
import { demandMayLapse } from './reach.ts';

type ReviewOperation = Extract<Operation, `reviews.${string}`> | 'access.orphans';

/** Access reviews: begun and closed by who manages them, answered by their reviewers. */
export function reviewHandlers(deps: AdminDeps): Handlers<ReviewOperation> {
  const { reviews } = deps.access;
  return {
    async 'reviews.list'({ caller }, { query }) {
      const { after, limit, state } = query;
      const own = may(caller, 'review.manage') || caller.kind === 'operator' ? {} : { reviewer: caller.user.id };
      const found = await reviews.list({ ...own, state, limit, ...(after === undefined ? {} : { after }) });
      return { campaigns: found.map(campaign => toShape(deps, campaign)) };
    },

    async 'reviews.preview'(_, { body }) {
      const { items, people } = reviews.preview(body.scope, await keysFor(deps, body.scope));
      return { items, people, isTooMany: items > reviewItemsMax, itemsMax: reviewItemsMax };
    },

    async 'reviews.create'({ caller }, { body }) {
      for (const id of body.reviewers) await deps.identity.getUser(id);
      if (body.scope.kind === 'project') await deps.access.getProject(body.scope.project);
      if (body.scope.kind === 'group') await deps.identity.groups.get(body.scope.groupId);
      if (body.unanswered === 'revoke' && ['all', 'global_roles', 'group'].includes(body.scope.kind))
        demandMayLapse(deps, caller, body.scope.kind === 'group' ? body.scope.groupId : null);
      const keys = await keysFor(deps, body.scope);
      return toShape(deps, await reviews.create(caller.principal, { ...body, keys }));
    },

    async 'reviews.get'({ caller }, { params }) {
      return toShape(deps, await seen(deps, caller, params.id));
    },

    async 'reviews.assign'({ caller }, { params, body }) {
      await reviews.assign(caller.principal, { id: params.id, ...body });
      return {};
    },

    async 'reviews.close'({ caller }, { params }) {
      return toShape(deps, await reviews.close(caller.principal, params.id));
    },

    async 'reviews.export'(_, { params, query }) {
      const { sha256, text } = await reviews.export(params.id, query.format);
      return { fileName: `access-review-${params.id}.${query.format}`, text, sha256 };
    },

    async 'access.orphans'() {
      return findOrphans(deps);
    },

    ...itemHandlers(deps),
  };
}

function itemHandlers(deps: AdminDeps): Handlers<'reviews.listItems' | 'reviews.answer'> {
  const { reviews } = deps.access;
  return {
    async 'reviews.listItems'({ caller }, { params, query }) {
      const campaign = await seen(deps, caller, params.id);
      const { after, limit, mine, search, state } = query;
      const own = mine === 'true' && caller.kind === 'person' ? { answerableBy: caller.user.id } : {};
      const items = await reviews.listItems(params.id, {
        ...{ ...own, state, limit },
        ...(search === undefined ? {} : { search }),
        ...(after === undefined ? {} : { after }),
      });
      return { items: items.map(item => toItem(caller, campaign, item)) };
    },

    async 'reviews.answer'({ caller }, { params, body }) {
      const campaign = await seen(deps, caller, params.id);
      const items = await reviews.answer(caller.principal, { id: params.id, ...body });
      return { items: items.map(item => toItem(caller, campaign, item)) };
    },
  };
}

/** The campaign, for who manages reviews or is a reviewer of this one. */
async function seen(deps: AdminDeps, caller: Caller, id: string): Promise<Campaign> {
  if (caller.kind === 'operator' || may(caller, 'review.manage')) return deps.access.reviews.get(id);
  const own = await deps.access.reviews.list({ reviewer: caller.user.id, limit: 200 });
  const found = own.find(campaign => campaign.id === id);
  if (found !== undefined) return found;
  await demand(caller, 'review.manage');
  throw denied('review', 'this review is not yours.');
}

/** Every live key, where the scope lists keys; one more than a review may list says that there are too many. */
async function keysFor({ identity }: AdminDeps, scope: ReviewScope): Promise<readonly ReviewedKey[]> {
  if (scope.kind !== 'all' && scope.kind !== 'keys') return [];
  return identity.listApiKeys({ limit: reviewItemsMax + 1 });
}

function toShape({ roster }: AdminDeps, campaign: Campaign) {
  const { scope, ...shown } = campaign;
  return {
    ...shown,
    scope,
    reviewers: campaign.reviewers.map(userId => ({
      userId,
      email: roster.person(userId)?.email ?? '',
      name: roster.person(userId)?.name ?? 'Deleted person',
    })),
    open: campaign.items - campaign.kept - campaign.revoked,
  };
}

function toItem(caller: Caller, campaign: Campaign, item: ReviewItem) {
  const isTheirs =
    caller.kind === 'operator' ||
    (campaign.reviewers.includes(caller.user.id) &&
      item.user_id !== caller.user.id &&
      (item.reviewer_id === null || item.reviewer_id === caller.user.id));
  return {
    ...{ id: item.id, userId: item.user_id, email: item.email, name: item.name, kind: item.kind, what: item.what },
    ...{ way: item.way, project: item.project_id, role: item.role, groupId: item.group_id },
    ...{ lastUsedAt: item.last_used_at, isElsewhere: item.is_elsewhere !== 0, reviewerId: item.reviewer_id },
    ...{ answer: item.answer, comment: item.comment, answeredBy: item.answered_by, answeredAt: item.answered_at },
    ...{ outcome: item.outcome, note: item.note },
    mayAnswer: isTheirs && item.answer === null && campaign.state === 'open',
  };
}
