/** Options by which a program that only took an argument writes a file, loads code or starts another program. */

import type { Hit } from '../../waf.ts';

/** What is run: the option's value is a command line. */
const running =
  /^--?(?:upload-pack|receive-pack|use-compress-program|compress-program|checkpoint-action|to-command|rsh(?:-command)?|ssh-command|unzip-command|suffix-command|open-files-in-pager|use-askpass|pre-?command|post-?command|init-command|info-script|new-volume-script|unpack|(?:browser|renderer|utility|gpu|ppapi|zygote)-(?:cmd-prefix|launcher|subprocess-path)|(?:on|run|start|stop|up|down|route-up)-?(?:cmd|command)|shell-command)[=\s]\s{0,2}\S/i;
/** What is run, where names of configurations and filters are honest: a command line or a path stands behind. */
const perhapsRunning =
  /^--?(?:exec(?:ute)?|pager|filter|editor|shell|config|require|import|load(?:-extension|-module)?|plugin|preload|script|eval|hook|proxy-command|external-diff|diff|merge-tool|template|include-pch|agent(?:lib|path)|javaagent|inspect-brk)[=:\s]\s{0,2}["']?(?:\/|\.\.\/|~\/|https?:|[\w./]{1,24}[;|&`$(]|(?:id|ls|sh|bash|cat|whoami|curl|wget|nc|touch|ping|sleep|calc(?:\.exe)?|cmd(?:\.exe)?|python3?|perl|uname|env)\b|process\.|require\(|core\.|alias\.|protocol\.|sh\s|exec:)/i;
/** What is written: a file in a folder that is served or read by the system. */
const writing =
  /^(?:--(?:output(?:-document|-file|-dir)?|dump-header|log-file|logfile|trace(?:-ascii)?|cookie-jar|directory-prefix|post-file|body-file|upload-file|stderr|libcurl|use-ascii)[=\s]\s{0,2}["']?(?:\/|\.\.\/)|-[oOTKFDEPXQ]\s?@?\/(?:var|tmp|etc|usr|home|srv|opt|root|dev|proc|www|inetpub)\/|-d\s{0,2}@\/|--post-file[=\s])/i;
/** One letter and a shell, or the command of `find`; options of ssh and sendmail. */
const single =
  /^-(?:[a-zA-Z]\s{1,3}(?:\/bin\/)?(?:ba|da|z|k)?sh\s{1,3}-c\b|exec(?:dir)?[\s=]\s{0,2}\S|ok\s\S|oproxycommand|oQueueDirectory=|X\/\S{1,60}\s-O|be\s{1,3}\$\{run|dSAFER=false|d\s{0,3}(?:allow_url_include|auto_prepend_file|disable_functions|open_basedir)\b)/i;

const longest = 400;

/** Reports a whole value that is such an option: `--output=/var/www/x.php`, `-oProxyCommand=id`. */
export function options(text: string, hit: Hit): void {
  const first = text.trimStart();
  if (first.length > longest) return;
  if (!first.startsWith('-')) return behindArgument(first, hit);
  const head = first.slice(0, 200);
  if (
    running.test(head) ||
    perhapsRunning.test(head) ||
    writing.test(head) ||
    single.test(head) ||
    lettered.test(head) ||
    known.test(head)
  )
    hit('shell.option', 0, text.length);
}

/** Letters that take a command in programs that are often given names: `tar -I`, `zip -T -TT`, `sendmail -f`, `git -c`, `ssh -o`, `rsync -e`. */
const known =
  /^(?:-I\s?(?:['"]\s{0,2}\/?[a-z][\w./ -]{0,60}['"]|(?:\/?[\w/]{0,40}\/)?(?:id|ls|sh|bash|whoami|curl|wget|nc|cat|touch|ping|sleep|uname|python3?|perl|ruby|php)(?:\s|$))|-T\s{1,3}\S{1,40}\s{1,3}(?:-TT\s|--unzip-command)|-TT\s{1,3}\S|-f\s?(?:root|www-data|nobody|daemon|apache|nginx|postmaster)\s{0,4}$|-[fr]\s?[\w.+-]{1,60}@[\w.-]{1,80}\s{1,3}-|-e\s{0,3}['"]?(?:\/bin\/|(?:ba|da|z|k)?sh\b|nc\s|curl\s|ssh\s-o)|-o\s?(?:proxycommand|localcommand|permitlocalcommand|knownhostscommand|pkcs11provider|identityagent)\b|-[iFSJ]\s?\/(?:etc|tmp|proc|dev|root|home)\/\S|-c\s{0,2}(?:core|alias|protocol|diff|filter|credential|http|url|gpg|sequence|uploadpack|receive)\.[\w.]{1,40}=|-K\s?\S{0,40}\/|-(?:eval|macro|x|-macro)\s{1,3}\S{0,40}(?:system|exec|macro:|shell)|-dNOSAFER|-sOutputFile=\s?(?:\/|%pipe|\|)|-(?:write|process|script|caption|label|comment)\s{1,3}@?\/\S|-r\s{1,3}["']?(?:system|exec|eval|passthru|shell_exec|phpinfo|echo|print|readfile|require|include)\s{0,2}[("'\s])/i;
/** Behind a name and the end of its command: the option that makes a converter or a mail program write. */
const behindEnd =
  /^[\w./:-]{1,120}\s{0,3}[;,|&]{0,2}\s{0,3}(?:-(?:write|process|script|authenticate|define|set|caption|label)\s{1,3}@?(?:["']?(?:\/|\.\.\/|[a-z]{2,6}:[^\s/])\S{1,120}|[\w.-]{1,40}\.(?:php\d?|phtml|jspx?|aspx?|cgi|sh|py|pl|rb))|-sOutputFile=\S|-dNOSAFER\b|-o(?:proxycommand|queuedirectory)\b)/i;

/** The letter for a command in most programs, and one that is no word of a sentence. */
const lettered =
  /^-[ce]\s{1,3}["']?(?:id|whoami|uname|ls|cat|curl|wget|nc|touch|ping|sh|bash|env|exec|system|eval|print|require|import|open|passthru|phpinfo|println|puts)\b(?:\s{0,3}["'(;:]|\s{1,3}\S{1,60}\s{0,3}$|\s{0,3}$)/i;

/** `http://a/ -o /var/www/a.php`, `x -exec id {} ;`: behind one plain argument, where nothing else is left of the line. */
function behindArgument(first: string, hit: Hit): void {
  if (behindEnd.test(first.slice(0, 300))) return hit('shell.option', 0, first.length);
  const blank = first.indexOf(' ');
  if (blank < 1 || blank > 120) return;
  const rest = first.slice(blank).trimStart().slice(0, 200);
  if (!rest.startsWith('-')) return;
  if (
    writing.test(rest)
      ? /^(?:[a-z][a-z\d+.-]{1,12}:\/\/|[\w-]{1,40}\.[\w.-]{1,60}$)/i.test(first.slice(0, blank))
      : finding.test(rest) || running.test(rest)
  )
    hit('shell.option', blank, first.length);
}

/** `find`: the command up to its end. */
const finding = /^-(?:exec|execdir|ok|okdir)\s{1,3}\S.{0,80}(?:\{\}\s{0,3}(?:\\?;|\+)?|\\?;)\s{0,3}$/;
