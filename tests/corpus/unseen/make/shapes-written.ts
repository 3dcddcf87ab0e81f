/** What people write into forums, wikis, editors and back ends. */
import { enc, form, get, json, parts, raw, type Shape } from '../../make/shape.ts';

export const writtenShapes: readonly Shape[] = [
  form('forum post', '/posting.php?mode=reply&t=17', w => ({
    subject: `Re: ${w.text().slice(0, 50)}`,
    message: `[quote=${w.name()} post_id=${w.below(999)}]${w.text()}[/quote]\n[url=https://example.com/?a=1&b=2]look[/url] [img]https://pics.example.org/a.png[/img] ${w.text()}`,
    addbbcode20: '100',
    creation_time: `${w.time()}`,
    form_token: w.hex(40),
    post: 'Submit',
  })),
  json('Discourse post', '/posts', w => ({
    raw: `${w.text()}\n\n> ${w.text()}\n\n1. first\n2. \`second\` -> **done**`,
    topic_id: w.below(9e4),
    archetype: 'regular',
    typing_duration_msecs: w.below(9e4),
    composer_open_duration_msecs: w.below(9e5),
    nested_post: true,
  })),
  parts('comment of a blog', '/comment/reply', w => [
    { name: 'field_name[0][value]', value: w.name() },
    { name: 'comment_body[0][value]', value: `<p>${w.text().replaceAll('<', '&lt;')}</p><ul><li>&nbsp;yes</li></ul>` },
    { name: 'comment_body[0][format]', value: 'basic_html' },
    { name: 'form_build_id', value: `form-${w.token(32)}` },
    { name: 'honeypot_time', value: w.token(40) },
    { name: 'op', value: 'Save' },
  ]),
  form('wiki edit', '/w/index.php?title=User:O%27Neil/sandbox&action=submit', w => ({
    wpTextbox1: `== Notes ==\n'''Bold''' and ''it'' [[File:A.jpg|thumb|${w.text()}]]\n{{Cite web|url=https://example.org/?x=1|title=${w.words()}}}<ref name="a">${w.text()}</ref>\n{| class="wikitable"\n! A !! B\n|-\n| 1 || 2\n|}`,
    wpSummary: '/* Notes */ typo',
    wpEdittime: '20260301101112',
    wpEditToken: `${w.hex(40)}+\\`,
    wpUltimateParam: '1',
    model: 'wikitext',
    format: 'text/x-wiki',
  })),
  json('school quiz', '/mod/quiz/attempt', w => ({
    attempt: w.below(9e5),
    answers: {
      q1: w.text(),
      q2: w.pick(['O(n log n)', 'x < 3 or x > 5', 'A ∪ B', '{1,2} \\ {2}', 'SELECT']),
      q3: ['b', 'd'],
      q4: '<p>H<sub>2</sub>O &amp; CO<sub>2</sub></p>',
    },
    sesskey: w.word(10),
  })),
  json(
    'spreadsheet cells',
    w => `/v4/spreadsheets/${w.token(33)}/values:batchUpdate`,
    w => ({
      valueInputOption: 'USER_ENTERED',
      data: [
        {
          range: "'Plan & Budget'!A1:C2",
          values: [
            ['=SUM(B2:B9)', w.text(), '=IF(A2>0,"yes","no")'],
            [w.below(99), '-5%', '+43 1 234'],
          ],
        },
      ],
    }),
  ),
  json('notes that sync', '/items/sync', w => ({
    api: '20240226',
    items: [
      {
        uuid: w.uuid(),
        content: `004:${w.token(300)}:${w.token(80)}`,
        content_type: 'Note',
        enc_item_key: `004:${w.token(120)}`,
        deleted: false,
        updated_at_timestamp: w.time(),
      },
    ],
    compute_integrity: true,
    limit: 150,
    sync_token: w.token(24),
  })),
  json('rich text, Quill', '/api/docs/7/ops', w => ({
    ops: [
      { retain: w.below(99) },
      { insert: w.text(), attributes: { bold: true, link: 'https://example.com/?q=a&b' } },
      { insert: '\n', attributes: { header: 2, 'code-block': 'plain' } },
      { delete: 3 },
    ],
    rev: w.below(900),
  })),
  json('rich text, blocks', '/api/v3/saveTransactionsFanout', w => ({
    requestId: w.uuid(),
    transactions: [
      {
        id: w.uuid(),
        spaceId: w.uuid(),
        operations: [
          {
            pointer: { table: 'block', id: w.uuid() },
            path: ['properties', 'title'],
            command: 'set',
            args: [
              [w.text(), [['b'], ['a', 'https://example.com/(x)']]],
              [' ‣', [['d', { type: 'date', start_date: '2026-04-01' }]]],
            ],
          },
        ],
      },
    ],
  })),
  json(
    'page builder',
    '/wp-json/wp/v2/pages/12?_locale=user',
    w => ({
      id: 12,
      content: `<!-- wp:paragraph {"align":"center"} -->\n<p class="has-text-align-center">${w.text().replaceAll('<', '&lt;')}</p>\n<!-- /wp:paragraph -->\n\n<!-- wp:html -->\n${w.html()}\n<!-- /wp:html -->`,
    }),
    { method: 'PUT' },
  ),
  json('snippet of a site', '/api/snippets', w => ({
    title: w.words(),
    language: 'auto',
    content: w.code(),
    visibility: 'unlisted',
  })),
  form('paste', '/', w => ({ 'paste[body]': w.code(), 'paste[title]': w.words(), expire: '1d', format: 'text' })),
  json(
    'template of mails',
    '/api/templates/9',
    w => ({
      name: 'welcome',
      subject: 'Hi {{ user.first }}!',
      html: w.html(),
      text: 'Hi {{ user.first }},\n{% if trial %}your trial ends on {{ ends|date:"d.m." }}{% endif %}',
    }),
    { method: 'PUT' },
  ),
  raw('ASP.NET postback', '/Default.aspx?id=4', 'application/x-www-form-urlencoded', w =>
    new URLSearchParams({
      __EVENTTARGET: 'ctl00$Main$grid$ctl02$btnEdit',
      __EVENTARGUMENT: 'Page$2',
      __VIEWSTATE: `/wEPDwUK${Buffer.from(w.word(300)).toString('base64')}`,
      __VIEWSTATEGENERATOR: w.hex(8).toUpperCase(),
      __EVENTVALIDATION: `/wEdAA${w.token(80)}==`,
      ctl00$Main$txtName: w.name(),
      ctl00$Main$txtNote: w.text(),
    }).toString(),
  ),
  raw(
    'JSF postback',
    '/app/order.xhtml;jsessionid=8F3A',
    'application/x-www-form-urlencoded; charset=UTF-8',
    w =>
      new URLSearchParams({
        'javax.faces.partial.ajax': 'true',
        'javax.faces.source': 'form:j_idt42',
        'javax.faces.partial.execute': '@all',
        'javax.faces.partial.render': 'form:table form:msgs',
        'form:filter': w.words(),
        'form:note': w.text(),
        'javax.faces.ViewState': `-${w.below(9e9)}:${w.below(9e9)}`,
      }).toString(),
    { headers: { 'faces-request': 'partial/ajax' } },
  ),
  raw(
    'GWT call',
    '/app/greet',
    'text/x-gwt-rpc; charset=utf-8',
    w =>
      `7|0|8|https://app.example.com/app/|${w.hex(32).toUpperCase()}|com.example.client.NoteService|save|java.lang.String/2004016611|I|${w.text().replace(/[|\\\n]/g, ' ')}|${w.name()}|1|2|3|4|2|5|5|7|8|`,
  ),
  raw(
    'Rails live form',
    '/cable-fallback',
    'text/vnd.turbo-stream.html; charset=utf-8',
    w =>
      `<turbo-stream action="append" target="messages"><template><div id="m_${w.below(999)}">${w.text().replaceAll('<', '&lt;')}</div></template></turbo-stream>`,
  ),
  json('Livewire', '/livewire/update', w => ({
    _token: w.word(40),
    components: [
      {
        snapshot: JSON.stringify({
          data: { search: '', rows: [[], { s: 'arr' }] },
          memo: {
            id: w.word(20),
            name: 'user-table',
            path: 'users',
            method: 'GET',
            children: [],
            scripts: [],
            errors: [],
          },
          checksum: w.hex(64),
        }),
        updates: { search: w.words(), 'filters.role': "editor's" },
        calls: [{ path: '', method: '__dispatch', params: ['sort', { by: 'name' }] }],
      },
    ],
  })),
  raw(
    'Next.js action',
    '/account',
    'text/plain;charset=UTF-8',
    w => JSON.stringify([{ name: w.name(), bio: w.text() }, '$undefined', '$K1']),
    {
      headers: {
        'next-action': 'f4c1a0b9e8d7c6b5a4938271605f4e3d2c1b0a99',
        'next-router-state-tree': enc('["",{"children":["account",{"children":["__PAGE__",{}]}]},null,null,true]'),
      },
    },
  ),
  get(
    'Next.js data',
    w => `/shop/${enc(w.words())}?_rsc=${w.word(5)}&category=%5B%22a%22%2C%22b%22%5D`,
    w => ({
      rsc: '1',
      'next-url': '/en/shop',
      'next-router-prefetch': '1',
      'next-router-state-tree': enc(
        `["",{"children":[["lang","en","d"],{"children":["shop",{"children":["__PAGE__?{\\"q\\":\\"${w.words().replaceAll('"', '')}\\"}",{}]}]}]},"$undefined",null,true]`,
      ),
    }),
  ),
  json('tRPC', '/api/trpc/post.add,user.me?batch=1', w => ({
    0: {
      json: { title: w.text().slice(0, 60), tags: ['a', 'b'], at: '2026-02-03T04:05:06.000Z' },
      meta: { values: { at: ['Date'] } },
    },
  })),
  get(
    'tRPC, query',
    w =>
      `/api/trpc/search.byText?input=${enc(JSON.stringify({ json: { q: w.words(), cursor: null, sort: { by: 'rank', dir: 'desc' } }, meta: { values: { cursor: ['undefined'] } } }))}`,
  ),
  json('telemetry of an editor', '/v1/assist', w => ({
    prefix: 'function add(a, b) {',
    suffix: '}',
    path: '../lib/math.ts',
    note: w.text(),
    code: w.code(),
  })),
];
