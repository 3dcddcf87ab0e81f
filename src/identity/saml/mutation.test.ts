import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  encryptAssertion,
  responseId,
  type SigningMode,
  signElement,
  signResponse,
} from '../../../tests/fakes/saml-signer.ts';
import { honestPerson, honestXml, partnerOf, testKeys, verdict } from './saml.fixture.ts';
import { clone, evil, makeEvil, parse, print, type Tree } from './wrapping.fixture.ts';
import { everyElement } from './xml.ts';

/** Documents to change: signed in each way, and one whose assertion is encrypted. */
async function seeds(): Promise<string[]> {
  const keys = await testKeys();
  const modes: SigningMode[] = ['assertion', 'response', 'both'];
  const encrypted = encryptAssertion(honestXml(), { certPem: keys.ownDecryptionCert });
  return [
    ...modes.map(mode => signResponse(honestXml(), mode, keys.provider)),
    signElement(encrypted, { id: responseId, keys: keys.provider }),
  ];
}

const namespaces = [
  'urn:oasis:names:tc:SAML:2.0:assertion',
  'urn:oasis:names:tc:SAML:2.0:protocol',
  'http://www.w3.org/2000/09/xmldsig#',
  'http://www.w3.org/2001/04/xmlenc#',
  'urn:evil',
  '',
];
const names = [
  'Response',
  'Assertion',
  'NameID',
  'Subject',
  'Signature',
  'SignedInfo',
  'Object',
  'Extensions',
  'Advice',
  'Attribute',
  'AttributeValue',
  'Reference',
  'Issuer',
  'Status',
];
const values = [
  evil,
  '',
  '_assertion1',
  '_response1',
  '#_assertion1',
  '2126-01-01T00:00:00Z',
  'owners',
  'urn:oasis:names:tc:SAML:2.0:status:Success',
];
const attributes = [
  'ID',
  'Id',
  'id',
  'URI',
  'Algorithm',
  'Name',
  'FriendlyName',
  'InResponseTo',
  'NotOnOrAfter',
  'Format',
];

const index = fc.nat(200);
const edit = fc.oneof(
  fc.record({ kind: fc.constant('move' as const), from: index, to: index, at: fc.nat(8) }),
  fc.record({ kind: fc.constant('copy' as const), from: index, to: index, at: fc.nat(8), isEvil: fc.boolean() }),
  fc.record({ kind: fc.constant('drop' as const), from: index }),
  fc.record({ kind: fc.constant('rename' as const), from: index, local: fc.constantFrom(...names) }),
  fc.record({
    kind: fc.constant('space' as const),
    from: index,
    ns: fc.constantFrom(...namespaces),
    prefix: fc.constantFrom('', 'saml', 'samlp', 'ds', 'x'),
  }),
  fc.record({
    kind: fc.constant('insert' as const),
    to: index,
    at: fc.nat(8),
    local: fc.constantFrom(...names),
    like: index,
  }),
  fc.record({
    kind: fc.constant('attribute' as const),
    from: index,
    name: fc.constantFrom(...attributes),
    value: fc.constantFrom(...values),
  }),
  fc.record({ kind: fc.constant('text' as const), from: index, value: fc.constantFrom(...values) }),
  fc.record({
    kind: fc.constant('mark' as const),
    to: index,
    at: fc.nat(8),
    mark: fc.constantFrom('\uE000', '\uE001', '\uE002', '\uE003'),
  }),
  fc.record({ kind: fc.constant('swap' as const), from: index, to: index }),
);
type Edit = typeof edit extends fc.Arbitrary<infer T> ? T : never;

/** What trees cannot say stands in them as one character and is written out at the end. */
const marks: Readonly<Record<string, string>> = {
  '\uE000': '<!-- -->',
  '\uE001': '<?x y?>',
  '\uE002': '<![CDATA[x]]>',
  '\uE003': '&#x20;',
};

function change(xml: string, edits: readonly Edit[]): string {
  const root = parse(xml);
  for (const one of edits) apply(root, one);
  return print(root).replaceAll(/[\uE000-\uE003]/g, mark => marks[mark] ?? '');
}

function apply(root: Tree, edit: Edit): void {
  const all = [...everyElement(root)] as Tree[];
  const pick = (at: number): Tree => all[at % all.length] ?? root;
  const put = (child: Tree | string, to: Tree, at: number): void =>
    void to.children.splice(at % (to.children.length + 1), 0, child);
  const parentOf = (tree: Tree): Tree | undefined => all.find(parent => parent.children.includes(tree));
  const isInside = (tree: Tree, outer: Tree): boolean => [...everyElement(outer)].includes(tree);
  const take = (tree: Tree): void => {
    const parent = parentOf(tree);
    parent?.children.splice(parent.children.indexOf(tree), 1);
  };
  switch (edit.kind) {
    case 'move': {
      const [from, to] = [pick(edit.from), pick(edit.to)];
      if (from === root || isInside(to, from)) return;
      take(from);
      return put(from, to, edit.at);
    }
    case 'copy': {
      const copy = clone(pick(edit.from));
      return put(edit.isEvil ? makeEvil(copy) : copy, pick(edit.to), edit.at);
    }
    case 'drop':
      return pick(edit.from) === root ? undefined : take(pick(edit.from));
    case 'rename':
      return void Object.assign(pick(edit.from), { local: edit.local });
    case 'space': {
      const tree = pick(edit.from);
      if (edit.ns === '' && edit.prefix !== '') return;
      return void Object.assign(tree, {
        ns: edit.ns,
        prefix: edit.prefix,
        scope: new Map([...tree.scope, [edit.prefix, edit.ns]]),
      });
    }
    case 'insert': {
      const like = pick(edit.like);
      return put({ ...like, attributes: [], children: [evil], local: edit.local }, pick(edit.to), edit.at);
    }
    case 'attribute': {
      const tree = pick(edit.from);
      tree.attributes = [
        ...tree.attributes.filter(({ local }) => local !== edit.name),
        { prefix: '', local: edit.name, ns: '', value: edit.value },
      ];
      return;
    }
    case 'text':
      return void Object.assign(pick(edit.from), { children: [edit.value] });
    case 'mark':
      return put(edit.mark, pick(edit.to), edit.at);
    case 'swap': {
      const [a, b] = [pick(edit.from), pick(edit.to)];
      [a.children, b.children] = isInside(a, b) || isInside(b, a) ? [a.children, b.children] : [b.children, a.children];
      return;
    }
    default:
      return edit satisfies never;
  }
}

const seed = Date.now() % 2 ** 31;

/** What breaks if this fails: some rearrangement of an honest response signs in somebody else. */
describe(`SAML: changed responses (seed ${seed})`, () => {
  it('every edit of a signed document is refused or yields exactly the signed person', async () => {
    const keys = await testKeys();
    const documents = await seeds();
    const partner = partnerOf(keys);
    for (const document of documents) assert.equal((await verdict(partner, document)).person, honestPerson);
    let taken = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...documents),
        fc.array(edit, { minLength: 1, maxLength: 4 }),
        async (document, edits) => {
          const { person } = await verdict(partner, change(document, edits));
          if (person !== null) taken++;
          assert.ok(person === null || person === honestPerson, `signed in as ${person}`);
        },
      ),
      { seed, numRuns: 3000 },
    );
    assert.ok(taken > 0, 'no edit was harmless: the test changes too much to say anything');
  });

  it('whatever characters a provider signs are read as they are', async () => {
    const keys = await testKeys();
    const partner = partnerOf(keys);
    const characters = [
      'a',
      'Z',
      ' ',
      '&amp;',
      '&lt;',
      '&gt;',
      '>',
      '"',
      "'",
      '&#65;',
      'é',
      'ß',
      'Ω',
      '漢',
      '\u{1F600}',
      '\u00A0',
      ']]',
      '&quot;',
      '%',
      '\\',
    ];
    const piece = fc.constantFrom(...characters);
    const text = fc.array(piece, { minLength: 1, maxLength: 12 }).map(pieces => `x${pieces.join('')}x`);
    const mode = fc.constantFrom<SigningMode>('assertion', 'response', 'both');
    await fc.assert(
      fc.asyncProperty(text, text, mode, async (nameId, group, signs) => {
        fc.pre(!`${nameId}${group}`.includes(']]>'));
        const { person, why } = await verdict(
          partner,
          signResponse(honestXml({ nameId, attributes: { groups: [group] } }), signs, keys.provider),
        );
        const plain = (xml: string): string =>
          ['&lt;<', '&gt;>', '&quot;"', '&#65;A', '&amp;&'].reduce(
            (now, pair) => now.replaceAll(pair.slice(0, -1), pair.slice(-1)),
            xml,
          );
        assert.equal(person, `${plain(nameId)}|||${plain(group)}|_session1|false`, why);
      }),
      { seed, numRuns: 150 },
    );
  });

  it('every change of bytes is refused or yields exactly the signed person', async () => {
    const keys = await testKeys();
    const documents = await seeds();
    const partner = partnerOf(keys);
    const piece = fc.oneof(
      fc.constantFrom(
        '<',
        '>',
        '"',
        "'",
        '&',
        '/',
        ':',
        '=',
        '\u0000',
        '\r',
        '\n',
        '<!--',
        '-->',
        '<![CDATA[',
        ']]>',
        '<?x?>',
        '&#65;',
        ' xmlns="urn:x"',
        ' ID="_assertion1"',
        'é',
        '\u2028',
        '\uFEFF',
        evil,
      ),
      fc.string({ maxLength: 3 }),
    );
    const slice = fc.record({ at: fc.nat(12_000), length: fc.nat(12), text: piece });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...documents),
        fc.array(slice, { minLength: 1, maxLength: 3 }),
        async (document, slices) => {
          const text = slices.reduce((now, { at, length, text: put }) => {
            const start = at % now.length;
            return now.slice(0, start) + put + now.slice(start + length);
          }, document);
          const { person } = await verdict(partner, text);
          assert.ok(person === null || person === honestPerson, `signed in as ${person}`);
        },
      ),
      { seed, numRuns: 4000 },
    );
  });

  it('bytes of any kind in the place of a response are refused without breaking', async () => {
    const partner = partnerOf(await testKeys());
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.base64String(),
          fc.string().map(text => Buffer.from(`<${text}>`).toString('base64')),
        ),
        async response => {
          const result = await partner.finish({ response, requestId: '_request1' });
          assert.equal(result.kind, 'refused');
          assert.ok(result.kind === 'refused' && !result.refusal.detail.includes('broke the reader'));
          assert.equal(partner.inResponseTo(response), null);
        },
      ),
      { seed, numRuns: 1500 },
    );
  });
});
