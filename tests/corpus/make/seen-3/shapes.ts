/** Honest requests as many kinds of sites get them. */
import type { Shape } from '../shape.ts';
import { bodyShapes } from './shapes-bodies.ts';
import { cookieShapes } from './shapes-cookies.ts';
import { pageShapes } from './shapes-pages.ts';
import { queryShapes } from './shapes-queries.ts';
import { talkShapes } from './shapes-talk.ts';

export const thirdShapes: readonly Shape[] = [
  ...pageShapes,
  ...cookieShapes,
  ...queryShapes,
  ...bodyShapes,
  ...talkShapes,
];
