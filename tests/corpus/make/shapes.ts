/** Honest requests as many kinds of sites get them: the first part. */

import type { Shape } from './shape.ts';
import { commerceShapes } from './shapes-commerce.ts';
import { machineShapes } from './shapes-machine.ts';
import { writingShapes } from './shapes-writing.ts';

export const seenShapes: readonly Shape[] = [...commerceShapes, ...writingShapes, ...machineShapes];
