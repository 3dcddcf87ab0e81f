/** Pages and what is around them: shops, searches, maps, travel, sign-ins, measuring, and programs that fetch. */
import { enc, get, type Shape, type Words } from '../shape.ts';

const nested = (words: Words): string =>
  `https://app.example.com/o/${words.below(99)}?tab=a&next=${enc(`/x?y=${enc('a b&c')}&z=[1,2]`)}#/s?q=1`;
const agent = (text: string) => (): Record<string, string> => ({ 'user-agent': text });

export const pageShapes: readonly Shape[] = [
  get(
    'shop list with facets',
    words =>
      `/c/shoes?filter.v.price.gte=${words.below(50)}&filter.v.price.lte=200&filter.p.m.custom.fit=${enc('Wide / "Extra"')}&sort_by=price-ascending`,
  ),
  get(
    'shop list, range in brackets',
    words =>
      `/shop?price%5Bmin%5D=${words.below(90)}&price%5Bmax%5D=900&brand%5B%5D=${enc("Levi's")}&brand%5B%5D=${enc('H&M')}&in_stock=1`,
  ),
  get(
    'shop list, packed facets',
    words => `/browse?f=${enc(`color:(red|blue);size:[40 TO ${42 + words.below(5)}];brand:"${words.words()}"`)}`,
  ),
  get(
    'shop item with variant',
    words => `/products/mug-${words.below(999)}?variant=${words.below(9e9)}&_pos=1&_sid=${words.hex(9)}&_ss=r`,
  ),
  get(
    'shop item from an advertisement',
    words =>
      `/p/${words.below(9999)}?gclid=${words.token(60)}&utm_source=google&utm_medium=cpc&utm_campaign=${enc('DE | Brand (exact) – 50% & more')}&utm_term=%2Bkaffee%20%2Bmaschine`,
  ),
  get('search page', words => `/search?q=${enc(words.words())}&page=${1 + words.below(9)}`),
  get(
    'search page with plus',
    words =>
      `/s?k=${enc(words.words()).replaceAll('%20', '+')}&ref=nb_sb_noss_2&crid=${words.word(13).toUpperCase()}&sprefix=${enc(words.words().slice(0, 4))}%2Caps%2C${words.below(400)}`,
  ),
  get(
    'search engine',
    words =>
      `/search?q=${enc(words.words())}&oq=${enc(words.words())}&gs_lcrp=${words.token(50)}&sourceid=chrome&ie=UTF-8&sei=${words.token(16)}`,
  ),
  get(
    'search engine, operators',
    words => `/?q=${enc(`"${words.words()}" -site:pinterest.* (pdf | epub) after:2024`)}&t=h_&ia=web&kl=de-de`,
  ),
  get(
    'suggestions',
    words => `/ac/?q=${enc(words.words().slice(0, 6))}&type=list&callback=autocompleteCallback${words.below(9)}`,
  ),
  get(
    'JSONP with jQuery',
    words =>
      `/api/stock.js?callback=jQuery${words.below(9e9)}_${words.time()}&sku=A-${words.below(99)}&_=${words.time()}`,
  ),
  get(
    'map tiles',
    words =>
      `/tiles/v3/${words.below(18)}/${words.below(9999)}/${words.below(9999)}@2x.pbf?access_token=pk.${words.token(40)}&style=mapbox%3A%2F%2Fstyles%2Fmapbox%2Fstreets-v12`,
  ),
  get(
    'map view',
    words =>
      `/maps/place/Caf%C3%A9+%26+Bar/@52.5${words.below(9999)},13.4${words.below(9999)},17z/data=!3m1!4b1!4m6!3m5!1s0x47a851e3:0x${words.hex(12)}!8m2!3d52.5!4d13.4`,
  ),
  get(
    'map geocoder',
    words =>
      `/search.php?q=${enc("St. John's Rd 14; London")}&polygon_geojson=1&viewbox=-0.${words.below(999)},51.6,0.1,51.4&format=jsonv2`,
  ),
  get(
    'route planner',
    words =>
      `/route/v1/driving/13.38${words.below(99)},52.51;13.39,52.52;13.42,52.${words.below(99)}?overview=false&annotations=duration,distance&alternatives=3`,
  ),
  get(
    'weather',
    words =>
      `/v1/forecast?latitude=52.5&longitude=13.4&hourly=temperature_2m,rain&past_days=${words.below(9)}&timezone=Europe%2FBerlin`,
  ),
  get('train search', words =>
    `/fahrplan/suche#sts=true`.replace(
      '#sts=true',
      `?so=K%C3%B6ln%20Hbf&zo=Z%C3%BCrich%20HB&hd=2026-0${1 + words.below(9)}-12T08:30:00&hza=D&ar=false&s=true&d=false&soid=A%3D1%40O%3DK%C3%B6ln%40X%3D6958730%40Y%3D50943029%40U%3D80%40L%3D8000207%40`,
    ),
  ),
  get(
    'flight search',
    words =>
      `/flights/BER-LIS/2026-0${1 + words.below(9)}-14/2026-10-21/2adults/children-2-11?sort=bestflight_a&fs=stops=~0;airlines=-FR,flylocal&ucs=${words.word(6)}`,
  ),
  get(
    'hotel search',
    words =>
      `/searchresults.de.html?ss=${enc("L'Aquila, Italy")}&nflt=${enc('price=EUR-min-200-1;class=4;class=5;roomfacility=38')}&group_children=0&label=gen173nr-1${words.word(30)}&sid=${words.hex(32)}`,
  ),
  get(
    'house adverts',
    words =>
      `/Suche/de/berlin/wohnung-mieten?numberofrooms=2.0-${3 + words.below(3)}.0&price=-1500.0&geocodes=1276003001,${words.below(9e9)}&exclusioncriteria=swapflat`,
  ),
  get(
    'job adverts',
    words =>
      `/jobs?q=${enc('(script OR copy) writer, "remote"')}&l=&radius=${words.below(50)}&jt=fulltime&sc=${enc('0kf:attr(DSQF7)jt(permanent);')}&vjk=${words.hex(16)}`,
  ),
  get(
    'video page',
    words =>
      `/watch?v=${words.token(8)}&list=PL${words.token(24)}&index=${words.below(20)}&t=${words.below(900)}s&pp=${words.token(12)}%3D`,
  ),
  get(
    'video segments',
    words =>
      `/hls/v1/${words.hex(20)}/seg-${words.below(900)}-f1-v1-a1.ts?Policy=${words.token(90)}__&Signature=${words.token(120)}~&Key-Pair-Id=K${words.word(13).toUpperCase()}`,
    () => ({ range: 'bytes=0-1048575' }),
  ),
  get(
    'picture, resized',
    words =>
      `/_next/image?url=${enc(`https://cdn.example.com/m/${words.hex(12)}/a b (1).jpg?v=${words.below(9)}&crop=center`)}&w=${words.pick([640, 828, 1080])}&q=75`,
  ),
  get(
    'picture, recipe in the path',
    words =>
      `/cdn-cgi/image/width=${words.below(2000)},fit=cover,f=auto,gravity=0.5x0.2/https://img.example.com/u/${words.hex(8)}.jpg`,
  ),
  get(
    'picture, signed',
    words =>
      `/unsafe/fit-in/400x300/filters:quality(80):fill(white):watermark(logo.png,-10,-10,50)/s/${words.below(9999)}.png`,
  ),
  get('bundle of scripts', words =>
    `/combo?yui/3.18.1/build/yui-min.js&gallery/${words.below(99)}/a-min.js&x/../y.css`.replace('x/../', 'x/'),
  ),
  get('scripts with hash', words => `/assets/index-${words.token(6)}.js?v=${words.hex(8)}&dpl=dpl_${words.word(28)}`),
  get(
    'font',
    words =>
      `/css2?family=Inter:ital,opsz,wght@0,14..32,${100 + words.below(9)};1,14..32,400&family=Noto+Sans+JP&display=swap`,
  ),
  get(
    'news article',
    words =>
      `/2026/0${1 + words.below(9)}/12/world/${enc('what-happened-to-the-o’neill-union-select-committee')}-${words.below(99999)}.html?smid=url-share`,
  ),
  get(
    'article, other script',
    words => `/news/${enc('что-происходит-в-мире')}/${words.below(9999)}?from=${enc('главная')}&pos=${words.below(9)}`,
  ),
  get(
    'wiki page',
    words =>
      `/wiki/${words.pick(['C%2B%2B', 'Drop_(liquid)', 'Fermat%27s_Last_Theorem', 'SQL_injection', 'Rock_%27n%27_Roll', '%C3%89t%C3%A9', '%E6%9D%B1%E4%BA%AC', 'AT%26T', '/dev/null', 'Cross-site_scripting', 'Passwd', 'Select_(Unix)'])}?oldid=${words.below(9e8)}`,
  ),
  get(
    'wiki differences',
    words =>
      `/w/index.php?title=User_talk:${enc(words.name())}&diff=prev&oldid=${words.below(9e8)}&action=edit&section=${words.below(9)}`,
  ),
  get(
    'wiki API',
    words =>
      `/w/api.php?action=query&format=json&prop=extracts%7Cpageimages&titles=${enc(words.words())}%7CA%26B&formatversion=2&origin=*&redirects=&exintro=1`,
  ),
  get(
    'documentation search',
    words =>
      `/en/latest/search.html?q=${enc(words.pick(['select_related("a")', 'os.path.join', '__init__', 'exec()', 'std::vector<int>', '$lookup', 'Object.prototype', 'eval vs exec']))}&check_keywords=yes&area=default`,
  ),
  get(
    'question by tags',
    words =>
      `/questions/tagged/${words.pick(['c%23%2bjson', 'sql-injection%2bphp', 'bash+or+zsh', 'xss', '.net-8.0'])}?tab=newest&page=${words.below(90)}&filters=%5B%22noanswers%22%5D`,
  ),
  get('forum thread', words =>
    `/viewtopic.php?f=${words.below(40)}&t=${words.below(99999)}&start=${words.below(90)}&sid=${words.hex(32)}&hilit=${enc(words.words())}#p${words.below(9)}`.replace(
      /#.*/,
      '',
    ),
  ),
  get(
    'forum list',
    words =>
      `/index.php?/topic/${words.below(9999)}-${enc("what's-new")}/&do=findComment&comment=${words.below(99999)}&_fromLogin=1`,
  ),
  get(
    'feed reader',
    words => `/feed/?tag=${enc(words.words())}&withoutcomments=1`,
    agent('Feedly/1.0 (+http://www.feedly.com/fetcher.html; 14 subscribers; like FeedFetcher-Google)'),
  ),
  get(
    'podcast player',
    words =>
      `/ep/${words.below(400)}.mp3?aw_0_1st.playerid=apple&dest-id=${words.below(9e6)}&awCollectionId=${words.hex(8)}`,
    agent('AppleCoreMedia/1.0.0.22B91 (iPhone; U; CPU OS 18_1_1 like Mac OS X; en_us)'),
  ),
  get(
    'link preview',
    words => `/blog/${enc('five-ways-to-<not>-fail')}?id=${words.below(999)}`,
    agent('Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)'),
  ),
  get(
    'crawler',
    words => `/category/bikes/?orderby=price&min_price=${words.below(50)}&add-to-cart=${words.below(999)}`,
    agent('Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)'),
  ),
  get(
    'crawler of an archive',
    words => `/robots.txt?t=${words.time()}`,
    agent(
      'Mozilla/5.0 (compatible; archive.org_bot +http://archive.org/details/archive.org_bot) Zeno/2f4b (scrape & store)',
    ),
  ),
  get(
    'monitor',
    words => `/healthz?probe=${words.below(99)}`,
    agent('Mozilla/5.0+(compatible; UptimeRobot/2.0; http://www.uptimerobot.com/)'),
  ),
  get(
    'package index',
    words =>
      `/simple/${words.pick(['pyyaml', 'zope-interface', 'a2wsgi'])}/?format=application%2Fvnd.pypi.simple.v1%2Bjson&n=${words.below(999)}`,
    agent(
      'pip/24.3.1 {"ci":null,"cpu":"x86_64","distro":{"id":"noble","libc":{"lib":"glibc","version":"2.39"},"name":"Ubuntu"},"implementation":{"name":"CPython","version":"3.12.3"},"setuptools_version":"75.1.0"}',
    ),
  ),
  get(
    'npm registry',
    words => `/@types%2fnode/-/node-22.${words.below(99)}.tgz`,
    agent('npm/10.9.0 node/v22.11.0 linux x64 workspaces/false'),
  ),
  get(
    'apt mirror',
    words => `/ubuntu/pool/main/b/bash/bash_5.2.21-2ubuntu${words.below(9)}_amd64.deb`,
    agent('Debian APT-HTTP/1.3 (2.7.14)'),
  ),
  get(
    'git over HTTP',
    words => `/acme/site-${words.below(99)}.git/info/refs?service=git-upload-pack`,
    agent('git/2.47.0'),
  ),
  get(
    'container registry',
    words => `/v2/acme/app/manifests/sha256:${words.hex(64)}`,
    agent(
      'docker/27.3.1 go/go1.22.7 git-commit/41ca978 kernel/6.8.0-48-generic os/linux arch/amd64 UpstreamClient(Docker-Client/27.3.1 \\(linux\\))',
    ),
  ),
  get(
    'calendar subscription',
    words => `/ical/${words.uuid()}/basic.ics?tz=Europe%2FDublin&n=${enc("Conor's")}`,
    agent('iOS/18.1 (22B83) dataaccessd/1.0'),
  ),
  get(
    'sign-in redirect, OpenID',
    words =>
      `/authorize?client_id=${words.uuid()}&redirect_uri=${enc('https://app.example.com/cb?x=1&y=[2]')}&response_type=code%20id_token&scope=openid%20profile%20offline_access%20api%3A%2F%2Fx%2F.default&state=${words.token(60)}&nonce=${words.time()}.${words.token(30)}&code_challenge=${words.token(32)}&code_challenge_method=S256&response_mode=form_post&claims=${enc('{"id_token":{"acr":{"essential":true}}}')}`,
  ),
  get(
    'sign-in redirect, nested',
    words =>
      `/login?returnUrl=${enc(`/connect/authorize/callback?redirect_uri=${enc(nested(words))}&state=${words.token(40)}`)}`,
  ),
  get(
    'sign-in redirect, SAML',
    words =>
      `/saml2/sso?SAMLRequest=${enc(Buffer.from(words.token(240)).toString('base64'))}&RelayState=${enc(nested(words))}&SigAlg=http%3A%2F%2Fwww.w3.org%2F2001%2F04%2Fxmldsig-more%23rsa-sha256&Signature=${enc(`${words.token(100)}==`)}`,
  ),
  get(
    'sign-in answer',
    words =>
      `/oauth/callback?code=4%2F0A${words.token(50)}&scope=email%20https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fuserinfo.email%20openid&authuser=0&hd=example.com&prompt=consent&state=${enc(`{"r":"/home?a=1","n":"${words.hex(8)}"}`)}`,
  ),
  get(
    'sign-out',
    words =>
      `/logout?id_token_hint=eyJ${words.token(30)}.${words.token(150)}.${words.token(60)}&post_logout_redirect_uri=https%3A%2F%2Fwww.example.com%2F%3Fbye%3D1`,
  ),
  get(
    'confirmation from a mail',
    words => `/verify?token=${words.token(32)}&email=${enc(`anna+x@example.com`)}&redirect=${enc(nested(words))}`,
  ),
  get(
    'tracked link in a mail',
    words => `/ls/click?upn=u001.${words.token(160)}-2B${words.token(20)}-3D_${words.word(4)}`,
  ),
  get(
    'link guard of a mail',
    words =>
      `/v2/url?u=https-3A__www.example.com_a-3Fb-3Dc-26d-3D-2527x-2527&d=DwMFaQ&c=${words.token(30)}&r=${words.token(30)}&m=${words.token(60)}&s=${words.token(30)}&e=`,
  ),
  get(
    'safe link of a mail',
    words =>
      `/?url=${enc(nested(words))}&data=05%7C02%7Canna%40example.com%7C${words.hex(32)}%7C0%7C0%7C6386%7CUnknown%7CTWFpbGZsb3d8eyJW%3D%3D%7C0%7C%7C%7C&sdata=${words.token(30)}%3D&reserved=0`,
  ),
  get(
    'unsubscribe',
    words =>
      `/unsubscribe?u=${words.hex(25)}&id=${words.hex(10)}&e=${words.hex(10)}&c=${words.hex(10)}&why=${enc(words.text().slice(0, 60))}`,
  ),
  get(
    'pixel, analytics 4',
    words =>
      `/g/collect?v=2&tid=G-${words.word(10)}&gtm=45je4b${words.below(9)}v9&_p=${words.time()}&cid=${words.below(9e8)}.${words.time()}&ul=de-de&sr=1512x982&uaa=arm&uafvl=Chromium%3B131.0.6778.86%7CNot_A%2520Brand%3B24.0.0.0&dl=${enc(nested(words))}&dt=${enc(words.text().slice(0, 50))}&en=view_item&pr1=id1~nm${enc("Men's <XL>")}~pr9.9&_et=${words.below(900)}`,
  ),
  get(
    'pixel, Matomo',
    words =>
      `/matomo.php?action_name=${enc(words.text().slice(0, 40))}&idsite=1&rec=1&r=${words.below(999999)}&url=${enc(nested(words))}&_id=${words.hex(16)}&cvar=${enc('{"1":["type","shop & \'more\'"]}')}&pdf=1&cookie=1&res=1920x1080`,
  ),
  get(
    'pixel, Facebook',
    words =>
      `/tr/?id=${words.below(9e14)}&ev=AddToCart&dl=${enc(nested(words))}&cd[content_ids]=${enc('["12"]')}&cd[value]=9.9&sw=390&fbp=fb.1.${words.time()}.${words.below(9e9)}&es=automatic&rqm=GET`,
  ),
  get(
    'pixel, plain',
    words =>
      `/b/ss/acme/1/JS-2.22.4/s${words.below(9e9)}?AQB=1&pageName=${enc('shop|cart > pay')}&events=scAdd,event12=${words.below(9)}&products=${enc(`;A-1;1;9.90,;B&B;2;1;;eVar1=x|eVar2='y'`)}&AQE=1`,
  ),
  get(
    'advertisement bid',
    words =>
      `/hb?w=300&h=250&s=${words.below(9999)}&gdpr=1&gdpr_consent=CP${words.token(60)}&schain=1.0,1!example.com,${words.below(999)},1,,,&eids=${enc('[{"source":"id5-sync.com","uids":[{"id":"ID5*a-b","atype":1}]}]')}`,
  ),
  get(
    'consent',
    words => `/consent?tcString=CQ${words.token(80)}.${words.token(20)}&lang=fr&v={"ads":false}&t=${words.time()}`,
  ),
  get(
    'old form of dates',
    words => `/report.asp?from=01/0${1 + words.below(9)}/2026&to=31/12/2026&type=A;B;C&format=html&x=1,2,3`,
  ),
  get(
    'timetable of matrix parameters',
    words => `/flights;from=BER;to=LIS/offers;sort=price,asc;max=${words.below(90)}`,
  ),
  get(
    'bank statement',
    words =>
      `/accounts/${words.uuid()}/transactions?bookingDateFrom=2026-01-01&amount=gt:${words.below(90)}&text=${enc("O'Neill & Sons -- rent")}&cursor=${words.token(30)}`,
  ),
  get(
    'government form',
    words =>
      `/formular/antrag;jsessionid=${words.word(32).toUpperCase()}.node${words.below(4)}?execution=e${words.below(9)}s2&name=${enc(words.name())}`,
  ),
  get(
    'library catalogue',
    words =>
      `/opac?query=${enc(`ti=("le petit prince" or "der kleine prinz") and au=saint* not ${words.words()}`)}&scan=1`,
  ),
  get(
    'patent search',
    words =>
      `/?q=${enc('(H04L63/* AND "web application firewall") OR (sql injection)')}&before=priority:2020${words.below(9)}101&oq=x`,
  ),
  get(
    'science database',
    words =>
      `/pubmed/?term=${enc(`("select agents"[MeSH]) AND (2020:2026[pdat]) NOT review[pt] AND ${words.words()}`)}&size=200`,
  ),
  get(
    'genome coordinates',
    words =>
      `/cgi-bin/hgTracks?db=hg38&position=chr${1 + words.below(22)}%3A11102837-11267747&hgsid=${words.below(9e8)}_${words.word(30)}`,
  ),
  get(
    'calculator',
    words =>
      `/input?i=${enc(words.pick(['integrate x^2 sin(x) dx from 0 to pi', 'solve 2x+3<7 && x>0', '{{1,2},{3,4}}.{x,y}', '5!/(3!2!)', 'd/dx |x|']))}&lang=en&n=${words.below(99)}`,
  ),
  get('translation', words => `/translate_a/single?client=gtx&sl=auto&tl=sv&dt=t&q=${enc(words.text())}`),
  get('share', words => `/intent/post?text=${enc(words.text())}&url=${enc(nested(words))}&hashtags=a,b&via=acme`),
  get('messenger link', words => `/send?phone=4670${words.below(9e6)}&text=${enc(`Hi! ${words.text()} <3`)}`),
  get(
    'app link of a phone',
    words => `/.well-known/assetlinks.json?n=${words.below(99)}`,
    agent('GoogleAssociationService'),
  ),
  get(
    'mobile app',
    words => `/api/mobile/v4/home?lat=59.3${words.below(999)}&lon=18.0&build=${words.below(9999)}`,
    () => ({
      'user-agent': 'AcmeApp/8.14.2 (se.acme.app; build:2210; iOS 18.1.0) Alamofire/5.9.1',
      'x-device': "Marta's iPhone",
      accept: 'application/json',
    }),
  ),
  get(
    'game launcher',
    words => `/launcher/manifest?platform=win32&args=${enc('--profile "Default User" -w 1280')}&h=${words.hex(12)}`,
    agent('EpicGamesLauncher/17.2.0-37595448+++Portal+Release-Live Windows/10.0.22631.1.256.64bit'),
  ),
];
