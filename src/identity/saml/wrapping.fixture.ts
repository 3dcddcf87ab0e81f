import assert from 'node:assert/strict';
import type { SigningMode } from '../../../tests/fakes/saml-signer.ts';
import { writeAlone } from './canonical.ts';
import { everyElement, messageLimits, readXml, type XmlElement, type XmlNode } from './xml.ts';

/** Whom the attacks of these tests want to be. */
export const evil = 'admin@evil.example';

/** An element that can be changed. */
export interface Tree extends XmlElement {
  attributes: { prefix: string; local: string; ns: string; value: string }[];
  children: (Tree | string)[];
}

export function parse(xml: string): Tree {
  return clone(readXml(xml, messageLimits));
}

export function clone(element: XmlElement): Tree {
  return {
    ...element,
    attributes: element.attributes.map(attribute => ({ ...attribute })),
    children: element.children.map((child: XmlNode) => (typeof child === 'string' ? child : clone(child))),
  };
}

export const print = (tree: Tree): string => writeAlone(tree);

export function find(tree: Tree, local: string, which = 0): Tree {
  const found = [...everyElement(tree)].filter(element => element.local === local)[which];
  assert(found, `want ${local}`);
  return found as Tree;
}

export function drop(tree: Tree, child: Tree): Tree {
  const parent = [...everyElement(tree)].find(element => element.children.includes(child)) as Tree | undefined;
  assert(parent);
  parent.children.splice(parent.children.indexOf(child), 1);
  return child;
}

function setId(tree: Tree, id: string): void {
  const attribute = tree.attributes.find(({ local }) => local === 'ID');
  assert(attribute);
  attribute.value = id;
}

function signatureIn(tree: Tree): Tree | undefined {
  return tree.children.find((child): child is Tree => typeof child !== 'string' && child.local === 'Signature');
}

/** The same thing said of another person. */
export function makeEvil(tree: Tree): Tree {
  for (const element of everyElement(tree) as Iterable<Tree>) {
    if (element.local === 'NameID') element.children = [evil];
    if (element.local === 'AttributeValue') element.children = [element.children[0] === 'builders' ? 'owners' : evil];
  }
  return tree;
}

function withoutSignature(tree: Tree): Tree {
  const copy = clone(tree);
  const signature = signatureIn(copy);
  if (signature) drop(copy, signature);
  return copy;
}

function wrapper(like: Tree, local: string, ...children: Tree[]): Tree {
  return { ...like, local, attributes: [], children };
}

/** Signature wrapping 1 to 8 as the field numbers them (Somorovsky and others, "On Breaking SAML"), each over a validly signed document. */
export const wrappings: Readonly<Record<string, (xml: string, mode: SigningMode) => string>> = {
  'XSW1: the signed message inside the signature of an evil response': (xml, mode) => {
    const root = parse(xml);
    const signed = mode === 'assertion' ? clone(root) : withoutSignature(root);
    const signature = signatureIn(root) ?? signatureIn(find(root, 'Assertion'));
    makeEvil(root);
    setId(root, '_evilResponse');
    signature?.children.push(signed);
    return print(root);
  },
  'XSW2: the signed message before the signature of an evil response': (xml, mode) => {
    const root = parse(xml);
    const signed = mode === 'assertion' ? clone(root) : withoutSignature(root);
    makeEvil(root);
    setId(root, '_evilResponse');
    root.children.splice(1, 0, signed);
    return print(root);
  },
  'XSW3: an evil assertion before the signed one': xml => {
    const root = parse(xml);
    const assertion = find(root, 'Assertion');
    const copy = makeEvil(withoutSignature(assertion));
    setId(copy, '_evilAssertion');
    root.children.splice(root.children.indexOf(assertion), 0, copy);
    return print(root);
  },
  'XSW4: the signed assertion inside an evil one': xml => {
    const root = parse(xml);
    const assertion = find(root, 'Assertion');
    const copy = makeEvil(withoutSignature(assertion));
    setId(copy, '_evilAssertion');
    drop(root, assertion);
    copy.children.push(assertion);
    root.children.push(copy);
    return print(root);
  },
  'XSW5: an evil assertion with the signature, the signed one after it': xml => {
    const root = parse(xml);
    const assertion = find(root, 'Assertion');
    const signed = withoutSignature(assertion);
    makeEvil(assertion);
    setId(assertion, '_evilAssertion');
    root.children.push(signed);
    return print(root);
  },
  'XSW6: an evil assertion with the signature, the signed one inside that': xml => {
    const root = parse(xml);
    const assertion = find(root, 'Assertion');
    const signed = withoutSignature(assertion);
    makeEvil(assertion);
    setId(assertion, '_evilAssertion');
    (signatureIn(assertion) ?? signatureIn(root))?.children.push(signed);
    return print(root);
  },
  'XSW7: an evil assertion of the same id in Extensions': xml => {
    const root = parse(xml);
    const assertion = find(root, 'Assertion');
    const copy = makeEvil(withoutSignature(assertion));
    root.children.splice(root.children.indexOf(assertion), 0, wrapper(root, 'Extensions', copy));
    return print(root);
  },
  'XSW8: the signed assertion in an Object of the signature of an evil one': xml => {
    const root = parse(xml);
    const assertion = find(root, 'Assertion');
    const signed = withoutSignature(assertion);
    makeEvil(assertion);
    const signature = signatureIn(assertion) ?? signatureIn(root);
    assert(signature);
    signature.children.push(wrapper(signature, 'Object', signed));
    return print(root);
  },
};
