import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { isDisguisedName } from './field-forms.ts';
import type { HeadInput } from './head.ts';
import { firstRule, tellHead } from './read.fixture.ts';

type Row = Record<string, string>;

const judge = (headers: Row, rest: Partial<HeadInput> = {}) =>
  firstRule({ method: 'GET', path: '/', query: '', ...rest, headers: { host: 'www.example.com', ...headers } });
const refuses = (rows: readonly Row[], rest: Partial<HeadInput> = {}) =>
  assert.deepEqual(
    rows.filter(row => judge(row, rest) === undefined),
    [],
  );
const takes = (rows: readonly Row[], rest: Partial<HeadInput> = {}) =>
  assert.deepEqual(
    rows.filter(row => judge(row, rest) !== undefined),
    [],
  );

describe('the forms of single fields', () => {
  it('refuses a host that is no name, no address or no site', () => {
    const hosts =
      'a b|a@b.example|a"b|..|{{7*7}}.a.example|a.example/x|a.example#b|a.example:80:1|a,b|-|169.254.169.254|2130706433|[::]';
    refuses(hosts.split('|').map(host => ({ host })));
    const names =
      'localhost:8080|127.0.0.1:5678|my_app.lan:3000|a.example.|xn--mnchen-3ya.example|[2001:db8::7]:443|n8n|10.0.0.5';
    takes(names.split('|').map(host => ({ host })));
  });
  it('refuses options and trailers that take fields away or bring them too late', () => {
    refuses([
      { connection: 'close, x-forwarded-for' },
      { connection: 'keep-alive, Authorization' },
      { 'proxy-connection': 'close, cookie' },
      { 'keep-alive': 'timeout=5, authorization' },
      { trailer: 'content-length' },
      { trailer: 'x-real-ip, x-forwarded-for' },
      { te: 'trailers, x-admin' },
      { expect: '100-continue, x' },
    ]);
    takes([
      { connection: 'keep-alive, Upgrade, HTTP2-Settings' },
      { connection: 'TE, close', te: 'trailers, deflate;q=0.5' },
      { 'proxy-connection': 'keep-alive', 'keep-alive': 'timeout=5, max=100' },
      { trailer: 'x-amz-checksum-crc32c, grpc-status', expect: '100-Continue' },
    ]);
  });
  it('refuses the words of a proxy when no caller stands beside them', () => {
    refuses([
      { 'x-forwarded-host': 'evil.test' },
      { 'x-forwarded-host': 'www.example.com, evil.test', 'x-forwarded-proto': 'https' },
      { 'x-forwarded-server': 'evil.test' },
      { 'x-forwarded-prefix': '/admin' },
      { 'x-forwarded-port': '1337' },
      { forwarded: 'evil.test' },
      { forwarded: 'host=evil.test' },
      { forwarded: 'for=x;by=<script>' },
      { forwarded: 'for=127.0.0.1;host=evil.test' },
    ]);
    takes([
      { 'x-forwarded-host': 'evil.test', 'x-forwarded-for': '203.0.113.7' },
      { 'x-forwarded-host': 'example.com:443' },
      { 'x-forwarded-port': '8443', host: 'a.example:8443' },
      { 'x-forwarded-prefix': '/app', via: '1.1 edge' },
      { forwarded: 'for=192.0.2.43, for="[2001:db8::17]";host=www.example.com;proto=https' },
    ]);
  });
  it('refuses lists without end and cookies within a cookie', () => {
    refuses([
      { 'accept-language': 'en,'.repeat(400) },
      { 'accept-encoding': '*;q=0,'.repeat(100) },
      { cookie: '$Version=1; a="x; session=secret; b="' },
    ]);
    takes([
      { accept: 'a/b, '.repeat(40) },
      { 'if-none-match': 'W/"a", "b"' },
      { cookie: '$Version=1; JSESSIONID=abc; $Path=/' },
      { cookie: 'prefs="a=b&c=d"; theme=dark' },
    ]);
  });
  it('refuses an origin that is none', () => {
    refuses(
      ['https://a.example`.b', 'https://a.example%60.b', 'https://a@b', 'https://{x}', 'nullx'].map(origin => ({
        origin,
      })),
    );
    takes(
      [
        'null',
        'https://my_app.example:8443',
        'file://',
        'capacitor://localhost',
        'moz-extension://0e2b-1f8c',
        'https://a.example/',
      ].map(origin => ({ origin })),
    );
  });
  it('refuses a caller from inside only where insiders work', () => {
    refuses([{ 'x-forwarded-for': '127.0.0.1' }, { 'x-real-ip': '::1' }, { forwarded: 'for="[::1]"' }], {
      path: '/admin/x',
    });
    takes([{ 'x-forwarded-for': '127.0.0.1' }, { 'x-real-ip': '::1' }], { path: '/healthz' });
    takes([{ 'x-forwarded-for': '203.0.113.7, 127.0.0.1' }], { path: '/admin/x' });
  });
  it('refuses what a front says of people and certificates when it says not whom it asked for', () => {
    const names =
      'remote-user x-webauth-user x-authenticated-userid x-ms-client-principal x-goog-authenticated-user-email x-amzn-oidc-identity x-kong-consumer-username x-authelia-username shib-session-id ssl-client-verify x-ssl-client-s-dn x-client-cert-verified x-forwarded-client-cert x-arr-clientcert client-cert x-amzn-mtls-clientcert-subject cf-client-cert-verified x-forwarded-tls-client-cert';
    refuses(names.split(' ').map(name => ({ [name]: 'CN=anna' })));
    takes(names.split(' ').map(name => ({ [name]: 'CN=anna', 'x-forwarded-for': '203.0.113.7' })));
    takes([
      { 'x-forwarded-client-cert': 'By=spiffe://a;Hash=b', 'x-request-id': '1', 'x-forwarded-proto': 'http' },
      { 'x-client-version': '3', 'x-client-id': 'web', 'x-client-data': 'CIi2yQE=', 'x-user-id': '42' },
      {
        'x-consumer-key': 'a',
        'x-client-certificate-pinning': 'off',
        'impersonate-user': 'anna',
        'x-remote-control': '1',
      },
    ]);
  });
  it('refuses what a program says to itself alone', () => {
    refuses([
      { 'x-middleware-subrequest-id': '1' },
      { 'x-appengine-cron': 'true' },
      { 'x-is-admin': 'true' },
      { 'x-bypass-auth': '1' },
    ]);
    takes([
      { 'x-appengine-queuename': 'q', 'user-agent': 'AppEngine-Google; (+http://code.google.com/appengine)' },
      { 'x-admin': 'false', 'x-cloudscheduler': 'true', 'x-debug': '0' },
    ]);
  });
  it('refuses credentials, cookies, methods and types that servers read in two ways', () => {
    const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
    refuses([
      { authorization: basic('admin\0:x') },
      { 'proxy-authorization': basic('a\nb:c') },
      { cookie: '=__Secure-id=fixed; sid=1' },
      { cookie: 'a=1; \xe2\x80\x80__Host-sid=fixed' },
      { cookie: 'sid="\\141\\144\\155"' },
      { 'x-http-method-override': 'POST /admin' },
      { 'content-type': 'text/html application/json' },
    ]);
    takes([
      { authorization: basic('anna:secret') },
      { authorization: basic('jürgen:paßwort') },
      { authorization: 'Bearer abc' },
      { cookie: '__Host-sid=abc; __Secure-x=1; näme=wert; =novalue' },
      { cookie: 'a="b\\054c\\073d"; path="C:\\new"' },
      { 'x-http-method-override': 'PATCH' },
      { 'content-type': 'application/json charset=utf-8' },
      { 'content-type': 'application/json; charset=utf-8' },
    ]);
  });
  it('tells names that only some servers take for another one', () => {
    for (const name of [
      'x_forwarded_host',
      'x.forwarded.for',
      'content_length',
      'content-length-',
      'transfer_encoding',
      'remote_user',
    ])
      assert.ok(isDisguisedName(name), name);
    for (const name of ['x_custom_header', 'x-forwarded-host', 'api_key', 'sm_user'])
      assert.ok(!isDisguisedName(name), name);
  });
});

describe('the forms of paths and queries', () => {
  const paths = (list: string) => list.split(' ').filter(path => judge({}, { path }) === undefined);

  it('refuses signs behind the pages of those who run a site', () => {
    const list =
      '/admin;/ /;/admin /;a=b/admin /me;.css /admin%20/ /admin%20 /admin..;/manager /admin%3f /admin%23x /index.php/admin;x.css /admin%2f /actuator;a=b/env /admin%e2%80%8b /admin/~ /api/admin/* /admin/%20/ /%2561dmin /%ef%bd%81dmin /api/v1/pods;id /cgi%3Bwget%20x';
    assert.deepEqual(paths(list), []);
  });
  it('takes the same signs where anybody may have them', () => {
    const list =
      '/cars;color=red/list /a.jsp;jsessionid=A1 /page%20 /tags/c%23 /wiki/Admin%3F /search/50%2525 /job/a%252Flogin/ /admin/ /admin/users /administration;v=2/x /admin%3Fpage%3D2 /news; /docs/admin%20guide.pdf /%E7%AE%A1%E7%90%86 /wiki/%EF%BC%A1%EF%BC%A2 /list;id=4 /;jsessionid=1A /api/users;limit=10 /a%3Bidea';
    assert.deepEqual(paths(list).length, list.split(' ').length);
  });
  it('refuses ways into products that no page of them uses', () => {
    const at = (path: string, query = '', headers: Row = {}) => judge(headers, { path, query });
    assert.ok(at('/glpi/vendor/htmlawed/htmlawed/htmLawedTest.php'));
    assert.ok(at('/index.php/apps/graphapi/vendor/microsoft/microsoft-graph/tests/GetPhpInfo.php/.css'));
    assert.ok(at('/api/index.php/v1/users', 'public=true'));
    assert.ok(at('/remote.php/dav/files/a', 'OC-Credential=admin&OC-Signature=0&OC-Verb=GET'));
    assert.ok(at('/cli', 'remoting=false', { side: 'download' }));
    assert.ok(at('/', '--env=local'));
    assert.ok(at('/index.php', '-s'));
    assert.ok(at('/index.php', '%ADd+allow_url_include%3d1'));
    assert.ok(at('/ajax-api/2.0/mlflow/artifacts/list', 'path=C:/&run_id=1'));
    assert.ok(at('/get-artifact', 'path=%2Fetc&run_uuid=a'));
    assert.ok(at('/onvif/device_service'));
    assert.ok(at('/cgi-bin/authLogin.cgi'));
    assert.ok(at('/descriptorByName/a.b.C/checkScript', 'value=x'));
    assert.ok(at('/wp-json/wp/v2/posts/1', 'id=1abc'));
    assert.ok(at('/api/snapshots/:key'));
    assert.equal(at('/get-artifact', 'path=plots%2Floss.png&run_uuid=a'), undefined);
    assert.equal(judge({}, { method: 'POST', path: '/onvif/device_service' }), undefined);
    assert.equal(at('/cgi-bin/authLogin.cgi', 'user=anna'), undefined);
    assert.equal(at('/wp-json/wp/v2/posts/1', 'id=1'), undefined);
    assert.equal(at('/api/snapshots/x8Zk'), undefined);
    assert.equal(at('/assets/vendor/jquery/jquery.min.js'), undefined);
    assert.equal(at('/vendor/orders.php'), undefined);
    assert.equal(at('/api/index.php/v1/content/articles', 'page=2'), undefined);
    assert.equal(at('/remote.php/dav/files/anna/Photos'), undefined);
    assert.equal(at('/cli', 'lang=en'), undefined);
    assert.equal(at('/', '-created&page=2'), undefined);
    assert.equal(at('/', 'sort=-price&q=a--b'), undefined);
  });
  it('refuses other names that Windows has for a file, where nobody links to them', () => {
    const odd =
      '/ADMIN~1/ /a/BACKUP~1/x /webcon~1.con /up/*~1*/.aspx /scripts:$i30:$INDEX_ALLOCATION/x /web.config::$DATA /con/aux.asp /aux.aspx /com1.asp/x /nul.php';
    assert.deepEqual(paths(odd), []);
    const plain =
      '/~anna/a /files/report~1.docx /photos/DSC_00~1.JPG /docs/aux-cables /con/schedule /com/example/App.class /api/prn/12 /data/x:$select /odata/Users(1)/$value';
    assert.equal(paths(plain).length, plain.split(' ').length);
  });
  it('refuses other sites that browsers would read and names that end early', () => {
    const at = (query: string) => judge({}, { query });
    for (const query of ['rd=%2F%09%2Fother.test', 'u=/%0a/other.test', 'u=https:%09//other.test', '%00a=1', 'a%00=1'])
      assert.ok(at(query), query);
    for (const query of ['next=%2F%2Fcdn.example.com', 'text=a%0A%2Fb', 'info_hash=%00%12a', 'path=%2Fa%0A%2Fb'])
      assert.equal(at(query), undefined, query);
  });
  it('refuses ways to another site that only browsers see', () => {
    const at = (query: string) => judge({}, { query });
    for (const query of [
      'rd=%5C%5Cother.test',
      'redirect=/\\other.test',
      'next=%2F%5Cother.test',
      'a=1&redirect_uri=https://own.test%23@other.test',
      'return_to=https%3A%2F%2Fown.test%40other.test',
    ])
      assert.ok(at(query), query);
    for (const query of [
      'next=%2Fdashboard',
      'redirect_uri=https%3A%2F%2Fown.test%2Fcb',
      'next=https://own.test/@anna',
      'return_to=https%3A%2F%2Fown.test%2F%40anna',
      'redirect=https://own.test?mail=a@b.test',
      'path=%5C%5Cserver%5Cshare',
      'url=https://anna@own.test/',
    ])
      assert.equal(at(query), undefined, query);
  });
  it('refuses parameters without end and one that hides behind what a cache leaves out', () => {
    const at = (query: string) => judge({}, { query });
    assert.equal(tellHead({ query: 'a=1&'.repeat(1200) }).problem?.kind, 'too_many');
    assert.equal(tellHead({ query: 'id=12&'.repeat(300) }).problem, undefined);
    assert.ok(at('lang=en&utm_content=x;lang=evil'));
    assert.equal(at('a=1&utm_medium=b;c&q=x;y=2'), undefined);
  });
});
