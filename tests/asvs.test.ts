import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import { asvs } from './asvs.ts';

const root = path.dirname(import.meta.dirname);
const read = (file: string): string => readFileSync(path.join(root, file), 'utf8');

/** The requirements of levels 1 and 2 in V6 to V10 of ASVS 5.0.0: section, and the numbers in it. */
const wanted: Readonly<Record<string, readonly [one: readonly number[], two: readonly number[]]>> = {
  '6.1': [[1], [2, 3]],
  '6.2': [
    [1, 2, 3, 4, 5, 6, 7, 8],
    [9, 10, 11, 12],
  ],
  '6.3': [
    [1, 2],
    [3, 4],
  ],
  '6.4': [
    [1, 2],
    [3, 4],
  ],
  '6.5': [[], [1, 2, 3, 4, 5]],
  '6.6': [[], [1, 2, 3]],
  '6.8': [[], [1, 2, 3, 4]],
  '7.1': [[], [1, 2, 3]],
  '7.2': [[1, 2, 3, 4], []],
  '7.3': [[], [1, 2]],
  '7.4': [
    [1, 2],
    [3, 4, 5],
  ],
  '7.5': [[], [1, 2]],
  '7.6': [[], [1, 2]],
  '8.1': [[1], [2]],
  '8.2': [[1, 2], [3]],
  '8.3': [[1], []],
  '8.4': [[], [1]],
  '9.1': [[1, 2, 3], []],
  '9.2': [[1], [2, 3, 4]],
  '10.1': [[], [1, 2]],
  '10.2': [[], [1, 2]],
  '10.3': [[], [1, 2, 3, 4]],
  '10.4': [
    [1, 2, 3, 4, 5],
    [6, 7, 8, 9, 10, 11],
  ],
  '10.5': [[], [1, 2, 3, 4, 5]],
  '10.6': [[], [1, 2]],
  '10.7': [[], [1, 2, 3]],
};

describe('the table of OWASP ASVS', () => {
  it('has a row for every requirement of levels 1 and 2 in V6 to V10, and none twice', () => {
    const rows = new Map(asvs.map(row => [row.id, row]));
    assert.equal(rows.size, asvs.length);
    let count = 0;
    for (const [section, levels] of Object.entries(wanted)) {
      for (const [at, numbers] of levels.entries()) {
        for (const number of numbers) {
          count++;
          assert.equal(rows.get(`${section}.${number}`)?.level, at + 1, `${section}.${number}`);
        }
      }
    }
    assert.equal(asvs.filter(row => row.level < 3).length, count);
  });

  it('names tests that exist, in that file and by that very name', () => {
    const names = new Map<string, ReadonlySet<string>>();
    for (const { id, tests } of asvs) {
      for (const { file, name } of tests) {
        const known =
          names.get(file) ??
          new Set([...read(file).matchAll(/^\s*(?:it|test)\('([^']+)'/gm)].map(([, one = '']) => one));
        names.set(file, known);
        assert.ok(known.has(name), `${id}: "${name}" is no test of ${file}`);
      }
    }
  });

  it('holds what it says is met by a test, and says why where it is not', () => {
    for (const { answer, how, id, tests, wants } of asvs) {
      assert.ok(wants !== '' && how !== '', id);
      assert.equal(tests.length > 0, answer !== 'not applicable', id);
    }
  });
});

describe('what the table points to', () => {
  it('says in the guides what it wants documented', () => {
    const configuration = read('docs/reference/configuration.md');
    for (const field of [
      'lockout.failuresMax',
      'lockout.longestDelayS',
      'sessions.idleMinutes',
      'sessions.absoluteHours',
      'sessions.perPersonMax',
    ])
      assert.ok(configuration.includes(`identity.${field}`), field);
    const signIn = read('docs/guides/sign-in.md');
    for (const word of [/guess/i, /15 minutes/i, /passkey/i, /recovery/i, /password/i, /name/i])
      assert.match(signIn, word);
    const sso = read('docs/guides/single-sign-on.md');
    for (const word of [/SAML/, /OpenID/, /LDAP|ldap\.md/, /sign(?:s|ed|ing)?[ -]out|logout/i]) assert.match(sso, word);
    assert.match(read('docs/guides/access.md'), /role/i);
    assert.match(read('docs/reference/roles.md'), /workflow\.read/);
    assert.match(read('docs/reference/openapi.json'), /service-accounts/);
  });

  it('knows no setting that makes passwords expire', () => {
    assert.doesNotMatch(
      read('docs/reference/configuration.md'),
      /`identity\.passwords\.[^`]*(?:age|expir|rotat|days)/i,
    );
  });

  it('knows no secret questions', () => {
    assert.doesNotMatch(read('docs/reference/openapi.json'), /security.?question|password.?hint/i);
  });

  it('sends no mail', () => {
    assert.doesNotMatch(read('package.json'), /nodemailer|smtp|sendmail/i);
  });
});
