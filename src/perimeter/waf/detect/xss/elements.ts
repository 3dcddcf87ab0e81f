import { isEventHandler } from './events.ts';
import type { Attribute, Tag } from './html-lexer.ts';
import type { Report } from './rules.ts';
import { findDialog, holdsCode } from './script.ts';
import { judgeStyle } from './styles.ts';
import { judgeUrl } from './urls.ts';

const urlAttributes = new Set(
  'href src action formaction xlink:href data background poster dynsrc lowsrc code codebase classid from to values by value url content srcset cite longdesc icon manifest ping folder'.split(
    ' ',
  ),
);
const dataTypes = new Set([
  'application/ld+json',
  'application/json',
  'text/template',
  'text/x-template',
  'text/html',
  'speculationrules',
]);
const videoHosts = /^(?:https?:)?\/\/(?:[a-z0-9-]{1,40}\.){1,5}[a-z]{2,12}(?=[/:?#]|$)/;

/** Judges the tags of a text one by one; `lower` is the text they stand in. */
export function judgeTags(lower: string, tags: readonly Tag[], report: Report): void {
  const isBare = startsAsMarkup(lower);
  const ids = new Map<string, string>();
  let close = 0;
  const closeAfter = (from: number): number => {
    if (close !== -1 && close < from) close = lower.indexOf('</script', from);
    return close;
  };
  for (const tag of tags) {
    if (!tag.isClosing) {
      judgeElement(tag, { lower, isBare, closeAfter }, report);
      judgeDangling(lower, tag, isBare, report);
      judgeNames(tag, ids, report);
    }
    for (const attribute of tag.attributes) judgeAttribute(tag, attribute, report);
  }
}

/** Attack strings begin with markup or what breaks out of where they land; sentences about markup begin with words. */
function startsAsMarkup(lower: string): boolean {
  for (let at = 0; at < Math.min(lower.length, 64); at++) {
    const sign = lower[at] ?? '';
    if (sign === '<') return true;
    if (!'"\'`>)}];/*-+\\ \t\r\n'.includes(sign)) return false;
  }
  return false;
}

function judgeAttribute(tag: Tag, attribute: Attribute, report: Report): void {
  const { name, value, start, end } = attribute;
  if (!attribute.hasValue) return;
  if (attribute.quote === '' && value.includes('/on')) judgeSlashed(tag, attribute, report);
  if (name.startsWith('on') && name.length > 4 && value.trim() !== '') {
    if (isEventHandler(name)) {
      const isComponent = isComponentHandler(attribute);
      report(isComponent ? 'xss.framework_handler' : 'xss.event_handler', tag.start, end);
    } else if (holdsCode(value.toLowerCase(), 0, value.length)) {
      const isComponent = isComponentHandler(attribute);
      report(isComponent ? 'xss.framework_handler' : 'xss.event_handler', tag.start, end);
    }
  } else if (isFrameworkHandler(name) && holdsCode(value.toLowerCase(), 0, value.length)) {
    const isDialog =
      findDialog(value.toLowerCase(), 0, Math.min(value.length, 200)) !== -1 || /orderby:|constructor/i.test(value);
    report(isDialog ? 'xss.event_handler' : 'xss.framework_handler', tag.start, end);
  }
  if (isLoader(tag.name) && /^\s{0,8}data:(?!application\/pdf|image\/(?:png|jpe?g|gif|webp))/i.test(value.slice(0, 40)))
    report('xss.data_url', start, end);
  if (name === 'style' || name === 'xss') judgeStyle(value.toLowerCase(), start, report);
  if (urlAttributes.has(name) && !(name === 'value' && tag.name === 'option')) {
    const rule =
      judgeUrl(value, 'url') ??
      (name === 'values' ? judgeUrl(value.slice(value.lastIndexOf(';') + 1), 'url') : undefined);
    if (rule !== undefined) report(rule, start, end);
  }
}

/** `onClick={save}`, `onChange={(e) => …}`: a component's property, unless it calls a dialog at once. */
function isComponentHandler({ value, quote }: Attribute): boolean {
  return (
    quote === '' && value.startsWith('{') && findDialog(value.toLowerCase(), 1, Math.min(value.length, 200)) === -1
  );
}

/** `src=x/onerror=alert(1)`: one value to a browser of today, two attributes to others. */
function judgeSlashed(tag: Tag, { value, end }: Attribute, report: Report): void {
  const found = /\/(on[a-z]{3,32})\s?=[^\s]/i.exec(value.slice(0, 400));
  if (found !== null && isEventHandler((found[1] ?? '').toLowerCase())) report('xss.event_handler', tag.start, end);
}

/** Elements that run what they load. */
function isLoader(name: string): boolean {
  return name === 'use' || name === 'iframe' || name === 'embed' || name === 'object' || name === 'frame';
}

/** Attributes whose value Knockout, Unpoly, Datastar, Svelte, Alpine, Livewire, Mavo and htmx take as code. */
const frameworkName =
  /^(?:data-(?:bind|hx-on|on|v-on|x-init|effect|computed)\b|up-on-|on:|x-(?:effect|html|text|show|bind|model)\b|wire:(?!key$|loading|model)|mv-(?:value|expression|if|value|action)|v-(?:html|bind|if|show|text|model)\b|bind:|:[a-z]{1,20}$|\[[a-z]{1,20}\]$|\*ng)/;

function isFrameworkHandler(name: string): boolean {
  if (name === '_') return true;
  if (!/[@:(-]/.test(name)) return false;
  return (
    frameworkName.test(name) ||
    name.startsWith('@') ||
    name.startsWith('v-on:') ||
    name.startsWith('x-on:') ||
    name.startsWith('ng-') ||
    name.startsWith('data-ng-') ||
    name === 'x-init' ||
    name === 'x-data' ||
    name.startsWith('hx-on') ||
    name.startsWith('ev:') ||
    name === '(click)'
  );
}

/** What surrounds the tags: the text, whether it is markup from its beginning, and where the next script ends. */
interface Surroundings {
  readonly lower: string;
  readonly isBare: boolean;
  readonly closeAfter: (from: number) => number;
}

function judgeElement(tag: Tag, around: Surroundings, report: Report): void {
  const { lower, isBare } = around;
  const { start, end } = tag;
  const name = tag.name.includes(':') ? tag.name.slice(tag.name.lastIndexOf(':') + 1) : tag.name;
  switch (name) {
    case 'script':
      return judgeScript(tag, around, report);
    case 'iframe':
    case 'frame':
    case 'portal':
    case 'fencedframe':
      return judgeFrame(tag, isBare, report);
    case 'object':
    case 'embed':
    case 'applet':
      return judgePlugin(tag, isBare, report);
    case 'plaintext':
      if (isBare && lower.length < 200) report('xss.active_element', start, end);
      return;
    case 'base':
      if (isBare && !tag.isFinished && end >= lower.length && valueOf(tag, 'target') !== undefined)
        report('xss.active_element', start, end);
      if (hasUrl(tag, 'href') && !lower.slice(0, 2000).includes('<head')) report('xss.active_element', start, end);
      return;
    case 'meta':
      if (isTurningMeta(tag, isBare, lower)) report('xss.active_element', start, end);
      return;
    case 'link':
      return judgeLink(tag, around, report);
    case 'form':
    case 'isindex':
      return judgeForm(tag, around, report);
    case 'animate':
    case 'set':
    case 'animatetransform':
      if (/^(?:xlink:)?href$|^on/i.test(valueOf(tag, 'attributename') ?? '')) report('xss.active_element', start, end);
      return;
    case 'bgsound':
    case 'layer':
    case 'ilayer':
    case '?xml-stylesheet':
    case '?import':
    case 'import':
      if (['src', 'href', 'implementation'].some(name => isForeign(valueOf(tag, name))))
        report('xss.active_element', start, end);
      return;
    case 'style':
      return judgeStyle(contentOf(lower, end), end, report);
    case 'turbo-frame':
    case 'include-fragment':
    case 'html-include':
    case 'esm-fragment':
      if (isBare && isForeign(valueOf(tag, 'src'))) report('xss.active_element', start, end);
      return;
    default:
      judgeBorrowed(tag, isBare, report);
  }
}

/** An element that a framework makes a script of, or fills with what another site answers. */
function judgeBorrowed(tag: Tag, isBare: boolean, report: Report): void {
  if (tag.attributes.length === 0) return;
  if (/^(?:vue:)?script$/i.test(valueOf(tag, 'is') ?? '')) return report('xss.active_element', tag.start, tag.end);
  if (!isBare) return;
  for (const { name, value } of tag.attributes)
    if (
      /^(?:data-)?(?:hx-(?:get|post|ws)|up-href|unicorn:src|ic-get-from|ic-src)$|^ping$/.test(name) &&
      isForeign(value)
    )
      return report('xss.active_element', tag.start, tag.end);
}

function judgeScript(tag: Tag, { lower, isBare, closeAfter }: Surroundings, report: Report): void {
  report('xss.script_mention', tag.start, tag.end);
  const source = ['src', 'href', 'xlink:href']
    .map(name => valueOf(tag, name))
    .find(value => value !== undefined && value !== '');
  if (source !== undefined) {
    return report(isBare || isForeign(source) ? 'xss.script_element' : 'xss.script_source', tag.start, tag.end);
  }
  const type = valueOf(tag, 'type')?.toLowerCase();
  if (type !== undefined && dataTypes.has(type)) return report('xss.script_source', tag.start, tag.end);
  if (!tag.isFinished) {
    if (isBare && tag.attributes.length > 0) report('xss.script_element', tag.start, tag.end);
    return;
  }
  const close = closeAfter(tag.end);
  const content = close === -1 ? Math.min(lower.length, tag.end + 300) : Math.min(close, tag.end + 600);
  const isEmpty = lower.slice(tag.end, content).trim() === '';
  if (close === -1 && isMention(lower, tag.end)) return;
  // `the <script> tag must come last`: no script begins with three words.
  if (
    close === -1 &&
    /^ [a-z]{2,24}(?:(?: [a-z']{2,24}){2}[ ,.;]|[a-z ]{0,40}<)/.test(lower.slice(tag.end, tag.end + 90))
  )
    return;
  if (holdsCode(lower, tag.end, content) || (isBare && close !== -1 && !isEmpty))
    report('xss.script_element', tag.start, content);
  else if (isBare && lower.length < 200 && (!isEmpty || close !== -1 || tag.attributes.length === 0))
    report('xss.script_element', tag.start, tag.end);
}

/** `<script> in comments; don't`: no script begins with two words that no operator joins. */
function isMention(lower: string, at: number): boolean {
  return /^ (?!var |let |const |new |throw |typeof |void |delete |return |await |async |function |class |import |export |if |do |else )[a-z]{2,24} [a-z]{2,24}[;,.] [a-z']{2,24} [a-z]/.test(
    lower.slice(at, at + 120),
  );
}

function judgeFrame(tag: Tag, isBare: boolean, report: Report): void {
  if (valueOf(tag, 'srcdoc') !== undefined) return report('xss.active_element', tag.start, tag.end);
  const source = tag.attributes.find(attribute => attribute.name === 'src' && attribute.hasValue);
  if (source === undefined) return;
  const isOrderly = tag.isFinished && source.quote !== '' && videoHosts.test(source.value.toLowerCase().trim());
  if (isOrderly) report('xss.embedding', tag.start, tag.end);
  else if (isBare || isForeign(source.value)) report('xss.active_element', tag.start, tag.end);
}

function judgePlugin(tag: Tag, isBare: boolean, report: Report): void {
  const source = tag.attributes.find(
    ({ name, hasValue }) =>
      hasValue && ['data', 'src', 'code', 'codebase', 'archive', 'classid', 'allowscriptaccess'].includes(name),
  );
  if (source === undefined) return;
  if (/scriptlet/i.test(valueOf(tag, 'type') ?? '')) return report('xss.active_element', tag.start, tag.end);
  const isOrderly =
    tag.isFinished && source.quote !== '' && /^(?:https?:)?\/\/|^clsid:/.test(source.value.toLowerCase().trim());
  if (isOrderly && source.name !== 'code') report('xss.embedding', tag.start, tag.end);
  else if (isBare || isForeign(source.value)) report('xss.active_element', tag.start, tag.end);
}

/** A whole page or mail says what it is before anything else, and brings its own style sheet; a script it does not. */
function isSheetOfPage(lower: string, relation: string): boolean {
  return relation === 'stylesheet' && /^\s{0,8}(?:<!doctype html[\s>]|<html[\s>])/.test(lower);
}

function judgeLink(tag: Tag, around: Surroundings, report: Report): void {
  const { isBare } = around;
  const href = tag.attributes.find(attribute => attribute.name === 'href' && attribute.hasValue);
  const relation = valueOf(tag, 'rel')?.toLowerCase() ?? '';
  if (href === undefined || relation === '') return;
  const isLoading =
    /import|stylesheet|manifest|prerender/.test(relation) ||
    (isBare &&
      around.lower.length < 300 &&
      /^\s{0,4}[/\\]{2}/.test(href.value) &&
      /prefetch|preload|preconnect/.test(relation));
  if (!isLoading) return;
  const isOrderly = tag.isFinished && href.quote !== '' && relation !== 'import';
  if (!isOrderly || (isBare && !/^https:\/\//i.test(href.value) && !isSheetOfPage(around.lower, relation)))
    report('xss.active_element', tag.start, tag.end);
  else report('xss.embedding', tag.start, tag.end);
}

/** Attributes whose address the browser fetches or follows. */
const leading = new Set(
  'src href background action formaction poster data srcset ping content cite xlink:href'.split(' '),
);

/** An element whose quoted foreign address never ends takes the rest of the page with it. */
function judgeDangling(lower: string, tag: Tag, isBare: boolean, report: Report): void {
  for (const { name, quote, value, hasValue, start, end } of tag.attributes) {
    if (name === 'formaction' && isForeign(value)) report('xss.form_theft', start, end);
    if (tag.isFinished || !isBare || !hasValue || quote === '' || !leading.has(name)) continue;
    const isAway = name === 'content' ? /url\s?=/i.test(value) : isForeign(value);
    if (isAway && tag.end >= lower.length && !lower.endsWith(quote)) report('xss.active_element', tag.start, tag.end);
  }
}

/** A form for another site: with passwords in it, without an end, or with an address as only injected markup writes it. */
function judgeForm(tag: Tag, { lower, isBare }: Surroundings, report: Report): void {
  const action = tag.attributes.find(({ name, hasValue }) => name === 'action' && hasValue);
  if (action === undefined || !isForeign(action.value)) return;
  const rest = lower.slice(tag.end, tag.end + 2000);
  const isRough = action.quote === '' || /^\s{0,4}(?:[/\\]|http:\/\/\d)/.test(action.value);
  const isTaking = /type\s?=\s?["']?password|name\s?=\s?["']?(?:password|passwd|pwd|csrf)/.test(rest);
  const isOpen = isBare && tag.end + rest.length >= lower.length && !rest.includes('</form');
  report(isRough || isTaking || isOpen ? 'xss.form_theft' : 'xss.form', tag.start, tag.end);
}

/** Leads elsewhere, sets a cookie or policy, gives the address of the page away, or changes how its bytes are read. */
function isTurningMeta(tag: Tag, isBare: boolean, lower: string): boolean {
  const kind = valueOf(tag, 'http-equiv') ?? '';
  if (/refresh|set-cookie|^link$/i.test(kind)) return true;
  if (/utf-?(?:7|16|32)/i.test(valueOf(tag, 'charset') ?? '')) return true;
  if (!isBare || lower.length > 400 || lower.includes('<head') || lower.includes('<title')) return false;
  return (
    /content-security-policy/i.test(kind) ||
    (/^referrer$/i.test(valueOf(tag, 'name') ?? '') && /unsafe-url|always/i.test(valueOf(tag, 'content') ?? ''))
  );
}

/** What a script finds under `document` or an element, and an element of that name would hide from it. */
const hiding =
  /^(?:getelementbyid|getelementsbytagname|queryselector(?:all)?|(?:inner|outer)html|insertadjacenthtml|node(?:name|type|value)|parentnode|parentelement|childnodes|firstchild|removechild|appendchild|createelement|documentelement|currentscript|defaultview|ownerdocument|(?:get|set|remove)attribute)$/i;
const named = new Set(['a', 'form', 'img', 'embed', 'object', 'iframe', 'input', 'button', 'output', 'svg', 'image']);

/** Names of elements that hide what scripts of the page call, and two anchors of one name that give it a member. */
function judgeNames(tag: Tag, ids: Map<string, string>, report: Report): void {
  if (!named.has(tag.name)) return;
  const id = valueOf(tag, 'id');
  const name = valueOf(tag, 'name');
  if (hiding.test(name ?? '') || hiding.test(id ?? '')) report('xss.active_element', tag.start, tag.end);
  if (id === undefined || (tag.name !== 'a' && tag.name !== 'form')) return;
  if (ids.get(id) === tag.name && name !== undefined) report('xss.active_element', tag.start, tag.end);
  if (ids.size < 256) ids.set(id, tag.name);
}

function valueOf(tag: Tag, name: string): string | undefined {
  return tag.attributes.find(attribute => attribute.name === name && attribute.hasValue)?.value;
}

function hasUrl(tag: Tag, name: string): boolean {
  return (valueOf(tag, name) ?? '').trim() !== '';
}

/** Leads off the site: a scheme, two slashes (either way), an entity or an escape instead of them. */
function isForeign(value: string | undefined): boolean {
  if (value === undefined) return false;
  const address = value.trim().replaceAll('\\', '/');
  return (
    address.startsWith('//') ||
    address.startsWith('/&') ||
    /^[a-z&][\w+.-]{1,16}:/i.test(address) ||
    address.includes('://')
  );
}

/** What stands in a style element, up to its end. */
function contentOf(lower: string, start: number): string {
  const content = lower.slice(start, start + 4000);
  const close = content.indexOf('</style');
  return close < 0 ? content : content.slice(0, close);
}
