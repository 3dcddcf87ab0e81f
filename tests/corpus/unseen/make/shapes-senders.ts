/** Who asks and with what: cookies, user agents, tokens and other headers of honest programs and people. */
import { cookies, enc, get, json, parts, type Shape, type Words } from '../../make/shape.ts';

const sender = (name: string, text: string, more: (words: Words) => string = w => `/?p=${w.below(999)}`): Shape =>
  get(`sender: ${name}`, more, () => ({ 'user-agent': text }));
const page = (words: Words): string => words.pick(['/', '/blog', '/me/orders', '/de/hilfe', '/feed?page=3']);
const claims = (words: Words): string =>
  `eyJhbGciOiJFUzI1NiIsImtpZCI6IjEifQ.${Buffer.from(JSON.stringify({ sub: words.uuid(), email: words.mail(), roles: ['user'], exp: words.time() })).toString('base64url')}.${words.token(64)}`;

const jars: readonly Shape[] = [
  cookies(
    'cookies of consent tools',
    w =>
      `CookieConsent={stamp:%27${w.word(42)}==%27%2Cnecessary:true%2Cpreferences:false%2Cstatistics:true%2Cmarketing:false%2Cmethod:%27explicit%27%2Cver:3%2Cutc:${w.time()}%2Cregion:%27at%27}; uc_user_interaction=true; borlabs-cookie=%7B%22consents%22%3A%7B%22essential%22%3A%5B%22borlabs-cookie%22%5D%7D%2C%22expires%22%3A%22Tue%2C%2003%20Nov%202026%2010%3A11%3A12%20GMT%22%7D; euconsent-v2=CP${w.token(90)}.YAAAAAAAAAAA`,
  ),
  cookies(
    'cookies of A/B tests',
    w =>
      `optimizelyEndUserId=oeu${w.time()}r0.${w.below(9e9)}; _vwo_uuid_v2=D${w.hex(32).toUpperCase()}|${w.hex(32)}; _vis_opt_exp_4_combi=2; AMCV_${w.hex(24).toUpperCase()}%40AdobeOrg=179643557%7CMCIDTS%7C20${w.below(999)}%7CMCMID%7C${w.below(9e9)}; mbox=PC#${w.hex(32)}.37_0#${w.time()}|session#${w.hex(32)}#${w.time()}; exp={"hero":"b","price<":1}`,
  ),
  cookies(
    'cookies of analytics',
    w =>
      `_ga_${w.word(10).toUpperCase()}=GS2.1.s${w.time()}$o${w.below(9)}$g1$t${w.time()}$j60$l0$h${w.below(9e8)}; _hjSessionUser_${w.below(9e6)}=${Buffer.from(JSON.stringify({ id: w.uuid(), created: w.time(), existing: true })).toString('base64')}; _pk_ref.7.1fff=%5B%22%22%2C%22%22%2C${w.time()}%2C%22https%3A%2F%2Fwww.google.com%2F%22%5D; ph_phc_${w.word(20)}_posthog=%7B%22distinct_id%22%3A%22${w.uuid()}%22%2C%22%24sesid%22%3A%5B${w.time()}%5D%7D; _clck=${w.word(6)}%7C2%7Cfr${w.word(1)}%7C0%7C1${w.below(999)}; __hstc=${w.below(9e7)}.${w.hex(32)}.${w.time()}.${w.time()}.${w.time()}.1`,
  ),
  cookies(
    'cookies of a CMS',
    w =>
      `wordpress_logged_in_${w.hex(32)}=${enc(w.mail())}%7C${w.time()}%7C${w.word(43)}%7C${w.hex(64)}; wp-settings-1=libraryContent%3Dbrowse%26editor%3Dtinymce%26hidetb%3D1; wp-settings-time-1=${w.time()}; comment_author_${w.hex(32)}=${enc(w.name())}; joomla_user_state=logged_in; be_typo_user=${claims(w)}`,
  ),
  cookies(
    'cookies of frameworks',
    w =>
      `session=.eJwl${w.token(70)}.Z${w.token(4)}.${w.token(20)}; _app_session=${enc(`${w.word(180)}--${w.word(16)}--${w.word(22)}==`)}; laravel_session=${enc(Buffer.from(`{"iv":"${w.word(24)}","value":"${w.word(90)}","mac":"${w.hex(64)}","tag":""}`).toString('base64'))}; connect.sid=s%3A${w.token(24)}.${enc(`${w.word(42)}+/`)}; __Secure-next-auth.session-token=eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..${w.token(12)}.${w.token(200)}.${w.token(16)}; __cf_bm=${w.token(43)}-${w.time()}-1.0.1.1-${w.token(60)}`,
  ),
  cookies(
    'cookies of a shop system',
    w =>
      `mage-messages=%5B%7B%22type%22%3A%22success%22%2C%22text%22%3A%22You%20added%20%3Cb%3EMug%3C%5C%2Fb%3E%20to%20your%20cart.%22%7D%5D; mage-cache-storage=%7B%7D; section_data_ids=%7B%22cart%22%3A${w.time()}%7D; private_content_version=${w.hex(32)}; recently_viewed=${w.below(999)}|${w.below(999)}|${w.below(999)}; woocommerce_items_in_cart=1; wp_woocommerce_session_${w.hex(32)}=${w.below(999)}%7C%7C${w.time()}%7C%7C${w.time()}%7C%7C${w.hex(32)}`,
  ),
  cookies(
    'cookies of a person’s past',
    w =>
      `lastSearch=${enc(w.words())}; name=${enc(w.name())}; tz=Europe/Vienna; layout=[[0,1],[2]]; back=${enc(`/list?q=${w.words()}&sort=a,b`)}; note="${w.word(9)}"; f=price%3C50%26stock%3E0; a:b=c/d; last=${enc(w.text().slice(0, 40))}`,
  ),
  cookies(
    'cookies of a sign-in',
    w =>
      `ESTSAUTHPERSISTENT=1.A${w.token(160)}; fpc=A${w.token(20)}; AUTH_SESSION_ID=${w.uuid()}.node-1-${w.below(99)}; KEYCLOAK_IDENTITY=${claims(w)}; SimpleSAML=${w.hex(32)}; _shibsession_64656661756c74${w.hex(20)}=_${w.hex(32)}; OAuth_Token_Request_State=${w.uuid()}`,
  ),
];

const heads: readonly Shape[] = [
  get('headers of a proxy chain', page, w => ({
    'x-forwarded-for': `203.0.113.${w.below(250)}, 10.0.0.${w.below(250)}, fd00::${w.hex(4)}`,
    'x-forwarded-proto': 'https',
    forwarded: `for="[2001:db8::${w.hex(4)}]:4711";proto=https;by=10.0.0.1, for=unknown`,
    via: '1.1 proxy-7.corp.example.com (squid/6.6), 2 edge',
    'cf-connecting-ip': '203.0.113.9',
    'cf-visitor': '{"scheme":"https"}',
    'x-real-ip': '203.0.113.9',
    'x-amzn-trace-id': `Root=1-${w.hex(8)}-${w.hex(24)};Parent=${w.hex(16)};Sampled=1`,
  })),
  get('headers of tracing', page, w => ({
    traceparent: `00-${w.hex(32)}-${w.hex(16)}-01`,
    tracestate: `dd=s:1;o:rum;t.dm:-1,acme=${w.word(9)}@x`,
    baggage: `sentry-environment=prod,sentry-release=app%401.2.3,sentry-public_key=${w.hex(32)},userName=${enc(w.name())},k=v;p=1`,
    'sentry-trace': `${w.hex(32)}-${w.hex(16)}-0`,
    'x-b3-sampled': '1',
  })),
  get('headers of client hints', page, w => ({
    'sec-ch-ua': '"Google Chrome";v="131", "Chromium";v="131", "Not_A Brand";v="24"',
    'sec-ch-ua-full-version-list': '"Google Chrome";v="131.0.6778.86", "Not(A:Brand";v="99.0.0.0"',
    'sec-ch-ua-model': w.pick(['"SM-A536B"', '"Pixel 8"', '""']),
    'sec-fetch-site': 'cross-site',
    'sec-fetch-mode': 'navigate',
    'upgrade-insecure-requests': '1',
    dnt: '1',
    priority: 'u=0, i',
  })),
  get(
    'conditional download',
    w => `/files/${enc("Manual – it's (v2).pdf")}?v=${w.below(99)}`,
    w => ({
      range: `bytes=${w.below(9e5)}-`,
      'if-range': `"${w.hex(16)}-${w.hex(6)}"`,
      'if-none-match': `W/"${w.token(12)}", "${w.hex(8)}:0", *`,
      'if-modified-since': 'Tue, 03 Mar 2026 10:11:12 GMT',
      'accept-encoding': 'identity;q=1, *;q=0',
    }),
  ),
  get(
    'digest sign-in',
    w => `/ISAPI/Event/notification/alertStream?id=${w.below(99)}`,
    w => ({
      authorization: `Digest username="o'neil", realm="DS-2CD2386G2 (IP camera)", nonce="${Buffer.from(w.word(40)).toString('base64')}", uri="/ISAPI/Event/notification/alertStream", response="${w.hex(32)}", opaque="", qop=auth, nc=0000000${w.below(9)}, cnonce="${w.hex(16)}"`,
    }),
  ),
  get('domain sign-in', page, w => ({ authorization: `Negotiate YII${w.word(400)}==` })),
  get('message signatures', page, w => ({
    'signature-input': `sig1=("@method" "@target-uri" "content-digest";req "x-trace");created=${w.time()};keyid="test-key;1";alg="ed25519"`,
    signature: `sig1=:${w.word(86)}==:`,
    'content-digest': `sha-256=:${w.word(43)}=:`,
  })),
  get(
    'preview with a token',
    w => `/api/preview?secret=${w.token(24)}&slug=/blog/${enc(w.words())}&token=${claims(w)}`,
  ),
  get(
    'signed link',
    w =>
      `/rails/active_storage/blobs/redirect/eyJfcmFpbHMiOnsiZGF0YSI6${w.word(24)}InB1ciI6ImJsb2JfaWQifX0=--${w.hex(40)}/${enc('photo of (me) & "you".jpg')}?disposition=inline`,
  ),
  get(
    'magic link',
    w =>
      `/auth/v1/verify?token=pkce_${w.hex(56)}&type=magiclink&redirect_to=${enc('https://app.example.org/welcome?x=1#access')}&email=${enc(`"${w.name()}"@example.org`)}`,
  ),
  get(
    'link with session of old',
    w =>
      `/shop/index.do;jsessionid=${w.hex(32).toUpperCase()}.tomcat2?method=search&dispatch=list&page=${w.below(9)}&q=${enc(w.words())}`,
  ),
  get(
    'page with empty and odd parameters',
    w =>
      `/list?&&a=&b&c[]=1&c[]=2&d[x][y]=${enc(w.words())}&=x&q=+&utm_content={adgroup}&kw={keyword:shoes}&fbclid=IwY2xj${w.token(80)}_aem_${w.token(22)}`,
  ),
  get(
    'page with marketing parameters',
    w =>
      `/aktion?utm_source=newsletter&utm_campaign=${enc('KW12 | Oster-Sale -20% (AT/DE) && more')}&utm_content=${enc('header>button "jetzt"')}&mc_cid=${w.hex(10)}&mc_eid=${w.hex(10)}&_kx=${w.token(32)}.${w.word(6)}&wbraid=${w.token(30)}&msclkid=${w.hex(32)}&srsltid=AfmBO${w.token(40)}&gad_source=1`,
  ),
  get('page with unfilled macros', w =>
    `/lp?sub=%%CLICK_URL%%&cb=${w.time()}&src=${enc('${SOURCE_ID}')}&geo=${enc('{{geo.city}}')}&site=[SITE_ID]&dev=__OS__`.replaceAll(
      '%%',
      '%25%25',
    ),
  ),
  get(
    'text fragment and anchor',
    w => `/docs/${enc(w.words())}?highlight=${enc(w.words())}&_highlight=where&from=${enc('/docs/a#b:~:text=c,-d')}`,
  ),
  json('links shortened', '/api/v1/links', w => ({
    url: `https://www.example.com/a/b/?x=${w.words()}&y=%3Cz%3E#top`,
    alias: w.word(6),
    tags: ['Q1 & Q2'],
    expires: null,
    rules: [{ if: 'country == "AT" || lang == "de"', to: 'https://at.example.com' }],
  })),
  json('addresses, all legal', '/api/invites', w => ({
    emails: [
      w.mail(),
      `${w.word(5)}+tag@example.com`,
      "o'hara.m@example.ie",
      'müller@bücher.example',
      '用户@例子.example',
      '"semi;colon -- ok"@example.org',
      'a!b%c@example.net',
      'user@[192.0.2.7]',
      "#!$%&'*+-/=?^_`{}|~@example.org",
    ],
    note: w.text(),
  })),
  parts('upload of pictures', '/api/v2/media', w => [
    { name: 'description', value: w.text() },
    { name: 'focus', value: '-0.42,0.69' },
    {
      name: 'file',
      value: Buffer.from([0xff, 0xd8, 0xff, 0xe1, ...Array.from({ length: 500 }, () => w.below(256))]),
      filename: w.pick([
        'IMG.v2.final.jpg',
        'Foto 1;2.jpg',
        "Mum's 60th (4).jpg",
        'IMG_2031.JPG',
        '写真.jpeg',
        'Mai.2026.jpg',
      ]),
      type: 'image/jpeg',
    },
  ]),
  parts('upload in chunks', '/wp-admin/async-upload.php', w => [
    { name: 'name', value: 'talk – part 2.mp3' },
    { name: 'chunk', value: `${w.below(9)}` },
    { name: 'chunks', value: '9' },
    { name: '_wpnonce', value: w.hex(10) },
    {
      name: 'async-upload',
      value: Buffer.from(['ID3', w.word(340)].join('')),
      filename: 'blob',
      type: 'application/octet-stream',
    },
  ]),
  parts('upload of tables', '/import', w => [
    { name: 'separator', value: ';' },
    { name: 'map[0]', value: 'name' },
    {
      name: 'file',
      value: `\ufeffName;E-Mail;Notiz\r\n"${w.name().replaceAll('"', '""')}";${w.mail()};"${w.text().replaceAll('"', '""')}"\r\n=A1+B1;-;'0049 30\r\n`,
      filename: 'Kunden (Export 03-2026).csv',
      type: 'application/vnd.ms-excel',
    },
  ]),
  parts('upload of a CV', '/apply/4711', w => [
    { name: 'first', value: w.name() },
    { name: 'about', value: w.text() },
    { name: 'linkedin', value: 'https://www.linkedin.com/in/o%27neil-7/?locale=en_US' },
    {
      name: 'cv',
      value: Buffer.from(`PK\u0003\u0004${w.word(30)}word/document.xml${w.word(200)}`),
      filename: 'Résumé_O’Neil & refs.docx',
      type: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    },
  ]),
];

const senders: readonly Shape[] = [
  sender('script of a colleague', 'python-requests/2.32.3', w => `/api/report?day=2026-02-${10 + w.below(18)}&fmt=csv`),
  sender('command line', 'curl/8.5.0', w => `/health?verbose=${w.below(9)}`),
  sender(
    'monitor',
    'Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)',
    w => `/status?r=${w.below(9e6)}`,
  ),
  sender(
    'checker of links',
    'LinkChecker/10.5 (Python 3.12; +https://linkchecker.github.io/linkchecker/)',
    w => `/docs/${w.below(99)}.html`,
  ),
  sender(
    'crawler of answers',
    'Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)',
    w => `/blog/${w.below(999)}`,
  ),
  sender('crawler of an index', 'CCBot/2.0 (https://commoncrawl.org/faq/)', w => `/robots.txt?${w.below(99)}`),
  sender(
    'preview of a chat',
    'Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)',
    w => `/p/${enc(w.words())}`,
  ),
  sender(
    'preview of a network',
    'facebookexternalhit/1.1;line-poker/1.0',
    w => `/p/${w.below(999)}?story_fbid=pfbid0${w.word(30)}`,
  ),
  sender('feed reader', 'Tiny Tiny RSS/24.11-a1b2c3d (https://tt-rss.org/)', w => `/feed.xml?n=${w.below(50)}`),
  sender(
    'podcast program',
    'AppleCoreMedia/1.0.0.21F90 (iPhone; U; CPU OS 17_5_1 like Mac OS X; en_us)',
    w => `/ep/${w.below(300)}.mp3?dest-id=${w.below(9e6)}`,
  ),
  sender(
    'old browser',
    'Mozilla/4.0 (compatible; MSIE 6.0; Windows NT 5.1; SV1; .NET CLR 1.1.4322; InfoPath.1)',
    w => `/index.asp?id=${w.below(99)}`,
  ),
  sender('text browser', 'Lynx/2.9.0dev.12 libwww-FM/2.14 SSL-MM/1.4.1 GNUTLS/3.8.3', w => `/?q=${enc(w.words())}`),
  sender(
    'old phone',
    'NokiaC3-00/5.0 (08.63) Profile/MIDP-2.1 Configuration/CLDC-1.1 Mozilla/5.0 AppleWebKit/420+ (KHTML, like Gecko) Safari/420+',
  ),
  sender(
    'television',
    'Mozilla/5.0 (SMART-TV; LINUX; Tizen 7.0) AppleWebKit/537.36 (KHTML, like Gecko) 94.0.4606.31/7.0 TV Safari/537.36',
    w => `/app/?deviceid=${w.uuid()}&lang=de`,
  ),
  sender(
    'console',
    'Mozilla/5.0 (PlayStation; PlayStation 5/9.00) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.4 Safari/605.1.15',
  ),
  sender(
    'car',
    'Mozilla/5.0 (X11; GNU/Linux) AppleWebKit/537.36 (KHTML, like Gecko) Chromium/121.0.6167.160 Chrome/121.0.6167.160 Safari/537.36 Tesla/2024.38.4-1a2b3c',
  ),
  sender(
    'program of a shop',
    "Acme's Shop/7.2.1 (com.acme.shop; build:721; iOS 17.5.1) Alamofire/5.9.1",
    w => `/api/app/home?v=7.2.1&lat=47.0${w.below(99)}&lon=15.4`,
  ),
  sender(
    'program in Java',
    'Apache-HttpClient/4.5.14 (Java/17.0.12)',
    w => `/export/items.xml?since=2026-01-0${1 + w.below(8)}T00:00:00%2B01:00`,
  ),
  sender('program in Go', 'Go-http-client/2.0', w => `/v1/locks/${w.uuid()}?wait=30s&index=${w.below(9e4)}`),
  sender(
    'office',
    'Microsoft Office/16.0 (Windows NT 10.0; Microsoft Excel 16.0.17928; Pro)',
    w => `/data/prices.xlsx?web=${w.below(2)}`,
  ),
  sender(
    'mail program',
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Thunderbird/128.4.3',
    w => `/.well-known/autoconfig/mail/config-v1.1.xml?emailaddress=${enc(w.mail())}`,
  ),
  sender(
    'package manager',
    'Debian APT-HTTP/1.3 (2.7.14build2) non-interactive',
    w => `/debian/dists/stable/main/by-hash/SHA256/${w.hex(64)}`,
  ),
  sender('old Android', 'okhttp/3.12.13 Dalvik/2.1.0 (Linux; U; Android 5.1; SM-G360P Build/LMY47X); rv:2'),
  sender('validator', 'W3C_Validator/1.3 http://validator.w3.org/services', w => `/page-${w.below(99)}.html`),
  sender(
    'archive',
    'Mozilla/5.0 (compatible; archive.org_bot +http://archive.org/details/archive.org_bot) Zeno/a1b2c3 warc/v0.8.60',
    w => `/2019/${w.below(12)}/`,
  ),
];

export const senderShapes: readonly Shape[] = [...jars, ...heads, ...senders];
