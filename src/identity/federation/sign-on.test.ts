import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { PostgresServer } from '../../../tests/servers/postgres.ts';
import { postgresMissing, startPostgres } from '../../../tests/servers/postgres.ts';
import { operatorPrincipal } from '../../core/events.ts';
import { Secret } from '../../core/secret.ts';
import type { StoreSettings } from '../../store/store.ts';
import type { House } from '../identity.fixture.ts';
import { addPerson, addPersonWithTotp, code, from, is, pendingOf, secret, signedIn } from '../identity.fixture.ts';
import type { World } from './federation.fixture.ts';
import {
  connectOidc,
  goOut,
  never,
  oidcInput,
  refuses,
  samlInput,
  signInAt,
  stepOf,
  vouches,
  withWorld,
} from './federation.fixture.ts';
import type { ExternalIdentity } from './federation.ts';

const op = operatorPrincipal;

/** What the record says of the last refusal. */
const reason = (house: House) => {
  const failed = house.events.findLast(event => event.type === 'auth.failed');
  return failed?.type === 'auth.failed' ? failed.data.reason : undefined;
};

async function comeIn(house: House, world: World, patch: Partial<ExternalIdentity> = {}, input: object = {}) {
  const provider = (await house.identity.signOn.list())[0] ?? (await connectOidc(house, input));
  world.codes.set('c', vouches(patch));
  return { provider, step: stepOf(await signInAt(house, provider, 'c')) };
}

describe('a sign-in through a provider', () => {
  it('makes an account, its groups and a session, each recorded and told', async () => {
    await withWorld(async (house, world) => {
      const { provider, step } = await comeIn(house, world, { groups: ['ops', 'night'] });
      const { session, user } = signedIn(step);
      assert.deepEqual(
        [user.email, user.name, user.role, user.hasPassword],
        ['ada@example.org', 'Ada', 'member', false],
      );
      assert.deepEqual(session.methods, ['oidc']);
      assert.deepEqual(
        (await house.identity.groups.of(user.id)).map(group => group.name),
        ['night', 'ops'],
      );
      const types = house.events.map(event => event.type);
      assert.ok(types.indexOf('user.groups_changed') < types.indexOf('session.opened'));
      const kinds = house.changes.map(change => change.kind);
      assert.ok(kinds.indexOf('groups') < kinds.indexOf('session'), 'groups are in force before the session opens');
      const [link] = await house.identity.signOn.linksOf(user.id);
      assert.deepEqual([link?.providerId, link?.subject], [provider.id, 's-ada']);
    });
  });

  it('finds the same person by subject, whatever the address says now', async () => {
    await withWorld(async (house, world) => {
      const first = signedIn((await comeIn(house, world)).step);
      const again = signedIn((await comeIn(house, world, { email: 'other@elsewhere.org', name: 'Ada L.' })).step);
      assert.equal(again.user.id, first.user.id);
      assert.equal(again.user.email, 'ada@example.org');
      assert.equal(again.user.name, 'Ada L.');
      const moved = signedIn((await comeIn(house, world, { email: 'ada.l@example.org' })).step);
      assert.equal(moved.user.email, 'ada.l@example.org');
    });
  });

  it('leaves the old address when somebody else has the new one', async () => {
    await withWorld(async (house, world) => {
      await addPerson(house, { email: 'bob@example.org' });
      await comeIn(house, world);
      const again = signedIn((await comeIn(house, world, { email: 'bob@example.org' })).step);
      assert.equal(again.user.email, 'ada@example.org');
    });
  });

  // better-auth GHSA-g38m-r43w-p2q7: who made the account first must not stay in it.
  it('leaves whoever held the account before nothing to come back with', async () => {
    await withWorld(async (house, world) => {
      const { identity } = house;
      const { user, step } = await addPerson(house, { email: 'ada@example.org' });
      const before = signedIn(step);
      const link = await identity.issueLink(op, { purpose: 'recovery', userId: user.id });
      const taken = signedIn((await comeIn(house, world)).step);
      assert.equal(taken.user.id, user.id);
      assert.equal(taken.user.hasPassword, false);
      assert.equal(await identity.findSession(before.token, from().host), undefined);
      assert.equal(await identity.inspectLink(link.token), undefined);
      const old = { email: 'ada@example.org', password: secret('violet-harbour-19-kettle') };
      assert.equal((await identity.signIn(old, from())).state, 'refused');
    });
  });

  it('asks for the authenticator app that was there before', async () => {
    await withWorld(async (house, world) => {
      const person = await addPersonWithTotp(house, { email: 'ada@example.org', role: 'member' });
      const { step } = await comeIn(house, world, { authenticatedAt: house.clock.wall - 3_600_000 });
      house.pass(30_000);
      const answer = { pending: pendingOf(step), code: code(person.seed, house.clock.wall) };
      const opened = signedIn(await house.identity.answerTotp(answer, from()));
      assert.deepEqual(opened.session.methods, ['totp', 'oidc']);
      const [row] = await house.db
        .selectFrom('identity_sessions')
        .selectAll()
        .where('id', '=', opened.session.id)
        .execute();
      assert.ok(row?.provider_id);
    });
  });

  const refusals: readonly { name: string; patch?: Partial<ExternalIdentity>; input?: object; reason: string }[] = [
    { name: 'nobody vouches for the address', patch: { isEmailVerified: false }, reason: 'email_not_vouched' },
    { name: 'the domain is another', patch: { email: 'ada@other.org' }, reason: 'domain_not_spoken_for' },
    { name: 'there is no address', patch: { email: null }, reason: 'no_email' },
    { name: 'accounts are not made', input: { createsAccounts: false }, reason: 'account_needed' },
    { name: 'no domain is spoken for', input: { domains: [] }, reason: 'domain_not_spoken_for' },
  ];
  for (const { input = {}, name, patch = {}, reason: wanted } of refusals) {
    it(`is refused when ${name}, and the record says why`, async () => {
      await withWorld(async (house, world) => {
        const { step } = await comeIn(house, world, patch, input);
        assert.deepEqual(step, { state: 'refused' });
        assert.equal(reason(house), wanted);
        assert.deepEqual(await house.identity.listUsers(), []);
      });
    });
  }

  it('never takes over an Owner by address, but one linked by hand comes in', async () => {
    await withWorld(async (house, world) => {
      const { identity } = house;
      const owner = await addPersonWithTotp(house, { email: 'ada@example.org', role: 'owner' });
      const { provider, step } = await comeIn(house, world);
      assert.equal(step.state, 'refused');
      assert.equal(reason(house), 'owner_needs_operator');
      await identity.signOn.link(op, { userId: owner.user.id, providerId: provider.id, subject: 's-ada' });
      assert.equal((await comeIn(house, world)).step.state, 'factor_needed');
      assert.equal((await identity.getUser(owner.user.id)).hasPassword, true);
      const administrator = { kind: 'user', id: 'x', name: 'x' } as const;
      const link = { userId: owner.user.id, providerId: provider.id, subject: 'mine' };
      await assert.rejects(identity.signOn.link(administrator, link), is('access.denied'));
    });
  });

  it('takes over nobody who is linked to another subject there: addresses are given to new people', async () => {
    await withWorld(async (house, world) => {
      await comeIn(house, world);
      const { step } = await comeIn(house, world, { subject: 's-new' });
      assert.equal(step.state, 'refused');
      assert.equal(reason(house), 'other_subject');
    });
  });

  it('keeps a disabled person out, by subject and by address', async () => {
    await withWorld(async (house, world) => {
      const { user } = signedIn((await comeIn(house, world)).step);
      await house.identity.setDisabled(op, user.id, true);
      assert.equal((await comeIn(house, world)).step.state, 'refused');
      assert.equal(reason(house), 'disabled');
      assert.equal((await comeIn(house, world, { subject: 'other' })).step.state, 'refused');
    });
  });

  it('counts the provider’s second factor only where it is trusted', async () => {
    await withWorld(async (house, world) => {
      const provider = await connectOidc(house);
      const { user } = signedIn((await comeIn(house, world)).step);
      await house.identity.setRole(op, user.id, 'administrator');
      assert.equal((await comeIn(house, world, { isMfa: true })).step.state, 'enrolment_needed');
      await house.identity.signOn.update(op, provider.id, oidcInput({ trustsMfa: true }));
      assert.equal((await comeIn(house, world, { isMfa: false })).step.state, 'enrolment_needed');
      const { session } = signedIn((await comeIn(house, world, { isMfa: true })).step);
      assert.deepEqual(session.methods, ['oidc', 'provider_mfa']);
    });
  });

  it('ends when the provider or the settings say, and is as old a proof as it is there', async () => {
    await withWorld(async (house, world) => {
      const { wall } = house.clock;
      const hour = 3_600_000;
      const opened = await comeIn(
        house,
        world,
        { authenticatedAt: wall - hour, endsAt: wall + 2 * hour },
        { sessionHoursMax: 4 },
      );
      const { session } = signedIn(opened.step);
      assert.equal(session.expiresAt, wall + 2 * hour);
      assert.equal(session.authenticatedAt, wall - hour);
      const later = signedIn((await comeIn(house, world, { authenticatedAt: wall + 999_999_999 })).step);
      assert.equal(later.session.expiresAt, wall + 4 * hour);
      assert.equal(later.session.authenticatedAt, wall);
    });
  });

  it('makes one person of two first sign-ins at once', async () => {
    await withWorld(async (house, world) => {
      const provider = await connectOidc(house);
      world.codes.set('c', vouches());
      const steps = await Promise.all([1, 2, 3].map(() => signInAt(house, provider, 'c')));
      const ids = new Set(steps.map(arrival => signedIn(stepOf(arrival)).user.id));
      assert.equal(ids.size, 1);
    });
  });
});

describe('the state of a sign-in under way', () => {
  const finish = (house: House, slug: string, given: { state: string; cookie: Secret | undefined; host?: string }) =>
    house.identity.signOn.finish(
      slug,
      {
        kind: 'oidc',
        url: new URL(`https://gate.example.org/callback?code=c&state=${given.state}`),
        cookie: given.cookie,
      },
      from('203.0.113.7', given.host ?? 'gate.example.org'),
      never,
    );

  it('counts once, in the browser it was begun in, at its host, within ten minutes, and at its own provider', async () => {
    await withWorld(async (house, world) => {
      const provider = await connectOidc(house);
      const other = await connectOidc(house, { name: 'Other' });
      world.codes.set('c', vouches());
      const refused = async (given: Parameters<typeof finish>[2], slug = provider.slug) => {
        assert.deepEqual(stepOf(await finish(house, slug, given)), { state: 'refused' });
        assert.equal(reason(house), 'state');
      };
      const out = () => goOut(house, provider);
      await refused({ ...(await out()), cookie: undefined });
      await refused({ ...(await out()), cookie: (await out()).cookie });
      await refused({ ...(await out()), host: 'n8n.example.org' });
      await refused({ ...(await out()), state: 'x'.repeat(43) });
      await refused({ ...(await out()), state: '' });
      await refused(await out(), other.slug);
      const late = await out();
      house.pass(10 * 60_000 + 1);
      await refused(late);
      const good = await out();
      assert.equal(stepOf(await finish(house, provider.slug, good)).state, 'signed_in');
      await refused(good);
      const leaked = await out();
      await refused({ ...leaked, cookie: undefined });
      await refused(leaked);
      const url = new URL('https://gate.example.org/callback?code=c');
      const twice = await out();
      url.searchParams.append('state', twice.state);
      url.searchParams.append('state', twice.state);
      const answer = { kind: 'oidc' as const, url, cookie: twice.cookie };
      assert.equal(stepOf(await house.identity.signOn.finish(provider.slug, answer, from(), never)).state, 'refused');
    });
  });

  it('is kept by hashes and seals alone, and forgotten', async () => {
    await withWorld(async house => {
      const { cookie, state } = await goOut(house, await connectOidc(house), {
        returnTo: 'https://gate.example.org/x',
      });
      const rows = JSON.stringify(await house.db.selectFrom('identity_flows').selectAll().execute());
      assert.ok(!rows.includes(state) && !rows.includes(cookie.reveal()));
      const sealed = await house.db.selectFrom('identity_providers').select('sealed').executeTakeFirst();
      assert.ok(sealed?.sealed && !sealed.sealed.includes('client secret'));
      house.pass(3_600_000);
      await house.identity.sweep();
      assert.deepEqual(await house.db.selectFrom('identity_flows').selectAll().execute(), []);
    });
  });

  it('is finished by another node', async () => {
    await withWorld(async (house, world) => {
      const provider = await connectOidc(house);
      world.codes.set('c', vouches());
      const { cookie, state } = await goOut(house, provider);
      const url = new URL(`https://gate.example.org/callback?code=c&state=${state}`);
      const second = house.another();
      const arrival = await second.signOn.finish(provider.slug, { kind: 'oidc', url, cookie }, from(), never);
      assert.equal(stepOf(arrival).state, 'signed_in');
    });
  });

  it('refuses what the provider refuses, and says so to the record alone', async () => {
    await withWorld(async (house, world) => {
      const provider = await connectOidc(house);
      world.codes.set('c', refuses('denied'));
      assert.deepEqual(stepOf(await signInAt(house, provider, 'c')), { state: 'refused' });
      assert.equal(reason(house), 'denied');
    });
  });
});

describe('SAML', () => {
  const answer = (code: string, id: string, inResponseTo?: string) =>
    JSON.stringify({ code, id, ...(inResponseTo === undefined ? {} : { inResponseTo }) });

  it('takes an assertion once, for the request it answers', async () => {
    await withWorld(async (house, world) => {
      const provider = await house.identity.signOn.create(op, samlInput());
      world.codes.set('c', vouches());
      const post = (response: string, out: { state: string; cookie: Secret | undefined }) =>
        house.identity.signOn.finish(
          provider.slug,
          { kind: 'saml', response, relayState: out.state, cookie: out.cookie },
          from(),
          never,
        );
      const first = await goOut(house, provider);
      assert.equal(stepOf(await post(answer('c', 'a1', `r-${first.state}`), first)).state, 'signed_in');
      const second = await goOut(house, provider);
      assert.equal(stepOf(await post(answer('c', 'a1', `r-${second.state}`), second)).state, 'refused', 'replayed');
      const third = await goOut(house, provider);
      assert.equal(
        stepOf(await post(answer('c', 'a2', `r-${second.state}`), third)).state,
        'refused',
        'another request',
      );
      const none = { state: '', cookie: undefined };
      assert.equal(stepOf(await post(answer('c', 'a3'), none)).state, 'refused', 'unsolicited');
      assert.equal(reason(house), 'state');
      await house.identity.signOn.update(op, provider.id, samlInput({}, { allowsUnsolicited: true }));
      assert.equal(stepOf(await post(answer('c', 'a4', 'r-stolen'), none)).state, 'refused');
      const welcome = await post(answer('c', 'a5'), none);
      assert.equal(stepOf(welcome).state, 'signed_in');
      assert.equal(stepOf(await post(answer('c', 'a5'), none)).state, 'refused');
    });
  });

  it('shows metadata and addresses, and no secret can be given', async () => {
    await withWorld(async house => {
      const { signOn } = house.identity;
      const provider = await signOn.create(op, samlInput({ name: 'Université  2' }));
      assert.equal(provider.slug, 'universite-2');
      assert.match(await signOn.metadata('universite-2'), /sso\/universite-2\/metadata/);
      assert.equal(
        signOn.addresses(provider)['assertionConsumerService'],
        'https://gate.example.org/.sallyport/sso/universite-2/acs',
      );
      await assert.rejects(signOn.create(op, samlInput(), new Secret('x')), is('core.invalid_input'));
      assert.equal((await signOn.create(op, samlInput({ name: 'Universite 2' }))).slug, 'universite-2-2');
    });
  });
});

describe('proof again through a provider', () => {
  it('renews the session of that person, and only when it was proved just now', async () => {
    await withWorld(async (house, world) => {
      const { provider, step } = await comeIn(house, world);
      const first = signedIn(step);
      const again = async (patch: Partial<ExternalIdentity>) => {
        world.codes.set('c', vouches({ authenticatedAt: house.clock.wall, ...patch }));
        const more = { purpose: 'reauthenticate' as const, sessionId: first.session.id };
        return stepOf(await signInAt(house, provider, 'c', more));
      };
      house.pass(3_600_000 / 2);
      assert.equal((await again({ authenticatedAt: null })).state, 'refused');
      assert.equal(reason(house), 'not_fresh');
      assert.equal((await again({ authenticatedAt: house.clock.wall - 600_000 })).state, 'refused');
      assert.equal((await again({ subject: 's-bob', email: 'bob@example.org' })).state, 'refused');
      assert.equal(reason(house), 'other_person');
      const renewed = signedIn(await again({}));
      assert.notEqual(renewed.session.id, first.session.id);
      assert.equal(renewed.session.authenticatedAt, house.clock.wall);
      assert.equal(await house.identity.findSession(first.token, from().host), undefined);
    });
  });
});

describe('a test of a provider', () => {
  it('signs nobody in, makes nothing, and says what would come of it, also while it is switched off', async () => {
    await withWorld(async (house, world) => {
      const provider = await connectOidc(house, { enabled: false });
      world.codes.set('c', vouches({ groups: ['ops'] }));
      await assert.rejects(goOut(house, provider), is('identity.provider_not_found'));
      const arrival = await signInAt(house, provider, 'c', { purpose: 'test' });
      assert.equal(arrival.kind, 'tested');
      assert.ok(arrival.kind === 'tested');
      assert.deepEqual(arrival.report.account, { kind: 'new', email: 'ada@example.org', reason: null });
      assert.deepEqual(arrival.report.groups, [{ name: 'ops', groupId: null }]);
      assert.deepEqual(await house.identity.listUsers(), []);
      assert.deepEqual(await house.identity.groups.list(), []);
      world.codes.set('c', vouches({ email: 'x@other.org' }));
      const other = await signInAt(house, provider, 'c', { purpose: 'test' });
      assert.ok(other.kind === 'tested');
      assert.equal(other.report.account.kind, 'refused');
      assert.match(other.report.account.reason ?? '', /domain/);
    });
  });
});

describe('settings of a provider', () => {
  it('keep what subjects are unique within while somebody is known by one', async () => {
    await withWorld(async (house, world) => {
      const provider = await connectOidc(house);
      const other = oidcInput({ settings: { issuer: 'https://other.example.org', clientId: 'gate' } });
      await house.identity.signOn.update(op, provider.id, other);
      await house.identity.signOn.update(op, provider.id, oidcInput());
      const { user } = signedIn((await comeIn(house, world)).step);
      await assert.rejects(
        house.identity.signOn.update(op, provider.id, other),
        (error: unknown) => is('core.invalid_input')(error) && /settings\.issuer/.test(String(error)),
      );
      await house.identity.signOn.unlink(op, { userId: user.id, providerId: provider.id });
      await house.identity.signOn.update(op, provider.id, other);
    });
  });

  it('are held against the schema, with the path of what is wrong', async () => {
    await withWorld(async house => {
      const bad = { ...oidcInput(), domains: ['Example.org'] };
      await assert.rejects(
        house.identity.signOn.create(op, bad, new Secret('x')),
        (error: unknown) => is('core.invalid_input')(error) && /domains\.0/.test(String(error)),
      );
      await assert.rejects(house.identity.signOn.create(op, oidcInput()), is('core.invalid_input'));
      const provider = await connectOidc(house);
      await assert.rejects(house.identity.signOn.update(op, provider.id, samlInput()), is('core.invalid_input'));
      const same = await house.identity.signOn.update(op, provider.id, oidcInput({ name: 'Sign in' }));
      assert.deepEqual([same.slug, same.hasSecret, same.name], ['login', true, 'Sign in']);
      const updated = house.events.find(event => event.type === 'provider.updated');
      assert.deepEqual(updated?.type === 'provider.updated' && updated.data.changed, ['name']);
    });
  });
});

// On PostgreSQL transactions run side by side: what SQLite serialises must hold here by locks and conditional updates.
describe('single sign-on on PostgreSQL', { skip: postgresMissing() ?? false }, () => {
  let server: PostgresServer;
  before(async () => {
    server = await startPostgres();
  });
  after(() => server[Symbol.asyncDispose]());

  it('finishes a state once of many, makes one person of many first sign-ins, and takes an assertion once', async () => {
    const settings: StoreSettings = { kind: 'postgres', url: new Secret(await server.createDatabase('sso')) };
    await withWorld(
      async (house, world) => {
        const provider = await connectOidc(house);
        world.codes.set('c', vouches({ groups: ['a', 'b'] }));
        const { cookie, state } = await goOut(house, provider);
        const url = new URL(`https://gate.example.org/callback?code=c&state=${state}`);
        const answer = { kind: 'oidc' as const, url, cookie };
        const shown = await Promise.all(
          [1, 2, 3, 4].map(() => house.identity.signOn.finish(provider.slug, answer, from(), never)),
        );
        assert.equal(shown.filter(arrival => stepOf(arrival).state === 'signed_in').length, 1);
        world.codes.set('c', vouches({ subject: 's-bob', email: 'bob@example.org', groups: ['b', 'c'] }));
        const firsts = await Promise.all([1, 2, 3].map(() => signInAt(house, provider, 'c')));
        assert.equal(new Set(firsts.map(arrival => signedIn(stepOf(arrival)).user.id)).size, 1);
        const campus = await house.identity.signOn.create(op, samlInput({}, { allowsUnsolicited: true }));
        const response = JSON.stringify({ code: 'c', id: 'a1' });
        const posted = { kind: 'saml' as const, response, relayState: '', cookie: undefined };
        await house.identity.signOn.link(op, {
          ...{ userId: signedIn(stepOf(firsts[0] ?? (await signInAt(house, provider, 'c')))).user.id },
          ...{ providerId: campus.id, subject: 's-bob' },
        });
        const taken = await Promise.all(
          [1, 2, 3].map(() => house.identity.signOn.finish(campus.slug, posted, from(), never)),
        );
        assert.equal(taken.filter(arrival => stepOf(arrival).state === 'signed_in').length, 1);
        await house.identity.signOn.delete(op, provider.id);
        assert.equal((await house.identity.load()).sessions.length, 1);
        await house.identity.sweep();
      },
      {},
      settings,
    );
  });
});
