import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type PostgresServer, postgresMissing, startPostgres } from '../../tests/servers/postgres.ts';
import type { PrincipalRef } from '../core/events.ts';
import { operatorPrincipal as op } from '../core/events.ts';
import { Secret } from '../core/secret.ts';
import type { StoreSettings } from '../store/store.ts';
import type { House } from './access.fixture.ts';
import { is, withAccess } from './access.fixture.ts';

const person = (id: string): PrincipalRef => ({ kind: 'user', id, name: `${id}@example.org` });
const dayMs = 86_400_000;

/** How many of these came to an end, and the codes of those that did not. */
async function outcomes(acts: readonly Promise<unknown>[]): Promise<{ done: number; refused: unknown[] }> {
  const settled = await Promise.allSettled(acts);
  const refused = settled.flatMap(one => (one.status === 'rejected' ? [one.reason] : []));
  return { done: settled.length - refused.length, refused };
}

const countOf = ({ events }: House, type: string): number => events.filter(event => event.type === type).length;

// On PostgreSQL transactions run side by side: what SQLite serialises must hold here by locks and conditional updates.
describe('access on PostgreSQL', { skip: postgresMissing() ?? false }, () => {
  let server: PostgresServer;
  let databases = 0;
  before(async () => {
    server = await startPostgres();
  });
  after(() => server[Symbol.asyncDispose]());
  const onPostgres = async (
    use: (house: House) => Promise<void>,
    hands: Parameters<typeof withAccess>[1] = {},
  ): Promise<void> => {
    const url = new Secret(await server.createDatabase(`access${databases++}`));
    const settings: StoreSettings = { kind: 'postgres', url };
    await withAccess(use, { ...hands, settings });
  };

  it('keeps roles and grants, and deletes no role that somebody is being given', async () => {
    await onPostgres(async house => {
      const { access } = house;
      const project = await access.createProject(op, { name: 'Billing' });
      const role = await access.roles.create(op, {
        name: 'Runner',
        description: '',
        permissions: ['workflow.execute'],
      });
      await assert.rejects(
        access.roles.create(op, { name: 'RUNNER', description: '', permissions: ['workflow.read'] }),
        is('access.role_exists'),
      );
      const target = { groupId: 'g', project: project.id, role: role.id };
      const same = await Promise.all(Array.from({ length: 4 }, () => access.grants.create(op, target, 'Group')));
      assert.equal(new Set(same.map(grant => grant.id)).size, 1);
      assert.equal(countOf(house, 'grant.created'), 1);
      await assert.rejects(access.roles.delete(op, role.id), is('access.role_in_use'));
      await access.grants.delete(op, same[0]?.id ?? '', 'Group');
      // Either it is given and stays, or it is gone and nobody gets it.
      const { done } = await outcomes([
        access.roles.delete(op, role.id),
        access.setMember(op, { projectId: project.id, userId: 'ada', role: role.id }),
      ]);
      assert.equal(done, 1);
      const { memberships, roles } = await access.load();
      assert.equal(memberships.length, roles.length);
    });
  });

  it('decides an elevation once of many at once, and ends what lapsed once of two sweeps', async () => {
    await onPostgres(async house => {
      const { access } = house;
      const input = { project: null, role: 'administrator', reason: 'on call', durationMs: 600_000 };
      const asked = await access.elevations.ask(person('ada'), input);
      const own = access.elevations.decide(person('ada'), { id: asked.id, isApproved: true, comment: '' });
      await assert.rejects(own, is('access.denied'));
      const decide = (who: string, isApproved: boolean) =>
        access.elevations.decide(person(who), { id: asked.id, isApproved, comment: '' });
      const decided = await outcomes([decide('ben', true), decide('cy', false), decide('dee', true)]);
      assert.equal(decided.done, 1);
      assert.ok(decided.refused.every(is('access.elevation_settled')));
      assert.equal(countOf(house, 'elevation.decided'), 1);
      const next = await access.elevations.ask(person('ben'), input);
      await access.elevations.decide(op, { id: next.id, isApproved: true, comment: '' });
      assert.ok((await access.load()).elevations.some(one => one.id === next.id));
      house.now += dayMs;
      const ended = countOf(house, 'elevation.ended');
      const swept = await Promise.all([access.elevations.sweep(), access.elevations.sweep()]);
      assert.equal(
        swept.reduce((sum, n) => sum + n, 0),
        countOf(house, 'elevation.ended') - ended,
      );
      assert.equal((await access.elevations.get(next.id)).state, 'expired');
      assert.deepEqual((await access.load()).elevations, []);
    });
  });

  it('answers a review once of two reviewers at once, all or nothing, and closes to what its fingerprint says', async () => {
    await onPostgres(async house => {
      const { access, roster } = house;
      const project = await access.createProject(op, { name: 'Billing' });
      for (const id of ['ada', 'ben', 'cy']) {
        roster.setPerson(id, { id, email: `${id}@example.org`, name: id, role: 'member', disabled: false });
        await access.setMember(op, { projectId: project.id, userId: id, role: id === 'cy' ? 'owner' : 'viewer' });
      }
      const campaign = await access.reviews.create(op, {
        ...{ name: 'Q4', scope: { kind: 'project', project: project.id }, reviewers: ['cy', 'ada'] },
        ...{ dueAt: house.now + dayMs, unanswered: 'keep', keys: [] },
      });
      const items = await access.reviews.listItems(campaign.id, {});
      const of = (id: string) => items.find(item => item.user_id === id)?.id ?? '';
      const answer = (who: string, ids: string[]) =>
        access.reviews.answer(person(who), { id: campaign.id, items: ids, answer: 'revoke', comment: '' });
      await assert.rejects(answer('cy', [of('ada'), of('cy')]), is('access.denied'));
      const once = await outcomes([answer('cy', [of('ben')]), answer('ada', [of('ben')])]);
      assert.equal(once.done, 1);
      assert.ok(once.refused.every(is('store.conflict')));
      // What is answered while the review is closed is in it, or refused; nothing changes afterwards.
      const closing = access.reviews.close(op, campaign.id);
      await outcomes([closing, answer('cy', [of('ada')])]);
      const closed = await closing;
      assert.equal(closed.kept + closed.revoked, 3);
      assert.equal(countOf(house, 'review.answered'), 3);
      assert.equal((await access.reviews.export(campaign.id, 'json')).sha256, closed.sha256);
    });
  });

  it('finishes what was cut off as the one who answered, with no right more', async () => {
    const asked: PrincipalRef[] = [];
    const makeMember = async (by: PrincipalRef): Promise<void> => {
      asked.push(by);
      if (asked.length === 1) throw new Error('cut off');
    };
    await onPostgres(
      async house => {
        const { access, roster } = house;
        roster.setPerson('ben', {
          id: 'ben',
          email: 'b@example.org',
          name: 'b',
          role: 'administrator',
          disabled: false,
        });
        const campaign = await access.reviews.create(op, {
          ...{ name: 'Q4', scope: { kind: 'global_roles' }, reviewers: ['cy'] },
          ...{ dueAt: house.now + dayMs, unanswered: 'keep', keys: [] },
        });
        const [item] = await access.reviews.listItems(campaign.id, {});
        const input = { id: campaign.id, items: [item?.id ?? ''], answer: 'revoke' as const, comment: '' };
        await assert.rejects(access.reviews.answer(person('cy'), input));
        await access.reviews.sweep();
        assert.equal(asked.length, 1);
        house.now += 60_000;
        await access.reviews.sweep();
        assert.deepEqual(asked, [person('cy'), person('cy')]);
        const [after] = await access.reviews.listItems(campaign.id, {});
        assert.equal(after?.outcome, 'revoked');
      },
      { hands: { makeMember } },
    );
  });

  it('marks an account for emergencies once, and keeps the latest use of several nodes', async () => {
    await onPostgres(async house => {
      const { access } = house;
      const about = { id: 'ada', email: 'ada@example.org' };
      await access.breakGlass.mark(op, about);
      await access.breakGlass.mark(op, about);
      assert.equal(countOf(house, 'break_glass.marked'), 1);
      const session = { userId: 'ada', sessionId: 's', email: about.email, clientIp: undefined };
      assert.equal(await access.breakGlass.noteSignIn(session), true);
      await access.breakGlass.unmark(op, about);
      assert.equal(await access.breakGlass.noteSignIn(session), false);
      await Promise.all([access.uses.touch(new Map([['ada|p', 7]])), access.uses.touch(new Map([['ada|p', 5]]))]);
      assert.deepEqual([...(await access.uses.load())], [['ada|p', 7]]);
    });
  });
});
