/** Everything the first part is made from. */
import type { PartMaker } from './maker.ts';
import { seenShapes } from './shapes.ts';
import { makeVisits } from './visits.ts';
import { seenWholes } from './wholes.ts';

const people = [
  "O'Brien",
  "Renée D'Angelo",
  'Jack Null',
  'Ann Select-Drop',
  'Jürgen Müller',
  '李 明',
  'Олег Ёлкин',
  "Ng'ang'a",
  'X Æ A-12',
  'José Ñuñez',
];
const searches = [
  'red shoes',
  "men's jacket size 42",
  'c++ tutorial',
  'select committee',
  '50% off',
  'AT&T plan',
  'rock & roll',
  '東京 ホテル',
  'погода москва',
  'café près de moi',
  '"exact phrase" -exclude',
  'site:example.com login',
  'how to drop a class',
  'union station',
  '3/4" drill bit',
  'a && b || c',
  'C#/.NET',
  '{json} editor',
  'price < 100',
  'Ñandú',
];

export const firstMaker: PartMaker = {
  seed: 'seen',
  wholes: seenWholes,
  shapes: seenShapes,
  visits: makeVisits,
  people,
  searches,
};
