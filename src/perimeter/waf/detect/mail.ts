/** Line breaks that bring headers or commands into mail: SMTP (RFC 5321), message headers (RFC 5322), IMAP (RFC 9051), POP3 (RFC 1939). */

import { charClass, type Detector, type Place, type Rule } from '../waf.ts';
import { bodyIn, calendarIn, dialogueIn } from './mail-lines.ts';

const rules = [
  { id: 'mail.header', title: 'a mail header brought in by a line break', points: 5, paranoia: 1 },
  { id: 'mail.command', title: 'a mail server command brought in by a line break', points: 5, paranoia: 1 },
  { id: 'mail.body', title: 'the text of a message behind an address', points: 5, paranoia: 1 },
  { id: 'mail.weak_header', title: 'a line that could be a mail header', points: 3, paranoia: 2 },
] as const satisfies readonly Rule[];

const headers = new Set([
  'to',
  'cc',
  'bcc',
  'subject',
  'from',
  'reply-to',
  'content-type',
  'mime-version',
  'x-mailer',
  'content-transfer-encoding',
  'return-path',
  'sender',
  'content-disposition',
  'disposition-notification-to',
  'x-priority',
  'errors-to',
  'in-reply-to',
  'message-id',
  'apparently-to',
  'resent-to',
  'resent-from',
  'resent-cc',
  'resent-bcc',
  'delivered-to',
  'return-receipt-to',
  'list-unsubscribe',
  'list-unsubscribe-post',
  'x-php-originating-script',
  'x-sender',
  'x-originating-email',
  'x-spam-flag',
  'arc-seal',
  'list-id',
  'dkim-signature',
  'references',
  'importance',
  'precedence',
  'auto-submitted',
  'received',
  'date',
  'authentication-results',
  'content-id',
  'content-description',
  'x-originating-ip',
  'x-msmail-priority',
  'envelope-to',
  'thread-topic',
  'thread-index',
  'x-original-to',
  'x-envelope-from',
  'x-envelope-to',
  'x-sender-ip',
  'disposition-notification-options',
  'original-recipient',
  'return-receipt-requested',
  'list-post',
  'list-help',
  'list-owner',
  'resent-sender',
  'resent-reply-to',
  'resent-date',
  'resent-message-id',
  'x-confirm-reading-to',
  'dkim-filter',
  'received-spf',
  'mail-followup-to',
  'mail-reply-to',
  'x-distribution',
  'x-mailing-list',
  'x-uidl',
  'x-mimeole',
  'content-location',
  'content-language',
  'followup-to',
  'newsgroups',
  'auto-response-suppress',
  'x-auto-response-suppress',
  'autocrypt',
  'sensitivity',
]);
const pop = new Set(['user', 'pass', 'retr', 'dele', 'list', 'stat', 'uidl', 'top', 'quit', 'noop', 'apop']);
const imap = new Set([
  'capability',
  'login',
  'select',
  'fetch',
  'logout',
  'create',
  'delete',
  'examine',
  'list',
  'lsub',
  'rename',
  'status',
  'search',
  'store',
  'noop',
  'authenticate',
  'append',
  'uid',
  'starttls',
  'expunge',
  'subscribe',
  'unsubscribe',
  'copy',
  'move',
  'idle',
  'getacl',
  'setacl',
  'deleteacl',
  'namespace',
  'getquota',
  'setquota',
  'getquotaroot',
  'enable',
  'unselect',
]);

export const mail: Detector = {
  id: 'mail',
  rules,
  needles: ['%0a', '%0d', '%0b', '%0c', '\\n', '\\r', '<cr>', '<lf>', '\u2028', '\u2029', '\u0085', '\u560a', '\u560d'],
  chars: charClass.newline | charClass.control,
  detect({ text, lower, place }, hit) {
    const first = firstBreak(lower);
    if (first === -1) return;
    if (place.part === 'value' && isMailField(place) && lower.length < 4096) {
      const plain = text.slice(0, first) + text.slice(first).replaceAll(escapedBreak, '\n');
      if (bodyIn(plain)) return hit('mail.body', 0, Math.min(lower.length, first + 40));
      if (dialogueIn(plain)) return hit('mail.command', 0, Math.min(lower.length, first + 40));
    }
    if (
      place.part === 'value' &&
      lower.length < 4096 &&
      /\b(?:begin|end|attach|action):|:mailto:/u.test(lower) &&
      calendarIn(text.replaceAll(escapedBreak, '\n'))
    )
      return hit('mail.header', 0, Math.min(lower.length, first + 40));
    // A heading ends in a colon, a value does not.
    const isAddress = /^(?:[!-?A-~]{0,64}@?[!-?A-~]{0,190}[!-9;-?A-~])?$/u.test(lower.slice(0, Math.min(first, 256)));
    if (isMessage(lower)) return;
    if ((lower.slice(0, 4096).match(reply)?.length ?? 0) >= 2) return;
    const isMeant = lower.slice(0, first).includes('@') || isMailField(place);
    const strict =
      (isAddress && (isMeant || !isBodyField(place))) ||
      isMailField(place) ||
      ['header', 'cookie', 'path'].includes(place.zone);
    let at = first;
    for (let lines = 0; at !== -1 && lines < 64; lines += 1) {
      const start = skipBreak(lower, at);
      const rule = judgeLine(lower, start, { strict, lines, isMeant });
      if (rule === 'mail.weak_header' || rule === undefined) {
        if (rule !== undefined) hit(rule, at, start + 4);
      } else return hit(rule, at, Math.min(lower.length, start + 40));
      at = nextBreak(lower, start);
    }
  },
};

function isMailField(place: Place): boolean {
  const last =
    place.name
      .toLowerCase()
      .split(/[.[\]]/u)
      .filter(part => part !== '')
      .at(-1) ?? '';
  return (
    /(?:^|[_-])(?:to|from|cc|bcc|e?mail|subject|sender|recipient|reply[-_]?to|address|name|mailbox|mbox|folder|message_id|passed_id)s?$/u.test(
      last.slice(-48),
    ) || /mail$/u.test(last.slice(-48))
  );
}

/** What is written under the headers, not in them: a reply there quotes the headers of the mail before. */
function isBodyField(place: Place): boolean {
  return /(?:text|body|message|content|description|comment|html|notes?|reply|plain)$/iu.test(place.name.slice(-48));
}

/** A whole message begins with headers of its own, at least three of them: nobody breaks out of a line by being one. */
function isMessage(lower: string): boolean {
  if (
    !/^\s{0,8}(?:from|to|received|return-path|mime-version|date|message-id|subject|delivered-to|dkim-signature|x-[a-z-]{2,30}): ?\S/u.test(
      lower.slice(0, 80),
    )
  )
    return false;
  const head = lower.slice(0, 4096).split(/\r?\n/u, 12);
  return head.filter(line => headers.has(/^[a-z-]{2,32}(?=: ?\S)/u.exec(line)?.[0] ?? '')).length >= 3;
}

/** What servers answer between the commands: somebody sends the record of a connection. */
const reply = /(?:^|\n)[<>* ]{0,4}[245]\d\d[ -]/gu;

/** Line ends as the sender may have left them in an escape, or as Unicode has them. */
const escapedBreak = /\r\n|<cr><lf>|%0d%0a|\\r\\n|\r|<cr>|<lf>|%0[abcd]|\\[rn]|[\v\f\u0085\u2028\u2029\u560a\u560d]/gi;

const firstBreak = (lower: string): number => nextBreak(lower, 0);

/** The next line break, as it is or left in an escape by the sender. */
function nextBreak(lower: string, from: number): number {
  for (let index = from; index < lower.length; index += 1) {
    const code = lower.charCodeAt(index);
    if (isBreak(code)) return index;
    if (code === 0x3c && /^<(?:cr|lf)>/u.test(lower.slice(index, index + 4))) return index;
    if (code === 0x25 && lower.charAt(index + 1) === '0' && 'abcd'.includes(lower.charAt(index + 2) || 'x'))
      return index;
    if (
      code === 0x5c &&
      (lower.charAt(index + 1) === 'n' || lower.charAt(index + 1) === 'r') &&
      lower.charAt(index + 2) !== ''
    )
      return index;
  }
  return -1;
}

/** Line feed, carriage return, vertical tab, form feed, NEL, the separators of Unicode, and what becomes one when its high byte is dropped. */
function isBreak(code: number): boolean {
  if (code < 0x85) return code >= 0x0a && code <= 0x0d;
  return code === 0x85 || code === 0x2028 || code === 0x2029 || code === 0x560a || code === 0x560d;
}

function skipBreak(lower: string, at: number): number {
  let index = at;
  for (let count = 0; count < 64; count += 1) {
    const code = lower.charCodeAt(index);
    if (isBreak(code) || code === 0x20 || code === 0x09) index += 1;
    else if (code === 0x3c && (lower.startsWith('<cr>', index) || lower.startsWith('<lf>', index))) index += 4;
    else if (code === 0x25 && /^%(?:0[abcd]|20)/u.test(lower.slice(index, index + 3))) index += 3;
    else if (code === 0x5c && (lower.startsWith('\\n', index) || lower.startsWith('\\r', index))) index += 2;
    else break;
  }
  return index;
}

function judgeLine(
  lower: string,
  at: number,
  where: { readonly strict: boolean; readonly lines: number; readonly isMeant: boolean },
): (typeof rules)[number]['id'] | undefined {
  const { strict, lines, isMeant } = where;
  const line = lower.slice(at, at + 80);
  const word = /^[a-z][a-z-]{1,30}/u.exec(line)?.[0] ?? '';
  const rest = line.slice(word.length);
  if (headers.has(word) && /^[ \t]{0,4}:/u.test(rest)) {
    const isPerson = [
      'to',
      'from',
      'cc',
      'sender',
      'reply-to',
      'date',
      'received',
      'references',
      'importance',
    ].includes(word);
    if (strict && (!isPerson || isMeant || /[@<%]|^: (?:mon|tue|wed|thu|fri|sat|sun), |^: from \w/u.test(rest)))
      return 'mail.header';
    // A mail server takes a name without a host too, but nobody attacks the person called so.
    if (word === 'bcc' && lines === 0 && /@|%40|=|<|\\/u.test(rest)) return 'mail.header';
    return 'mail.weak_header';
  }
  if ((word === 'rcpt' && /^ {1,3}to ?:/u.test(rest)) || (word === 'mail' && /^ {1,3}from ?:/u.test(rest)))
    return 'mail.command';
  if (!strict)
    return tagged(line) &&
      lines < 2 &&
      /inbox|\d (?:fetch|store) \d|capability|logout|"|login \S+ \S+$| \d/u.test(line.slice(word.length + 2))
      ? 'mail.command'
      : undefined;
  if (word === 'data' && /^(?:[\r\n]|%0|\\[rn]|$)/u.test(rest)) return 'mail.command';
  if ((word === 'helo' || word === 'ehlo' || word === 'vrfy' || word === 'expn') && /^ \S/u.test(rest))
    return 'mail.command';
  if (line.startsWith('.') && /^\.(?:[\r\n]|%0|\\[rn])/u.test(line)) return 'mail.command';
  if (
    [
      'quit',
      'rset',
      'stat',
      'noop',
      'uidl',
      'capa',
      'stls',
      'starttls',
      'help',
      'auth',
      'turn',
      'etrn',
      'bdat',
    ].includes(word) &&
    /^(?:[\r\n]|%0|\\[rn]|$)/u.test(rest)
  )
    return 'mail.command';
  if (
    /^(?:putscript|getscript|deletescript|setactive|havespace|checkscript|renamescript) "[^"]{0,80}"|^listscripts(?:[\r\n]|%0|\\[rn]|$)|^lhlo \S/u.test(
      line,
    )
  )
    return 'mail.command';
  if (/^bdat \d{1,9}(?: last)?\s{0,2}(?:[\r\n]|%0|\\[rn]|$)|^xtnd [a-z]|^(?:send|soml|saml) from ?:/u.test(line))
    return 'mail.command';
  if (pop.has(word) && /^ \d{1,5}(?:\s|%0|$)/u.test(rest)) return 'mail.command';
  if (/^(?:apop [!-~]{1,60} [!-~]{1,64}|etrn [@#]?[a-z\d.-]{2,80}|x(?:client|forward) [a-z]{2,12}=\S)/u.test(line))
    return 'mail.command';
  // RFC 1939 section 7: the name and, on the next line, the password.
  if (word === 'user' && /^ [!-~]{1,40}(?:\r\n|[\r\n]|%0d%0a|\\r\\n)pass /u.test(rest)) return 'mail.command';
  return tagged(line) ? 'mail.command' : undefined;
}

/** `a` and `i` are words; what stands behind them is a command only with its arguments and nothing more. */
const isWholeCommand =
  /^[ai] (?:rename|delete|copy|create|select|examine|status|subscribe|unsubscribe|append|fetch|store|search|login|list|lsub) (?:"[^"]{0,40}"|inbox|\S{0,20}\/\S{0,20}|\d{1,6}(?::\d{1,6}|:\*)?)(?: \S{1,40}){0,3}\s{0,4}(?:[\r\n]|%0|\\[rn]|$)|^[ai] (?:logout|capability|noop|starttls|expunge|idle)\s{0,4}(?:[\r\n]|%0|\\[rn]|$)/u;

/** An IMAP command with its tag: `A1 SELECT inbox`, `V100 CAPABILITY`. */
function tagged(line: string): boolean {
  const found = /^([a-z]{0,4}\d{1,6}|\*|\.|[a-z]) ([a-z]{3,12})(?=[\s"%({\\]|$)/u.exec(line);
  return (
    found !== null &&
    imap.has(found[2] ?? '') &&
    ((found[1] !== 'a' && found[1] !== 'i') || isWholeCommand.test(line)) &&
    !/^\d{1,2}$/u.test(found[1] ?? '')
  );
}
