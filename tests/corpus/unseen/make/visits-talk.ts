import type { Chance } from '../../make/chance.ts';
import { formHook, hook, multipartHook, type Visit } from '../../make/visit.ts';
import { address, authors, moment, questions, said, seconds, ticket } from './sayings.ts';

/** What messengers, desks of support, calendars and forms send. */
export function talkVisits(chance: Chance): Visit[] {
  const who = chance.pick(authors);
  const mail = address(chance);
  return [
    hook(
      'slack',
      'Slackbot 1.0 (+https://api.slack.com/robots)',
      {
        token: chance.word(24),
        team_id: 'T0ACME',
        event: {
          type: 'message',
          user: 'U07',
          text: `<@U0BOT> ${said(chance).replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')} <https://example.com/a?b=c|here>`,
          blocks: [
            {
              type: 'rich_text',
              elements: [
                { type: 'rich_text_section', elements: [{ type: 'text', text: said(chance), style: { code: true } }] },
              ],
            },
          ],
          ts: `${seconds(chance)}.0${chance.below(99_999)}`,
          channel: 'C0HELP',
        },
        type: 'event_callback',
        event_id: `Ev${chance.word(9)}`,
        event_context: '4-eyJldCI6Im1lc3NhZ2UifQ',
      },
      { 'x-slack-signature': `v0=${chance.hex(64)}`, 'x-slack-request-timestamp': `${seconds(chance)}` },
    ),
    formHook('slack', 'Slackbot 1.0 (+https://api.slack.com/robots)', {
      token: chance.word(24),
      team_domain: 'acme',
      channel_name: 'ops-&-dev',
      user_name: 'imogen',
      command: '/ask',
      text: chance.pick([...questions, said(chance)]),
      api_app_id: 'A1',
      response_url: `https://hooks.slack.com/commands/T0ACME/${chance.below(9e9)}/${chance.word(24)}`,
      trigger_id: `${chance.below(9e9)}.1.${chance.hex(32)}`,
    }),
    formHook('slack', 'Slackbot 1.0 (+https://api.slack.com/robots)', {
      payload: JSON.stringify({
        type: 'view_submission',
        user: { name: who },
        view: {
          private_metadata: '{"ch":"C0"}',
          state: { values: { b1: { note: { type: 'plain_text_input', value: said(chance) } } } },
          blocks: [{ type: 'input', label: { type: 'plain_text', text: 'Why? (> 10 chars)' } }],
        },
      }),
    }),
    hook(
      'chat',
      'Discord-Interactions/1.0 (+https://discord.com)',
      {
        app_permissions: '562949953601536',
        type: 2,
        data: { name: 'query', type: 1, options: [{ name: 'text', type: 3, value: chance.pick(questions) }] },
        member: { nick: `${who} <3`, user: { global_name: '"Zed" && co', id: `${chance.below(9e9)}` } },
        token: `aW50ZXJhY3Rpb24${chance.word(60)}`,
        locale: 'nb-NO',
      },
      { 'x-signature-ed25519': chance.hex(128), 'x-signature-timestamp': `${seconds(chance)}` },
    ),
    hook('chat', '', {
      update_id: chance.below(9e8),
      message: {
        message_id: chance.below(9e4),
        from: { id: chance.below(9e8), first_name: who, username: 'drop_it', language_code: 'nb' },
        chat: { id: chance.below(9e8), type: 'private' },
        date: seconds(chance),
        text: chance.pick([
          said(chance),
          chance.pick(questions),
          '/help@AcmeBot',
          '/order 2 x "Pad Thai" & cola; no nuts',
        ]),
        link_preview_options: { is_disabled: true },
        reply_to_message: { text: said(chance) },
      },
    }),
    hook(
      'chat',
      'facebookexternalua',
      {
        object: 'whatsapp_business_account',
        entry: [
          {
            id: `${chance.below(9e9)}`,
            changes: [
              {
                field: 'messages',
                value: {
                  messaging_product: 'whatsapp',
                  contacts: [{ profile: { name: `${who} ✨` }, wa_id: '4366012345' }],
                  messages: [
                    {
                      from: '4366012345',
                      id: `wamid.${chance.word(50)}==`,
                      timestamp: `${seconds(chance)}`,
                      type: 'text',
                      text: { body: said(chance) },
                    },
                  ],
                },
              },
            ],
          },
        ],
      },
      { 'x-hub-signature': `sha1=${chance.hex(40)}` },
    ),
    hook(
      'chat',
      'Microsoft-SkypeBotApi (Microsoft-BotFramework/3.0)',
      {
        type: 'message',
        id: `${seconds(chance)}`,
        serviceUrl: 'https://smba.trafficmanager.net/emea/',
        from: { id: `29:1${chance.word(40)}`, name: who, aadObjectId: chance.uuid() },
        conversation: { id: `19:${chance.hex(32)}@thread.tacv2;messageid=${seconds(chance)}`, isGroup: true },
        text: `<at>Helper</at> ${chance.pick(questions)}\n`,
        attachments: [
          {
            contentType: 'text/html',
            content: `<div><div><span itemscope="" itemtype="http://schema.skype.com/Mention" itemid="0">Helper</span>&nbsp;${said(chance).replaceAll('<', '&lt;')}</div></div>`,
          },
        ],
      },
      { authorization: `Bearer eyJ0eXAiOiJKV1QifQ.${chance.word(300)}.${chance.word(86)}` },
    ),
    formHook('twilio', 'TwilioProxy/1.1', {
      ToCountry: 'AT',
      SmsMessageSid: `SM${chance.hex(32)}`,
      NumMedia: '0',
      Body: said(chance),
      From: 'whatsapp:+4366012345',
      ProfileName: who,
      AccountSid: `AC${chance.hex(32)}`,
      ApiVersion: '2010-04-01',
      MessagingServiceSid: '',
      ChannelMetadata: '{"type":"whatsapp","data":{"context":{}}}',
    }),
    formHook('twilio', 'TwilioProxy/1.1', {
      CallSid: `CA${chance.hex(32)}`,
      SpeechResult: said(chance),
      Confidence: '0.9128',
      RecordingUrl: 'https://api.twilio.com/2010-04-01/Accounts/AC1/Recordings/RE1',
      FromCity: "COEUR D'ALENE",
      Called: '+15005550006',
      StirVerstat: 'TN-Validation-Passed-A',
      Digits: '12*#',
    }),
    hook(
      'events',
      'Zendesk Webhook',
      {
        type: 'zen:event-type:ticket.comment_added',
        subject: `zen:ticket:${chance.below(9999)}`,
        time: moment(chance),
        detail: {
          subject: said(chance).slice(0, 50),
          description: ticket(chance),
          via: { channel: 'web_service' },
          custom_status: '1',
          tags: ['or', 'where_is_my_order'],
        },
        event: { comment: { body: ticket(chance), is_public: true, author: { name: who } } },
      },
      { 'x-zendesk-webhook-signature': `${chance.word(43)}=` },
    ),
    hook('events', 'Freshdesk/webhook', {
      freshdesk_webhook: {
        ticket_id: chance.below(9999),
        ticket_subject: said(chance).slice(0, 50),
        ticket_description: `<div style="font-size:14px"><div dir="ltr">${said(chance).replaceAll('<', '&lt;')}</div><div><pre>Warning: mysqli::query(): Couldn't fetch mysqli in /www/htdocs/inc/db.php on line ${chance.below(99)}</pre></div></div>`,
        ticket_contact_name: who,
        triggered_event: '{ticket_action:created}',
      },
    }),
    hook(
      'chat',
      'intercom.io/hooks',
      {
        type: 'notification_event',
        topic: 'conversation.user.replied',
        data: {
          item: {
            source: {
              body: `<p>${said(chance).replaceAll('<', '&lt;')}</p>`,
              author: { name: who, email: mail },
              url: 'https://app.example.com/x?tab=1#/y',
            },
            conversation_parts: {
              conversation_parts: [
                {
                  body: `<p>I see <code>403</code> in &quot;Export&quot; &amp; nothing else</p><img src="https://downloads.intercomcdn.com/i/o/1/a+b.png?expires=1&amp;signature=${chance.hex(64)}">`,
                },
              ],
            },
          },
        },
      },
      { 'x-hub-signature': `sha1=${chance.hex(40)}` },
    ),
    hook('events', 'Crisp-Hooks/1.0', {
      website_id: chance.uuid(),
      event: 'message:send',
      data: {
        type: 'text',
        content: said(chance),
        from: 'user',
        origin: 'chat',
        user: { nickname: who },
        stamped: true,
        fingerprint: chance.below(9e9),
      },
    }),
    hook(
      'typeform',
      'Typeform Webhooks',
      {
        event_id: chance.word(26),
        event_type: 'form_response',
        form_response: {
          form_id: chance.word(8),
          hidden: { ref: "mail'26", utm_source: '{{utm}}' },
          definition: { fields: [{ id: 'a', title: 'So, {{field:01}}, what *brings* you here?', type: 'long_text' }] },
          answers: [
            { type: 'text', text: said(chance) },
            { type: 'email', email: mail },
            { type: 'choices', choices: { labels: ['A & B', '< 1 year', "Don't know"] } },
            { type: 'url', url: 'https://example.org/me?x=1&y=[2]' },
          ],
        },
      },
      { 'typeform-signature': `sha256=${chance.word(43)}=` },
    ),
    hook('lead', 'Tally Webhooks', {
      eventType: 'FORM_RESPONSE',
      data: {
        formName: 'Join us! (v2)',
        fields: [
          { key: `question_${chance.word(6)}`, label: "What's your <role>?", type: 'INPUT_TEXT', value: said(chance) },
          {
            key: 'q2',
            type: 'FILE_UPLOAD',
            value: [
              {
                name: 'cv;final.pdf',
                url: `https://storage.tally.so/private/cv.pdf?id=x&accessToken=${chance.word(60)}`,
              },
            ],
          },
        ],
      },
    }),
    multipartHook(
      '/webhook/lead',
      'GoFormz Jotform/2.0',
      [
        { name: 'action', value: '' },
        { name: 'formID', value: `${chance.below(9e9)}` },
        { name: 'pretty', value: `Name:${who}, E-mail:${mail}, Message:${said(chance)}` },
        {
          name: 'rawRequest',
          value: JSON.stringify({
            slug: 'submit/1/',
            jsExecutionTracker: 'build-date-1=>init-started:1=>validator-called:2',
            q3_name: { first: who },
            q5_msg: said(chance),
            path: '/submit/1',
          }),
        },
        { name: 'ip', value: '203.0.113.77' },
      ],
      chance,
    ),
    hook('lead', 'Mozilla/5.0 (compatible; Google-Apps-Script; beanserver; +https://script.google.com; id: UAEmdDd)', {
      Zeitstempel: moment(chance),
      'Wie heißt du?': who,
      'Was sollen wir wissen? (z. B. Allergien)': said(chance),
      Plätze: '2-3',
    }),
    hook(
      'calendly',
      'Calendly',
      {
        created_at: moment(chance),
        event: 'invitee.created',
        payload: {
          email: mail,
          name: who,
          cancel_url: 'https://calendly.com/cancellations/1',
          questions_and_answers: [
            { question: 'What would you like to discuss? (1 or 2 lines)', answer: said(chance), position: 0 },
          ],
          tracking: { utm_campaign: 'Q2 | demo', salesforce_uuid: null },
          text_reminder_number: '+43 664 / 12 34',
          timezone: 'Europe/Vienna',
        },
      },
      { 'calendly-webhook-signature': `t=${seconds(chance)},v1=${chance.hex(64)}` },
    ),
    hook(
      'calendly',
      'node',
      {
        triggerEvent: 'BOOKING_RESCHEDULED',
        payload: {
          title: `30 min between ${who} and "Support"`,
          additionalNotes: said(chance),
          responses: {
            guests: { label: 'guests', value: [mail] },
            location: { value: { optionValue: '', value: 'integrations:daily' } },
          },
          rescheduleUid: chance.uuid(),
        },
      },
      { 'x-cal-signature-256': chance.hex(64) },
    ),
    hook(
      'events',
      'Zoom Marketplace/1.0a',
      {
        event: 'meeting.ended',
        payload: {
          account_id: chance.word(22),
          object: { topic: `${who}'s Zoom Meeting <weekly>`, uuid: `${chance.word(20)}/+==`, agenda: said(chance) },
        },
        event_ts: seconds(chance) * 1000,
      },
      { 'x-zm-signature': `v0=${chance.hex(64)}` },
    ),
  ];
}
