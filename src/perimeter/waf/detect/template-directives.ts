/** What directives of template languages and markup of documents look like where they stand without an expression's brackets. */

import type { DetectorInput, Hit } from '../waf.ts';
import { anyOf } from './reading.ts';

const setForm =
  /#set\s{0,4}\(\s{0,4}\$\w{1,30}\s{0,4}=(?!\s{0,4}\$(?!\w{1,20}\.(?:class|getclass)|class|request|session|application|context)[\w.]{2,40}\s{0,4}\))/;
const probeWhole =
  /^\s{0,4}(?:\[\[\s{0,3}\$?\{?\d{1,9}\s{0,3}\*\s{0,3}\d{1,9}\}?\s{0,3}\]\]|\$\{\{<%\[%['"]{1,2}\}\}%\\?\.?|#foreach\s{0,3}\(\s{0,3}\$\w{1,20}\s{1,3}in\s{1,3}\[|\$\{\s{0,3}\d{2,9}\s{0,3}[-+*]\s{0,3}\d{1,9}\s{0,3}\}\s{0,4}$|\{@math\s|@html\.raw\s{0,2}\(|@\(?\s{0,3}(?:datetime|guid|environment|viewbag|httpcontext)\.|<#list\s(?:[^>]{0,60}[?]|\d{1,4}\.\.)|#parse\s{0,2}\(\s{0,2}["']|#define\s{0,2}\(\s{0,2}\$|@\(?\s{0,3}(?:model|this|viewbag|html|url|context)\.gettype\s{0,2}\(|\{var\s{1,3}\$\w{1,12}\s{0,3}=\s{0,3}\d{1,9}\s{0,2}[-+*/]|@using\s{1,3}system\.|@functions\s{0,3}\{|@request\.(?:servervariables|headers|form|querystring|cookies|params)|@html\.(?:partial|action|renderaction|renderpartial)\s{0,2}\(|<@[^>]{0,60}\?(?:interpret|eval|new|api)|<%(?:perl|namespace\s|inherit\s|def\s|doc>|python)|#if\s{0,3}\(\s{0,3}[\d'"]{1,9}\s{0,3}[=!<>]{1,2}|#macro\s{0,2}\(|<#if\s{1,3}[\d'"]|@foreach\s{0,2}\(\s{0,2}var\s(?!\s{0,2}\w{1,30}\sin\s(?:@?model|viewbag|items|\w{1,30}\.items)\b)|<#(?:assign|include|import|function|macro|setting|attempt)\b)/;
/** Nothing but a product between signs that no calculation begins with: `~[1337*1337]`, `#(12*12)`. */
const signedProduct =
  /^\s{0,4}[=({[<|]{0,2}[~#$%@*!&^<{|?][~#$%@*!&^<>{|?=([]{1,3}\s{0,2}['"]?\d{1,9}['"]?\s{0,2}\*\s{0,2}['"]?\d{1,9}['"]?\s{0,2}[)\]}%>|`~#$@!?^&*]{1,4}\s{0,4}$/;
/** The same between brackets that hold a sign of their own: `{{=7*7=}}`, `$[7*7]`; a bracket alone is anybody's. */
const bracketedProduct =
  /^\s{0,4}(?:[{[<]{1,3}[=:#%~$@!+-]{1,2}|\$\[{1,2})\s{0,2}\d{1,9}\s{0,2}\*\s{0,2}\d{1,9}\s{0,2}[=:#%~$@!+-]{0,2}[}\]>]{1,3}\s{0,4}$/;
/** Values that begin with a directive of a language whose lines or tags say what they are. */
const wholeDirective = anyOf([
  /^\s{0,4}[%#]\s{0,3}import\s{1,3}(?:os|sys|subprocess|socket|pty|commands|shutil)\s{0,4}(?:$|[\r\n;,])/,
  /^\s{0,4}#silent\s{1,3}\$/,
  /^\s{0,4}<py:(?:for|if|def|with|replace|match|choose|python)\b/,
  /^\s{0,4}<[a-z][\w:]{0,20}\s[^<>]{0,80}\b(?:tal:(?:content|replace|define|repeat|condition|attributes)|py:(?:content|replace|for|if|attrs))\s{0,2}=/,
  /^\s{0,4}<(?:!--\s{0,3})?tmpl_(?:var|include|loop|if|unless)\b/,
  /^\s{0,4}#(?:server|application|cgi|session|variables|request)\.[\w.]{2,60}#\s{0,4}$/,
  /^\s{0,4}#(?:expandpath|gettickcount|dump|writedump|createobject|evaluate|getbasetemplatepath|getfunctionlist|serializejson|fileread|now)\s{0,2}\([^#]{0,120}\)#\s{0,4}$/,
  /^\s{0,4}\$!?\{?(?:math\.(?:add|sub|mul|div|pow|mod|random|tonumber)|convert\.\w{2,20}|application\.\w{2,30}|session\.\w{2,30})\s{0,2}\(/,
  /^\s{0,4}\$!?\{?velocitycount\}?\s{0,4}$/,
  /^\s{0,4}\$(?:eval|parse|evaluate(?:expression)?)\s{0,2}\(\s{0,2}(?:['"`]|\d)/,
  /^\s{0,4}@(?:context\.(?:request|response)\w{0,20}|configuration\s{0,2}\[\s{0,2}["']|inject\s{1,3}[\w.<>]{2,60}\s{1,3}\w{1,20}\s{0,4}$|inject\(\s{0,2}['"][^'"]{1,40}['"]\s{0,2},\s{0,2}['"])/,
  /^\s{0,4}@(?:viewcontext\.|(?:viewdata|tempdata)\s{0,2}\[|typeof\s{0,2}\(|for\s{0,2}\(\s{0,2}(?:int|var)\s|while\s{0,2}\(|\{\s{0,3}(?:int|string|console|response|throw)[\s.])/,
  // Documents that take files in: reStructuredText, AsciiDoc.
  /^\s{0,4}\.\.\s{1,3}(?:raw|include|csv-table|literalinclude|code-block|math)::[^]{0,120}:(?:file|url):\s{0,3}(?:\/|\.\.|https?:|file:)/,
  /^\s{0,4}include::(?:https?:\/\/|\/|file:|\.\.\/)[^\s[]{1,200}\[/,
]);
/** LaTeX that leaves the document: a shell, a script, a file by its whole path or through a pipe. */
const typesetting = anyOf([
  /\\(?:immediate\s{0,3})?\\?write18\s{0,2}\{/,
  /\\immediate\s{0,3}\\(?:write|openout|openin)\d{0,2}\b/,
  /\\directlua\s{0,2}\{[^}]{0,80}(?:os|io|require|loadstring|lfs)\b/,
  /\\(?:verbatiminput|lstinputlisting|inputminted\{\w{1,20}\}|input|include|openin\s{0,2}\\?\w{1,12}\s{0,2}=)\s{0,2}\{?\s{0,2}(?:\||\/[a-z]|~\/|[a-z]:\\)/,
  /\\openout\s{0,2}\\?\w{1,12}\s{0,2}=/,
]);
/** XWiki's macros, which hold a script of the server between their beginning and end. */
const scriptMacro =
  /\{\{(groovy|velocity|python|php|ruby|jruby|beanshell|script|async)\b[^{}]{0,80}\}\}[^]{0,600}\{\{\/\1\}\}/;
const velocityCall =
  /\$!?(?:request|response|session|application|class|field|link|esc|date)\.(?:getclass|class\b|getservletcontext|getsession|getrealpath|inspect)|\$\{?!?\{?[\w.]{0,40}class\.(?:inspect|forname|getclass|type)|\$class\.|\$!?\w{1,20}\.getclass\s{0,2}\(|#evaluate\s{0,3}\(|#include\s{0,3}\(\s{0,3}['"]|\.getclass\(\)\.forname/;

/** Directives that stand on their own: Velocity's `#set`, Freemarker's `<#assign`, Razor's `@System`, server tags. */
export function directives({ lower, text }: DetectorInput, hit: Hit): void {
  if (lower.length < 60 && (signedProduct.test(lower) || bracketedProduct.test(lower)))
    hit('template.arithmetic', 0, lower.length);
  if (lower.length < 400 && (probeWhole.test(lower) || wholeDirective.test(lower))) hit('template.directive', 0, 4);
  macros(lower, hit);
  const set = lower.indexOf('#set');
  if (set >= 0 && setForm.test(lower.slice(set, set + 80)) && (text.length < 1500 || lower.includes('.class')))
    hit('template.directive', set, set + 4);
  const many = /[{$#*]\{\s{0,2}<%|<%\s{0,2}\[%|\{\{\s{0,2}<%/.exec(lower.slice(0, 4096));
  if (many !== null) hit('template.arithmetic', many.index, many.index + many[0].length);
  const dollar = lower.indexOf('$');
  const hash = lower.indexOf('#');
  if ((dollar >= 0 || hash >= 0) && velocityCall.test(lower.slice(0, 4096)))
    hit('template.directive', Math.max(dollar, 0), Math.max(dollar, 0) + 1);
  const razor = lower.indexOf('@system.');
  if (
    razor >= 0 &&
    /^@system\.(?:diagnostics|io|reflection|environment|datetime|net|appdomain|web|threading|text)/.test(
      lower.slice(razor, razor + 30),
    )
  )
    hit('template.directive', razor, razor + 8);
}

function macros(lower: string, hit: Hit): void {
  const slash = lower.indexOf('\\');
  if (slash >= 0 && typesetting.test(lower.slice(slash, slash + 4096))) hit('template.directive', slash, slash + 2);
  const open = lower.indexOf('{{');
  if (open < 0) return;
  const piece = lower.slice(open, open + 1200);
  if (!/^\{\{(?:groovy|velocity|python|php|j?ruby|beanshell|script|async)\b/.test(piece)) return;
  if (scriptMacro.test(piece)) hit('template.directive', open, open + 2);
}
