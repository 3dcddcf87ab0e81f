import { enc, form, get, json, parts, raw, type Shape } from './shape.ts';

const esc = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** People who write: forums, wikis, mails, tickets, code. */
export const writingShapes: readonly Shape[] = [
  form('forum post', '/posting.php?mode=reply&f=2&t=99', w => ({
    subject: `Re: ${w.words()}`,
    message: `[quote="${w.name()}"]${w.text()}[/quote]\n\n[code]${w.code()}[/code]\n:) [url=https://x.example/?a=b]link[/url]`,
    lastclick: String(w.time()),
    form_token: w.hex(40),
    post: 'Submit',
  })),
  form('wiki edit', '/w/index.php?title=Union_(SQL)&action=submit', w => ({
    wpTextbox1: `== ${w.words()} ==\n'''Bold''' and ''italic'' [[Link|text]] {{Cite web |url=https://x.example/?a=b |title=${w.text()}}} <ref name="a">${w.text()}</ref>\n<syntaxhighlight lang="sql">\n${w.code()}\n</syntaxhighlight>\n{| class="wikitable"\n|-\n| a || b\n|}<!-- hidden -->`,
    wpSummary: `/* ${w.words()} */ fix`,
    wpEditToken: `${w.hex(40)}+\\`,
    wpUltimateParam: '1',
  })),
  json('markdown doc', '/api/documents/update', w => ({
    id: w.uuid(),
    text: `# ${w.words()}\n\n${w.text()}\n\n\`\`\`\n${w.code()}\n\`\`\`\n\n| a | b |\n|---|---|\n| <br> | \\| |\n\n> ${w.text()}\n\n- [ ] todo &mdash; ![x](https://x.example/a.png "t")`,
    done: true,
  })),
  form('tinymce page', '/wp-admin/post.php', w => ({
    _wpnonce: w.hex(10),
    action: 'editpost',
    post_title: w.words(),
    content: `<!-- wp:paragraph -->\n<p style="text-align:center">${esc(w.text())}</p>\n<!-- /wp:paragraph -->\n<p><a href="https://x.example" target="_blank" rel="noopener">${esc(w.words())}</a> <img class="alignleft" src="/wp-content/uploads/a.jpg" alt="" width="100"></p>`,
    post_status: 'draft',
  })),
  json(
    'gutenberg',
    '/wp-json/wp/v2/posts/12?_locale=user',
    w => ({
      id: 12,
      content: `<!-- wp:code --><pre class="wp-block-code"><code>${esc(w.code())}</code></pre><!-- /wp:code --><!-- wp:embed {"url":"https://www.youtube.com/watch?v=${w.word(11)}","type":"video"} /-->`,
      title: w.text(),
    }),
    { headers: { 'x-http-method-override': 'PUT', 'x-wp-nonce': '1a2b3c4d5e' } },
  ),
  form('wp heartbeat', '/wp-admin/admin-ajax.php', w => ({
    'data[wp-refresh-post-lock][post_id]': '12',
    interval: '60',
    _nonce: w.hex(10),
    action: 'heartbeat',
    screen_id: 'post',
    has_focus: 'false',
  })),
  form('wp comment', '/wp-comments-post.php', w => ({
    comment: w.text(),
    author: w.name(),
    email: w.mail(),
    url: 'http://my-blog.example.net/?p=1',
    comment_post_ID: '7',
    comment_parent: '0',
  })),
  json('prosemirror', '/api/steps', w => ({
    version: w.below(99),
    steps: [
      {
        stepType: 'replace',
        from: 1,
        to: 2,
        slice: {
          content: [
            { type: 'paragraph', content: [{ type: 'text', marks: [{ type: 'code' }], text: w.text() }] },
            { type: 'codeBlock', attrs: { language: 'js' }, content: [{ type: 'text', text: w.code() }] },
          ],
        },
      },
    ],
    clientID: w.below(1e9),
  })),
  json(
    'quill delta',
    '/notes/9',
    w => ({
      ops: [
        { insert: w.text() },
        { attributes: { link: 'https://x.example?a=b' }, insert: 'link' },
        { insert: '\n', attributes: { header: 2 } },
      ],
    }),
    { method: 'PATCH' },
  ),
  json('editor.js', '/save', w => ({
    blocks: [
      {
        type: 'paragraph',
        data: { text: `${esc(w.text())} <b>bold</b>&nbsp;<a href="https://x.example/?a=1&amp;b=2">l</a>` },
      },
      { type: 'code', data: { code: w.code() } },
      { type: 'list', data: { items: [w.text()] } },
    ],
  })),
  form('ckeditor mail', '/compose', w => ({
    to: `${w.name()} <${w.mail()}>`,
    cc: '',
    bcc: w.mail(),
    subject: w.text().replaceAll('\n', ' '),
    body: `<div style="font-family:Calibri,Arial">${esc(w.text())}<br></div><blockquote type="cite"><p>${esc(w.text())}</p></blockquote>`,
  })),
  json('webmail send', '/mail/api/send', w => ({
    to: [{ name: w.name(), email: w.mail() }],
    subject: `AW: ${w.words()}`,
    html: `<html><head><style type="text/css">p{margin:0}</style></head><body><p>${esc(w.text())}</p><hr><b>From:</b> a@example.com<br><b>Subject:</b> x</body></html>`,
    text: `${w.text()}\n\nFrom: a@example.com\nTo: b@example.com\nSubject: x\n\n> ${w.text()}`,
  })),
  raw('jmap', '/jmap/api', 'application/json', w =>
    JSON.stringify({
      using: ['urn:ietf:params:jmap:mail'],
      methodCalls: [
        [
          'Email/query',
          {
            filter: { operator: 'AND', conditions: [{ text: w.words() }, { inMailbox: 'a' }] },
            sort: [{ property: 'receivedAt', isAscending: false }],
          },
          '0',
        ],
        ['Email/get', { '#ids': { resultOf: '0', name: 'Email/query', path: '/ids/*' } }, '1'],
      ],
    }),
  ),
  form('ticket with a trace', '/tickets', w => ({
    'ticket[subject]': w.text().replaceAll('\n', ' '),
    'ticket[description]': `Steps:\n1. open /app/../x\n2. error:\n\njava.sql.SQLSyntaxErrorException: near 'WHERE'\n\tat com.example.Dao.find(Dao.java:42)\nCaused by: java.lang.RuntimeException: x\n\n${w.text()}`,
  })),
  json('ticket with a log', '/rest/api/3/issue', w => ({
    fields: {
      project: { key: 'OPS' },
      summary: w.text(),
      description: {
        type: 'doc',
        version: 1,
        content: [
          {
            type: 'codeBlock',
            content: [
              {
                type: 'text',
                text: `127.0.0.1 - - [01/Jan/2026:10:00:00 +0000] "GET /a?b=c HTTP/1.1" 500 12 "-" "curl/8"\n[error] 12#12: *1 open() "/usr/share/nginx/html/favicon.ico" failed (2: No such file or directory)\n${w.text()}`,
              },
            ],
          },
        ],
      },
    },
  })),
  {
    ...json('code review comment', '/api/v4/projects/1/merge_requests/2/notes', w => ({
      body: `Shouldn't this be \`${w.words()}\`?\n\n\`\`\`suggestion:-0+0\n${w.code()}\n\`\`\``,
    })),
  },
  json(
    'file edit',
    '/acme/app/contents/src/a.ts',
    w => ({
      message: 'fix: escape quotes',
      content: Buffer.from(w.code()).toString('base64'),
      sha: w.hex(40),
      branch: 'main',
    }),
    { method: 'PUT' },
  ),
  form('question with code', '/questions/ask/submit', w => ({
    title: `How to ${w.words()}?`,
    'post-text': `${w.text()}\n\n    ${w.code().replaceAll('\n', '\n    ')}\n\nWhat is wrong?`,
    tagnames: 'sql javascript c++',
    fkey: w.hex(64),
  })),
  json('stack answer', '/api/answers', w => ({
    body_markdown: `Use \`WHERE x IS NULL\` instead of \`= NULL\`. ${w.text()}\n\n\`\`\`\n${w.code()}\n\`\`\``,
    question_id: w.below(1e6),
  })),
  json(
    'notebook cell',
    '/api/contents/Untitled.ipynb',
    w => ({
      type: 'notebook',
      format: 'json',
      content: {
        nbformat: 4,
        metadata: { kernelspec: { name: 'python3' } },
        cells: [
          { cell_type: 'markdown', source: [`# ${w.words()}\n`, '$$\\int_0^1 x^2 dx$$'] },
          {
            cell_type: 'code',
            source: ['import pandas as pd\n', "df = pd.read_csv('../data/x.csv')\n", "df[df['a'] > 1].head()"],
            outputs: [{ output_type: 'error', traceback: ['\u001b[0;31mKeyError\u001b[0m'] }],
          },
        ],
      },
    }),
    { method: 'PUT' },
  ),
  json('chat message', '/api/v4/posts', w => ({
    channel_id: w.word(26),
    message: `@all ${w.text()} :smile: \`${w.words()}\``,
    pending_post_id: `${w.word(26)}:${w.time()}`,
  })),
  json('assistant chat', '/backend/conversation', w => ({
    action: 'next',
    messages: [{ author: { role: 'user' }, content: { content_type: 'text', parts: [`${w.text()}\n\n${w.code()}`] } }],
    parent_message_id: w.uuid(),
    model: 'auto',
    timezone_offset_min: -60,
  })),
  json('translate', '/translate_a/single', w => ({ q: w.text(), source: 'auto', target: 'de', format: 'html' })),
  form('translate form', '/translate', w => ({ text: w.text(), from: 'en', to: 'ja' })),
  get('paste', w => `/compose?text=${enc(w.text())}&url=${enc('https://www.example.com/a?b=c#d')}&via=example`),
  get(
    'mail link',
    w => `/mail/?view=cm&to=${enc(w.mail())}&su=${enc(w.text())}&body=${enc(`Hi,\n\n${w.text()}\n\nBye`)}`,
  ),
  json('spreadsheet cells', '/v4/spreadsheets/1AbC/values:batchUpdate', w => ({
    valueInputOption: 'USER_ENTERED',
    data: [
      {
        range: "'Kunden 2026'!A1:C2",
        values: [
          ['=SUM(A1:A9)', '=IF(B2<>"",VLOOKUP(B2;\'x\'!A:B;2;FALSE),"-")', w.text()],
          ['=HYPERLINK("https://x.example";"y")', '+49 170', '-1+2'],
        ],
      },
    ],
  })),
  json('latex project', '/project/1/doc', w => ({
    lines: [
      '\\documentclass{article}',
      '\\usepackage[utf8]{inputenc}',
      '\\begin{document}',
      `\\section{${w.words()}} $a \\leq b \\& c$ \\% ${w.text()}`,
      '\\input{../chapters/one}',
      '\\begin{verbatim}',
      w.code(),
      '\\end{verbatim}',
      '\\end{document}',
    ],
    v: 3,
  })),
  json('survey', '/api/responses', w => ({
    formId: w.word(8),
    answers: { q1: w.text(), q2: ['A & B', 'Other: ' + w.words()], q3: "I don't know / n.a." },
    hidden: { utm: 'a=b' },
  })),
  form('contact', '/kontakt', w => ({
    anrede: 'Frau',
    name: w.name(),
    email: w.mail(),
    nachricht: w.text(),
    datenschutz: '1',
    'g-recaptcha-response': w.token(300),
  })),
  parts('application', '/jobs/apply', w => [
    { name: 'name', value: w.name() },
    { name: 'letter', value: `${w.text()}\n\n${w.text()}` },
    {
      name: 'cv',
      value: Buffer.from(w.token(1500), 'base64url'),
      filename: "Lebenslauf O'Brien (final).pdf",
      type: 'application/pdf',
    },
  ]),
  parts('import csv', '/import', w => [
    {
      name: 'file',
      value: `name;mail;formula\n"${w.name()}";${w.mail()};"=A1+B2"\n"${w.text().replaceAll('"', '""')}";x;--`,
      filename: 'kunden & partner.csv',
      type: 'text/csv',
    },
    { name: 'delimiter', value: ';' },
  ]),
  parts('theme files', '/editor/upload', w => [
    {
      name: 'css',
      value:
        'a::before{content:"\\201C"} .x{background:url("data:image/svg+xml;base64,PHN2Zy8+")} @media (max-width:600px){a>b~c+d{color:#fff!important}}',
      filename: 'style.css',
      type: 'text/css',
    },
    { name: 'note', value: w.text() },
  ]),
  json('survey logic', '/api/forms/7', w => ({
    logic: [
      {
        if: {
          op: 'and',
          args: [
            { field: 'age', is: '>', value: 18 },
            { field: 'name', is: '!=', value: w.name() },
          ],
        },
        then: 'jump:3',
      },
    ],
    title: w.words(),
  })),
  json('recipe', '/api/recipes', w => ({
    title: 'Grandma\'s "best" pie -- 3/4 cup & more',
    steps: ['Mix (a) + (b); wait', 'Bake @ 180°C | 350°F', w.text()],
  })),
  json('lyrics', '/api/lyrics', w => ({
    title: "Rock 'n' Roll; Part #2",
    text: `Drop it like it's hot\nUnion of the snake -- select your love\n'Cause I'm having you\n${w.text()}`,
  })),
  json('social post', '/i/api/graphql/CreateTweet', w => ({
    variables: { tweet_text: `${w.text()} #sql <3 @o_brien https://t.co/${w.word(10)}`, media: { media_entities: [] } },
    features: { a_b: true },
    queryId: w.token(16),
  })),
  form('review', '/reviews', w => ({
    'review[rating]': '5',
    'review[title]': "It's great!!! (really)",
    'review[body]': w.text(),
  })),
  json('calendar event', '/calendar/v3/events', w => ({
    summary: `${w.name()} <-> ${w.name()}: 1:1`,
    description: `${w.text()}<br>Join: <a href="https://meet.example.com/abc?pwd=x">link</a>`,
    recurrence: ['RRULE:FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20261231T000000Z'],
    attendees: [{ email: w.mail() }],
  })),
  json('poetry', '/api/poems', w => ({
    text: `Wo käme' ich hin -- oder her?\n'Twas brillig, and the slithy toves;\n${w.text()}`,
  })),
];
