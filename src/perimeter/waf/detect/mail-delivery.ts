/** Addresses that are no person: what Sendmail, Postfix and Exim deliver to by running, writing or reading something (aliases(5), RFC 5321 section 4.1.2). */

/** A local part, quoted or not, that a shell behind the delivery computes. */
const computed =
  /^\s{0,2}<?[\w.+-]{0,40}(?:\\{0,2}["'])?[\w.+-]{0,40}(?:`[^`\n@]{1,100}`|\$\([^()\n@]{1,100}\))[\w.+-]{0,40}(?:\\{0,2}["'])?@(?:\[[\d.:a-f]{2,45}\]|[\w.-]{1,80})>?\s{0,2}$/u;
/** A program behind the bar, in the quotes that aliases want around it. */
const program =
  /^\s{0,2}(?:\\{0,2}["'])\s{0,2}\|\s{0,2}(?:\/|[a-z]\w{0,12}=|exec\s|[a-z]\w{1,20}\s)[^"\n]{1,160}["']\s{0,2}$/u;
/** A file as a mailbox: by its whole path, at this machine. */
const mailbox =
  /^\s{0,2}<?(?:\\{0,2}["'])?\/(?:etc|tmp|var|root|home|dev|usr|opt|proc|srv)\/[\w./-]{1,100}(?:\\{0,2}["'])?@(?:localhost(?:\.localdomain)?|\[?127\.0\.0\.1\]?|[\w-]{1,40}|[\w-]{1,40}\.(?:local|internal|localdomain))>?\s{0,2}$/u;
/** A list of addresses read from a file, as aliases and Exim's redirects take it. */
const included =
  /^\s{0,2}<?(?:\\{0,2}["'])?:include:\s{0,2}\/[\w./-]{1,120}(?:\\{0,2}["'])?(?:@[\w.-]{1,80})?>?\s{0,2}$/u;
/** One address ends and another begins, with the brackets that stand around the first one in the command. */
const second =
  /^\s{0,2}[\w.+-]{1,64}@[\w-]{1,60}(?:\.[\w-]{1,60}){1,5}>\s{0,2}[,;]?\s{0,2}<[\w.+-]{1,64}@[\w-]{1,60}(?:\.[\w-]{1,60}){1,5}$/u;
/** A line ends inside of one address: what stands behind it is another host. */
const split =
  /^\s{0,2}[\w.+-]{1,64}@[\w-]{1,60}(?:\.[\w-]{1,60}){1,5}[\r\n]{1,2}@[\w-]{1,60}(?:\.[\w-]{1,60}){1,5}\s{0,2}$/u;
/** A rule of Procmail and a program to run (procmailrc(5)). */
const recipe = /(?:^|\n):0\w{0,4}:?[^\n]{0,40}\n(?:\*[^\n]{0,120}\n){0,6}\s{0,4}\|\s{0,2}\//u;

/** Whether a value, in lower case and of at most some hundred characters, is such an address. */
export function isDelivered(lower: string): boolean {
  if (lower.length > 300) return false;
  if (lower.includes('@') && (computed.test(lower) || mailbox.test(lower) || second.test(lower) || split.test(lower)))
    return true;
  if (lower.includes('|') && (program.test(lower) || recipe.test(lower))) return true;
  return lower.includes(':') && included.test(lower);
}
