import type { Chance } from '../chance.ts';
import { asMail, formHook, hook, multipartHook, picture, rawHook, type Visit } from '../visit.ts';
import { iso, mail, people, questions, said } from './sayings.ts';

/** What devices and log shippers send. */
export function machineVisits(chance: Chance): Visit[] {
  const device = chance.hex(12);
  return [
    hook('events', 'ESP32HTTPClient', {
      id: device,
      t: 18 + chance.below(9),
      h: 40 + chance.below(30),
      rssi: -60,
      fw: '1.4.2-rc1',
      up: chance.below(9e6),
    }),
    hook('events', 'ChirpStack/4.9', {
      deduplicationId: chance.uuid(),
      deviceInfo: { tenantName: 'farm & co', devEui: chance.hex(16) },
      fPort: 2,
      data: Buffer.from(chance.word(12)).toString('base64'),
      object: { soil: chance.below(100) },
      rxInfo: [{ gatewayId: chance.hex(16), rssi: -101, snr: 7.2 }],
    }),
    rawHook('events', 'okhttp/4.12.0', 'text/csv', `at;device;value\n${iso(chance)};${device};${chance.below(90)},5\n`),
    rawHook(
      'soap',
      'Apache-CXF/4.0.3',
      'text/xml; charset=UTF-8',
      `<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><ns2:createOrder xmlns:ns2="urn:acme:orders"><customer>${chance.pick(['Öberg &amp; Söner', 'O&apos;Dowd Ltd', 'Li Na'])}</customer><note><![CDATA[${said(chance)}]]></note><total>${chance.below(900)}.50</total></ns2:createOrder></soap:Body></soap:Envelope>`,
    ),
    rawHook(
      'events',
      'Logstash/8.15',
      'application/x-ndjson',
      [1, 2, 3]
        .map(n =>
          JSON.stringify({
            '@timestamp': iso(chance),
            level: 'WARN',
            n,
            msg: `GET /cart?id=${chance.below(99)} 404 - "Mozilla/5.0"`,
            path: '/var/log/nginx/access.log',
          }),
        )
        .join('\n'),
    ),
    hook('events', 'Home Assistant/2026.2', {
      trigger: 'state',
      entity: 'binary_sensor.front_door',
      from: 'off',
      to: 'on',
      template: 'Door opened at {{ now() }}',
      ip: `192.168.1.${chance.below(250)}`,
    }),
    hook(
      'chat',
      'Telegram',
      {
        update_id: chance.below(9e8),
        message: {
          message_id: chance.below(9e5),
          from: { id: chance.below(9e9), is_bot: false, first_name: chance.pick(people), language_code: 'uk' },
          chat: { id: -1_001_200_300, title: 'Команда & друзі', type: 'supergroup' },
          date: 1_780_000_000,
          text: chance.pick([said(chance), '/start ref_42', '/report@acme_bot last week; all', said(chance)]),
          entities: [{ offset: 0, length: 6, type: 'bot_command' }],
        },
      },
      { 'x-telegram-bot-api-secret-token': chance.word(32) },
    ),
    rawHook(
      'events?validationToken=a%3A+b',
      'Microsoft-Graph-Notifications',
      'application/json',
      JSON.stringify({
        value: [
          {
            subscriptionId: chance.uuid(),
            changeType: 'updated',
            resource: `users('${chance.uuid()}')/messages('AAMk${chance.word(60)}=')`,
            clientState: chance.word(20),
          },
        ],
      }),
    ),
    hook('events', 'Elastic-Heartbeat/8.15', {
      summary: { up: 0, down: 1 },
      url: { full: 'http://10.1.0.9:8080/healthz?full=true' },
      error: { message: 'dial tcp 10.1.0.9:8080: connect: connection refused', type: 'io' },
      at: iso(chance),
    }),
    hook('events', 'AmazonSNS', {
      Type: 'Notification',
      MessageId: chance.uuid(),
      TopicArn: 'arn:aws:sns:eu-north-1:123456789012:orders',
      Message: JSON.stringify({
        Records: [
          {
            eventName: 'ObjectCreated:Put',
            s3: {
              bucket: { name: 'uploads' },
              object: { key: `in/2026/../a+b%28${chance.below(9)}%29.pdf`, size: 99 },
            },
          },
        ],
      }),
      Signature: `${chance.word(80)}==`,
      SigningCertURL: 'https://sns.eu-north-1.amazonaws.com/SimpleNotificationService-a.pem',
    }),
  ];
}

/** What people and their mail programs send. */
export function personVisits(chance: Chance): Visit[] {
  const name = chance.pick(people);
  const browser = 'Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0';
  const letter = asMail(
    `<div dir="ltr">Hi,<br><br>${said(chance)}<br><blockquote type="cite">On Mon, ${name} &lt;a@example.com&gt; wrote:<br>&gt; it's done</blockquote><img src="cid:ii_${chance.word(8)}" width="1"></div>`,
  );
  return [
    multipartHook(
      '/form/contact',
      browser,
      [
        { name: 'field-0', value: name },
        { name: 'field-1', value: said(chance) },
        {
          name: 'field-2',
          value: picture(chance, 200),
          filename: chance.pick(["Marta's scan (2).png", 'Skärmbild 2026-02-01 kl. 10.11.12.png', 'offer; final.png']),
          type: 'image/png',
        },
      ],
      chance,
    ),
    multipartHook(
      '/webhook/upload',
      browser,
      [
        { name: 'title', value: said(chance).slice(0, 50) },
        {
          name: 'file',
          value: `name;sum\n"${name}";${chance.below(99)},00\n=SUM(B2:B9);\n`,
          filename: 'lista 1=2.csv',
          type: 'text/csv',
        },
      ],
      chance,
    ),
    multipartHook(
      '/webhook/inbound-mail',
      'SendGrid Event API',
      [
        {
          name: 'headers',
          value: `Received: by 10.1.2.3 with SMTP id a1\r\nSubject: Re: order\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary="x1"`,
        },
        { name: 'from', value: `"${name}" <${mail(chance)}>` },
        { name: 'to', value: 'hello@in.example.com' },
        { name: 'subject', value: `Re: Fwd: ${said(chance).slice(0, 60)}` },
        { name: 'text', value: `${said(chance)}\n\n-- \n${name} | Sales & Service` },
        { name: 'html', value: letter },
        { name: 'envelope', value: '{"to":["hello@in.example.com"],"from":"a@example.com"}' },
        { name: 'SPF', value: 'pass' },
      ],
      chance,
    ),
    formHook('inbound-mail', 'mailgun/treq-22.1.0', {
      recipient: 'in@mg.example.com',
      sender: mail(chance),
      subject: said(chance).slice(0, 50),
      'body-plain': said(chance),
      'stripped-html': letter,
      'message-headers': JSON.stringify([
        ['Received', 'from mail (unknown [10.0.0.1])'],
        ['Message-Id', `<${chance.word(20)}@mail.example.com>`],
      ]),
      timestamp: '1780000000',
      signature: chance.hex(64),
    }),
    formHook('lead', browser, {
      name,
      email: mail(chance),
      company: chance.pick(['Müller & Söhne <GmbH>', 'A/S Null', "Kid's World; Ltd", 'データ株式会社']),
      budget: '> 10k',
      message: said(chance),
      consent: 'on',
      page: 'https://www.example.com/pricing?plan=pro#buy',
    }),
    hook(
      'lead',
      browser,
      {
        fullName: name,
        phone: '+49 (0)30 / 123-45;67',
        message: said(chance),
        utm: { source: 'google', term: '"best crm" or erp' },
      },
      { origin: 'https://www.example.com' },
    ),
    hook(
      'chat',
      browser,
      { action: 'sendMessage', sessionId: chance.uuid(), chatInput: said(chance) },
      { origin: 'https://www.example.com' },
    ),
    hook(
      'chat',
      browser,
      { action: 'sendMessage', sessionId: chance.uuid(), chatInput: chance.pick(questions) },
      { origin: 'https://www.example.com' },
    ),
    {
      site: 'n8n',
      method: 'GET',
      path: `/webhook/lead?email=${encodeURIComponent(mail(chance))}&name=${encodeURIComponent(name)}&ref=${encodeURIComponent('https://www.example.com/a?b=c&d=[e]')}`,
      headers: { 'user-agent': browser, accept: 'text/html,*/*;q=0.8' },
    },
    {
      site: 'n8n',
      method: 'GET',
      path: `/webhook/events?type=open&m=${chance.hex(24)}&u=${encodeURIComponent(mail(chance))}&c=${encodeURIComponent('Spring (DE) | 50% off!')}&t=1780000${chance.below(999)}`,
      headers: { 'user-agent': 'Mozilla/5.0 (via ggpht.com GoogleImageProxy)', accept: 'image/*' },
    },
  ];
}
