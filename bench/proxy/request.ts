/** The cookie of one of the signed-in people of `servers.ts`. */
export const cookie = `__Host-sallyport=${'7'.padEnd(43, 'x')}`;

/** What a browser sends with a request of the platform's page. */
export function requestHeaders(bodyBytes: number): Record<string, string> {
  return {
    Host: 'app.test',
    'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    accept: 'application/json, text/plain, */*',
    'accept-language': 'en-US,en;q=0.5',
    'sec-fetch-site': 'same-origin',
    'sec-fetch-mode': 'cors',
    'sec-fetch-dest': 'empty',
    cookie,
    ...(bodyBytes > 0 ? { 'content-type': 'application/json' } : {}),
  };
}

/** A JSON document of this many bytes. */
export function jsonBody(bytes: number): string {
  const frame = '{"name":"bench","nodes":[]}';
  return bytes === 0 ? '' : `{"name":"bench","nodes":["${'n'.repeat(Math.max(0, bytes - frame.length - 2))}"]}`;
}

/** The request as bytes, for a client that writes them itself. */
export function requestHead(method: string, bodyBytes: number): string {
  const body = jsonBody(bodyBytes);
  const headers = Object.entries(requestHeaders(bodyBytes)).map(([name, value]) => `${name}: ${value}\r\n`);
  const length = bodyBytes > 0 ? `content-length: ${Buffer.byteLength(body)}\r\n` : '';
  return `${method} /rest/workflows HTTP/1.1\r\n${headers.join('')}${length}\r\n${body}`;
}
