/** Whether what stands behind a program's name fits the program, or is the rest of a sentence or list. */

import type { DetectorInput } from '../../waf.ts';
import { commands, verbs } from './commands.ts';
import { isFileName } from './file-name.ts';
import type { Launch } from './launch.ts';
import { entity, lone } from './lone.ts';
import { isPlanted } from './planted.ts';
import { type Segment, seen } from './segment.ts';

/** `lone`: the name alone, where that says something; `full`: with arguments that fit. */
export type Plausibility = 'none' | 'lone' | 'full';

const anyPath = seen.path | seen.sensitive;

/** How well a segment reads as a command at its launch. */
export function plausibility(segment: Segment, launch: Launch, input: DetectorInput): Plausibility {
  if (segment.words.length === 0 && (segment.args & (seen.substitution | seen.redirect)) === 0)
    return lone(segment, launch, input);
  if (segment.command.isWord && (launch.kind === 'ampersand' || entity(launch, input))) {
    if (launch.kind !== 'ampersand' && (segment.args & (anyPath | seen.flag)) === 0) return 'none';
    // `Radio &amp; more</dc:title>`: the text of an element ends there.
    if (/^\w{2,12}(?: [\w' -]{1,60})?<\/[a-z][\w:-]{0,40}>/i.test(input.text.slice(segment.start, segment.start + 128)))
      return 'none';
  }
  if (isSearch(segment, launch) || isInstalling(segment, launch, input) || isTold(segment, launch, input))
    return 'none';
  if (isFileName(segment, launch, input)) return 'none';
  return fits(segment, launch) || fitsPlanted(segment, launch, input.text) ? 'full' : 'none';
}

/** Where only an injected command stands, few arguments of any kind are enough; a program that is a word too wants some that are no words. */
function fitsPlanted(segment: Segment, launch: Launch, text: string): boolean {
  const { command, words, plain } = segment;
  if (words.length > 5 || plain > 2 || !isPlanted(segment, launch, text)) return false;
  if (
    command.kind === 'rare' &&
    !/^(?:where|format|expand|choice|date|time|label|path|cd|info|look|help|yes)$/.test(command.name)
  )
    return true;
  if (!command.isWord) return command.kind !== 'rare' || plain < 2;
  if (command.name === 'cat' || (command.name === 'cd' && /[.\\/]/.test(words[0] ?? ''))) return true;
  return words.some(word => /^[-+/][a-z\d]|[\\/$*%:]|\.\w|=/.test(word)) && plain < 2;
}

/** What makes a command worth stopping in the midst of a document too. */
export function severe(segment: Segment): 'destruction' | 'secret' | 'remote' | undefined {
  const { command, words, args } = segment;
  if (
    command.name === 'rm' &&
    (args & seen.flag) !== 0 &&
    words.some(word => /^(?:\/\*?|~\/?|\/(?:etc|home|var|usr|boot|root|bin|opt)\/?\*?|\*)$/.test(word))
  )
    return 'destruction';
  if (command.name === 'mkfs' || (command.name === 'dd' && words.some(word => word.startsWith('of=/dev/'))))
    return 'destruction';
  if ((args & seen.sensitive) !== 0) return 'secret';
  if ((command.name === 'nc' || command.name === 'ncat') && words.some(word => /^-\w{0,6}e\w{0,2}$/.test(word)))
    return 'remote';
  return undefined;
}

function fits(segment: Segment, launch: Launch): boolean {
  if (launch.kind === 'start' && !segment.isPath && segment.tricks === 0 && isDaily(segment)) return false;
  if (launch.kind === 'start' && !commands.has(segment.command.name)) return false;
  const { command, args, words, plain } = segment;
  const has = (bits: number): boolean => (args & bits) !== 0;
  const first = words[0] ?? '';
  if (has(seen.sensitive)) return true;
  // `more than 5 / > 10`, `mount / bracket`: a slash that parts two things.
  if (command.isWord && plain > 0 && words.includes('/') && !has(seen.flag)) return false;
  if (command.name === 'host' && !has(seen.host | seen.url | seen.substitution)) return false;
  switch (command.kind) {
    case 'info':
      if (command.isWord && plain > 1) return false;
      if (command.name === 'id' || command.name === 'who' || command.name === 'w')
        return has(seen.flag | seen.redirect) || (command.name === 'id' && first === 'root');
      if (command.name === 'ip') return /^(?:a|addr|address|r|route|link|n|neigh)$/.test(first) && plain <= 2;
      if (command.name === 'route') return first === 'print' || has(seen.flag);
      if (command.name === 'ps') return /^-?[aefuxwl]{1,5}$/.test(first) && plain <= 2;
      if (command.name === 'date') return first.startsWith('+') || has(seen.flag);
      if (command.name === 'set') return false;
      return (
        has(seen.flag | anyPath | seen.glob | seen.redirect | seen.substitution) || (has(seen.variable) && plain === 0)
      );
    case 'file':
      return fileFits(segment, launch);
    case 'filter':
      if (has(seen.redirect) && (launch.kind === 'dollar' || launch.kind === 'tick')) return true;
      return has(anyPath) && plain <= 2 && (launch.kind !== 'pipe' || has(seen.glob));
    case 'net':
      return netFits(segment);
    case 'run':
      return runFits(segment);
    case 'wait':
      return /^-?\d|^\/t$|^-s(?:econds)?$/.test(first)
        ? plain === 0 && words.length <= (command.name === 'timeout' ? 4 : 2)
        : has(seen.substitution) || (has(seen.variable) && plain === 0);
    case 'say':
      return sayFits(segment, launch);
    case 'admin':
      return adminFits(segment);
    case 'rare':
      return false;
    default:
      return command.kind satisfies never;
  }
}

/** `cat food -chicken`, `top hat -black -felt`: words that are looked for, and words that are not wanted; options of a program stand before. */
function isSearch({ command, args, words, isPath, tricks }: Segment, { kind }: Launch): boolean {
  if (kind !== 'start' || isPath || tricks > 0 || (args & ~seen.flag) !== 0) return false;
  if (!command.isWord && !/^(?:python|ruby|perl|php|node|lua|java|curl|nmap|docker)$/.test(command.name)) return false;
  return (
    /^[a-z\u00c0-\uffff]/.test(words[0] ?? '-') &&
    words.every(word => /^-?[a-z\u00c0-\uffff'\d]{2,24}$/.test(word)) &&
    words.some(word => /^-[a-z\u00c0-\uffff]{3,24}$/.test(word))
  );
}

/** `sudo apt-get update && sudo apt-get install nginx`: the second of two everyday commands, written out with blanks. */
function isInstalling({ command, args }: Segment, launch: Launch, { text }: DetectorInput): boolean {
  if (!launch.isSpaced && launch.kind !== 'semicolon') return false;
  if ((args & (seen.sensitive | seen.substitution | seen.redirect | seen.url)) !== 0) return false;
  return (
    /^(?:docker|podman|kubectl|apt|apt-get|apk|yum|dnf|brew|npm|yarn|pip3?|gem|systemctl|service|make|git)$/.test(
      command.name,
    ) &&
    /^[$#]?\s?(?:sudo )?(?:docker|kubectl|apt|apt-get|apk|yum|dnf|brew|npm|yarn|pnpm|pip3?|systemctl|make|git|cd|mkdir|cp) \S/.test(
      text.slice(0, 40),
    )
  );
}

/** First commands of a colleague's line: `rm -rf dist && …`, `docker run …`, `java -jar app.jar`. */
function isDaily({ command, args, words }: Segment): boolean {
  if (
    /^(?:docker|podman|crictl|kubectl|apt|apt-get|apk|yum|dnf|npm|pip3?|gem|git|sudo|mysql|psql|mongo|redis-cli|ssh|julia|scala|groovy|deno|bun|elixir|ts-node|tsx|pypy3?)$/.test(
      command.name,
    )
  )
    return true;
  if ((args & (seen.sensitive | seen.substitution | seen.redirect)) !== 0) return false;
  if (command.name === 'java' || ((command.name === 'python' || command.name === 'python3') && words[0] === '-m'))
    return true;
  return /^(?:rm|mkdir|chmod|touch)$/.test(command.name) && (args & (seen.path | seen.glob)) === 0;
}

function fileFits(segment: Segment, launch: Launch): boolean {
  const { command, args, words, plain } = segment;
  const has = (bits: number): boolean => (args & bits) !== 0;
  if (
    command.name === 'find' &&
    has(anyPath) &&
    words.some(word => /^-(?:exec|execdir|name|iname|perm|type|ok|ls)$/.test(word))
  )
    return true;
  const modes = command.name === 'chmod' && /^(?:[0-7]{3,4}|[augo]{0,4}[+=][rwxst]{1,4})$/.test(words[0] ?? '');
  if (modes && words.length >= 2) return true;
  if (command.isWord && plain > 2) return false;
  if (has(anyPath))
    return (
      !(words[0] === '.' && words.length === 1) &&
      !(command.isWord && has(seen.slashFlag) && plain > 0 && !has(seen.flag))
    );
  if (has(seen.redirect)) return plain <= 1;
  if (has(seen.file) && plain <= 1)
    return launch.kind !== 'pipe' || !command.isWord || command.name === 'cat' || command.name === 'type';
  if (has(seen.flag))
    return !command.isWord || command.name === 'base64'
      ? plain <= 2
      : plain <= 1 && launch.kind !== 'pipe' && words.length > 1;
  if (has(seen.glob)) return plain === 0 && !/^\?/.test(words[0] ?? '');
  return has(seen.variable | seen.substitution) && plain === 0;
}

function netFits(segment: Segment): boolean {
  const { command, args, words, plain } = segment;
  const has = (bits: number): boolean => (args & bits) !== 0;
  if (command.name === 'socat') return /^(?:tcp|udp|exec|openssl|system|file|-)/.test(words[0] ?? '');
  if (plain > 3) return false;
  if (has(seen.url)) return !isApiExample(segment);
  if (has(seen.host)) return plain <= 1 && (!command.isWord || plain === 0);
  if (command.name === 'ping') return has(seen.flag | seen.slashFlag) && has(seen.number | seen.variable);
  if (has(seen.substitution | seen.redirect)) return true;
  if (has(seen.variable) && plain === 0) return true;
  return !command.isWord && has(seen.flag) && words.length >= 2 && plain <= 2;
}

/** `curl -X POST https://… -H '…'`: an example of an API as people paste it; sending a file or saving one is none. */
function isApiExample(segment: Segment): boolean {
  const { command, words } = segment;
  if (command.name !== 'curl' || segment.isPath || segment.tricks > 0) return false;
  const isExample = words.some(
    word => word === '-h' || word === '-x' || word === '--header' || word === '--request' || word === '--location',
  );
  return (
    isExample &&
    !words.some(
      word => word.startsWith('@') || word.includes('=@') || word === '-t' || (word === '-o' && words.length < 4),
    )
  );
}

function runFits(segment: Segment): boolean {
  const { command, args, words, plain, isPath } = segment;
  const has = (bits: number): boolean => (args & bits) !== 0;
  const first = words[0] ?? '';
  const isSpoken =
    command.isWord ||
    command.name === 'python' ||
    command.name === 'ruby' ||
    command.name === 'php' ||
    command.name === 'perl';
  if (command.name === 'exec' || command.name === 'eval')
    return has(anyPath | seen.substitution) || (words.length === 1 && /^(?:ba|da|z|k|c)?sh$/.test(first));
  if (command.name === 'start' || command.name === 'call')
    return has(seen.slashFlag) || /^(?:cmd|calc|notepad|powershell)(?:\.exe)?$/.test(first);
  if (command.name === 'cmd') return /^\/[a-z]/.test(first) && !isRemark(words);
  if (command.isWindows)
    return (
      /^(?:get|set|new|invoke|start|stop|remove|test|add)-[a-z]{2,20}$/.test(first) ||
      (command.name.includes('-') && words.length <= 2) ||
      has(seen.flag | seen.slashFlag | seen.url | seen.path) ||
      /[:,.]/.test(first) ||
      (command.name === 'wmic' && plain > 0)
    );
  if (/^-(?:c|e|r|i|m|lc|ic|s|p|ne|pe|le|f)$|^--eval/.test(first) && (plain <= 6 || isPath)) return true;
  if (/^-[a-z]{1,3}/.test(first)) return !isSpoken || words.length > 1;
  if (isPath) return plain <= 1;
  if (has(seen.path | seen.url) && plain === 0) return true;
  if (has(seen.substitution | seen.redirect) && words.length <= 1) return true;
  if (command.name === 'xargs') return plain > 0;
  return has(seen.file) && words.length === 1 && !isSpoken && first.includes('.');
}

/** `ipconfig /flushdns helped, thanks!`: the value begins as a command and ends as a sentence about it. */
function isTold({ args }: Segment, launch: Launch, { lower }: DetectorInput): boolean {
  if (launch.kind !== 'start' || (args & (seen.sensitive | seen.substitution | seen.redirect)) !== 0) return false;
  return /[\w"'.) ,-] (?:helped|thanks|thank you|please|works?|worked|doesn't|don't|didn't|isn't|won't|can't|fails?|failed|gives|returns?|returned|shows?|says|prints|closes|is|are|was|why|how|instead)\b[,.]?(?: [\w.:%'-]{1,32}[,.;]?){0,6}[!?.]{0,3}$/.test(
    lower.slice(-120),
  );
}

/** `cmd.exe /c dir shows nothing`: the rest of a sentence behind what takes no words. */
function isRemark(words: readonly string[]): boolean {
  return (
    words.length >= 4 &&
    /^(?:dir|ver|ipconfig|whoami|tree|help|cls|hostname|set)$/.test(words[1] ?? '') &&
    words.slice(2).every(word => /^[a-z']{2,24}[.,!?]?$/.test(word))
  );
}

function sayFits(segment: Segment, launch: Launch): boolean {
  const { args, words, plain, command } = segment;
  const has = (bits: number): boolean => (args & bits) !== 0;
  if (command.name === 'expr') return /^\d/.test(words[0] ?? '') && words.length >= 3;
  if (plain > 3) return false;
  const isTelling =
    has(seen.quoted | seen.variable | seen.substitution | seen.redirect | seen.number) ||
    words.some(word => /\d|[^\w-]/.test(word));
  if (command.name !== 'echo' && command.name !== 'printf') return command.name === 'print' && false;
  if (launch.kind === 'start')
    return (
      has(seen.substitution) ||
      (has(seen.redirect) && has(seen.path)) ||
      (has(seen.variable) && plain === 0 && words.length === 1)
    );
  if (launch.kind === 'semicolon' || launch.kind === 'and' || launch.kind === 'tick' || launch.kind === 'dollar')
    return isTelling || plain <= 2;
  return (
    isTelling ||
    (launch.kind !== 'ampersand' && plain === 1 && segment.closer !== '' && words.length === 1) ||
    (plain === 1 && !launch.isSpaced)
  );
}

function adminFits(segment: Segment): boolean {
  const { command, args, words, plain } = segment;
  const first = words[0] ?? '';
  const known = verbs.get(command.name);
  if (command.name === 'service')
    return (/^(?:start|stop|restart|status)$/.test(words[1] ?? '') && plain <= 2) || first === '--status-all';
  if (known !== undefined) return known.has(first) && plain <= 6;
  if (command.name === 'kill' && words.length === 1 && /^\d{1,7}$/.test(first)) return true;
  if (command.name === 'net' && plain >= 3 && !/\d/.test(words.join('')) && (args & (seen.slashFlag | seen.path)) === 0)
    return false;
  if (command.name === 'kill') return /^-/.test(first) && words.length >= 2 && plain < 2;
  if (command.name === 'passwd') return first === 'root' || (args & seen.flag) !== 0;
  if (command.name === 'shutdown' || command.name === 'reboot' || command.name === 'halt')
    return /^[-/][a-z]/.test(first) || first === 'now';
  if (!command.isWord && !command.isWindows)
    return plain <= 2 && (args & ~seen.quoted) !== 0 ? true : plain <= 2 && /^(?:user|group)/.test(command.name);
  return (args & (seen.flag | seen.slashFlag | seen.path)) !== 0;
}
