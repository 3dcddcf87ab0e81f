/** What stands on the lines behind an address, a user's or a folder's name: a message's text, or a dialogue with IMAP or POP3. */

const address = String.raw`(?:"[^"\n]{0,64}"\s{0,2})?<?[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}>?`;
const addresses = new RegExp(String.raw`^\s{0,8}${address}(?:\s{0,4}[,;\n]\s{0,4}${address}){0,200}[\s,;]{0,8}$`, 'u');
const first = new RegExp(String.raw`^\s{0,4}(?:(?:mailto|to|smtp):\s?)?${address}[,;]?\s{0,4}\n[ \t]{0,4}\n`, 'u');

/** One address, an empty line, and text that is no further address: the head of the mail ends there (RFC 5322 section 2.1). */
export function bodyIn(text: string): boolean {
  const head = first.exec(text.slice(0, 400));
  if (head === null) return false;
  const rest = text.slice(head[0].length).trim();
  return rest !== '' && !addresses.test(text.slice(0, 2000));
}

const verbs = String.raw`(?:login|select|examine|create|delete|rename|subscribe|unsubscribe|list|lsub|status|append|fetch|store|copy|move|search|authenticate|logout|capability|noop|expunge|close|check|idle|namespace|starttls|enable|unselect|uid (?:fetch|store|copy|move|search|expunge)|[gs]etacl|deleteacl|listrights|myrights|[gs]etquota(?:root)?|[gs]etmetadata|id|compress|notify|sort|thread|xlist|[gs]etannotation)`;
/** A command with its tag (RFC 9051 section 2.2.1), and at most its arguments. */
const command = new RegExp(
  String.raw`^\s{0,4}(?:[a-z]{1,4}\d{0,6}|\d{1,6}|[*.+])\s${verbs}(?:\s(?:"[^"\n]{0,80}"|\([^()\n]{0,80}\)|\{\d{1,6}\+?\}|[^\s"()]{1,80})){0,6}\s{0,4}$`,
  'iu',
);
/** The literal that was open is closed, a folder is named, or a user. */
const closesLiteral = /^[^\s"]{0,40}(?:"[^"\s]{0,40})?"\s{0,4}$/u;
const folder = /^"?(?:inbox|sent|drafts?|trash|junk|spam|archive|outbox|all mail)(?:[./]\w{1,40})?"?\)?\s{0,4}$/iu;
const token = /^[!-~]{1,80}\s{0,4}$/u;
/** RFC 1939 section 5 to 7, RFC 5034: what comes behind a name. */
const pop =
  /^\s{0,4}(?:pass \S{1,64}|apop \S{1,64} \S{1,64}|(?:stat|list|uidl|quit|rset|noop|capa|stls)(?: \d{1,6})?|(?:retr|dele) \d{1,6}|top \d{1,6} \d{1,6}|auth (?:plain|login|cram-md5|xoauth2|digest-md5|ntlm|external|gssapi)(?: \S{1,200})?)\s{0,4}$/iu;
const popSure = /^\s{0,4}(?:apop|retr \d|dele \d|top \d|auth |pass \S)/iu;
const lists = /^\s{0,4}a\s(?:list|search|sort|move|copy|store|check|close|thread|status|select|create|delete|id)\b/iu;

/** Further lines are all commands, or one of them no list of errands has. */
export function dialogueIn(text: string): boolean {
  const lines = text.slice(0, 2000).split('\n', 12);
  const begin = lines[0] ?? '';
  const rest = lines.slice(1).filter(line => line.trim() !== '');
  if (rest.length === 0) return false;
  const isEnded = closesLiteral.test(begin) || folder.test(begin);
  const line = rest[0] ?? '';
  if (isEnded && command.test(line) && (!lists.test(line) || isShort(line) || isLoud(line))) return true;
  if (!token.test(begin)) return false;
  if (
    rest.every(one => pop.test(one)) &&
    (rest.length > 1 || isLoud(line)) &&
    rest.some(one => popSure.test(one) || isLoud(one))
  )
    return true;
  return command.test(line) && isLoud(line) && /\s/u.test(line.trim());
}

/** `a CREATE x`: the verb as protocols write it. */
const isLoud = (line: string): boolean => /(?:^|\s)[A-Z]{3,12}(?:\s|$)/u.test(line);
/** A tag, a verb and one name: no sentence goes on like that behind the name of a folder. */
const isShort = (line: string): boolean => line.trim().split(/\s+/u).length <= 4;

/** What a calendar or a card says on lines of its own (RFC 5545, RFC 6350): nobody's name goes on with them. */
const property =
  /\n[ \t]{0,2}(?:BEGIN:(?:VEVENT|VALARM|VTODO|VJOURNAL)|END:(?:VEVENT|VALARM|VCALENDAR|VCARD|VTODO|VJOURNAL|VTIMEZONE)|(?:ATTENDEE|ORGANIZER)(?:;[A-Z-]{2,20}=[^\n:;]{0,60}){0,6}:mailto:|ATTACH(?:;[A-Z-]{2,20}=[^\n:]{0,80})?:[a-z]{3,6}:|ACTION:(?:EMAIL|PROCEDURE|DISPLAY|AUDIO)\b)/u;

/** A value, the end of its line, and a property of a calendar or card that does not begin there. */
export function calendarIn(text: string): boolean {
  if (text.includes('BEGIN:VCALENDAR') || /^\s{0,8}BEGIN:/u.test(text)) return false;
  const end = text.indexOf('\n');
  return end > 0 && end <= 120 && !text.slice(0, end).includes(':') && property.test(text.slice(end, end + 1000));
}
