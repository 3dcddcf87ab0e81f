import type { Chance } from '../chance.ts';
import { formHook, hook, type Visit } from '../visit.ts';
import { iso, mail, people, said } from './sayings.ts';

/** What shops, calendars, forms and messengers send. */
export function moneyVisits(chance: Chance): Visit[] {
  const amount = 500 + chance.below(90_000);
  const who = chance.pick(people);
  return [
    hook(
      'stripe',
      'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      {
        id: `evt_${chance.word(24)}`,
        object: 'event',
        api_version: '2025-09-30.clover',
        type: chance.pick(['checkout.session.completed', 'charge.dispute.created', 'payment_intent.succeeded']),
        data: {
          object: {
            id: `cs_live_${chance.word(40)}`,
            amount_total: amount,
            currency: 'sek',
            customer_details: {
              name: who,
              email: mail(chance),
              address: { line1: "14 St. John's Rd, Flat #2", postal_code: 'SW11 1PN' },
            },
            metadata: { note: said(chance).slice(0, 60) },
            success_url: 'https://shop.example.com/ok?session_id={CHECKOUT_SESSION_ID}',
          },
        },
      },
      { 'stripe-signature': `t=1780000000,v1=${chance.hex(64)},v0=${chance.hex(64)}` },
    ),
    hook(
      'shopify',
      'Shopify-Captain-Hook',
      {
        id: chance.below(9e12),
        name: `#${1000 + chance.below(900)}`,
        email: mail(chance),
        note: chance.pick([null, said(chance), "Please don't ring; leave at O'Neil's"]),
        total_price: (amount / 100).toFixed(2),
        landing_site: `/collections/all?utm_source=ig&utm_content=a%7Cb&fbclid=IwAR${chance.word(40)}`,
        referring_site: 'https://l.instagram.com/',
        browser_ip: `84.23.1.${chance.below(250)}`,
        client_details: { user_agent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15' },
        line_items: [
          {
            title: 'Mug "Hello; World" <large>',
            sku: `MUG-${chance.below(99)}/L`,
            quantity: 2,
            properties: [{ name: '_engraving', value: 'A & B 4ever <3' }],
          },
        ],
      },
      { 'x-shopify-topic': 'orders/create', 'x-shopify-hmac-sha256': `${chance.word(43)}=` },
    ),
    hook('hubspot', 'HubSpot Connect 2.0 (http://dev.hubspot.com/) - WebHooks', [
      {
        eventId: chance.below(9e9),
        subscriptionId: 25,
        portalId: 6211,
        appId: 99,
        occurredAt: 1_780_000_000_000,
        subscriptionType: 'contact.propertyChange',
        attemptNumber: 0,
        objectId: chance.below(9e6),
        propertyName: 'message',
        propertyValue: said(chance),
      },
    ]),
    hook('calendly', 'Calendly Webhook', {
      event: 'invitee.created',
      created_at: iso(chance),
      payload: {
        name: who,
        email: mail(chance),
        timezone: 'Europe/Stockholm',
        questions_and_answers: [{ question: 'What would you like to discuss?', answer: said(chance), position: 0 }],
        cancel_url: `https://calendly.example/cancellations/${chance.uuid()}`,
        tracking: { utm_campaign: 'spring (B2B) 50% off', utm_source: null },
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
          submitted_at: iso(chance),
          definition: {
            title: "What's up?",
            fields: [{ id: 'a1', title: 'How did we do, {{field:01F}}?', type: 'long_text' }],
          },
          answers: [
            { type: 'text', text: said(chance), field: { id: 'a1', type: 'long_text' } },
            { type: 'choice', choice: { label: 'Yes; definitely' } },
          ],
        },
      },
      { 'typeform-signature': `sha256=${chance.word(43)}=` },
    ),
    formHook('twilio', 'TwilioProxy/1.1', {
      ToCountry: 'SE',
      SmsMessageSid: `SM${chance.hex(32)}`,
      NumMedia: '0',
      FromCity: '',
      Body: said(chance),
      From: `+4670${chance.below(9e6)}`,
      To: '+46101389000',
      AccountSid: `AC${chance.hex(32)}`,
      ApiVersion: '2010-04-01',
    }),
    formHook('slack', 'Slackbot 1.0 (+https://api.slack.com/robots)', {
      token: chance.word(24),
      team_id: 'T0ACME',
      channel_name: 'ops-&-alerts',
      user_name: 'conor.odowd',
      command: '/deploy',
      text: chance.pick([
        'site --env=prod; then tell @marta',
        'status | last 5',
        '"api gateway" v2.4.1 && docs',
        said(chance),
      ]),
      response_url: `https://hooks.slack.com/commands/T0ACME/${chance.below(9e9)}/${chance.word(24)}`,
      trigger_id: `${chance.below(9e9)}.${chance.hex(32)}`,
    }),
    formHook('slack', 'Slackbot 1.0 (+https://api.slack.com/robots)', {
      payload: JSON.stringify({
        type: 'block_actions',
        user: { id: 'U1', name: who },
        actions: [{ action_id: 'approve', value: `order=${chance.below(999)}&ok=1` }],
        message: { text: `*<https://erp.example.com/o/1|Order>* for ${who}: \`ls -la\`` },
      }),
    }),
    hook('slack', 'Slackbot 1.0 (+https://api.slack.com/robots)', {
      type: 'event_callback',
      team_id: 'T0ACME',
      event: {
        type: 'app_mention',
        user: 'U02',
        text: `<@U0BOT> ${said(chance)}`,
        ts: `1780000${chance.below(999)}.000200`,
        blocks: [
          {
            type: 'rich_text',
            elements: [
              {
                type: 'rich_text_section',
                elements: [
                  { type: 'user', user_id: 'U0BOT' },
                  { type: 'text', text: ' hi' },
                ],
              },
            ],
          },
        ],
      },
    }),
    hook('zapier', 'Zapier', {
      lead: who,
      source: "Facebook Lead Ads: Don't miss it!",
      answers: said(chance),
      querystring__utm_term: '+bikes +"for kids"',
    }),
  ];
}
