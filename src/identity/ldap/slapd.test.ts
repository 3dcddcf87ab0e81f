import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { directoryCertificate } from '../../../tests/servers/directory-certificate.ts';
import type { SlapdServer } from '../../../tests/servers/slapd.ts';
import { slapdMissing, startSlapd } from '../../../tests/servers/slapd.ts';
import { isSallyportError } from '../../core/errors.ts';
import { Secret } from '../../core/secret.ts';
import type { Directory } from '../federation/federation.ts';
import { directoryFor, groupsIn, kindOf, signIn, subjectIn } from './directory.fixture.ts';

const ada = { uid: 'ada', password: 'engine-no-1', name: 'Ada Lovelace', mail: 'ada@example.org' };
const people = [
  ada,
  { uid: 'bob', password: 'bob-password', mail: 'shared@example.org' },
  { uid: 'eve', password: 'eve-password', mail: 'shared@example.org' },
  { uid: 'zoë (ops)*', password: 'zoe-password' },
  { uid: 'ivan', password: 'ivan-password' },
  { uid: 'lock', password: 'lock-password' },
];
const groups = [
  { name: 'analysts', members: ['ada', 'bob'] },
  { name: 'staff', members: ['analysts'] },
  // A circle: everyone of staff is of all, and all are of staff.
  { name: 'all', members: ['staff'] },
];

const missing = slapdMissing();

describe('a directory at a real OpenLDAP', { skip: missing ?? false }, () => {
  let server: SlapdServer;
  let directory: Directory;
  const given = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
    urls: [server.url],
    caPem: server.caPem,
    baseDn: server.peopleDn,
    bind: { kind: 'service', dn: server.bind.dn },
    ...more,
    groups: { baseDn: server.groupsDn, ...(more['groups'] as object) },
  });
  const withSettings = (more: Record<string, unknown> = {}): Directory =>
    directoryFor(given(more), server.bind.password);

  before(async () => {
    server = await startSlapd({ people, groups, crowd: 1200 });
    await server.setMembers('staff', ['analysts', 'all']);
    directory = withSettings();
  });
  after(() => server[Symbol.asyncDispose]());

  test('gives the identity with direct and nested groups of who proves their password', async () => {
    const outcome = await signIn(directory, 'ada', ada.password);
    assert.equal(outcome.kind, 'identity');
    if (outcome.kind !== 'identity') return;
    const { subject, authenticatedAt, ...rest } = outcome.identity;
    assert.match(subject, /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
    assert.ok(Math.abs((authenticatedAt ?? 0) - Date.now()) < 60_000);
    assert.deepEqual(rest, {
      ...{ email: ada.mail, isEmailVerified: true, name: ada.name, groups: ['all', 'analysts', 'staff'] },
      ...{ isMfa: false, upstreamSession: null, keepsake: null },
    });
  });

  test('finds the same person by the address and by StartTLS', async () => {
    const byName = subjectIn(await signIn(directory, 'ada', ada.password));
    const upgraded = withSettings({ urls: [server.plainUrl] });
    assert.equal(subjectIn(await signIn(upgraded, 'ADA@example.org', ada.password)), byName);
  });

  test('uses plain LDAP on loopback only when told so', async () => {
    const plain = withSettings({ urls: [server.plainUrl], startTls: false, caPem: null });
    assert.equal(kindOf(await signIn(plain, 'ada', ada.password)), 'identity');
    const far = withSettings({ urls: ['ldap://192.0.2.1:389'], startTls: false });
    await assert.rejects(signIn(far, 'ada', ada.password), /in the clear/);
  });

  const refusals: [string, string, string, string][] = [
    ['a wrong password', 'ada', 'engine-no-2', 'wrong'],
    ['an unknown person', 'nobody', 'engine-no-1', 'unknown'],
    ['an address that two people have', 'shared@example.org', 'bob-password', 'ambiguous'],
    ['a wildcard', '*', 'engine-no-1', 'unknown'],
    ['a wildcard in a name', 'ad*', 'engine-no-1', 'unknown'],
    ['a filter in the name', 'x)(|(uid=ada)', 'engine-no-1', 'unknown'],
    ['an empty password', 'ada', '', 'empty_password'],
    ['an empty name', ' ', 'engine-no-1', 'invalid'],
    ['a NUL in the name', 'ada\0', 'engine-no-1', 'invalid'],
    ['a password with NUL', 'ada', 'engine-no-1\0', 'wrong'],
  ];
  for (const [what, login, password, reason] of refusals) {
    test(`refuses ${what}`, async () => assert.equal(kindOf(await signIn(directory, login, password)), reason));
  }

  test('takes a name of special characters as it is', async () => {
    assert.equal(kindOf(await signIn(directory, 'zoë (ops)*', 'zoe-password')), 'identity');
  });

  test('signs in directly by a template, and finds the one who signed in', async () => {
    const direct = withSettings({ bind: { kind: 'direct', template: `uid={login},${server.peopleDn}` } });
    // A person reads only themselves in this server, so groups stay out of it.
    const alone = withSettings({
      bind: { kind: 'direct', template: `uid={login},${server.peopleDn}` },
      groups: { source: 'none' },
    });
    assert.equal(kindOf(await signIn(direct, 'ada', 'engine-no-2')), 'wrong');
    assert.equal(kindOf(await signIn(direct, `ada,${server.peopleDn}`, ada.password)), 'wrong');
    await assert.rejects(signIn(alone, 'ada', ada.password), /base DN not found/);
    const own = withSettings({
      ...{ bind: { kind: 'direct', template: `uid={login},${server.peopleDn}` }, groups: { source: 'none' } },
      baseDn: server.personDn('ada'),
    });
    assert.equal(kindOf(await signIn(own, 'ada', ada.password)), 'identity');
    await assert.rejects(own.lookUp(['x'], AbortSignal.timeout(5000)), /service bind/);
  });

  test('refuses a disabled account whatever the password, and takes it back', async () => {
    await server.disable('ivan');
    assert.equal(kindOf(await signIn(directory, 'ivan', 'ivan-password')), 'disabled');
    assert.equal(kindOf(await signIn(directory, 'ivan', 'other-password')), 'disabled');
    await server.enable('ivan');
    assert.equal(kindOf(await signIn(directory, 'ivan', 'ivan-password')), 'identity');
    await server.setPerson('ivan', { shadowExpire: '1' });
    assert.equal(kindOf(await signIn(directory, 'ivan', 'ivan-password')), 'expired');
    await server.setPerson('ivan', { shadowExpire: [] });
  });

  test('tells an account locked by wrong passwords apart', async () => {
    for (let attempt = 0; attempt < 5; attempt++) await signIn(directory, 'lock', 'not-it');
    assert.equal(kindOf(await signIn(directory, 'lock', 'lock-password')), 'locked');
  });

  test('looks people up again: changed groups, disabled, gone and unknown', async () => {
    await server.addPerson({ uid: 'gone', password: 'gone-password' });
    const [adaId, goneId] = [
      subjectIn(await signIn(directory, 'ada', ada.password)),
      subjectIn(await signIn(directory, 'gone', 'gone-password')),
    ];
    const look = () => directory.lookUp([adaId, goneId, 'not-an-id'], AbortSignal.timeout(20_000));
    assert.deepEqual(groupsIn((await look()).get(adaId)), ['all', 'analysts', 'staff']);
    await server.setMembers('analysts', ['bob']);
    await server.remove('gone');
    const after = await look();
    assert.deepEqual(groupsIn(after.get(adaId)), []);
    assert.equal(kindOf(after.get(goneId)), 'unknown');
    assert.equal(kindOf(after.get('not-an-id')), 'unknown');
    await server.disable('ada');
    assert.equal(kindOf((await look()).get(adaId)), 'disabled');
    await server.enable('ada');
    await server.setMembers('analysts', ['ada', 'bob']);
  });

  test('looks up more people than one filter or one page holds', async () => {
    const byUid = withSettings({ attributes: { id: 'uid' }, groups: { source: 'none' } });
    const subjects = Array.from({ length: 1200 }, (_, index) => `crowd-${index + 1}`);
    const found = await byUid.lookUp(subjects, AbortSignal.timeout(60_000));
    assert.equal([...found.values()].filter(outcome => kindOf(outcome) === 'identity').length, 1200);
  });

  test('pages through more groups than the server gives at once, and refuses more than allowed', async () => {
    for (let index = 0; index < 620; index++) {
      await server.addEntry(server.groupDn(`many-${index}`), {
        ...{ objectClass: 'posixGroup', cn: `many-${index}`, gidNumber: String(index), memberUid: 'bob' },
      });
    }
    const wide = withSettings({ groups: { max: 2000, isNested: false } });
    assert.equal(groupsIn(await signIn(wide, 'bob', 'bob-password')).length, 621);
    assert.equal(kindOf(await signIn(directory, 'bob', 'bob-password')), 'invalid');
    const narrow = withSettings({ groups: { filter: '(objectClass=groupOfNames)' } });
    assert.deepEqual(groupsIn(await signIn(narrow, 'bob', 'bob-password')), ['all', 'analysts', 'staff']);
  });

  const sources: [string, Record<string, unknown>, readonly string[]][] = [
    ['none', { source: 'none' }, []],
    ['memberOf', { source: 'member_of', isNested: false }, ['analysts']],
    ['memberOf, nested', { source: 'member_of' }, ['all', 'analysts', 'staff']],
    ['memberOf within a filter', { source: 'member_of', filter: '(cn=a*)' }, ['analysts']],
    ['memberOf outside the base', { source: 'member_of', baseDn: 'ou=other,dc=example,dc=org' }, []],
    ['a search without nesting', { isNested: false }, ['analysts']],
    ['a search named by DN', { isNested: false, nameAttribute: 'dn' }, ['cn=analysts,ou=groups,dc=example,dc=org']],
  ];
  for (const [what, settings, wanted] of sources) {
    test(`takes groups from ${what}`, async () => {
      const found = await signIn(withSettings({ groups: settings }), 'ada', ada.password);
      assert.deepEqual(groupsIn(found), wanted);
    });
  }

  const steps = async (
    more: Record<string, unknown>,
    login?: { login: string; password?: string },
    password?: string,
  ) => {
    const { login: name, password: typed } = login ?? {};
    const input = {
      ...(name === undefined ? {} : { login: name }),
      ...(typed === undefined ? {} : { password: new Secret(typed) }),
    };
    const tried = directoryFor(given(more), password ?? server.bind.password);
    return tried.probe(input, AbortSignal.timeout(20_000));
  };

  test('a test of the provider says each step, with the certificate and the groups', async () => {
    const found = await steps({}, { login: 'ada', password: ada.password });
    const wanted = ['connect', 'encrypt', 'bind', 'search base', 'find person', 'groups', 'sign in'];
    assert.deepEqual(
      found.map(step => step.name),
      wanted,
    );
    assert.ok(
      found.every(step => step.ok),
      JSON.stringify(found),
    );
    assert.match(found[1]?.detail ?? '', /TLSv1\.[23], certificate of .+, until .+/);
    assert.match(found[5]?.detail ?? '', /analysts/);
    assert.equal(JSON.stringify(found).includes(ada.password), false);
  });

  const faults: [string, () => Record<string, unknown>, string, RegExp][] = [
    [
      'an untrusted certificate',
      () => ({ caPem: null }),
      'encrypt',
      /certificate not trusted: give the certificate of its CA/,
    ],
    [
      'another authority',
      () => ({ caPem: directoryCertificate(['127.0.0.1']).caPem }),
      'encrypt',
      /certificate not trusted/,
    ],
    [
      'a name that is not in the certificate',
      () => ({ urls: [server.url.replace('127.0.0.1', '127.0.0.2')] }),
      'connect',
      /refused/,
    ],
    [
      'LDAPS on the plain port',
      () => ({ urls: [server.plainUrl.replace('ldap:', 'ldaps:')] }),
      'encrypt',
      /TLS|closed/,
    ],
    ['a port where nothing listens', () => ({ urls: ['ldaps://127.0.0.1:1'] }), 'connect', /connection refused/],
    [
      'a base that is not there',
      () => ({ baseDn: 'ou=nowhere,dc=example,dc=org' }),
      'search base',
      /base DN not found/,
    ],
    ['a filter that cannot be read', () => ({ userFilter: '(uid={login}' }), 'find person', /parens/i],
  ];
  for (const [what, more, step, words] of faults) {
    test(`a test of the provider says what to change with ${what}`, async () => {
      const found = await steps(more(), { login: 'ada' });
      assert.deepEqual([found.at(-1)?.name, found.at(-1)?.ok], [step, false], JSON.stringify(found));
      assert.match(found.at(-1)?.detail ?? '', words);
    });
  }

  test('a test of the provider says that the bind password is wrong', async () => {
    const found = await steps({}, undefined, 'not-the-password');
    assert.equal(found.at(-1)?.name, 'bind');
    assert.match(found.at(-1)?.detail ?? '', /invalid credentials for the bind DN/);
  });

  test('checks the name in the certificate', async () => {
    const other = directoryFor(given({ urls: [server.url.replace('127.0.0.1', 'localhost')] }), server.bind.password);
    assert.equal(kindOf(await signIn(other, 'ada', ada.password)), 'identity');
  });

  test('goes on to the next server when one does not answer', async () => {
    const second = withSettings({ urls: ['ldaps://127.0.0.1:1', server.url] });
    assert.equal(kindOf(await signIn(second, 'ada', ada.password)), 'identity');
    const none = withSettings({ urls: ['ldaps://127.0.0.1:1', 'ldaps://127.0.0.1:2'] });
    await assert.rejects(signIn(none, 'ada', ada.password), (error: unknown) =>
      isSallyportError(error, 'identity.provider_unreachable'),
    );
  });

  test('takes about as long for an unknown person as for a wrong password', async () => {
    const times = async (login: string): Promise<number> => {
      const all: number[] = [];
      for (let index = 0; index < 15; index++) {
        const from = performance.now();
        await signIn(directory, login, 'not-it');
        all.push(performance.now() - from);
      }
      return all.toSorted((a, b) => a - b)[7] ?? 0;
    };
    const [unknown, wrong] = [await times('nobody'), await times('eve')];
    assert.ok(unknown > wrong / 3 && unknown < wrong * 3, `unknown ${unknown} ms, wrong ${wrong} ms`);
  });

  test('ends at once when the caller gives up', async () => {
    const reason = new Error('the visitor left');
    const gone = AbortSignal.abort(reason);
    const input = { login: 'ada', password: new Secret(ada.password) };
    await assert.rejects(directory.authenticate(input, gone), error => error === reason);
  });
});
