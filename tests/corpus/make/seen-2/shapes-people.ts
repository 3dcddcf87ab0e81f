import { cookies, enc, form, get, json, parts, raw, type Shape } from '../shape.ts';

const esc = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;');

/** People at sites: reading, buying, writing. */
export const peopleShapes: readonly Shape[] = [
  get(
    'bing',
    w =>
      `/search?q=${enc(w.words()).replaceAll('%20', '+')}&form=QBLH&sp=-1&ghc=1&lq=0&pq=${enc(w.words())}&sc=10-12&qs=n&sk=&cvid=${w.hex(32).toUpperCase()}`,
  ),
  get(
    'yandex',
    w => `/search/?text=${enc(w.words())}&lr=213&clid=2270455&win=${w.below(600)}&msid=${w.time()}.${w.below(99999)}`,
  ),
  get(
    'travel search',
    w =>
      `/hotels?ss=${enc(w.pick(["Côte d'Azur", 'São Paulo', 'Val-d’Isère', '京都', "Martha's Vineyard"]))}&checkin=2026-07-01&checkout=2026-07-05&group_adults=2&nflt=${enc('price=EUR-50-200-1;class=4;review_score=80')}&order=price`,
  ),
  get(
    'flight',
    w =>
      `/flights/MUC-JFK/2026-0${1 + w.below(9)}-10/2026-09-20/1adults?sort=bestflight_a&fs=stops=~0;airlines=-FR,MULT;fdDir=true&attempt=1`,
  ),
  get(
    'real estate map',
    w =>
      `/homes?searchQueryState=${enc(JSON.stringify({ mapBounds: { west: -74.1, east: -73.9, south: 40.6, north: 40.8 }, filterState: { price: { min: 1e5, max: 5e5 }, beds: { min: 2 } }, usersSearchTerm: w.words() }))}`,
  ),
  get('wiki page', w =>
    w.pick([
      '/wiki/O%27Reilly_Media',
      '/wiki/Select_(SQL)',
      '/wiki/%C3%84%C3%96%C3%9C',
      '/wiki/Special:Search?search=union+of+sets&go=Go',
      '/wiki/Bobby_%22Null%22_Tables',
      '/wiki/%2E.NET',
      '/wiki/Who%3F',
      '/wiki/A*_search_algorithm',
      "/wiki/Fermat's_Last_Theorem",
      '/wiki/Man-in-the-middle_attack',
      '/wiki/Ampersand_%26',
    ]),
  ),
  get(
    'wiki api',
    w =>
      `/w/api.php?action=query&format=json&prop=info%7Cextracts&titles=${enc(w.name())}%7C${enc(w.words())}&redirects=1&origin=*&maxlag=5`,
  ),
  get(
    'news with topic',
    w =>
      `/2026/11/${10 + w.below(18)}/politics/${w.pick(['union-members-vote-to-drop-table-talks', 'select-committee-grants-delay', 'who-is-where-and-why', 'senate-or-house'])}.html?partner=rss&emc=rss&smid=tw-share`,
  ),
  get(
    'forum view',
    w => `/viewtopic.php?f=12&t=${w.below(9999)}&p=${w.below(99999)}&hilit=${enc(w.words())}&sid=${w.hex(32)}`,
  ),
  get('code search', w => `/search?q=${enc(`${w.words()} lang:c++ -path:*/test/* /fn\\s+main/`)}&type=code`),
  get('diff view', w => `/acme/app/compare/main...feat%2Fdrop-table?diff=split&w=1&expand=1&title=${enc(w.text())}`),
  get('package docs', w =>
    w.pick([
      '/package/@types/node/v/20.1.0?activeTab=code',
      '/docs/%40scope/pkg',
      '/crate/std/latest/std/macro.println!.html',
      '/doc/$/x',
      '/api/java.lang/System.html',
    ]),
  ),
  get(
    'price filter',
    w =>
      `/catalog?price=${w.below(50)}..${w.below(900)}&brand=h%26m|c%26a&size=xs,s,m&q=${enc(w.words())}&view=grid&in_stock=true&_pjax=%23content`,
  ),
  get(
    'magento layer',
    w =>
      `/women/tops.html?color=49&size=168&product_list_order=price&product_list_dir=desc&p=${w.below(9)}&___store=de&___from_store=en`,
  ),
  get(
    'wishlist share',
    w =>
      `/hz/wishlist/ls/${w.word(13)}?ref_=wl_share&type=wishlist&viewType=list&filter=unpurchased&sort=priority%20desc`,
  ),
  get(
    'shortener',
    w =>
      `/go?to=${enc(`https://www.example.net/path;v=1/a,b/?q=${w.words()}&r=${enc('/x?y=z')}#frag`)}&src=mail&sig=${w.hex(16)}`,
  ),
  get('newsletter click', w => `/f/a/${w.token(22)}~~/AAQRxQA~/${w.token(180)}~~`),
  get(
    'unsubscribe',
    w =>
      `/unsubscribe?email=${enc(w.mail())}&list=News%20%26%20Offers&token=${w.token(40)}&reason=${enc(w.text().slice(0, 80))}`,
  ),
  get(
    'share',
    w => `/sharer/sharer.php?u=${enc('https://www.example.com/a?b=c&d=e')}&quote=${enc(w.text())}&hashtag=%23sale`,
  ),
  get('whatsapp share', w => `/send?text=${enc(`${w.text()} https://x.example/?a=b`)}&phone=49151`),
  get(
    'calendar link',
    w =>
      `/calendar/render?action=TEMPLATE&text=${enc(w.text())}&dates=20260101T100000Z/20260101T110000Z&details=${enc('Join: https://meet.example.com/j/1?pwd=a.1')}&location=${enc("O'Connell St; Dublin")}`,
  ),
  get(
    'typo letters',
    w =>
      `/find?name=${enc(w.name())}&city=${enc(w.pick(["L'Aquila", "Xi'an", "'s-Hertogenbosch", 'Saint-Louis-du-Ha! Ha!', "Coeur d'Alene"]))}&radius=5;10`,
  ),
  form('aspnet login', '/Account/Login', w => ({
    UserName: w.name(),
    Password: w.password(),
    __RequestVerificationToken: `CfDJ8${w.token(120)}`,
    RememberMe: 'false',
  })),
  form('django admin', '/admin/blog/post/1/change/', w => ({
    csrfmiddlewaretoken: w.word(64),
    title: w.text().replaceAll('\n', ' '),
    body: `<p>${esc(w.text())}</p>`,
    _continue: 'Save and continue editing',
    'tags-TOTAL_FORMS': '3',
    published_0: '2026-01-01',
  })),
  form('drupal ajax', '/views/ajax?_wrapper_format=drupal_ajax', w => ({
    view_name: 'frontpage',
    view_path: '/node',
    'ajax_page_state[theme]': 'olivero',
    'ajax_page_state[libraries]': `eJ${w.token(200)}`,
    search: w.words(),
  })),
  form('joomla', '/index.php?option=com_content&task=article.save', w => ({
    'jform[title]': w.words(),
    'jform[articletext]': `<p>${esc(w.text())}</p><hr id="system-readmore" />`,
    return: Buffer.from('index.php?option=com_content').toString('base64'),
    [w.hex(32)]: '1',
  })),
  form('mybb reply', '/newreply.php?ajax=1', w => ({
    my_post_key: w.hex(32),
    message: `[b]@${w.name()}[/b] ${w.text()}\n[list][*]a[*]b[/list] [img]https://x.example/a.png?x=1[/img] [size=150][color=#ff0000]hi[/color][/size]`,
    tid: '1',
    action: 'do_newreply',
  })),
  form('dokuwiki', '/doku.php?id=start', w => ({
    sectok: w.hex(32),
    wikitext: `====== ${w.words()} ======\n  * **a** //b// __c__ ''d''\n  - {{:img.png?200|x}}\n| a ^ b |\n((${w.text()}))\n<code>x</code>`,
    summary: 'edit',
    'do[save]': '1',
  })),
  form('qa comment', '/posts/1/comments', w => ({
    comment: `@Bob try \`x ?? y\` or \`a || b\`; ${w.text()}`,
    fkey: w.hex(64),
  })),
  form('exam answer', '/mod/quiz/processattempt.php', w => ({
    'q1:1_answer': w.text(),
    'q1:1_:sequencecheck': '2',
    sesskey: w.word(10),
    slots: '1,2',
  })),
  form('insurance claim', '/schaden/melden', w => ({
    beschreibung: `Fahrer A fuhr rückwärts -- ${w.text()}`,
    kennzeichen: 'M-OR 1111',
    'beteiligte[0].name': w.name(),
    zeit: '12:30',
  })),
  form('support chat', '/chat/send', w => ({
    msg: w.text(),
    visitor: w.name(),
    page: 'https://shop.example.com/cart?coupon=SAVE%2020%25',
    ua: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)',
  })),
  form('survey tool', '/r/submit', w => ({
    '1X2X3SQ001': w.text(),
    '1X2X4': 'A1',
    '1X2X5other': w.words(),
    movenext: 'movenext',
    fieldnames: '1X2X3SQ001|1X2X4',
  })),
  form('sms', '/api/sms', w => ({ to: '+4915112345678', text: w.text(), sender: 'ACME & Co' })),
  form('ads report', '/ads/query', w => ({
    fields: 'campaign.name,metrics.clicks',
    filter: 'clicks > 10, ctr < 0.5',
    q: w.words(),
    tz: 'Europe/Berlin',
  })),
  json('tiptap', '/api/pages/1', w => ({
    title: w.words(),
    content: {
      type: 'doc',
      content: [
        { type: 'heading', attrs: { level: 2 }, content: [{ type: 'text', text: w.text() }] },
        {
          type: 'paragraph',
          content: [
            {
              type: 'text',
              marks: [{ type: 'link', attrs: { href: 'https://x.example/?a=b', target: '_blank', rel: 'noopener' } }],
              text: w.words(),
            },
          ],
        },
      ],
    },
  })),
  json('slate', '/api/cards', w => ({
    children: [
      { type: 'p', children: [{ text: w.text() }, { text: w.name(), bold: true }] },
      { type: 'quote', children: [{ text: '> ' + w.words() }] },
    ],
  })),
  json('html editor', '/api/cms/blocks', w => ({
    html: `<h2 class="ql-align-center">${esc(w.words())}</h2><p><br></p><p>${esc(w.text())} <a href="mailto:a@example.com?subject=Hi%20there">mail</a></p><table style="width:100%"><tbody><tr><td>1</td></tr></tbody></table>`,
  })),
  json('markdown comment', '/api/comments', w => ({
    md: `**${w.name()}** wrote:\n> ${w.text()}\n\n1. one\n2. two --- <kbd>Ctrl</kbd>+<kbd>C</kbd> [^1]\n\n[^1]: see <https://x.example/a_(b)>`,
    parent: null,
  })),
  json('code comment', '/api/reviews', w => ({ line: 12, side: 'RIGHT', body: w.text(), snippet: w.code() })),
  json('playground run', '/api/run', w => ({
    lang: w.pick(['js', 'python', 'sql', 'bash']),
    source: w.code(),
    stdin: '',
  })),
  json('gist', '/gists', w => ({
    description: w.text(),
    public: false,
    files: { "o'clock.js": { content: w.code() } },
  })),
  json(
    'editor autosave',
    '/api/drafts',
    w => ({
      delta: [
        [0, w.text()],
        [-1, 3],
        [1, w.words()],
      ],
      html: w.html(),
    }),
    { method: 'PATCH' },
  ),
  json('quiz sql course', '/api/exercise', w => ({ answer: w.code(), exercise: 'joins-3' })),
  json('kanban', '/1/cards', w => ({
    name: w.text(),
    desc: `- [x] ${w.words()}\n- [ ] ${w.text()}`,
    idLabels: 'a,b',
    pos: 'top',
  })),
  json('wedding list', '/api/guests', w => ({
    guests: [
      { name: w.name(), diet: 'none; no nuts' },
      { name: w.name(), note: w.text() },
    ],
  })),
  json('recipe filter', '/api/recipes/search', w => ({
    and: ['vegan'],
    not: ["baker's yeast"],
    text: w.words(),
    time: '<30',
  })),
  json('address check', '/address/validate', w => ({
    lines: [
      w.name(),
      w.pick(["Flat 3/2, 12 King's Rd", '1 Rue de l’Union', 'Apt #5; c/o X', 'Platz d. Einheit 1 -- Hinterhaus']),
      'DE-80331 München',
    ],
  })),
  json('hotel review', '/api/reviews', w => ({
    title: 'Great & cheap!!! 10/10',
    text: w.text(),
    pros: '+ bed\n+ view',
    cons: '- noise -- at night',
  })),
  json('crossword', '/save', w => ({
    grid: '#A#B..#',
    clues: { '1a': "Shakespeare's 'or not' (2,2)", '2d': w.text() },
  })),
  json('playlist', '/v1/playlists/1/tracks', w => ({
    name: "90's <3 R&B | Drum'n'Bass",
    uris: [`spotify:track:${w.word(22)}`],
    description: w.text(),
  })),
  json('dating chat', '/messages', w => ({ to: w.uuid(), body: { text: w.text(), emoji: '😘', ts: w.time() } })),
  json('translation file', '/api/strings', w => ({
    en: { hi: 'Hello, {name}! You have %d <b>new</b> {count, plural, one {mail} other {mails}}' },
    fr: { hi: "Bonjour, {name} ! L'e-mail n° %1$s" },
    x: w.text(),
  })),
  json('mindmap', '/api/maps', w => ({
    root: { text: w.words(), children: [{ text: w.text() }, { text: 'a -> b => c' }] },
  })),
  json(
    'formula sheet',
    '/api/sheets/1/cells',
    w => ({
      A1: '=IFERROR(INDEX(B:B,MATCH(1,(C:C="x")*(D:D>0),0)),"")',
      A2: '=SUMPRODUCT(--(A1:A9<>""))',
      A3: '=TEXT(NOW(),"hh:mm")&" Uhr"',
      A4: w.text(),
      A5: "='Q1 & Q2'!A1",
    }),
    { method: 'PATCH' },
  ),
  parts('photo upload', '/photos', w => [
    { name: 'caption', value: w.text() },
    {
      name: 'photo',
      value: Buffer.from(w.token(1800), 'base64url'),
      filename: w.pick(['IMG_2026-01-01 10.00.00.jpg', "Oma's 80. <3.jpeg", 'фото & видео.png']),
      type: 'image/jpeg',
    },
  ]),
  parts('support ticket', '/tickets', w => [
    { name: 'subject', value: w.text() },
    {
      name: 'log',
      value: `2026-01-01T00:00:00Z ERROR [main] o.h.e.jdbc - ORA-01722: invalid number\n\tat a.b.C.d(C.java:1)\n$ ls -la\n${w.text()}`,
      filename: 'app.log',
      type: 'text/plain',
    },
  ]),
  parts('resume', '/apply', w => [
    { name: 'cover', value: w.text() },
    {
      name: 'resume',
      value: Buffer.from(w.token(1200), 'base64url'),
      filename: 'CV (C++, C#, .NET).docx',
      type: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
    },
  ]),
  parts('bulk csv', '/bulk', w => [
    {
      name: 'data',
      value: `sku,title\n1,"${w.text().replaceAll('"', '""')}"\n2,${w.name()}\n`,
      filename: 'items;2026.csv',
      type: 'text/csv',
    },
  ]),
  cookies(
    'vendor mix',
    w =>
      `CookieConsent={stamp:%27${w.token(20)}==%27%2Cnecessary:true%2Cpreferences:false%2Cver:1%2Cutc:${w.time()}123%2Cregion:%27de%27}; _clck=${w.word(6)}%7C2%7Cfq1%7C0%7C1; _dd_s=rum=1&id=${w.uuid()}&created=${w.time()}; wp-settings-1=editor%3Dtinymce%26hidetb%3D1; wordpress_logged_in_${w.hex(32)}=olga%7C${w.time()}%7C${w.word(43)}%7C${w.hex(64)}`,
  ),
  cookies(
    'json and pipes',
    w =>
      `usprivacy=1YNN; sc_at_v=${enc(JSON.stringify({ q: w.words(), t: [1, 2] }))}; s_cc=true; s_sq=%5B%5BB%5D%5D; AMCV_X%40AdobeOrg=179643557%7CMCIDTS%7C1${w.below(9999)}%7CMCMID%7C${w.below(1e12)}; TS01=${w.hex(60)}; visid_incap_1=${enc(w.token(24))}`,
  ),
  cookies(
    'next auth',
    w =>
      `__Secure-next-auth.session-token=eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIn0..${w.token(12)}.${w.token(200)}.${w.token(16)}; __Host-next-auth.csrf-token=${w.hex(64)}%7C${w.hex(64)}; __Secure-next-auth.callback-url=https%3A%2F%2Fapp.example.com%2Fa%3Fb%3Dc`,
  ),
  cookies(
    'rails and php',
    w =>
      `_my_session=${enc(Buffer.from(w.token(180), 'base64url').toString('base64'))}--${w.hex(40)}; phpbb3_x_u=1; phpbb3_x_sid=${w.hex(32)}; last_search=${enc(w.text())}; currency=EUR; recently_viewed=12,13,14; lang=de-DE|en`,
  ),
  raw(
    'plain beacon',
    '/b',
    'text/plain;charset=UTF-8',
    w => `t=${w.time()}&e=click&x=${enc('div#a>b.c[href^="/x"]')}&l=${enc(w.text())}`,
  ),
];
