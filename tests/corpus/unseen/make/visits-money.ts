import type { Chance } from '../../make/chance.ts';
import { formHook, hook, rawHook, type Visit } from '../../make/visit.ts';
import { address, authors, moment, said, seconds } from './sayings.ts';

/** What shops, banks and makers of invoices send. */
export function moneyVisits(chance: Chance): Visit[] {
  const who = chance.pick(authors);
  const mail = address(chance);
  const sum = `${chance.below(900)}.${10 + chance.below(90)}`;
  return [
    hook(
      'stripe',
      'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      {
        id: `evt_${chance.word(24)}`,
        object: 'event',
        api_version: '2024-11-20.acacia',
        created: seconds(chance),
        type: 'checkout.session.completed',
        livemode: true,
        data: {
          object: {
            id: `cs_live_${chance.word(58)}`,
            customer_details: {
              email: mail,
              name: who,
              address: { line1: "12 St. Michael's Sq.", line2: 'Unit #4; rear', country: 'IE' },
            },
            custom_fields: [{ key: 'engraving', text: { value: said(chance) } }],
            success_url: 'https://shop.example.com/thanks?session_id={CHECKOUT_SESSION_ID}',
            client_reference_id: null,
            metadata: { cart: '[{"sku":"A-1","qty":2}]', note: 'gift & card' },
          },
        },
      },
      { 'stripe-signature': `t=${seconds(chance)},v1=${chance.hex(64)},v0=${chance.hex(64)}` },
    ),
    hook(
      'stripe',
      'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      {
        type: 'charge.dispute.created',
        data: {
          object: {
            reason: 'product_not_received',
            evidence: { customer_name: who, uncategorized_text: said(chance) },
            payment_intent: `pi_${chance.word(24)}`,
            statement_descriptor: "ACME* BOB'S",
          },
          previous_attributes: { status: null },
        },
      },
      { 'stripe-signature': `t=${seconds(chance)},v1=${chance.hex(64)}` },
    ),
    hook(
      'shopify',
      'Shopify-Captain-Hook',
      {
        id: chance.below(9e9),
        name: `#${chance.below(9999)}`,
        note: said(chance),
        note_attributes: [{ name: 'Gift <message>', value: said(chance) }],
        landing_site: '/?utm_source=google&utm_campaign=%7Bcampaign%7D&gad=1',
        referring_site: 'https://www.google.com/',
        client_details: {
          user_agent: 'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X)',
          browser_ip: '203.0.113.8',
        },
        customer: { first_name: who, email: mail, tags: "VIP, can't ship -- call" },
        line_items: [
          {
            title: 'Mug "Select * from coffee"',
            sku: 'MUG-01/B',
            price: sum,
            properties: [{ name: '_file', value: 'https://cdn.example.com/u/a.png?v=1&w=2' }],
          },
        ],
        discount_codes: [{ code: '10%OFF', type: 'percentage' }],
        payment_gateway_names: ['shopify_payments'],
      },
      {
        'x-shopify-topic': 'orders/create',
        'x-shopify-hmac-sha256': `${chance.word(43)}=`,
        'x-shopify-shop-domain': 'acme.myshopify.com',
      },
    ),
    hook(
      'shopify',
      'Shopify-Captain-Hook',
      {
        id: chance.below(9e9),
        title: 'Lamp – "Aurora" <small>',
        body_html: `<p>${said(chance).replaceAll('<', '&lt;')}</p><ul><li>E27 &amp; dimmable</li></ul><iframe src="https://www.youtube.com/embed/${chance.word(11)}" width="560" allowfullscreen></iframe>`,
        vendor: "L'Atelier",
        tags: 'new; light, 50%',
        variants: [{ title: 'S / Ø 20', option1: '1/2"' }],
      },
      { 'x-shopify-topic': 'products/update' },
    ),
    hook(
      'events',
      'WooCommerce/9.4.2 Hookshot (WordPress/6.7.1)',
      {
        id: chance.below(9e4),
        status: 'processing',
        billing: { first_name: who, company: 'Kid & Co. <Ltd>', address_1: "1-3 O'Connell St.", email: mail },
        customer_note: said(chance),
        meta_data: [
          { id: 1, key: '_wc_order_attribution_user_agent', value: 'Mozilla/5.0 (X11; Linux x86_64)' },
          {
            id: 2,
            key: '_wc_order_attribution_session_entry',
            value: 'https://shop.example.com/?s=a+b&post_type=product',
          },
        ],
        line_items: [{ name: 'T-shirt - M, "blue"', subtotal: sum }],
        _links: {
          self: [
            { href: 'https://shop.example.com/wp-json/wc/v3/orders/7', targetHints: { allow: ['GET', 'DELETE'] } },
          ],
        },
      },
      {
        'x-wc-webhook-topic': 'order.updated',
        'x-wc-webhook-signature': `${chance.word(43)}=`,
        'x-wc-webhook-source': 'https://shop.example.com/',
      },
    ),
    formHook('events', 'PayPal IPN ( https://www.paypal.com/ipn )', {
      mc_gross: sum,
      protection_eligibility: 'Eligible',
      address_status: 'confirmed',
      payer_id: chance.word(13).toUpperCase(),
      address_street: "221b Baker's Row",
      payment_date: '03:22:41 Mar 14, 2026 PDT',
      charset: 'windows-1252',
      first_name: who,
      notify_version: '3.9',
      custom: '{"o":17,"u":"a;b"}',
      payer_email: mail,
      memo: said(chance),
      item_name1: 'Tea & cup (set)',
      txn_type: 'cart',
      receipt_ID: '',
      ipn_track_id: chance.hex(13),
      verify_sign: `A${chance.word(30)}.-${chance.word(20)}`,
    }),
    hook(
      'events',
      'PayPal/AUHD-1.0-1',
      {
        id: `WH-${chance.word(17).toUpperCase()}`,
        event_version: '1.0',
        resource_type: 'checkout-order',
        event_type: 'CHECKOUT.ORDER.APPROVED',
        summary: 'An order has been approved by buyer',
        resource: {
          purchase_units: [
            {
              reference_id: 'default',
              description: said(chance),
              custom_id: "cart'17",
              shipping: { name: { full_name: who } },
            },
          ],
          links: [{ href: 'https://api.paypal.com/v2/checkout/orders/5O', rel: 'self', method: 'GET' }],
        },
      },
      {
        'paypal-cert-url': `https://api.paypal.com/v1/notifications/certs/CERT-${chance.hex(8)}`,
        'paypal-auth-algo': 'SHA256withRSA',
        'paypal-transmission-sig': `${chance.word(80)}/+==`,
      },
    ),
    hook('events', 'Adyen HttpClient 1.0', {
      live: 'true',
      notificationItems: [
        {
          NotificationRequestItem: {
            additionalData: {
              'metadata.cart': 'a&b',
              cardSummary: '1111',
              'checkout.cardAddedBrand': 'visa',
              hmacSignature: `${chance.word(43)}=`,
              shopperReference: "O'S-9",
            },
            amount: { value: chance.below(9e4), currency: 'EUR' },
            eventCode: 'AUTHORISATION',
            merchantReference: `ORDER/${chance.below(999)} <web>`,
            operations: ['CANCEL', 'CAPTURE', 'REFUND'],
            reason: '069614:1111:03/2030',
            success: 'true',
            pspReference: chance.word(16).toUpperCase(),
          },
        },
      ],
    }),
    formHook('events', 'Mollie.com v2.0 webhook client', { id: `tr_${chance.word(10)}` }),
    hook(
      'events',
      'Square Connect v2',
      {
        merchant_id: chance.word(13),
        type: 'invoice.payment_made',
        event_id: chance.uuid(),
        data: {
          object: {
            invoice: {
              title: said(chance).slice(0, 50),
              description: 'Lawn; hedge & tree | March',
              primary_recipient: { given_name: who, email_address: mail },
            },
          },
        },
      },
      { 'x-square-hmacsha256-signature': `${chance.word(43)}=` },
    ),
    hook(
      'events',
      'Paddle',
      {
        event_type: 'subscription.canceled',
        notification_id: `ntf_${chance.word(26)}`,
        data: {
          custom_data: { why: said(chance), 'team name': "D&D'ers" },
          management_urls: {
            cancel: `https://buyer-portal.paddle.com/subscriptions/sub_1/cancel?token=pga_${chance.word(60)}`,
          },
        },
      },
      { 'paddle-signature': `ts=${seconds(chance)};h1=${chance.hex(64)}` },
    ),
    formHook('events', 'Gumroad', {
      seller_id: `${chance.word(22)}==`,
      product_name: 'Brushes "Ink & <Paper>"',
      permalink: 'ink',
      email: mail,
      full_name: who,
      'custom_fields[How did you hear?]': said(chance),
      'url_params[utm_source]': 'a/b',
      'card[visual]': '**** **** **** 4242',
      ip_country: 'Norway',
      test: 'true',
    }),
    hook(
      'events',
      'Chargebee',
      {
        id: `ev_${chance.word(14)}`,
        event_type: 'invoice_generated',
        content: {
          invoice: {
            number: `INV/2026/${chance.below(999)}`,
            notes: [{ note: said(chance) }],
            line_items: [{ description: "Plan 'Pro' (3 x seats) -- monthly", amount: chance.below(9999) }],
          },
        },
      },
      { authorization: `Basic ${Buffer.from('hook:p@ss;word').toString('base64')}` },
    ),
    rawHook(
      'events',
      'Apache-HttpClient/5.3.1 (Java/21)',
      'application/xml; charset=UTF-8',
      `<?xml version="1.0" encoding="UTF-8"?>\n<ubl:Invoice xmlns:ubl="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2" xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2" xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"><cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0</cbc:CustomizationID><cbc:ID>R-${chance.below(9999)}</cbc:ID><cbc:Note>${said(chance).replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</cbc:Note><cac:AccountingCustomerParty><cbc:Name>Häuser &amp; Gärten e.V.</cbc:Name></cac:AccountingCustomerParty><cbc:PayableAmount currencyID="EUR">${sum}</cbc:PayableAmount></ubl:Invoice>`,
    ),
    rawHook(
      'soap',
      'Java/11.0.22',
      'text/xml; charset=UTF-8',
      `<?xml version="1.0" encoding="UTF-8"?>\n<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">\n <soapenv:Body>\n  <notifications xmlns="http://soap.sforce.com/2005/09/outbound">\n   <OrganizationId>00D${chance.word(15)}</OrganizationId>\n   <SessionId xsi:nil="true"/>\n   <EnterpriseUrl>https://acme.my.salesforce.com/services/Soap/c/62.0/00D</EnterpriseUrl>\n   <Notification>\n    <Id>04l${chance.word(15)}</Id>\n    <sObject xsi:type="sf:Lead" xmlns:sf="urn:sobject.enterprise.soap.sforce.com">\n     <sf:Id>00Q${chance.word(15)}</sf:Id>\n     <sf:Company>Meyer &amp; Söhne &lt;AG&gt;</sf:Company>\n     <sf:Description>${said(chance).replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</sf:Description>\n     <sf:Email>${mail}</sf:Email>\n    </sObject>\n   </Notification>\n  </notifications>\n </soapenv:Body>\n</soapenv:Envelope>`,
    ),
    hook(
      'hubspot',
      'HubSpot Connect 2.0 (http://dev.hubspot.com/) - WebhooksExecutorDaemon-executor',
      [
        {
          eventId: chance.below(9e8),
          subscriptionType: 'contact.propertyChange',
          propertyName: 'message',
          propertyValue: said(chance),
          changeSource: 'CRM_UI',
          sourceId: 'userId:7',
          occurredAt: seconds(chance) * 1000,
          attemptNumber: 0,
        },
      ],
      { 'x-hubspot-signature-v3': `${chance.word(43)}=`, 'x-hubspot-request-timestamp': `${seconds(chance)}000` },
    ),
    hook('lead', 'Pipedrive Webhooks', {
      meta: { action: 'change', entity: 'deal', version: '2.0' },
      data: {
        title: `${who} – deal (2 x "XL")`,
        value: chance.below(9e4),
        lost_reason: said(chance),
        custom_fields: { [chance.hex(40)]: { type: 'varchar', value: 'A/B; C & D' } },
      },
      previous: { stage_id: 3 },
    }),
    hook('events', 'Airtable', {
      base: { id: `app${chance.word(14)}` },
      timestamp: moment(chance),
      changed: {
        name: said(chance).slice(0, 40),
        formula: "IF({Qty} > 0, {Price} * {Qty}, 'n/a') & ' €'",
        attachments: [
          {
            url: `https://v5.airtableusercontent.com/v3/u/1/${chance.word(30)}/a%20(1).pdf?ts=1&userId=u&cs=${chance.hex(16)}`,
            filename: "Offer – O'S.pdf",
          },
        ],
      },
    }),
  ];
}
