import { parseArgs } from 'node:util';
import type { Client } from '../../admin/client.ts';
import { SallyportError } from '../../core/errors.ts';

/** One option of a command. `flag` options take no value. */
export interface Option {
  readonly name: string;
  readonly describe: string;
  readonly flag?: true;
  readonly multiple?: true;
  readonly choices?: readonly string[];
}

/** What a command works with. Nothing else reaches the terminal, the clock or the environment. */
export interface CliContext {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Speaks to the running Sallyport over its local socket. Throws `server.not_running`. */
  readonly client: () => Client;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Asks a person at the terminal; undefined when there is none. `hidden` does not echo. */
  readonly ask: (question: string, options?: { hidden?: boolean }) => Promise<string | undefined>;
  readonly configFile: string | undefined;
  readonly json: boolean;
  readonly now: () => number;
}

export interface ParsedArguments {
  readonly positionals: readonly string[];
  option(name: string): string | undefined;
  options(name: string): readonly string[];
  flag(name: string): boolean;
}

/** One command of the CLI: help, completion and the reference page are printed from it. */
export interface Command {
  /** One or two words: `up`, `user create`. */
  readonly name: string;
  readonly summary: string;
  readonly positionals: readonly {
    readonly name: string;
    readonly optional?: true;
    readonly choices?: readonly string[];
    /** The last one: takes all words that follow, at least one. */
    readonly multiple?: true;
  }[];
  readonly options: readonly Option[];
  readonly examples: readonly string[];
  /** Resolves with the exit status. */
  run(ctx: CliContext, args: ParsedArguments): Promise<number>;
}

/** Options that every command takes. */
export const globalOptions: readonly Option[] = [
  {
    name: 'config',
    describe: 'Configuration file (default: sallyport.yaml in the folder of the installation, if there is one)',
  },
  { name: 'json', flag: true, describe: 'Print JSON instead of text' },
  { name: 'help', flag: true, describe: 'Explain the command' },
];

/** Parses the words behind a command. Throws `server.usage` naming the word that does not fit. */
export function parseCommandLine(command: Command, words: readonly string[]): ParsedArguments {
  const known = [...command.options, ...globalOptions];
  let parsed: { values: Record<string, unknown>; positionals: string[] };
  try {
    parsed = parseArgs({
      args: [...words],
      allowPositionals: true,
      strict: true,
      options: Object.fromEntries(
        known.map(option => [
          option.name,
          { type: option.flag ? ('boolean' as const) : ('string' as const), multiple: option.multiple === true },
        ]),
      ),
    });
  } catch (error) {
    throw usage(
      command,
      optionProblem(command, words, known) ?? (error instanceof Error ? error.message : 'the options cannot be read'),
    );
  }
  const values = new Map(Object.entries(parsed.values));
  if (values.get('help') !== true) checkPositionals(command, parsed.positionals);
  const list = (name: string): string[] => {
    const value = values.get(name);
    return Array.isArray(value) ? value.map(String) : typeof value === 'string' ? [value] : [];
  };
  for (const option of command.options) {
    const wrong = option.choices && list(option.name).find(value => !option.choices?.includes(value));
    if (wrong !== undefined)
      throw usage(command, `--${option.name} is "${wrong}"; want one of ${option.choices?.join(', ')}`);
  }
  return {
    positionals: parsed.positionals,
    option: name => list(name)[0],
    options: list,
    flag: name => values.get(name) === true,
  };
}

function optionProblem(command: Command, words: readonly string[], known: readonly Option[]): string | undefined {
  const end = words.indexOf('--');
  for (const word of end === -1 ? words : words.slice(0, end)) {
    const name = /^--([^=]+)/.exec(word)?.[1];
    if (name === undefined || known.some(option => option.name === name)) continue;
    const own = command.options.length > 0 ? command.options : globalOptions;
    return `it has no option "--${name}"; it takes ${own.map(option => `--${option.name}`).join(', ')}`;
  }
  return undefined;
}

function checkPositionals(command: Command, given: readonly string[]): void {
  command.positionals.forEach((positional, index) => {
    const value = given[index];
    if (value === undefined && !positional.optional) throw usage(command, `<${positional.name}> is missing`);
    if (value !== undefined && positional.choices && !positional.choices.includes(value)) {
      throw usage(command, `<${positional.name}> is "${value}"; want one of ${positional.choices.join(', ')}`);
    }
  });
  if (command.positionals.at(-1)?.multiple) return;
  const extra = given[command.positionals.length];
  if (extra !== undefined) throw usage(command, `"${extra}" is one word too many`);
}

/** `server.usage` with the way to the command's help. */
export function usage(command: Pick<Command, 'name'>, problem: string): SallyportError {
  const message = `Cannot run "${command.name}": ${problem}. See: ./bin/sallyport ${command.name} --help`;
  return new SallyportError('server.usage', message, { detail: message });
}
