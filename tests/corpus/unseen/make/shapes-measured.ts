/** What pages send to be measured: analytics, replays, errors, consent, advertisements. */
import { enc, get, json, type Shape } from '../../make/shape.ts';

export const measuredShapes: readonly Shape[] = [
  get(
    'beacon of Analytics 4',
    w =>
      `/g/collect?v=2&tid=G-${w.word(10).toUpperCase()}&gtm=45je5${w.word(12)}&_p=${w.below(9e9)}&gcd=13l3l3l3l1l1&npa=0&dma=1&cid=${w.below(9e9)}.${w.time()}&ul=en-gb&sr=1920x1080&uaa=x86&uafvl=Chromium%3B131.0.6778.86%7CNot_A%2520Brand%3B24.0.0.0&en=view_item_list&pr1=id${w.below(99)}~nm${enc(w.words())}~br${enc('Ben & Jerry’s')}~pr9.90~lp0&dl=${enc(`https://shop.example.com/?q=${w.words()}`)}&dt=${enc(w.text().slice(0, 50))}`,
  ),
  get(
    'beacon of Matomo',
    w =>
      `/matomo.php?action_name=${enc(w.text().slice(0, 60))}&idsite=${w.below(9)}&rec=1&r=${w.below(999_999)}&h=12&m=4&s=9&url=${enc('https://www.example.org/a?b=c;d')}&urlref=${enc('https://www.google.com/')}&_id=${w.hex(16)}&_cvar=${enc('{"1":["Visitor type","member"]}')}&pv_id=${w.word(6)}&uadata=${enc('{"fullVersionList":[{"brand":"Chromium","version":"131"}],"mobile":false,"model":""}')}`,
  ),
  get(
    'beacon of Yandex',
    w =>
      `/watch/${w.below(9e7)}/1?wmode=7&page-url=${enc('https://магазин.example/каталог?page=2')}&charset=utf-8&browser-info=${enc(`pv:1:vf:${w.word(20)}:fu:0:en:utf-8:la:ru:v:1482:cn:1:dp:0:ls:${w.below(9e9)}:hid:${w.below(9e8)}:z:180:i:20260301:et:${w.time()}:c:1:rn:${w.below(9e8)}:rqn:1:u:${w.below(9e9)}:w:1903x969:s:1920x1080x24:t:${w.words()}`)}&t=gdpr(14)clc(0-0-0)rqnt(1)aw(1)ti(2)`,
  ),
  get(
    'pixel of a network',
    w =>
      `/tr/?id=${w.below(9e9)}&ev=AddToCart&dl=${enc('https://www.example.com/p?x=[1]')}&rl=&if=false&ts=${w.time()}&cd[content_ids]=${enc(`["${w.below(999)}"]`)}&cd[content_type]=product&cd[value]=19.9&sw=412&sh=915&v=2.9.179&r=stable&ec=2&o=4126&fbp=fb.1.${w.time()}.${w.below(9e9)}&cs_est=true&pm=1&hrl=${w.hex(6)}&ler=empty&cdl=API_unavailable&it=${w.time()}&coo=false&rqm=GET`,
  ),
  json(
    'events of PostHog',
    w => `/e/?ip=0&_=${w.time()}&ver=1.194.1&compression=gzip-js`,
    w => [
      {
        event: '$autocapture',
        properties: {
          $current_url: 'https://app.example.com/settings?tab=api#keys',
          $elements: [
            {
              tag_name: 'button',
              classes: ['btn', 'hover:bg-red-500', 'w-[calc(100%-2rem)]'],
              $el_text: w.text().slice(0, 30),
              'attr__data-on-click': 'open',
              nth_child: w.below(9),
            },
          ],
          $device_id: w.uuid(),
          token: `phc_${w.word(40)}`,
        },
        offset: w.below(3000),
      },
    ],
  ),
  json(
    'events of Plausible',
    '/api/event',
    w => ({
      n: 'Outbound Link: Click',
      u: `https://www.example.com/blog/${w.words()}?ref=<none>`,
      d: 'example.com',
      r: null,
      p: { url: 'https://docs.example.org/#/a?b=(c)', variant: w.pick(['A', 'B']) },
      w: 390,
    }),
    { type: 'text/plain' },
  ),
  json('events of Segment', '/v1/t', w => ({
    type: 'track',
    event: 'Search Performed',
    properties: { query: w.words(), filters: ['price<50', 'in stock'] },
    context: {
      page: { path: '/s', search: `?q=${enc(w.words())}`, title: w.text().slice(0, 60) },
      userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:132.0)',
      traits: { email: w.mail() },
    },
    messageId: `ajs-next-${w.time()}-${w.uuid()}`,
    writeKey: w.word(32),
    _metadata: { bundled: ['Segment.io'], unbundled: [] },
  })),
  json('session replay', '/i/v0/sessions', w => ({
    events: [
      {
        type: 2,
        data: {
          node: {
            type: 0,
            childNodes: [
              { type: 2, tagName: 'script', attributes: { src: '/a.js', nonce: '' }, childNodes: [], id: w.below(99) },
              { type: 3, textContent: w.text(), id: 5 },
              {
                type: 2,
                tagName: 'input',
                attributes: { onfocus: '', value: '***', style: 'width: calc(100% - 4px);' },
                childNodes: [],
                id: 6,
              },
            ],
          },
        },
        timestamp: w.time(),
      },
    ],
    sid: w.uuid(),
  })),
  json(
    'Sentry of a page',
    w =>
      `/api/${w.below(99_999)}/envelope/?sentry_version=7&sentry_key=${w.hex(32)}&sentry_client=sentry.javascript.react%2F8.42.0`,
    w => ({
      event_id: w.hex(32),
      exception: {
        values: [
          {
            type: 'TypeError',
            value: "undefined is not an object (evaluating 'e.target.value')",
            stacktrace: {
              frames: [
                {
                  filename: 'https://app.example.com/assets/index-Bx1.js',
                  function: '?',
                  lineno: 1,
                  colno: w.below(99_999),
                },
                { filename: '<anonymous>', function: 'Array.map', in_app: false },
              ],
            },
          },
        ],
      },
      request: { url: 'https://app.example.com/x?y=1' },
      breadcrumbs: [
        { category: 'ui.click', message: 'body > div#root > a.btn[href="/buy"]' },
        { category: 'console', message: w.text() },
      ],
    }),
    { type: 'text/plain;charset=UTF-8' },
  ),
  json('vitals of a page', '/cdn-cgi/rum?', w => ({
    resources: [],
    referrer: 'https://www.google.com/',
    eventType: 3,
    pageloadId: w.uuid(),
    location: `https://www.example.com/?s=${enc(w.words())}`,
    timingsV2: { nextHopProtocol: 'h3', transferSize: w.below(9e4) },
    lcp: { element: 'div.hero>picture:nth-child(2)>img', url: '/hero.avif?w=1200&q=75', value: w.below(3000) },
  })),
  json('consent record', '/request/v1/consentreceipts', w => ({
    requestInformation: `eyJhbGciOiJSUzUxMiJ9.${w.token(120)}.${w.token(80)}`,
    identifier: w.uuid(),
    purposes: [{ Id: w.uuid(), TransactionType: 'CONFIRMED' }],
    dsDataElements: { InteractionType: 1, Country: 'AT', UserAgent: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)' },
  })),
  get(
    'tag manager',
    w =>
      `/gtag/js?id=G-${w.word(10).toUpperCase()}&l=dataLayer&cx=c&gtm=45He5${w.word(10)}&gtm_auth=${w.token(16)}&gtm_preview=env-${w.below(9)}&gtm_cookies_win=x&tag_exp=${w.below(9e8)}~${w.below(9e8)}`,
  ),
  get(
    'ad bid',
    w =>
      `/prebid/auction?ortb=${enc(JSON.stringify({ imp: [{ id: '1', banner: { format: [{ w: 300, h: 250 }] }, tagid: '/1234/home//top' }], site: { page: 'https://news.example.com/?a=b' }, regs: { gdpr: 1 }, user: { ext: { consent: `CP${w.token(100)}` } } }))}&cb=${w.below(9e9)}`,
  ),
  get(
    'heat map',
    w =>
      `/collect?siteid=${w.below(9e6)}&r=${w.below(999)}&selector=${enc('#main > ul.list li:nth-of-type(3) a[title="What\'s new?"]')}&x=${w.below(1000)}&y=${w.below(3000)}&dim=1440x900`,
  ),
];
