import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { SambaServer } from '../../../tests/servers/samba.ts';
import { sambaMissing, startSamba } from '../../../tests/servers/samba.ts';
import type { Directory } from '../federation/federation.ts';
import { activeDirectoryDefaults } from '../provider-settings.ts';
import { fromFileTime } from './account-state.ts';
import { directoryFor, groupsIn, kindOf, signIn, subjectIn } from './directory.fixture.ts';

const ada = { uid: 'ada', password: 'Engine-no-1', name: 'Ada Lovelace', mail: 'ada@corp.example' };
const others = ['bob', 'off', 'old', 'new', 'lock'].map(uid => ({ uid, password: `Password-of-${uid}-1` }));
const groups = [
  { name: 'analysts', members: ['ada'] },
  { name: 'staff', members: ['analysts'] },
  { name: 'everyone', members: ['staff'] },
];

const missing = sambaMissing();

describe('a directory at a real Active Directory (Samba)', { skip: missing ?? false }, () => {
  let server: SambaServer;
  let directory: Directory;
  const withSettings = (more: Record<string, unknown> = {}): Directory =>
    directoryFor(
      {
        ...{ urls: [server.url], caPem: server.caPem, product: 'active_directory', baseDn: server.baseDn },
        ...{ bind: { kind: 'service', dn: server.bind.dn }, ...activeDirectoryDefaults },
        ...more,
      },
      server.bind.password,
    );
  const passwordOf = (uid: string): string => `Password-of-${uid}-1`;

  before(async () => {
    server = await startSamba({ people: [ada, ...others], groups });
    await server.setMembers('analysts', ['ada', 'everyone']);
    directory = withSettings();
  });
  after(() => server[Symbol.asyncDispose]());

  test('gives the identity by GUID, with groups of groups in a circle', async () => {
    const outcome = await signIn(directory, 'ada', ada.password);
    assert.match(subjectIn(outcome), /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
    assert.deepEqual(groupsIn(outcome), ['analysts', 'everyone', 'staff']);
    const direct = withSettings({ groups: { isNested: false } });
    assert.deepEqual(groupsIn(await signIn(direct, 'ada', ada.password)), ['analysts']);
    const byMemberOf = withSettings({ groups: { source: 'member_of' } });
    assert.deepEqual(groupsIn(await signIn(byMemberOf, 'ada', ada.password)), ['analysts', 'everyone', 'staff']);
  });

  test('finds the same person by account name, principal name and address, and by StartTLS', async () => {
    const subject = subjectIn(await signIn(directory, 'ada', ada.password));
    for (const login of ['ADA', 'ada@corp.example', ada.mail]) {
      assert.equal(subjectIn(await signIn(directory, login, ada.password)), subject);
    }
    const upgraded = withSettings({ urls: [server.plainUrl] });
    assert.equal(subjectIn(await signIn(upgraded, 'ada', ada.password)), subject);
  });

  test('signs in directly by principal name and by domain name', async () => {
    const subject = subjectIn(await signIn(directory, 'ada', ada.password));
    for (const template of [`{login}@${server.domain}`, 'CORP\\{login}']) {
      const direct = withSettings({ bind: { kind: 'direct', template } });
      assert.equal(subjectIn(await signIn(direct, 'ada', ada.password)), subject);
      assert.equal(kindOf(await signIn(direct, 'ada', 'Engine-no-2')), 'wrong');
      assert.equal(kindOf(await signIn(direct, 'ada@other', ada.password)), 'invalid');
      assert.equal(kindOf(await signIn(direct, 'EXTERNAL,', ada.password)), 'invalid');
    }
  });

  test('never lets who signed in directly be taken for who the filter finds', async () => {
    await server.setPerson('bob', { mail: 'ada' });
    const confused = withSettings({
      bind: { kind: 'direct', template: `{login}@${server.domain}` },
      userFilter: '(mail={login})',
    });
    assert.equal(kindOf(await signIn(confused, 'ada', ada.password)), 'wrong');
    await server.setPerson('bob', { mail: [] });
  });

  const empty = '';
  const refusals: [string, () => Promise<void>, string, string, string][] = [
    ['a wrong password', async () => {}, 'ada', 'Engine-no-2', 'wrong'],
    ['an unknown person', async () => {}, 'nobody', 'Engine-no-1', 'unknown'],
    ['an empty password', async () => {}, 'ada', empty, 'empty_password'],
    ['a disabled account', () => server.disable('off'), 'off', passwordOf('off'), 'disabled'],
    ['a disabled account with a wrong password', () => server.disable('off'), 'off', 'not-it', 'disabled'],
    [
      'an expired account',
      () => server.setPerson('old', { accountExpires: '132000000000000000' }),
      'old',
      passwordOf('old'),
      'expired',
    ],
    [
      'a password that must be changed first',
      () => server.setPerson('new', { pwdLastSet: '0' }),
      'new',
      passwordOf('new'),
      'must_change',
    ],
  ];
  for (const [what, prepare, login, password, reason] of refusals) {
    test(`refuses ${what} as "${reason}"`, async () => {
      await prepare();
      assert.equal(kindOf(await signIn(directory, login, password)), reason);
    });
  }

  test('tells an account locked by wrong passwords apart, at sign-in and when looked up', async () => {
    const subject = subjectIn(await signIn(directory, 'lock', passwordOf('lock')));
    for (let attempt = 0; attempt < 6; attempt++) await signIn(directory, 'lock', 'Not-it-1');
    assert.equal(kindOf(await signIn(directory, 'lock', passwordOf('lock'))), 'locked');
    const found = await directory.lookUp([subject], AbortSignal.timeout(20_000));
    assert.equal(kindOf(found.get(subject)), 'locked');
  });

  test('looks people up by GUID: groups, disabled and gone', async () => {
    await server.addPerson({ uid: 'gone', password: 'Password-of-gone-1' });
    const [adaId, goneId, bobId] = [
      subjectIn(await signIn(directory, 'ada', ada.password)),
      subjectIn(await signIn(directory, 'gone', passwordOf('gone'))),
      subjectIn(await signIn(directory, 'bob', passwordOf('bob'))),
    ];
    await server.remove('gone');
    await server.disable('bob');
    await server.setMembers('staff', []);
    const found = await directory.lookUp([adaId, goneId, bobId, 'no-guid'], AbortSignal.timeout(20_000));
    assert.deepEqual(groupsIn(found.get(adaId)), ['analysts']);
    assert.deepEqual(
      [goneId, bobId, 'no-guid'].map(subject => kindOf(found.get(subject))),
      ['unknown', 'disabled', 'unknown'],
    );
  });

  test('refuses to send a password in the clear, as the server does', async () => {
    const plain = withSettings({ urls: [server.plainUrl], startTls: false });
    await assert.rejects(signIn(plain, 'ada', ada.password), /wants encryption/);
  });

  test('a test of the provider goes through', async () => {
    const steps = await directory.probe({ login: 'ada' }, AbortSignal.timeout(20_000));
    assert.deepEqual(
      steps.map(step => [step.name, step.ok]),
      ['connect', 'encrypt', 'bind', 'search base', 'find person', 'groups'].map(name => [name, true]),
    );
  });

  test('reads times of Active Directory', () => assert.equal(fromFileTime(116_444_736_000_000_000n), 0));
});
