import type { Chance } from '../../make/chance.ts';
import { type Field, formHook, hook, multipartHook, picture, type Visit } from '../../make/visit.ts';
import { address, authors, questions, said, ticket } from './sayings.ts';

const browser = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:133.0) Gecko/20100101 Firefox/133.0';
const phone =
  'Mozilla/5.0 (Linux; Android 14; SM-A546B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36';

/** What people send by forms and chats of n8n. */
export function personVisits(chance: Chance): Visit[] {
  const who = chance.pick(authors);
  const session = chance.uuid();
  const form = (fields: readonly Field[]): Visit => multipartHook('/form/contact', browser, fields, chance);
  const talk = (chatInput: string): Visit =>
    hook(
      'chat',
      phone,
      { action: 'sendMessage', sessionId: session, chatInput, metadata: { page: '/help?x=1', lang: 'de' } },
      { origin: 'https://www.example.com', 'sec-fetch-site': 'cross-site' },
    );
  return [
    form([
      { name: 'field-0', value: who },
      { name: 'field-1', value: said(chance) },
    ]),
    form([
      { name: 'field-0', value: chance.pick(["Bob O'Select", '"Kim" <kim@example.com>', 'Dr. A & B; Praxis', '🙂']) },
      { name: 'field-1', value: ticket(chance) },
    ]),
    form([
      { name: 'field-0', value: who },
      { name: 'field-1', value: `${said(chance)}\r\n\r\n-- \r\n${who} | +43 1 / 23 45` },
      {
        name: 'field-2',
        value: picture(chance, 240),
        filename: chance.pick([
          "Anna's cat; sleeping.png",
          'Bildschirmfoto 2026-03-01 um 10.11.12.png',
          'a&b=c.png',
          'снимок (2).png',
        ]),
        type: 'image/png',
      },
    ]),
    form([
      { name: 'field-0', value: who },
      { name: 'field-1', value: said(chance) },
      {
        name: 'field-2',
        value: `%PDF-1.4\n%âãÏÓ\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R /OpenAction [3 0 R /Fit] >>\nendobj\n${chance.word(300)}\n%%EOF\n`,
        filename: 'Rechnung_03-2026 (Kopie).pdf',
        type: 'application/pdf',
      },
    ]),
    multipartHook(
      '/webhook/upload',
      phone,
      [
        { name: 'album', value: 'Hochzeit & Feier <2026>' },
        { name: 'files[]', value: picture(chance, 300), filename: '20260301_101112.png', type: 'image/png' },
        { name: 'files[]', value: picture(chance, 100), filename: 'IMG-20260301-WA0007.png', type: 'image/png' },
      ],
      chance,
    ),
    multipartHook(
      '/webhook/upload',
      browser,
      [
        { name: 'note', value: said(chance) },
        {
          name: 'file',
          value: `Datum;Text;Betrag\n01.03.2026;"${said(chance).replaceAll('"', '""')}";-12,50\n=SUMME(C2:C3);;\n`,
          filename: 'umsatz;märz.csv',
          type: 'text/csv',
        },
      ],
      chance,
    ),
    formHook('lead', browser, {
      'your-name': who,
      'your-email': address(chance),
      'your-subject': chance.pick(['Angebot < 5.000 €', "Can't log in", 'Where is order 17?', 'Re: Select a plan']),
      'your-message': said(chance),
      _wpcf7: `${chance.below(999)}`,
      _wpcf7_unit_tag: 'wpcf7-f5-p9-o1',
      'g-recaptcha-response': `03AFcWeA${chance.word(120)}`,
    }),
    formHook('lead', phone, {
      name: who,
      phone: '0043 (0)1 / 234-56 *7#',
      zip: `A-${chance.below(9999)}`,
      message: said(chance),
      'topics[]': 'roof & wall',
      privacy: 'on',
      referrer: 'https://www.google.com/search?q=a+%22b%22+-c',
      form_id: 'contact_1',
    }),
    hook(
      'lead',
      browser,
      {
        contact: { name: who, mail: address(chance), text: said(chance) },
        answers: { 'How many?': '> 10 & < 50', when: 'Q3/Q4', 'what else': said(chance) },
        page: { url: 'https://www.example.com/?gclid=a-b_c&x=(1)', title: 'Home | A & B' },
      },
      { origin: 'https://www.example.com', referer: 'https://www.example.com/' },
    ),
    talk(said(chance)),
    talk(said(chance)),
    talk(chance.pick(questions)),
    talk(chance.pick(questions)),
    talk(ticket(chance)),
    hook('chat', browser, { action: 'loadPreviousSession', sessionId: session }, { origin: 'https://www.example.com' }),
    {
      site: 'n8n',
      method: 'GET',
      path: `/webhook/lead?name=${encodeURIComponent(who)}&msg=${encodeURIComponent(said(chance))}&back=${encodeURIComponent('https://www.example.com/danke?x=[1]&y={2}')}&utm_content=${encodeURIComponent('"Jetzt" > Button')}`,
      headers: {
        'user-agent': phone,
        accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
        referer: 'https://www.example.com/kontakt',
      },
    },
    {
      site: 'n8n',
      method: 'GET',
      path: `/webhook/chat?q=${encodeURIComponent(chance.pick(questions))}&session=${session}`,
      headers: { 'user-agent': browser, accept: 'application/json' },
    },
    {
      site: 'n8n',
      method: 'GET',
      path: `/webhook/events?approve=${chance.pick(['yes', 'no'])}&id=${chance.uuid()}&by=${encodeURIComponent(address(chance))}&sig=${chance.word(40)}%3D%3D`,
      headers: {
        'user-agent': 'Mozilla/5.0 (compatible; MSOffice 16; ms-office; Microsoft Outlook 16.0.17928)',
        accept: '*/*',
      },
    },
  ];
}
