import { gzipSync } from 'node:zlib';
import { enc, form, get, json, parts, raw, type Shape } from './shape.ts';

/** Programs that talk to programs, and tools of people who build. */
export const machineShapes: readonly Shape[] = [
  json('elasticsearch', '/logs-*/_search?ignore_unavailable=true', w => ({
    size: 20,
    sort: [{ '@timestamp': { order: 'desc' } }],
    query: {
      bool: {
        must: [{ query_string: { query: `message:"${w.words()}" AND NOT level:(debug OR info)` } }],
        filter: [{ range: { '@timestamp': { gte: 'now-15m' } } }, { exists: { field: 'host' } }],
        should: [{ regexp: { path: '/api/.*' } }],
      },
    },
    _source: ['a', 'b.*'],
  })),
  raw(
    'msearch',
    '/_msearch',
    'application/x-ndjson',
    w =>
      `{"index":"a-*"}\n{"query":{"match":{"title":${JSON.stringify(w.text())}}},"aggs":{"x":{"terms":{"field":"a.keyword"}}}}\n`,
  ),
  json('json-rpc', '/jsonrpc', w => ({
    jsonrpc: '2.0',
    method: 'call',
    id: w.below(1e9),
    params: {
      model: 'res.partner',
      method: 'web_search_read',
      args: [],
      kwargs: {
        domain: ['|', ['name', 'ilike', w.name()], ['id', '>', 0]],
        fields: ['name'],
        order: 'name asc',
        limit: 80,
      },
    },
  })),
  json('json-rpc batch', '/', w => [
    {
      jsonrpc: '2.0',
      id: 1,
      method: 'eth_call',
      params: [{ to: `0x${w.hex(40)}`, data: `0x${w.hex(200)}` }, 'latest'],
    },
  ]),
  raw(
    'grpc-web',
    '/pkg.Service/Get',
    'application/grpc-web+proto',
    w => Buffer.concat([Buffer.from([0, 0, 0, 0, 40]), Buffer.from(w.hex(80), 'hex')]),
    { headers: { 'x-grpc-web': '1', te: 'trailers' } },
  ),
  raw('protobuf log', '/log?format=json&hasfast=true', 'application/x-protobuf', w => Buffer.from(w.hex(400), 'hex')),
  raw(
    'octets',
    '/upload/part?partNumber=1&uploadId=abc',
    'application/octet-stream',
    w => Buffer.from(w.hex(1000), 'hex'),
    { method: 'PUT', headers: { 'content-md5': 'rL0Y20zC+Fzt72VPzMSk2A==' } },
  ),
  raw(
    'tus',
    '/files/24e533e02ec3bc40c387f1a0e460e216',
    'application/offset+octet-stream',
    w => Buffer.from(w.hex(500), 'hex'),
    {
      method: 'PATCH',
      headers: {
        'tus-resumable': '1.0.0',
        'upload-offset': '0',
        'upload-metadata': 'filename d29ybGRfZG9taW5hdGlvbl9wbGFuLnBkZg==,is_confidential',
      },
    },
  ),
  get(
    's3 signed',
    w =>
      `/bucket/a%20b/${w.pick(['résumé', 'x(1)', "l'a"])}.pdf?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIA${w.word(16).toUpperCase()}%2F20260101%2Feu-central-1%2Fs3%2Faws4_request&X-Amz-Date=20260101T000000Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host&X-Amz-Signature=${w.hex(64)}&response-content-disposition=attachment%3B%20filename%3D%22a%20b.pdf%22%3B%20filename%2A%3DUTF-8%27%27a%2520b.pdf`,
  ),
  parts('s3 post policy', '/', w => [
    { name: 'key', value: 'uploads/${filename}' },
    {
      name: 'policy',
      value: Buffer.from(
        JSON.stringify({
          expiration: '2026-12-30T12:00:00.000Z',
          conditions: [['starts-with', '$key', 'uploads/'], { acl: 'private' }, ['content-length-range', 0, 1048576]],
        }),
      ).toString('base64'),
    },
    { name: 'x-amz-signature', value: w.hex(64) },
    { name: 'file', value: Buffer.from(w.hex(600), 'hex'), filename: 'a b.png', type: 'image/png' },
  ]),
  raw(
    'caldav report',
    '/dav/calendars/olga/work/',
    'application/xml; charset=utf-8',
    () =>
      '<?xml version="1.0" encoding="utf-8"?><c:calendar-query xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav"><d:prop><d:getetag/><c:calendar-data/></d:prop><c:filter><c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT"><c:time-range start="20260101T000000Z" end="20260201T000000Z"/></c:comp-filter></c:comp-filter></c:filter></c:calendar-query>',
    { method: 'REPORT', headers: { depth: '1' } },
  ),
  raw(
    'webdav propfind',
    '/dav/files/olga/',
    'application/xml',
    () =>
      '<?xml version="1.0"?><d:propfind xmlns:d="DAV:" xmlns:oc="http://owncloud.org/ns"><d:prop><d:getlastmodified/><oc:fileid/></d:prop></d:propfind>',
    { method: 'PROPFIND', headers: { depth: '1' } },
  ),
  raw(
    'calendar put',
    '/dav/calendars/olga/work/1.ics',
    'text/calendar; charset=utf-8',
    w =>
      `BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:${w.uuid()}\r\nSUMMARY:${w.words()}\r\nDESCRIPTION:${w.text().replaceAll('\n', '\\n')}\r\nATTENDEE;CN="${w.name()}";ROLE=REQ-PARTICIPANT:mailto:${w.mail()}\r\nRRULE:FREQ=DAILY;COUNT=5\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n`,
    { method: 'PUT' },
  ),
  raw(
    'soap',
    '/services/Customer',
    'text/xml; charset=utf-8',
    w =>
      `<?xml version="1.0"?><soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:c="urn:c"><soapenv:Header/><soapenv:Body><c:find><c:name>${w.name().replace(/&/g, '&amp;')}</c:name><c:remark><![CDATA[${w.text()}]]></c:remark></c:find></soapenv:Body></soapenv:Envelope>`,
    { headers: { soapaction: '"urn:c#find"' } },
  ),
  raw(
    'xml-rpc',
    '/xmlrpc',
    'text/xml',
    w =>
      `<?xml version="1.0"?><methodCall><methodName>blog.newPost</methodName><params><param><value><string>${w.text().replace(/&/g, '&amp;').replace(/</g, '&lt;')}</string></value></param></params></methodCall>`,
  ),
  raw(
    'sitemap ping',
    '/feed',
    'application/atom+xml',
    w =>
      `<?xml version="1.0" encoding="utf-8"?>\n<entry xmlns="http://www.w3.org/2005/Atom"><title>${w.words().replace(/&/g, '&amp;').replace(/</g, '&lt;')}</title><content type="html">&lt;p&gt;x&lt;/p&gt;</content></entry>`,
  ),
  raw(
    'plist',
    '/ios/report',
    'application/x-apple-plist',
    w =>
      `<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0"><dict><key>id</key><string>${w.uuid()}</string></dict></plist>`,
  ),
  raw(
    'gzip events',
    '/intake/v2/events',
    'application/x-ndjson',
    w =>
      gzipSync(
        `{"metadata":{"service":{"name":"a"}}}\n{"error":{"exception":{"message":${JSON.stringify(w.text())}}}}\n`,
      ),
    { headers: { 'content-encoding': 'gzip' } },
  ),
  raw(
    'gzip json',
    '/v1/traces',
    'application/json',
    w =>
      gzipSync(
        JSON.stringify({
          resourceSpans: [
            {
              scopeSpans: [
                {
                  spans: [
                    {
                      traceId: w.hex(32),
                      name: 'SELECT orders',
                      attributes: [
                        { key: 'db.statement', value: { stringValue: w.code() } },
                        { key: 'http.target', value: { stringValue: '/a?b=../c' } },
                      ],
                    },
                  ],
                },
              ],
            },
          ],
        }),
      ),
    { headers: { 'content-encoding': 'gzip' } },
  ),
  json('loki push', '/loki/api/v1/push', w => ({
    streams: [
      {
        stream: { job: 'varlogs', filename: '/var/log/nginx/access.log' },
        values: [[`${w.time()}000000000`, `10.0.0.1 "GET /../x HTTP/1.1" 400 - ${w.text()}`]],
      },
    ],
  })),
  get(
    'prometheus',
    w =>
      `/api/v1/query_range?query=${enc('sum by (job) (rate(http_requests_total{code=~"5..|4..",path!~"/health.*"}[5m])) / 100 > bool 0')}&start=${w.time()}&end=${w.time()}&step=15`,
  ),
  json('grafana query', '/api/ds/query?ds_type=postgres&requestId=Q1', w => ({
    queries: [
      {
        refId: 'A',
        format: 'table',
        datasource: { uid: w.word(9) },
        rawQuery: true,
        expr: 'rate(x[1m])',
        legendFormat: '{{instance}} - {{job}}',
        intervalMs: 30000,
      },
    ],
    from: 'now-6h',
    to: 'now',
  })),
  json(
    'k8s patch',
    '/apis/apps/v1/namespaces/x/deployments/api',
    w => ({
      spec: {
        template: {
          metadata: { annotations: { 'kubectl.kubernetes.io/restartedAt': '2026-01-01T00:00:00Z' } },
          spec: {
            containers: [
              { name: 'api', image: `registry.example.com/api:${w.hex(7)}`, env: [{ name: 'A', value: '$(B)/c' }] },
            ],
          },
        },
      },
    }),
    { method: 'PATCH', type: 'application/strategic-merge-patch+json' },
  ),
  json(
    'json patch',
    '/api/users/1',
    w => [
      { op: 'replace', path: '/name', value: w.name() },
      { op: 'add', path: '/tags/-', value: w.text() },
      { op: 'remove', path: '/a~1b' },
    ],
    { method: 'PATCH', type: 'application/json-patch+json' },
  ),
  json('mongo-like filter', '/api/v1/query', w => ({
    where: { status: { in: ['open', 'x'] }, name: { contains: w.name() }, or: [{ a: { gt: 1 } }, { b: null }] },
    orderBy: { id: 'desc' },
    take: 10,
  })),
  json('strapi', '/api/upload/actions', w => ({
    data: { blocks: [{ __component: 'shared.rich-text', body: w.html() }], slug: 'a-b', locale: 'de' },
  })),
  json('hasura', '/v1/graphql', w => ({
    query: 'query ($w: orders_bool_exp!) { orders(where: $w, order_by: {created_at: desc}, limit: 10) { id total } }',
    variables: { w: { _and: [{ name: { _ilike: `%${w.name()}%` } }, { total: { _gte: 10 } }] } },
  })),
  get(
    'supabase',
    w =>
      `/rest/v1/orders?select=id,name,customer(name,email)&or=(status.eq.open,and(total.gt.10,name.ilike.*${enc(w.words())}*))&order=created_at.desc.nullslast&limit=20`,
    () => ({ apikey: 'eyJhbGciOiJIUzI1NiJ9.e30.x', prefer: 'count=exact' }),
  ),
  get(
    'solr',
    w =>
      `/solr/products/select?q=${enc(`name:"${w.words()}"~2 AND (price:[10 TO *] OR -stock:0)^2`)}&fq=%7B!tag%3Dx%7Dcat%3Aa&facet=true&facet.field=%7B!ex%3Dx%7Dcat&wt=json`,
  ),
  get(
    'algolia',
    w =>
      `/1/indexes/products?x-algolia-agent=${enc('Algolia for JavaScript (4.24.0); Browser (lite); instantsearch.js (4.75.1)')}&x-algolia-application-id=${w.word(10)}&query=${enc(w.words())}`,
  ),
  raw('algolia multi', '/1/indexes/*/queries', 'application/x-www-form-urlencoded', w =>
    JSON.stringify({
      requests: [
        {
          indexName: 'prod',
          params: `query=${enc(w.words())}&facetFilters=${enc('[["brand:O\'Neill"],["color:red"]]')}&highlightPreTag=__ais-highlight__&highlightPostTag=__%2Fais-highlight__`,
        },
      ],
    }),
  ),
  get(
    'github api',
    w => `/search/code?q=${enc(`${w.words()} in:file language:js repo:acme/app -path:test`)}&per_page=30`,
    () => ({
      authorization: 'Bearer ghp_abcdefghijklmnopqrstuvwxyz0123456789',
      'x-github-api-version': '2022-11-28',
      accept: 'application/vnd.github+json',
    }),
  ),
  get(
    'git refs',
    () => '/acme/app.git/info/refs?service=git-upload-pack',
    () => ({ 'git-protocol': 'version=2', 'user-agent': 'git/2.47.0' }),
  ),
  raw(
    'git upload-pack',
    '/acme/app.git/git-upload-pack',
    'application/x-git-upload-pack-request',
    w => `0014command=ls-refs\n0016object-format=sha10001000cpeel\n000csymrefs\n0032want ${w.hex(40)}\n0000`,
  ),
  get(
    'npm package',
    w => `/${w.pick(['@scope%2fname', '@types%2fnode', 'left-pad'])}?write=true`,
    () => ({ 'user-agent': 'npm/10.8.2 node/v20.18.0 linux x64 workspaces/false', 'npm-command': 'install' }),
  ),
  get(
    'docker manifest',
    w => `/v2/library/nginx/manifests/sha256:${w.hex(64)}`,
    () => ({ accept: 'application/vnd.oci.image.index.v1+json,application/vnd.docker.distribution.manifest.v2+json' }),
  ),
  get('static assets', w =>
    w.pick([
      `/assets/index-${w.token(6)}.js`,
      `/static/js/main.${w.hex(8)}.chunk.js?v=1.2.3`,
      '/wp-includes/js/jquery/jquery.min.js?ver=3.7.1',
      '/fonts/inter.var.woff2?v=4.0',
      '/favicon.ico',
      '/.well-known/assetlinks.json',
      '/apple-touch-icon-precomposed.png',
      '/ads.txt',
    ]),
  ),
  get('odd paths', w =>
    w.pick([
      '/wiki/C%2B%2B',
      '/wiki/AC/DC_(band)',
      "/artists/o'connor",
      '/tag/r%26b',
      '/a/b;jsessionid=1A2B3C',
      '/~olga/',
      '/@user/posts',
      '/de-AT/%C3%BCber-uns',
      '/x/%E2%9C%93',
      '/blog/2026/01/select-from-where',
      '/docs/etc/passwd-file-format',
      '/questions/123/how-do-i-cat-etc-hosts',
      '/archive/union-select-committee',
      '/files/report%20(1).pdf',
      '/v1/users/me:search',
      '/o/images%2Fa%20b.png?alt=media',
    ]),
  ),
  get('long ids', w =>
    `/d/${w.token(33)}/edit?usp=sharing&ouid=${w.below(1e15)}&rtpof=true&sd=true#heading=h.${w.word(10)}`.replace(
      /#.*/,
      '',
    ),
  ),
  get(
    'signalr',
    w =>
      `/hub/negotiate?negotiateVersion=1&id=${w.token(16)}&access_token=eyJ${w.token(60)}.eyJ${w.token(90)}.${w.token(32)}`,
  ),
  raw(
    'socket.io',
    w => `/socket.io/?EIO=4&transport=polling&t=${w.word(7)}&sid=${w.token(15)}`,
    'text/plain;charset=UTF-8',
    w => `42["message",${JSON.stringify({ room: '/a', text: w.text() })}]`,
  ),
  raw(
    'sockjs',
    w => `/ws/${w.below(999)}/${w.word(8)}/xhr_send`,
    'text/plain;charset=UTF-8',
    w =>
      JSON.stringify([
        JSON.stringify({ msg: 'method', method: 'login', params: [{ user: w.name(), text: w.text() }], id: '1' }),
      ]),
  ),
  form('google batch', '/_/ui/data/batchexecute?rpcids=a&f.sid=-1&bl=boq_x&hl=en&_reqid=1', w => ({
    'f.req': JSON.stringify([[['MkEWBc', JSON.stringify([[w.text(), 'auto', 'en', true], [null]]), null, 'generic']]]),
    at: `${w.token(20)}:${w.time()}`,
  })),
  json(
    'office telemetry',
    '/OneCollector/1.0/?cors=true&content-type=application/x-json-stream',
    w => ({
      name: 'Office.Online.Activity',
      iKey: `o:${w.hex(32)}`,
      data: { text: `{"exec":"cmd","q":${JSON.stringify(w.words())}}`, path: 'C:\\Users\\x\\AppData' },
    }),
    { type: 'application/x-json-stream' },
  ),
  json('feature flags', '/api/2/events/bulk', w => [
    {
      kind: 'index',
      creationDate: w.time(),
      context: { key: w.uuid(), expression: 'user.plan == "pro" && user.age >= 18 || !user.beta' },
    },
  ]),
  json('workflow of another tool', '/api/pipelines', w => ({
    yaml: `steps:\n  - run: |\n      npm ci && npm test\n      echo "\${{ secrets.TOKEN }}" | docker login -u x --password-stdin\n  - name: ${w.words()}\n    if: \${{ github.ref == 'refs/heads/main' }}`,
  })),
  json('state with strings of JSON', '/api/sync', w => ({
    state: JSON.stringify({ a: JSON.stringify({ b: w.text(), path: '../c' }), html: w.html().slice(0, 300) }),
    clock: w.time(),
  })),
  json('pictures in JSON', '/api/scan', w => ({
    image: `data:image/jpeg;base64,/9j/4AAQSkZJRg${Buffer.from(w.token(1200), 'base64url').toString('base64')}`,
    name: w.name(),
  })),
  json('push subscription', '/push', w => ({
    endpoint: `https://fcm.googleapis.com/fcm/send/${w.token(16)}:APA91b${w.token(90)}`,
    keys: { p256dh: w.token(65), auth: w.token(16) },
  })),
  json('webauthn', '/webauthn/verify', w => ({
    id: w.token(32),
    type: 'public-key',
    response: {
      clientDataJSON: Buffer.from(
        JSON.stringify({ type: 'webauthn.get', challenge: w.token(32), origin: 'https://app.example.com' }),
      ).toString('base64url'),
      authenticatorData: w.token(37),
      signature: w.token(71),
    },
  })),
  get(
    'private bits',
    w => `/api/me?access_token=eyJhbGciOiJSUzI1NiIsImtpZCI6IjEifQ.${w.token(150)}.${w.token(256)}`,
    w => ({
      authorization: `Basic ${Buffer.from(`${w.mail()}:p'a;s|s&${w.word(5)}`).toString('base64')}`,
      'x-requested-with': 'XMLHttpRequest',
      'if-none-match': `W/"${w.hex(32)}"`,
      'if-modified-since': 'Mon, 05 Jan 2026 10:00:00 GMT',
    }),
  ),
  get(
    'client hints',
    w => `/?v=${w.below(9)}`,
    () => ({
      'sec-ch-ua': '" Not A;Brand";v="99", "Chromium";v="131"',
      'sec-ch-ua-full-version-list': '"Google Chrome";v="131.0.6778.86"',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      baggage: 'sentry-environment=prod,sentry-release=a%40b',
      'x-forwarded-for': '203.0.113.7, 10.0.0.2',
      forwarded: 'for="[2001:db8::1]:4711";proto=https',
      via: '1.1 varnish (Varnish/7.0)',
    }),
  ),
];
