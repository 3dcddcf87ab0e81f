import { charClass, type Detector, type Rule } from '../waf.ts';
import { createPresence } from './presence.ts';

const rules = [
  { id: 'prompt.override', title: 'an order to a language model to forget its orders', points: 0, paranoia: 1 },
  { id: 'prompt.role', title: 'a forged turn of a conversation with a language model', points: 0, paranoia: 1 },
  { id: 'prompt.persona', title: 'an order to a language model to be one without rules', points: 0, paranoia: 1 },
  { id: 'prompt.reveal', title: 'an order to a language model to tell its orders or secrets', points: 0, paranoia: 1 },
  { id: 'prompt.exfiltration', title: 'an order to a language model to send data away', points: 0, paranoia: 1 },
  { id: 'prompt.tool', title: 'a forged call of a tool', points: 0, paranoia: 1 },
] as const satisfies readonly Rule[];
type PromptRule = (typeof rules)[number]['id'];

/** `first` is looked for; the rest of the pattern must follow within 80 characters. */
interface Phrase {
  readonly rule: PromptRule;
  readonly first: string;
  readonly then?: RegExp;
}

const orders =
  /\b(?:previous|prior|above|earlier|preceding|former|all|any|your|the|system)\b[^.!?\n]{0,40}\b(?:instruction|prompt|rule|direction|guideline|command|message|context|order|constraint|programming|training)/;
const phrases: readonly Phrase[] = [
  ...['ignore', 'disregard', 'forget', 'override', 'bypass'].map(
    (first): Phrase => ({ rule: 'prompt.override', first, then: orders }),
  ),
  {
    rule: 'prompt.override',
    first: 'ignorier',
    then: /(?:vorherig|bisherig|obig|alle|vorig)[^.!?\n]{0,40}(?:anweisung|befehl|regel|instruktion)/,
  },
  {
    rule: 'prompt.override',
    first: 'vergiss',
    then: /(?:vorherig|bisherig|alle|alles)[^.!?\n]{0,40}(?:anweisung|befehl|regel|vorher)/,
  },
  {
    rule: 'prompt.override',
    first: 'ignore',
    then: /(?:instructions?|consignes|directives|règles)[^.!?\n]{0,24}(?:précédent|ci-dessus|antérieur)|(?:instruç|regras)[^.!?\n]{0,24}(?:anterior|acima)/,
  },
  {
    rule: 'prompt.override',
    first: 'ignora',
    then: /(?:instruccion|istruzion|reglas|regole|órdenes)[^.!?\n]{0,24}(?:anterior|previ|preced|sopra)/,
  },
  { rule: 'prompt.override', first: 'olvida', then: /(?:instruccion|reglas|todo lo anterior)/ },
  { rule: 'prompt.override', first: 'oublie', then: /(?:instruction|consigne|règle|tout ce qui précède)/ },
  { rule: 'prompt.override', first: 'игнориру', then: /(?:инструкц|указан|правил|команд)/ },
  { rule: 'prompt.override', first: 'забудь', then: /(?:инструкц|указан|правил|предыдущ)/ },
  { rule: 'prompt.override', first: '忽略', then: /(?:指令|指示|提示|规则|說明|说明|要求)/ },
  { rule: 'prompt.override', first: '無視', then: /(?:指示|命令|プロンプト)|して/ },
  { rule: 'prompt.override', first: '指示を無視' },
  { rule: 'prompt.override', first: '지시', then: /무시/ },
  { rule: 'prompt.override', first: '무시', then: /하고|해/ },
  { rule: 'prompt.override', first: 'تجاهل', then: /(?:التعليمات|الأوامر)/ },
  { rule: 'prompt.override', first: 'new instructions:' },
  { rule: 'prompt.role', first: '<|im_start|>' },
  { rule: 'prompt.role', first: '<|im_end|>' },
  { rule: 'prompt.role', first: '<|system|>' },
  { rule: 'prompt.role', first: '<|start_header_id|>' },
  { rule: 'prompt.role', first: '<|endoftext|>' },
  { rule: 'prompt.role', first: '[/inst]' },
  { rule: 'prompt.role', first: '<<sys>>' },
  { rule: 'prompt.role', first: '[system]', then: /^\]?\s{0,4}[:(#]/ },
  { rule: 'prompt.role', first: '### system', then: /:|\n/ },
  { rule: 'prompt.role', first: '### instruction:' },
  { rule: 'prompt.role', first: '\nsystem:', then: /you|ignore|override|du |tu / },
  { rule: 'prompt.role', first: '\n\nhuman:' },
  { rule: 'prompt.role', first: '\n\nassistant:' },
  { rule: 'prompt.role', first: '</system>' },
  { rule: 'prompt.role', first: '<system>', then: /you|ignore|must/ },
  {
    rule: 'prompt.persona',
    first: 'you are now',
    then: /\b(?:dan|developer mode|jailbr|unrestricted|free|evil|no longer|in .{0,20}mode)\b/,
  },
  { rule: 'prompt.persona', first: 'do anything now' },
  { rule: 'prompt.persona', first: 'developer mode', then: /enabled|output|on\b/ },
  {
    rule: 'prompt.persona',
    first: 'act as',
    then: /\b(?:dan|an? (?:unrestricted|unfiltered|uncensored|evil)|if you (?:have|had) no)/,
  },
  { rule: 'prompt.persona', first: 'pretend', then: /(?:no|without) (?:restriction|rule|filter|limit|guideline)/ },
  { rule: 'prompt.persona', first: 'without any restrictions' },
  { rule: 'prompt.persona', first: 'du bist jetzt', then: /\b(?:dan|frei|ohne)\b/ },
  ...['reveal', 'print', 'show', 'repeat', 'output', 'tell me', 'what is', 'what are', 'leak', 'display'].map(
    (first): Phrase => ({
      rule: 'prompt.reveal',
      first,
      then: /^[a-z\s]{0,40}(?:system prompt|initial (?:prompt|instruction)|hidden (?:prompt|instruction)|your (?:original )?instructions|(?:words|text) above)/,
    }),
  ),
  { rule: 'prompt.reveal', first: 'begin your', then: /(?:response|answer|reply) with/ },
  {
    rule: 'prompt.exfiltration',
    first: '![',
    then: /^[^\]\n]{0,40}\]\(https?:\/\/[^)\n]{0,80}(?:[{<[$](?:data|secret|conversation|history|prompt|summary|info|url|key|message|context|password|token)|\?(?:q|data|d|c|secret|leak|exfil)=)/,
  },
  ...['send', 'post', 'forward', 'append', 'encode'].map(
    (first): Phrase => ({
      rule: 'prompt.exfiltration',
      first,
      then: /(?:conversation|chat history|system prompt|api key|credential|secret|password)[^.\n]{0,40}(?:to https?:|to the url|to [\w.]{1,30}@|in the url|as (?:a )?(?:query|parameter))/,
    }),
  ),
  { rule: 'prompt.tool', first: '<tool_call>' },
  { rule: 'prompt.tool', first: '<function_calls>' },
  { rule: 'prompt.tool', first: '<|tool' },
  { rule: 'prompt.tool', first: '"function_call"', then: /"(?:name|arguments)"/ },
  { rule: 'prompt.tool', first: '<invoke name=' },
  { rule: 'prompt.tool', first: 'action input:' },
];

const presence = createPresence(phrases.map(phrase => phrase.first));

/** Attempts to steer a language model: recorded, never blocking, because people also write about them. */
export const prompt: Detector = {
  id: 'prompt',
  rules,
  needles: [...new Set(phrases.map(phrase => phrase.first))],
  chars: 0,
  mayMatch: ({ chars }) => (chars & ~(charClass.letter | charClass.digit | charClass.plain)) !== 0,
  detect({ lower }, hit) {
    const said = new Set<PromptRule>();
    presence.take(lower);
    for (let index = 0; index < phrases.length; index++) {
      const phrase = phrases[index];
      if (phrase === undefined || !presence.mayHold(index) || said.has(phrase.rule)) continue;
      const { rule, first, then } = phrase;
      let at = lower.indexOf(first);
      for (let count = 0; at !== -1 && count < 50; count++, at = lower.indexOf(first, at + first.length)) {
        const end = at + first.length;
        if (then !== undefined && !then.test(lower.slice(end, end + 120))) continue;
        said.add(rule);
        hit(rule, at, end);
        break;
      }
    }
  },
};
