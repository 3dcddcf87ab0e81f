/** What services and people send to webhooks, forms and chats. */
import type { Chance } from './chance.ts';
import type { Parts } from './parts.ts';
import { writtenTexts } from './texts.ts';
import { ask, asMail, formHook, hook, multipartHook, picture, rawHook, type Visit } from './visit.ts';

/** One round of visits, each a different shape with fresh values. */
export function makeVisits(chance: Chance, parts: Parts): Visit[] {
  const { pick, hex, word, below, uuid } = chance;
  const texts = writtenTexts('seen', chance);
  const names = [
    "Sinéad O'Connor",
    'Robert Select',
    'Иван Петров',
    '李小龍',
    'Null, Jennifer',
    'Müller & Söhne GmbH',
    'Zoë D’Angelo',
    'محمد علي',
  ];
  const name = (): string => pick(names);
  const mail = (): string => `${word(6).toLowerCase()}+tag@example.${pick(['com', 'de', 'co.jp'])}`;
  const time = (): number => 1_780_000_000 + below(1_000_000);
  const md = (): string => pick(texts);
  const mailHtml = (): string => asMail(pick(parts.html));
  return [
    hook(
      'stripe',
      'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      {
        id: `evt_${word(24)}`,
        object: 'event',
        api_version: '2024-06-20',
        created: time(),
        type: pick(['invoice.paid', 'charge.failed', 'checkout.session.completed']),
        data: {
          object: {
            id: `cs_test_${word(50)}`,
            amount_total: below(90000),
            currency: 'eur',
            customer_details: {
              name: name(),
              email: mail(),
              address: { line1: "12 St. John's Road; Flat #3", country: 'GB' },
            },
            metadata: { note: md() },
            url: null,
            success_url: 'https://shop.example.com/ok?session_id={CHECKOUT_SESSION_ID}',
          },
        },
        livemode: false,
      },
      { 'stripe-signature': `t=${time()},v1=${hex(64)},v0=${hex(64)}` },
    ),
    hook(
      'github',
      `GitHub-Hookshot/${hex(7)}`,
      {
        ref: 'refs/heads/fix/sql-injection-in-search',
        before: hex(40),
        after: hex(40),
        repository: {
          full_name: 'acme/api',
          html_url: 'https://github.com/acme/api',
          clone_url: 'https://github.com/acme/api.git',
          ssh_url: 'git@github.com:acme/api.git',
        },
        pusher: { name: 'octo', email: mail() },
        commits: [
          {
            id: hex(40),
            message: `${pick(['fix: escape names', 'feat: add filters', 'docs: explain `select`', 'chore: drop node 18', 'fix: escape <script> in names', 'test: cover ../ in paths'])}; close #${below(900)}\n\n${md()}`,
            added: ['src/../lib/a.ts', '.github/workflows/ci.yml'],
            removed: [],
            modified: ['etc/passwd.example', 'db/drop_table.sql'],
          },
        ],
        compare: `https://github.com/acme/api/compare/${hex(12)}...${hex(12)}`,
      },
      { 'x-github-event': 'push', 'x-github-delivery': uuid(), 'x-hub-signature-256': `sha256=${hex(64)}` },
    ),
    hook(
      'github',
      `GitHub-Hookshot/${hex(7)}`,
      {
        action: 'opened',
        issue: {
          number: below(5000),
          title: pick(texts),
          body: `${md()}\n\n\`\`\`js\n${pick(parts.js)}\n\`\`\`\n\n<details><summary>Log</summary>\n\n\`\`\`\n$ ${pick(parts.shell)}\nTypeError: Cannot read properties of undefined (reading 'x')\n    at Object.<anonymous> (/app/src/index.js:10:5)\n\`\`\`\n</details>`,
          user: { login: 'dev', avatar_url: 'https://avatars.githubusercontent.com/u/1?v=4' },
          labels: [{ name: 'bug' }],
        },
      },
      { 'x-github-event': 'issues' },
    ),
    hook(
      'gitlab',
      'GitLab/17.3.1',
      {
        object_kind: 'merge_request',
        user: { name: name(), username: 'dev' },
        project: { path_with_namespace: 'acme/app', git_http_url: 'https://gitlab.example.com/acme/app.git' },
        object_attributes: {
          iid: below(900),
          title: 'Draft: drop unused tables',
          description: md(),
          source_branch: 'feature/search-and-filter',
          url: 'https://gitlab.example.com/acme/app/-/merge_requests/1',
        },
      },
      { 'x-gitlab-event': 'Merge Request Hook', 'x-gitlab-token': word(20) },
    ),
    hook(
      'shopify',
      'Shopify-Captain-Hook',
      {
        id: below(1e9),
        email: mail(),
        note: md().slice(0, 300),
        landing_site: '/products/tee?variant=1&utm_source=fb&fbclid=IwAR' + word(40),
        referring_site: 'https://www.google.com/',
        line_items: [
          {
            title: 'T-Shirt "Rock & Roll" <XL>',
            sku: "TS-'99",
            price: '19.90',
            properties: [{ name: 'Engraving', value: "Forever & always -- Tom's" }],
          },
        ],
        shipping_address: { name: name(), address1: 'Straße des 17. Juni 135', zip: '10623' },
        client_details: {
          user_agent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X)',
          browser_ip: '203.0.113.5',
        },
      },
      { 'x-shopify-topic': 'orders/create', 'x-shopify-hmac-sha256': Buffer.from(hex(32)).toString('base64') },
    ),
    hook(
      'slack',
      'Slackbot 1.0 (+https://api.slack.com/robots)',
      {
        token: word(24),
        team_id: 'T012',
        event: {
          type: 'app_mention',
          user: 'U061',
          text: `<@U0LAN0Z89> ${md()}`,
          ts: `${time()}.000200`,
          channel: 'C123',
          blocks: [
            {
              type: 'rich_text',
              elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: pick(texts) }] }],
            },
          ],
        },
        type: 'event_callback',
        authorizations: [{ is_bot: true }],
      },
      { 'x-slack-signature': `v0=${hex(64)}`, 'x-slack-request-timestamp': String(time()) },
    ),
    formHook('slack', 'Slackbot 1.0 (+https://api.slack.com/robots)', {
      token: word(24),
      team_domain: 'acme',
      command: '/deploy',
      text: pick(['api to prod; then notify #ops', 'status | details', '--force main', "what's up?", 'select team']),
      response_url: `https://hooks.slack.com/commands/T1/${below(1e9)}/${word(24)}`,
      trigger_id: `${below(1e9)}.${hex(32)}`,
    }),
    formHook('slack', 'Slackbot 1.0 (+https://api.slack.com/robots)', {
      payload: JSON.stringify({
        type: 'block_actions',
        user: { id: 'U1', name: 'olga' },
        actions: [
          {
            action_id: 'approve',
            block_id: 'b=1',
            value: JSON.stringify({ order: below(999), note: "it's ok; go" }),
            type: 'button',
          },
        ],
        response_url: 'https://hooks.slack.com/actions/T1/2/3',
      }),
    }),
    hook('typeform', 'Typeform Webhooks', {
      event_id: word(26),
      event_type: 'form_response',
      form_response: {
        form_id: 'lT4Z3j',
        submitted_at: '2026-02-01T10:00:00Z',
        definition: {
          fields: [{ id: 'a', title: 'What is your *favourite* language? {{field:x}}', type: 'long_text' }],
        },
        answers: [
          { type: 'text', text: pick(texts), field: { id: 'a', type: 'long_text' } },
          { type: 'email', email: mail() },
          { type: 'choice', choice: { label: 'Select one or more & other' } },
        ],
      },
    }),
    hook('jira', 'Atlassian Webhook HTTP Client', {
      timestamp: time() * 1000,
      webhookEvent: 'jira:issue_updated',
      user: { displayName: name(), self: 'https://acme.atlassian.net/rest/api/2/user?accountId=5b10' },
      issue: {
        key: `OPS-${below(999)}`,
        fields: {
          summary: pick(texts),
          description: `h2. Steps\n# run {{${pick(parts.shell)}}}\n{code:sql}\n${pick(parts.sql)}\n{code}\n{noformat}ORA-00933: SQL command not properly ended{noformat}`,
          status: { name: 'In Progress' },
        },
      },
      changelog: { items: [{ field: 'assignee', fromString: "Conan O'Brien", toString: 'x' }] },
    }),
    hook('sentry', 'sentry-hooks/1.0', {
      action: 'created',
      data: {
        issue: {
          title: "TypeError: Cannot read properties of null (reading 'exec')",
          culprit: 'eval at <anonymous> (/static/app.js)',
          metadata: {
            value: 'Unexpected token \'<\', "<!DOCTYPE "... is not valid JSON',
            filename: '/app/node_modules/../src/db.ts',
          },
          permalink: 'https://sentry.example.com/issues/1/?query=is:unresolved',
        },
        event: {
          exception: {
            values: [
              {
                type: 'OperationalError',
                value: 'near "WHERE": syntax error: SELECT * FROM users WHERE id = ',
                stacktrace: {
                  frames: [
                    {
                      filename: 'lib/child_process.js',
                      function: 'exec',
                      context_line: "  const out = execSync('ls ' + dir);",
                    },
                  ],
                },
              },
            ],
          },
          request: { url: 'https://app.example.com/a?x=%3Cb%3E', headers: [['User-Agent', 'curl/8.0']] },
        },
      },
    }),
    multipartHook(
      '/webhook/inbound-mail',
      'SendGrid',
      [
        {
          name: 'headers',
          value:
            'Received: by mx.example.net with SMTP id 1; Mon, 02 Feb 2026\r\nMIME-Version: 1.0\r\nFrom: Bob <bob@example.com>\r\nTo: a@example.com\r\nSubject: Re: offer\r\nCc: team@example.com\r\nContent-Type: multipart/alternative; boundary="b1"',
        },
        { name: 'from', value: `${name()} <${mail()}>` },
        { name: 'subject', value: `Re: ${pick(texts).slice(0, 80)}` },
        { name: 'html', value: mailHtml() },
        {
          name: 'text',
          value: `Hi,\n\n${md()}\n\n-- \nBob; Sales\nOn Mon, Jan 5, 2026 at 9:00 AM Al <al@example.com> wrote:\n> ${pick(texts)}`,
        },
        { name: 'envelope', value: '{"to":["a@example.com"],"from":"b@example.com"}' },
        { name: 'charsets', value: '{"to":"UTF-8","html":"utf-8"}' },
        { name: 'attachment1', value: picture(chance), filename: 'Unterschrift (1).png', type: 'image/png' },
      ],
      chance,
    ),
    formHook('twilio', 'TwilioProxy/1.1', {
      ToCountry: 'US',
      SmsMessageSid: `SM${hex(32)}`,
      Body: pick(texts),
      From: '+15558675310',
      To: '+15017122661',
      NumMedia: '0',
      AccountSid: `AC${hex(32)}`,
      ApiVersion: '2010-04-01',
    }),
    hook('calendly', 'Calendly', {
      event: 'invitee.created',
      payload: {
        name: name(),
        email: mail(),
        questions_and_answers: [{ question: 'Anything to prepare?', answer: md() }],
        cancel_url: `https://calendly.com/cancellations/${uuid()}`,
        tracking: { utm_campaign: "spring'26 & more" },
        timezone: 'America/New_York',
      },
    }),
    hook('zapier', 'Zapier', {
      id: uuid(),
      rows: Array.from({ length: 5 }, () => ({
        Name: name(),
        Note: pick(texts),
        Formula: '=SUM(A1:A9)/COUNT(B:B)',
        When: '02/03/2026 4:05 PM',
      })),
    }),
    hook(
      'hubspot',
      'HubSpot Connect 2.0 (http://dev.hubspot.com/) (namespace: webhooks-nio-http-client) - WebhooksExecutorDaemon-executor',
      [
        {
          eventId: below(1e9),
          subscriptionType: 'contact.propertyChange',
          propertyName: 'notes',
          propertyValue: pick(texts),
          changeSource: 'CRM_UI',
          occurredAt: time() * 1000,
        },
      ],
    ),
    rawHook(
      'soap',
      'Apache-CXF/3.5.2',
      'text/xml; charset=utf-8',
      `<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><ns2:notify xmlns:ns2="http://erp.example.com/"><order id="${below(999)}"><customer>M&#252;ller &amp; O&apos;Brien</customer><remark><![CDATA[Lieferung <bitte> bis 12:00; sonst Rückruf]]></remark></order></ns2:notify></soap:Body></soap:Envelope>`,
    ),
    rawHook(
      'events',
      'Go-http-client/2.0',
      'text/csv; charset=utf-8',
      `id;name;note\n1;"${name()}";"said ""hi""; left"\n2;"a,b";'=HYPERLINK("https://example.com","x")'\n3;x;${pick(texts).replaceAll('\n', ' ')}\n`,
    ),
    rawHook('events', 'curl/8.5.0', 'text/plain', md()),
    hook('events', 'python-requests/2.32.3', {
      event: 'form',
      html: mailHtml(),
      source: 'newsletter',
      unsubscribe: 'https://example.com/u?e=a%40b.c&h=' + hex(20),
    }),
    hook('events', 'Grafana', {
      receiver: 'n8n',
      status: 'firing',
      alerts: [
        {
          status: 'firing',
          labels: { alertname: 'HighErrorRate', instance: 'http://10.0.0.7:9090' },
          annotations: {
            summary: '5xx > 1% for 5m',
            description: "{{ $labels.instance }} is down; value=[ var='A' labels={} value=3 ]",
          },
          generatorURL: 'http://grafana:3000/alerting/grafana/x/view?orgId=1',
          silenceURL: 'http://localhost:3000/alerting/silence/new?alertmanager=grafana&matcher=a%3Db',
        },
      ],
      commonLabels: {},
      truncatedAlerts: 0,
    }),
    hook(
      'chat',
      'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
      [
        {
          action: 'sendMessage',
          sessionId: uuid(),
          route: 'general',
          chatInput: pick(texts),
          metadata: { page: 'https://www.example.com/?q=a#b' },
        },
      ],
      { origin: 'https://www.example.com' },
    ),
    formHook('lead', 'WordPress/6.5.3; https://www.example.com', {
      'your-name': name(),
      'your-email': mail(),
      'your-message': md(),
      _wpcf7: '12',
      _wpcf7_unit_tag: 'wpcf7-f12-p8-o1',
      'g-recaptcha-response': word(200),
      page_url: 'https://www.example.com/kontakt/?ref=a&b=c',
    }),
    {
      site: 'n8n',
      method: 'GET',
      path: `/webhook/events?hub.mode=subscribe&hub.challenge=${below(1e9)}&hub.verify_token=${word(12)}`,
      headers: { 'user-agent': 'facebookplatform/1.0 (+http://developers.facebook.com)', accept: '*/*' },
    },
    {
      site: 'n8n',
      method: 'GET',
      path: `/webhook/lead?name=${encodeURIComponent(name())}&message=${encodeURIComponent(pick(texts))}&utm_source=mail`,
      headers: {
        'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0',
        accept: '*/*',
      },
    },
    multipartHook(
      '/webhook/upload',
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.6 Safari/605.1.15',
      [
        { name: 'title', value: pick(texts) },
        {
          name: 'file',
          value: picture(chance, 3000),
          filename: pick(['IMG_0001 (2).PNG', 'Rechnung & Lieferschein.png', "l'été.png"]),
          type: 'image/png',
        },
        { name: 'csv', value: `a;b\n1;"${name()}"\n`, filename: 'Export 2026-01-01.csv', type: 'text/csv' },
      ],
      chance,
    ),
    multipartHook(
      '/form/contact',
      'Mozilla/5.0 (Linux; Android 14; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Mobile Safari/537.36',
      [
        { name: 'field-0', value: name() },
        { name: 'field-1', value: md() },
        { name: 'field-2', value: picture(chance, 400), filename: 'cv.final.v2.pdf', type: 'application/pdf' },
      ],
      chance,
    ),
    ...Array.from({ length: 4 }, () => ask(pick(texts), { chatId: uuid(), streaming: false })),
    ask(`Why does this fail?\n\n\`\`\`js\n${pick(parts.js)}\n\`\`\``, {
      overrideConfig: { sessionId: uuid() },
      history: [
        { role: 'apiMessage', content: 'Hello! How can I help?' },
        { role: 'userMessage', content: pick(texts) },
      ],
    }),
    ask(`Explain this query: ${pick(parts.sql)}`, { streaming: true }),
    ask(`How do I run \`${pick(parts.shell)}\` from cron?`),
  ];
}
