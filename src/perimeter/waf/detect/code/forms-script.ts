/** Languages of scripts. */

import type { Form } from './form.ts';

/** `['pro' + 'cess']`: the name of what runs things, in two pieces. */
const joined =
  /^\[['"]\w{2,8}['"]\s{0,2}(?:\+|\.concat\()\s{0,2}['"`](?:cess|ocess|ess|ss|s|quire|uire|ire|re|e|structor|nstructor|tructor|ructor|uctor|module|nmodule|ld_process|d_process|_process|process|c|ec|execsync|sync|l|al)['"`]/;
const joinedNames: readonly Form[] = ['pr', 're', 'co', 'ma', 'ch', 'ex', 'ev'].flatMap(start =>
  ["['", '["'].map(open => ({ needle: open + start, form: joined, rule: 'code.node' as const })),
);

/** Node.js. */
export const node: readonly Form[] = [
  {
    needle: 'child_process',
    form: /^child_process(?!\.[cm]?[jt]s\b|:\d|\/|['"`]? [a-z]{2,24} [a-z])/,
    rule: 'code.node',
  },
  {
    needle: 'require',
    form: /^require\s{0,3}\(\s{0,3}\\?['"`](?:node:)?(?:child_process|fs|os|net|vm|cluster|worker_threads|http|https|dns)\\?['"`]\s{0,3}\)\s{0,3}[.[]/,
    rule: 'code.node',
    isName: true,
  },
  {
    needle: 'process',
    form: /^process\s{0,3}(?:\.|\[\s{0,3}['"])(?:mainmodule|binding|dlopen|_load|kill|exit\s{0,3}\(|_linkedbinding|getbuiltinmodule|env\s{0,3}[)}])/,
    rule: 'code.node',
  },
  { needle: 'process', form: /^process\s{0,3}['"]?\)\s{0,3}\(\s{0,3}\)/, rule: 'code.node', isSure: true },
  { needle: 'global.process', form: /^global\.process/, rule: 'code.node' },
  ...joinedNames,
  {
    needle: 'globalthis',
    form: /^globalthis\s{0,3}(?:\.|\[\s{0,3}['"])(?:process|require|constructor)/,
    rule: 'code.node',
  },
  // Joined to a variable of its program (`'ls ' + dir`) it is a line of a source file.
  {
    needle: 'execsync',
    form: /^execsync\s{0,3}\(\s{0,3}\\?['"`](?![^'"`\n]{0,80}['"`] \+ [a-z_$][\w$.]{0,40}\))/,
    rule: 'code.node',
  },
  { needle: 'spawnsync', form: /^spawnsync\s{0,3}\(\s{0,3}\\?['"`]/, rule: 'code.node' },
  { needle: 'execfile', form: /^execfile(?:sync)?\s{0,3}\(\s{0,3}\\?['"`]/, rule: 'code.node' },
  {
    needle: 'spawn',
    form: /^spawn\s{0,3}\(\s{0,3}\\?['"`](?:\/bin|sh|bash|cmd|nc|curl|wget|python|perl|ls|id|cat)/,
    rule: 'code.node',
  },
  {
    needle: 'constructor',
    form: /^constructor\s{0,3}(?:\.|\[\s{0,3}['"])\s{0,3}constructor\s{0,3}['"]?\s{0,3}\]?\s{0,3}\(/,
    rule: 'code.node',
    isSure: true,
  },
  {
    needle: 'constructor',
    form: /^constructor\s{0,3}\(\s{0,3}\\?['"`]\s{0,3}(?:return|alert|throw|process|require)/,
    rule: 'code.node',
    isSure: true,
  },
  {
    needle: 'function',
    form: /^function\s{0,3}\(\s{0,3}\\?['"`](?:return|throw)[^'"`]{0,40}(?:this|process|global|require|import)/,
    rule: 'code.node',
  },
  {
    needle: 'return',
    form: /^return\s{1,4}(?:global\.|this\.|globalthis\.)?process\s{0,3}(?:['"`;)}\\]|$)/,
    rule: 'code.node',
  },
  { needle: '_$$nd_func$$_', form: /^/, rule: 'code.node', isSure: true },
  {
    needle: 'mainmodule',
    form: /^mainmodule\s{0,3}(?:\.|\[\s{0,3}['"])(?:require|constructor|children)/,
    rule: 'code.node',
    isSure: true,
  },
  { needle: 'readfilesync', form: /^readfilesync\s{0,3}\(\s{0,3}\\?['"`]\/(?:etc|proc|root|home)/, rule: 'code.node' },
  { needle: 'import(', form: /^import\(\s{0,3}['"`](?:node:)?(?:child_process|fs|os)['"`]/, rule: 'code.node' },
];

/** Python. */
export const python: readonly Form[] = [
  { needle: '__import__', form: /^__import__\s{0,3}\(/, rule: 'code.python', isSure: true },
  {
    needle: 'os.',
    form: /^os\.(?:system|popen\d?|exec[lv]p?e?|spawn[lv]p?e?|environ\b(?!\s{0,3}(?:\.get|\[['"][a-z]))|listdir|fork)\s{0,3}[([)]|^os\.(?:remove|unlink)\s{0,3}\(\s{0,3}['"]/,
    rule: 'code.python',
    isName: true,
  },
  {
    needle: 'subprocess',
    form: /^subprocess(?:\.|['"]\)\s{0,3}\.)(?:popen|call|run|check_output|check_call|getoutput|getstatusoutput)\s{0,3}\(/,
    rule: 'code.python',
  },
  {
    needle: 'exec',
    form: /^exec\s{0,3}\(\s{0,3}(?:compile|open|bytes|__|base64|codecs|chr|input|zlib|marshal|request)/,
    rule: 'code.python',
    isName: true,
  },
  {
    needle: '__',
    form: /^__(?:class__\s{0,3}(?:\.(?!__name__|__module__|__qualname__)|[[(])|mro__|subclasses__|globals__|builtins__|bases__|getattribute__|base__)/,
    rule: 'code.python',
  },
  { needle: 'pty.spawn', form: /^pty\.spawn\s{0,3}\(/, rule: 'code.python' },
  {
    needle: 'compile(',
    form: /^compile\(\s{0,3}['"].{1,80}['"]\s{0,3},.{0,30}['"](?:exec|eval|single)['"]/,
    rule: 'code.python',
    isName: true,
  },
  {
    needle: 'importlib',
    form: /^importlib\.import_module\s{0,3}\(\s{0,3}['"](?:os|subprocess|sys|socket)/,
    rule: 'code.python',
  },
  {
    needle: 'open(',
    form: /^open\(\s{0,3}\\?['"]\/?(?:etc\/|proc\/|flag|root\/|\.\.\/).{0,60}(?:\)\.read|['"]\))|^open\(\s{0,3}['"][^'"\n]{1,80}['"]\s{0,2},\s{0,2}['"][wa]b?\+?['"]\s{0,2}\)\.write/,
    rule: 'code.python',
    isName: true,
  },
  {
    needle: 'import ',
    form: /^import\s{1,3}(?:os|subprocess|socket|pty|sys)(?:\s{0,2},\s{0,2}\w{2,12}){0,4}\s{0,2}(?:;|\n\s{0,8})\s{0,3}(?:os\.(?!getcwd|path|sep|name|getpid|cpu_count|getenv\s{0,2}\(\s{0,2}['"]\w)|subprocess\.|pty\.|s=|exec|print\s{0,2}\(\s{0,2}(?:os|sub))/,
    rule: 'code.python',
  },
  { needle: 'time.sleep', form: /^time\.sleep\s{0,2}\(\s{0,2}\d/, rule: 'code.probe' },
  { needle: 'codecs.', form: /^codecs\.(?:decode|encode)\s{0,2}\(\s{0,2}['"].{1,60}rot/, rule: 'code.python' },
];

/** Ruby. */
export const ruby: readonly Form[] = [
  { needle: 'kernel', form: /^kernel(?:\.|::)(?:exec|system|spawn|fork|open|eval|`)/, rule: 'code.ruby' },
  { needle: '%x', form: /^%x[({[|!/<][^)}\]|]{1,120}[)}\]|!/>]/, rule: 'code.ruby', isName: true },
  { needle: 'io.popen', form: /^io\.popen\s{0,3}[\s(]\s{0,3}[['"]/, rule: 'code.ruby', isName: true },
  {
    needle: 'io.',
    form: /^io\.(?:read|readlines|binread|sysopen)\s{0,3}\(\s{0,3}['"]/,
    rule: 'code.ruby',
    isName: true,
  },
  {
    needle: 'file.',
    form: /^file\.(?:open|read|readlines|binread)\s{0,3}\(\s{0,3}['"]\/(?:etc|proc|root|home)/,
    rule: 'code.ruby',
    isName: true,
  },
  { needle: 'instance_eval', form: /^instance_eval\s{0,3}[({]/, rule: 'code.ruby' },
  { needle: 'open3', form: /^open3\.(?:capture|popen|pipeline)/, rule: 'code.ruby' },
  { needle: "open('|", form: /^/, rule: 'code.ruby' },
  { needle: 'open("|', form: /^/, rule: 'code.ruby' },
  { needle: '.send(', form: /^\.send\(\s{0,3}[:'"](?:system|exec|eval|instance_eval|`)/, rule: 'code.ruby' },
];
