import { accessCommands } from './access-commands.ts';
import { auditCommands } from './audit-commands.ts';
import type { Command } from './command.ts';
import { factorCommands } from './factor-commands.ts';
import { flowCommands } from './flow-commands.ts';
import { groupCommands } from './group-commands.ts';
import { printCompletion } from './help.ts';
import { hookCommand } from './hook-command.ts';
import { judgeCommand } from './judge-command.ts';
import { keepingCommands } from './keeping-commands.ts';
import { keyCommands } from './key-commands.ts';
import { machineCommands } from './machine-commands.ts';
import { passwordCommands } from './password-commands.ts';
import { peopleCommands } from './people-commands.ts';
import { perimeterCommands } from './perimeter-commands.ts';
import { projectCommands } from './project-commands.ts';
import { providerCommands } from './provider-commands.ts';
import { providerKeyCommands } from './provider-key-commands.ts';
import { reviewCommands } from './review-commands.ts';
import { scimCommands } from './scim-commands.ts';
import { siteCommands } from './site-commands.ts';
import { completionCommand, configCommands, systemCommands } from './system-commands.ts';
import { upCommand } from './up-command.ts';

/** Every command, in the order of the help page. `base` is the folder of the installation. */
export function createCommands(base: string): readonly Command[] {
  const commands: readonly Command[] = [
    upCommand(base),
    ...siteCommands,
    ...systemCommands,
    ...peopleCommands,
    ...factorCommands,
    ...passwordCommands,
    ...keyCommands,
    ...machineCommands,
    ...groupCommands,
    ...providerCommands,
    ...providerKeyCommands,
    ...scimCommands,
    ...projectCommands,
    ...accessCommands,
    ...reviewCommands,
    ...auditCommands,
    ...flowCommands(base),
    ...perimeterCommands,
    ...keepingCommands,
    judgeCommand,
    ...configCommands(base),
    hookCommand,
    completionCommand(shell => printCompletion(shell, commands)),
  ];
  return commands;
}
