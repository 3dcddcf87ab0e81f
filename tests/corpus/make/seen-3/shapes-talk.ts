/** People who write: comments, profiles, tickets, back ends of sites; and a few who send programs. */
import { form, json, parts, raw, type Shape } from '../shape.ts';

const talk: readonly Shape[] = [
  form('comment under a post', '/wp-comments-post.php', words => ({
    author: words.name(),
    email: words.mail(),
    url: 'https://blog.example.net/~me/',
    comment: words.text(),
    comment_post_ID: String(words.below(999)),
    comment_parent: '0',
    submit: 'Post Comment',
  })),
  json('review', '/api/reviews', words => ({
    productId: words.below(9999),
    stars: 1 + words.below(5),
    title: words.text().slice(0, 40),
    body: `${words.text()} ${words.text()}`,
    author: words.name(),
  })),
  json('ticket', '/api/v2/tickets.json', words => ({
    ticket: {
      subject: words.text().slice(0, 70),
      comment: {
        html_body: `<p>${words.text().replace(/&/g, '&amp;').replace(/</g, '&lt;')}</p><p>Best,<br>${words.name().replace(/&/g, '&amp;')}</p>`,
        public: true,
      },
      tags: ['vip', "don't-close"],
      custom_fields: [{ id: 360, value: null }],
    },
  })),
  form('ticket of a help desk', '/tickets/reply', words => ({
    _csrf: words.token(32),
    ticket: String(words.below(9999)),
    reply: `${words.text()}\r\n\r\n> ${words.text()}\r\n> -- ${words.name()}`,
    status: 'open',
  })),
  json(
    'message of a chat',
    '/_matrix/client/v3/rooms/!abc:example.org/send/m.room.message/m1',
    words => ({
      msgtype: 'm.text',
      body: words.text(),
      format: 'org.matrix.custom.html',
      formatted_body: `<em>${words.text().replace(/&/g, '&amp;').replace(/</g, '&lt;')}</em>`,
      'm.mentions': {},
      n: words.below(9999),
    }),
    { method: 'PUT' },
  ),
  json('bot of a shop', '/chat/api/message', words => ({
    sessionId: words.uuid(),
    text: words.text(),
    context: { page: 'https://shop.example.com/p?a=1&b=2', cart: [] },
  })),
  form('contact', '/kontakt', words => ({
    vorname: words.name(),
    email: words.mail(),
    betreff: words.text().slice(0, 40),
    nachricht: words.text(),
    dsgvo: 'ja',
    'g-recaptcha-response': `03AFcWeA${words.token(200)}`,
  })),
  form('contact of a plugin', '/wp-json/contact-form-7/v1/contact-forms/5/feedback', words => ({
    _wpcf7: '5',
    _wpcf7_version: '6.0',
    'your-name': words.name(),
    'your-email': words.mail(),
    'your-message': words.text(),
    _wpcf7_recaptcha_response: words.token(80),
  })),
  form('address', '/checkout/address', words => ({
    'checkout[shipping_address][first_name]': words.name(),
    'checkout[shipping_address][address1]': words.pick([
      "14 St. John's Rd, Flat #2",
      'Königstr. 5 1/2; Hinterhaus',
      "12, rue de l'Église",
      'Via dell’Orso 3/B',
      'ul. Żółkiewskiego 8 m. 4',
      '1-2-3 神宮前 (B棟) #405',
    ]),
    'checkout[shipping_address][zip]': 'F23 X0X0',
    'checkout[note]': words.text(),
    _method: 'patch',
  })),
  form('search by form', '/suche', words => ({
    tx_search: words.words(),
    'filter[]': 'a',
    von: '01.01.2026',
    sort: 'date desc',
    submit: 'Suchen »',
  })),
  form('forum post', '/posting.php?mode=reply&f=2&t=7', words => ({
    subject: `Re: ${words.text().slice(0, 50)}`,
    message: `[quote="${words.name().replaceAll('"', '')}"]${words.text()}[/quote]\n${words.text()} :-) [url=https://a.example/?b=c&d=e]link[/url]`,
    form_token: words.hex(40),
    post: 'Submit',
  })),
  json(
    'profile',
    '/api/me',
    words => ({
      displayName: words.name(),
      bio: words.text(),
      website: 'https://me.example/~li/?p=1#top',
      pronouns: 'she/her',
      location: "L'Aquila (IT)",
    }),
    { method: 'PATCH' },
  ),
  form('sign-up', '/register', words => ({
    name: words.name(),
    email: words.mail(),
    password: words.password(),
    password2: words.password(),
    birthday: '29/02/2000',
    terms: 'on',
    referrer: words.words(),
  })),
  form('poll', '/poll/12/vote', words => ({
    'choice[]': String(words.below(9)),
    why: words.text(),
    token: words.hex(20),
  })),
  form('page of a wiki', '/w/index.php?title=Sandbox&action=submit', words => ({
    wpTextbox1: `== ${words.text().slice(0, 40)} ==\n'''Bold''' and ''italic''; [[File:A b.jpg|thumb|${words.text()}]] {{Infobox|name=${words.name()}}} <ref name="a">{{cite web|url=https://a.example/?x=y|title=T}}</ref>\n* ${words.text()}\n~~~~`,
    wpSummary: '/* Section */ typo',
    wpEditToken: `${words.hex(40)}+\\`,
    wpSave: 'Save',
  })),
  json('recipe', '/api/recipes', words => ({
    title: words.text().slice(0, 40),
    ingredients: ['1/2 cup sugar', '3 eggs (L)', '1 pinch salt & pepper', '200 g flour; sifted', 'juice of ½ lemon'],
    steps: [words.text(), 'Bake @ 180°C for 25-30 min.', words.text()],
    note: '<3',
  })),
  json('homework', '/api/submissions', words => ({
    exercise: words.below(40),
    answer: words.pick([
      'x^2 + y^2 = r^2 => y = ±√(r²-x²)',
      '(A ∪ B) \\ C = {1; 2; 3}',
      '\\frac{d}{dx}\\left(x^n\\right) = n x^{n-1}',
      'p ∧ ¬q → r || s',
      "f'(x) = 0 <=> x = 1 or x = -1",
    ]),
    comment: words.text(),
  })),
  json('translation of a text', '/v2/translate', words => ({
    text: [words.text(), words.text()],
    target_lang: 'SV',
    tag_handling: 'xml',
    ignore_tags: ['x'],
  })),
  json('grammar of a text', '/v2/check', words => ({
    data: JSON.stringify({
      annotation: [{ text: words.text() }, { markup: '<b>' }, { text: words.text() }, { markup: '</b>' }],
    }),
    language: 'auto',
  })),
  json('subtitle', '/api/captions', words => ({
    vtt: `WEBVTT\n\n00:00:01.000 --> 00:00:04.000\n- ${words.text()}\n- ${words.text()}\n`,
    lang: 'pt-BR',
  })),
  parts('application for a job', '/jobs/apply', words => [
    { name: 'name', value: words.name() },
    { name: 'letter', value: `${words.text()}\r\n\r\n${words.text()}` },
    { name: 'salary', value: '> 50k & 30 days' },
    {
      name: 'cv',
      value: `%PDF-1.7\n%âãÏÓ\n1 0 obj\n<</Type/Catalog/Pages 2 0 R>>\nendobj\n% ${words.word(80)}\n%%EOF`,
      filename: `CV ${words.name().replace(/["\\]/g, '')}.pdf`,
      type: 'application/pdf',
    },
  ]),
  raw(
    'note in plain text',
    '/api/notes',
    'text/plain; charset=utf-8',
    words => `${words.text()}\n\n* ${words.text()}\n* ${words.text()}\n`,
  ),
  json('calendar entry', '/api/events', words => ({
    summary: words.text().slice(0, 60),
    description: words.text(),
    location: "O'Neill's; 2nd floor",
    rrule: 'FREQ=WEEKLY;BYDAY=MO,WE;UNTIL=20261231T000000Z',
    attendees: [words.mail()],
  })),
  json('post of a social network', '/xrpc/com.atproto.repo.createRecord', words => ({
    repo: `did:plc:${words.word(24).toLowerCase()}`,
    collection: 'app.bsky.feed.post',
    record: { $type: 'app.bsky.feed.post', text: words.text(), langs: ['en'], createdAt: '2026-03-01T10:11:12.000Z' },
  })),
];

const programs: readonly Shape[] = [
  form('paste', '/paste', words => ({ title: 'untitled', syntax: 'auto', code: words.code(), expire: '1d' })),
  json('playground', '/api/run', words => ({
    language: 'auto',
    files: [{ name: 'main', content: words.code() }],
    stdin: '',
  })),
  json('editor of a CMS', '/wp-json/wp/v2/posts/12?_locale=user', words => ({
    content: `<!-- wp:html -->${words.html()}<!-- /wp:html -->`,
    title: words.text().slice(0, 40),
  })),
  json('gist', '/gists', words => ({
    description: words.text(),
    public: false,
    files: { 'a.txt': { content: words.code() } },
  })),
  form('answer with code', '/posts/add-comment', words => ({
    body: `${words.text()}\n\n\`\`\`\n${words.code()}\n\`\`\``,
    fkey: words.hex(32),
  })),
  json(
    'newsletter',
    '/api/campaigns/7',
    words => ({ subject: words.text(), html: words.html(), preheader: words.text() }),
    { method: 'PUT' },
  ),
  raw('program in plain text', '/snippets', 'text/plain', words => words.code()),
];

export const talkShapes: readonly Shape[] = [...talk, ...programs];
