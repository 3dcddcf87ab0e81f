/** Names of headers and what stands behind them, as a value that splits one brings them in. */

/** Headers an attacker sets or forges by splitting; `true` where a line of prose hardly begins so. */
export const headerNames: ReadonlyMap<string, boolean> = new Map([
  ...[
    'set-cookie',
    'set-cookie2',
    'location',
    'transfer-encoding',
    'content-length',
    'refresh',
    'x-xss-protection',
    'content-security-policy',
    'access-control-allow-origin',
    'x-forwarded-for',
    'x-forwarded-host',
    'strict-transport-security',
    'content-encoding',
    'last-modified',
    'clear-site-data',
  ].map((name): [string, boolean] => [name, true]),
  ...[
    'content-type',
    'host',
    'cookie',
    'referer',
    'user-agent',
    'link',
    'status',
    'connection',
    'cache-control',
    'expires',
    'x-frame-options',
    'authorization',
    'accept',
    'accept-language',
    'content-disposition',
    'x-injected',
    'x-header',
    'x-custom',
    'proxy-connection',
    'pragma',
    'server',
    'etag',
    'origin',
    'vary',
    'x-http-method-override',
    'upgrade',
    'x-test',
    'injected',
    'header',
  ].map((name): [string, boolean] => [name, false]),
]);

/** Names of headers that answers and proxies carry and no list of a person begins with. */
export const injectedName =
  /^x-(?:inject|forwarded|frame-o|xss-p|custom-h|header|evil|content-t|hack|pwn|poison|powered-b|original-|real-ip|http-|accel-|sendfile|cache|rewrite|csrf|permitted|ua-comp|dns-pre)|^(?:access-control|content-security|cross-origin|permissions-policy|referrer-policy|www-auth|proxy-auth|keep-alive$|surrogate-|service-worker-|cache-control$|set-|location$|report-to$|reporting-end|sourcemap$|alt-svc$|x-ua|public-key-pins|expect-ct$|feature-policy|document-policy|timing-allow|origin-agent|accept-(?:ch|ranges|patch|post|encoding|charset)|critical-ch|cdn-|sec-(?:fetch|websocket|gpc|ch)|if-(?:none|modified|match|range|unmod)|upgrade-insecure|content-(?:range|location|language|md5|digest|dpr)|max-forwards|retry-after|proxy-|speculation-rules|edge-control|akamai-|cf-|fastly-|true-client|no-vary|large-allocation|service-worker|idempotency-key|want-|device-memory|early-data|last-event-id|attribution-reporting|observe-browsing|metadata-flavor$|soapaction$)|^x-(?:aws-|amz-|goog-|ms-|vault-|consul-|api-|remote-|request-|requested-|correlation|method|url|scheme|proto|client-ip|user-|auth)/;

/** Headers whose names are everyday words, with what only headers hold. */
export function isOwnForm(name: string, rest: string): boolean {
  if (name === 'cookie') return /^\s?:\s?[\w.-]{1,60}=\S/.test(rest);
  if (name === 'authorization') return /^\s?:\s?(?:basic|bearer|digest)\s\S/.test(rest);
  const form = ownForms.get(name);
  if (form !== undefined) return form.test(rest);
  if (name === 'expires') return /^\s?:\s?(?:0\b|-1|(?:mon|tue|wed|thu|fri|sat|sun),\s\d)/.test(rest);
  if (name === 'connection') return /^\s?:\s?(?:close|keep-alive|upgrade)\b/.test(rest);
  return (
    name === 'host' &&
    /^\s?:\s?(?:[a-z\d-]{1,60}(?:\.[a-z\d-]{1,60}){1,6}|localhost|metadata|internal|intranet|backend|kubernetes|[a-z\d-]{1,60}(?=:\d{2,5}))(?::\d{2,5})?\s{0,4}$/.test(
      rest,
    )
  );
}

/** What stands behind such a name in a header and nowhere else. */
const ownForms: ReadonlyMap<string, RegExp> = new Map([
  ['pragma', /^\s?:\s?no(?:-cache)?\s{0,4}$/],
  ['referer', /^\s?:\s?https?:\/\//],
  ['origin', /^\s?:\s?(?:https?:\/\/|null\s{0,4}$)/],
  ['accept', /^\s?:\s?[\w*]{1,24}\/[\w*+.-]{1,40}/],
  ['upgrade', /^\s?:\s?(?:h2c|websocket|tls\/|http\/)/],
  ['status', /^\s?:\s?[1-5]\d\d(?!\d)/],
  ['user-agent', /^\s?:\s?[\w.-]{1,40}\/[\d.]/],
  ['server', /^\s?:\s?(?:nginx|apache|microsoft-iis|cloudflare|gunicorn|[\w-]{1,24}\/[\d.])/],
  ['p3p', /^\s?:\s?cp\b/],
  ['vary', /^\s?:\s?(?:\*|origin|accept|cookie|user-agent|x-[a-z]|host|referer|authorization|range|sec-)/],
  ['via', /^\s?:\s?(?:http\/)?[12](?:\.\d)?\s\S/],
  ['warning', /^\s?:\s?\d{3}\s\S/],
  ['age', /^\s?:\s?\d{3,9}\s{0,4}$/],
  ['allow', /^\s?:\s?(?:get|post|put|head|options|delete)\b/],
  ['digest', /^\s?:\s?(?:sha-?\d|md5)/],
  ['x-cache', /^\s?:\s?(?:hit|miss)/],
  ['etag', /^\s?:\s?(?:w\/)?["\w]/],
  ['forwarded', /^\s?:\s?(?:for|by|host|proto)=/],
  ['trailer', /^\s?:\s?[a-z]{1,12}-?[a-z]{0,12}\s{0,4}$/],
  ['te', /^\s?:\s?(?:trailers|chunked|gzip)/],
  ['nel', /^\s?:\s?\{/],
  ['expect', /^\s?:\s?100-continue/],
  ['range', /^\s?:\s?bytes=/],
  ['depth', /^\s?:\s?infinity\s{0,4}$/],
  ['metadata', /^\s?:\s?true\s{0,4}$/],
  ['priority', /^\s?:\s?(?:u=\d|i\b)/],
  ['dav', /^\s?:\s?[12]\s{0,2}(?:,|$)/],
  ['samesite', /^\s?:\s?(?:none|lax|strict)\s{0,4}$/],
]);

/**
 * U+560A and its kind carry a line end in the low byte; before a header name, or as an empty line, they are no Chinese text, and neither
 * is U+563C and its kind before the name of an element. Asked of the text as sent: some of
 * these letters are others in lower case.
 */
export const folded = new RegExp(
  `[${Array.from({ length: 255 }, (_, high) => `\\u${(high + 1).toString(16).padStart(2, '0')}0a\\u${(high + 1).toString(16).padStart(2, '0')}0d`).join('')}]\\s{0,3}(?:(?:set-cookie|location|host|link|refresh|bcc|cc|to|from|reply-to|subject)\\s?:|content-[a-z]{4,10}\\s?:|http/[12]|x-[a-z-]{2,16}:|transfer-e)|[\u560a\u560d]{3}|[\u010a\u010d]{3}|[${Array.from({ length: 255 }, (_, high) => `\\u${(high + 1).toString(16).padStart(2, '0')}3c`).join('')}]/?(?:script|svg|img|iframe|html|body|object|embed)[^a-z]`,
  'i',
);
