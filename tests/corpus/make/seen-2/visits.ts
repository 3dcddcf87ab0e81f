/** What services and people send to webhooks, forms and chats: the second part. */
import type { Chance } from '../chance.ts';
import type { Parts } from '../parts.ts';
import { writtenTexts } from '../texts.ts';
import { ask, asMail, formHook, hook, multipartHook, picture, rawHook, type Visit } from '../visit.ts';

/** One round of visits, each a different shape with fresh values. */
export function makeVisits(chance: Chance, parts: Parts): Visit[] {
  const { pick, hex, word, below, uuid } = chance;
  const texts = writtenTexts('seen-2', chance);
  const name = (): string =>
    pick([
      "Miles O'Brien",
      'Anna-Lena Größer',
      'Truman Wherefrom',
      '田中 花子',
      'Željko Đurić',
      'יעל כהן',
      'Drop, Tabea',
      "M'Bala N'Diaye",
    ]);
  const mail = (): string => `${word(8).toLowerCase()}.x@mail.example.${pick(['org', 'fr', 'com.br'])}`;
  const long = (): string => pick(texts);
  const mailHtml = (): string => asMail(pick(parts.html));
  return [
    hook('events', 'LinearWebhook', {
      action: 'update',
      type: 'Issue',
      data: {
        id: uuid(),
        title: pick(texts),
        description: `${long()}\n\n\`\`\`sql\n${pick(parts.sql)}\n\`\`\``,
        priority: 2,
      },
      url: 'https://linear.app/acme/issue/A-1',
      updatedFrom: { title: null },
    }),
    hook(
      'github',
      `GitHub-Hookshot/${hex(7)}`,
      {
        action: 'created',
        comment: {
          body: `LGTM, but \`${pick(parts.shell)}\` worries me.\n\n> ${pick(texts)}\n\n\`\`\`suggestion\n${pick(parts.js)}\n\`\`\``,
          path: '.github/../src/db/query.ts',
          diff_hunk:
            '@@ -1,4 +1,4 @@\n-const q = "SELECT * FROM u WHERE id=" + id;\n+const q = sql`SELECT * FROM u WHERE id=${id}`;',
        },
        pull_request: { number: below(500), head: { ref: 'x/drop-table' } },
      },
      { 'x-github-event': 'pull_request_review_comment' },
    ),
    hook('events', 'Paddle', {
      event_type: 'transaction.completed',
      notification_id: `ntf_${word(24)}`,
      data: {
        custom_data: { note: long() },
        customer: { name: name(), email: mail() },
        items: [{ price: { description: "Pro' plan; 10% off", unit_price: { amount: '1900' } } }],
        checkout: { url: `https://pay.example.com?_ptxn=txn_${word(20)}` },
      },
    }),
    hook(
      'events',
      'WooCommerce/9.3.1 Hookshot (WordPress/6.6)',
      {
        id: below(9999),
        status: 'processing',
        customer_note: pick(texts),
        billing: { first_name: name(), address_1: "Rue de l'Église, n°5", email: mail() },
        meta_data: [
          {
            key: '_wc_order_attribution_session_entry',
            value: 'https://shop.example.com/?utm_source=x&gclid=' + word(50),
          },
          { key: 'is_vat_exempt', value: 'no' },
        ],
        line_items: [{ name: 'Poster <A2> – "Don\'t Panic"', sku: 'P--1' }],
        _links: { self: [{ href: 'https://shop.example.com/wp-json/wc/v3/orders/1' }] },
      },
      { 'x-wc-webhook-topic': 'order.updated' },
    ),
    formHook('events', 'PayPal IPN ( https://www.paypal.com/ipn )', {
      mc_gross: '19.95',
      protection_eligibility: 'Eligible',
      address_status: 'confirmed',
      payer_id: word(13),
      address_street: "1 Main St; c/o O'Neil",
      payment_date: '20:12:59 Jan 13, 2026 PST',
      first_name: name(),
      memo: pick(texts),
      verify_sign: word(56),
      txn_type: 'express_checkout',
      charset: 'windows-1252',
    }),
    multipartHook(
      '/webhook/inbound-mail',
      'mailgun/treq-22.2.0',
      [
        { name: 'recipient', value: 'in@example.com' },
        { name: 'sender', value: mail() },
        { name: 'Subject', value: pick(texts).slice(0, 70) },
        {
          name: 'body-html',
          value: `<html><head><meta http-equiv="Content-Type" content="text/html; charset=utf-8"></head><body dir="ltr"><div class="gmail_quote">${mailHtml()}</div></body></html>`,
        },
        { name: 'body-plain', value: `${long()}\r\n\r\n---\r\n${name()}` },
        {
          name: 'message-headers',
          value: JSON.stringify([
            ['Received', 'from [10.0.0.1] by smtp.example.net; Mon, 5 Jan 2026'],
            ['Content-Type', 'multipart/mixed; boundary="=_x"'],
            ['Dkim-Signature', `v=1; a=rsa-sha256; bh=${word(40)}=; b=${word(60)}`],
          ]),
        },
        {
          name: 'attachment-1',
          value: picture(chance, 900),
          filename: '=?UTF-8?B?UsOpc3Vtw6k=?=.pdf',
          type: 'application/pdf',
        },
      ],
      chance,
    ),
    hook('events', 'Postmark', {
      FromName: name(),
      Subject: pick(texts),
      HtmlBody: mailHtml(),
      TextBody: long(),
      StrippedTextReply: pick(texts),
      Headers: [{ Name: 'X-Spam-Status', Value: 'No' }],
      Attachments: [
        { Name: "l'affiche (3).jpg", Content: picture(chance, 800).toString('base64'), ContentType: 'image/jpeg' },
      ],
    }),
    hook(
      'events',
      'Discord-Interactions/1.0 (+https://discord.com)',
      {
        application_id: '845027738276462632',
        type: 2,
        data: { name: 'ask', options: [{ name: 'question', value: pick(texts) }] },
        member: { nick: "<(^.^)> d'Art", roles: ['53'] },
      },
      { 'x-signature-ed25519': hex(128) },
    ),
    hook('events', 'TelegramBot', {
      update_id: below(1e9),
      message: {
        message_id: 1,
        from: { first_name: name(), language_code: 'ru' },
        text: `/start ${pick(texts)}`,
        entities: [{ offset: 0, length: 6, type: 'bot_command' }],
      },
    }),
    hook('events', 'WhatsApp/2.0', {
      object: 'whatsapp_business_account',
      entry: [
        {
          changes: [
            {
              value: { messages: [{ from: '4915112345678', text: { body: pick(texts) }, type: 'text' }] },
              field: 'messages',
            },
          ],
        },
      ],
    }),
    hook('events', 'Intercom', {
      topic: 'conversation.user.replied',
      data: {
        item: {
          conversation_parts: {
            conversation_parts: [
              {
                body: `<p>${pick(texts).replace(/&/g, '&amp;').replace(/</g, '&lt;')}</p><pre><code>${pick(parts.shell).replace(/&/g, '&amp;').replace(/</g, '&lt;')}</code></pre>`,
                part_type: 'comment',
              },
            ],
          },
        },
      },
    }),
    hook('events', 'Datadog/Webhook', {
      title: '[Triggered on {host:db-1}] CPU > 90%',
      body: `%%%\n${long()}\n\n@slack-ops; avg(last_5m):avg:system.cpu.user{*} by {host} > 90\n%%%`,
      query: 'logs("service:api @http.status_code:>=500 -path:/health").index(\'*\')',
      link: 'https://app.datadoghq.eu/monitors/1?group=host%3Adb-1&from_ts=1',
    }),
    hook('events', 'Notion-Webhook', {
      type: 'page.content_updated',
      properties: {
        Name: { title: [{ plain_text: pick(texts) }] },
        Code: { rich_text: [{ text: { content: pick(parts.python) } }] },
      },
    }),
    hook('events', 'axios/1.7.7', {
      rows: [{ sql: 'not run here', comment: pick(texts), xml: pick(parts.text) }],
      picture: `data:image/png;base64,${picture(chance, 500).toString('base64')}`,
    }),
    hook('jira', 'Atlassian HTTP Client', {
      webhookEvent: 'comment_created',
      comment: {
        body: `[~accountid:5b] {quote}${pick(texts)}{quote}\n||a||b||\n|{{x}}|${pick(parts.expression)}|`,
        author: { displayName: name() },
      },
    }),
    hook('stripe', 'Stripe/1.0 (+https://stripe.com/docs/webhooks)', {
      id: `evt_${word(24)}`,
      type: 'payment_intent.payment_failed',
      data: {
        object: {
          description: pick(texts),
          last_payment_error: {
            code: 'card_declined',
            message: "Your card's security code is incorrect; try again.",
            doc_url: 'https://stripe.com/docs/error-codes#card-declined',
          },
          shipping: { name: name() },
        },
      },
    }),
    rawHook(
      'events',
      'Feedfetcher-Google; (+http://www.google.com/feedfetcher.html)',
      'application/rss+xml',
      `<?xml version="1.0"?><rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><item><title>News &amp; more</title><content:encoded><![CDATA[${mailHtml()}]]></content:encoded></item></channel></rss>`,
    ),
    rawHook(
      'soap',
      'Microsoft Office/16.0',
      'application/soap+xml; charset=utf-8',
      `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Header><a:Action s:mustUnderstand="1" xmlns:a="http://www.w3.org/2005/08/addressing">urn:x/Put</a:Action></s:Header><s:Body><Put xmlns="urn:x"><Text>${pick(texts).replace(/&/g, '&amp;').replace(/</g, '&lt;')}</Text></Put></s:Body></s:Envelope>`,
    ),
    rawHook(
      'events',
      'vector/0.41',
      'application/x-ndjson',
      `${JSON.stringify({ level: 'error', msg: pick(texts), path: '/var/log/../app.log' })}\n${JSON.stringify({ level: 'warn', cmd: pick(parts.shell) })}\n`,
    ),
    formHook('twilio', 'TwilioProxy/1.1', {
      CallSid: `CA${hex(32)}`,
      SpeechResult: pick(texts),
      Confidence: '0.91',
      Caller: '+491701234567',
      CallerCity: "Coeur d'Alene",
    }),
    formHook('lead', 'Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15', {
      'form_fields[name]': name(),
      'form_fields[message]': long(),
      'form_fields[select][]': 'A & B',
      action: 'elementor_pro_forms_send_form',
      referer_title: "Contact – Joe's <shop>",
    }),
    {
      site: 'n8n',
      method: 'GET',
      path: `/webhook/events?code=${word(40)}&state=${Buffer.from(JSON.stringify({ r: '/a?b=c', n: word(8) })).toString('base64url')}&scope=email%20https%3A%2F%2Fwww.googleapis.com%2Fauth%2Fdrive`,
      headers: {
        'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0',
        accept: '*/*',
      },
    },
    {
      site: 'n8n',
      method: 'GET',
      path: `/webhook/lead?q=${encodeURIComponent(pick(texts))}&name=${encodeURIComponent(name())}`,
      headers: { 'user-agent': 'okhttp/4.12.0', accept: '*/*' },
    },
    multipartHook(
      '/webhook/upload',
      'PostmanRuntime/7.42.0',
      [
        { name: 'meta', value: JSON.stringify({ note: pick(texts) }), type: 'application/json' },
        { name: 'doc', value: mailHtml(), filename: "Vertrag 'final' v2.html", type: 'text/html' },
        { name: 'img', value: picture(chance, 2000), filename: '图片.png', type: 'image/png' },
      ],
      chance,
    ),
    multipartHook(
      '/form/contact',
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:131.0) Gecko/20100101 Firefox/131.0',
      [
        { name: 'field-0', value: name() },
        { name: 'field-1', value: long() },
        { name: 'field-2', value: `a,b\n${pick(texts)},1`, filename: 'data.csv', type: 'text/csv' },
      ],
      chance,
    ),
    ...Array.from({ length: 4 }, () =>
      ask(pick(texts), { overrideConfig: { sessionId: uuid(), vars: { user: name() } } }),
    ),
    ask(`Convert to Python:\n${pick(parts.js)}`, {
      uploads: [
        {
          data: `data:image/png;base64,${picture(chance, 400).toString('base64')}`,
          type: 'file',
          name: 'screen shot.png',
          mime: 'image/png',
        },
      ],
    }),
    ask(`Optimise: ${pick(parts.sql)}`),
    ask(`${pick(parts.python)}\n\nWhat's wrong here?`, { streaming: true }),
  ];
}
