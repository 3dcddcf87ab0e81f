/** Lookups of logging libraries, `${jndi:ldap://…}`: a small evaluator resolves what is nested inside and sees what comes out. */

import type { Detector, DetectorInput, Hit, Place } from '../waf.ts';
import { readingOf } from './reading.ts';

/** Lookups that reach another machine or tell secrets of this one. */
export const lookup: Detector = {
  id: 'lookup',
  rules: [
    { id: 'lookup.jndi', title: 'a lookup that loads code from another machine (Log4Shell)', points: 5, paranoia: 1 },
    { id: 'lookup.hidden', title: 'a lookup put together from other lookups', points: 5, paranoia: 1 },
    { id: 'lookup.secret', title: 'a lookup of secrets or of the system', points: 5, paranoia: 1 },
    { id: 'lookup.environment', title: 'a lookup of an environment variable', points: 3, paranoia: 2 },
    { id: 'lookup.any', title: 'a lookup', points: 2, paranoia: 4 },
  ],
  needles: ['${', '#{', 'jndi:', '%{', '{jndi', '$%7b'],
  chars: 0,
  detect,
};

interface Frame {
  readonly start: number;
  text: string;
  /** Lookups inside that came to a piece of text: the mark of a name put together. */
  pieces: number;
}

const framesMax = 256;
const frameCharsMax = 512;

/** One pass with a stack: an opening pushes, a closing resolves and adds to the one outside. What is never closed is judged as it stands. */
function detect(input: DetectorInput, hit: Hit): void {
  const { text } = input;
  const stack: Frame[] = [];
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const next = text.charCodeAt(at + 1);
    if ((code === 36 || code === 35 || code === 37) && next === 123) {
      if (stack.length < framesMax) stack.push({ start: at, text: '', pieces: 0 });
      at++;
      continue;
    }
    const frame = stack.at(-1);
    if (frame === undefined) {
      if (code === 106 || code === 74) plainJndi(input, at, hit);
      continue;
    }
    if (code !== 125) {
      if (frame.text.length < frameCharsMax) frame.text += text[at];
      continue;
    }
    stack.pop();
    judge(input, frame, at + 1, hit);
    const outer = stack.at(-1);
    if (outer === undefined) continue;
    const piece = resolve(frame.text);
    if (outer.text.length < frameCharsMax) outer.text += piece;
    outer.pieces +=
      /^(?:lower|upper|date|env|sys|ctx|base64|main|::|[^:]{0,40}:-)/i.test(frame.text) || frame.text.includes(':-')
        ? 1
        : 0;
  }
  for (const frame of stack) judge(input, frame, text.length, hit);
}

const secretName =
  /secret|passw|token|api_?key|private|credential|aws_|azure|gcp|github_|database_url|db_|session|auth|jwt|access_?key/i;

function judge(input: DetectorInput, frame: Frame, end: number, hit: Hit): void {
  const inner = frame.text.replace(/[\s\0]/g, '').toLowerCase();
  // `${jndi:…}`: spoken of, with nothing to be looked up.
  if (/^jndi:(?:[a-z]{2,5}(?::\/\/)?)?(?:\.{3}|\u2026)?$/.test(inner)) return;
  if (
    inner.startsWith('jndi:') ||
    /^(?:[^:]{0,40}|[^}]{0,40}:-)jndi:(?:ldaps?|rmi|dns|iiop|nis|nds|corba|https?):/.test(inner)
  )
    return hit('lookup.jndi', frame.start, end);
  const isShort = input.text.length < 400 || input.place.zone === 'header';
  if (frame.pieces >= 2 && /^[a-z]{3,10}:/.test(inner) && isShort) hit('lookup.hidden', frame.start, end);
  const [, kind = '', name = ''] =
    /^(env|sys|java|ctx|bundle|docker|k8s|hostname|spring|web|main|log4j|base64|script|dns|url|const|file|xml|properties|resourcebundle):?(.{0,80})/.exec(
      inner,
    ) ?? [];
  if (
    /^(?:hostname$|ctx:[a-z]|bundle:[\w.]{1,40}:|base64decoder:)/.test(inner) &&
    input.text.trim().length === end - frame.start &&
    input.text.charCodeAt(frame.start) === 36
  )
    return hit('lookup.secret', frame.start, end);
  if (standsAlone(input, frame, end) && isLoneLookup(inner, input)) return hit('lookup.secret', frame.start, end);
  if (kind === '') {
    if (input.paranoia >= 4) hit('lookup.any', frame.start, end);
    return;
  }
  const isTelling =
    (kind === 'java' && /^(?:version|runtime|vm|os|locale|hw)$/.test(name)) ||
    ((kind === 'env' || kind === 'sys') &&
      !configured.test(input.place.name) &&
      input.text.charCodeAt(frame.start) === 36 &&
      secretName.test(name) &&
      name !== '') ||
    (kind === 'sys' && /^(?:user|os|java|file)\.[a-z.]{2,20}$/.test(name)) ||
    (kind === 'script' && /^(?:javascript|js|groovy|nashorn|jexl|python|ruby):/.test(name)) ||
    ((kind === 'dns' || kind === 'url') && /^(?:address|canonicalname|name|utf-8|https?:|file:)/.test(name)) ||
    (kind === 'dns' && /^[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}\.?$/.test(name)) ||
    (kind === 'file' && /^utf-8:/.test(name)) ||
    (kind === 'const' && /^java/.test(name));
  // What asks another machine or runs a script does so wherever it stands.
  const reaches =
    (kind === 'dns' || kind === 'url' || kind === 'script' || kind === 'file') &&
    input.text.charCodeAt(frame.start) === 36;
  if (isTelling && (reaches || (isShort && !readingOf(input.text).isDocument))) hit('lookup.secret', frame.start, end);
  else if (input.paranoia >= 2 && name !== '') hit('lookup.environment', frame.start, end);
}

/** The lookup is the whole value, give or take what a parameter carries along. */
function standsAlone({ text }: DetectorInput, frame: Frame, end: number): boolean {
  return text.length - (end - frame.start) <= 12 || (text.length < 120 && frame.start === 0);
}

/** Lookups of Log4j, Commons Text and Spring that a value is made of; a configuration's `${env:HOME}` is one in JSON and in texts. */
function isLoneLookup(inner: string, { place, text }: DetectorInput): boolean {
  if (
    /^system(?:properties|environment)(?:[[.]|$)|^@?environment(?:\.getproperty\(|$)|^spring\.[a-z.]{3,40}(?:password|secret|key|username|url)\b/.test(
      inner,
    )
  )
    return true;
  if (text.charCodeAt(text.indexOf('{') - 1) !== 36) return false;
  if (
    /^(?:main|jvmrunargs|docker|k8s|web|xmldecoder|xmlencoder|log4j|sd|structureddata|marker|event|base64(?:encoder|decoder)?|xml|properties|resourcebundle|urlencoder|urldecoder|localhost|spring|java|const|map|mdc):[^\s]/.test(
      inner,
    )
  )
    return true;
  const isPlain = place.zone === 'header' || place.zone === 'cookie' || place.zone === 'path';
  return (
    (isPlain && inner.startsWith('date:')) ||
    (isGiven(place) && /^(?:env|sys|lower|upper|ctx):[^\s]/.test(inner)) ||
    (isGiven(place) &&
      /^(?:oc\.env|secrets?|vault|ssm|sm|kms|key-?vault|gcp-?secret|aws-?secret|op):[^\s]/.test(inner)) ||
    /^(?:env|sys|lower|upper):[\w.]{0,60}:-/.test(inner) ||
    /^::-/.test(inner)
  );
}

/** Members of a document where a platform's own settings take a value of the environment. */
const configured =
  /(?:^|[.\]])(?:environment|env|provider|variables|secrets|configs?|configuration|settings)(?:\[\])?\./i;
const said =
  /^(?:user|user_?name|login|name|first_?name|last_?name|client|q|query|search|e?mail|message|comment|text|title|subject|id|lang|locale|agent|user_?agent|referr?er|host|ip|path|url|city|phone|note|question|chat_?id)$/;

/** A place that people and programs fill, and no setting of a platform: those carry such names of their own. */
function isGiven({ zone, name, part }: Place): boolean {
  if (zone !== 'json' || part === 'name') return zone !== 'file';
  return said.test(name.slice(name.lastIndexOf('.') + 1).toLowerCase());
}

/** What a lookup comes to: its function's result, or its default. */
function resolve(inner: string): string {
  const fallback = inner.lastIndexOf(':-');
  const call = /^\s{0,4}(lower|upper|date|base64)\s{0,4}:/i.exec(inner);
  if (call === null) return fallback >= 0 ? inner.slice(fallback + 2) : '';
  const given = inner.slice(call[0].length);
  switch ((call[1] ?? '').toLowerCase()) {
    case 'lower':
      return given.toLowerCase();
    case 'upper':
      return given.toUpperCase();
    case 'base64':
      return Buffer.from(given, 'base64').toString('latin1');
    default:
      return given.replaceAll("'", '');
  }
}

/** `jndi:ldap://` without its braces, as it stands where only the inner part came through. */
function plainJndi({ lower }: DetectorInput, at: number, hit: Hit): void {
  if (
    lower.startsWith('jndi:', at) &&
    /^jndi:(?:ldaps?|rmi|dns|iiop|nis|nds|corba|corbaname|java|https?):/.test(lower.slice(at, at + 16))
  )
    hit('lookup.jndi', at, at + 5);
}
