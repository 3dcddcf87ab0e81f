/** A program's bare name in a field that says its value is run: `cmd=id`. Elsewhere such a word says nothing. */

import { charClass, type Detector } from '../../waf.ts';

/** What answers alone; `rm`, `open`, `info` and the like, and `cmd=ls`, are verbs of honest file managers. */
const asked: ReadonlySet<string> = new Set(
  'id ls dir pwd env df ps who w ver hostname mount uptime arp printenv uname whoami netstat lsmod lsblk lscpu free last groups du ss ipconfig ifconfig tasklist'.split(
    ' ',
  ),
);
const field = /(?:^|[.\-_\]])(?:cmd|exec|command|shell|execute|cmdline|syscmd|cmdexec)$/i;
const longest = 12;

/** Names of programs as whole values of fields named for running them. */
export const shellField: Detector = {
  id: 'shell-field',
  rules: [{ id: 'shell.asked-command', title: "a command's name in a field that is run", points: 5, paranoia: 1 }],
  needles: [],
  chars: charClass.letter,
  mayMatch: ({ text, place }) => isAsked(text, place.name),
  detect({ text, place }, hit) {
    if (place.part === 'value' && isAsked(text, place.name)) hit('shell.asked-command', 0, text.length);
  },
};

function isAsked(text: string, name: string): boolean {
  if (text.length > longest) return false;
  const word = text.trim().toLowerCase();
  return (
    asked.has(word) && field.test(name.slice(-24)) && !(word === 'ls' && /(?:^|[.\-_\]])cmd$/i.test(name.slice(-8)))
  );
}
