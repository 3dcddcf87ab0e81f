import type { Command } from './command.ts';
import { globalOptions } from './command.ts';

/** The line that shows how a command is written: `sallyport user role <email> <role>`. */
export function synopsis(command: Command): string {
  const words = command.positionals.map(positional =>
    positional.optional ? `[${positional.name}]` : `<${positional.name}>${positional.multiple ? '…' : ''}`,
  );
  return ['sallyport', command.name, ...words, ...(command.options.length > 0 ? ['[options]'] : [])].join(' ');
}

/** The help page of the whole program. */
export function printOverview(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(command => command.name.length));
  const lines = commands.map(command => `  ${command.name.padEnd(width)}  ${command.summary}`);
  return `Sallyport, the guarded gate in front of your automation platform.

Usage: sallyport <command> [options]

${lines.join('\n')}

./bin/sallyport <command> --help explains one command, ./bin/sallyport <first word> --help those that begin with it.
`;
}

/** The help page of commands that begin with the same word: `sallyport providers`. */
export function printFamily(word: string, family: readonly Command[]): string {
  const width = Math.max(...family.map(command => command.name.length));
  const lines = family.map(command => `  ${command.name.padEnd(width)}  ${command.summary}`);
  return `Usage: sallyport ${word} <command> [options]

${lines.join('\n')}

./bin/sallyport ${word} <command> --help explains one command.
`;
}

/** The help page of one command. */
export function printHelp(command: Command): string {
  const options = [...command.options, ...globalOptions].map(option => {
    const name = `--${option.name}${option.flag ? '' : ` <${option.choices?.join('|') ?? 'value'}>`}`;
    return `  ${name.padEnd(34)} ${option.describe}${option.multiple ? ' (may be repeated)' : ''}`;
  });
  const examples =
    command.examples.length === 0
      ? ''
      : `\nExamples:\n${command.examples.map(example => `  ${example.replace(/^sallyport /, './bin/sallyport ')}`).join('\n')}\n`;
  return `${command.summary}

Usage: ${synopsis(command)}

Options:
${options.join('\n')}
${examples}`;
}

/** A completion script for the shell, made from the command table. */
export function printCompletion(shell: 'bash' | 'zsh' | 'fish', commands: readonly Command[]): string {
  if (shell === 'fish') {
    return `${commands
      .map(command => {
        const [first = '', second] = command.name.split(' ');
        const when = second === undefined ? '__fish_use_subcommand' : `__fish_seen_subcommand_from ${first}`;
        return `complete -c sallyport -f -n '${when}' -a '${second ?? first}' -d '${command.summary.replaceAll("'", '')}'`;
      })
      .join('\n')}\n`;
  }
  const firsts = [...new Set(commands.map(command => command.name.split(' ')[0]))].join(' ');
  const seconds = [...Map.groupBy(commands, command => command.name.split(' ')[0] ?? '')]
    .filter(([, group]) => group.some(command => command.name.includes(' ')))
    .map(
      ([first, group]) =>
        `    ${first}) words="${group.map(command => command.name.split(' ')[1] ?? '').join(' ')}" ;;`,
    )
    .join('\n');
  const options = commands
    .map(
      command =>
        `    "${command.name}") words="${[...command.options, ...globalOptions].map(option => `--${option.name}`).join(' ')}" ;;`,
    )
    .join('\n');
  const bash = `_sallyport() {
  local current="\${COMP_WORDS[COMP_CWORD]}" words=""
  if [[ $current == -* ]]; then
    local name="\${COMP_WORDS[1]}"; [[ \${COMP_WORDS[2]} != -* && $COMP_CWORD -gt 2 ]] && name="$name \${COMP_WORDS[2]}"
    case "$name" in
${options}
    esac
  elif [[ $COMP_CWORD -eq 1 ]]; then words="${firsts}"
  elif [[ $COMP_CWORD -eq 2 ]]; then
    case "\${COMP_WORDS[1]}" in
${seconds}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -F _sallyport sallyport
`;
  return shell === 'bash' ? bash : `#compdef sallyport\nautoload -U +X bashcompinit && bashcompinit\n${bash}`;
}
