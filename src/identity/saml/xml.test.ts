import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { canonicalize, escapeText, writeAlone } from './canonical.ts';
import { SamlRefusal } from './refusal.ts';
import { attributeOf, childElements, messageLimits, readXml, textOf } from './xml.ts';

const read = (xml: string) => readXml(xml, messageLimits);

const refuses: Readonly<Record<string, string>> = {
  nothing: '',
  'text alone': 'x',
  'an open element': '<a>',
  'a wrong end': '<a></b>',
  'a wrong prefix at the end': '<x:a xmlns:x="urn:x" xmlns:y="urn:x"></y:a>',
  'two roots': '<a/><b/>',
  'an end alone': '</a>',
  'an attribute without value': '<a b/>',
  'an attribute without quotes': '<a b=c/>',
  'attributes without space': '<a b="c"d="e"/>',
  'an attribute twice': '<a b="c" b="d"/>',
  'an attribute twice by two prefixes': '<a xmlns:x="urn:x" xmlns:y="urn:x" x:b="c" y:b="d"/>',
  'less-than in an attribute': '<a b="<"/>',
  'an undeclared prefix': '<x:a/>',
  'an undeclared prefix of an attribute': '<a x:b="c"/>',
  'a prefix declared twice': '<a xmlns:x="urn:x" xmlns:x="urn:y"/>',
  'a prefix declared away': '<x:a xmlns:x="urn:x"><b xmlns:x=""/></x:a>',
  'the prefix xml declared': '<a xmlns:xml="urn:x"/>',
  'the prefix xmlns declared': '<a xmlns:xmlns="urn:x"/>',
  'the namespace of xml under another prefix': '<a xmlns:x="http://www.w3.org/XML/1998/namespace"/>',
  'the namespace of xmlns': '<a xmlns="http://www.w3.org/2000/xmlns/"/>',
  'an element in xmlns': '<xmlns:a/>',
  'a relative namespace': '<a xmlns="x"/>',
  'a namespace with a space': '<a xmlns="urn:x y"/>',
  'a bare ampersand': '<a>&</a>',
  'an unknown entity': '<a>&nbsp;</a>',
  'a reference to no character': '<a>&#0;</a>',
  'a reference to half a character': '<a>&#xD800;</a>',
  'a reference beyond Unicode': '<a>&#x110000;</a>',
  'a reference to a control': '<a>&#8;</a>',
  'a control': '<a>\u0008</a>',
  'half a character': '<a>\uD800</a>',
  'no character': '<a>\uFFFE</a>',
  'the end of CDATA in text': '<a>]]></a>',
  CDATA: '<a><![CDATA[x]]></a>',
  'a comment': '<a><!-- x --></a>',
  'a comment before the root': '<!-- x --><a/>',
  'a processing instruction': '<a><?x y?></a>',
  'a document type': '<!DOCTYPE a><a/>',
  'a second declaration': '<?xml version="1.0"?><?xml version="1.0"?><a/>',
  'a declaration after space': ' <?xml version="1.0"?><a/>',
  'XML 1.1': '<?xml version="1.1"?><a/>',
  'another encoding': '<?xml version="1.0" encoding="ISO-8859-1"?><a/>',
  'a name of another script': '<é/>',
  'two colons': '<a:b:c xmlns:a="urn:x"/>',
  'a space before the name': '< a/>',
  'a null': '<a>\u0000</a>',
  'too many attributes': `<a ${Array.from({ length: 33 }, (_, at) => `b${at}=""`).join(' ')}/>`,
  'too many prefixes': `${Array.from({ length: 3 }, (_, level) => `<a ${Array.from({ length: 25 }, (_unused, at) => `xmlns:p${level}-${at}="urn:x"`).join(' ')}>`).join('')}</a></a></a>`,
};

describe('the XML reader', () => {
  for (const [name, xml] of Object.entries(refuses))
    it(`refuses ${name}`, () => assert.throws(() => read(xml), SamlRefusal));

  it('reads elements, namespaces, references and line ends as XML 1.0 says', () => {
    const root = read(
      '\uFEFF'.slice(1) +
        '<?xml version="1.0" encoding="utf-8"?>\r\n<x:a xmlns:x="urn:x" xmlns="urn:y" x:b="1\n2" c=\'&#x9;&quot;\'>t&amp;&#65;\r\n<d/><e xmlns=""/></x:a>\n',
    );
    assert.equal(root.ns, 'urn:x');
    assert.deepEqual(
      root.attributes.map(({ ns, local, value }) => [ns, local, value]),
      [
        ['urn:x', 'b', '1 2'],
        ['', 'c', '\t"'],
      ],
    );
    assert.deepEqual(
      childElements(root).map(({ ns, local }) => [ns, local]),
      [
        ['urn:y', 'd'],
        ['', 'e'],
      ],
    );
    assert.equal(root.children[0], 't&A\n');
    assert.equal(textOf(root), 't&A');
    assert.equal(attributeOf(root, 'b'), undefined);
  });

  it('leaves comments out only where it is told to', () => {
    assert.equal(
      textOf(readXml('<!-- x --><a>b<!-- c -->d</a><!-- e -->', { ...messageLimits, comments: 'skip' })),
      'bd',
    );
  });

  it('reads back what it wrote, and the canonical form of a canonical form is itself', () => {
    const text = fc.string({
      unit: fc.constantFrom('a', 'b', '<', '>', '&', '"', "'", '\t', '\n', '\r', ' ', ']', 'é', '\u{1F600}'),
    });
    fc.assert(
      fc.property(text, text, (inside, value) => {
        const root = {
          prefix: 'x',
          local: 'a',
          ns: 'urn:x',
          scope: new Map([['x', 'urn:x']]),
          attributes: [{ prefix: '', local: 'b', ns: '', value }],
          children: inside === '' ? [] : [inside],
        };
        const again = read(writeAlone(root));
        assert.deepEqual(again.attributes, root.attributes);
        assert.deepEqual(again.children, root.children);
        assert.equal(canonicalize(again), canonicalize(read(canonicalize(again))));
      }),
      { numRuns: 500 },
    );
    assert.equal(escapeText('\r'), '&#xD;');
  });

  it('writes exclusive canonical form as its specification shows (section 2.2)', () => {
    const root = read(
      '<n0:local xmlns:n0="http://example.com/n0" xmlns:n3="ftp://example.org"><n1:elem2 xmlns:n1="http://example.net" xml:lang="en" b="2" a="1"><n3:stuff/></n1:elem2></n0:local>',
    );
    const [inner] = childElements(root);
    assert.ok(inner);
    assert.equal(
      canonicalize(inner),
      '<n1:elem2 xmlns:n1="http://example.net" a="1" b="2" xml:lang="en"><n3:stuff xmlns:n3="ftp://example.org"></n3:stuff></n1:elem2>',
    );
    assert.equal(
      canonicalize(inner, { inclusive: ['n0'] }),
      '<n1:elem2 xmlns:n0="http://example.com/n0" xmlns:n1="http://example.net" a="1" b="2" xml:lang="en"><n3:stuff xmlns:n3="ftp://example.org"></n3:stuff></n1:elem2>',
    );
  });

  it('reads the largest message it takes in well under a second', () => {
    const largest = `<a>${'<b c="d">e</b>'.repeat(5900)}${' '.repeat(170_000)}</a>`;
    const start = performance.now();
    read(largest);
    canonicalize(read(`<a>${'&amp;'.repeat(50_000)}</a>`));
    assert.ok(performance.now() - start < 1000);
  });
});
