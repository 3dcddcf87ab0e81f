import { cookies, enc, form, get, json, parts, raw, type Shape } from './shape.ts';

/** Searching, shopping, tracking, signing in. */
export const commerceShapes: readonly Shape[] = [
  get(
    'search page',
    w => `/search?q=${enc(w.words())}&hl=de&start=${10 * w.below(9)}&sa=N&ved=2ahUKEw${w.token(18)}&biw=1440&bih=789`,
  ),
  get(
    'search suggest',
    w =>
      `/complete/search?client=gws-wiz&cp=${w.below(9)}&q=${enc(w.words()).replaceAll('%20', '+')}&xssi=t&psi=${w.token(16)}.${w.time()}&dpr=1`,
  ),
  get(
    'shop filter',
    w =>
      `/c/shoes?filter%5Bprice%5D%5Bgte%5D=10&filter%5Bprice%5D%5Blte%5D=${w.below(500)}&filter[color][]=red&filter[color][]=blue%2Fgreen&sort=-price,name&page[number]=${w.below(9)}`,
  ),
  get(
    'shop facets',
    w =>
      `/s/ref=nb_sb_noss?k=${enc(w.words())}&rh=n%3A12345%2Cp_36%3A1000-5000%7Cp_89%3AO%27Neill%20%26%20Co&dc&qid=${w.time()}&rnid=1&ref=sr_nr_p_36_2`,
  ),
  get(
    'product with tracking',
    w =>
      `/p/${w.pick(["l-oreal-men's-care", 'c-t-shirt--xl', 'usb-c%20cable%202m', 'пылесос-x5'])}?utm_source=google&utm_medium=cpc&utm_campaign=${enc('[DE] Brand | Sale & more (2026)')}&gclid=Cj0KCQ${w.token(60)}&gad_source=1`,
  ),
  get(
    'facebook click',
    w =>
      `/?fbclid=IwAR${w.token(45)}&utm_content=${enc(w.text())
        .slice(0, 120)
        .replace(/%[0-9A-F]?$/, '')}`,
  ),
  form('add to cart', '/cart/add.js', w => ({
    id: String(w.below(1e9)),
    quantity: '1',
    'properties[Engraving]': w.text().slice(0, 40),
    sections: 'cart-drawer,cart-icon-bubble',
    sections_url: '/products/tee?variant=1',
  })),
  form('checkout address', '/checkout/address', w => ({
    first_name: w.name(),
    street: w.pick(["12 St. Mary's Rd; Flat 3", 'Straße 5 - 7 / EG', '#4-B, 5th & Main', '東京都千代田区1-1-1']),
    zip: '01234',
    note: w.text(),
    _token: w.word(40),
  })),
  json('cart graphql', '/graphql', w => ({
    operationName: 'CartLinesAdd',
    variables: {
      cartId: `gid://shopify/Cart/${w.hex(32)}?key=${w.hex(16)}`,
      lines: [
        {
          merchandiseId: `gid://shopify/ProductVariant/${w.below(1e9)}`,
          attributes: [{ key: '_note', value: w.text() }],
        },
      ],
    },
    query:
      'mutation CartLinesAdd($cartId: ID!, $lines: [CartLineInput!]!) { cartLinesAdd(cartId: $cartId, lines: $lines) { cart { id totalQuantity } userErrors { field message } } }',
  })),
  json('graphql search', '/api/graphql', w => ({
    query: `query S { search(query: "${w.words().replaceAll('"', '\\"')} is:open sort:updated-desc", type: ISSUE, first: 20) { edges { node { ... on Issue { title url } } } } }`,
  })),
  get(
    'persisted graphql',
    w =>
      `/graphql?operationName=Feed&variables=${enc(JSON.stringify({ first: 10, after: null, q: w.words() }))}&extensions=${enc(JSON.stringify({ persistedQuery: { version: 1, sha256Hash: w.hex(64) } }))}`,
  ),
  form('login', '/login', w => ({
    username: w.mail(),
    password: w.password(),
    remember: 'on',
    csrfmiddlewaretoken: w.word(64),
  })),
  json('login api', '/api/auth/login', w => ({
    email: w.mail(),
    password: w.password(),
    captcha: `03A${w.token(300)}`,
  })),
  get(
    'oidc authorize',
    w =>
      `/oauth2/v2.0/authorize?client_id=${w.uuid()}&response_type=code%20id_token&redirect_uri=https%3A%2F%2Fapp.example.com%2Fsignin-oidc%3Freturn%3D%252Fa%252Fb&scope=openid+profile+offline_access&state=CfDJ8${w.token(120)}&nonce=${w.time()}.${w.token(40)}&code_challenge=${w.token(32)}&code_challenge_method=S256&x-client-SKU=ID_NET8_0`,
  ),
  get(
    'oidc callback',
    w =>
      `/callback?code=0.AX${w.token(200)}&state=${enc(Buffer.from(JSON.stringify({ returnTo: '/a?b=c&d="e"', nonce: w.word(8) })).toString('base64'))}&session_state=${w.uuid()}`,
  ),
  form('oidc form post', '/signin-oidc', w => ({
    id_token: `eyJ0eXAiOiJKV1QiLCJhbGciOiJSUzI1NiJ9.${w.token(300)}.${w.token(256)}`,
    state: `CfDJ8${w.token(90)}`,
  })),
  form('token', '/oauth/token', w => ({
    grant_type: 'authorization_code',
    code: w.token(30),
    redirect_uri: 'http://localhost:8080/cb',
    client_secret: w.token(24),
    code_verifier: w.token(32),
  })),
  form('saml post', '/saml/acs', w => ({
    SAMLResponse: Buffer.from(
      `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_${w.hex(32)}" Version="2.0" Destination="https://app.example.com/saml/acs"><saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">https://idp.example.com/?a=b&amp;c=d</saml:Issuer><samlp:Status><samlp:StatusCode Value="urn:oasis:names:tc:SAML:2.0:status:Success"/></samlp:Status><saml:AttributeValue>${w.name().replace(/&/g, '&amp;')}</saml:AttributeValue></samlp:Response>`,
    ).toString('base64'),
    RelayState: 'https://app.example.com/start?x=1',
  })),
  get(
    'saml redirect',
    w =>
      `/saml/sso?SAMLRequest=${enc(Buffer.from(w.token(300), 'base64url').toString('base64'))}&RelayState=ss%3Amem%3A${w.hex(64)}&SigAlg=http%3A%2F%2Fwww.w3.org%2F2001%2F04%2Fxmldsig-more%23rsa-sha256&Signature=${enc(w.token(256))}`,
  ),
  get(
    'return url',
    w =>
      `/login?returnUrl=${enc(`/orders?filter=${enc("status eq 'open'")}&page=${w.below(9)}`)}&error=session_expired`,
  ),
  get(
    'ga4',
    w =>
      `/g/collect?v=2&tid=G-${w.word(10).toUpperCase()}&gtm=45je4b${w.below(9)}v9${w.below(1e9)}za200&_p=${w.time()}123&gcd=13l3l3l3l1l1&npa=0&dma=1&cid=${w.below(1e9)}.${w.time()}&ul=en-us&sr=1440x900&uaa=x86&uafvl=Chromium%3B131.0.6778.86%7CNot_A%2520Brand%3B24.0.0.0&dl=${enc(`https://www.example.com/s?q=${enc(w.words())}`)}&dt=${enc(w.text().slice(0, 60))}&en=page_view&ep.content=a%7Cb&_et=${w.below(9999)}`,
  ),
  raw(
    'ga4 batch',
    w => `/g/collect?v=2&tid=G-${w.word(10).toUpperCase()}&_s=2`,
    'text/plain;charset=UTF-8',
    w =>
      `en=scroll&epn.percent_scrolled=90&_et=${w.below(9999)}\r\nen=click&ep.link_url=${enc('https://x.example/?a=b')}&ep.link_text=${enc(w.words())}`,
  ),
  get(
    'matomo',
    w =>
      `/matomo.php?action_name=${enc(w.text())}&idsite=1&rec=1&r=${w.below(1e6)}&h=12&url=${enc(`https://www.example.com/${enc(w.words())}`)}&urlref=${enc('https://www.google.com/')}&_id=${w.hex(16)}&pdf=1&cookie=1&res=1920x1080&pv_id=${w.word(6)}&_cvar=${enc('{"1":["a","b"]}')}`,
  ),
  json(
    'segment',
    '/v1/t',
    w => ({
      timestamp: new Date(w.time() * 1000).toISOString(),
      event: 'Form Submitted',
      properties: {
        label: w.text(),
        selector: 'div.main > form#f-1 input[name="q"]',
        url: 'https://x.example/?a=1#/b',
      },
      context: {
        userAgent: 'Mozilla/5.0 (X11; Linux x86_64)',
        page: { search: '?utm_source=x&q=' + enc(w.words()), referrer: '$direct' },
        library: { name: 'analytics.js' },
      },
      anonymousId: w.uuid(),
      writeKey: w.word(32),
    }),
    { type: 'text/plain' },
  ),
  form('mixpanel', '/track/?ip=1&_=1', w => ({
    data: Buffer.from(
      JSON.stringify({
        event: '$mp_web_page_view',
        properties: {
          $os: 'Linux',
          $current_url: 'https://x.example/?q=' + w.words(),
          distinct_id: `$device:${w.uuid()}`,
          text: w.text(),
        },
      }),
    ).toString('base64'),
  })),
  json('posthog', '/e/?ip=1&ver=1.180.0', w => ({
    event: '$autocapture',
    properties: {
      $event_type: 'click',
      $elements: [
        { tag_name: 'a', $el_text: w.text(), attr__href: 'javascript:;', attr__onclick: 'return false', nth_child: 2 },
      ],
      $el_selector: 'body > div:nth-child(2) > a',
    },
  })),
  json('web vitals', '/vitals', w => ({
    name: 'LCP',
    value: w.below(4000),
    id: `v4-${w.time()}-${w.below(1e12)}`,
    attribution: {
      element: 'html>body>div#root>main.a_b>img[src="/x.png"]',
      url: 'https://cdn.example.com/i/a%20b.jpg?w=100&q=75',
    },
  })),
  json(
    'csp report',
    '/csp-report',
    w => ({
      'csp-report': {
        'document-uri': 'https://www.example.com/',
        'violated-directive': "script-src-elem 'self' 'unsafe-inline' https:",
        'blocked-uri': w.pick(['inline', 'eval', 'data', 'https://evil.example.net/x.js']),
        'script-sample': w.pick([
          '(function(){var a=document.createElement("script")',
          'onclick attribute on DIV element',
          '<img src=x',
        ]),
        'original-policy': "default-src 'self'; script-src 'nonce-abc' 'strict-dynamic'; report-uri /csp-report",
      },
    }),
    { type: 'application/csp-report' },
  ),
  raw(
    'sentry envelope',
    w => `/api/45/envelope/?sentry_key=${w.hex(32)}&sentry_version=7&sentry_client=sentry.javascript.react%2F8.35.0`,
    'text/plain;charset=UTF-8',
    w =>
      `{"event_id":"${w.hex(32)}","sdk":{"name":"sentry.javascript.react"}}\n{"type":"event"}\n${JSON.stringify({
        exception: {
          values: [
            {
              type: 'SyntaxError',
              value: 'Unexpected token \'<\', "<!DOCTYPE "... is not valid JSON',
              stacktrace: {
                frames: [
                  {
                    filename: 'app:///static/js/main.js',
                    function: 'Object.<anonymous>',
                    context_line: w.code().split('\n')[0],
                  },
                ],
              },
            },
          ],
        },
        breadcrumbs: [
          { category: 'console', message: w.text() },
          { category: 'ui.click', message: 'button.btn > span[title="Save & close"]' },
        ],
      })}\n`,
  ),
  get(
    'ad request',
    w =>
      `/gampad/ads?pvsid=${w.below(1e15)}&correlator=${w.below(1e15)}&eid=31088580%2C31088581&output=ldjh&gdfp_req=1&iu_parts=1234%2Cexample.com%2Cnews&prev_iu_szs=300x250%7C728x90&cust_params=${enc(`kw=${w.words()}&url=https://www.example.com/a?b=c&topic=a,b`)}&cookie=ID%3D${w.hex(16)}%3AT%3D${w.time()}%3AS%3DALNI_M&url=${enc('https://www.example.com/news?id=1&ref=home')}&vis=1&psts=AOrYGs${w.token(80)}%2C`,
  ),
  get(
    'redirect click',
    w =>
      `/aclk?sa=L&ai=DChcSE${w.token(50)}&adurl=${enc(`https://shop.example.com/p?id=1&utm_term=${enc(w.words())}`)}&ctype=5`,
  ),
  get(
    'map tiles',
    w =>
      `/maps/vt?pb=!1m5!1m4!1i${w.below(20)}!2i${w.below(9999)}!3i${w.below(9999)}!4i256!2m3!1e0!2sm!3i${w.below(7e8)}!3m8!2sen!3sus!5e1105!12m4!1e68!2m2!1sset!2sRoadmap!4e0!5m1!5f2`,
  ),
  get(
    'tile xyz',
    w =>
      `/tiles/${w.below(18)}/${w.below(9999)}/${w.below(9999)}@2x.png?access_token=pk.${w.token(50)}&style=streets-v12`,
  ),
  get(
    'video range',
    w =>
      `/videoplayback?expire=${w.time()}&ei=${w.token(16)}&ip=203.0.113.9&id=o-A${w.token(30)}&mime=video%2Fmp4&sparams=expire%2Cei%2Cip%2Cid&sig=AJfQdSs${w.token(60)}%3D&range=${w.below(1e6)}-${1e6 + w.below(1e6)}`,
    () => ({ range: 'bytes=0-524287' }),
  ),
  get(
    'image resizer',
    w =>
      `/cdn-cgi/image/fit=cover,width=${w.below(900)},quality=80/https://img.example.com/a%20b/${w.pick(["l'été", 'été (1)', 'a+b', 'x&y'])}.jpg`,
  ),
  get(
    'image optimizer',
    w => `/_next/image?url=${enc(`https://cms.example.com/uploads/${w.word(6)} (1).png?v=2&w=300`)}&w=1080&q=75`,
  ),
  get(
    'next data',
    w => `/_next/data/${w.token(15)}/de/produkte/${enc(w.words())}.json?slug=a&slug=b`,
    () => ({
      'x-nextjs-data': '1',
      purpose: 'prefetch',
      'next-router-state-tree':
        '%5B%22%22%2C%7B%22children%22%3A%5B%22__PAGE__%22%2C%7B%7D%5D%7D%2C%22%24undefined%22%5D',
    }),
  ),
  get(
    'rails search',
    w => `/users?utf8=%E2%9C%93&q%5Bname_cont%5D=${enc(w.name())}&q%5Bs%5D=created_at+desc&commit=Search`,
  ),
  get(
    'odata',
    w =>
      `/odata/Orders?$filter=${enc(`contains(Customer/Name,'${w.name().replaceAll("'", "''")}') and Total gt 100 or Status ne 'x'`)}&$expand=Items($select=Id,Name;$orderby=Name)&$top=20&$count=true`,
  ),
  get(
    'json api',
    w =>
      `/api/articles?include=author,comments.author&fields[articles]=title,body&filter[or][0][title][like]=${enc(`%${w.words()}%`)}&sort=-created&page[size]=10`,
  ),
  get('typo url', w => `/product.php?id=${w.below(999)}&name=${enc(w.name())}&cat=R%26B%20%2F%20Soul`),
  get(
    'autocomplete jsonp',
    w => `/suggest?callback=jQuery3600${w.below(1e9)}_${w.time()}123&term=${enc(w.words())}&_=${w.time()}456`,
  ),
  get(
    'datatables',
    w =>
      `/list?draw=3&columns%5B0%5D%5Bdata%5D=id&columns%5B0%5D%5Bsearchable%5D=true&columns%5B0%5D%5Bsearch%5D%5Bregex%5D=false&order%5B0%5D%5Bcolumn%5D=0&order%5B0%5D%5Bdir%5D=desc&start=0&length=25&search%5Bvalue%5D=${enc(w.words())}&_=${w.time()}`,
  ),
  cookies(
    'consent strings',
    w =>
      `euconsent-v2=CP${w.token(60)}.${w.token(20)}.YAAAAAAAAAAA; OptanonConsent=isGpcEnabled=0&datestamp=Mon+Nov+04+2026+10%3A00%3A00+GMT%2B0100&version=202409.1.0&hosts=&groups=C0001%3A1%2CC0002%3A0&geolocation=DE%3BBE; OptanonAlertBoxClosed=2026-01-01T10:00:00.000Z`,
  ),
  cookies(
    'json cookies',
    w =>
      `prefs=${enc(JSON.stringify({ theme: 'dark', cols: ['a', 'b'], q: w.words() }))}; ajs_anonymous_id=%22${w.uuid()}%22; cart={"items":[{"id":${w.below(99)}}]}; intercom-device-id-x=${w.uuid()}`,
  ),
  cookies(
    'base64 cookies',
    w =>
      `session=${Buffer.from(JSON.stringify({ user: w.name(), flash: w.text(), csrf: w.word(20) })).toString('base64')}; _app_session=${enc(w.token(120))}--${w.hex(40)}; XSRF-TOKEN=${enc(Buffer.from(`{"iv":"${w.word(24)}","value":"${w.word(64)}","mac":"${w.hex(64)}"}`).toString('base64'))}`,
  ),
  cookies(
    'signed cookies',
    w =>
      `connect.sid=s%3A${w.token(24)}.${enc(w.token(32))}; .AspNetCore.Identity.Application=CfDJ8${w.token(200)}; ASP.NET_SessionId=${w.word(24).toLowerCase()}; laravel_session=${enc(w.token(200))}`,
  ),
  cookies(
    'many trackers',
    w =>
      `_fbp=fb.1.${w.time()}123.${w.below(1e9)}; _gcl_au=1.1.${w.below(1e9)}.${w.time()}; __utmz=1.${w.time()}.1.1.utmcsr=(direct)|utmccn=(direct)|utmcmd=(none); _hjSessionUser_1=eyJpZCI6I${w.token(40)}; hubspotutk=${w.hex(32)}; __hstc=1.${w.hex(32)}.${w.time()}.1; _uetsid=${w.hex(32)}|1abc|2|fq1|0|1600; amp_6e403e=${w.token(20)}...1hf.1hg.0.1.1; _pk_id.1.fff=${w.hex(16)}.${w.time()}.; mp_x_mixpanel=%7B%22distinct_id%22%3A%20%22%24device%3A${w.uuid()}%22%2C%22%24initial_referrer%22%3A%20%22%24direct%22%7D`,
  ),
  parts('avatar', '/account/avatar', w => [
    { name: '_method', value: 'put' },
    {
      name: 'avatar',
      value: Buffer.from(w.token(2000), 'base64url'),
      filename: w.pick(['me (1).jpg', "mum's photo.png", 'Bild & Ton.gif', '写真.webp']),
      type: 'image/jpeg',
    },
  ]),
  raw(
    'page seal',
    '/dtrum',
    'text/plain;charset=UTF-8',
    w =>
      `$a=1%7C1%7C_load_%7C_load_%7C-%7C${w.time()}123%7C0%7Cdn%7C88%7Csvtrg%7C1%7Csvm%7Ci1%5Esk0%5Esh0$url=${enc('https://www.example.com/a?b=c')}$title=${enc(w.text())}$rId=RID_${w.below(1e9)}$v=102`,
  ),
  form('bank transfer', '/transfer', w => ({
    iban: 'DE89 3704 0044 0532 0130 00',
    amount: '1.234,56',
    purpose: w.text(),
    name: w.name(),
    tan: '123456',
    javax_faces_ViewState: `${w.below(1e9)}:-${w.below(1e9)}`,
  })),
  form('jsf', '/app/list.xhtml', w => ({
    'javax.faces.partial.ajax': 'true',
    'javax.faces.source': 'form:table',
    'javax.faces.partial.execute': '@all',
    'form:table_filter': w.words(),
    'javax.faces.ViewState': Buffer.from(w.token(300), 'base64url').toString('base64'),
  })),
  form('webforms', '/Default.aspx', w => ({
    __EVENTTARGET: 'ctl00$Main$btnGo',
    __EVENTARGUMENT: 'Page$2',
    __VIEWSTATE: `/wEPDwUK${Buffer.from(w.token(400), 'base64url').toString('base64')}`,
    __EVENTVALIDATION: `/wEdAA${Buffer.from(w.token(80), 'base64url').toString('base64')}`,
    ctl00$Main$txtSearch: w.words(),
  })),
];
