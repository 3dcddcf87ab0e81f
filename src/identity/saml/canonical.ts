import type { XmlAttribute, XmlElement } from './xml.ts';

/**
 * Exclusive XML Canonicalization 1.0 without comments of an element of our own reading, as `xml-crypto` must arrive at it by its own
 * parser: two readers that agree on every byte leave no room for a difference between them. `omit` is the enveloped signature;
 * `inclusive` the PrefixList (section 2.1), "#default" for the default namespace.
 */
export function canonicalize(
  element: XmlElement,
  options: { omit?: XmlElement; inclusive?: readonly string[] } = {},
): string {
  const inclusive = (options.inclusive ?? []).map(prefix => (prefix === '#default' ? '' : prefix));
  return write(element, new Map(), { omit: options.omit, inclusive });
}

/** The element as a document of its own, with every namespace in scope declared at the root: for a second parser to read. */
export function writeAlone(element: XmlElement): string {
  const inclusive = [...element.scope.keys()].filter(prefix => prefix !== 'xml');
  return write(element, new Map(), { omit: undefined, inclusive, isEverywhere: true });
}

interface Way {
  readonly omit: XmlElement | undefined;
  readonly inclusive: readonly string[];
  /** Whether each element declares all that is in its scope, used or not. */
  readonly isEverywhere?: boolean;
}

function write(element: XmlElement, rendered: ReadonlyMap<string, string>, way: Way): string {
  const inScope = (prefix: string): string => element.scope.get(prefix) ?? '';
  const listed = way.isEverywhere
    ? [...element.scope.keys()]
    : way.inclusive.filter(prefix => element.scope.has(prefix));
  const used = [element.prefix, ...element.attributes.map(attribute => attribute.prefix).filter(Boolean), ...listed];
  const fresh = [...new Set(used)].filter(
    prefix => prefix !== 'xml' && (rendered.get(prefix) ?? '') !== inScope(prefix),
  );
  const namespaces = fresh
    .toSorted()
    .map(prefix => ` xmlns${prefix === '' ? '' : `:${prefix}`}="${escapeAttribute(inScope(prefix))}"`);
  const attributes = element.attributes
    .toSorted(compareAttributes)
    .map(attribute => ` ${qualified(attribute)}="${escapeAttribute(attribute.value)}"`);
  const below = new Map([...rendered, ...fresh.map(prefix => [prefix, inScope(prefix)] as const)]);
  const content = element.children
    .filter(child => child !== way.omit)
    .map(child => (typeof child === 'string' ? escapeText(child) : write(child, below, way)));
  const tag = qualified(element);
  return `<${tag}${namespaces.join('')}${attributes.join('')}>${content.join('')}</${tag}>`;
}

function qualified(named: { prefix: string; local: string }): string {
  return named.prefix === '' ? named.local : `${named.prefix}:${named.local}`;
}

/** Canonical XML 1.0 section 2.2: by namespace name, then by local name; without namespace first. */
function compareAttributes(a: XmlAttribute, b: XmlAttribute): number {
  if (a.ns !== b.ns) return a.ns < b.ns ? -1 : 1;
  return a.local < b.local ? -1 : 1;
}

/** Text as Canonical XML 1.0 section 2.3 writes it. */
export function escapeText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#xD;');
}

/** The value of an attribute as Canonical XML 1.0 section 2.3 writes it. */
export function escapeAttribute(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\t', '&#x9;')
    .replaceAll('\n', '&#xA;')
    .replaceAll('\r', '&#xD;');
}
