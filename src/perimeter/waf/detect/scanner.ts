import type { Detector, DetectorInput, Hit, Rule } from '../waf.ts';
import { isInRepository, isLeftBehind } from './scanner-files.ts';
import { adminPaths, callbacks, clients, rootPaths, secretPaths, tools } from './scanner-names.ts';
import { isProductProbe, productNeedles } from './scanner-products.ts';

const rules = [
  { id: 'scanner.agent', title: 'a tool that looks for holes', points: 5, paranoia: 1 },
  { id: 'scanner.agent_like', title: 'a tool for testing security', points: 3, paranoia: 1 },
  { id: 'scanner.script_client', title: 'a program rather than a browser', points: 2, paranoia: 3 },
  { id: 'scanner.secret_path', title: 'a search for a file of secrets or settings', points: 5, paranoia: 1 },
  { id: 'scanner.admin_path', title: 'a search for the pages of well-known products', points: 3, paranoia: 1 },
  { id: 'scanner.backup_path', title: 'a search for a copy left behind', points: 3, paranoia: 1 },
  { id: 'scanner.header', title: 'a header set by a tool that looks for holes', points: 5, paranoia: 1 },
] as const satisfies readonly Rule[];

const callbackRules = [
  {
    id: 'scanner.callback',
    title: 'a name at a service that tells an attacker what was reached',
    points: 5,
    paranoia: 1,
  },
] as const satisfies readonly Rule[];

const weakTools = new Set([
  'qualys',
  'detectify',
  'rapid7',
  'paloaltonetworks',
  'expanse',
  'censysinspect',
  'netsystemsresearch',
  'katana',
  'appscan',
  'metis',
  'whisker',
  'hello, world',
  'scanner/',
  'xray/',
  'burp suite',
  'vega/',
  'hakrawler',
  'pangolin',
]);

const exactAdmin = new Set([
  '/console',
  '/solr/',
  '/actuator',
  '/filemanager',
  '/nagios',
  '/zabbix',
  '/cacti',
  '/horde',
  '/magento',
  '/webdav',
  '/typo3/',
  '/jenkins/',
]);
const copies =
  /\.(?:bak|old|orig|save|swp|swo|backup|sql|sql\.gz|dump|tar\.gz|mdb|sqlite3?|db|rar|7z|pem|key|pfx|p12|kdbx|ovpn|tfstate|log|inc|conf|cfg|ini|DS_Store)$|~$|^\/(?:backup|dump|database|db|site|www|web|htdocs|public_html|wwwroot|archive|old|new|test|files|bak|code|src|app|api|admin|web1|upload|full|1|release)\.(?:zip|tar|tgz|gz|rar|7z|sql)$/;
const rootCopies =
  /^(?:\/[\w-]{1,24}){0,2}\/(?:backups?|dump|db|database|mysql|users|sql|wwwroot|public_html|db_backup|localhost|site|www|data|prod|production|staging|latest)\.(?:sql|sql\.gz|sql\.zip|tar|tar\.gz|tgz|bak|rar|7z|sqlite3?|mdb|dump)$/;
/** A whole site packed, at its top. */
const packed =
  /^\/(?:backups?|backup[-_]?\d{1,8}|www|wwwroot|web(?:site|root)?|public_html|htdocs|html|site|db|database|dump|sql|old|bak|wordpress|wp|joomla|home|root)\.(?:zip|tar|tgz|gz|rar|7z|bz2)$/;
/** A script where only what visitors bring or a page shows lies. */
const planted =
  /\/(?:wp-content\/uploads|wp-includes\/(?:fonts|images|css|certificates|assets|pomo|ixr|id3|text|widgets|blocks|block-patterns|style-engine|sodium_compat)|\.well-known|uploads?|fonts?)\/(?:[\w.-]{1,40}\/){0,4}[\w.-]{1,40}\.(?:php\d?|phtml|phar|jspx?|aspx?|ashx|cgi)$/;
/** Words tools give themselves, in what is no browser; those of machines that read codes and papers are none. */
const searching =
  /(?:^|[^a-z])(?:\w{0,20}exploit\w{0,12}|pentest\w{0,8}|fuzz(?:er|ing)?|brute-?forc\w{0,4}|0day|cve-\d{4}-\d{2,7}\S{0,12}|sql-?inject\w{0,6}|(?:vuln\w{0,10}|jndi|port|xss|sqli?|log4j|log4shell|spring4shell|shellshock|cms|dir|path|web-?vuln|cgi)[-_ ]?(?:scan|check|fuzz|find)\w{0,6})(?![a-z])/;
/** A name that is the whole of what a client says of itself, or stands before its version. */
const bareTools =
  /^(?:nmap|ncrack|vega|dirb|brutus|medusa|paros|webscarab|x8(?=[/:-])|gau|inql|graphw00f|intruder|tenable|netcraft|xray|hydra|amass|recon|sublist3r|masscan|nikto2|unicornscan|zap|burp|beef|sqlsus|bbqsql|wfuzz|fierce|theharvester|spiderfoot|cadaver|davtest|padbuster|jsql|uro|qsreplace|meg|httprobe|aquatone|webanalyze|gitdumper|git-dumper|dvcs-ripper|dumpster|exploitdb|msf|payload|scanner|scan|pwn|xsser|attack)(?:$|[\s/:_-]v?\d)/;
const doubled =
  /\.(?:csv|xlsx?|docx?|pdf|php\d?|jsp|aspx?|py|rb|js|json|txt|properties|ini|ya?ml|xml|config|conf|env|sql|html?)(?:\.(?:bak|old|orig|save|swp|backup|dist)|~)$/;

const rooms = /^[\w.-]{0,32}@[\w.-]{1,64}\/(?:mapi|owa|ews|ecp|powershell|oab|rpc)\b/;
/** What an installer or an editor left beside the settings, with its secrets in it. */
const leftOver =
  /\.(?:php\d?|config|conf|cnf|ini|ya?ml|env|properties|inc|cfg|aspx?|jsp)[-_.](?:dist|sample|default|example|bak\d?|backup|old|orig|copy|save[d\d]?|tmp|temp|swp|new|disabled|prod|dev|local|\d|txt|zip|gz)$/;
/** Logs of servers and builds at the top of a site. */
const logs =
  /^\/(?:(?:logs?|var|tmp|app|storage|wp-content|admin|api)\/)?(?:(?:php|npm|yarn|pnpm|lerna|composer|install|mysql|sql|nginx|apache2?|httpd|laravel|django|rails|django-error|http|mail|ssl|server|app|application|development|production|staging|catalina|wp|debug|trace|cron|queue|worker)[-_.]?)?(?:errors?|access|debug|log|logs)?[-_.](?:log|logs|out)(?:\.\d|\.txt|\.gz)?$/;
/** Keys of service accounts as their consoles name the file. */
const keysOf =
  /\/(?:[\w.-]{0,40}(?:firebase|gcp|gcloud|google|bigquery)[\w.-]{0,24}|)(?:adminsdk|service[-_]?account(?:[-_]?key)?|application_default_credentials|client_secrets?)[\w.-]{0,40}\.(?:json|p12|pem)$/;
/** Paths that only reach holes of the products: settings of a search server, tokens of a builder, pages that play a picture or script. */
const bypassed =
  /^\/solr\/(?:[\w.-]{1,40}\/)?(?:config|dataimport|replication|debug|admin|schema)(?:\/|$)|^\/_layouts\/1\d\/(?:spinstall|debug_dev|info\d|ghostfile|toolpane)[\w-]{0,16}\.(?:aspx|js|ashx)$|^\/app\/rest\/.{0,80}\/rpc2$|^\/app\/rest\/(?:debug|users\/id:)|\.(?:aspx|ashx|asmx|axd|jspx?|do|action)\.(?:js|css|png|jpe?g|gif|ico|axd)$/;
const agentWords: readonly string[] =
  'exploit pentest fuzz brute 0day cve- inject scan nmap ncrack vega dirb medusa paros webscarab x8/ x8: x8- gau inql graphw00f intruder tenable netcraft xray hydra amass recon sublist3r zap burp beef sqlsus fierce theharvester spiderfoot cadaver davtest padbuster jsql uro qsreplace meg httprobe aquatone webanalyze dump dvcs msf payload pwn attack xss log4 spring4 shellshock'.split(
    ' ',
  );

/** Pieces of what `isLeftBehind` knows. */
const files: readonly string[] =
  '.yml .yaml .toml .lock .tfvars caddyfile .config. bootstrap- application- server.xml context.xml composer.json package.json package-lock tsconfig jsconfig angular.json turbo.json nx.json lerna.json deno.json bower.json vercel.json secrets.json database.json .config.j .config.t .config.m .config.c gemfile pipfile requirements go.mod go.sum pom.xml build.gradle gradle.prop mix.exs rakefile makefile manage.py wsgi.py setup.py inventory hosts.ini filezilla sitemanager recentservers ws_ftp nohup sonar-project composer.phar artisan /. .jks .keystore .ppk .kdb .bcfks errorlog error_log .py .rb .cnf .env nbproject/ _darcs/ wc-logs wpforms backupbuddy ithemes _profiler/ __clockwork _wpeprivate composer/ node_modules/. readme.txt changelog. license. wp-config- /pma adminer _vti_ aspnet_client acunetix nikto nessus appscan netsparker nuclei w3af arachni openvas qualys burp wapiti skipfish webinspect whatweb dirbuster w00tw00t muieblackcat /rfi nonexist /aa nmap application_default client_secret visionheight'.split(
    ' ',
  );

/** Tools that search for holes, by the names they give themselves, the paths they ask for, and the names they want to be called back at. */
export const scanner: Detector = {
  id: 'scanner',
  rules,
  needles: [
    ...new Set([...tools, ...clients, ...secretPaths, ...adminPaths, ...rootPaths]),
    '.bak',
    '.old',
    '.orig',
    '.save',
    '.sw',
    '.backup',
    '.sql',
    '.dump',
    '.tar',
    '.tgz',
    '.zip',
    '.7z',
    '.rar',
    '.mdb',
    '.db',
    '.pem',
    '.key',
    '.pfx',
    '.p12',
    '.tfstate',
    '.kdbx',
    '.ovpn',
    '.ini',
    '.conf',
    '.cfg',
    '.inc',
    '.log',
    '.txt',
    '.dist',
    '.gz',
    '.sqlite',
    '.bz2',
    '.php',
    '.phtml',
    '.phar',
    '.jsp',
    '.asp',
    '.ashx',
    '.cgi',
    ...agentWords,
    '/mapi',
    '/owa',
    '/ews',
    '/ecp',
    '/powershell',
    '/oab',
    '/rpc',
    '~',
    '_log',
    '-dist',
    'adminsdk',
    'service-account',
    'service_account',
    '/solr/',
    '/app/rest/',
    '/_layouts/',
    'xdebug_',
    '-11d',
    'ywrtaw46mtek',
    '.aspx.',
    ...files,
    ...productNeedles,
  ],
  chars: 0,
  zones: ['path', 'header', 'query'],
  detect,
};

/** Names that are asked for only to tell somebody that they were asked for. */
export const callback: Detector = {
  id: 'callback',
  rules: callbackRules,
  needles: callbacks,
  chars: 0,
  detect: ({ lower }, hit) => findCallback(lower, hit),
};

function detect(input: DetectorInput, hit: Hit): void {
  const { lower, place } = input;
  if (place.zone === 'header' && place.name.toLowerCase() === 'user-agent') judgeAgent(lower, hit);
  else if (
    place.zone === 'header' &&
    /^(?:acunetix|x-arachni|x-scanner|x-wipp|x-ratproxy|x-zap-scan|x-netsparker|x-scan-memo|x-wvs)/.test(
      place.name.toLowerCase(),
    )
  )
    hit('scanner.header', 0, lower.length);
  if (place.zone === 'path') judgePath(lower, hit);
  if (place.zone === 'query' && place.part === 'name' && debugger_.test(lower)) hit('scanner.header', 0, lower.length);
  if (place.zone === 'query' && place.part === 'value' && (easterEgg.test(lower) || lower === backDoor))
    hit('scanner.agent', 0, lower.length);
  // A mail server's front door that is asked for a room behind it: `/autodiscover.json?@host/mapi/`.
  if (place.zone === 'query' && rooms.test(lower)) hit('scanner.secret_path', 0, lower.length);
}

/** Starts a debugger, or asks a language for its picture and with it for its version. */
const debugger_ = /^xdebug_(?:session|profile|trace|trigger|config)/;
const easterEgg = /^php[\da-f]{8}-[\da-f]{4}-11d\d-[\da-f]{4}-[\da-f]{12}$/;

/** `admin:11` in Base64: what cameras of one maker let in as everybody (CVE-2017-7921). */
const backDoor = 'ywrtaw46mtek';

function judgeAgent(lower: string, hit: Hit): void {
  const tool = tools.find(name => lower.includes(name));
  if (tool !== undefined) {
    const at = lower.indexOf(tool);
    const isWeak = isLikelyPerson(lower, tool) && !searching.test(lower);
    hit(isWeak ? 'scanner.agent_like' : 'scanner.agent', at, at + tool.length);
  } else if (bareTools.test(lower) || (searching.test(lower) && !/applewebkit|gecko\//.test(lower)))
    hit('scanner.agent', 0, lower.length);
  else {
    const client = clients.find(name => lower.includes(name));
    if (client !== undefined)
      hit('scanner.script_client', lower.indexOf(client), lower.indexOf(client) + client.length);
  }
}

/** A word that devices and programs of people carry too, in what a browser says of itself. */
function isLikelyPerson(lower: string, tool: string): boolean {
  return weakTools.has(tool) && (tool === 'scanner/' || /applewebkit|gecko\//.test(lower));
}

/** A host below one of the services: the name itself may be talked about. Names that end in a dot are the label of a family of services. */
function findCallback(lower: string, hit: Hit): void {
  for (const name of callbacks) {
    for (let at = lower.indexOf(name); at !== -1; at = lower.indexOf(name, at + name.length)) {
      const before = lower[at - 1] ?? '';
      const after = lower[at + name.length] ?? '';
      const isHost = (before === '.' && /[a-z0-9]/.test(lower[at - 2] ?? '')) || before === '/' || before === '@';
      if (!isHost || (name.endsWith('.') ? before !== '.' || !/[a-z]/.test(after) : /[a-z0-9-]/.test(after))) continue;
      if (before !== '.' && /\s/.test(lower.trim()) && lower.length > 200) continue;
      return hit('scanner.callback', at, at + name.length);
    }
  }
}

const pathCharsMax = 2048;
/** What kinds of credentials and nodes there are: n8n's editor asks for these lists, which hold no secrets. */
const described = /^\/(?:[\w-]{1,40}\/){0,3}types\/(?:credentials|nodes)\.json$/;

/** `lower` may be the whole path or one segment of it without its slash. */
function judgePath(lower: string, hit: Hit): void {
  // What is looked for stands near the beginning: no path of a file is longer.
  const short = lower.length > pathCharsMax ? lower.slice(0, pathCharsMax) : lower;
  const path = short.startsWith('/') ? short : `/${short}`;
  // The last segment was judged with the whole path, which tells a file of a site from one that a code host shows.
  if (path !== short && (leftOver.test(path) || path.startsWith('/.env'))) return;
  // A segment alone that holds an escaped slash stands in the whole path too, where one sees what is around it.
  if (!short.startsWith('/') && short.includes('/')) return;
  if (isInRepository(path)) return;
  if (isLeftBehind(path) || (path === short && isProductProbe(path)))
    return hit('scanner.secret_path', 0, lower.length);
  const secret = described.test(path)
    ? undefined
    : secretPaths.find(name => endsWell(path, name) || name === `${path}/`);
  if (secret !== undefined) return hit('scanner.secret_path', 0, lower.length);
  if (lower.startsWith('/')) {
    const root = rootPaths.find(name => path.startsWith(name) && (endsWell(path, name) || name.endsWith('ercheck')));
    if (root !== undefined || isBelowCopy(lower)) return hit('scanner.secret_path', 0, lower.length);
  }
  if (packed.test(lower) || versioned.test(lower) || planted.test(path))
    return hit('scanner.secret_path', 0, lower.length);
  if (leftOver.test(path) || logs.test(lower) || keysOf.test(path) || bypassed.test(lower))
    return hit('scanner.secret_path', 0, lower.length);
  const admin = adminPaths.find(name =>
    exactAdmin.has(name) ? path === name || path === name.replace(/\/$/, '') : endsWell(path, name),
  );
  if (admin !== undefined) return hit('scanner.admin_path', 0, lower.length);
  if (doubled.test(path)) return hit('scanner.secret_path', 0, lower.length);
  if (rootCopies.test(path)) return hit('scanner.secret_path', 0, lower.length);
  if (copies.test(path)) hit('scanner.backup_path', 0, lower.length);
}

/** Folders that hold another copy of the site, or the same one under a version: lists of names are tried below each. */
const copyFolder =
  /^\/(?:v\d{1,2}|old|new|bak|backups?|api|app|dev|test|staging|stage|beta|demo|www|web|public|html|htdocs|site|src|core|current|release)(?=\/[^/]{1,60}$)/;
/** A panel of a database or site with its version, as archives unpack. */
const versioned =
  /^\/(?:[\w-]{1,24}\/)?(?:phpmyadmin|pma|phppgadmin|adminer|mysqladmin|phpldapadmin|wordpress|joomla|drupal|typo3)[-_.]?v?\d{1,2}(?:\.\d{1,3}){1,3}(?:[-_.]\w{1,12})?(?:\/|\.php|$)/;

/** `/v1/private.key`, `/old/backup.zip`: a file, not a page, that is looked for at the top. */
function isBelowCopy(lower: string): boolean {
  const folder = copyFolder.exec(lower)?.[0];
  if (folder === undefined) return false;
  const rest = lower.slice(folder.length);
  if (packed.test(rest)) return true;
  return (
    (rest.includes('.') || rest.endsWith('file')) &&
    rootPaths.some(name => rest.startsWith(name) && !name.includes('/', 1) && endsWell(rest, name))
  );
}

/** The name stands in the path and ends there or at a sign, so that `/.environment` and `/.github` are none. */
function endsWell(path: string, name: string): boolean {
  const at = path.indexOf(name);
  if (at === -1) return false;
  if (name.endsWith('/')) return true;
  const after = path[at + name.length] ?? '';
  return after === '' || !/[a-z0-9-]/.test(after) || name.endsWith('.');
}
