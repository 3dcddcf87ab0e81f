import { formRules } from '../read/form-rules.ts';
import type { Detector } from '../waf.ts';

/** The rules about heads as a whole. Their reader tells what it finds (`LeafSink.found`), so no text wakes this one. */
export const forms: Detector = {
  id: 'forms',
  rules: formRules.map(rule => ({ ...rule, points: 5, paranoia: 1 })),
  needles: [],
  chars: 0,
  zones: [],
  detect() {},
};
