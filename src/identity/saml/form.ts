import { forms, type Part } from './form-table.ts';
import { nameOf, namespaces } from './names.ts';
import { quoted, refuseUnless, SamlRefusal } from './refusal.ts';
import { attributeOf, childElements, everyElement, type XmlElement } from './xml.ts';

/** What a message may be, by its root. */
export type MessageRoot = 'samlp:Response' | 'saml:Assertion' | 'samlp:LogoutRequest' | 'samlp:LogoutResponse';

/**
 * Holds a message against the whole table of where each element may stand, how often and in which order, before anything is believed of
 * it: what is not in the table is refused, so that there is no corner to hide a second assertion or signature in. Ids are unique.
 */
export function checkForm(root: XmlElement, want: readonly MessageRoot[]): void {
  const is = nameOf(root);
  refuseUnless(
    want.some(name => name === is),
    `Root element: want ${want.join(' or ')}`,
    is,
  );
  checkElement(root, is);
  const ids = new Set<string>();
  for (const element of everyElement(root)) {
    for (const { local, value } of element.attributes) {
      if (local.toLowerCase() !== 'id') continue;
      refuseUnless(/^[A-Za-z_][A-Za-z0-9._-]{0,199}$/.test(value), 'Id: want a name of at most 200 characters', value);
      refuseUnless(!ids.has(value), 'Ids: want each once', value);
      ids.add(value);
    }
  }
}

function checkElement(element: XmlElement, name: string): void {
  const form = forms.get(name);
  if (form === undefined) throw new SamlRefusal(`Elements: want none but those of the form, got ${quoted(name)}`);
  for (const needed of form.needs ?? [])
    refuseUnless((attributeOf(element, needed) ?? '') !== '', `${element.local}: want the attribute "${needed}"`);
  if (form.kind === 'text')
    return refuseUnless(childElements(element).length === 0, `${element.local}: want text and no element in it`);
  if (form.kind === 'opaque') return checkOpaque(element);
  if (form.kind === 'parts' || childElements(element).length > 0) {
    const hasText = element.children.some(child => typeof child === 'string' && child.trim() !== '');
    refuseUnless(!hasText, `${element.local}: want no text between its elements`);
  }
  checkParts(element, name, form.parts);
}

/** One walk over the parts: each child must be of the current part or a later one, and none too often or too seldom. */
function checkParts(element: XmlElement, name: string, parts: readonly Part[]): void {
  const counts = parts.map(() => 0);
  let at = 0;
  for (const child of childElements(element)) {
    const childName = nameOf(child);
    const next = parts.findIndex((part, index) => index >= at && part.names.includes(childName));
    const isMisplaced = parts.some(part => part.names.includes(childName));
    refuseUnless(
      next >= 0,
      `${element.local}: want ${isMisplaced ? 'its elements in order' : 'no such element'}`,
      childName,
    );
    at = next;
    counts[next] = (counts[next] ?? 0) + 1;
    checkElement(child, forms.has(`${name}>${childName}`) ? `${name}>${childName}` : childName);
  }
  for (const [index, part] of parts.entries()) {
    const count = counts[index] ?? 0;
    const range = part.min === part.max ? String(part.min) : `${part.min} to ${part.max}`;
    refuseUnless(
      count >= part.min && count <= part.max,
      `${element.local}: want ${range} of ${part.names.join(' or ')}, got ${count}`,
    );
  }
}

const never = new Set([
  'Response',
  'Assertion',
  'EncryptedAssertion',
  'Signature',
  'SignedInfo',
  'Reference',
  'NameID',
]);
const closed: ReadonlySet<string> = new Set([namespaces.saml, namespaces.samlp, namespaces.md]);

/** What is never read may hold anything but what somebody could take for a part of the message. */
function checkOpaque(element: XmlElement): void {
  for (const inner of everyElement(element)) {
    if (inner === element) continue;
    const isLookalike = never.has(inner.local) || closed.has(inner.ns) || inner.local.startsWith('Encrypted');
    refuseUnless(!isLookalike, `${element.local}: want nothing of SAML or signatures in it`, nameOf(inner));
  }
}
