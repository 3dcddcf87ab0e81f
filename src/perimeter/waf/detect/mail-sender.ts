/** Addresses and options that mail programs obey: Sendmail's and Exim's arguments, Exim's expansions, RFC 2047 words with line ends. */

import { charClass, type Detector, type Rule } from '../waf.ts';
import { isDelivered } from './mail-delivery.ts';

const rules = [
  { id: 'mail.option', title: 'options of a mail program', points: 5, paranoia: 1 },
  { id: 'mail.expansion', title: 'an expansion that a mail server computes', points: 5, paranoia: 1 },
  { id: 'mail.encoded_break', title: 'a line break hidden in an encoded mail header', points: 5, paranoia: 1 },
  { id: 'mail.route', title: 'an address with a way or parameters of its own', points: 5, paranoia: 1 },
  { id: 'mail.pipe', title: 'an address that is a command or ends early', points: 5, paranoia: 1 },
] as const satisfies readonly Rule[];

const option =
  /(?:^|[\s"'(\\,;])-(?:o\s?(?:queuedirectory|q)\s?=?\s?[\\/~.\w$]|x\s?[\\/~.]{1,2}[\w./\\-]{1,80}\.\w|x\s?\/[a-z]{2,8}\/|c\s?\/(?:etc|tmp|var|home)|be\s{1,4}\$\{|d\s?\/(?:tmp|var)|bp\s{0,2}$)/;
/** Options of `sendmail`, `exim` and `mail` behind an address or in its place: nobody is written to so. */
const flag = String.raw`-(?:f\s?[\w.+-]{0,60}@[\w.-]{1,80}|f(?:root|www-data|nobody|daemon|apache|nginx|admin\w{0,12}|postmaster|noreply)|r\s?[\w.+-]{1,60}@[\w.-]{1,80}|[dqv]\d[\d.,-]{0,16}|d\+\w{1,16}|[CXDS]\s?[\\/~.]\S{1,120}|[oO]\s?[a-z]\w{0,24}=?\S{0,80}|[be][defhimnpstv]|bP[ \w-]{0,24}|[FRNVLABhGM]\s?\S{1,40}|M\w{1,4}\s\S{1,40}|[tiUnmvE]|t[cli]{1,2})`;
const flags = new RegExp(
  String.raw`^\s{0,4}["'<]?[\w.+-]{1,64}(?:@[\w.-]{1,80})?[>"']?(?:\s{1,4}${flag}){1,8}\s{0,4}(?:--\s{0,4})?$`,
  'i',
);
/** One of them alone says what it does; the others need company. */
const sureFlag =
  /\s-(?:f\S{0,60}@|r\S{0,60}@|f(?:root|www-data|nobody|daemon|apache|nginx)|d\d|q\d|[cxo]\s?[\\/~.]|o[a-z]\w{0,24}[=\\/]|b[a-z]\b|t\b|oq|be\b)/i;
/** `tar -xzf - -C /var/www` and its kind take the same letter. */
const archive = /(?:^|[\s|;`>])(?:tar|git|make|npm|ssh|scp|gzip|bsdtar)\s[^\n]{0,80}\s-c\s?\//;
const expansion =
  /\$\{\s{0,3}(?:run|substr|readfile|readsocket|lookup|sg|perl|dlfunc|acl|extract|base64|hash|map|reduce|filter|imapfolder|env|eval10?|nhash|certextract|prvscheck|listextract)\s{0,3}\{|\$\{\s{0,3}if\s{1,3}(?:eqi?|match|exists|inlisti?|bool)\s{0,2}\{/;
const piped =
  /^\s{0,3}(?:[\w.+-]{0,40}[<,;]\s{0,3})?"?\|\s{0,3}\/?[a-z][^@\n]{0,120}@[\w.-]{1,80}|^[\w.+"-]{1,64}(?:@[\w.-]{1,80})?\0"?(?:@|\.)[\w.-]{2,}|^[\w.+-]{1,64}@[\w.-]{1,80}\s{0,3}[|;&]\s{0,3}(?:id|whoami|cat|ls|curl|wget|nc|bash|sh|ping|sleep|uname)\b|^[\w.+-]{1,40}[;|&]\s{0,2}(?:id|whoami|cat|ls|curl|wget|nc|bash|sh|ping|sleep|uname)\s{0,2}@[\w.-]{1,80}$/;
/** Source routes (RFC 5321 appendix C) and the ways before them: relays are asked so, people are not. */
const routed =
  /^\s{0,3}<?@[\w-]{1,60}(?:\.[\w-]{1,60}){0,6}(?:,@[\w.-]{1,80}){0,8}:[\w.+-]{1,64}@[\w.-]{1,80}>?\s{0,3}$|^<?[\w.+-]{1,64}%(?![\da-f]{2})[\w-]{1,60}(?:\.[\w-]{1,60}){1,6}@[\w.-]{1,80}>?$|^<?[\w-]{1,60}(?:\.[\w-]{1,60}){0,6}![\w.+-]{1,64}@[\w.-]{1,80}>?$/u;
/**
 * Addresses that two readers take apart in two ways: another one inside the quotes, in front of it or behind an open comment, and a local
 * part that is an encoded word (RFC 2047 section 5) or UTF-7.
 */
const torn =
  /^"[^"\n]{0,64}@[\w.-]{1,80}[^"\n]{0,60}"@[\w.-]{1,80}$|^<[\w.+-]{1,64}@[\w.-]{1,80}>[\w.+-]{1,64}@[\w.-]{2,80}$|^[\w.+-]{1,64}@[\w.-]{1,80}\(@[\w.-]{1,80}\)?$|^=\?[\w*-]{2,24}\?[bq]\?[^?\s]{1,200}\?=[\w.+-]{0,40}@[\w.-]{1,80}$|^&[\w+,]{3,40}-[\w.]{0,40}@[\w.-]{1,80}$|^"?\/(?:[\w.-]{1,40}\/){1,8}[\w-]{1,40}\.(?:php\d?|phtml|jspx?|aspx?|cgi|pl|py|sh)"?@[\w.-]{1,80}$|^-(?:f[^\s@]{0,40}["'\\]|[xcoq][^\s@]{0,60}\/[^\s@]{0,60})@[\w.-]{2,80}$/;
const utf7Word = /=\?utf-7\*?\w{0,6}\?[bq]\?[^?\s]{1,200}\?=/;
/** A string of a Sieve script (RFC 5228) ends, and an action follows. */
const sieve =
  /^[^"\n]{0,60}"\s{0,3}\]?\s{0,3}[;{]\s{0,4}(?:redirect|pipe|execute|fileinto|vacation|notify|filter)\s{1,3}(?::\w{1,12}\s{1,3}){0,3}["[][^\n]{1,120};|^\s{0,3}vnd\.dovecot\.(?:execute|pipe|filter)\s{1,3}"/;
/** What SMTP's extensions put behind an address (RFC 5321 section 4.1.2, RFC 3461). */
const parameters =
  /^<?[\w.+-]{1,64}@[\w.-]{1,80}>?\s{1,4}(?:size|body|notify|orcpt|ret|envid|auth|by|mt-priority|holdfor|holduntil|solicit)=\S/u;
/** Further recipients behind the address, as the URLs of RFC 6068 have them; a link may copy somebody openly. */
const recipients =
  /^(?:mailto:)?[\w.+-]{1,64}@[\w.-]{1,80}[?&](?:[a-z]{2,12}=[^&]{0,80}&){0,4}bcc=[^&\s]{0,80}@|^[\w.+-]{1,64}@[\w.-]{1,80}[?&](?:[a-z]{2,12}=[^&]{0,80}&){0,4}cc=[^&\s]{0,80}@/;

/** Values of forms that send mail; nothing here is written by people who mean an address. */
export const mailSender: Detector = {
  id: 'mail.sender',
  rules,
  needles: [
    '-oq',
    '-o q',
    '-x',
    '-c /',
    '-c/',
    '-be',
    ' -f',
    ' -r',
    ' -d',
    ' -q',
    ' -b',
    ' -t',
    ' -o',
    ' -c',
    ',@',
    'size=',
    'body=',
    'notify=',
    'orcpt=',
    'auth=',
    'ret=',
    'envid=',
    '-d/',
    '{run',
    '{substr',
    '{readfile',
    '{readsocket',
    '{lookup',
    '{sg{',
    '{perl{',
    '{dlfunc',
    '=?',
    'cc=',
    '|',
    '"@',
    '>@',
    '(@',
    'redirect "',
    'pipe "',
    'execute "',
    'fileinto "',
    '{env{',
    '{if ',
    '{eval',
    ':include:',
    '`@',
    '`"@',
    ')@',
    ')"@',
    '@localhost',
    '>,<',
    '><',
  ],
  chars: charClass.control | charClass.percent | charClass.mark,
  mayMatch: ({ hasNeedle, chars, text }) =>
    hasNeedle || (chars & charClass.control) !== 0 || (text.length < 256 && text.includes('@')),
  detect({ text, lower, place }, hit) {
    if (place.part === 'name') return;
    if (lower.length < 1000) {
      const found = option.exec(lower);
      if (
        found !== null &&
        !archive.test(lower) &&
        (/queuedirectory|\.(?:php|jsp|aspx?|cgi|pl)\b|-oq/.test(lower) || lower.includes('@') || /-be\s/.test(lower))
      )
        hit('mail.option', found.index, found.index + found[0].length);
      if (lower.length < 256 && lower.includes('@') && sureFlag.test(lower) && flags.test(lower))
        hit('mail.option', 0, Math.min(60, lower.length));
      if (
        lower.length < 256 &&
        lower.includes('@') &&
        (routed.test(lower) || parameters.test(lower) || torn.test(lower.trim()))
      )
        hit('mail.route', 0, Math.min(60, lower.length));
      if (place.zone !== 'header' && isDelivered(lower)) hit('mail.pipe', 0, Math.min(60, lower.length));
      if (utf7Word.test(lower)) hit('mail.encoded_break', 0, Math.min(40, lower.length));
      if (sieve.test(lower)) hit('mail.option', 0, Math.min(60, lower.length));
      if (lower.length < 256 && (piped.test(lower) || recipients.test(lower)))
        hit('mail.pipe', 0, Math.min(40, lower.length));
    }
    const expanded = lower.includes('${') ? expansion.exec(lower) : null;
    if (expanded !== null) hit('mail.expansion', expanded.index, expanded.index + expanded[0].length);
    judgeWords(text, (start, end) => hit('mail.encoded_break', start, end));
  },
};

/** RFC 2047 section 4: neither encoding may bring a line end. */
function judgeWords(text: string, say: (start: number, end: number) => void): void {
  let at = text.indexOf('=?');
  for (let count = 0; at >= 0 && count < 16; count++) {
    const found = /^=\?[\w*-]{2,24}\?([bq])\?([^?\s]{1,200})\?=/i.exec(text.slice(at, at + 240));
    if (found !== null) {
      const [whole, kind = '', body = ''] = found;
      const isBroken =
        kind.toLowerCase() === 'q'
          ? /=0[ad]/i.test(body)
          : /[\r\n]/.test(Buffer.from(body, 'base64').toString('latin1'));
      if (isBroken) return say(at, at + whole.length);
    }
    at = text.indexOf('=?', at + 2);
  }
}
