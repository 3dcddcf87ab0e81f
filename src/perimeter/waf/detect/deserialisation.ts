/** Serialised objects that run code when they are read: Java, .NET, PHP, Python, Ruby, Node, YAML, and the class names their tricks are made of. */

import { charClass, type Detector, type Rule } from '../waf.ts';
import { dialectNeedles, judgeDialects } from './object-dialects.ts';
import { judgeNames } from './object-names.ts';

const rules = [
  { id: 'deserialisation.java', title: 'a serialised Java object', points: 5, paranoia: 1 },
  { id: 'deserialisation.dotnet', title: 'a serialised .NET object', points: 5, paranoia: 1 },
  { id: 'deserialisation.php', title: 'a serialised PHP object', points: 5, paranoia: 1 },
  { id: 'deserialisation.php_array', title: 'a serialised PHP array', points: 3, paranoia: 1 },
  { id: 'deserialisation.python', title: 'a Python pickle', points: 5, paranoia: 1 },
  { id: 'deserialisation.ruby', title: 'a serialised Ruby object', points: 5, paranoia: 1 },
  { id: 'deserialisation.node', title: 'a serialised Node.js function', points: 5, paranoia: 1 },
  { id: 'deserialisation.yaml', title: 'a YAML tag that makes objects', points: 5, paranoia: 1 },
  { id: 'deserialisation.type_name', title: 'a class name that decides which object is made', points: 5, paranoia: 1 },
  { id: 'deserialisation.xml_object', title: 'an object of Java or .NET written in XML', points: 5, paranoia: 1 },
  { id: 'deserialisation.reader', title: 'an object that computes while it is read', points: 5, paranoia: 1 },
  { id: 'deserialisation.gadget', title: 'the name of a class used to run code', points: 3, paranoia: 1 },
] as const satisfies readonly Rule[];
type ObjectRule = (typeof rules)[number]['id'];

export const deserialisation: Detector = {
  id: 'deserialisation',
  rules,
  needles: [
    'ro0ab',
    'aced0005',
    '\u00ac\u00ed',
    '\u00ed\u0000',
    'aaeaaad',
    '{s:',
    '{i:',
    ':{',
    ':"',
    'gas',
    'gan',
    'gaj',
    'gar',
    'kgrwm',
    'y29zcn',
    'y3bvc2',
    'y19fyn',
    'y3n1yn',
    'cos\n',
    'system',
    'popen',
    '__builtin',
    'builtins',
    'posix',
    'bah',
    '\u0004\u0008',
    '_$$nd_func$$_',
    '_$$nd_cc$$_',
    '"secret"',
    '"lambda"',
    '!!',
    '!ruby/',
    '!php/',
    '@type',
    '$type',
    '__type',
    '@class',
    'java.',
    'com.',
    'org.',
    'javax.',
    'groovy.',
    'microsoft.com/clr',
    ...Array.from('123456789', digit => `e:${digit}`),
    'sun.',
    'oracle.',
    '$$bcel$$',
    'ysoserial',
    'objectdataprovider',
    '<java',
    '<void',
    'dynamic-proxy',
    'objectinputstream',
    'c3p0',
    '{}:',
    'reduce',
    'impl',
    'transformer',
    'windowsidentity',
    'delegate',
    'h4siaaa',
    'invoke',
    '__reduce',
    'py/',
    'gem::',
    '__php_incomplete',
    'json_class',
    '"^o"',
    '__js_function',
    '__serialize',
    'jdk.',
    "s'",
    '(i',
    'bsh.',
    '__viewstate',
    '_bsontype',
    '$jsan',
    'tag:yaml',
    'xsi:type',
    'ype"',
    '80049',
    '80037',
    '80028',
    '63706f73',
    '636f730a',
    '/wey',
    ...dialectNeedles,
  ],
  chars: charClass.control,
  detect({ text, lower, place }, hit) {
    const told = new Set<ObjectRule>();
    const tell = (rule: ObjectRule, at: number): void => {
      if (at < 0 || told.has(rule)) return;
      told.add(rule);
      hit(rule, at, Math.min(lower.length, at + 40));
    };
    judgeBinary(text, lower, tell);
    judgeJson(lower, place.part === 'name', tell);
    judgePhp(lower, tell);
    judgePython(text, lower, tell);
    judgeTags(lower, tell);
    judgeDialects(text, lower, (rule, at) => tell(`deserialisation.${rule}`, at));
    if (place.part === 'value' && pythonMember.test(place.name) && pythonCall.test(lower))
      tell('deserialisation.python', 0);
    judgeNames(lower, place.name.toLowerCase(), place.part === 'value', (rule, at) =>
      tell(`deserialisation.${rule}`, at),
    );
  },
};

/** The same with the member as the field's name. */
const pythonMember = /(?:^|[.\]])(?:__class__|__type__|__reduce__(?:\[\])?|__object__|_target_|!type|python_class)$/i;
const pythonCall =
  /^(?:(?:os|posix|nt|subprocess|builtins|__builtin__|importlib|runpy|pty|commands|ctypes|marshal|shutil)\.\w{2,24}){1,2}$/u;

type Tell = (rule: ObjectRule, at: number) => void;

/** Magic numbers, plain or in Base64; upper and lower case matter there. */
function judgeBinary(text: string, lower: string, tell: Tell): void {
  const java = text.search(/rO0AB[\w+/]/u);
  if (java >= 0 && isStartOfRun(text, java)) tell('deserialisation.java', java);
  const hex = lower.indexOf('aced0005');
  if (hex >= 0 && /^(?:7[0-9a-f]|$)/u.test(lower.slice(hex + 8, hex + 10)) && isStartOfRun(text, hex))
    tell('deserialisation.java', hex);
  tell('deserialisation.java', text.indexOf('\u00ac\u00ed\u0000\u0005'));
  if (text.startsWith('\ufffd\ufffd\u0000\u0005')) tell('deserialisation.java', 0);
  const dotnet = text.indexOf('AAEAAAD/////');
  if (dotnet >= 0 && isStartOfRun(text, dotnet)) tell('deserialisation.dotnet', dotnet);
  // A view state whose root is such an object.
  if (/^\/wEy[A-Za-z0-9+/]{6}/u.test(text)) tell('deserialisation.dotnet', 0);
  if (text.startsWith('\u0000\u0001\u0000\u0000\u0000')) tell('deserialisation.dotnet', 0);
  if (text.startsWith('\u0004\u0008') && '[{ocCIueUSs":@'.includes(text.slice(2, 3))) tell('deserialisation.ruby', 0);
  const ruby = text.indexOf('BAh');
  if (
    ruby >= 0 &&
    isStartOfRun(text, ruby) &&
    /^BAh(?:[7bJvVTIBpFsDCUXk]|c|v)[A-Za-z0-9+/]{8}/u.test(text.slice(ruby, ruby + 16)) &&
    !/--[0-9a-f]{40}/u.test(lower)
  )
    tell('deserialisation.ruby', ruby);
  tell('deserialisation.node', lower.search(/_\$\$nd_(?:func|cc)\$\$_/u));
  // A secret of the server's environment (LangChain), and a layer that is marshalled code (Keras).
  tell('deserialisation.reader', lower.search(/"lc"\s?:\s?1\s?,\s?"type"\s?:\s?"secret"\s?,\s?"id"\s?:\s?\[/u));
  tell('deserialisation.reader', lower.search(/"class_name"\s?:\s?"lambda"[^\]]{0,200}"function"\s?:\s?\[\s?"4w/u));
  tell('deserialisation.node', lower.search(/"__js_function"\s?:\s?"/u));
  tell(
    'deserialisation.ruby',
    lower.search(/"\^[oc]"\s?:\s?"[a-z]|"json_class"\s?:\s?"[a-z]\w{1,60}(?:::\w{1,60}){0,8}"/u),
  );
  tell('deserialisation.php', lower.indexOf('__php_incomplete_class'));
  // Protocol 4 and older in hexadecimal: the opcode, and a frame, a mark or a module.
  if (
    /^(?:8004(?:95[\da-f]{14}00|8c)|800[23](?:63|7d|5d|28)|63(?:706f736978|6f73|5f5f6275696c74696e5f5f)0a)[\da-f]{8,4000}$/u.test(
      lower.slice(0, 4096),
    )
  )
    tell('deserialisation.python', 0);
  tell('deserialisation.gadget', lower.indexOf('bsh.interpreter'));
}

/** Members by which readers of JSON make something else of an object: a buffer of a length, a function, a type of the database's. */
function judgeJson(lower: string, isName: boolean, tell: Tell): void {
  if (isName && lower === 'json_class') tell('deserialisation.ruby', 0);
  tell(
    'deserialisation.node',
    lower.search(/"type"\s{0,3}:\s{0,3}"buffer"\s{0,3},\s{0,3}"data"\s{0,3}:\s{0,3}(?:[{\d-]|"\d)/u),
  );
  tell(
    'deserialisation.node',
    lower.search(
      /"data"\s{0,3}:\s{0,3}(?:\{\s{0,3}"length"[^{}]{0,40}\}|\d[\de.+]{3,12})\s{0,3},\s{0,3}"type"\s{0,3}:\s{0,3}"buffer"/u,
    ),
  );
  tell('deserialisation.node', lower.search(/"_bsontype"\s{0,3}:\s{0,3}["[{]|"\$jsan"\s{0,3}:\s{0,3}"[fe]/u));
}

/** Nothing of a longer Base64 or hexadecimal run stands before. */
function isStartOfRun(text: string, at: number): boolean {
  return at === 0 || !/[A-Za-z0-9+/_-]/u.test(text.charAt(at - 1));
}

/** `O:8:"Name":1:{`, `C:…`, `E:…`, arrays with objects in them. */
function judgePhp(lower: string, tell: Tell): void {
  let at = lower.indexOf(':"');
  for (let count = 0; at >= 0 && count < 256; count += 1) {
    const before = /(?:^|[^\w])[oc]:\+?\d{1,6}$/u.exec(lower.slice(Math.max(0, at - 12), at));
    if (before !== null && /^:\\?"[\w\\]{1,120}\\?":\+?\d{1,6}:\{/u.test(lower.slice(at, at + 150)))
      tell('deserialisation.php', Math.max(0, at - 4));
    at = lower.indexOf(':"', at + 2);
  }
  // A case of an enumeration (PHP 8.1): unserialize loads its class.
  const enumerated = /(?:^|[;{])e:\d{1,4}:"[\w\\]{1,80}:\w{1,60}";/u.exec(lower);
  if (enumerated !== null) tell('deserialisation.php', enumerated.index);
  if (/^a:\d{1,6}:\{(?:[isbd]:|\})/u.test(lower)) tell('deserialisation.php_array', 0);
}

/** Pickle opcodes: `c` module, name; protocol 2 and up; Base64 of them (PEP 307, PEP 3154). */
function judgePython(text: string, lower: string, tell: Tell): void {
  const global =
    /c(?:os|posix|nt|subprocess|__builtin__|builtins|commands|pickle|sys|copy_reg|copyreg|_codecs|runpy|pty|socket|types|importlib|operator|marshal|webbrowser|timeit|code)(?:\.\w{1,20})?\n(?:system|popen\w{0,4}|eval|exec|execfile|call|check_output|run|getattr|getoutput|_reconstructor|spawn|import_module|apply|map|open|loads|encode|compile|__import__|\w{1,30})\n/u.exec(
      lower,
    );
  if (global !== null && (global.index === 0 || /[^a-z]/u.test(lower.charAt(global.index - 1))))
    tell('deserialisation.python', global.index);
  if (isPickle(text)) tell('deserialisation.python', 0);
  // Protocol 0 with the arguments first: mark, `i`, module, name.
  tell(
    'deserialisation.python',
    lower.search(
      /\((?:[sv](?:'[^'\n]{0,120}'|[^\n]{0,120})\n)?i(?:os|posix|nt|subprocess|__builtin__|builtins|commands|sys|pty)\n\w{2,20}\n/u,
    ),
  );
  const framed = text.indexOf('gAS');
  if (framed >= 0 && isStartOfRun(text, framed) && /^gAS[VU][\w+/-]{2,5}AAAAAA/u.test(text.slice(framed, framed + 16)))
    tell('deserialisation.python', framed);
  const unframed =
    /^(?:gANj|gAJj|gARj|Y29zCnN5c3Rlb|Y3Bvc2l4|Y19fYnVpbHRpbl9f|KGRwM|Y3N1YnByb2Nlc3M|gANdcQ|gAN9cQ|gAJ9cQ|gAJdcQ)/u.exec(
      text,
    );
  if (unframed !== null) tell('deserialisation.python', 0);
  const reduced = lower.indexOf('py/reduce');
  if (reduced >= 0 || /"py\/(?:object|type|function|repr|newargs|newobj|object\/\w{1,12})"\s?:\s?[["]/u.test(lower))
    tell('deserialisation.python', Math.max(reduced, 0));
}

/** The opcode of protocols 2 to 5, and one that may follow it; the first byte may have been lost in UTF-8. */
function isPickle(text: string): boolean {
  const first = text.charCodeAt(0);
  const version = text.charCodeAt(1);
  if ((first !== 0x80 && first !== 0xfffd) || version < 2 || version > 5) return false;
  return '\u0095c\u008c]}(\ufffd'.includes(text.charAt(2)) && text.length > 2;
}

/** YAML 1.2 section 6.9.1: tags that name classes of a language. */
function judgeTags(lower: string, tell: Tell): void {
  const tag =
    /(?:!!|!<tag:yaml\.org,2002:|tag:yaml\.org,2002:|!)(?:python\/(?:object|name|module|tuple|apply|new)|(?:javax?|com|org|sun|ch|net|oracle|io)\.[\w.$]{2,120}|ruby\/(?:object|hash|struct|class|module|regexp|sym|exception|array|marshalable)|php\/(?:object|const|enum)|js\/(?:function|undefined|regexp)|perl\/)/u.exec(
      lower,
    );
  if (
    tag !== null &&
    (tag[0].includes('/') || tag[0].startsWith('tag') || tag[0].startsWith('!!') || tag[0].startsWith('!<'))
  )
    tell('deserialisation.yaml', tag.index);
}
