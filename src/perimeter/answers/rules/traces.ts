import type { LeakDetector, LeakRule } from '../answers.ts';
import { literalDetector } from '../literals.ts';

const trace = (name: string, language: string): LeakRule => ({
  id: `leak.trace_${name}`,
  title: `a stack trace of ${language}`,
  category: 'error',
  points: 5,
});

/** What ends a string or a tag does not stand inside a frame. */
const frameWord = /^at [^"<>]{0,300}$/;
const scriptPlace = (extension: string) => ({
  literal: extension,
  after: new RegExp(`${extension.replaceAll('.', String.raw`\.`)}\\d{1,6}:\\d{1,6}\\)?`, 'y'),
  from: ['at '],
  // `at run (/app/x.js`, `at /app/x.js`, `at async file:///app/x.js`.
  between:
    /^at (?:async )?(?:(?:new )?[\w$.<>[\] ]{1,120} (?:\[as [\w$.]{1,60}\] )?\()?(?:file:\/\/|node:|[A-Za-z]:)?[/\\\w][^"()<>]{0,250}$/,
});

/** Frames as run times print them, in plain text, inside JSON strings or in HTML. */
export const traces: readonly LeakDetector[] = [
  literalDetector(trace('node', 'Node.js'), [
    ...['.js:', '.ts:', '.mjs:', '.cjs:', '.jsx:', '.tsx:'].map(scriptPlace),
    {
      literal: '(node:internal/',
      after: /\(node:internal\/[\w/.-]{1,120}:\d{1,6}:\d{1,6}\)/y,
      from: ['at '],
      between: frameWord,
    },
  ]),
  literalDetector(trace('python', 'Python'), [
    'Traceback (most recent call last)',
    {
      literal: ', line ',
      after: /, line \d{1,6}, in [<\w][\w.<>&;]{0,100}/y,
      from: ['File "', 'File \\"', 'File &quot;', 'File &#34;', 'File &#x27;', 'File \\u0022'],
    },
  ]),
  literalDetector(trace('java', 'Java'), [
    {
      literal: '.java:',
      after: /\.java:\d{1,6}\)/y,
      from: ['at '],
      between: /^at [\w$.@/~<>&;-]{3,250}\([\w$-]{1,100}$/,
    },
    {
      literal: 'Exception in thread "',
      after: /Exception in thread "[^"\\\n]{1,80}" [\w$.]{3,150}/y,
    },
    { literal: 'Caused by: ', after: /Caused by: (?:[a-z][\w]{1,40}\.){1,8}[A-Z][\w$]{1,80}(?:Exception|Error)\b/y },
    {
      literal: '(Native Method)',
      from: ['at '],
      between: /^at [\w$.@/]{3,250}$/,
    },
    {
      literal: '(Unknown Source)',
      from: ['at '],
      between: /^at [\w$.@/]{3,250}$/,
    },
  ]),
  literalDetector(trace('dotnet', '.NET'), [
    {
      literal: ':line ',
      after: /:line \d{1,6}/y,
      from: ['at '],
      between: /^at [\w.`<>[\]$+&;,]{3,200}\(.{0,200}\.(?:cs|vb|fs|cshtml|razor)$/,
    },
    { literal: '   at System.', after: / {3}at System\.[\w.`<>[\]$+&;]{3,200}\([^\n"()]{0,150}\)/y },
    { literal: '   at Microsoft.', after: / {3}at Microsoft\.[\w.`<>[\]$+&;]{3,200}\([^\n"()]{0,150}\)/y },
    { literal: "Server Error in '", after: /Server Error in '[^'\n]{1,80}' Application/y },
    { literal: 'System.', after: /System\.(?:[A-Z]\w{1,40}\.){0,5}[A-Z]\w{2,50}Exception: /y },
  ]),
  literalDetector(trace('php', 'PHP'), [
    ...['Fatal error', 'Warning', 'Notice', 'Parse error', 'Deprecated'].map(word => ({
      literal: `<b>${word}</b>: `,
      after: new RegExp(`<b>${word}</b>: {1,4}[^\\n]{1,400} in <b>[^<\\n]{1,200}</b> on line <b>\\d{1,6}</b>`, 'y'),
    })),
    { literal: 'PHP Fatal error:', after: /PHP Fatal error:[^\n"<]{1,300}/y },
    { literal: 'Fatal error: Uncaught ', after: /Fatal error: Uncaught [^\n"<]{1,300}/y },
    { literal: '.php on line ', after: /\.php on line \d{1,6}/y, from: [' in ', '<b>'] },
    { literal: '.php(', after: /\.php\(\d{1,6}\): [\w\\>:$-]{2,150}\(/y, from: ['#'], between: /^#\d{1,3} \S{1,250}$/ },
  ]),
  literalDetector(trace('ruby', 'Ruby'), [
    {
      literal: '.rb:',
      after: /\.rb:\d{1,6}:in [`'&][^\n"]{1,100}?(?:'|&#39;|&#x27;)/y,
      from: ['/', ' '],
    },
    {
      literal: '.erb:',
      after: /\.erb:\d{1,6}:in [`'&][^\n"]{1,100}?(?:'|&#39;|&#x27;)/y,
      from: ['/', ' '],
    },
  ]),
  literalDetector(trace('go', 'Go'), [
    { literal: 'goroutine ', after: /goroutine \d{1,9} \[[a-z][\w ,()]{2,60}\]:/y },
    { literal: 'panic: runtime error: ', after: /panic: runtime error: [^\n"<]{1,150}/y },
    { literal: '.go:', after: /\.go:\d{1,6} \+0x[0-9a-f]{1,8}/y, from: ['/'] },
  ]),
  literalDetector(trace('rust', 'Rust'), [
    { literal: "' panicked at ", after: /' panicked at [^\n"<]{1,150}/y, from: ["thread '"] },
  ]),
];
