/** Names that reach into the prototype of every JavaScript object. */

import type { Detector, Rule } from '../waf.ts';

const rules = [
  { id: 'prototype.name', title: 'a field name that changes the prototype of all objects', points: 5, paranoia: 1 },
  { id: 'prototype.path', title: 'a path into the prototype of all objects', points: 5, paranoia: 1 },
  { id: 'prototype.constructor_step', title: 'a step to a constructor in a path of names', points: 3, paranoia: 1 },
  { id: 'prototype.prototype_step', title: 'a step to a prototype in a path of names', points: 3, paranoia: 1 },
  { id: 'prototype.mention', title: 'the name of an object prototype', points: 3, paranoia: 2 },
] as const satisfies readonly Rule[];

export const prototype: Detector = {
  id: 'prototype',
  rules,
  needles: [
    '__proto__',
    'prototype',
    '__define',
    '__lookup',
    'constructor',
    'superclass',
    'classloader',
    'protectiondomain',
  ],
  chars: 0,
  mayMatch: ({ place, text }) => place.part === 'name' || /proto|__define|__lookup|^constructor$/i.test(text),
  detect({ lower, place }, hit) {
    if (place.part === 'name') {
      const name = `${place.name.toLowerCase()}.${lower}`;
      if (
        lower.includes('__proto__') ||
        lower.includes('__define') ||
        lower.includes('__lookup') ||
        twice.test(place.name) ||
        ofClasses.test(place.name) ||
        reachesPrototype(name) ||
        isDoubled(name)
      )
        return hit('prototype.name', 0, lower.length);
    } else if ((lower === 'constructor' || lower === 'prototype') && steps.test(place.name.toLowerCase()))
      return hit(lower === 'constructor' ? 'prototype.constructor_step' : 'prototype.prototype_step', 0, lower.length);
    for (const word of ['__proto__', '__definegetter__', '__definesetter__', '__lookupgetter__', '__lookupsetter__']) {
      let at = lower.indexOf(word);
      for (let count = 0; at >= 0 && count < 32; count += 1) {
        if (isKeyOrPath(lower, at, at + word.length)) return hit('prototype.path', at, at + word.length);
        hit('prototype.mention', at, at + word.length);
        at = lower.indexOf(word, at + word.length);
      }
    }
    if (wholePath.test(lower) && (!lower.includes(' ') || pathName.test(place.name)))
      return hit('prototype.path', 0, lower.length);
    const set = assigned.exec(lower);
    if (set !== null) return hit('prototype.path', set.index, set.index + set[0].length);
    let at = lower.indexOf('prototype');
    for (let count = 0; at >= 0 && count < 32; count += 1) {
      const before = lower.slice(Math.max(0, at - 24), at);
      if (/constructor['"]?(?:\.|\/|\]?\[['"]?|['"]?\s?:\s?\{\s?['"]?)$/u.test(before) && isAssigned(lower, at + 9)) {
        return hit('prototype.path', at, at + 9);
      }
      at = lower.indexOf('prototype', at + 9);
    }
  },
};

/** A list of the names on the way to a property; tags and categories are none. */
const steps =
  /^(?:\[\]){2,4}$|(?:^|[.\]])(?:key_?)?(?:path|keys?|props?|propert(?:y|ies)|fields?|steps?|segments|p|k|at|name|target|setting|option)(?:\[\]){1,3}$/u;

/** One name within itself, for who takes it out once: `constconstructorructor`. */
function isDoubled(name: string): boolean {
  if (!name.includes('constructor') && !name.includes('prototype')) return false;
  return [/constructor/gu, /prototype/gu, /constructor|prototype/gu].some(word => {
    const rest = name.replaceAll(word, '');
    return rest.includes('constructor') && reachesPrototype(rest);
  });
}

/** The constructor of a constructor makes functions. */
const twice = /(?:^|[.[])constructor(?:\.|\]?\[['"]?)constructor(?!\w)/iu;
/** The class of a class: what Ruby merges into and Spring binds to. */
const ofClasses = /(?:^|[.[])class\]?[.[](?:superclass|protectiondomain|(?:module\]?[.[])?classloader)(?!\w)/iu;
/** A whole value that is a path to a property of all objects, its last name of several words as settings have them. */
const wholePath =
  /^(?:[\w$]{1,40}\.){0,4}constructor(?:\.|\[['"]?|\/|->)prototype['"]?\]?(?:\.|\[|\/|->)[\w$ '"\]-]{1,40}$/u;
const pathName = /(?:^|[.\]])(?:key_?)?(?:path|key|prop|property|field|name|target|setting|option)$/iu;
/** Code that begins with nothing but this: `Object.prototype.a = 1`, `Object.assign({}.__proto__, …)`. */
const assigned =
  /^\s{0,4}(?:\(?\{\}\)?|\[\]|object)\.(?:(?:__proto__|constructor\.prototype|prototype)\.\w{1,40}\s{0,3}=[^=]|prototype\.__define)|^\s{0,4}object\.(?:assign|defineproperty|defineproperties|setprototypeof)\(\s{0,3}(?:object\.prototype|\(?\{\}\)?\.__proto__|\[\]\.__proto__)|^\s{0,4}reflect\.(?:set|defineproperty)\(\s{0,3}\w{2,10}\.prototype|^\s{0,4}(?:array|string|function|number|promise|regexp|date)\.prototype\.\w{1,40}\s{0,3}=[^=]/u;

function reachesPrototype(name: string): boolean {
  const at = name.indexOf('constructor');
  if (at < 0) return false;
  return /^constructor(?:\.|\]?\[['"]?)prototype/u.test(name.slice(at, at + 32));
}

/** A key of JSON, a bracketed part of a name, or the beginning of a whole value that is a path; not `obj.__proto__` in a sentence. */
function isKeyOrPath(lower: string, start: number, end: number): boolean {
  const before = lower.charAt(start - 1);
  const after = lower.slice(end, end + 3);
  if (before === '[') return after.startsWith(']');
  if (before === '"' || before === "'") {
    const isBracketed = lower.charAt(start - 2) === '[';
    if (isBracketed) return isAssigned(lower, end + 1) || lower.length < 120;
    return /^['"]\s?:/u.test(after) || (lower.length === end + 1 && start === 1);
  }
  const isWhole = !lower.includes(' ') && lower.length < 300;
  if (start === 0 && /^\s?:(?:\s?[{["'\d]|\s?true|\n\s)/u.test(lower.slice(end, end + 8))) return true;
  if (start === 0) return after === '' || after.startsWith('.') || after.startsWith('[');
  if (before === '.' || before === '/' || before === '?' || before === '&' || before === '#')
    return isWhole && /^(?:[.[=/]|$)/u.test(after);
  return (before === '{' || before === ',') && /^\s?:/u.test(after);
}

/** After the path comes a property and a value: `.x=1`, `[x]=1`, `": {`, or the end. */
function isAssigned(lower: string, end: number): boolean {
  const rest = lower.slice(end, end + 60);
  return rest === '' || /^['"\]]{0,2}(?:[./[]['"]?[\w$]{1,40}['"]?\]?)?\s?(?:=[^=]|:\s?[{"[\d]|$)/u.test(rest);
}
