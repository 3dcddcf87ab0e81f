/** Commands of cache servers. */

const cacheCommand =
  /^(?:flushall|flushdb|flush_all|config (?:set|get)|slaveof |replicaof |script load|eval ["']|evalsha |module load|debug (?:sleep|segfault)|keys \*|save(?:[\r\n]|$)|bgsave|shutdown(?: nosave)?(?:[\r\n]|$)|auth \S|info(?:[\r\n]|$)|monitor(?:[\r\n]|$)|client (?:list|kill)|migrate \S|(?:set|append|rpush|lpush|sadd|hset|getset|publish) [\w:.-]{1,80} \S|(?:get|del|incr|dump|gets|delete|touch|llen|hgetall|smembers) [\w:.*-]{1,80}(?:[\r\n]|$)|(?:set|add|replace|cas) \S{1,80} \d{1,10} \d{1,10} \d|stats(?: items| slabs| cachedump)?(?:[\r\n]|$)|\*\d{1,4}[\r\n]{1,2}\$\d)/u;

/** The first command of a cache server's text protocol that a line break brings in: RESP and Memcached, each command on a line of its own. */
export function cacheCommandIn(lower: string): { readonly start: number; readonly end: number } | undefined {
  let at = 0;
  for (let line = 0; at >= 0 && line < 128; line += 1) {
    if (line > 0 || lower.startsWith('*')) {
      let start = at;
      while (start < at + 8 && lower.charCodeAt(start) <= 0x20) start += 1;
      const text = lower.slice(start, start + 120);
      const found = cacheCommand.exec(text)?.[0];
      if (found !== undefined && isBareCommand(lower, at, found)) return { start, end: start + found.length };
    }
    const feed = lower.indexOf('\n', at);
    const carriage = lower.indexOf('\r', at);
    at = feed < 0 ? carriage : carriage < 0 ? feed : Math.min(feed, carriage);
    if (at >= 0) at += 1;
  }
  return undefined;
}

const proseKeys = new Set([
  'the',
  'a',
  'an',
  'your',
  'my',
  'it',
  'up',
  'in',
  'to',
  'all',
  'off',
  'on',
  'out',
  'our',
  'this',
  'that',
  'more',
  'some',
  'new',
  'ready',
]);

function firstLine(lower: string): number {
  const end = lower.search(/[\r\n]/u);
  return end < 0 ? lower.length : end;
}

/** The line before must be no sentence: `x\r\nSET a b`, not a paragraph that ends before "set". */
function isBareCommand(lower: string, at: number, found: string): boolean {
  const key = /^(?:get|set|del|add|append|delete|replace|touch|publish|dump|incr) (\S+)(?: (\S+))?/u.exec(found);
  if (key !== null && (proseKeys.has(key[1] ?? '') || lower.slice(0, firstLine(lower)).trim().includes(' ')))
    return false;
  if (key !== null && at > 0 && /^(?:set|get) \w+$/u.test(lower.slice(0, firstLine(lower)).trim())) return false;
  if (/^(?:flush|config set|slaveof|replicaof|eval|module load|\*)/u.test(found)) return true;
  const isCarriage = lower.charCodeAt(at - 1) === 0x0a && lower.charCodeAt(at - 2) === 0x0d;
  const before = lower.slice(Math.max(0, at - 80), at).trim();
  return (
    (isCarriage || lower.charCodeAt(at - 1) === 0x0d || lower.length < 80) &&
    !/[a-z] [a-z]{2,} [a-z]/u.test(before) &&
    lower.length < 2000
  );
}
