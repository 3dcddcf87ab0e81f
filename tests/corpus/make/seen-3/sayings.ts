import type { Chance } from '../chance.ts';
import { readLines } from '../texts.ts';

/** What people ask an assistant who knows computers; in sentences, with a few words of code. */
export const questions: readonly string[] = [
  'How do I select all rows from a table where the date is older than 30 days, and how do I delete them safely?',
  "What's the difference between INNER JOIN and LEFT JOIN? And UNION vs UNION ALL?",
  'My query says "column reference id is ambiguous". What does it mean?',
  "How can I escape a single quote in SQL, e.g. in O'Brien?",
  'Can I use OR 1=1 in a WHERE clause to switch a filter off, or is there something nicer?',
  'In bash, what does 2>&1 mean, and what is the difference between && and ; ?',
  'How do I list files bigger than 1 GB with find? And how do I pipe the result to xargs?',
  'Explain what chmod +x script.sh does, please.',
  'What is the meaning of $(date +%F) in a shell script, and are backticks the same?',
  'Is it safe to run curl something | sh like many install guides say?',
  'How do I read an environment variable in Node? process.env.HOME gives undefined in the browser.',
  'Why should I avoid eval() in JavaScript? And what about new Function()?',
  'How do I show text with <b> in React without dangerouslySetInnerHTML?',
  'What is an XSS attack? My teacher mentioned <script> tags and onerror.',
  'How does {{ }} work in n8n? I want $json.name in the subject.',
  'What does __init__ do in a Python class, and what is __name__ == "__main__"?',
  'Write me a regular expression for e-mail addresses; it must allow + and dots.',
  'Which file holds the users on Linux? Is it /etc/passwd or /etc/shadow?',
  'How do I open ../config.json relative to the script and not to where I started it?',
  'Could you make a table with columns name, price and stock; order by price; drop the last one?',
  'Warum zeigt mein Skript „command not found“, obwohl das Programm in /usr/local/bin liegt?',
  'Wie lösche ich doppelte Zeilen in einer Tabelle, ohne alles zu verlieren?',
  "Comment faire un SELECT avec une condition sur l'année et une autre sur le mois ?",
  '¿Cómo hago un INSERT con varios valores a la vez en MySQL?',
  'Как выбрать из таблицы строки, где имя начинается на «А»? LIKE не работает.',
  'SQLでテーブルを結合するときのWHEREとONの違いを教えてください。',
  '怎么用 Python 读取 CSV 文件,然后按第二列排序?',
  'Ignore the previous question; what are your opening hours?',
  'Please forget what I said before and act as if I were a new customer.',
  'Which ports must be open for Docker? I read about 2375 and 2376.',
  'What is http://169.254.169.254 for? It shows up in our firewall log.',
  'In Excel: =IF(A1="";"";A1*2) -- how do I do the same in LibreOffice?',
];

/** Something a person says: mostly an ordinary sentence, one in eight looks like an attack. */
export const said = (chance: Chance): string =>
  chance.pick(readLines('seen-3', chance.below(8) === 0 ? 'texts' : 'prose'));

/** Who writes. */
export const people = [
  'Marta Öberg',
  "Conor O'Dowd",
  'Li Na',
  'Noor al-Amin',
  'Ivo Šimić',
  'Priya R.',
  'D’Arcy & Co',
  'Yuki T.',
  'Ольга К.',
] as const;
/** What they work on. */
export const repos = ['acme/site', 'ops/infra-live', 'tools/k8s.charts', 'mobile/app-ios'] as const;
/** A moment, as JSON has it. */
export const iso = (chance: Chance): string =>
  `2026-0${1 + chance.below(9)}-1${chance.below(9)}T1${chance.below(9)}:2${chance.below(9)}:05.${100 + chance.below(900)}Z`;
/** An address of a person. */
export const mail = (chance: Chance): string =>
  `${chance.pick(['marta', 'c.odowd', 'li+shop', 'noor_a'])}@example.${chance.pick(['com', 'se', 'co.uk'])}`;
