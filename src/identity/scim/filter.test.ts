import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { FilterError, parseFilter, parsePatchPath } from './filter.ts';
import { matches } from './match.ts';
import { applyPatch, readPatch } from './patch.ts';
import { ScimProblem } from './problem.ts';
import { userAttributeNames } from './user-shape.ts';

const ada = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  id: 'u1',
  externalId: 'E1',
  userName: 'ada@example.org',
  active: true,
  name: { familyName: 'Lovelace', givenName: 'Ada' },
  emails: [
    { value: 'ada@example.org', type: 'work', primary: true },
    { value: 'ada@home.org', type: 'home' },
  ],
  meta: { created: '2026-01-05T09:00:00.000Z', lastModified: '2026-01-06T09:00:00.000Z' },
};

// The examples of RFC 7644 section 3.4.2.2, as they fit this person, and what providers send.
const fits: readonly (readonly [string, boolean])[] = [
  ['userName eq "ADA@example.org"', true],
  ['userName Eq "ada@example.org"', true],
  ['name.familyName co "lace"', true],
  ['userName sw "A"', true],
  ['userName ew "ORG"', true],
  ['urn:ietf:params:scim:schemas:core:2.0:User:userName sw "a"', true],
  ['urn:ietf:params:scim:schemas:core:2.0:User:name.familyName sw "L"', true],
  ['title pr', false],
  ['name.givenName pr', true],
  ['not (title pr)', true],
  ['meta.lastModified gt "2026-01-05T00:00:00Z"', true],
  ['meta.lastModified ge "2027-01-05T00:00:00Z"', false],
  ['meta.created lt "2027-01-05T00:00:00Z" and meta.created le "2026-01-05T09:00:00.000Z"', true],
  ['userName eq "x" or userName eq "ada@example.org" and active eq true', true],
  ['(userName eq "x" or userName eq "ada@example.org") and active eq false', false],
  ['active eq "True"', true],
  ['active eq True', true],
  ['emails[type eq "work" and value co "@example.org"]', true],
  ['emails[type eq "home" and value co "@example.org"]', false],
  ['emails[type eq "work"].value eq "ada@example.org"', true],
  ['emails[type eq "home"].value eq "ada@example.org"', false],
  ['emails co "home.org"', true],
  ['emails.type eq "home"', true],
  ['emails eq "ada@home.org"', true],
  ['externalId eq "E1"', true],
  ['externalId eq "e1"', false],
  ['nickName ne "x"', true],
  ['nickName eq null', true],
  ['userName eq null', false],
  ['emails[not (type eq "work")]', true],
];

const refused: readonly string[] = [
  ...['', ' ', 'userName', 'userName eq', 'eq "x"', 'userName eq x', 'userName eq "x', "userName eq 'x'"],
  ...['userName eq "x" and', 'and userName pr', '(userName pr', 'userName pr)', 'userName pr pr', 'not userName pr'],
  ...['userName eq ["x"]', 'userName eq {}', 'emails[type eq "work"', 'emails[]', 'emails[type pr]]', 'a.b.c pr'],
  ...[
    'emails.value[type pr]',
    'userName like "x"',
    'userName eq "a"b"',
    'emails[type pr].',
    'emails[type pr] .value eq "x"x',
  ],
  ...['userName eq "\u0000"', '1a pr', 'a-b.c. pr', `${'('.repeat(30)}userName pr${')'.repeat(30)}`],
  ...[`userName eq "${'x'.repeat(3000)}"`, Array.from({ length: 300 }, () => 'a pr').join(' and ')],
];

describe('a SCIM filter', () => {
  for (const [text, fitting] of fits) {
    it(`${fitting ? 'fits' : 'does not fit'}: ${text}`, () => assert.equal(matches(ada, parseFilter(text)), fitting));
  }

  it('is refused when it is not exactly one', () => {
    for (const text of refused) assert.throws(() => parseFilter(text), FilterError, text.slice(0, 60));
  });

  it('is read or refused, whatever comes, and answers the same each time', () => {
    const word = fc.constantFrom(
      ...['userName', 'emails', 'name.familyName', 'eq', 'co', 'pr', 'and', 'or', 'not', '(', ')', '[', ']', '.value'],
      ...['"x"', '"ada@example.org"', 'true', '12', 'null', '"\\"', '"', 'urn:a:b:c'],
    );
    const text = fc.oneof(
      fc.string({ maxLength: 60 }),
      fc.array(word, { maxLength: 14 }).map(words => words.join(' ')),
    );
    fc.assert(
      fc.property(text, given => {
        try {
          const filter = parseFilter(given);
          assert.equal(matches(ada, filter), matches(ada, parseFilter(given)));
        } catch (error) {
          assert.ok(error instanceof FilterError, String(error));
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('obeys the laws of and, or and not', () => {
    const one = fc.constantFrom('active eq true', 'title pr', 'emails.type eq "home"', 'userName sw "b"');
    fc.assert(
      fc.property(one, one, (a, b) => {
        const is = (text: string) => matches(ada, parseFilter(text));
        assert.equal(is(`${a} and ${b}`), is(a) && is(b));
        assert.equal(is(`${a} or ${b}`), is(a) || is(b));
        assert.equal(is(`not (${a} and ${b})`), is(`not (${a}) or not (${b})`));
      }),
    );
  });
});

const patched = (operations: readonly object[]) =>
  applyPatch(
    ada,
    readPatch({ schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations: operations }),
    userAttributeNames,
  );

describe('a SCIM patch', () => {
  const cases: readonly { name: string; operations: readonly object[]; path: string; becomes: unknown }[] = [
    {
      name: 'replaces an attribute (Okta, without a path)',
      operations: [{ op: 'replace', value: { active: false } }],
      path: 'active',
      becomes: false,
    },
    {
      name: 'takes capitalised operations and texts for booleans (Entra ID)',
      operations: [{ op: 'Replace', path: 'active', value: 'False' }],
      path: 'active',
      becomes: 'False',
    },
    {
      name: 'takes dotted names without a path (Entra ID)',
      operations: [{ op: 'Add', value: { 'name.givenName': 'Augusta', displayName: 'A.L.' } }],
      path: 'name',
      becomes: { familyName: 'Lovelace', givenName: 'Augusta' },
    },
    {
      name: 'sets part of an item found by a filter',
      operations: [{ op: 'replace', path: 'emails[type eq "work"].value', value: 'a@example.org' }],
      path: 'emails',
      becomes: [
        { value: 'a@example.org', type: 'work', primary: true },
        { value: 'ada@home.org', type: 'home' },
      ],
    },
    {
      name: 'makes the item where there is none',
      operations: [{ op: 'Add', path: 'emails[type eq "other"].value', value: 'o@example.org' }],
      path: 'emails',
      becomes: [...ada.emails, { type: 'other', value: 'o@example.org' }],
    },
    {
      name: 'removes items by a filter',
      operations: [{ op: 'remove', path: 'emails[type eq "home"]' }],
      path: 'emails',
      becomes: [ada.emails[0]],
    },
    {
      name: 'adds to a list without doubling',
      operations: [{ op: 'add', path: 'emails', value: [{ value: 'ada@home.org' }, { value: 'new@example.org' }] }],
      path: 'emails',
      becomes: [...ada.emails, { value: 'new@example.org' }],
    },
    {
      name: 'removes an attribute',
      operations: [{ op: 'remove', path: 'externalId' }],
      path: 'externalId',
      becomes: undefined,
    },
    {
      name: 'leaves what is not kept alone',
      operations: [
        { op: 'add', path: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager', value: 'x' },
      ],
      path: 'manager',
      becomes: undefined,
    },
  ];
  for (const { becomes, name, operations, path } of cases) {
    it(name, () => assert.deepEqual(patched(operations)[path], becomes));
  }

  it('is refused with the type of its error', () => {
    const bad: readonly (readonly [readonly object[], string])[] = [
      [[{ op: 'remove' }], 'noTarget'],
      [[{ op: 'move', path: 'a' }], 'invalidSyntax'],
      [[{ op: 'replace', path: 'id', value: 'u2' }], 'mutability'],
      [[{ op: 'replace', path: 'emails[type eq', value: 'x' }], 'invalidPath'],
      [[{ op: 'replace', path: 'emails[type co "x"].value', value: 'x' }], 'noTarget'],
      [[{ op: 'replace', value: 'x' }], 'invalidValue'],
      [[], 'invalidSyntax'],
    ];
    for (const [operations, scimType] of bad) {
      assert.throws(
        () => patched(operations),
        (error: unknown) => error instanceof ScimProblem && error.scimType === scimType,
      );
    }
  });

  it('is done or refused, whatever comes, and leaves the resource as it was', () => {
    const before = JSON.stringify(ada);
    const path = fc.oneof(
      fc.constantFrom(
        'active',
        'emails',
        'emails[type eq "work"]',
        'emails[value pr].type',
        'name.givenName',
        '__proto__',
      ),
      fc.string({ maxLength: 30 }),
    );
    const operation = fc.record(
      { op: fc.constantFrom('add', 'Replace', 'remove', 'x'), path, value: fc.jsonValue({ maxDepth: 3 }) },
      { requiredKeys: ['op'] },
    );
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 6 }), operations => {
        try {
          patched(operations);
        } catch (error) {
          assert.ok(error instanceof ScimProblem, String(error));
        }
        assert.equal(JSON.stringify(ada), before);
        assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
      }),
      { numRuns: 2000 },
    );
  });

  it('has paths that are read exactly', () => {
    assert.deepEqual(parsePatchPath('members[value eq "x"].display').sub, 'display');
    for (const text of ['', 'a b', 'a[b', 'a[b pr]c', 'a.b[c pr]', '[a pr]', 'a[]', '.a']) {
      assert.throws(() => parsePatchPath(text), FilterError, text);
    }
  });
});
