/** Java with its expression languages, and what is left. */

import type { Form } from './form.ts';

/** Java, OGNL, SpEL, Groovy. */
export const java: readonly Form[] = [
  {
    needle: 'getruntime',
    form: /^getruntime\s{0,3}\((?!\)\.(?:availableprocessors|totalmemory|freememory|maxmemory|addshutdownhook|gc\()\b)/,
    rule: 'code.java',
    isSure: true,
  },
  { needle: 'processbuilder', form: /^processbuilder\s{0,3}\(/, rule: 'code.java' },
  {
    needle: 'java.lang.',
    form: /^java\.lang\.(?:runtime|processbuilder|processimpl|class\b|system\b|classloader|reflect)/,
    rule: 'code.java',
  },
  {
    needle: 'java.',
    form: /^java\.(?:util\.scanner|io\.(?:file|bufferedreader|inputstreamreader)|net\.url(?:classloader)?|nio\.file\.files)\s{0,3}[(@]/,
    rule: 'code.java',
  },
  { needle: 't(java', form: /^t\(java\./, rule: 'code.java', isSure: true },
  { needle: '_memberaccess', form: /^_memberaccess/, rule: 'code.java', isSure: true },
  { needle: '#context', form: /^#context\s{0,3}(?:\[|=|\.)/, rule: 'code.java' },
  { needle: '@ognl', form: /^@ognl\.ognlcontext@/, rule: 'code.java', isSure: true },
  { needle: '@java.', form: /^@java\.\w{2,10}\.\w{2,30}@/, rule: 'code.java', isSure: true },
  { needle: '@org.apache', form: /^@org\.apache\.[\w.]{2,60}@/, rule: 'code.java', isSure: true },
  {
    needle: 'com.opensymphony',
    form: /^com\.opensymphony\.(?:xwork2|sitemesh)[\w.]{0,60}(?:@|['"])/,
    rule: 'code.java',
  },
  { needle: 'class.module.classloader', form: /^/, rule: 'code.java', isSure: true },
  { needle: 'class.classloader', form: /^class\.classloader\W?/, rule: 'code.java' },
  { needle: "class['classloader", form: /^/, rule: 'code.java' },
  { needle: 'class["classloader', form: /^/, rule: 'code.java' },
  { needle: '%{', form: /^%\{\s{0,3}(?:\(?\s{0,3}#|\d{1,9}\s{0,2}[*+]\s{0,2}\d|@|new\s|\()/, rule: 'code.java' },
  {
    needle: '${',
    form: /^\$\{\s{0,3}(?:\(?\s{0,3}#(?!(?:strings|dates|calendars|temporals|numbers|objects|bools|arrays|lists|sets|maps|aggregates|messages|uris|ids|conversions|fields)\.\w{2,30}\()[a-z_]{1,20}\s{0,3}(?:=|\.)|@\w{1,12}\.\w|new\s{1,4}java|pagecontext|script:|@?print\s{0,2}\(|system\s{0,2}\(|phpinfo|eval\s{0,2}\(|@eval|die\s{0,2}\()/,
    rule: 'code.java',
  },
  { needle: 'redirect:', form: /^redirect:\s{0,3}[$%#]\{/, rule: 'code.java' },
  { needle: 'scriptenginemanager', form: /^scriptenginemanager\s{0,3}(?:\(|["'])/, rule: 'code.java' },
  {
    needle: '.forname',
    form: /^\.forname\s{0,3}\(\s{0,3}\\?['"](?:java|javax|org|com|sun)\.(?![\w.]{0,60}driver\\?['"])/,
    rule: 'code.java',
    isSure: true,
  },
  { needle: 'groovy', form: /^groovy\.(?:lang\.groovyshell|util\.eval)/, rule: 'code.java' },
  { needle: '.execute()', form: /^/, rule: 'code.groovy' },
  { needle: '@asttest', form: /^@asttest\s{0,3}\(/, rule: 'code.java' },
  { needle: '<jsp:', form: /^<jsp:(?:scriptlet|usebean|include|declaration)/, rule: 'code.server-tag' },
  { needle: 'request.getparameter', form: /^request\.getparameter\s{0,2}\(\s{0,2}['"]/, rule: 'code.java' },
  { needle: 'bcel', form: /^bcel\$\$/, rule: 'code.java' },
];

/** .NET, Lua, Perl, server and edge includes. */
export const others: readonly Form[] = [
  {
    needle: 'system.diagnostics.process',
    form: /^system\.diagnostics\.process(?:startinfo)?(?:\.start|\s{0,3}\(|["',)]|\s{0,4}\{)/,
    rule: 'code.dotnet',
  },
  {
    needle: 'process.start',
    form: /^process\.start\s{0,3}\(\s{0,3}[@$]?\\?["'](?:cmd|powershell|calc|notepad|\/bin|bash|sh)/,
    rule: 'code.dotnet',
  },
  { needle: 'runat=', form: /^runat\s{0,3}=\s{0,3}["']?server/, rule: 'code.server-tag' },
  { needle: 'wscript.shell', form: /^wscript\.shell/, rule: 'code.dotnet' },
  {
    needle: 'response.write',
    form: /^response\.write\s{0,3}\(\s{0,3}(?:["']?\d{2,9}["']?\s{0,2}[*+]|["']|eval|createobject)/,
    rule: 'code.dotnet',
  },
  {
    needle: 'createobject',
    form: /^createobject\s{0,3}\(\s{0,3}["'](?:wscript|scripting|shell|adodb|msxml)/,
    rule: 'code.dotnet',
  },
  {
    needle: '<%',
    form: /^<%(?!\s{0,4}response\.write\s{1,4}"[^"<>%]{0,60}"\s{0,4}%>\s{1,3}[a-z']{2,24}[ ,] ?[a-z']{2,24})(?:@|\s{0,4}(?:eval|execute|response\.write|runtime|out\.print|server\.|system|request))/,
    rule: 'code.server-tag',
  },
  { needle: 'io.open', form: /^io\.open\s{0,3}\(\s{0,3}['"]\/(?:etc|proc)/, rule: 'code.lua', isName: true },
  { needle: 'os.execute', form: /^os\.execute\s{0,3}\(/, rule: 'code.lua' },
  { needle: 'io.popen', form: /^io\.popen\s{0,3}\(/, rule: 'code.lua' },
  { needle: 'loadstring', form: /^loadstring\s{0,3}\(\s{0,3}['"]/, rule: 'code.lua' },
  { needle: 'use ', form: /^use\s{1,3}(?:socket|posix)\s{0,2};/, rule: 'code.perl', isName: true },
  { needle: 'qx', form: /^qx\s{0,2}[/{(|].{1,80}[/})|]/, rule: 'code.perl', isName: true },
  {
    needle: 'system ',
    form: /^system\s{1,3}['"](?:\/bin|id|ls|cat|whoami|uname|wget|curl|ping|sleep|nc|bash|sh)\b/,
    rule: 'code.run',
    isName: true,
  },
  {
    needle: 'exec ',
    form: /^exec\s{1,3}['"](?:\/bin|id|ls|cat|whoami|uname|wget|curl|ping|sleep|nc|bash|sh)\b/,
    rule: 'code.run',
    isName: true,
  },
  {
    needle: '<!--',
    form: /^<!--\s{0,4}#\s{0,4}(?:exec|include|echo|printenv|set|config|fsize|flastmod|if)\b/,
    rule: 'code.server-include',
    isSure: true,
  },
  {
    needle: '<esi:',
    form: /^<esi:(?:include|inline|vars|assign|debug|eval|remove|try|choose|function)/,
    rule: 'code.edge-include',
  },
  { needle: 'xp_cmdshell', form: /^xp_cmdshell/, rule: 'code.run' },
  {
    needle: 'runtime.exec',
    form: /^runtime\.exec\s{0,2}\((?!(?:\w{1,60}\.(?:java|kt|scala|groovy)(?::\d{1,6})?|native method|unknown source)\))/,
    rule: 'code.java',
  },
  {
    needle: '{{',
    form: /^\{\{[^{}]{0,200}(?:\bconstructor\s{0,3}[.[(]|\bprocess\s{0,3}\.\s{0,3}(?:mainmodule|binding|getbuiltinmodule)|\brequire\s{0,3}\(|\bthis\.process|__lookupgetter__|preparestacktrace|getbuiltinmodule)/,
    rule: 'code.expression',
  },
  { needle: 'preparestacktrace', form: /^preparestacktrace\s{0,3}=/, rule: 'code.expression' },
  { needle: '__lookupgetter__', form: /^__lookupgetter__\s{0,3}\(/, rule: 'code.expression' },
];

/** Rarer ways to the same ends. */
export const rare: readonly Form[] = [
  { needle: 'ob_start', form: /^ob_start\s{0,3}\(\s{0,3}['"](?:system|exec|assert)/, rule: 'code.php', isName: true },
  {
    needle: 'array_filter',
    form: /^array_filter\s{0,3}\(.{0,80}['"](?:system|exec|assert|passthru)/,
    rule: 'code.php',
    isName: true,
  },
  { needle: 'register_shutdown', form: /^register_shutdown_function\s{0,3}\(\s{0,3}['"]/, rule: 'code.php' },
  { needle: 'system', form: /^system['"]?\)\s{0,2}\(\s{0,3}['"$]/, rule: 'code.php' },
  {
    needle: 'include',
    form: /^include(?:_once)?\s{0,3}\(?\s{0,3}['"](?:https?:|php:|data:|ftp:|\/(?:etc|proc|var|tmp))/,
    rule: 'code.php',
    isName: true,
  },
  { needle: 'chr(', form: /^chr\(\s{0,2}\d{1,3}\s{0,2}\)\s{0,2}[.+]\s{0,2}chr\(/, rule: 'code.php', isName: true },
  { needle: 'get_defined_vars', form: /^get_defined_vars\s{0,2}\(\s{0,2}\)/, rule: 'code.php' },
  { needle: '._load(', form: /^\._load\(\s{0,2}['"]/, rule: 'code.node' },
  { needle: 'global[', form: /^global\[\s{0,2}['"]process/, rule: 'code.node' },
  { needle: '].system(', form: /^/, rule: 'code.python' },
  { needle: 'pickle.loads', form: /^pickle\.loads\s{0,2}\(\s{0,2}(?:b?['"]|base64)/, rule: 'code.python' },
  { needle: 'const_get', form: /^const_get\s{0,2}\(\s{0,2}['":]{1,2}(?:kernel|process|io|file)/, rule: 'code.ruby' },
  { needle: 'dir.glob', form: /^dir\.(?:glob|entries)\s{0,2}\(\s{0,2}['"][/.*]/, rule: 'code.ruby', isName: true },
  { needle: "class['", form: /^class\['(?:module|classloader)/, rule: 'code.java' },
  { needle: 'groovyshell', form: /^groovyshell\s{0,2}\(/, rule: 'code.java' },
  { needle: 'asttest', form: /^asttest\s{0,2}\(/, rule: 'code.java' },
  { needle: '@grab(', form: /^@grab\(\s{0,2}['"]/, rule: 'code.java' },
  { needle: 'jdbcrowsetimpl', form: /^/, rule: 'code.java' },
  { needle: 'xmlapplicationcontext', form: /^/, rule: 'code.java' },
  { needle: 'assembly.load', form: /^assembly\.load(?:from|file)?\s{0,2}\(/, rule: 'code.dotnet' },
];
