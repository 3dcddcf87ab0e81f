import type { Detector } from '../waf.ts';
import { header, headerFields } from './header.ts';
import { lookup } from './lookup.ts';
import { prompt } from './prompt.ts';
import { scanner } from './scanner.ts';
import { shell } from './shell/shell.ts';
import { ssrf } from './ssrf/ssrf.ts';
import { template } from './template.ts';
import { traversal } from './traversal.ts';
import { upload } from './upload.ts';
import { xss } from './xss/xss.ts';

/** Every detector of the firewall; the position in this list is its bit in the prefilter. At most 31. */
export const detectors: readonly Detector[] = [
  shell,
  lookup,
  template,
  traversal,
  header,
  headerFields,
  prompt,
  scanner,
  ssrf,
  upload,
  xss,
];
