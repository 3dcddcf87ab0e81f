/** Files that do something where they are converted, printed, played or opened: pictures, documents, playlists, tables, shortcuts. */

import type { Hit } from '../waf.ts';

const spanMax = 4000;

interface Form {
  /** The first place where it stands is looked at, no further than 4000 characters on. */
  readonly needle: string;
  readonly then: RegExp;
}

const converters: readonly Form[] = [
  { needle: 'push graphic-context', then: /url\(|image over|ephemeral:|label:@|msl:|mvg:|"\||`|@\/|https?:|caption:@/ },
  {
    needle: '%!ps',
    then: /%pipe%|outputfile|\.libfile|\.runandhide|setpagedevice|systemdict|\.forceput|\(%\w{2,10}%|\/etc\/|deletefile/,
  },
  { needle: '(%pipe%', then: /^/ },
  { needle: '<image', then: /^<image\s{1,4}authenticate\s{0,2}=/ },
  {
    needle: ' filename',
    then: /^ filename\s{0,2}=\s{0,2}["'](?:caption:|info:|pdf:|text:|msl:|\/etc|ephemeral:|label:)/,
  },
  {
    needle: '#extm3u',
    then: /[\s:|"](?:concat:|file:|subfile[,:]|gopher:|ftp:|\/etc\/|\/proc\/|https?:\/\/(?:127\.|10\.|192\.168\.|169\.254\.|localhost|\[::1))/,
  },
  {
    needle: 'ffconcat version',
    then: /[\r\n]\s{0,4}file\s{1,4}['"]?(?:\/(?:etc|proc|root|home|var)|file:|https?:|\.\.)/,
  },
  { needle: 'write18', then: /^write18\s{0,4}\{/ },
  {
    needle: '\\input',
    then: /\\(?:input|inputminted)\s{0,4}\{?\s{0,4}(?:\||"?\/(?:etc|proc|root|home|var|usr)|\.\.\/\.\.|~\/\.|\/dev)/,
  },
  { needle: '\\include{', then: /^\\include\{\s{0,4}(?:\/(?:etc|proc|root|home|var)|\.\.\/\.\.)/ },
  { needle: '\\openin', then: /^\\openin[^\n=]{0,24}=\s{0,4}\/?(?:etc|proc|root|home|var)\// },
  { needle: 'input{/', then: /^input\{\/(?:etc|proc|root|home|var)\// },
  { needle: 'listing{/', then: /^listing\{\/(?:etc|proc|root|home|var)\// },
  { needle: '\\directlua', then: /os\.execute|io\.popen|io\.open/ },
  {
    needle: '%pdf-',
    then: /\/(?:launch\b|js\s{0,2}\(|s\s{0,2}\/javascript|javascript\b|importdata\b|submitform\b|gotoe\b|gotor\b[^>]{0,80}\\\\|uri\s?\((?:file|smb|javascript):)/,
  },
  { needle: '\\*\\template', then: /^\\\*\\template\s{1,4}(?:https?:|\\\\|file:)/ },
  { needle: 'value=ur', then: /^value=ur[il]:\s?(?:file:|\\\\)/ },
  { needle: '<ref', then: /^<ref\s{1,4}href\s?=\s?["']?(?:\\\\|file:)/ },
  {
    needle: 'windows registry editor',
    then: /\\currentversion\\run|\\shell\\open\\command|image file execution options/,
  },
  { needle: '[.shellclassinfo]', then: /=\s{0,4}\\\\/ },
  { needle: '[shell]', then: /iconfile\s{0,2}=\s{0,2}\\\\/ },
  {
    needle: '[internetshortcut]',
    then: /(?:url|iconfile|workingdirectory)\s{0,2}=\s{0,2}(?:\\\\|file:|javascript:|ms-|search-ms)/,
  },
  { needle: 'attach', then: /^attach[^\n]{0,80}:\s?(?:file:|\\\\)/ },
  { needle: '\\objdata', then: /^\\objdata/ },
  { needle: '<allow-access-from', then: /^<allow-access-from\s{1,8}domain\s?=\s?["']\*["']/ },
  { needle: '- /:/', then: /^- \/:\/[\w/-]{0,40}(?::rw)?\s{0,4}(?:\n|$)/ },
  {
    needle: 'exec-maven-plugin',
    then: /<executable>\s{0,4}(?:\/bin\/)?(?:ba|z|da)?sh<|<executable>\s{0,4}(?:cmd|powershell|curl|wget)\b/,
  },
  { needle: '__halt_compiler', then: /^__halt_compiler\s{0,2}\(/ },
];

/** A cell that begins as a formula: `=cmd|'/c calc'!A0`, functions that send their neighbours away. */
const formula =
  /(?:^|[,;\t\n\r"])\s{0,3}["']?[=+@-](?:[^\n,;|]{0,60}?(?:cmd|powershell|msexcel|mshta|rundll32|regsvr32|calc|wscript|excel|winword|certutil|dde|explorer|bash|sh)\s{0,2}\|\s{0,2}['"]|[^\n;]{0,24}\b(?:hyperlink|importxml|importdata|importhtml|importfeed|importrange|webservice|image)\s{0,2}\(\s{0,2}(?:concat(?:enate)?\s{0,2}\(\s{0,2})?["']{1,2}(?:https?:|\\\\|file:|ftp:)|(?:dde|rtd)\s{0,2}\(\s{0,2}["']|(?:call|exec|register(?:\.id)?)\s{0,2}\(\s{0,2}["'](?:urlmon|kernel32|shell32|cmd))/;

/** What a build, a pipeline or a notebook would fetch from a machine by its number and hand to a shell. */
const fetchedByNumber =
  /\b(?:curl|wget|fetch)(?=\s)[^\n|]{0,160}?[\s/@"']\d{1,3}(?:\.\d{1,3}){3}[^\n|]{0,120}\|\s{0,3}(?:sudo\s{1,3})?(?:\/bin\/)?(?:ba|z|da|k)?sh\b/;
/**
 * An entry of a ZIP (APPNOTE sections 4.3.7 and 4.3.12) or of a tar that says where on the machine it is to lie. Of binary content its
 * printable runs are read, each a line: behind an entry's name or bytes the next header begins, behind a tar's name its mode.
 */
const absoluteEntry =
  /(?:^|\n)(?:\/(?:etc|root|home|var|usr|opt|tmp|srv|proc|dev|s?bin|lib)\/|[a-z]:[\\/])[\w./\\ -]{1,120}(?:pk(?:\n|$)|\n0\d{6}\s{0,2}\n)/;
/** Steps of a package's life that run by themselves when it is put in place (npm, Composer), as fields of its description. */
const lifecycle =
  /\.scripts\.(?:(?:pre|post)?(?:install|prepare|publish|pack)|prepublishonly|(?:pre|post)-[a-z-]{4,24})(?:\[\])?$/;
const harmful =
  /\b(?:curl|wget|fetch)\b[^\n|]{0,120}\|\s{0,3}(?:sudo )?(?:\/bin\/)?(?:ba|z|da)?sh\b|\/dev\/tcp\/|\bnc\s{1,3}-|base64 (?:-d|--decode)|\b(?:ba)?sh -i\b|\b(?:curl|wget)\s[^\n]{0,80}\d{1,3}(?:\.\d{1,3}){3}/;
/** A cell of a notebook that leaves Python for the shell, and what it fetches there is run. */
const shellCell =
  /^\s{0,4}[!%]{1,2}(?:sx |system )?\s{0,3}(?:curl|wget)\b[^\n]{0,160}\|\s{0,3}(?:sudo )?(?:ba|z|da)?sh\b|^!\s{0,3}(?:(?:ba)?sh -i|nc\s{1,3}-)/;

/** Fields of a document that was sent as a file, whose value is run by the tool the document is for. */
export function isRunByTools(lower: string, name: string): boolean {
  if (lower.length > 2000) return false;
  if (name.includes('.scripts.')) return lifecycle.test(name) && harmful.test(lower);
  return name.endsWith('.source[]') && shellCell.test(lower);
}

/** Functions that only show a link of their own are what people write; those that add what stands beside it are not. */
const isPlainLink =
  /^[\s,;"'=+@-]{0,8}(?:hyperlink|image)\s{0,2}\(\s{0,2}["']{1,2}https?:\/\/[^"'&]{1,200}["']{1,2}\s{0,2}(?:[,;)]|$)/;

/** What is in a file, in lower case. */
export function judgeDocument(lower: string, hit: Hit): void {
  for (const { needle, then } of converters) {
    const at = lower.indexOf(needle);
    if (at < 0 || !then.test(lower.slice(at, at + spanMax))) continue;
    hit('upload.converter', at, at + needle.length);
    break;
  }
  if (lower.includes('|') && fetchedByNumber.test(lower.slice(0, 16_384))) hit('upload.converter', 0, 40);
  if (absoluteEntry.test(lower)) hit('upload.trap', 0, 40);
  const found = formula.exec(lower);
  if (found !== null && !isPlainLink.test(lower.slice(found.index, found.index + 260)))
    hit('upload.formula', found.index, found.index + found[0].length);
}
