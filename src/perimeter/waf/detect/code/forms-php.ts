/** PHP. */

import type { Rule } from '../../waf.ts';
import type { Form } from './form.ts';

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

/** Calls, tags and settings of PHP. */
export const php: readonly Form[] = [
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
    form: /^eval\s{0,3}\(\s{0,4}(?:['"`]|\$|base64_decode|gz|str_rot13|atob|string\.from|compile|chr\s{0,2}\(|phpinfo|system|__import__|require|unescape|stripslashes|request|(?:hex2bin|convert_uudecode|urldecode|rawurldecode|pack|implode|join|strrev|strtr|openssl_decrypt|base_convert|gzuncompress|zlib_decode|decodeuri(?:component)?|buffer\.from|base64\.\w{6,16}|bytes\.fromhex|codecs\.decode|\w{2,24}\s{0,2}\(\s{0,2}\w{2,24})\s{0,2}\(\s{0,2}['"`$[\w])/,
    rule: 'code.evaluate',
    isName: true,
  },
  {
    needle: '<?',
    form: /^<\?(?!php\s{1,4}echo\s{0,3}["'][\w ,.!]{0,40}["']\s{0,2};?\s{0,3}\?>\s{1,3}[a-z']{2,24}[ ,] ?[a-z']{2,24})(?:php(?:\s{0,8}$|\s{0,8}[^\w\s,.!?)]|\s{1,8}[a-z_]\w{0,40}\s{0,2}[('"`$;:\\[{]|\s{1,8}(?:echo|print|namespace|class|function|use|if|else|foreach|for|while|require|include|die|exit|return)\b[^a-z]{1,4}[^a-z\s])|=\s{0,4}[`$\w'"(])/,
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
