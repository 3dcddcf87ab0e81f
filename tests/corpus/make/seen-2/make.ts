/** Everything the second part is made from. */
import type { PartMaker } from '../maker.ts';
import { secondShapes } from './shapes.ts';
import { makeVisits } from './visits.ts';
import { secondWholes } from './wholes.ts';

const people = [
  "Shaquille O'Neal",
  "Lea D'Amico",
  'Chris Void',
  'Tim Update',
  'Łukasz Żółć',
  '김 민수',
  'Ірина Їжак',
  "K'naan",
  'Jr., Sammy Davis',
  'Đặng Thị Ý',
];
const searches = [
  "women's boots",
  'where is my order',
  'node.js vs deno',
  'insert coin game',
  '100% cotton',
  'B&Q',
  'black & decker',
  '大阪 天気',
  'купить диван',
  'crème brûlée',
  '"null pointer" java',
  'filetype:pdf union',
  'delete account from facebook',
  'update drivers',
  "5' ladder",
  'x = y or z',
  'F#',
  '<br> html',
  'under $50',
  'smörgåsbord',
];

export const secondMaker: PartMaker = {
  seed: 'unseen',
  wholes: secondWholes,
  shapes: secondShapes,
  visits: makeVisits,
  people,
  searches,
};
