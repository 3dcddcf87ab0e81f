/** Fields that hold a number or a name of a column: what a text may say, these may not. */

import type { Place } from '../../waf.ts';

const identifiers =
  /(?:^|[_.\-[\]])(?:[a-z]{0,20}id|num(?:ber)?|no|nr|page|p|cat|limit|offset|start|count|qty|quantity|sort|order_?by|index|idx|pk)\]?$/iu;
const camel = /[a-z](?:Id|No|Num|Number)$/u;
/** A number whose literal, list or statement is ended by the value. */
const ended =
  /^-?\d{1,12}\s{0,2}(?:['"`\\][)\s]{0,4}|[)]{0,4}\s{0,2};?\s{0,2}(?:--|#|\/\*)[\s+-]{0,4}|;?\s?\0.{0,8})$/su;
/** `1 is not null`, `1 in (1)`, `1 div 0`: conditions and sums in words. */
const compared =
  /^-?\d{1,12}\s{1,4}(?:is\s{1,4}(?:not\s{1,4})?null|(?:not\s{1,4})?in\s{0,4}\(|(?:not\s{1,4})?between\s{1,4}\S{1,24}\s{1,4}and\s|(?:div|mod|xor|rlike|regexp|like)\s{0,4}[\d('"!~-]|limit\s{1,4}\d|(?:or|and|xor)\s{1,4}[\d('"!~-])/u;

/** True where the field's name says that a number, a key or a column stands there. */
export function isIdentifier({ zone, name }: Place): boolean {
  return zone === 'path' || identifiers.test(name) || camel.test(name);
}

/** A number that goes on, in a field of numbers; texts say "1 or 2", identifiers do not. */
export function leavesNumber(lower: string): boolean {
  return lower.length <= 160 && (ended.test(lower) || compared.test(lower));
}
