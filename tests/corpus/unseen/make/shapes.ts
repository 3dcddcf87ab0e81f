/** Honest requests as many kinds of sites get them: the part kept unseen. */
import type { Shape } from '../../make/shape.ts';
import { peopleShapes } from './shapes-people.ts';
import { serviceShapes } from './shapes-services.ts';

export const unseenShapes: readonly Shape[] = [...peopleShapes, ...serviceShapes];
