/** Commands of cache servers. */

/** Never the beginning of what people write on a line of its own. */
const strong =
  /^(?:flushall|flushdb|flush_all|config (?:set|get|rewrite)|slaveof |replicaof |script (?:load|flush)|eval ["']|evalsha |fcall |xread (?:count|block|streams) |function (?:load|flush)|module load|debug (?:sleep|segfault)|acl (?:setuser|list|deluser)|keys \*|client (?:list|kill|setname)|(?:p|s)?subscribe \*|xadd \S{1,80} \*|cluster (?:reset|meet)|\*\d{1,4}[\r\n]{1,2}\$\d|(?:set|add|replace|append|prepend|cas) \S{1,80} \d{1,10} \d{1,10} \d|stats (?:items|slabs|cachedump)|verbosity \d|lru_crawler (?:metadump|crawl|enable)|slabs (?:reassign|automove)|gats? \d{1,10} \S|object (?:freq|encoding|idletime|refcount) \S|(?:mg|ms|md|me|mn) \S{1,80}(?: [a-z\d]|[\r\n]))/u;
/** Verbs that are everyday words as well. */
const weak =
  /^(?:save(?:[\r\n]|$)|bgsave|bgrewriteaof|shutdown(?: nosave)?(?:[\r\n]|$)|auth \S|(?:info|monitor|quit|dbsize|stats|version|ping|multi|exec|time|role|sync|psync|randomkey|command|mn)(?:[\r\n]|$)|migrate \S|[hsz]?scan \S|wait \d{1,4} \d{1,6}(?:[\r\n]|$)|select \d{1,4}(?:[\r\n]|$)|(?:expire|pexpire|incrby|decrby|setnx|getset|rename|touch) [\w:.*-]{1,80} \S|(?:set|mset|msetnx|setex|append|rpush|lpush|sadd|srem|hset|hmset|zadd|publish|incr|decr|touch) [\w:.-]{1,80} \S{1,10}|(?:get|del|unlink|incr|decr|dump|gets|delete|touch|type|ttl|llen|scard|zcard|hgetall|hkeys|smembers|subscribe) [\w:.*-]{1,80}(?:[\r\n]|$))/u;

/** The first command of a cache server's text protocol that a line break brings in: RESP and Memcached, each command on a line of its own. */
export function cacheCommandIn(
  lower: string,
  text: string,
): { readonly start: number; readonly end: number } | undefined {
  let at = 0;
  for (let line = 0; at >= 0 && line < 128; line += 1) {
    if (line > 0 || lower.startsWith('*')) {
      let start = at;
      while (start < at + 8 && lower.charCodeAt(start) <= 0x20) start += 1;
      const rest = lower.slice(start, start + 120);
      const sure = strong.exec(rest)?.[0];
      if (sure !== undefined && (isLoud(sure) || !isWritten(lower))) return { start, end: start + sure.length };
      const found = weak.exec(rest)?.[0];
      if (found !== undefined && isBareCommand({ lower, text }, start, found))
        return { start, end: start + found.length };
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

function firstLineOf(lower: string): string {
  const end = lower.search(/[\r\n]/u);
  return (end < 0 ? lower : lower.slice(0, end)).trim();
}

const isLoud = (found: string): boolean =>
  /^(?:flush|config set|slaveof|replicaof|eval|module load|script|\*|acl|function load)/u.test(found);

/** The text begins as a sentence or a heading, not as one value. */
function isWritten(lower: string): boolean {
  const first = firstLineOf(lower);
  return /[a-z] [a-z]{2,} [a-z]/u.test(first) || first.endsWith(':') || lower.length >= 2000;
}

/**
 * A value, a line break, a command: one token stands first, and nothing follows that is no line of a protocol. In small letters the line
 * must end as the protocol ends it, or its key be no plain word: lists of errands begin with the same verbs.
 */
function isBareCommand({ lower, text }: { lower: string; text: string }, start: number, found: string): boolean {
  const first = firstLineOf(lower);
  if (lower.length >= 400 || first.includes(' ') || first.endsWith(':') || /^(?:set|get) \w+$/u.test(first))
    return false;
  const verb = text.slice(start, start + found.search(/[\s\r\n]|$/u));
  const isUpper = verb === verb.toUpperCase();
  const key = /^[a-z]{2,12} (\S+)/u.exec(found)?.[1];
  const isBroken = /\r\n\s{0,2}$/u.test(lower);
  if (isUpper) return isBroken || key !== undefined || lower.trim().length === start + found.trim().length;
  if (key === undefined) return isBroken && lower.trim().length === start + found.trim().length;
  // One letter is no noun, and lists of errands end no line as the protocol does.
  if (proseKeys.has(key) && !(isBroken && key.length === 1) && !/ \d{1,10}\s{0,2}$/u.test(found)) return false;
  return (
    isBroken ||
    /[:_*\d.]/u.test(key) ||
    (lower.length < 40 && lower.trim().length === start + found.trim().length && /\r/u.test(lower))
  );
}
