import type { Detector } from '../waf.ts';
import { shell } from './shell/shell.ts';

/** Every detector of the firewall; the position in this list is its bit in the prefilter. At most 31. */
export const detectors: readonly Detector[] = [shell];
