/** Pages of those who run a site, where such pages stand: what the tricks below want to reach. */
const insiders =
  '/(?:(?:api|rest|v\\d|app|web|site|public|static|en|index\\.php|index\\.html)/){0,3}(?:admin|administrator|admin-?(?:panel|console|api)|adm|manager|management|actuator|console|internal|private|backend|backoffice|cpanel|superuser|sysadmin|restricted|heapdump|jolokia|server-status|metrics|debug|graphiql)';
/** A sign behind the page's name that some servers drop and others compare: `/admin;/`, `/admin%20/`, `/admin%2f`. */
const tailed = new RegExp(
  `^${insiders}(?:;(?!v=|jsessionid)|%3b|%0[09ad]|%23(?!\\w*-)|%3f(?!\\w{1,20}(?:=|%3d))|%5c|%c2%(?:a0|85)|%e2%80%(?:8[b-f]|a[89])|%ef%bb%bf|\\.\\.;|%2f|%20(?:/|$)|\\*$|~$)`,
);
const inner = new RegExp(`^${insiders}/(?:~|\\*|%20|%09|\\.json|%2e|\\.{1,3}|;\\w{0,8})/?$`);
const inside = new RegExp(`^${insiders}(?:/|$)`);
/** An escape of the escape of a letter or digit: no client escapes those even once. */
const twice = /%25(?:25)*(?:3\d|[46][1-9a-f]|[57][\da])/;
/** A parameter of the path that is an order to a shell. */
const order =
  /(?:;|%3b|\||%7c|%60|%24%28|\$\()(?:id|whoami|uname|ls|cat|wget|curl|ping|sleep|reboot|nslookup|telnetd|busybox|nc|sh|bash)(?:$|%20|\$|%24|\+|%09|;|%3b|\||%60|\)|%29)/;

/**
 * What the file system of Windows takes for another name (MS-FSCC section 2.1.5): the short name of a folder or a script, a search for one,
 * a stream, a device. Short names of pictures are left alone: old cameras and galleries have them.
 */
const ofWindows =
  /\/[\w-]{1,6}~\d(?:\/|$|\.(?:asp|ash|asm|con|php|jsp|cfm|bak|zip|sql|mdb|log|ini)[a-z~*]?(?:\/|$))|\/[\w*?-]{0,6}(?:\*~\d|~\d\*)|:\$(?:i30|data|index_allocation|bitmap|attribute_list)\b|\/(?:con|prn|aux|nul|com\d|lpt\d)(?:\.(?:aspx?|ashx|asmx|axd|cfm|php|jsp)|\/(?:con|prn|aux|nul|com\d|lpt\d))(?:[./:]|$)/i;
const deviceLike = /\/(?:con|prn|aux|nul|com\d|lpt\d)[./]/i;

/**
 * Whether one server reads a path as a page and the next as something beside it. Names that anybody may have are left alone: a sign behind
 * them counts only where the page is one of those who run a site. Linear in the path.
 */
export function isOddPath(path: string): boolean {
  const hasSign = path.includes(';') || path.includes('%') || path.includes('$');
  if (path.length > 2048) return false;
  if ((path.includes('~') || path.includes(':$') || deviceLike.test(path)) && ofWindows.test(path)) return true;
  if (!hasSign && !/[.~*/]\/?$/.test(path)) return false;
  const lower = path.toLowerCase();
  if (tailed.test(lower) || inner.test(lower)) return true;
  if (!hasSign) return false;
  // A parameter of the path without a name.
  if (/;\/|\.\.;|\/;(?!jsessionid|sid=|phpsessid)/.test(lower)) return true;
  return twice.test(lower) || order.test(lower) || (lower.includes('%ef%b') && isFolded(lower));
}

/** Whether the path leads to the pages of those who run a site. */
export function isInside(path: string): boolean {
  return path.length < 512 && inside.test(path.toLowerCase());
}

/** Unicode Standard Annex 15: what servers that normalise make of `／` and `ａ`. */
function isFolded(lower: string): boolean {
  let plain: string;
  try {
    plain = decodeURIComponent(lower);
  } catch {
    return false;
  }
  const normal = plain.normalize('NFKC').toLowerCase();
  return normal !== plain && inside.test(normal);
}
