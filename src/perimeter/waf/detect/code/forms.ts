/** How code of the usual server languages looks where it runs something: a literal to find, and what must stand around it. */

import type { Rule } from '../../waf.ts';

export interface Form {
  /** Lower case; wakes the detector and is where the form is tried. */
  readonly needle: string;
  /** Tried from the needle on, over at most 240 characters of the lower-case text. */
  readonly form: RegExp;
  readonly rule: Rule['id'];
  /** What stands before must be no letter, digit, underscore, dot or dollar sign: a function's own name. */
  readonly isName?: boolean;
  /** Unmistakable: counts in documents and prose too. */
  readonly isSure?: boolean;
}

/** The beginning of an argument that is no plain word: a quoted command, an outer variable, another call. */
const argument =
  /\s{0,3}\(\s{0,4}(?:['"`]|\$_|\$\{|\$\w{1,20}\s{0,3}[)[]|\$\w{1,20}\s{0,3}=|base64_decode|gzinflate|str_rot13|chr\s{0,2}\(|urldecode|hex2bin|implode|\\['"]|atob|get_defined|getallheaders|next\(|end\(|current\(|file_get|strrev|pos\(|hex)/
    .source;
const runs = (name: string, rule: Rule['id'] = 'code.php'): Form => ({
  needle: name,
  form: new RegExp(`^${name}${argument}`),
  rule,
  isName: true,
});

const php: readonly Form[] = [
  ...[
    'system',
    'shell_exec',
    'passthru',
    'popen',
    'proc_open',
    'pcntl_exec',
    'assert',
    'create_function',
    'file_put_contents',
    'file_get_contents',
  ].map(name => runs(name)),
  ...[
    'readfile',
    'highlight_file',
    'show_source',
    'base64_decode',
    'gzinflate',
    'str_rot13',
    'call_user_func',
    'scandir',
    'var_dump',
    'print_r',
    'move_uploaded_file',
  ].map(name => runs(name)),
  { needle: 'exec', form: new RegExp(`^exec${argument}`), rule: 'code.run', isName: true },
  {
    needle: 'eval',
    form: /^eval\s{0,3}\(\s{0,4}(?:['"`]|\$|base64_decode|gz|str_rot13|atob|string\.from|compile|chr\s{0,2}\(|phpinfo|system|__import__|require|unescape|stripslashes|request)/,
    rule: 'code.evaluate',
    isName: true,
  },
  {
    needle: '<?',
    form: /^<\?(?:php(?:\s{0,8}$|\s{0,8}[^\w\s,.!?)]|\s{1,8}[a-z_]\w{0,40}\s{0,2}[('"`$;:\\[{]|\s{1,8}(?:echo|print|namespace|class|function|use|if|else|foreach|for|while|require|include|die|exit|return)\b[^a-z]{1,4}[^a-z\s])|=\s{0,4}[`$\w'"(])/,
    rule: 'code.php-tag',
  },
  {
    needle: '<?',
    form: /^<\?\s{1,4}(?:echo|system|eval|phpinfo|passthru|exec|print|\$|@|include|`)/,
    rule: 'code.php-tag',
  },
  {
    needle: 'phpinfo',
    form: /^phpinfo\s{0,3}\(\s{0,3}(?:-?\d{0,3}|info_\w{1,20})\s{0,3}\)/,
    rule: 'code.php',
    isName: true,
  },
  {
    needle: 'md5',
    form: /^md5\s{0,2}\(\s{0,3}['"]?\w{1,24}['"]?\s{0,3}\)\s{0,3}\)?\s{0,3}(?:;|\}|\))/,
    rule: 'code.php-probe',
  },
  {
    needle: 'preg_replace',
    form: /^preg_replace\s{0,3}\(\s{0,3}['"][^'"]{0,60}\/[imsxuad]{0,4}e/,
    rule: 'code.php',
    isName: true,
  },
  { needle: 'call_user_func_array', form: /^call_user_func_array\s{0,3}\(/, rule: 'code.php', isName: true },
  {
    needle: 'array_map',
    form: /^array_map\s{0,3}\(\s{0,3}['"](?:system|exec|assert|passthru|eval)/,
    rule: 'code.php',
    isName: true,
  },
  {
    needle: 'usort',
    form: /^u[ak]?sort\s{0,3}\(.{0,60}['"](?:system|exec|assert|passthru)/,
    rule: 'code.php',
    isName: true,
  },
  { needle: '$_', form: /^\$_(?:get|post|request|cookie|server|files|env|session)\s{0,3}[[{]/, rule: 'code.php' },
  { needle: '$globals', form: /^\$globals\s{0,3}\[/, rule: 'code.php' },
  { needle: 'reflectionfunction', form: /^reflectionfunction\s{0,3}\(\s{0,3}['"]/, rule: 'code.php' },
  { needle: 'die(', form: /^die\(\s{0,3}(?:md5|@?print|system|phpinfo|['"`@$])/, rule: 'code.php-probe', isName: true },
  { needle: 'auto_prepend_file', form: /^auto_prepend_file\s{0,3}=/, rule: 'code.php-setting' },
  { needle: 'allow_url_include', form: /^allow_url_include\s{0,3}=/, rule: 'code.php-setting' },
  { needle: 'invokefunction', form: /^invokefunction/, rule: 'code.php' },
  { needle: '/pearcmd', form: /^\/pearcmd/, rule: 'code.php-setting' },
  { needle: 'config-create', form: /^config-create[+\s/&]/, rule: 'code.php-setting' },
  {
    needle: 'print',
    form: /^print(?:f|_r)?\s{0,2}\(\s{0,3}(?:md5|sha1|phpversion|php_uname|`|system|exec|7\*7|\d{2,9}\s{0,2}[*+^-]\s{0,2}\d{2,9}\s{0,2}\))/,
    rule: 'code.php-probe',
    isName: true,
  },
  {
    needle: 'echo',
    form: /^echo\s{0,3}\(?\s{0,3}(?:md5|sha1|phpversion|php_uname|`\w|\d{2,9}\s{0,2}[*+^]\s{0,2}\d{2,9})/,
    rule: 'code.php-probe',
    isName: true,
  },
];

const node: readonly Form[] = [
  { needle: 'child_process', form: /^child_process(?!\.[cm]?[jt]s\b|:\d|\/)/, rule: 'code.node' },
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

const python: readonly Form[] = [
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
    form: /^open\(\s{0,3}\\?['"]\/?(?:etc\/|proc\/|flag|root\/|\.\.\/).{0,60}(?:\)\.read|['"]\))/,
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

const ruby: readonly Form[] = [
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

const java: readonly Form[] = [
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
    form: /^\$\{\s{0,3}(?:\(?\s{0,3}#[a-z_]{1,20}\s{0,3}(?:=|\.)|@\w{1,12}\.\w|new\s{1,4}java|pagecontext|script:|@?print\s{0,2}\(|system\s{0,2}\(|phpinfo|eval\s{0,2}\(|@eval|die\s{0,2}\()/,
    rule: 'code.java',
  },
  { needle: 'redirect:', form: /^redirect:\s{0,3}[$%#]\{/, rule: 'code.java' },
  { needle: 'scriptenginemanager', form: /^scriptenginemanager\s{0,3}(?:\(|["'])/, rule: 'code.java' },
  {
    needle: '.forname',
    form: /^\.forname\s{0,3}\(\s{0,3}\\?['"](?:java|javax|org|com|sun)\./,
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

const others: readonly Form[] = [
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
    form: /^<%(?:@|\s{0,4}(?:eval|execute|response\.write|runtime|out\.print|server\.|system|request))/,
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
  { needle: 'runtime.exec', form: /^runtime\.exec\s{0,2}\(/, rule: 'code.java' },
  {
    needle: '{{',
    form: /^\{\{[^{}]{0,200}(?:\bconstructor\s{0,3}[.[(]|\bprocess\s{0,3}\.\s{0,3}(?:mainmodule|binding|getbuiltinmodule)|\brequire\s{0,3}\(|\bthis\.process|__lookupgetter__|preparestacktrace|getbuiltinmodule)/,
    rule: 'code.expression',
  },
  { needle: 'preparestacktrace', form: /^preparestacktrace\s{0,3}=/, rule: 'code.expression' },
  { needle: '__lookupgetter__', form: /^__lookupgetter__\s{0,3}\(/, rule: 'code.expression' },
];

/** Rarer ways to the same ends. */
const rare: readonly Form[] = [
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

/** All forms, of all languages. */
export const forms: readonly Form[] = [...php, ...node, ...python, ...ruby, ...java, ...others, ...rare];
