import type { Chance } from '../../make/chance.ts';
import { formHook, hook, multipartHook, picture, type Visit } from '../../make/visit.ts';
import { address, authors, letter, said, seconds, ticket } from './sayings.ts';

/** Mails as services pass them on, and what became of those that were sent. */
export function mailVisits(chance: Chance): Visit[] {
  const who = chance.pick(authors);
  const mail = address(chance);
  return [
    formHook('events', 'MailChimp', {
      type: 'profile',
      fired_at: '2026-03-26 21:35:57',
      'data[id]': chance.hex(10),
      'data[email]': mail,
      'data[merges][FNAME]': who,
      'data[merges][INTERESTS]': 'Group1,Group2 & 3',
      'data[merges][NOTE]': said(chance),
      'data[ip_opt]': '203.0.113.4',
    }),
    formHook('inbound-mail', 'mailgun/treq-23.11.0', {
      'Content-Type': 'multipart/alternative; boundary="000000000000a1b2c3"',
      From: `"${who}" <${mail}>`,
      Subject: `AW: WG: ${said(chance).slice(0, 50)}`,
      'X-Mailgun-Variables': '{"id":"a;b"}',
      'body-plain': `${said(chance)}\r\n\r\n> On 3 Mar 2026, at 10:11, Shop <shop@example.com> wrote:\r\n> --\r\n> sent with <3`,
      'body-html': letter(chance),
      'stripped-signature': '-- \r\nB. Ø.',
      timestamp: `${seconds(chance)}`,
      token: chance.hex(50),
      signature: chance.hex(64),
    }),
    multipartHook(
      '/webhook/inbound-mail',
      'Sendlib/1.0',
      [
        {
          name: 'headers',
          value: `Received: from mail-ej1-f41.example.com (mxd [209.85.218.41]) by mx.sendgrid.net with ESMTP id ${chance.word(16)}\nDKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.net; s=20230601; bh=${chance.word(43)}=; b=${chance.word(80)}\nMIME-Version: 1.0\nTo: in@parse.example.com\nCc: "Ops; Team" <ops@example.com>\nContent-Type: multipart/mixed; boundary="b1"\n`,
        },
        { name: 'dkim', value: '{@example.net : pass}' },
        { name: 'email', value: `${said(chance)}\n.` },
        { name: 'html', value: letter(chance) },
        { name: 'sender_ip', value: '209.85.218.41' },
        { name: 'charsets', value: '{"to":"UTF-8","html":"utf-8","subject":"UTF-8"}' },
        { name: 'attachment-info', value: '{"attachment1":{"filename":"plan (1).png","content-id":"ii_a"}}' },
        { name: 'attachment1', value: picture(chance, 150), filename: 'plan (1).png', type: 'image/png' },
      ],
      chance,
    ),
    hook('inbound-mail', 'Postmark', {
      FromName: who,
      From: mail,
      MailboxHash: 'ticket+17',
      Subject: said(chance).slice(0, 60),
      TextBody: `${said(chance)}\n\n${ticket(chance)}`,
      HtmlBody: letter(chance),
      StrippedTextReply: said(chance),
      Headers: [
        {
          Name: 'Received-SPF',
          Value:
            "Pass (sender SPF authorized) identity=mailfrom; client-ip=209.85.160.180; envelope-from='a@example.net'",
        },
        { Name: 'X-Mailer', Value: 'Apple Mail (2.3774.600.62)' },
      ],
      Attachments: [
        { Name: 'notes; v2.txt', Content: Buffer.from(said(chance)).toString('base64'), ContentType: 'text/plain' },
      ],
    }),
    hook('events', 'SendGrid Event API', [
      {
        email: mail,
        timestamp: seconds(chance),
        event: 'click',
        url: 'https://shop.example.com/sale?utm_campaign=50%25+off&x=%3Cy%3E',
        useragent: 'Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)',
        'smtp-id': `<${chance.word(14)}.daemon.4d7.2e8@ismtpd-555>`,
        category: ['Q1 & Q2'],
      },
      {
        event: 'bounce',
        reason: '550 5.1.1 <x@example.com>: Recipient address rejected: User unknown in virtual mailbox table',
        status: '5.1.1',
        type: 'bounce',
      },
    ]),
    hook('events', 'Brevo Webhooks', {
      event: 'soft_bounce',
      email: mail,
      subject: said(chance).slice(0, 50),
      reason:
        "452 4.2.2 The email account is over quota. Please direct the recipient to https://support.example.com/mail/?p=OverQuotaTemp x'y - gsmtp",
      tags: ['a', '<b>'],
      'message-id': `<2026.${chance.word(10)}@smtp-relay.example.com>`,
    }),
  ];
}
