import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { parseTime } from './audit-commands.ts';
import { runCli } from './cli.ts';
import { createCommands } from './commands.ts';
import { printCompletion } from './help.ts';
import { printable, printTable } from './table.ts';

describe('command line', () => {
  let dir = '';
  before(() => {
    dir = mkdtempSync(path.join(tmpdir(), 'sallyport-cli-'));
  });
  after(() => rmSync(dir, { recursive: true, force: true }));

  async function run(...words: readonly string[]) {
    const said = { out: '', err: '' };
    const status = await runCli(createCommands(dir), words, {
      base: dir,
      cwd: dir,
      env: {},
      out: text => {
        said.out += text;
      },
      err: text => {
        said.err += text;
      },
      ask: async () => undefined,
      now: () => 1_800_000_000_000,
    });
    return { status, ...said };
  }

  it('lists every command for nothing, help, --help and -h', async () => {
    for (const words of [[], ['help'], ['--help'], ['-h']]) {
      const { status, out, err } = await run(...words);
      assert.deepEqual([status, err], [0, '']);
      for (const command of createCommands(dir)) assert.ok(out.includes(`  ${command.name} `), command.name);
    }
  });
  for (const command of createCommands('/nowhere')) {
    it(`explains "${command.name}"`, async () => {
      for (const words of [
        [...command.name.split(' '), '--help'],
        ['help', ...command.name.split(' ')],
      ]) {
        const { status, out } = await run(...words);
        assert.equal(status, 0);
        assert.ok(out.startsWith(`${command.summary}\n\nUsage: sallyport ${command.name}`), out);
        for (const option of [...command.options, { name: 'json' }]) assert.ok(out.includes(`--${option.name}`));
        for (const example of command.examples) assert.ok(out.includes(example));
      }
    });
    it(`does not understand "${command.name}" with an option or a word too many`, async () => {
      const tooMany = [...command.positionals.map(one => one.choices?.[0] ?? 'x'), 'one-more'];
      const takesMore = command.positionals.at(-1)?.multiple === true;
      for (const extra of [['--nonsense'], ...(takesMore ? [] : [tooMany])]) {
        const { status, out, err } = await run(...command.name.split(' '), ...extra);
        assert.equal(status, 2, err);
        assert.equal(out, '');
        assert.match(err, new RegExp(`See: ./bin/sallyport ${command.name} --help`));
      }
    });
  }
  it('says which commands are near when one is not known', async () => {
    const { status, err } = await run('user', 'remove');
    assert.equal(status, 2);
    assert.match(err, /no such command.*user create/);
    assert.equal((await run('nonsense')).status, 2);
    assert.ok(!(await run('non\u001b[2Jsense')).err.includes('\u001b'));
  });
  it('suggests what was meant by a slip of the finger, and names the options there are', async () => {
    assert.match((await run('protext', 'http://localhost:1')).err, /Did you mean: protect\?/);
    assert.match((await run('user', 'lst')).err, /Did you mean: user list/);
    assert.match((await run('site', 'list', '--jso')).err, /no option "--jso"; it takes --config, --json, --help/);
    assert.match((await run('protect', 'x', '--prot', '1')).err, /no option "--prot"; it takes --name, --platform/);
  });
  it('explains the commands that begin with the same word', async () => {
    const asked = await run('providers', '--help');
    assert.equal(asked.status, 0);
    assert.match(asked.out, /providers add .*\n[^]*providers remove /);
    assert.doesNotMatch(asked.out, /scim create/);
    assert.equal((await run('providers')).status, 2);
  });
  it('says its version', async () => {
    for (const word of ['version', '--version', '-V']) assert.match((await run(word)).out, /^\d+\.\d+\.\d+\S*\n$/);
  });
  it('names the choices of an option and of a word', async () => {
    assert.match((await run('user', 'create', 'a@example.com', '--role', 'king')).err, /member, administrator, owner/);
    assert.match((await run('user', 'role', 'a@example.com', 'king')).err, /<role> is "king"; want one of/);
    assert.match((await run('user', 'role')).err, /<email> is missing/);
    assert.match((await run('audit', 'search', '--outcome', 'maybe')).err, /success, failure, denied/);
    assert.match((await run('audit', 'search', '--since', 'yesterday')).err, /Cannot read time "yesterday"/);
    assert.equal((await run('protect', 'localhost')).status, 2);
  });
  it('says that Sallyport is not running, with status 1', async () => {
    for (const words of [
      ['status'],
      ['site', 'list'],
      ['audit', 'verify'],
      ['user', 'list', '--json'],
      ['protect', 'http://localhost:1'],
    ]) {
      const { status, out, err } = await run(...words);
      assert.deepEqual([status, out], [1, ''], words.join(' '));
      assert.match(err, /not running here/);
    }
  });
  it('checks a configuration: 0 for a good one, 1 with every reason, without a trace of the program', async () => {
    const good = path.join(dir, 'good.yaml');
    const bad = path.join(dir, 'bad.yaml');
    const weak = path.join(dir, 'weak.yaml');
    writeFileSync(good, 'workers: 2\n');
    writeFileSync(bad, 'worker: 2\nlimits: { idleTimeoutMs: 1 }\n');
    writeFileSync(weak, 'profile: production\n');
    assert.deepEqual([(await run('config', 'check', '--config', good)).status], [0]);
    const refused = await run('config', 'check', '--config', bad);
    assert.equal(refused.status, 1);
    for (const part of [/worker/, /limits\.idleTimeoutMs/]) assert.match(refused.err, part);
    assert.doesNotMatch(refused.err, /\.ts:\d/);
    const insecure = await run('config', 'check', '--config', weak, '--json');
    assert.equal(insecure.status, 1);
    assert.ok((JSON.parse(insecure.out) as { refusals: string[] }).refusals.length >= 4);
    assert.equal((JSON.parse((await run('config', 'print', '--config', good)).out) as { workers: number }).workers, 2);
    assert.equal((await run('config', 'check', '--config', path.join(dir, 'none.yaml'))).status, 1);
  });

  for (const shell of ['bash', 'zsh', 'fish'] as const) {
    it(`prints a completion script for ${shell} that names every command`, async () => {
      const { status, out } = await run('completion', shell);
      assert.equal(status, 0);
      for (const command of createCommands(dir))
        for (const word of command.name.split(' ')) assert.ok(out.includes(word));
    });
  }
  it('completes commands, second words and options in bash', {
    skip: spawnSync('bash', ['--version']).status !== 0 && 'bash is not installed',
  }, () => {
    const script = printCompletion('bash', createCommands(dir));
    assert.equal(spawnSync('bash', ['-n'], { input: script }).status, 0);
    const complete = (...words: string[]): string[] => {
      const asked = `${script}\nCOMP_WORDS=(sallyport ${words.map(word => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}; _sallyport; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const answered = spawnSync('bash', ['--norc', '-c', asked], { encoding: 'utf8' });
      assert.equal(answered.stderr, '');
      return answered.stdout.split('\n').filter(word => word !== '');
    };
    assert.deepEqual(complete('st'), ['status']);
    assert.deepEqual(complete('user', 'dis'), ['disable']);
    assert.deepEqual(complete('user', 'create', '--ro'), ['--role']);
    assert.deepEqual(complete('protect', '--pl'), ['--platform']);
    assert.deepEqual(complete('nonsense', 'x'), []);
  });
  it('reads times as people write them', () => {
    const now = Date.parse('2026-11-22T10:00:00Z');
    assert.equal(parseTime('90s', now), now - 90_000);
    assert.equal(parseTime('7d', now), now - 7 * 86_400_000);
    assert.equal(parseTime('2026-11-22T09:00:00Z', now), now - 3_600_000);
    for (const text of ['', '7w', 'd', '-1h', 'soon', '1e9d'])
      assert.throws(() => parseTime(text, now), { code: 'server.usage' });
  });
});

describe('what the terminal is given', () => {
  it('never obeys what somebody else typed', () => {
    const nasty = 'a\u001b[2Jb\u009b31mc\u202ed\nwide\rx\u0007';
    const cell = printTable(['NAME'], [[nasty]]);
    assert.equal(cell.split('\n').length, 3, 'one line a row');
    // oxlint-disable-next-line no-control-regex
    assert.doesNotMatch(cell, /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
    assert.equal(printable('a\tb\n', '\n\t'), 'a\tb\n');
    assert.equal(printable('Zoë 李 🦊'), 'Zoë 李 🦊');
  });
  it('stays JSON', () => {
    const text = JSON.stringify({ name: 'a\u009b\u202e\u2028\u007f' });
    assert.deepEqual(JSON.parse(printable(text)), JSON.parse(text));
  });
  it('aligns columns and leaves no blanks behind', () => {
    assert.equal(printTable(['A', 'LONGER'], [['xxxx', '1'], ['y']]), 'A     LONGER\nxxxx  1\ny\n');
    assert.equal(printTable(['A'], []), 'A\n');
  });
});
