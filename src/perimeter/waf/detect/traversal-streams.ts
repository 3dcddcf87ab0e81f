import type { DetectorInput, Hit } from '../waf.ts';
import { isLetter, readingOf } from './reading.ts';

const wrapper =
  /^(?:php:\/\/(?:filter|input|stdin|memory|temp|fd|output)|expect:\/\/\w|phar:\/\/|zip:\/\/|glob:\/\/|data:\/\/[a-z]|compress\.(?:zlib|bzip2):\/\/|zlib:\/\/|ogg:\/\/|rar:\/\/|ssh2\.\w{3,8}:\/\/|netdoc:\/|(?:ws)?jar:(?:https?|file):|bundle:\/\/\d|vfs:\/{1,3}\w|res:\/\/\w{1,24}\.(?:dll|exe)|resource:\/\/\/\w|file:\/{1,5}(?!\/|[a-z]:\/(?!windows|winnt|boot)|users\/|home\/|storage\/|sdcard|android_asset|tmp\/|var\/mobile|volumes\/|applications\/)[\w.\\])/;

/** `php://filter`, `file:///…` at the value's start or behind `=`; talk about them has blanks before. */
export function streams(input: DetectorInput, hit: Hit): void {
  const { lower } = input;
  let count = 0;
  for (let at = lower.indexOf(':/'); at >= 0 && count < 64; at = lower.indexOf(':/', at + 2), count++) {
    let start = at;
    while (
      start > 0 &&
      at - start < 20 &&
      (isLetter(lower.charCodeAt(start - 1)) ||
        lower[start - 1] === '.' ||
        lower[start - 1] === ':' ||
        lower[start - 1] === '2')
    )
      start--;
    const before = lower[start - 1] ?? '';
    if (start > 0 && !'=("\'/|<>,'.includes(before)) continue;
    if (wrapper.test(lower.slice(start, start + 260)) && !readingOf(input.text).isProse)
      return hit('traversal.stream', start, at + 3);
  }
}
