import type { Place, Problem, Zone } from '../waf.ts';
import { placeNameCharsMax } from './field.ts';
import { createGraphqlMember, mayBeGraphql } from './graphql-member.ts';
import { isOverride } from './override.ts';
import { percentReadings } from './percent.ts';
import { problem } from './problem.ts';
import type { Teller } from './teller.ts';

/** Distinct names whose values are remembered, to tell them joined when the name comes again. */
const namesMax = 10_000;
/** PHP takes 64, Rack 32, Express 5. */
const nestingMax = 32;
const joinedCharsMax = 2048;
const joinedOverlap = 512;

/** Where pairs are found. */
export interface PairsInput {
  readonly zone: Zone;
  /** Stands before each name: `referer?` for the query of that header. */
  readonly prefix?: string;
  /** Characters stand for bytes. */
  readonly isBytes?: boolean;
  /** The request's method, to judge `_method` by. */
  readonly method?: string | undefined;
}

/** Tells `name=value` pairs one by one, and what several values of one name come to. */
export interface Pairs {
  /** One piece between two `&`. */
  pair(text: string): Problem | undefined;
  /** All pieces of a whole text. */
  all(text: string): Problem | undefined;
  /** After the last pair: tells the values of names that came more than once, joined by commas as ASP.NET has them. */
  end(): Problem | undefined;
}

interface Joined {
  text: string;
  count: number;
}

/**
 * Reads pairs as `application/x-www-form-urlencoded` (WHATWG URL section 5.1) and as servers read them that also part at `;`. A pair without
 * `=` is told as a name and as a value, for applications that read the query as one text. Every reading of `percentReadings` is told.
 */
export function createPairs(teller: Teller, input: PairsInput): Pairs {
  const joined = new Map<string, Joined>();
  const how = { isForm: true, isBytes: input.isBytes === true };
  const prefix = input.prefix ?? '';
  const place = (name: string): Place => ({ zone: input.zone, name: placeName(prefix, name), part: 'value' });

  function pair(text: string): Problem | undefined {
    if (text === '') return undefined;
    const found = one(text);
    if (found !== undefined || !text.includes(';')) return found;
    let isFirst = true;
    for (const piece of text.split(';')) {
      // The first piece is the same field as the whole: no second value of it.
      const refusal = piece.includes('=') ? one(piece, isFirst) : undefined;
      if (refusal !== undefined) return refusal;
      isFirst = false;
    }
    return undefined;
  }

  function one(text: string, isSame = false): Problem | undefined {
    const equals = text.indexOf('=');
    const rawName = equals < 0 ? text : text.slice(0, equals);
    const names = percentReadings(rawName, how);
    const name = names[0] ?? '';
    const at = place(name);
    if (name.length > 2 * nestingMax && isNested(name))
      return problem('too_deep', `a field's name deeper than ${nestingMax}`);
    const isNew = !joined.has(name);
    if (isNew) {
      const asName: Place = { zone: input.zone, name: at.name, part: 'name' };
      for (const reading of names) teller.tell(asName, reading);
      if (joined.size >= namesMax) return problem('too_many', `more than ${namesMax} different fields`, at);
    }
    if (equals < 0) {
      for (const reading of names) teller.tell(place(''), reading);
      if (isNew) joined.set(name, { text: '', count: 1 });
      return teller.problem;
    }
    const values = percentReadings(text.slice(equals + 1), how);
    for (const value of values) teller.tell(at, value);
    const value = values[0] ?? '';
    if (!isSame) join(name, value, at);
    return special(name, value, at) ?? teller.problem;
  }

  function special(name: string, value: string, at: Place): Problem | undefined {
    if (name === '_method' && isOverride(input.method, value)) {
      return problem('ambiguous', 'the field "_method" names another method than the request', at);
    }
    if (name !== 'query' || !mayBeGraphql(value)) return undefined;
    const member = createGraphqlMember(teller);
    return member.write(value) ?? member.end();
  }

  function join(name: string, value: string, at: Place): void {
    const known = joined.get(name);
    if (known === undefined) {
      joined.set(name, { text: value.slice(-joinedCharsMax), count: 1 });
      return;
    }
    known.count++;
    known.text += `,${value.length > joinedCharsMax ? value.slice(0, joinedCharsMax) : value}`;
    if (known.text.length <= joinedCharsMax) return;
    teller.tell(at, known.text);
    known.text = (value.length > joinedCharsMax ? value : known.text).slice(-joinedOverlap);
    known.count = 1;
  }

  return {
    pair,
    all(text) {
      let start = 0;
      for (let end = text.indexOf('&'); end >= 0; end = text.indexOf('&', start)) {
        const refusal = pair(text.slice(start, end));
        if (refusal !== undefined) return refusal;
        start = end + 1;
      }
      return pair(start === 0 ? text : text.slice(start));
    },
    end() {
      for (const [name, { text, count }] of joined) if (count > 1) teller.tell(place(name), text);
      return teller.problem;
    },
  };
}

/** Servers make an object inside an object of each bracket. */
function isNested(name: string): boolean {
  let count = 0;
  for (let at = name.indexOf('['); at >= 0; at = name.indexOf('[', at + 1)) if (++count > nestingMax) return true;
  return false;
}

/** `ids[0]` and `ids[1]` are one field to people: list positions are left out. */
function placeName(prefix: string, name: string): string {
  const bounded = name.length > placeNameCharsMax ? name.slice(0, placeNameCharsMax) : name;
  const plain = bounded.includes('[') ? bounded.replaceAll(/\[[0-9]+\]/g, '[]') : bounded;
  return prefix === '' ? plain : `${prefix}${plain}`.slice(0, placeNameCharsMax);
}
