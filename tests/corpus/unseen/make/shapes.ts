import type { Shape } from '../../make/shape.ts';
export const unseenShapes: readonly Shape[] = [];
