import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { HeadInput } from './head.ts';
import { firstRule } from './read.fixture.ts';

const form = (head: Partial<HeadInput>) => firstRule({ method: 'GET', path: '/', query: '', headers: {}, ...head });
const refuses = (rows: readonly Partial<HeadInput>[]) =>
  assert.deepEqual(
    rows.filter(row => form(row) === undefined),
    [],
  );
const takes = (rows: readonly Partial<HeadInput>[]) =>
  assert.deepEqual(
    rows.filter(row => form(row) !== undefined),
    [],
  );

describe('the form of a head', () => {
  it('refuses methods that nobody forwards, and those without what gives them a sense', () => {
    refuses(
      ['TRACE', 'TRACK', 'DEBUG', 'CONNECT', 'PURGE', 'JEFF', 'get', 'PRI', 'PROPFIND', 'MOVE', 'LOCK', 'SEARCH'].map(
        method => ({ method }),
      ),
    );
    takes([
      { method: 'PROPFIND', headers: { depth: '1' } },
      { method: 'MOVE', headers: { destination: 'https://a.example/b' } },
      { method: 'REPORT', headers: { 'content-type': 'application/xml' } },
      { method: 'LOCK', headers: { if: '(<opaquelocktoken:a>)' } },
      { method: 'MKCOL' },
      { method: 'OPTIONS' },
    ]);
  });
  it('refuses switches of protocol other than to WebSocket 13', () => {
    refuses([
      { headers: { upgrade: 'h2c' } },
      { headers: { upgrade: 'websocket, h2c' } },
      { headers: { upgrade: 'TLS/1.2' } },
      { headers: { 'http2-settings': 'AAMAAABkAARAAAAAAAIAAAAA' } },
      { headers: { upgrade: 'websocket', 'sec-websocket-version': '777' } },
    ]);
    takes([{ headers: { upgrade: 'WebSocket', 'sec-websocket-version': '13' } }]);
  });
  it('refuses fields that are filled up or made of control characters', () => {
    refuses([
      { headers: { 'x-any': 'a'.repeat(300) } },
      { headers: { 'x-any': `b${'='.repeat(9000)}` } },
      { headers: { 'x-any': '\\n' } },
      { headers: { 'x-any': '\\x07\\r' } },
      { headers: { 'x-any': 'a%0d%0a' } },
    ]);
    takes([
      { headers: { cookie: `a=${'a'.repeat(400)}`, 'x-any': 'ab'.repeat(400) } },
      { headers: { 'x-any': 'C:\\new\\reports', 'x-b': 'a%20b' } },
    ]);
  });
  it("refuses a person's page that a cache would keep as a file", () => {
    const accept = 'text/html,application/xhtml+xml';
    refuses([
      { path: '/me;x.css' },
      { path: '/profile%3ba.ico' },
      { path: '/account%2fx.js' },
      { path: '/account%23x.png' },
      { path: '/api/users%3fx.css' },
      { path: '/orders%00a.js' },
      { path: '/settings/logo.js', headers: { accept } },
      { path: '/my-account/x.css' },
    ]);
    takes([
      { path: '/settings/logo.js' },
      { path: '/dashboard/de.js' },
      { path: '/images%2fa.png' },
      { path: '/profile/anna.jpg', headers: { accept } },
      { path: '/assets/app.css', headers: { accept } },
      { path: '/files/C%23guide.pdf' },
      { path: '/api/v4/projects/1/repository/files/src%2fapp.js' },
      { path: '/docs/a%3Bb.pdf' },
      { path: '/x;jsessionid=1A2B' },
      { method: 'PUT', path: '/me;x.css' },
    ]);
  });
  it('refuses programs that are put where the server would run them', () => {
    refuses([
      { method: 'PUT', path: '/files/a.cgi', headers: { 'content-type': 'application/x-sh' } },
      { method: 'PUT', path: '/a.jsp/' },
      { method: 'MOVE', path: '/a.txt', headers: { destination: 'https://a.example/a.asp;.txt' } },
      { headers: { host: 'a'.repeat(300) } },
    ]);
    takes([
      { method: 'PUT', path: '/api/items.php', headers: { 'content-type': 'application/json' } },
      { method: 'PUT', path: '/files/a.txt', headers: { 'content-type': 'text/plain' } },
      { method: 'POST', path: '/a.php' },
    ]);
  });
  it('refuses signs in more bytes than they need', () => {
    refuses([
      { query: 'a=%e0%80%bcb%e0%80%be' },
      { query: 'a=%C0%BCscript%C0%BE' },
      { path: '/%f0%80%80%af' },
      { query: '%F8%80%80%80%af' },
    ]);
    takes([{ query: 'q=%C0%B4%C0%B6' }, { query: 'q=%E0%A4%B8' }, { query: 'q=%E0%80%9F' }]);
  });
});
