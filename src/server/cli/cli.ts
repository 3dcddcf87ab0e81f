import { stdin, stdout } from 'node:process';
import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import type { ApiProblem, Client } from '../../admin/client.ts';
import { createClient, isApiProblem } from '../../admin/client.ts';
import { isSallyportError, SallyportError } from '../../core/errors.ts';
import { findConfigFile, loadConfig } from '../config.ts';
import { createSocketFetch, socketPath } from '../operator-socket.ts';
import { readVersion } from '../wiring.ts';
import type { CliContext, Command } from './command.ts';
import { parseCommandLine } from './command.ts';
import { printFamily, printHelp, printOverview } from './help.ts';
import { printable } from './table.ts';

/** Where the CLI runs: the real process in `main.ts`, pieces of one in tests. */
export interface CliSurroundings {
  readonly base: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  readonly ask: CliContext['ask'];
  readonly now: () => number;
}

const versionWords: ReadonlySet<string> = new Set(['--version', '-V', 'version']);
const helpWords: ReadonlySet<string> = new Set(['help', '--help', '-h']);

/** Runs one command line and resolves with the exit status: 0 done, 1 refused or failed, 2 not understood. Never throws. */
export async function runCli(
  commands: readonly Command[],
  words: readonly string[],
  around: CliSurroundings,
): Promise<number> {
  const found = findCommand(commands, words);
  if (!found) {
    if (words.length === 1 && versionWords.has(words[0] ?? '')) {
      around.out(`${readVersion()}\n`);
      return 0;
    }
    if (words.length === 0 || helpWords.has(words[0] ?? '')) {
      const about = findCommand(commands, words.slice(1));
      around.out(about ? printHelp(about.command) : printOverview(commands));
      return 0;
    }
    const family = commands.filter(({ name }) => name.startsWith(`${words[0] ?? ''} `));
    if (family.length > 0 && words.slice(1).every(word => helpWords.has(word))) {
      around.out(printFamily(words[0] ?? '', family));
      return words.length === 1 ? 2 : 0;
    }
    const near = suggest(commands, words);
    around.err(`Cannot run "${printable(words.join(' '))}": no such command.${near}\nSee: ./bin/sallyport --help\n`);
    return 2;
  }
  await using stack = new AsyncDisposableStack();
  let configFile: string | undefined;
  try {
    const args = parseCommandLine(found.command, found.rest);
    if (args.flag('help')) {
      around.out(printHelp(found.command));
      return 0;
    }
    configFile = args.option('config');
    const ctx: CliContext = {
      ...around,
      // What somebody else typed as a name must not drive this terminal.
      out: text => around.out(printable(text, '\n\t')),
      err: text => around.err(printable(text, '\n\t')),
      configFile,
      json: args.flag('json'),
      client: () => openClient(around, configFile, stack),
    };
    return await found.command.run(ctx, args);
  } catch (error) {
    around.err(`${printable(explain(error, { base: around.base, configFile }), '\n\t')}\n`);
    return isSallyportError(error, 'server.usage') ? 2 : 1;
  }
}

function findCommand(
  commands: readonly Command[],
  words: readonly string[],
): { command: Command; rest: readonly string[] } | undefined {
  for (const length of [2, 1]) {
    const command = commands.find(one => one.name === words.slice(0, length).join(' '));
    if (command) return { command, rest: words.slice(length) };
  }
  return undefined;
}

function suggest(commands: readonly Command[], words: readonly string[]): string {
  const close = commands
    .map(({ name }) => {
      const typed = words.slice(0, name.split(' ').length).join(' ').slice(0, 60);
      return { name, steps: editDistance(typed, name) };
    })
    .filter(({ name, steps }) => steps <= Math.max(1, Math.floor(name.length / 4)))
    .toSorted((a, b) => a.steps - b.steps)
    .slice(0, 3);
  const near =
    close.length > 0 ? close : commands.filter(({ name }) => name.split(' ').some(part => words.includes(part)));
  return near.length === 0 ? '' : ` Did you mean: ${near.map(({ name }) => name).join(', ')}?`;
}

/** Levenshtein: how many letters to add, take away or change. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (const [i, letter] of a.split('').entries()) {
    const next = [i + 1];
    for (const [j, other] of b.split('').entries())
      next.push(Math.min((next[j] ?? 0) + 1, (row[j + 1] ?? 0) + 1, (row[j] ?? 0) + (letter === other ? 0 : 1)));
    row = next;
  }
  return row[b.length] ?? 0;
}

function openClient(around: CliSurroundings, configFile: string | undefined, stack: AsyncDisposableStack): Client {
  const { dataDir } = loadConfig(findConfigFile(configFile, around.base, around.cwd), around.base);
  const socket = stack.use(createSocketFetch(socketPath(dataDir, 'operator')));
  return createClient({ baseUrl: 'http://sallyport.local', fetch: socket.fetch });
}

function explain(error: unknown, at: { readonly base: string; readonly configFile: string | undefined }): string {
  if (isApiProblem(error, 'server.not_running')) {
    const hint = `\nOne that was started with a configuration file outside ${at.base} is found with: --config <file>`;
    return `Sallyport is not running here. Start it with: npm start${at.configFile === undefined ? hint : ` -- --config ${at.configFile}`}`;
  }
  if (isApiProblem(error)) {
    return explainProblem(error);
  }
  if (error instanceof SallyportError) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

/** Each thing once: a title that the detail repeats, or fields that the detail lists, say nothing new. */
function explainProblem({ title, detail, errors }: ApiProblem): string {
  if (errors.length > 0) {
    const fields = [
      ...new Set(errors.map(({ path: at, message }) => `${at.replace(/^(body|query|params)\.?/, '')}: ${message}`)),
    ];
    return `${title}:${fields.map(field => `\n  ${field.replace(/^: /, '')}`).join('')}`;
  }
  if (detail === undefined) return title;
  return detail.toLowerCase().startsWith(title.toLowerCase()) ? detail : `${title}: ${detail}`;
}

/** Asks at the terminal; resolves undefined when there is none. A hidden answer is not echoed. */
export async function askAtTerminal(question: string, options: { hidden?: boolean } = {}): Promise<string | undefined> {
  if (!stdin.isTTY) return undefined;
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input: stdin, output: options.hidden ? silent : stdout, terminal: true });
  if (options.hidden) stdout.write(question);
  try {
    return (await terminal.question(options.hidden ? '' : question)).trim();
  } finally {
    terminal.close();
    if (options.hidden) stdout.write('\n');
  }
}
