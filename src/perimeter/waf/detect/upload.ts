import { charClass, type Detector, type DetectorInput, type Hit, type Rule } from '../waf.ts';
import { isRunByTools, judgeDocument } from './upload-documents.ts';

const rules = [
  { id: 'upload.script_name', title: 'the name of a file that web servers run', points: 5, paranoia: 1 },
  { id: 'upload.hidden_extension', title: 'a file name that hides a script extension', points: 5, paranoia: 1 },
  { id: 'upload.server_settings', title: 'a file that changes how a web server runs files', points: 5, paranoia: 1 },
  { id: 'upload.program_name', title: 'the name of a program', points: 2, paranoia: 1 },
  { id: 'upload.page_name', title: 'the name of a page that runs script in the browser', points: 2, paranoia: 1 },
  { id: 'upload.server_script', title: 'a server-side script in a file', points: 5, paranoia: 1 },
  { id: 'upload.program', title: 'a program for Windows or Linux', points: 2, paranoia: 1 },
  { id: 'upload.active_picture', title: 'a picture with script in it', points: 5, paranoia: 1 },
  { id: 'upload.trap', title: 'a file that harms who opens it', points: 5, paranoia: 1 },
  { id: 'upload.disguise', title: 'a file that is not what it says to be', points: 5, paranoia: 1 },
  { id: 'upload.converter', title: 'a file that makes converters run commands or read files', points: 5, paranoia: 1 },
  {
    id: 'upload.formula',
    title: 'a table with a formula that runs a program or sends what is beside it',
    points: 5,
    paranoia: 1,
  },
  { id: 'upload.malware_test', title: 'the test file of virus scanners', points: 5, paranoia: 1 },
] as const satisfies readonly Rule[];

const run =
  'php php2 php3 php4 php5 php6 php7 php8 phps pht phtm phtml phar phpt pgif inc jsp jspx jspf jsw jsv jtml asp aspx asa asax ascx ashx asmx cer cdx cshtml vbhtml config-cgi cgi shtml shtm stm cfm cfml cfc dbm hphp ctp module axd rem xamlx aspq vbhtm cfr pl plx fcgi fpl php9 phpx war ear hxp yaws'.split(
    ' ',
  );
const runs = new Set(run.filter(name => !['inc', 'module', 'cer', 'pl', 'rem', 'soap'].includes(name)));
const hidden = new Set(run);
const settings =
  /^(?:\.htaccess\d?|httpd\.conf|\.bash(?:rc|_profile)|\.profile|\.ssh|id_rsa|desktop\.ini|autorun\.inf|sitecustomize\.py|\.npmrc|crontab|\.viminfo|\.cfm|applicationhost\.config|\.htpasswd|web\.config|\.user\.ini|php\.ini|\.phtml|authorized_keys|uwsgi\.ini)\.?$/;
const programs = new Set('dll com cmd msi reg elf jar war ear pl exe bat ps1'.split(' '));
/** Programs that nobody sends to a site to have them looked at: what a person opens and is harmed by. */
const traps = new Set(
  'iqy slk appref-ms desktop scr pif vbs vbe wsf wsh wsc sct hta lnk cpl msc jse scf url-file inf-file gadget application chm xll settingcontent-ms library-ms searchconnector-ms theme themepack deskthemepack diagcab jnlp website'.split(
    ' ',
  ),
);
/** What wakes: an extension whose beginning is not another one. */
const names = [...runs, ...traps]
  .map(name => `.${name}`)
  .filter((name, at, all) => !all.some((other, i) => i !== at && name.startsWith(other)));
const reserved = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?$/;
const documents = new Set(
  'pdf doc docx xls xlsx ppt pptx jpg jpeg png gif txt csv mp3 mp4 zip rtf odt html webp bmp'.split(' '),
);
const pages = new Set('html htm xhtml svg svgz xht shtml mht xml xsl swf'.split(' '));
const eicar = 'standard-antivirus-test-file';
const phpCalls =
  /(?:eval|system|exec|shell_exec|passthru|assert|popen|proc_open|base64_decode|phpinfo|file_get_contents|file_put_contents|move_uploaded_file|create_function|include|require|preg_replace|str_rot13|gzinflate|array_map|call_user_func|`)\s{0,4}[(`'"$@]|\$_(?:get|post|request|cookie|server|files)\s{0,4}\[|\$\{?['"]?_?(?:get|post)/;
const serverMarks = [
  '<?php',
  '<?=',
  '<%',
  '<jsp:',
  '<script language="php',
  "<script language='php",
  '<script language=php',
  'runat="server"',
  '<cfexecute',
  '<!--#exec',
  '<cfscript',
];

/** Files sent in forms: names a web server would run, and what is in them. Other fields are judged by the detectors of their language. */
export const upload: Detector = {
  id: 'upload',
  rules,
  needles: [
    eicar,
    '<?php',
    '<?=',
    '<%',
    '<jsp:',
    '<cf',
    '<!--#exec',
    'runat="server"',
    '<script lang',
    ...names,
    'php.ini',
    'uwsgi.ini',
    'sitecustomize',
    'x-php',
    'addhandler',
    'sethandler',
    'scriptprocessor',
    'attach',
    'objdata',
    'allow-access-from',
    'web.config',
    '.htaccess',
    '.user.ini',
    'authorized_keys',
    '.php',
    '.phtml',
    '.phar',
    '.pgif',
    'x-httpd-php',
    '.pht',
    '.jsp',
    '.asp',
    '.ash',
    '.cer',
    '.cgi',
    '.cfm',
    '.shtml',
    '.exe',
    '.svg',
    '.htm',
    '.hta',
    '#!/',
    '\u007felf',
    'mz\u0090',
    '.inc',
    '.asa',
    '.bat',
    '.cmd',
    '.scr',
    '<svg',
    '.ps1',
    '.vbs',
    '.jar',
    '.dll',
    '.ctp',
    '.module',
    '.xht',
    '.asm',
    '.axd',
    '.svc',
    '.pl',
    '.fcgi',
    '.war',
    '.ear',
    '.hxp',
    '.yaws',
    '.lnk',
    '.scf',
    '.pif',
    '.vbe',
    '.wsf',
    '.wsh',
    '.sct',
    '.cpl',
    '.msc',
    '.jse',
    '.chm',
    '.xll',
    '.msi',
    '.com',
    '.reg',
    '.rem',
    '.vbh',
    '.xaml',
    '.cfr',
    '.plx',
    '.cfc',
    '.ascx',
    '.cshtml',
    '.vbhtml',
    '.dll',
    '.stm',
    '.pif',
    '.gadget',
    'con.',
    'aux.',
    'nul.',
    'prn.',
    'com1',
    'lpt1',
    'desktop.ini',
    'autorun.inf',
    'httpd.conf',
    '.bash',
    '.profile',
    'crontab',
    '.npmrc',
    'applicationhost',
    '|',
    '\u202e',
    '\u202d',
    '\u2066',
    '\u2067',
    'application/x-',
    'graphic-context',
    '%pipe%',
    '%!ps',
    '/launch',
    '/javascript',
    '/openaction',
    '#extinf',
    '#extm3u',
    'ffconcat',
    'write18',
    '\\input',
    '\\openin',
    '=cmd',
    '+cmd',
    '-cmd',
    '@cmd',
    '*cmd',
    "|'",
    'hyperlink(',
    'importxml(',
    'importdata(',
    'importhtml(',
    'importfeed(',
    'importrange(',
    'webservice(',
    'dde(',
    '.shellclassinfo',
    '[shell]',
    '[internetshortcut]',
    '\\*\\template',
    'value=ur',
    '<ref',
    'windows registry editor',
    'rtd(',
    '/gotor',
    '/gotoe',
    '/uri',
    '__halt_compiler',
    'dos mode',
    '<read ',
    'ephemeral:',
    'msl:',
    'curl ',
    'wget ',
    '/dev/tcp/',
    'base64 -d',
    'sh -i',
    'pk\n',
    '- /:/',
    'exec-maven',
  ],
  chars: charClass.control,
  zones: ['file', 'multipart', 'text'],
  detect,
};

function detect(input: DetectorInput, hit: Hit): void {
  const { lower, place } = input;
  if (lower.includes(eicar)) hit('upload.malware_test', lower.indexOf(eicar), lower.indexOf(eicar) + eicar.length);
  if (
    place.zone === 'multipart' &&
    place.name.endsWith('.content-type') &&
    /x-(?:httpd-)?php|x-httpd-|x-jsp|x-aspx?\b|application\/x-(?:sh|csh|msdownload|dosexec|executable|elf)\b/.test(
      lower,
    )
  )
    hit('upload.disguise', 0, lower.length);
  if (place.zone === 'multipart' && place.name.endsWith('.filename')) judgeName(lower, hit);
  else if (place.zone === 'file' && isName(lower)) judgeName(lower, hit);
  if (place.zone === 'file' && isRunByTools(lower, place.name.toLowerCase())) hit('upload.converter', 0, 40);
  judgeContent(lower, place.zone, hit);
}

/** One line with a short extension: file names come as values of the file zone like contents do. */
function isName(lower: string): boolean {
  if (lower.length > 255 || lower.includes('<') || !lower.includes('.')) return false;
  return !lower.includes('\n') || /^[^\s]{1,80}\.[a-z\d]{2,6}[\r\n\0]{1,2}\.?[a-z\d]{0,5}$/.test(lower);
}

function judgeName(lower: string, hit: Hit): void {
  const whole = lower.replace(/[/\\]{1,8}$/, '');
  const name = whole.slice(Math.max(whole.lastIndexOf('/'), whole.lastIndexOf('\\')) + 1).trim();
  const say = (rule: (typeof rules)[number]['id']): void => hit(rule, 0, lower.length);
  // A name on another machine: whoever opens it sends his password there.
  if (/^[\\/]{1,4}(?:\d{1,3}(?:\.\d{1,3}){3}|[\w.-]{1,60}@(?:ssl|\d{1,5}))(?:@\d{1,5})?[\\/]/.test(whole))
    return say('upload.trap');
  if (settings.test(name)) return say('upload.server_settings');
  const bare = name.replace(/(?:::\$[a-z]{1,8}|[.\s;:/\\%_~]{1,16})$/, '');
  const parts = bare
    .split(/[.]/)
    .slice(1)
    .map(part => part.split(/[\0%;: \r\n]/)[0] ?? '');
  const last = parts.at(-1) ?? '';
  const isCut = /[\0;:\n]|%00|%0a|\s$|\.$|::\$/.test(name);
  if (runs.has(last)) return say('upload.script_name');
  if (isCut && hidden.has(last)) return say('upload.hidden_extension');
  if (
    parts.slice(0, -1).some(part => runs.has(part)) &&
    !/^(?:zip|gz|tgz|bz2|xz|diff|patch|txt|md|po|pot|dist|example|sample|bak|swp|orig|map|log|pdf)$/.test(last)
  )
    return say('upload.hidden_extension');
  if (parts.slice(0, -1).some(part => runs.has(part)) && isCut) return say('upload.hidden_extension');
  if (traps.has(last) || reserved.test(bare) || /^\||\|$/.test(name)) return say('upload.trap');
  if (/[\u202a-\u202e\u2066-\u2069]/.test(name)) return say('upload.hidden_extension');
  if (programs.has(last)) return say(documents.has(parts.at(-2) ?? '') ? 'upload.trap' : 'upload.program_name');
  if (pages.has(last)) say('upload.page_name');
}

function judgeContent(lower: string, zone: string, hit: Hit): void {
  if (zone === 'text') return;
  for (const mark of serverMarks) {
    const at = lower.indexOf(mark);
    if (at === -1 || !isServerScript(lower, mark, at)) continue;
    hit('upload.server_script', at, at + mark.length);
    break;
  }
  if (zone !== 'file') return;
  judgeDocument(lower, hit);
  const handler =
    /(?:addtype|addhandler|sethandler)\s{1,8}["']?(?:application\/x-httpd-|x-httpd-|php\d?-|cgi-script|fcgid?-script|perl-script|proxy:unix|server-parsed)|scriptprocessor\s?=\s?["'][^"']{0,80}\.(?:dll|exe)/.exec(
      lower,
    );
  if (handler !== null) hit('upload.server_settings', handler.index, handler.index + handler[0].length);
  if (/^#!\s?\/(?:usr\/|bin\/)/.test(lower.slice(0, 12))) hit('upload.program', 0, 12);
  if (lower.startsWith('\u007felf') || (lower.startsWith('mz') && lower.slice(0, 512).includes('dos mode')))
    hit('upload.program', 0, 4);
  const picture = lower.indexOf('<svg');
  if (
    picture !== -1 &&
    /<script[\s>/]|\son[a-z]{4,16}\s?=|href\s?=\s?["']?javascript:|<foreignobject|<handler/.test(
      lower.slice(picture, picture + 16_384),
    )
  ) {
    hit('upload.active_picture', picture, picture + 4);
  }
}

/** A picture's bytes may hold two of the signs by chance, so the mark needs what such a script does behind it. */
function isServerScript(lower: string, mark: string, at: number): boolean {
  const rest = lower.slice(at, at + 2000);
  if (mark === '<?=') return phpCalls.test(rest.slice(0, 120));
  const isFenced = mark === '<?php' && /```\w{0,8}\s{1,4}$/.test(lower.slice(Math.max(0, at - 16), at));
  if (isFenced) return phpCalls.test(rest.replaceAll('```', ' '));
  if (mark === '<?php')
    return phpCalls.test(rest) || /^<\?php\s{1,8}(?:\$|echo|print|namespace|class|function|if|foreach|@)/.test(rest);
  if (mark === '<%')
    return /runtime|processbuilder|request\s?[.(]|eval|execute|wscript|createobject|<%@\s?(?:page|language)|process\.start/.test(
      rest,
    );
  return true;
}
