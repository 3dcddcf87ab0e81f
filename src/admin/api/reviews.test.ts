import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { operatorPrincipal } from '../../core/events.ts';
import type { Gate } from '../admin.fixture.ts';
import { openGate } from '../admin.fixture.ts';
import { isApiProblem } from '../client.ts';

const dayMs = 86_400_000;
const codeOf = async (act: Promise<unknown>): Promise<string> => {
  try {
    await act;
    return 'done';
  } catch (error) {
    return isApiProblem(error) ? error.code : String(error);
  }
};

async function setUp(gate: Gate) {
  const { access, identity } = gate;
  const owner = await gate.addPerson('owner@example.org', 'owner');
  const ada = await gate.addPerson('ada@example.org', 'member');
  const ben = await gate.addPerson('=ben@example.org', 'administrator');
  const group = await identity.groups.create(operatorPrincipal, { name: 'Builders' });
  await identity.groups.setMember(operatorPrincipal, { groupId: group.id, userId: ada.id, isMember: true });
  const project = await access.createProject(operatorPrincipal, { name: 'Billing' });
  await access.setMember(operatorPrincipal, { projectId: project.id, userId: ben.id, role: 'owner' });
  await access.setMember(operatorPrincipal, { projectId: project.id, userId: ada.id, role: 'viewer' });
  await access.grants.create(operatorPrincipal, { groupId: group.id, project: project.id, role: 'editor' }, 'Builders');
  await access.uses.touch(new Map([[`${ada.id}|${project.id}`, 5000]]));
  const [o, a, b] = [await gate.openSession(owner), await gate.openSession(ada), await gate.openSession(ben)];
  return { people: { owner, ada, ben }, group, project, owner: o.client, ada: a.client, ben: b.client };
}

describe('access reviews', () => {
  it('list who holds what, by which way and when it was last used', async () => {
    await using gate = await openGate();
    const { owner, people, project } = await setUp(gate);
    const scope = { kind: 'project', project: project.id } as const;
    assert.deepEqual(await owner('reviews.preview', { body: { scope } }), {
      ...{ items: 3, people: 2, isTooMany: false, itemsMax: 200_000 },
    });
    const campaign = await owner('reviews.create', {
      body: { name: 'Q4', scope, reviewers: [people.owner.id], dueAt: gate.now() + dayMs, unanswered: 'revoke' },
    });
    assert.deepEqual([campaign.scopeName, campaign.items, campaign.open], ['Project Billing', 3, 3]);
    const { items } = await owner('reviews.listItems', { params: { id: campaign.id }, query: { search: 'ADA' } });
    assert.deepEqual(
      items.map(item => [item.kind, item.what, item.way, item.lastUsedAt]),
      [
        ['project_role', 'Viewer of Billing', 'direct', 5000],
        ['membership', 'Editor of Billing', 'group Builders', 5000],
      ],
    );
    const all = await owner('reviews.preview', { body: { scope: { kind: 'all' } } });
    assert.equal(all.items, 5);
    assert.equal((await owner('reviews.preview', { body: { scope: { kind: 'global_roles' } } })).items, 2);
  });

  it('take away what a reviewer revokes, at the next call, and say what is refused', async () => {
    await using gate = await openGate();
    const { ada, owner, people, project } = await setUp(gate);
    const campaign = await owner('reviews.create', {
      body: { name: 'Q4', scope: { kind: 'all' }, reviewers: [people.owner.id], dueAt: gate.now() + dayMs },
    });
    const { items } = await owner('reviews.listItems', { params: { id: campaign.id }, query: {} });
    const of = (userId: string, kind: string) =>
      items.find(item => item.userId === userId && item.kind === kind)?.id ?? '';
    const answer = (ids: string[], what: 'keep' | 'revoke') =>
      owner('reviews.answer', {
        params: { id: campaign.id },
        body: { items: ids, answer: what, comment: 'not needed' },
      });
    const read = () => codeOf(ada('projects.listMembers', { params: { id: project.id } }));
    assert.equal(await read(), 'done');
    const done = await answer([of(people.ada.id, 'project_role'), of(people.ada.id, 'membership')], 'revoke');
    assert.deepEqual(
      done.items.map(item => item.outcome),
      ['revoked', 'revoked'],
    );
    assert.equal(await read(), 'access.denied');
    const last = await answer([of(people.ben.id, 'project_role')], 'revoke');
    assert.deepEqual(
      last.items.map(item => [item.outcome, item.note?.includes('at least one Owner')]),
      [['failed', true]],
    );
    assert.equal(await codeOf(answer([of(people.ben.id, 'project_role')], 'keep')), 'store.conflict');
    // Nobody reviews their own: of a batch that holds one of these, nothing is answered.
    const mixed = [of(people.ben.id, 'global_role'), of(people.owner.id, 'global_role')];
    assert.equal(await codeOf(answer(mixed, 'keep')), 'access.denied');
    const { items: left } = await owner('reviews.listItems', { params: { id: campaign.id }, query: { state: 'open' } });
    assert.deepEqual(left.map(item => item.id).toSorted(), mixed.toSorted());
    const recorded = gate.told.filter(event => event.type === 'review.answered');
    assert.equal(recorded.length, 3);
  });

  it('are answered by their reviewers alone, and an item given to one by that one', async () => {
    await using gate = await openGate();
    const { ada, ben, owner, people } = await setUp(gate);
    const campaign = await owner('reviews.create', {
      body: {
        name: 'Q4',
        scope: { kind: 'global_roles' },
        reviewers: [people.ada.id, people.owner.id],
        dueAt: gate.now() + dayMs,
      },
    });
    const params = { id: campaign.id };
    const { items } = await ada('reviews.listItems', { params, query: { mine: 'true' } });
    const ids = items.map(item => item.id);
    assert.equal(ids.length, 2);
    assert.equal((await ada('reviews.list', { query: {} })).campaigns.length, 1);
    assert.equal(await codeOf(ada('reviews.close', { params })), 'access.denied');
    assert.equal(await codeOf(ada('reviews.export', { params, query: {} })), 'access.denied');
    const keep = { params, body: { items: ids, answer: 'keep' as const } };
    assert.equal(await codeOf(ben('reviews.answer', keep)), 'access.denied');
    await owner('reviews.assign', { params, body: { items: ids, reviewerId: people.owner.id } });
    assert.equal(await codeOf(ada('reviews.answer', keep)), 'access.denied');
    await owner('reviews.assign', { params, body: { items: ids, reviewerId: people.ada.id } });
    const unknown = { params, body: { items: [...ids, 'nothing'], reviewerId: people.owner.id } };
    assert.equal(await codeOf(owner('reviews.assign', unknown)), 'access.review_not_found');
    assert.deepEqual(
      gate.told.flatMap(event => (event.type === 'review.assigned' ? [event.data.reviewerId] : [])),
      [people.owner.id, people.ada.id],
    );
    // An Owner's role is an Owner's to take: the review changes nothing in that.
    const revoke = { params, body: { items: ids, answer: 'revoke' as const } };
    const told = await ada('reviews.answer', revoke);
    const outcome = (userId: string) => told.items.find(item => item.userId === userId)?.outcome;
    assert.deepEqual([outcome(people.owner.id), outcome(people.ben.id)], ['failed', 'revoked']);
  });

  it('lapse as configured when due, and are evidence that nobody changes', async () => {
    await using gate = await openGate();
    const { owner, people, project } = await setUp(gate);
    const scope = { kind: 'project', project: project.id } as const;
    const campaign = await owner('reviews.create', {
      body: { name: 'Q4', scope, reviewers: [people.owner.id], dueAt: gate.now() + dayMs, unanswered: 'revoke' },
    });
    const params = { id: campaign.id };
    const { items } = await owner('reviews.listItems', { params, query: {} });
    const [first] = items.filter(item => item.userId === people.ada.id);
    await owner('reviews.answer', {
      params,
      body: { items: [first?.id ?? ''], answer: 'keep', comment: 'a "quoted", word' },
    });
    assert.equal(await gate.access.reviews.sweep(), 0);
    gate.advance(dayMs + 1);
    assert.equal(await gate.access.reviews.sweep(), 1);
    const again = await gate.openSession(people.owner);
    const closed = await again.client('reviews.get', { params });
    assert.deepEqual([closed.state, closed.kept, closed.revoked, closed.open], ['closed', 1, 2, 0]);
    assert.deepEqual(gate.roster.entry(people.ada.id)?.projects.get(project.id), ['viewer']);
    const event = gate.told.find(one => one.type === 'review.closed');
    for (const [format, sha] of [
      ['csv', event?.data.sha256Csv],
      ['json', event?.data.sha256Json],
    ] as const) {
      const file = await again.client('reviews.export', { params, query: { format } });
      assert.equal(file.sha256, sha);
      assert.equal(createHash('sha256').update(file.text).digest('hex'), sha);
      if (format === 'json') assert.equal((JSON.parse(file.text) as { items: unknown[] }).items.length, 3);
      else {
        assert.match(file.text, /^'=ben@example\.org,/m);
        assert.match(file.text, /"a ""quoted"", word"/);
      }
    }
    const late = again.client('reviews.answer', { params, body: { items: [items[0]?.id ?? ''], answer: 'keep' } });
    assert.equal(await codeOf(late), 'access.review_closed');
    assert.equal(await codeOf(again.client('reviews.close', { params })), 'access.review_closed');
  });
});

describe('elevations', () => {
  it('are asked by one, approved by another who may grant them, and end by themselves', async () => {
    await using gate = await openGate();
    const { ada, ben, owner, people, project } = await setUp(gate);
    const body = { project: null, role: 'administrator', reason: 'on call', durationMs: 3_600_000 };
    const asked = await ada('elevations.ask', { body });
    assert.equal(asked.state, 'asked');
    const params = { id: asked.id };
    assert.equal(await codeOf(ada('elevations.approve', { params, body: {} })), 'access.denied');
    assert.equal(await codeOf(ada('users.list', { query: {} })), 'access.denied');
    assert.equal((await ben('elevations.list', { query: { state: 'open' } })).elevations[0]?.mayDecide, true);
    const approved = await ben('elevations.approve', { params, body: { comment: 'ok' } });
    assert.equal(approved.state, 'active');
    assert.equal(await codeOf(ada('users.list', { query: {} })), 'done');
    assert.equal(
      await codeOf(owner('elevations.deny', { params, body: { comment: 'no' } })),
      'access.elevation_settled',
    );
    const why = await owner('access.explain', { query: { userId: people.ada.id, permission: 'user.read' } });
    assert.deepEqual([why.allowed, why.rule, why.ways[0]?.kind], [true, 'elevation to administrator', 'elevation']);
    gate.advance(3_600_000);
    const { client: later } = await gate.openSession(people.ada);
    assert.equal(await codeOf(later('users.list', { query: {} })), 'access.denied');
    assert.equal(await gate.access.elevations.sweep(), 1);
    assert.equal((await later('elevations.list', { query: {} })).elevations[0]?.state, 'expired');
    assert.deepEqual(
      gate.told.map(event => event.type).filter(type => type.startsWith('elevation.')),
      ['elevation.asked', 'elevation.decided', 'elevation.ended'],
    );
    const tooLong = later('elevations.ask', {
      body: { ...body, project: project.id, role: 'editor', durationMs: 9 * 3_600_000 },
    });
    assert.equal(await codeOf(tooLong), 'core.invalid_input');
  });

  it('are above nobody who approves them, and may be ended early', async () => {
    await using gate = await openGate();
    const { ada, ben, owner } = await setUp(gate);
    const body = { project: null, role: 'owner', reason: 'incident', durationMs: 600_000 };
    const asked = await ada('elevations.ask', { body });
    const params = { id: asked.id };
    assert.equal(await codeOf(ben('elevations.approve', { params, body: {} })), 'access.denied');
    await owner('elevations.approve', { params, body: {} });
    // Borrowed, it makes nothing lasting for whoever borrowed it.
    assert.equal(await codeOf(ada('users.list', { query: {} })), 'done');
    assert.equal((await ada('elevations.end', { params })).state, 'ended');
    assert.equal(await codeOf(ada('users.list', { query: {} })), 'access.denied');
    const second = await ada('elevations.ask', { body });
    assert.equal((await ada('elevations.end', { params: { id: second.id } })).state, 'withdrawn');
    const third = await ada('elevations.ask', { body });
    gate.advance(2 * dayMs);
    assert.equal(await gate.access.elevations.sweep(), 1);
    assert.equal((await gate.access.elevations.get(third.id)).state, 'unanswered');
  });
});

describe('break-glass', () => {
  it('is an Owner’s account, marked by an Owner, whose sign-in is recorded at high severity', async () => {
    await using gate = await openGate();
    const { ben, owner, people } = await setUp(gate);
    const mark = (client: typeof owner, id: string) => codeOf(client('breakGlass.mark', { params: { id } }));
    assert.equal(await mark(ben, people.owner.id), 'access.denied');
    assert.equal(await mark(owner, people.ben.id), 'core.invalid_input');
    assert.equal(await mark(owner, people.owner.id), 'done');
    const session = { sessionId: 's', email: 'owner@example.org', clientIp: '192.0.2.1' };
    assert.equal(await gate.access.breakGlass.noteSignIn({ ...session, userId: people.ada.id }), false);
    assert.equal(await gate.access.breakGlass.noteSignIn({ ...session, userId: people.owner.id }), true);
    const { accounts } = await owner('breakGlass.list', {});
    assert.equal(accounts[0]?.lastUsedAt !== null, true);
    assert.equal(gate.told.filter(event => event.type === 'break_glass.used').length, 1);
  });
});

describe('explain', () => {
  it('names the role, the way and the group that led to it, and what is missing', async () => {
    await using gate = await openGate();
    const { ada, owner, people, project } = await setUp(gate);
    const ask = (permission: 'workflow.update' | 'credential.manage', client = owner) =>
      client('access.explain', { query: { userId: people.ada.id, permission, project: project.id } });
    const yes = await ask('workflow.update');
    assert.deepEqual([yes.allowed, yes.rule, yes.missing], [true, 'project role editor', null]);
    assert.deepEqual(
      yes.ways.map(way => [way.kind, way.roleName, way.groupName, way.doesGrant]),
      [
        ['group', 'Editor', 'Builders', true],
        ['direct', 'Viewer', null, false],
      ],
    );
    const no = await ask('credential.manage', ada);
    assert.deepEqual([no.allowed, no.missing], [false, 'The role in this project does not grant it.']);
    assert.deepEqual(
      no.enough.map(one => one.roleName),
      ['Admin', 'Owner', 'Owner'],
    );
    const other = ada('access.explain', { query: { userId: people.ben.id, permission: 'user.read' } });
    assert.equal(await codeOf(other), 'access.denied');
  });

  it('judges a request as the data plane does', async () => {
    await using gate = await openGate();
    const { owner, people, project } = await setUp(gate);
    const made = await owner('sites.create', {
      body: { name: 'flows', platform: 'n8n', upstreams: ['http://127.0.0.1:5678'], defaultProject: project.id },
    });
    const ask = (method: 'GET' | 'DELETE', path: string) =>
      owner('access.explainRequest', { query: { userId: people.ada.id, site: made.name, method, path } });
    const read = await ask('GET', '/rest/workflows');
    assert.deepEqual([read.allowed, read.permission, read.projectName], [true, 'workflow.read', 'Billing']);
    const remove = await ask('DELETE', '/rest/settings/secret');
    assert.equal(remove.allowed, false);
    const found = await owner('access.orphans');
    assert.deepEqual(
      found.projects.map(one => one.name),
      [],
    );
  });
});
