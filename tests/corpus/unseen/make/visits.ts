/** One round of what services and people send to webhooks, forms and chats. */
import type { Chance } from '../../make/chance.ts';
import type { Parts } from '../../make/parts.ts';
import { ask, hook, type Visit } from '../../make/visit.ts';
import { authors, questions, said, ticket } from './sayings.ts';
import { codeVisits } from './visits-code.ts';
import { machineVisits } from './visits-machines.ts';
import { mailVisits } from './visits-mail.ts';
import { moneyVisits } from './visits-money.ts';
import { personVisits } from './visits-people.ts';
import { talkVisits } from './visits-talk.ts';
import { watchVisits } from './visits-watch.ts';

/** One round of what services and people send, in the same order each time. */
export function fourthVisits(chance: Chance, parts: Parts): Visit[] {
  return [
    ...codeVisits(chance),
    ...watchVisits(chance),
    ...moneyVisits(chance),
    ...talkVisits(chance),
    ...mailVisits(chance),
    ...machineVisits(chance),
    ...personVisits(chance),
    ...chats(chance),
    ...programs(chance, parts),
  ];
}

/** Questions to a flow of Flowise, from an embedded chat, an app or another program. */
function chats(chance: Chance): Visit[] {
  const session = { chatId: chance.uuid() };
  const from = (visit: Visit, headers: Record<string, string>): Visit => ({
    ...visit,
    headers: { ...visit.headers, ...headers },
  });
  return [
    ...Array.from({ length: 10 }, () => ask(said(chance), chance.below(2) === 0 ? session : {})),
    ...Array.from({ length: 12 }, () => ask(chance.pick(questions), session)),
    ask(ticket(chance), session),
    ask(`${chance.pick(questions)}\n\nHere is what I see:\n${ticket(chance)}`, { streaming: true, ...session }),
    ask(said(chance), {
      overrideConfig: {
        sessionId: `user-${chance.below(999)}`,
        vars: { name: chance.pick(authors), shop: 'A & B <berlin>' },
      },
    }),
    ask(said(chance), {
      history: [
        { role: 'apiMessage', content: 'Hi! How can I help?' },
        { role: 'userMessage', content: chance.pick(questions) },
        { role: 'apiMessage', content: 'You can use `WHERE x IS NULL`; see <b>docs</b>.' },
      ],
    }),
    ask(`Summarise: https://news.example.com/a/${chance.below(999)}?ref=rss&x=%20y#top`, {
      leadEmail: "o'sullivan@example.ie",
      ...session,
    }),
    from(ask(said(chance)), { 'user-agent': 'python-requests/2.32.3', authorization: `Bearer ${chance.word(43)}=` }),
    from(ask(chance.pick(questions)), {
      'user-agent': 'n8n',
      accept: 'application/json,text/html,application/xhtml+xml,application/xml,text/*;q=0.9, image/*;q=0.8, */*;q=0.7',
    }),
    ask('What is on this picture?', {
      uploads: [
        {
          data: `data:image/png;base64,${Buffer.from(chance.word(200)).toString('base64')}`,
          type: 'file',
          name: "it's (1) & more.png",
          mime: 'image/png',
        },
      ],
      ...session,
    }),
  ];
}

/** Whole programs, which people do send. */
function programs(chance: Chance, parts: Parts): Visit[] {
  const any = (): string => chance.pick([...parts.js, ...parts.python, ...parts.sql, ...parts.shell]);
  return [
    hook('chat', 'axios/1.7.9', {
      action: 'sendMessage',
      chatInput: `${any()}\n\nWhat is wrong here?`,
      sessionId: chance.uuid(),
    }),
    hook('gitlab', 'GitLab/17.6.1-ee', {
      object_kind: 'note',
      object_attributes: { note: `\`\`\`suggestion:-0+0\n${any()}\n\`\`\``, noteable_type: 'MergeRequest' },
    }),
    hook('events', 'PostmanRuntime/7.43.0', { snippet: any(), lang: 'auto' }),
    hook('slack', 'Slackbot 1.0 (+https://api.slack.com/robots)', {
      event: { type: 'message', text: `\`\`\`${any()}\`\`\`` },
    }),
    ask(`What does this do?\n${any()}`, { chatId: chance.uuid() }),
    ask(`${any()}\n---\nPlease add comments.`, { chatId: chance.uuid() }),
    ask(`I get an error on the second line:\n\n${any()}`),
    ask(any()),
  ];
}
