import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { operatorPrincipal } from '../core/events.ts';
import {
  addPerson,
  addPersonWithTotp,
  asPrincipal,
  code,
  from,
  goodPassword,
  type House,
  is,
  otherPassword,
  pendingOf,
  secret,
  signedIn,
  signInWithTotp,
  withIdentity,
} from './identity.fixture.ts';

const op = operatorPrincipal;
const minute = 60_000;

describe('people', () => {
  it('have one account per address, whatever its case or width, also when two make it at once', async () => {
    await withIdentity(async house => {
      const make = (email: string) => house.identity.createUser(op, { email, name: 'N', role: 'member' });
      const made = await Promise.allSettled([
        make('ada@example.org'),
        make('ADA@example.org'),
        make('ａｄａ@example.org'),
      ]);
      assert.equal(made.filter(one => one.status === 'fulfilled').length, 1);
      assert.equal(house.events.length, 1, 'a loser is not recorded');
      await assert.rejects(make(' Ada@Example.org '), is('identity.user_exists'));
      assert.equal((await house.identity.findUserByEmail('ADA@EXAMPLE.ORG'))?.name, 'N');
      for (const odd of [
        '',
        'ada',
        'a@b@c',
        'a b@c',
        '@x',
        'x@',
        'a@\u0000',
        'a\u200b@x',
        `${'x'.repeat(300)}@y`,
        '"x"@y',
      ]) {
        await assert.rejects(make(odd), is('core.invalid_input'), odd);
      }
    });
  });

  it('are listed by address, page by page, and found by any part of address or name', async () => {
    await withIdentity(async house => {
      for (const who of ['carol', 'ADA', 'bob', 'd_ve', 'dave']) {
        await house.identity.createUser(op, { email: `${who}@example.org`, name: `Ms ${who} %`, role: 'member' });
      }
      const emails = async (query: Parameters<House['identity']['listUsers']>[0]) =>
        (await house.identity.listUsers(query)).map(user => user.email);
      const all = await emails({});
      assert.deepEqual(all, [
        'ADA@example.org',
        'bob@example.org',
        'carol@example.org',
        'd_ve@example.org',
        'dave@example.org',
      ]);
      const first = await house.identity.listUsers({ limit: 2 });
      assert.deepEqual(await emails({ limit: 2, after: first[1]?.id ?? '' }), [
        'carol@example.org',
        'd_ve@example.org',
      ]);
      assert.deepEqual(await emails({ search: 'd_' }), ['d_ve@example.org'], 'no wildcards');
      assert.deepEqual(await emails({ search: 'ms AD' }), ['ADA@example.org']);
      assert.equal((await emails({ search: '%' })).length, 5);
      assert.deepEqual(await emails({ search: '\\' }), []);
      await assert.rejects(house.identity.listUsers({ after: 'nope' }), is('identity.user_not_found'));
    });
  });

  it('keep their last Owner who can sign in, also when all leave at once', async () => {
    await withIdentity(async house => {
      const { user: ada } = await addPerson(house, { email: 'ada@example.org', role: 'owner' });
      await house.identity.createUser(op, { email: 'never@example.org', name: 'Invited', role: 'owner' });
      const { identity } = house;
      const acts = [
        (id: string) => identity.setRole(op, id, 'administrator'),
        (id: string) => identity.setDisabled(op, id, true),
        (id: string) => identity.deleteUser(op, id),
      ];
      for (const act of acts) await assert.rejects(act(ada.id), is('access.last_owner'));
      const owners = [ada];
      for (const who of ['bob', 'carol', 'dave']) {
        owners.push((await addPerson(house, { email: `${who}@example.org`, role: 'owner' })).user);
      }
      const left = await Promise.allSettled(owners.map(async (owner, i) => acts[i % 3]?.(owner.id)));
      assert.equal(left.filter(one => one.status === 'rejected' && is('access.last_owner')(one.reason)).length, 1);
      const rest = (await identity.listUsers()).filter(
        user => user.role === 'owner' && !user.disabled && user.hasPassword,
      );
      assert.equal(rest.length, 1);
    });
  });

  it('of role Owner are touched and made by Owners only, by whatever way', async () => {
    await withIdentity(async house => {
      const owner = await addPersonWithTotp(house, { email: 'owner@example.org' });
      const { user: admin } = await addPerson(house, { email: 'admin@example.org', role: 'administrator' });
      const { user: member } = await addPerson(house, { email: 'member@example.org' });
      const { identity } = house;
      const id = owner.user.id;
      house.events.length = 0;
      for (const by of [
        asPrincipal(admin),
        asPrincipal(member),
        { kind: 'anonymous', id: 'anonymous', name: 'anonymous' } as const,
      ]) {
        const acts = {
          role: () => identity.setRole(by, id, 'member'),
          disable: () => identity.setDisabled(by, id, true),
          delete: () => identity.deleteUser(by, id),
          recover: () => identity.issueLink(by, { purpose: 'recovery', userId: id }),
          factor: () => identity.removeTotp(by, id),
          codes: () => identity.makeRecoveryCodes(by, id),
          rename: () => identity.updateProfile(by, id, { name: 'X' }),
          promote: () => identity.setRole(by, admin.id, 'owner'),
          make: () => identity.createUser(by, { email: 'new@example.org', name: 'N', role: 'owner' }),
          first: () => identity.issueLink(by, { purpose: 'first_owner' }),
        };
        for (const [name, act] of Object.entries(acts)) {
          await assert.rejects(act, error => is('access.denied')(error) || is('identity.owner_exists')(error), name);
        }
      }
      assert.deepEqual(house.events, []);
      assert.equal((await identity.setRole(asPrincipal(owner.user), admin.id, 'owner')).role, 'owner');
      assert.equal((await identity.setRole(asPrincipal(admin), member.id, 'administrator')).role, 'administrator');
    });
  });

  it('change nothing and tell nobody while the audit log cannot record', async () => {
    await withIdentity(async house => {
      const { identity } = house;
      const owner = await addPersonWithTotp(house, { email: 'owner@example.org' });
      const { token, session } = await signInWithTotp(house, owner);
      const { user } = await addPerson(house, { email: 'ada@example.org' });
      const invited = await identity.createUser(op, { email: 'new@example.org', name: 'N', role: 'member' });
      const link = await identity.issueLink(op, { purpose: 'invitation', userId: invited.id });
      house.pass(minute);
      const handoff = await identity.issueHandoff(session.id, 'n8n.example.org');
      const pending = pendingOf(
        await identity.signIn({ email: owner.user.email, password: secret(goodPassword) }, from()),
      );
      const enrolling = pendingOf((await addPerson(house, { email: 'admin@example.org', role: 'administrator' })).step);
      const seed = (await identity.beginEnrolment(enrolling)).secret;
      const own = (await identity.beginTotp(user.id)).secret;
      const tables = [
        'identity_users',
        'identity_passwords',
        'identity_factors',
        'identity_recovery_codes',
        'identity_sessions',
        'identity_links',
        'identity_pendings',
        'identity_handoffs',
      ] as const;
      const dump = async () => {
        const rows = [];
        for (const table of tables) rows.push(await house.db.selectFrom(table).selectAll().execute());
        // An attempt is counted whatever becomes of it.
        return JSON.stringify(rows).replaceAll(/"attempts":\d+/g, '');
      };
      const before = await dump();
      house.changes.length = 0;
      house.isAuditDown = true;
      const now = () => code(owner.seed, house.clock.wall);
      const acts: Record<string, () => Promise<unknown>> = {
        create: () => identity.createUser(op, { email: 'x@example.org', name: 'X', role: 'member' }),
        role: () => identity.setRole(op, user.id, 'administrator'),
        disable: () => identity.setDisabled(op, user.id, true),
        delete: () => identity.deleteUser(op, user.id),
        rename: () => identity.updateProfile(op, user.id, { name: 'X' }),
        link: () => identity.issueLink(op, { purpose: 'recovery', userId: user.id }),
        redeem: () => identity.redeemLink(link.token, { password: secret(goodPassword) }, from()),
        'sign in': () => identity.signIn({ email: 'ada@example.org', password: secret(goodPassword) }, from()),
        'fail to sign in': () => identity.signIn({ email: 'ada@example.org', password: secret('no') }, from()),
        totp: () => identity.answerTotp({ pending, code: now() }, from()),
        enrol: () => identity.confirmEnrolment({ pending: enrolling, code: code(seed, house.clock.wall) }, from()),
        password: () =>
          identity.changePassword(op, {
            userId: user.id,
            current: secret(goodPassword),
            next: secret(otherPassword),
            keepSessionId: '',
          }),
        'own totp': () =>
          identity.confirmTotp(op, { userId: user.id, code: code(own, house.clock.wall), keepSessionId: '' }),
        'remove totp': () => identity.removeTotp(op, owner.user.id),
        codes: () => identity.makeRecoveryCodes(op, owner.user.id),
        end: () => identity.endSession(op, session.id, 'x'),
        'end all': () => identity.endAllSessions(op, owner.user.id, 'x'),
        again: () =>
          identity.reauthenticate({ sessionId: session.id, password: secret(goodPassword), code: now() }, from()),
        handoff: () => identity.redeemHandoff(handoff, from('203.0.113.7', 'n8n.example.org')),
      };
      for (const [name, act] of Object.entries(acts)) await assert.rejects(act, is('audit.unavailable'), name);
      assert.deepEqual(await dump(), before);
      assert.deepEqual(house.changes, []);
      house.isAuditDown = false;
      assert.ok(await identity.findSession(token, from().host));
      assert.equal(
        (await identity.redeemLink(link.token, { password: secret(goodPassword) }, from())).state,
        'signed_in',
        'the link was not spent',
      );
      house.isAuditDown = true;
      house.pass(100 * 24 * 60 * minute);
      await assert.rejects(identity.sweep(), is('audit.unavailable'));
    });
  });
});

describe('passwords and second factors of one\u2019s own', () => {
  it('change the password with the current one, ending all other sessions and nothing else', async () => {
    await withIdentity(async house => {
      const { user, step } = await addPerson(house, { email: 'ada@example.org' });
      const kept = signedIn(step);
      const other = signedIn(
        await house.identity.signIn({ email: user.email, password: secret(goodPassword) }, from()),
      );
      const change = (current: string, next: string) =>
        house.identity.changePassword(asPrincipal(user), {
          userId: user.id,
          current: secret(current),
          next: secret(next),
          keepSessionId: kept.session.id,
        });
      await assert.rejects(change('wrong', otherPassword), is('identity.password_refused'));
      await assert.rejects(change(goodPassword, goodPassword), is('identity.password_refused'));
      await assert.rejects(change(goodPassword, 'short but odd!'), is('identity.password_refused'));
      await change(goodPassword, otherPassword);
      assert.ok(await house.identity.findSession(kept.token, from().host));
      assert.equal(await house.identity.findSession(other.token, from().host), undefined);
      assert.equal(
        (await house.identity.signIn({ email: user.email, password: secret(goodPassword) }, from())).state,
        'refused',
      );
      signedIn(await house.identity.signIn({ email: user.email, password: secret(otherPassword) }, from()));
    });
  });

  it('replace a device only after the new one is confirmed, ending all other sessions', async () => {
    await withIdentity(async house => {
      const person = await addPersonWithTotp(house, { email: 'ada@example.org' });
      const other = await signInWithTotp(house, person);
      const kept = await signInWithTotp(house, person);
      const { secret: seed } = await house.identity.beginTotp(person.user.id);
      assert.ok((await house.identity.beginTotp(person.user.id)).secret.equals(seed));
      const still = await signInWithTotp(house, person);
      const confirm = (typed: string) =>
        house.identity.confirmTotp(asPrincipal(person.user), {
          userId: person.user.id,
          code: typed,
          keepSessionId: kept.session.id,
        });
      await assert.rejects(confirm(code(person.seed, house.clock.wall)), is('identity.code_invalid'));
      await confirm(code(seed, house.clock.wall));
      for (const gone of [other, still])
        assert.equal(await house.identity.findSession(gone.token, from().host), undefined);
      assert.ok(await house.identity.findSession(kept.token, from().host));
      await signInWithTotp(house, { ...person, seed });
      await assert.rejects(confirm(code(seed, house.clock.wall)), is('identity.code_invalid'));
    });
  });

  it('stay compulsory where they are, and for a password too short to stand alone', async () => {
    await withIdentity(async house => {
      const { identity } = house;
      const owner = await addPersonWithTotp(house, { email: 'owner@example.org' });
      await assert.rejects(identity.removeTotp(asPrincipal(owner.user), owner.user.id), is('identity.mfa_compulsory'));
      const member = await addPersonWithTotp(house, { email: 'ada@example.org', role: 'member' });
      const keepSessionId = member.sessionId;
      const short = 'kettle+27ivy'; // 12 characters
      await identity.changePassword(asPrincipal(member.user), {
        userId: member.user.id,
        current: secret(goodPassword),
        next: secret(short),
        keepSessionId,
      });
      await assert.rejects(
        identity.removeTotp(asPrincipal(member.user), member.user.id),
        is('identity.mfa_compulsory'),
      );
      await identity.removeTotp(op, member.user.id);
      const step = await identity.signIn({ email: 'ada@example.org', password: secret(short) }, from());
      assert.equal(step.state, 'enrolment_needed');
      const seed = (await identity.beginEnrolment(pendingOf(step))).secret;
      await identity.confirmEnrolment({ pending: pendingOf(step), code: code(seed, house.clock.wall) }, from());
      const { user } = await addPerson(house, { email: 'bob@example.org' });
      const { secret: bobSeed } = await identity.beginTotp(user.id);
      await identity.confirmTotp(asPrincipal(user), {
        userId: user.id,
        code: code(bobSeed, house.clock.wall),
        keepSessionId: '',
      });
      await identity.removeTotp(asPrincipal(user), user.id);
      assert.equal((await identity.getUser(user.id)).factors.totp, false);
      signedIn(await identity.signIn({ email: 'bob@example.org', password: secret(goodPassword) }, from()));
    });
  });
});
