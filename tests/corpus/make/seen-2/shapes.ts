/** Honest requests as many kinds of sites get them: the second part. */
import type { Shape } from '../shape.ts';
import { peopleShapes } from './shapes-people.ts';
import { serviceShapes } from './shapes-services.ts';

export const secondShapes: readonly Shape[] = [...peopleShapes, ...serviceShapes];
