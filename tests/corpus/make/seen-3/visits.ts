/** One round of what services and people send to webhooks, forms and chats. */
import type { Chance } from '../chance.ts';
import type { Parts } from '../parts.ts';
import { ask, hook, type Visit } from '../visit.ts';
import { people, questions, said } from './sayings.ts';
import { codeVisits } from './visits-code.ts';
import { moneyVisits } from './visits-money.ts';
import { machineVisits, personVisits } from './visits-people.ts';

/** One round of what services and people send, in the same order each time. */
export function thirdVisits(chance: Chance, parts: Parts): Visit[] {
  return [
    ...codeVisits(chance, parts),
    ...moneyVisits(chance),
    ...machineVisits(chance),
    ...personVisits(chance),
    ...chats(chance, parts),
    ...programs(chance, parts),
  ];
}

function chats(chance: Chance, parts: Parts): Visit[] {
  const session = { chatId: chance.uuid() };
  return [
    ...Array.from({ length: 8 }, () => ask(said(chance), chance.below(2) === 0 ? session : {})),
    ...Array.from({ length: 10 }, () => ask(chance.pick(questions), session)),
    ask(chance.pick(questions), { ...session, streaming: true, overrideConfig: { sessionId: chance.uuid() } }),
    ask(`${said(chance)} ${chance.pick(questions)}`, {
      history: [
        { role: 'apiMessage', content: `Hello! ${parts.prompt.length} things I can do…` },
        { role: 'userMessage', content: said(chance) },
      ],
    }),
    ask(said(chance), { form: { name: chance.pick(people), topic: 'Returns & refunds' } }),
  ];
}

function programs(chance: Chance, parts: Parts): Visit[] {
  const any = (): string => chance.pick([...parts.js, ...parts.python, ...parts.sql, ...parts.shell]);
  return [
    hook('chat', 'node-fetch', { chatInput: any(), sessionId: chance.uuid() }),
    hook(
      'github',
      `GitHub-Hookshot/${chance.hex(7)}`,
      { action: 'created', comment: { body: `\`\`\`\n${any()}\n\`\`\`\nWhat do you think?`, id: chance.below(9e8) } },
      { 'x-github-event': 'issue_comment' },
    ),
    hook('zapier', 'Zapier', { snippet: any(), n: chance.below(9e6) }),
    hook('lead', 'axios/1.7.7', { message: any(), n: chance.below(9e6) }),
    ask(`Can you explain this?\n\n${any()}`, { chatId: chance.uuid() }),
    ask(`${any()}\n\nWhy is it slow?`, { chatId: chance.uuid() }),
    ask(any(), { chatId: chance.uuid() }),
    ask(`Please rewrite in Go:\n${any()}`, { chatId: chance.uuid() }),
  ];
}
