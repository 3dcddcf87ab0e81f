/** Names of files that begin with a word that is a program too: `file name.txt`, `more info.pdf`, `cut flowers.jpg`. */

import type { Place } from '../../waf.ts';
import type { Launch } from './launch.ts';
import { type Segment, seen } from './segment.ts';

/** Letters, marks that names have, one blank between words, and the ending of what people open or look at. */
const named =
  /^[a-z]{2,12}(?: [\w()[\]&,'+#.-]{1,40}){1,8}\.(?:(pdf|docx?|xlsx?|pptx?|od[tsp]|rtf|epub|jpe?g|png|gif|webp|svg|heic|tiff?|bmp|mp[34]|m4[av]|mov|mkv|webm|wav|flac|ogg|psd|dwg|dxf|stl)|txt|csv|md|html?)$/i;
/** What prints a file of text is asked for one. */
const reads = /^(?:cat|tac|type|nl|less|strings|base64|base32|gc|grep|vi|ed|cp|mv|copy|move|ren)$/;
const kept = /flag|secret|passw|shadow|creden|token|priv|\bkeys?\b|root|admin|backup|config|etc\b|\.\./i;
const fileField = /^(?:file_?name|file|name|title|attachment|document|image|img|photo|picture|download)$/i;

/** Whether the whole value is such a name, where names of files stand: a segment of a path, a field that is called so. */
export function isFileName(
  { command, args, words, tricks, isPath, closer }: Segment,
  launch: Launch,
  { text, place }: Spot,
): boolean {
  if (launch.kind !== 'start' || closer !== '' || tricks > 0 || isPath || !command.isWord) return false;
  if ((args & (seen.sensitive | seen.path | seen.variable | seen.substitution | seen.redirect | seen.glob)) !== 0)
    return false;
  if (place.zone !== 'path' && !fileField.test(place.name)) return false;
  const found = named.exec(text);
  if (found === null || kept.test(text) || words.some(word => word.startsWith('-'))) return false;
  return found[1] !== undefined || !reads.test(command.name) || words[0] === 'of';
}

interface Spot {
  readonly text: string;
  readonly place: Place;
}
