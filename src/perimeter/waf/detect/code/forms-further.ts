import type { Form } from './form.ts';

/** Languages a gate seldom sees, and calls whose names are put together. */
export const further: readonly Form[] = [
  { needle: ':os.cmd', form: /^:os\.(?:cmd|getenv|putenv)\s{0,2}\(/, rule: 'code.run', isSure: true },
  { needle: 'system.cmd', form: /^system\.(?:cmd|shell)\s{0,2}\(\s{0,2}['"]/, rule: 'code.run' },
  { needle: 'code.eval', form: /^code\.eval_(?:string|quoted|file)\s{0,2}\(/, rule: 'code.evaluate' },
  { needle: 'erlang:', form: /^erlang:(?:halt|apply|open_port|spawn)\s{0,2}\(/, rule: 'code.run' },
  { needle: 'exec.command', form: /^exec\.command(?:context)?\s{0,2}\(\s{0,2}["'`]/, rule: 'code.run' },
  { needle: 'process::command', form: /^process::command::new\s{0,2}\(\s{0,2}"/, rule: 'code.run' },
  { needle: 'package.loadlib', form: /^package\.loadlib\s{0,2}\(\s{0,2}['"]/, rule: 'code.lua' },
  { needle: 'org.mozilla.javascript', form: /^org\.mozilla\.javascript\.(?:context|scriptable)/, rule: 'code.java' },
  { needle: 'jdk.jshell', form: /^jdk\.jshell\./, rule: 'code.java' },
  { needle: 'bsh.interpreter', form: /^bsh\.interpreter/, rule: 'code.java' },
  { needle: 'shell-command', form: /^shell-command(?:-to-string)?\s{1,3}["']/, rule: 'code.run' },
  { needle: 'clojure.java.shell', form: /^clojure\.java\.shell/, rule: 'code.run' },
  { needle: '<cfexecute', form: /^<cfexecute\s/, rule: 'code.server-tag', isSure: true },
  { needle: '<cfscript', form: /^<cfscript>.{0,200}createobject/, rule: 'code.server-tag', isSure: true },
  {
    needle: 'response.write',
    form: /^response\.write\s{0,2}\(\s{0,2}\d{1,9}\s{0,2}[*+]\s{0,2}\d/,
    rule: 'code.dotnet',
  },
  {
    needle: 'send(',
    form: /^send\(\s{0,2}:(?:system|exec|eval|instance_eval|spawn|`)/,
    rule: 'code.ruby',
    isName: true,
  },
  { needle: '__send__', form: /^__send__\s{0,2}\(\s{0,2}[:'"]/, rule: 'code.ruby' },
  {
    needle: 'public_send',
    form: /^public_send\s{0,2}\(\s{0,2}[:'"](?:system|exec|eval|instance_eval)/,
    rule: 'code.ruby',
  },
  { needle: 'breakpoint()', form: /^breakpoint\(\)\s{0,2}(?:$|[;#)])/, rule: 'code.python', isName: true },
  // `('sys'.'tem')('id')`, `"\x73\x79…"('id')`: a name put together and called.
  {
    needle: "'.'",
    form: /^'\.'\w{1,16}'(?:\.'\w{1,16}'){0,8}\)\s{0,2}\(/,
    rule: 'code.php',
  },
  {
    needle: '\\x',
    form: /^(?:\\x[\da-f]{2}){3,24}["'`]\)?\s{0,2}\(/,
    rule: 'code.php',
  },
  // Names made of signs alone: two assignments to such variables are no price and no formula.
  { needle: '$_', form: /^\$_{1,12}\s{0,2}=[^=;]{0,60};\s{0,3}\$_{1,12}\s{0,2}[.[=]/, rule: 'code.php' },
  // A constructor reached by a key that is put together, and called: `x.constructor["con"+"structor"]("…")`.
  {
    needle: 'constructor',
    form: /^constructor\s{0,2}(?:\?\.)?\[[^\]\n]{1,60}["'`]\s{0,2}\+\s{0,2}["'`][^\]\n]{1,60}\]\s{0,2}\(/,
    rule: 'code.node',
    isSure: true,
  },
  // Text as the work of a timer or an evaluation, decoded where it stands.
  {
    needle: 'setimmediate',
    form: /^setimmediate\s{0,2}\(\s{0,2}(?:atob|unescape|decodeuri(?:component)?|string\.from(?:charcode|codepoint)|buffer\.from)\s{0,2}\(/,
    rule: 'code.evaluate',
    isName: true,
  },
  {
    needle: 'setinterval',
    form: /^setinterval\s{0,2}\(\s{0,2}(?:atob|unescape|decodeuri(?:component)?|string\.from(?:charcode|codepoint)|buffer\.from)\s{0,2}\(/,
    rule: 'code.evaluate',
    isName: true,
  },
  {
    needle: 'settimeout',
    form: /^settimeout\s{0,2}\(\s{0,2}(?:atob|unescape|decodeuri(?:component)?|string\.from(?:charcode|codepoint)|buffer\.from)\s{0,2}\(/,
    rule: 'code.evaluate',
    isName: true,
  },
  // A name of Python's own behind what a call gave.
  { needle: ').__', form: /^\)\.__[a-z]{2,24}__(?:$|[\s.[()])/, rule: 'code.python' },
  {
    needle: 'loadstring',
    form: /^loadstring\s{0,2}\)\s{0,2}\(\s{0,2}["'[]/,
    rule: 'code.lua',
    isName: true,
  },
  {
    needle: 'load)',
    form: /^load\)\s{0,2}\(\s{0,2}["'[]/,
    rule: 'code.lua',
    isName: true,
  },
  // `exec{"/bin/sh"}"sh"`, `system {$a} 'x'`: the program in a block before its arguments.
  {
    needle: 'exec',
    form: /^exec\s{0,2}\{\s{0,2}["'$][^"'}]{1,60}["']?\s{0,2}\}\s{0,2}["'$(]/,
    rule: 'code.perl',
    isName: true,
  },
  {
    needle: 'system',
    form: /^system\s{0,2}\{\s{0,2}["'$][^"'}]{1,60}["']?\s{0,2}\}\s{0,2}["'$(]/,
    rule: 'code.perl',
    isName: true,
  },
  { needle: 'expect_popen', form: /^expect_popen\s{0,2}\(/, rule: 'code.php' },
  { needle: 'pcntl_exec', form: /^pcntl_exec\s{0,2}\(/, rule: 'code.php' },
  {
    needle: 'mb_ereg_replace',
    form: /^mb_ereg_replace\s{0,2}\(.{0,120},\s{0,2}['"]e['"]/,
    rule: 'code.php',
    isName: true,
  },
  { needle: 'ffi::', form: /^ffi::(?:cdef|load|scope)\s{0,2}\(/, rule: 'code.php' },
  { needle: 'deno.', form: /^deno\.(?:run|command|readtextfile(?:sync)?)\s{0,2}\(/, rule: 'code.node' },
  { needle: 'bun.spawn', form: /^bun\.spawn(?:sync)?\s{0,2}\(/, rule: 'code.node' },
  { needle: 'reflect.construct', form: /^reflect\.construct\s{0,2}\(\s{0,2}function\b/, rule: 'code.node' },
  { needle: 'nodevm', form: /^nodevm\b.{0,60}require/, rule: 'code.node', isName: true },
  { needle: 'runpy.', form: /^runpy\.run_(?:path|module)\s{0,2}\(/, rule: 'code.python' },
  { needle: 'ctypes.', form: /^ctypes\.(?:cdll|windll|pythonapi|cast)\b/, rule: 'code.python' },
  // What a name or an address leads to, opened and read where it stands.
  {
    needle: 'open(',
    form: /^open\(\s{0,2}[rb]?['"][^'"\n]{1,80}['"](?:\s{0,2},\s{0,2}['"][rb+tu]{1,3}['"])?\s{0,2}\)\s{0,2}\.\s{0,2}read(?:lines?|all|_text)?\s{0,2}\(\s{0,2}\d{0,9}\s{0,2}\)(?! [a-z']{2,24} [a-z]{1,24}\b)/,
    rule: 'code.python',
    isName: true,
  },
  {
    needle: 'url(',
    form: /^url\(\s{0,2}['"][^'"\n]{1,120}['"]\s{0,2}\)\s{0,2}\.\s{0,2}(?:open(?:connection|stream)|getcontent|text\b|bytes\b|readtext|tourl)/,
    rule: 'code.java',
  },
  {
    needle: 'lookup(',
    form: /^lookup\(\s{0,2}['"](?:ldaps?|rmi|dns|iiop|corbaname|java):/,
    rule: 'code.java',
  },
  {
    needle: 'evaluate(new',
    form: /^evaluate\(new\s{1,2}(?:java\.io\.)?file\(\s{0,2}['"]/,
    rule: 'code.evaluate',
    isName: true,
  },
  { needle: '$executioncontext', form: /^\$executioncontext\.(?:invokecommand|sessionstate)\b/, rule: 'code.dotnet' },
  {
    needle: '.class.',
    form: /^\.class\.(?:ancestors|superclass|instance_methods|const_get|allocate|methods|module_eval|singleton_class)\b/,
    rule: 'code.ruby',
  },
];
