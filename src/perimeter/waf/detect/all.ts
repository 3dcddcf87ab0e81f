import type { Detector } from '../waf.ts';

/** Every detector of the firewall; the position in this list is its bit in the prefilter. At most 31. */
export const detectors: readonly Detector[] = [];
