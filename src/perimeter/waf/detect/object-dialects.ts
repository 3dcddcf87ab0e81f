/** Serialised objects of the less met readers: their first bytes, plain, in Base64 or hexadecimal, and members that name what is called. */

/** One form: looked for only where its literal stands in the text. */
interface Form {
  readonly rule:
    | 'java'
    | 'dotnet'
    | 'php'
    | 'python'
    | 'ruby'
    | 'node'
    | 'yaml'
    | 'type_name'
    | 'xml_object'
    | 'reader';
  readonly needle: string;
  readonly form: RegExp;
}

/** Functions of Python that run what they are given. */
const called = String.raw`(?:(?:os|posix|nt)\.(?:system|popen\d?|exec[lv]p?e?|spawn[lv]p?e?|startfile|remove|unlink|rmdir|chmod|kill|putenv)|subprocess\.\w{3,24}|(?:builtins|__builtin__)\.(?:eval|exec|compile|__import__|getattr|open|execfile|map|apply)|importlib\.\w{3,24}|runpy\.\w{3,24}|pty\.spawn|commands\.\w{3,24}|shutil\.\w{3,24}|pickle\.loads?|marshal\.loads?|code\.\w{3,24}|ctypes\.\w{3,24}|timeit\.timeit|webbrowser\.open|pip\.main|pydoc\.\w{3,24}|torch\.load|numpy\.load|asyncio\.create_subprocess_\w{4,5})`;
const module = String.raw`(?:os|posix|nt|subprocess|builtins|__builtin__|importlib|runpy|pty|commands|ctypes|marshal)`;
const member = String.raw`["'](?:__class__|__type__|__reduce__|__reduce_ex__|__object__|__call__|__function__|__func__|_target_|!type|_type|__type|class|type|callable|function|factory|target|\(\)|\$class|python_class|py_class)["']\s{0,3}:\s{0,3}\[?\s{0,3}["']`;
const root = String.raw`(?:javax?|com|org|sun|ch|oracle|net|br|jdk|groovy|clojure|ognl|bsh|io|cn|de|eu|me|scala|kotlin|freemarker|flex|edu|uk|fr|it|nl)`;

const forms: readonly Form[] = [
  { rule: 'python', needle: '.', form: new RegExp(String.raw`${member}${called}["']`, 'u') },
  {
    rule: 'python',
    needle: '__',
    form: new RegExp(String.raw`["'](?:__module__|__reduce__)["']\s{0,3}:\s{0,3}\[?\s{0,3}["']${module}["']`, 'u'),
  },
  {
    rule: 'python',
    needle: '_target_',
    form: new RegExp(String.raw`(?:^|[\s"'{,])_target_["']?\s{0,3}[:=]\s{0,3}["']?${called}`, 'u'),
  },
  {
    rule: 'python',
    needle: 'py/',
    form: /"py\/(?:ref|mod|method|global|factory|iterator|seq|class|error|newargsex|initargs|dict|set|tuple\/\w{1,8})"\s?:\s?(?:\[|\{|"[a-z_]\w{0,40}\.[a-z_])/u,
  },
  // Readers of Lisp and Clojure compute while they read (CLHS 2.4.8.6, Clojure's reader).
  {
    rule: 'reader',
    needle: '#.(',
    form: /#\.\(\s{0,3}(?:[a-z][\w-]{1,24}:{1,2}[a-z][\w-]{1,40}|run-program|run-shell-command|shell|eval|load|delete-file|quit|exit|open|require|progn|let|setf|format)\b/u,
  },
  {
    rule: 'reader',
    needle: '#=(',
    form: /#=\(\s{0,3}(?:eval|java|javax|clojure|def|do|let|load-\w|slurp|spit|print|println|read-|require|resolve|\.|[a-z][\w.]{1,60}[./])/u,
  },
  { rule: 'reader', needle: '#', form: /(?:^|[\s{[(,])#(?:java|javax|clojure|sun|com\.sun)\.[\w.$]{2,80}\s?[[{"]/u },
  {
    rule: 'reader',
    needle: 'bless',
    form: /\bbless\(\s{0,3}(?:do\s{0,2}\{\s{0,2}\\|\{\s{0,40}['"]?\w{1,40}['"]?\s{0,3}=>)[^;]{0,400}['"]\w[\w:]{1,60}['"]\s{0,3}\)|<\w{1,24}\s[^<>]{0,40}blessed_package=/u,
  },
  // YAML: tags of .NET, Perl and Java roots that the common list does not have.
  {
    rule: 'yaml',
    needle: '!',
    form: new RegExp(String.raw`(?:^|[\s:,[{(-])!!${root}(?:\.[\w$]{1,40}){1,10}\s{0,3}(?:[[{"']|$|\n)`, 'u'),
  },
  {
    rule: 'yaml',
    needle: '!',
    form: /(?:^|[\s:,[{(-])!{1,2}(?:<!?)?(?:clr:|dotnet\/|net:)?system\.(?:windows|diagnostics|configuration|io|security|web|management|activities|reflection|data|xml|net|resources)\.[\w.]{2,80}/u,
  },
  { rule: 'yaml', needle: '!perl/', form: /!{1,2}perl\/(?:code|ref|hash|array|scalar|glob|regexp|io)\b/u },
  // XML of Java, .NET and PHP.
  { rule: 'xml_object', needle: '<beans', form: /<beans\s[^<>]{0,300}springframework\.org\/schema\/beans/u },
  {
    rule: 'xml_object',
    needle: '<',
    form: /<(?:sun|net\.sf|flex\.messaging|com\.thoughtworks|ognl|bsh)\.[\w.$-]{2,80}(?:\s[^<>]{0,120})?\/?>|<java\.(?:util|lang|beans|net|io|rmi)\.[\w.$-]{2,60}>[/\\]/u,
  },
  {
    rule: 'xml_object',
    needle: 'serializable',
    form: /<(?:\w{1,8}:)?serializable\s[^<>]{0,80}ws\.apache\.org\/xmlrpc/u,
  },
  {
    rule: 'xml_object',
    needle: 'wddxpacket',
    form: /<wddxpacket\b[\s\S]{0,400}(?:php_class_name|<struct\s{1,3}type=)/u,
  },
  {
    rule: 'xml_object',
    needle: 'refid',
    form: /<obj\s{1,3}refid=["'][^<>]{1,40}>\s{0,8}<tn\b|<objs\s{1,3}version=["']1\.1/u,
  },
  {
    rule: 'xml_object',
    needle: 'schemas.microsoft.com/',
    form: /<[\w:]{1,60}\s(?:[^<>]{0,120}\s)?xmlns(?::\w{1,12})?=["']http:\/\/schemas\.microsoft\.com\/(?:clr\/|netfx\/\d{4}\/xaml\/activities)/u,
  },
  {
    rule: 'xml_object',
    needle: 'type=',
    form: /\s\w{1,8}:type=["'](?:\w{1,12}:)?(?:objectdataprovider|windowsidentity|resourcedictionary|xamlreader|losformatter|objectstateformatter|claimsidentity|windowsprincipal|sessionsecuritytoken|system\.(?:diagnostics\.process|windows\.|data\.services|workflow|activities))/u,
  },
  {
    rule: 'xml_object',
    needle: 'formatter',
    form: /<(?:\w{1,8}:)?(?:losformatter|objectstateformatter|binaryformatter|soapformatter|netdatacontractserializer)(?:\s[^<>]{0,80})?\/?>/u,
  },
  // React's replies walk along references (CVE-2025-55182).
  { rule: 'node', needle: ':__proto__', form: /"\$\d{1,4}:__proto__(?::\w{1,24})?"/u },
  {
    rule: 'node',
    needle: ':constructor:',
    form: /"\$\d{1,4}:(?:\w{1,24}:){0,3}constructor:(?:constructor|prototype)/u,
  },
  {
    rule: 'type_name',
    needle: '@type',
    form: new RegExp(String.raw`"@type"\s{0,3}:\s{0,3}"l?${root}\.(?:[a-z_]\w{0,40}\.){0,8}[a-z]\w{1,60};?"`, 'u'),
  },
];

/** Signs of a beginning, upper and lower case as sent. */
const beginnings: readonly { readonly rule: Form['rule']; readonly form: RegExp }[] = [
  // Deflate of the first bytes of a Java stream, alone or behind the head of gzip or zlib.
  {
    rule: 'java',
    form: /^(?:W[/_]OWgb[\w+/-]{8}|eJx?[\w+/-]?b85aBt|H4sI[\w+/-]{8,10}FvzloG1)/u,
  },
  { rule: 'java', form: /^aced ?0005 ?7[\da-f]/iu },
  { rule: 'dotnet', form: /^(?:0x)?0001000000ffffffff01[\da-f]{8}/iu },
  { rule: 'ruby', form: /^(?:0x)?0408(?:6f3a|5b0[6-9a-f](?:63|6f)|553a|433a|7b0[6-9a-f]|4922)[\da-f]{10}/iu },
  { rule: 'python', form: /^(?:0x)?8005(?:95[\da-f]{14}00|8c|7d|5d|28)[\da-f]{8}/iu },
  // Perl's Storable, Erlang's external terms, bytecode of Lua, R's data.
  { rule: 'reader', form: /^(?:pst0B[AQ][\w+/-]{6}|cHN0MA[Q-U][\w+/-]{8})/u },
  { rule: 'reader', form: /^g(?:2gC|2gD|2wAAAA|3QAAAA|1AAAA)[\w+/-]{5,}={0,2}$/u },
  { rule: 'reader', form: /^G0x1YV[E-U][\w+/-]/u },
  { rule: 'reader', form: /^(?:RD[XA][23]\n[XAB]\n|UkR[YB][Mz][Qgo][\w+/]{5})/u },
];

/** The same as bytes, and Kryo's numbers before the name of a class. */
const binary: readonly string[] = ['pst0\u0004', 'pst0\u0005', '\u001bLuaQ', '\u001bLuaR', '\u001bLuaS', '\u001bLuaT'];
const kryo = /^[^\w]{0,3}(?:javax?|com|org|sun)\.(?:[\w$]{1,40}\.){1,8}[\w$]{2,60}/u;

/** A pickle of protocol 0 of whatever module: its function, the arguments behind a mark, and the call. */
const pickled = /(?:^|[^a-z])c[a-z_][\w.]{1,60}\n[a-zA-Z_]\w{1,40}\n(?:p\d{1,3}\n)?\([\s\S]{0,300}?tR/u;
const charsMax = 8192;

/** The literals of the forms above that ordinary texts do not have. */
export const dialectNeedles: readonly string[] = [
  '__class__',
  '__type__',
  '__module__',
  '__object__',
  '__function__',
  '_target_',
  '!type',
  'subprocess.',
  'os.system',
  'os.popen',
  '#.(',
  '#=(',
  '#java.',
  'bless(',
  'blessed_package',
  '!perl/',
  '!system.',
  '!clr:',
  '!<!',
  '<beans',
  '<sun.',
  '<net.sf.',
  '<flex.',
  'serializable',
  'wddxpacket',
  'refid',
  'schemas.microsoft.com/',
  ':type=',
  'losformatter',
  'objectstateformatter',
  'binaryformatter',
  'soapformatter',
  'netdatacontract',
  ':__proto__',
  ':constructor:',
  '"ognl.',
  'w/owgb',
  'w_owgb',
  'b85abt',
  'aced 0005',
  '0001000000ffffffff',
  '04086f3a',
  '04085b0',
  '0408553a',
  '0408433a',
  '80059',
  '80058c',
  'pst0',
  'chn0ma',
  'g2gc',
  'g2gd',
  'g2waaaa',
  'g3qaaaa',
  'g0x1yv',
  'ukry',
  'rdx3',
  'rdx2',
  "\n(s'",
  '\n(v',
  '\n(d',
];

/** Says each form that stands in the text, once. */
export function judgeDialects(text: string, lower: string, tell: (rule: Form['rule'], at: number) => void): void {
  const part = lower.length > charsMax ? lower.slice(0, charsMax) : lower;
  for (const { rule, needle, form } of forms) {
    if (!part.includes(needle)) continue;
    const found = form.exec(part);
    if (found !== null) tell(rule, found.index);
  }
  for (const { rule, form } of beginnings) if (form.test(text)) tell(rule, 0);
  if (binary.some(beginning => text.startsWith(beginning))) tell('reader', 0);
  if (text.charCodeAt(0) < 9 && kryo.test(text.slice(1, 200))) tell('java', 0);
  if (text.includes('tR')) {
    const found = pickled.exec(text.slice(0, 2048));
    if (found !== null) tell('python', found.index);
  }
}
