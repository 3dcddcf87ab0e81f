/** Measuring, messages, devices and sign-ins, as programs speak. */
import { enc, form, get, json, raw, type Shape, type Words } from '../../make/shape.ts';

const xml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const jwt = (words: Words, claims: object): string =>
  `${Buffer.from('{"alg":"RS256","typ":"JWT","kid":"2026-01"}').toString('base64url')}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${words.token(64)}`;

export const serviceShapes: readonly Shape[] = [
  raw(
    'Prometheus remote write',
    '/api/v1/push',
    'application/x-protobuf',
    w => Buffer.from(Array.from({ length: 500 }, () => w.below(256))),
    {
      headers: {
        'content-encoding': 'snappy',
        'x-prometheus-remote-write-version': '0.1.0',
        'user-agent': 'Prometheus/2.55.1',
        'x-scope-orgid': 'team|ops',
      },
    },
  ),
  get(
    'Prometheus query',
    w =>
      `/api/v1/query_range?query=${enc(`sum by (job, code) (rate(http_requests_total{job=~"api|web", path!~"/(health|metrics).*", code!="200"}[5m])) > ${w.below(9)} or absent(up{instance="10.0.0.4:9100"})`)}&start=${w.time()}&end=${w.time()}&step=15`,
  ),
  form('Grafana Loki', '/loki/api/v1/query_range', w => ({
    query: `{app="shop",level!="debug"} |= \`${w.words()}\` != "GET /health" | json | status >= 500 | line_format "{{.path}} {{.took}}"`,
    limit: '1000',
    direction: 'backward',
    start: `${w.time()}000000000`,
  })),
  raw(
    'InfluxDB lines',
    '/api/v2/write?org=home&bucket=iot&precision=s',
    'text/plain; charset=utf-8',
    w =>
      `climate,room=O'Neil's\\ den,sensor=${w.hex(6)} temp=${w.below(30)}.5,hum=${w.below(90)}i,note="door \\"open\\"; fan on" ${w.time()}\npower,phase=L1 w=${w.below(3000)} ${w.time()}\n`,
    { headers: { authorization: 'Token ab-_==', 'user-agent': 'Telegraf/1.32.3 Go/1.23.3' } },
  ),
  json('OpenTelemetry', '/v1/traces', w => ({
    resourceSpans: [
      {
        resource: {
          attributes: [
            {
              key: 'process.command_args',
              value: {
                arrayValue: { values: [{ stringValue: '/usr/bin/node' }, { stringValue: '--import=./otel.mjs' }] },
              },
            },
          ],
        },
        scopeSpans: [
          {
            spans: [
              {
                traceId: w.hex(32),
                spanId: w.hex(16),
                name: 'SELECT shop.orders',
                kind: 3,
                attributes: [
                  {
                    key: 'db.statement',
                    value: { stringValue: 'SELECT id, total FROM orders WHERE user_id = $1 AND state IN ($2, $3)' },
                  },
                  { key: 'http.url', value: { stringValue: `http://10.3.0.${w.below(250)}:8080/a?b=c` } },
                ],
              },
            ],
          },
        ],
      },
    ],
  })),
  json(
    'CSP report',
    '/csp',
    w => ({
      'csp-report': {
        'document-uri': `https://www.example.com/p?q=${enc(w.words())}`,
        'violated-directive': 'script-src-elem',
        'effective-directive': 'script-src-elem',
        'original-policy': "default-src 'self'; script-src 'self' 'nonce-r4nd0m' 'strict-dynamic'; report-uri /csp",
        'blocked-uri': w.pick([
          'inline',
          'eval',
          'data',
          'https://ads.example.net/a.js?x=<y>',
          'chrome-extension://abc',
        ]),
        'script-sample': 'window.__x=function(){return document',
        'line-number': w.below(900),
      },
    }),
    { type: 'application/csp-report' },
  ),
  json(
    'reports of a browser',
    '/reports',
    w => [
      {
        type: 'deprecation',
        age: w.below(900),
        url: 'https://www.example.com/',
        user_agent: 'Mozilla/5.0',
        body: {
          id: 'UnloadHandler',
          message: 'Unload event listeners are deprecated and will be removed.',
          sourceFile: 'https://cdn.example.com/a.js?v=1;2',
          lineNumber: 1,
        },
      },
      {
        type: 'network-error',
        age: 3,
        url: 'https://api.example.com/',
        body: { phase: 'dns', type: 'dns.name_not_resolved', sampling_fraction: 1 },
      },
    ],
    { type: 'application/reports+json' },
  ),
  json(
    'Matrix, message',
    w => `/_matrix/client/v3/rooms/!${w.word(18)}:example.org/send/m.room.message/m${w.time()}.${w.below(9)}`,
    w => ({
      msgtype: 'm.text',
      body: `> <@kim:example.org> ${w.text()}\n\n${w.text()}`,
      format: 'org.matrix.custom.html',
      formatted_body:
        '<mx-reply><blockquote><a href="https://matrix.to/#/!a:b/$c">In reply to</a> <a href="https://matrix.to/#/@kim:example.org">@kim</a></blockquote></mx-reply>yes &amp; no',
      'm.relates_to': { 'm.in_reply_to': { event_id: `$${w.token(32)}` } },
    }),
    { method: 'PUT' },
  ),
  get(
    'Matrix, sync',
    w =>
      `/_matrix/client/v3/sync?filter=${enc('{"room":{"timeline":{"limit":20,"types":["m.room.*"]},"state":{"lazy_load_members":true}},"presence":{"not_types":["*"]}}')}&timeout=30000&since=s${w.below(9e5)}_1~${w.below(99)}.0_${w.below(999)}&set_presence=offline`,
  ),
  json(
    'ActivityPub, note',
    '/users/anna/inbox',
    w => ({
      '@context': [
        'https://www.w3.org/ns/activitystreams',
        { ostatus: 'http://ostatus.org#', toot: 'http://joinmastodon.org/ns#' },
      ],
      id: `https://social.example.org/users/kim/statuses/${w.below(9e9)}/activity`,
      type: 'Create',
      actor: 'https://social.example.org/users/kim',
      to: ['https://www.w3.org/ns/activitystreams#Public'],
      object: {
        type: 'Note',
        content: `<p><span class="h-card" translate="no"><a href="https://a.example.com/@anna" class="u-url mention">@<span>anna</span></a></span> ${xml(w.text())}</p>`,
        contentMap: { en: '<p>…</p>' },
        tag: [{ type: 'Hashtag', href: 'https://social.example.org/tags/c%2B%2B', name: '#c++' }],
      },
    }),
    {
      type: 'application/activity+json',
      headers: {
        'user-agent': 'Mastodon/4.3.1 (http.rb/5.2.0; +https://social.example.org/)',
        signature:
          'keyId="https://social.example.org/users/kim#main-key",algorithm="rsa-sha256",headers="(request-target) host date digest content-type",signature="QUJD+/=="',
      },
    },
  ),
  get(
    'WebFinger',
    w => `/.well-known/webfinger?resource=acct:${w.mail()}&rel=http%3A%2F%2Fwebfinger.net%2Frel%2Fprofile-page`,
    () => ({ accept: 'application/jrd+json, application/json' }),
  ),
  form('Webmention', '/webmention', w => ({
    source: `https://blog.example.org/${enc(w.words())}?p=${w.below(99)}`,
    target: 'https://www.example.com/2026/03/it%27s-here/#comments',
  })),
  json('subscription push', '/api/subscriptions', w => ({
    endpoint: `https://updates.push.services.example.com/wpush/v2/gAAAAA${w.token(80)}`,
    expirationTime: null,
    keys: { p256dh: w.token(65), auth: w.token(16) },
    topics: ['news', 'offers & more'],
  })),
  json('device, shadow', '/topics/%24aws/things/pump-7/shadow/update?qos=1', w => ({
    state: { reported: { temp: w.below(90), unit: '°C', valve: 'open', fw: 'v1.2.3+g1a2b3c', err: [] }, desired: null },
    clientToken: w.hex(12),
  })),
  get(
    'device, report',
    w =>
      `/api/hubv2/data?ID=IWIEN${w.below(99)}&PASSWORD=${w.word(8)}&dateutc=now&winddir=${w.below(360)}&tempf=${w.below(90)}.2&baromin=29.92&softwaretype=${enc('EasyWeatherPro_V5.1.6 (WH2650/ESP8266)')}&action=updateraw&realtime=1`,
    () => ({ 'user-agent': 'ESP8266HTTPClient' }),
  ),
  form('device, Tasmota', '/cm', w => ({
    cmnd: `Backlog Power1 ON; Delay ${w.below(90)}; Power1 OFF`,
    user: 'admin',
    password: w.password(),
  })),
  json('smart home', '/api/services/light/turn_on', w => ({
    entity_id: ['light.kitchen', `light.room_${w.below(9)}`],
    rgb_color: [255, w.below(255), 0],
    transition: 2,
    message: '{{ states("sensor.temp") }} °C',
  })),
  get('router of a home', w => `/data.lua?xhr=1&sid=${w.hex(16)}&page=netDev&xhrId=cleanup&useajax=1&no_sidrenew=`),
  raw(
    'time of a phone',
    '/Microsoft-Server-ActiveSync?Cmd=Sync&User=CORP%5Canna&DeviceId=APPL1&DeviceType=iPhone',
    'application/vnd.ms-sync.wbxml',
    w => Buffer.from([3, 1, 106, 0, 69, 92, 79, ...Array.from({ length: 120 }, () => w.below(256))]),
    {
      headers: {
        'ms-asprotocolversion': '16.1',
        'user-agent': 'Apple-iPhone15C2/2105.90',
        'x-ms-policykey': '1307199584',
      },
    },
  ),
  raw('SAML answer', '/saml/acs', 'application/x-www-form-urlencoded', w =>
    new URLSearchParams({
      SAMLResponse: Buffer.from(
        `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_${w.hex(32)}" Version="2.0"><saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion"><saml:Subject><saml:NameID>${w.mail()}</saml:NameID></saml:Subject></saml:Assertion></samlp:Response>`,
      ).toString('base64'),
      RelayState: 'https://app.example.org/?next=%2Fa%3Fb',
    }).toString(),
  ),
  get(
    'OAuth, begin',
    w =>
      `/oauth2/authorize?client_id=${w.uuid()}&response_type=code%20id_token&redirect_uri=${enc('https://app.example.org/cb?x=1')}&scope=${enc('openid profile email offline_access api://acme/.default')}&state=${w.token(40)}&nonce=${w.token(22)}&code_challenge=${w.token(32)}&code_challenge_method=S256&login_hint=${enc(w.mail())}&claims=${enc('{"id_token":{"acr":{"values":["urn:x:silver"]}}}')}&prompt=select_account`,
  ),
  get(
    'OAuth, return',
    w =>
      `/auth/callback?code=4/0A${w.token(50)}&scope=${enc('email https://www.googleapis.com/auth/userinfo.profile openid')}&authuser=0&hd=example.com&state=${enc(Buffer.from(JSON.stringify({ r: '/a?b=c', n: w.hex(8) })).toString('base64'))}&session_state=${w.uuid()}&iss=${enc('https://accounts.example.com')}`,
  ),
  form('OAuth, token', '/oauth/token', w => ({
    grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
    assertion: jwt(w, {
      iss: 'svc@acme.example.com',
      scope: 'a b',
      aud: 'https://auth.example.com/token',
      exp: w.time(),
    }),
    client_secret: `~${w.password()}`,
    redirect_uri: 'urn:ietf:wg:oauth:2.0:oob',
  })),
  form('sign-in with odd letters', '/login', w => ({
    username: w.pick([
      w.mail(),
      "o'shea",
      'müller.j',
      'DOMAIN\\anna',
      'a+b.c_d-e@sub.example.co.uk',
      '"quoted user"@example.org',
      "d'arcy!#$%&'*+/=?^_`{|}~@example.com",
    ]),
    password: w.password(),
    remember: '1',
    csrf: w.token(32),
    returnUrl: '/a/b?c=d&e=[f]',
  })),
  json(
    'SCIM',
    '/scim/v2/Users/.search',
    w => ({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],
      filter: `userType eq "Employee" and (emails co "example.com" or name.familyName sw "${w.pick(["O'", 'Mc', 'de ', 'Or'])}") and not (active eq false)`,
      startIndex: 1,
      count: w.below(100),
    }),
    { type: 'application/scim+json' },
  ),
  json('passkey', '/webauthn/assert', w => ({
    id: w.token(32),
    rawId: w.token(32),
    type: 'public-key',
    response: {
      authenticatorData: w.token(37),
      clientDataJSON: Buffer.from(
        JSON.stringify({
          type: 'webauthn.get',
          challenge: w.token(32),
          origin: 'https://app.example.org',
          crossOrigin: false,
        }),
      ).toString('base64url'),
      signature: w.token(70),
      userHandle: w.token(16),
    },
  })),
];
