/** The words the detector of internal URLs knows: schemes, and names of fields. */

const schemes = [
  'gopher',
  'gophers',
  'dict',
  'jar',
  'netdoc',
  'phar',
  'php',
  'expect',
  'zip',
  'glob',
  'ogg',
  'ssh2',
  'ssh2.exec',
  'ssh2.shell',
  'ssh2.sftp',
  'ssh2.tunnel',
  'ldap',
  'ldaps',
  'tftp',
  'sftp',
  'compress.zlib',
  'compress.bzip2',
  'local_file',
  'rar',
  'zlib',
  'unix',
  'smb',
  'imap',
  'pop3',
  'telnet',
  'cosmos',
  'slp',
  'iiop',
  'corbaname',
  'rmi',
  'http+unix',
  'view-source',
  'subfile',
  'nfs',
  'finger',
  'rtmp+unix',
];
/** The same, to look one up. */
export const dangerous = new Set(schemes);
/** Of databases and queues: an address of one's own behind them is told in settings, and asked for where a URL is fetched. */
export const stores =
  /^(?:mongodb|redis|rediss|memcached?|mysql|postgres|postgresql|amqp|mqtt|mssql|sqlserver|couchdb|ssh|vnc|rdp|ntp|snmp|nntp|smtp|rsync|svn|git|rtsp|rtmp|mms|afp|x11|xmpp|kafka|nats|stomp|ws)$/;
/** Named by people about their own things too: only a whole value counts. */
export const ordinary = new Set([
  'sftp',
  'ldap',
  'ldaps',
  'imap',
  'pop3',
  'smb',
  'telnet',
  'zip',
  'unix',
  'rar',
  'slp',
]);
/** Names of fields whose value a server may fetch. */
export const fetched =
  /^(?:.{0,24}[_.-])?(?:u|url|uri|src|source|target|dest|destination|host|hostname|domain|server|proxy|fetch|load|file|filename|path|page|document|doc|image|img|picture|avatar|icon|photo|logo|feed|rss|xml|import|endpoint|api|site|web|website|link|href|data|resource|remote|webhook|hook|callback|notify|ping|check|test|preview|thumbnail|thumb|download|upload|get|view|open|show|content|template|include|dir|folder|q|query|search|id|name|value|input|text|val|validate|port|to|out|continue|window|next|reference|html|media|video|stream|address|ip|addr|rpc|db|location|service|backend|upstream|forward|request|req|param|key|user|body|message|comment|payload|x|a|p|s|v|f|go|goto|redir|redirect|return|r)(?:[_-]?(?:url|uri|path|link|host|name|src))?(?:\[\])?$/;
/** Names of fields that tell where a person is or is sent back to. */
export const ownPages =
  /(?:redirect|return|callback|origin|referr?er|success|cancel|logout|login|continue|next|(?:^|_)dl$|^dr$|^ref$|page_?(?:url|location)|document_?location|location_?href|^href$|base_?url)/;
/** Headers that name hosts by their nature. */
export const honestHeaders = new Set([
  'referer',
  'origin',
  'host',
  'forwarded',
  'via',
  'access-control-request-origin',
  'user-agent',
  'destination',
  'content-security-policy',
  'link',
  'cookie',
]);
/** Names of fields that say which script or page is included. */
export const included =
  /(?:^|[_.-])(?:file|file_?name|file_?path|download|read|open|retrieve|page|include|inc|template|tpl|path|dir|module|mod|load|view|content|document|doc|layout|lang|cat|board|root|conf|config|skin|theme|section|name|show|body|class|lib|src|basepath|abs_?path|mosconfig_absolute_path|p|id)(?:\[\])?$|path$|_dir$|root$/;
/** A text or picture on a machine by its number, cut off behind its name. */
export const numberedText =
  /^\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?\/(?:[\w.-]{1,40}\/){0,4}[\w.-]{1,40}\.(?:txt|inc|dat|phps?|gif|jpe?g|png)(?:\?{1,3}|\0|%00)$/;
/** An address or name with or without port and path, and nothing else. */
export const addressed = /^\/{0,6}(?:\[?[0-9a-fx.:%]{1,60}\]?|[a-z0-9.-]{1,80})(?::\d{1,5})?(?:[/?#][^\s]*)?$/;
/** What wakes the detector. */
export const needles: readonly string[] = [
  '://',
  'http:',
  'https:',
  ':\\\\',
  '//',
  ':/',
  '169.254',
  '127.0.0.1:',
  'localhost:',
  'metadata',
  'instance-data',
  '100.100.100.200',
  'fd00:ec2',
  '2852039166',
  '0xa9fea9fe',
  'php:',
  'unix:',
  'jar:',
  'data:',
  'expect:',
  'phar:',
  'dict:',
  'gopher:',
];
