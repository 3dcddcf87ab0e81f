/** Lines of other protocols that a value brings behind its own: events of a stream, talk with servers beside the web's, entries of logs. */

import type { Place } from '../waf.ts';

/** Fields of an event (HTML Living Standard section 9.2.5), to the empty line that sends it. */
const event =
  /^[^\n:]{0,60}\n{1,3}(?:(?:id|retry|:[^\n]{0,40}|event: ?[\w.:-]{1,40}): ?[^\n]{0,60}\n|event: ?[\w.:-]{1,60}\n|id: ?[^\n]{0,60}\n|retry: ?\d{1,9}\n|data: ?[^\n]{0,400}\n){1,12}\n/u;
const eventField = /\n(?:data: ?\S|event: ?[\w.-]{1,40}\n(?:\n|data:|id:)|retry: ?\d{1,9}\n\n)/u;
/** A name, the end of its line, and the next event whose data is a document. */
const document = /^[^\n:]{0,60}\n{1,3}(?:event|id): ?[\w.:-]{1,60}\n(?:id: ?[^\n]{1,40}\n)?data: ?[[{]/u;
/** FTP (RFC 959 section 4.1), SIP (RFC 3261 section 7), IRC (RFC 2812 section 3), as nobody's second line begins. */
const talk =
  /^[^\s:]{0,80}\n{1,2}(?:port (?:\d{1,3},){5}\d{1,3}|(?:retr|stor|dele|rnfr|cwd|mkd) \/\S|eprt \|[12]\||sip\/2\.0 \d{3}|(?:privmsg|notice|join|part|topic|kick) #\S|(?:register|invite|options|subscribe) sips?:\S+ sip\/2\.0)|^(?:register|invite|options|subscribe|message|bye) sips?:\S{1,80} sip\/2\.0\n/u;
/** The line of an access log, of syslog (RFC 5424 section 6) or of CEF, as a second one behind a single word. */
const entry =
  /^[^\s:]{1,60}\n{1,2}(?:[\da-f.:]{3,39} \S{1,40} \S{1,40} \[\d{2}\/[a-z]{3}\/\d{4}:[^\]\n]{1,24}\] "|<\d{1,3}>1? ?(?:\d{4}-\d\d-\d\dt|[a-z]{3} [ \d]\d \d\d:)|cef:[01]\|[^|\n]{0,40}\||leef:[12]\.0\|)/u;

/** A cookie with its attributes (RFC 6265 section 4.1), or a word before the setting of a proxy, and a header behind. */
const afterCookie =
  /^[\w-]{1,40}=[^;\n]{0,80}(?:; ?(?:path|domain|expires|max-age|httponly|secure|samesite|partitioned|priority)(?:=[^;\n]{0,60})?){1,6};?\n{1,2}(?:set-cookie|location|content-(?:type|length)|refresh|link): ?\S|^[^\s:]{1,60}\n{1,2}proxy: https?:\/\/\S/u;

/** Whether a value goes on as such lines; `lower` with its line ends as they came. */
export function goesOnAsLines(
  lower: string,
  { zone, part }: Place,
): 'header.response' | 'header.request' | 'header.split' | undefined {
  if (part === 'name' || zone === 'file' || lower.length > 4000) return undefined;
  const text = lower.slice(0, 1200).replaceAll(/\r\n?|\\r\\n|\\n|%0d%0a|%0a/gu, '\n');
  if ((event.test(text) && eventField.test(text)) || document.test(text)) return 'header.response';
  if (talk.test(text)) return 'header.request';
  if (afterCookie.test(text)) return 'header.split';
  // Documents are what logs are shipped in.
  const isShipped = zone === 'json' || zone === 'text' || zone === 'xml';
  return !isShipped && entry.test(text) ? 'header.split' : undefined;
}
