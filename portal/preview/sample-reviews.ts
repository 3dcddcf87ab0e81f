import type { OperationOutput } from '../../src/admin/contract/contract.ts';
import type { Answers } from './mock-api.ts';
import type { Person } from './sample-people.ts';

type Campaign = OperationOutput<'reviews.get'>;
type Item = OperationOutput<'reviews.listItems'>['items'][number];
const dayMs = 86_400_000;

/** Campaigns of reviews with what they list, and what nobody answers for. */
export function reviewAnswers(people: readonly Person[], now: number): Answers {
  const campaigns = sampleCampaigns(people, now);
  const items = sampleItems(people, now);
  const find = (id: string | undefined): Campaign => campaigns.find(one => one.id === id) ?? (campaigns[0] as Campaign);
  return {
    'reviews.list': () => ({ campaigns }),
    'reviews.get': ({ params }) => find(params['id']),
    'reviews.listItems': ({ query }) => ({
      items: items.filter(item => query['state'] !== 'open' || item.answer === null),
    }),
    'reviews.preview': () => ({ items: 128, people: 41, isTooMany: false, itemsMax: 20_000 }),
    'reviews.create': () => find('rv1'),
    'reviews.close': ({ params }) => find(params['id']),
    'reviews.answer': ({ body }) => {
      const chosen = items.filter(item => (body['items'] as readonly string[]).includes(item.id));
      const answer = body['answer'] === 'keep' ? ('keep' as const) : ('revoke' as const);
      for (const item of chosen) {
        Object.assign(item, { answer, answeredBy: people[0]?.email, answeredAt: now, outcome: `${answer}d` });
      }
      return { items: chosen };
    },
    'access.orphans': () => ({
      keys: [
        { id: 'k9', name: 'nightly-export', prefix: 'sp_Qm3tYw8a', userId: 'u9', reason: 'its owner is disabled' },
      ],
      projects: [{ id: 'p3', name: 'Finance', reason: 'nobody is its Owner' }],
      grants: [{ id: 'gr9', groupId: 'g9', reason: 'its group is gone' }],
      inactive: people
        .slice(5, 7)
        .map(({ email, id, lastSignInAt, name }) => ({ userId: id, email, name, lastSeenAt: lastSignInAt })),
      inactiveAfterMs: 90 * dayMs,
    }),
  };
}

function sampleCampaigns(people: readonly Person[], now: number): Campaign[] {
  const reviewers = people.slice(0, 2).map(({ email, id, name }) => ({ userId: id, email, name }));
  const campaign = (id: string, change: Partial<Campaign>): Campaign => ({
    ...{ id, name: 'Autumn review', scope: { kind: 'all' }, scopeName: 'Everything', state: 'open' },
    ...{ unanswered: 'revoke', reviewers, createdAt: now - 6 * dayMs, createdBy: 'ada@harbour.example' },
    ...{ dueAt: now + 8 * dayMs, closedAt: null, items: 128, kept: 71, revoked: 9, open: 48, sha256: null },
    ...change,
  });
  return [
    campaign('rv1', {}),
    campaign('rv2', {
      ...{ name: 'Keys of programs', scope: { kind: 'keys' }, scopeName: 'API keys', state: 'closed' },
      ...{ unanswered: 'keep', dueAt: now - 30 * dayMs, closedAt: now - 31 * dayMs, createdAt: now - 44 * dayMs },
      ...{ items: 17, kept: 12, revoked: 5, open: 0 },
      sha256: '6b3c1f0a94e27d58b1c07f39e5a2d864f7c09b1e83d5426a7f90c1be25d8043e',
    }),
  ];
}

function sampleItems(people: readonly Person[], now: number): Item[] {
  const item = (id: string, at: number, change: Partial<Item>): Item => {
    const { email, id: userId, name } = people[at] as Person;
    return {
      ...{ id, userId, email, name, kind: 'project_role', what: 'Editor of Operations', way: 'direct' },
      ...{ project: 'p1', role: 'editor', groupId: null, lastUsedAt: now - 2 * dayMs, isElsewhere: false },
      ...{ reviewerId: null, answer: null, comment: null, answeredBy: null, answeredAt: null },
      ...{ outcome: null, note: null, mayAnswer: true },
      ...change,
    };
  };
  const answered = { answeredBy: 'ada@harbour.example', answeredAt: now - dayMs };
  return [
    item('i1', 2, {}),
    item('i2', 3, { kind: 'membership', what: 'Editor of Operations', way: 'group flow-builders', isElsewhere: true }),
    item('i3', 5, {
      kind: 'api_key',
      what: 'Key "nightly-export" for n8n',
      project: null,
      role: null,
      lastUsedAt: null,
    }),
    item('i4', 0, { kind: 'global_role', what: 'Owner of the gate', project: null, role: 'owner', mayAnswer: false }),
    item('i5', 4, { ...answered, answer: 'revoke', outcome: 'revoked', comment: 'Left the team in August' }),
    item('i6', 1, { ...answered, answer: 'keep', outcome: 'kept' }),
    item('i7', 6, {
      ...{ ...answered, kind: 'membership', way: 'group finance', isElsewhere: true, answer: 'revoke' },
      ...{ outcome: 'to_be_done_elsewhere', note: 'Take the person out of the group where it is kept' },
    }),
  ];
}
