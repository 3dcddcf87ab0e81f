import { deflateSync, gzipSync } from 'node:zlib';
import { enc, form, get, json, raw, type Shape } from '../shape.ts';

/** Programs and pages that talk to servers. */
export const serviceShapes: readonly Shape[] = [
  get(
    'ga classic',
    w =>
      `/collect?v=1&_v=j101&a=${w.below(2e9)}&t=event&_s=2&dl=${enc('https://www.example.com/x?a=b')}&dt=${enc(w.text().slice(0, 50))}&ec=Outbound%20links&ea=${enc('click: a > span')}&el=${enc(w.words())}&cid=${w.below(2e9)}.${w.time()}&tid=UA-1-1&z=${w.below(2e9)}`,
  ),
  get(
    'adobe beacon',
    w =>
      `/b/ss/acme/1/JS-2.23.0/s${w.below(1e13)}?AQB=1&ndh=1&pf=1&t=1%2F10%2F2026%2010%3A0%3A0%200%20-60&ce=UTF-8&pageName=${enc('de|shop|search:' + w.words())}&g=${enc('https://www.example.com/')}&cc=EUR&events=event1%2Cevent2%3D3&products=%3Ba%3B1%3B9.99&c1=D%3Dv1&AQE=1`,
  ),
  get(
    'fb pixel',
    w =>
      `/tr/?id=${w.below(1e15)}&ev=PageView&dl=${enc('https://www.example.com/?q=' + w.words())}&cd[content_ids]=%5B%22a-1%22%5D&cd[value]=19.9&sw=1440&v=2.9.176&fbp=fb.1.${w.time()}.${w.below(1e9)}&it=${w.time()}&coo=false`,
  ),
  get(
    'hotjar',
    w =>
      `/hit?c=${w.uuid()}&r=https%3A%2F%2Fwww.example.com%2F%23%2Froute%3Fx&l=${enc(w.text().slice(0, 60))}&sh=900&b=${enc('Mozilla/5.0 (X11)')}`,
  ),
  get(
    'bid request',
    w =>
      `/openrtb?bid=${enc(JSON.stringify({ id: w.uuid(), imp: [{ banner: { format: [{ w: 300, h: 250 }] } }], site: { page: 'https://x.example/?a=b&c=d', kw: w.words() }, user: { ext: { consent: `CP${w.token(50)}` } } }))}&cb=${w.below(1e9)}`,
  ),
  json(
    'prebid',
    '/prebid',
    w => ({
      id: w.uuid(),
      imp: [{ id: '1', banner: { w: 728, h: 90 }, ext: { data: { adslot: '/123/home#top' } } }],
      site: { page: `https://x.example/?q=${enc(w.words())}`, ref: '' },
      regs: { ext: { gdpr: 1, us_privacy: '1---' } },
    }),
    { type: 'text/plain' },
  ),
  form('amplitude', '/', w => ({
    checksum: w.hex(32),
    client: w.hex(32),
    e: JSON.stringify([
      {
        event_type: 'Search',
        event_properties: { query: w.text(), path: '/a/../b' },
        user_properties: { $setOnce: { initial_utm: 'x' }, $add: { n: 1 } },
      },
    ]),
    v: '2',
  })),
  raw('compressed analytics', '/i/v0/e/?compression=gzip-js', 'text/plain', w =>
    gzipSync(
      JSON.stringify([{ event: '$pageview', properties: { $current_url: 'https://x.example/', title: w.text() } }]),
    ),
  ),
  form('base64 analytics', '/s/', w => ({
    data: Buffer.from(
      JSON.stringify({
        event: '$snapshot',
        properties: {
          $snapshot_data: [
            {
              type: 3,
              data: { source: 2, text: w.text(), tagName: 'script', attributes: { src: 'https://x.example/a.js' } },
            },
          ],
        },
      }),
    ).toString('base64'),
  })),
  raw('zipped beacon', '/rb_bf', 'application/octet-stream', w => deflateSync(`a=1&u=${enc(w.text())}`)),
  json(
    'rum',
    '/api/v2/rum?ddsource=browser',
    w => ({
      type: 'resource',
      resource: { url: 'https://api.example.com/a?q=1%27', method: 'GET', status_code: 500 },
      error: {
        message: "Failed to execute 'removeChild' on 'Node'",
        stack: 'Error: x\n at t.<anonymous> @ https://x.example/a.js:1:2\n at eval (eval at <anonymous>)',
      },
      view: { url: `https://x.example/#${w.words()}` },
    }),
    { type: 'text/plain;charset=UTF-8' },
  ),
  json('js error', '/errors', w => ({
    message: w.pick([
      'Uncaught ReferenceError: alert is not defined',
      "Cannot find module './../x'",
      "Unexpected token '}'",
      'Invalid regular expression: /(?<!a)/',
    ]),
    stack: 'at Function.prototype.call (<anonymous>)\n at HTMLDivElement.onclick (https://x.example/:1:1)',
    extra: w.text(),
  })),
  json(
    'nel',
    '/nel',
    w => [
      {
        age: 1,
        type: 'network-error',
        url: `https://x.example/?q=${enc(w.words())}`,
        body: { phase: 'connection', type: 'tcp.reset', method: 'GET', referrer: '' },
      },
    ],
    { type: 'application/reports+json' },
  ),
  json(
    'csp reports',
    '/r',
    w => [
      {
        type: 'csp-violation',
        url: 'https://x.example',
        body: {
          effectiveDirective: 'script-src-attr',
          blockedURL: 'inline',
          sample: w.pick(['onclick="go()"', 'javascript:void(0)', 'var a=1;document.write(']),
          originalPolicy: "script-src 'self' 'unsafe-eval'",
        },
      },
    ],
    { type: 'application/reports+json' },
  ),
  json('graphql batch', '/graphql', w => [
    {
      operationName: 'A',
      variables: { q: w.text(), f: { AND: [{ name_contains: w.name() }, { OR: [{ x_gt: 1 }] }] } },
      query: 'query A($q: String!) { a(q: $q) { ...on B { c @include(if: true) } __typename } }',
    },
  ]),
  json('graphql mutation inline', '/api', w => ({
    query: `mutation { addComment(input: {subjectId: "MDU=", body: ${JSON.stringify(w.text())}}) { clientMutationId } }`,
  })),
  raw(
    'graphql body',
    '/graphql',
    'application/graphql',
    w =>
      `{ user(login: "olga") { name repositories(first: 5, orderBy: {field: STARS, direction: DESC}) { nodes { name } } } } # ${w.words().replaceAll('\n', ' ')}`,
  ),
  get('introspection by a tool', () => `/graphql?query=${enc('{__schema{queryType{name}}}')}`),
  get(
    'odata v4',
    w =>
      `/api/data/v9.2/accounts?$select=name&$filter=${enc(`startswith(name,'${w.name().replaceAll("'", "''")}') and (revenue ge 1000 or statecode eq 0)`)}&$orderby=name%20asc&$expand=primarycontactid($select=fullname)`,
  ),
  get(
    'sharepoint',
    w =>
      `/_api/web/lists/getbytitle('${enc("Team's Docs").replaceAll("'", "''")}')/items?$filter=Title%20eq%20%27${enc(w.words()).replaceAll("'", "''")}%27&$top=50`,
  ),
  get(
    'jql',
    w =>
      `/rest/api/2/search?jql=${enc(`project in (OPS, "R&D") AND text ~ "${w.words().replaceAll('"', '')}" AND status != Done ORDER BY updated DESC`)}&maxResults=50&fields=*navigable,-comment`,
  ),
  get(
    'cql',
    w =>
      `/wiki/rest/api/search?cql=${enc(`siteSearch ~ "${w.words().replaceAll('"', '')}" and space in ("X") and type in ("page","blogpost")`)}&expand=body.view,space&limit=20`,
  ),
  json('jql post', '/rest/api/3/search/jql', w => ({
    jql: `summary ~ "${w.words().replaceAll('"', '')}" OR description ~ '${w.name().replaceAll("'", "\\'")}'`,
    fields: ['*all'],
  })),
  json('salesforce', '/services/data/v61.0/composite', w => ({
    compositeRequest: [
      {
        method: 'PATCH',
        url: '/services/data/v61.0/sobjects/Lead/00Q',
        referenceId: 'r',
        body: { LastName: w.name(), Description: w.text() },
      },
    ],
  })),
  get('soql by a dashboard', w => `/services/data/v61.0/search?q=${enc(w.words())}&sobject=Account&in=NAME`),
  json('odoo', '/web/dataset/call_kw/crm.lead/web_save', w => ({
    jsonrpc: '2.0',
    method: 'call',
    params: {
      model: 'crm.lead',
      method: 'web_save',
      args: [[1], { description: `<p>${w.name().replace(/&/g, '&amp;')}<br></p>`, name: w.text() }],
      kwargs: { context: { lang: 'de_DE', tz: 'Europe/Berlin' } },
    },
  })),
  raw(
    'sap odata batch',
    '/sap/opu/odata/X/$batch',
    'multipart/mixed;boundary=batch_1',
    () =>
      '--batch_1\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n\r\nGET Orders?$top=5 HTTP/1.1\r\nAccept: application/json\r\n\r\n\r\n--batch_1--\r\n',
  ),
  raw(
    'ews',
    '/EWS/Exchange.asmx',
    'text/xml; charset=utf-8',
    w =>
      `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><soap:Body><FindItem Traversal="Shallow"><QueryString>${w.words().replace(/&/g, '&amp;').replace(/</g, '&lt;')}</QueryString></FindItem></soap:Body></soap:Envelope>`,
  ),
  raw(
    'dav multiget',
    '/dav/addressbooks/o/',
    'application/xml',
    () =>
      '<?xml version="1.0"?><card:addressbook-multiget xmlns:d="DAV:" xmlns:card="urn:ietf:params:xml:ns:carddav"><d:prop><d:getetag/></d:prop><d:href>/dav/addressbooks/o/a%20b.vcf</d:href></card:addressbook-multiget>',
    { method: 'REPORT' },
  ),
  raw(
    'vcard',
    '/dav/addressbooks/o/1.vcf',
    'text/vcard',
    w =>
      `BEGIN:VCARD\r\nVERSION:3.0\r\nFN:${w.name()}\r\nNOTE:${w.text().replaceAll('\n', '\\n')}\r\nTEL;TYPE=CELL:+49 151\r\nEND:VCARD\r\n`,
    { method: 'PUT' },
  ),
  raw(
    'saml artifact',
    '/saml/slo',
    'text/xml',
    w =>
      `<samlp:LogoutRequest xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_${w.hex(32)}" Version="2.0"><saml:NameID xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${w.mail()}</saml:NameID></samlp:LogoutRequest>`,
  ),
  form('saml form', '/Shibboleth.sso/SAML2/POST', w => ({
    RelayState: `ss:mem:${w.hex(64)}`,
    SAMLResponse: Buffer.from(
      `<?xml version="1.0"?><saml2p:Response xmlns:saml2p="urn:oasis:names:tc:SAML:2.0:protocol" ID="x"><ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignatureValue>${w.token(256)}</ds:SignatureValue></ds:Signature></saml2p:Response>`,
    ).toString('base64'),
  })),
  form('device token', '/oauth/token', w => ({
    grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
    device_code: w.token(40),
    client_id: w.uuid(),
    scope: 'https://graph.example.com/.default',
  })),
  get(
    'oauth error',
    w =>
      `/cb?error=access_denied&error_description=AADSTS65004%3a+User+declined+to+consent.%0d%0aTrace+ID%3a+${w.uuid()}%0d%0aTimestamp%3a+2026-01-01+00%3a00%3a00Z&state=${w.token(30)}`,
  ),
  get(
    'auth code pkce',
    w =>
      `/authorize?response_type=code&client_id=spa&redirect_uri=http%3A%2F%2F127.0.0.1%3A8765%2Fcallback&scope=openid%20profile&state=${w.token(20)}&code_challenge=${w.token(32)}&code_challenge_method=S256&prompt=select_account&login_hint=${enc(w.mail())}`,
  ),
  json('openai like', '/v1/chat/completions', w => ({
    model: 'gpt',
    stream: true,
    messages: [
      { role: 'system', content: 'You are a helpful assistant. Never run code.' },
      { role: 'user', content: w.text() },
    ],
    tools: [
      {
        type: 'function',
        function: { name: 'get_weather', parameters: { type: 'object', properties: { city: { type: 'string' } } } },
      },
    ],
  })),
  json('embeddings', '/v1/embeddings', w => ({ input: [w.text(), w.words()], model: 'e' })),
  json('vector search', '/collections/docs/points/search', w => ({
    vector: [0.1, -0.2],
    filter: { must: [{ key: 'city', match: { value: w.name() } }], must_not: [{ range: { price: { lt: 1 } } }] },
    limit: 3,
  })),
  json('es bool', '/products/_search', w => ({
    query: {
      function_score: {
        query: { multi_match: { query: w.text(), fields: ['title^3', 'body'] } },
        functions: [{ gauss: { date: { origin: 'now', scale: '10d' } } }],
      },
    },
    highlight: { pre_tags: ['<em>'], post_tags: ['</em>'], fields: { '*': {} } },
  })),
  raw(
    'es bulk',
    '/_bulk',
    'application/x-ndjson',
    w =>
      `{"index":{"_index":"a","_id":"1"}}\n${JSON.stringify({ t: w.text(), n: w.name() })}\n{"delete":{"_index":"a","_id":"2"}}\n`,
  ),
  raw(
    'influx',
    '/api/v2/write?org=a&bucket=b&precision=s',
    'text/plain; charset=utf-8',
    w => `cpu,host=a\\ b,path=/dev/sda1 usage=1.5,msg="it's \\"fine\\"" ${w.time()}\nmem,host=c free=1i ${w.time()}\n`,
  ),
  raw('statsd http', '/push', 'text/plain', w => `a.b:1|c|#env:prod,x:${w.below(9)}\na.t:320|ms|@0.1\n`),
  raw('otlp', '/v1/metrics', 'application/x-protobuf', w => gzipSync(Buffer.from(w.hex(300), 'hex')), {
    headers: { 'content-encoding': 'gzip' },
  }),
  json('splunk hec', '/services/collector/event', w => ({
    event: { msg: w.text(), cmdline: '/usr/bin/python3 -m http.server', user: 'root' },
    sourcetype: '_json',
  })),
  json('alertmanager', '/api/v2/alerts', w => [
    {
      labels: { alertname: 'X', expr: 'up{job="a"} == 0 and on() vector(1)' },
      annotations: { description: w.text() },
      generatorURL: 'http://prom:9090/graph?g0.expr=up%20%3D%3D%200&g0.tab=1',
    },
  ]),
  json('kube apply', '/apis/batch/v1/namespaces/x/cronjobs', w => ({
    kind: 'CronJob',
    metadata: { name: 'a', annotations: { note: w.text() } },
    spec: { schedule: '*/5 * * * *', suspend: false },
  })),
  json('ci webhook-like', '/repos/x/dispatches', w => ({
    event_type: 'deploy',
    client_payload: { ref: 'refs/tags/v1.2.3', note: w.text(), matrix: ['a:b', 'c/d'] },
  })),
  json('notification', '/v1/projects/x/messages:send', w => ({
    message: { token: w.token(100), notification: { title: w.words(), body: w.text() }, android: { priority: 'high' } },
  })),
  json('mail api', '/v3/mail/send', w => ({
    personalizations: [
      {
        to: [{ email: w.mail(), name: w.name() }],
        subject: w.text().replaceAll('\n', ' '),
        bcc: [{ email: w.mail() }],
        headers: { 'List-Unsubscribe': '<mailto:u@example.com>' },
      },
    ],
    content: [{ type: 'text/plain', value: w.text() }],
  })),
  json('payment', '/v1/checkout', w => ({
    amount: { value: '19.90', currency: 'EUR' },
    description: w.text(),
    redirectUrl: 'https://shop.example.com/return?order=1&x=y',
    webhookUrl: 'https://shop.example.com/hook',
    billing: { name: w.name() },
  })),
  form('stripe form', '/v1/payment_intents', w => ({
    amount: '1999',
    'payment_method_types[]': 'card',
    'metadata[note]': w.text(),
    'shipping[name]': w.name(),
    'expand[]': 'latest_charge',
  })),
  form('twilio call', '/2010-04-01/Accounts/AC1/Messages.json', w => ({
    To: '+4915',
    Body: w.text(),
    StatusCallback: 'https://x.example/cb?id=1',
  })),
  get(
    's3 list',
    w =>
      `/bucket?list-type=2&prefix=${enc('reports/2026/')}&delimiter=%2F&continuation-token=${enc(w.token(60))}&x-id=ListObjectsV2`,
  ),
  raw(
    's3 delete',
    '/bucket?delete',
    'application/xml',
    () =>
      '<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Object><Key>a b/c&amp;d.txt</Key></Object><Quiet>true</Quiet></Delete>',
  ),
  get(
    'azure blob',
    w =>
      `/c/a%2Bb.txt?sv=2024-11-04&ss=b&srt=sco&sp=rwdl&se=2026-12-31T00:00:00Z&spr=https&sig=${enc(w.token(32) + '=')}&rscd=${enc("attachment; filename*=UTF-8''a%20b.txt")}`,
  ),
  raw(
    'chunk upload',
    '/upload?resumableChunkNumber=1&resumableIdentifier=1-abcmp4&resumableFilename=a%20(1).mp4',
    'application/octet-stream',
    w => Buffer.from(w.hex(800), 'hex'),
    { headers: { 'content-range': 'bytes 0-399/4000' } },
  ),
  raw('grpc web text', '/a.b.C/D', 'application/grpc-web-text', w => Buffer.from(w.hex(60), 'hex').toString('base64')),
  raw('msgpack', '/rpc', 'application/msgpack', w => Buffer.from(`85a161${w.hex(100)}`, 'hex')),
  raw('cbor', '/c', 'application/cbor', w => Buffer.from(`a2${w.hex(100)}`, 'hex')),
  raw('wasm', '/modules', 'application/wasm', w => Buffer.from(`0061736d01000000${w.hex(200)}`, 'hex'), {
    method: 'PUT',
  }),
  raw(
    'signalr longpoll',
    w => `/hub?id=${w.token(16)}`,
    'text/plain;charset=UTF-8',
    w => `{"arguments":[${JSON.stringify(w.text())}],"target":"Send","type":1}\u001e`,
  ),
  raw(
    'engine.io',
    w => `/engine.io/?EIO=3&transport=polling&t=${w.word(7)}-1.0&b64=1&sid=${w.token(15)}`,
    'text/plain;charset=UTF-8',
    w => {
      const packet = `42["chat",${JSON.stringify(w.words())}]`;
      return `${packet.length}:${packet}`;
    },
  ),
  raw(
    'gwt rpc',
    '/app/rpc',
    'text/x-gwt-rpc; charset=utf-8',
    w =>
      `7|0|6|https://x.example/app/|${w.hex(32).toUpperCase()}|com.example.Svc|find|java.lang.String/2004016611|${w.words().replaceAll('|', '\\!')}|1|2|3|4|1|5|6|`,
  ),
  raw('amf', '/messagebroker/amf', 'application/x-amf', w => Buffer.from(`0003000000010004${w.hex(120)}`, 'hex')),
  get('jsonp', w => `/api?callback=angular.callbacks._${w.below(9)}&q=${enc(w.words())}`),
  get(
    'matrix sync',
    w =>
      `/_matrix/client/v3/sync?filter=${enc('{"room":{"timeline":{"limit":20}}}')}&since=s${w.below(1e6)}_${w.below(1e6)}&timeout=30000`,
  ),
  json(
    'matrix send',
    w => `/_matrix/client/v3/rooms/${enc('!abc:example.org')}/send/m.room.message/m${w.time()}`,
    w => ({
      msgtype: 'm.text',
      body: w.text(),
      format: 'org.matrix.custom.html',
      formatted_body: `<mx-reply><blockquote><a href="https://matrix.to/#/!a:b/$c">In reply to</a></blockquote></mx-reply>${w.words().replace(/&/g, '&amp;').replace(/</g, '&lt;')}`,
    }),
    { method: 'PUT' },
  ),
  json(
    'activitypub',
    '/inbox',
    w => ({
      '@context': ['https://www.w3.org/ns/activitystreams'],
      type: 'Create',
      object: {
        type: 'Note',
        content: `<p>${w.text().replace(/&/g, '&amp;').replace(/</g, '&lt;')} <a href="https://x.example/tags/sql" class="mention hashtag" rel="tag">#<span>sql</span></a></p>`,
        source: { content: w.text(), mediaType: 'text/markdown' },
      },
    }),
    {
      type: 'application/activity+json',
      headers: {
        signature:
          'keyId="https://x.example/u#main-key",algorithm="rsa-sha256",headers="(request-target) host date digest",signature="abc=="',
        digest: 'SHA-256=abc=',
      },
    },
  ),
  get('static odd', w =>
    w.pick([
      '/_nuxt/entry.abc123.js',
      "/img/l'oeil.jpg",
      '/css/main.css?v=20260101&a[]=1',
      '/assets/@vite/client',
      '/dist/%5Bid%5D-4f3a.js',
      '/favicon-32x32.png',
      '/manifest.webmanifest',
      '/robots.txt',
      '/.well-known/security.txt',
      '/.well-known/openid-configuration',
      '/humans.txt',
      '/a~b/c!d/$e/(f)/g,h/i=j',
      '/service-worker.js',
      '/browserconfig.xml',
    ]),
  ),
  get('expand', () => '/v2/me?expand=a.b,c'),
  get(
    'bearer',
    w => `/v1/orders/${w.uuid()}`,
    w => ({
      authorization: `Bearer eyJhbGciOiJFUzI1NiJ9.${w.token(120)}.${w.token(64)}`,
      'x-amzn-trace-id': `Root=1-${w.hex(8)}-${w.hex(24)};Parent=${w.hex(16)};Sampled=1`,
      'x-request-id': w.uuid(),
      'x-b3-traceid': w.hex(32),
      cookie2: '$Version="1"',
      'if-match': '"a;b"',
      'x-filter': "status='open' and n>1",
      prefer: 'respond-async, wait=10; return=representation',
    }),
  ),
  get(
    'proxied',
    () => '/',
    w => ({
      'x-forwarded-for': `${w.below(255)}.1.2.3, 10.0.0.${w.below(255)}`,
      'cf-ray': `${w.hex(16)}-MUC`,
      'cf-visitor': '{"scheme":"https"}',
      'cdn-loop': 'cloudflare',
      'x-real-ip': '2001:db8::7',
      'x-forwarded-client-cert': 'By=spiffe://c/ns/a;Hash=abc;Subject="CN=x,O=\\"A, B\\""',
      'user-agent': 'Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)',
    }),
  ),
  get(
    'feed readers',
    () => '/feed/?paged=1',
    w => ({
      'user-agent': w.pick([
        'Feedly/1.0 (+http://www.feedly.com/fetcher.html; like FeedFetcher-Google)',
        'NetNewsWire (RSS Reader; https://netnewswire.com/)',
        'curl/8.10.1',
        'Wget/1.24.5',
        'python-requests/2.32.3',
        'Go-http-client/1.1',
        'Dalvik/2.1.0 (Linux; U; Android 14; Pixel 8 Build/AP2A)',
        'VLC/3.0.20 LibVLC/3.0.20',
        'CFNetwork/1498.700.2 Darwin/23.6.0',
        'Mozilla/5.0 (PlayStation; PlayStation 5/8.00) AppleWebKit/605.1.15',
      ]),
    }),
  ),
];
