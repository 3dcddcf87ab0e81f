/**
 * The server is where the rooms meet: configuration, wiring, the command line, metrics, worker processes. `startSallyport` builds the house
 * floor by floor and tears it down in reverse; nobody else constructs a room.
 */

export { askAtTerminal, runCli } from './cli/cli.ts';
export type { Command } from './cli/command.ts';
export { globalOptions } from './cli/command.ts';
export { createCommands } from './cli/commands.ts';
export { synopsis } from './cli/help.ts';
export type { LoadedConfig } from './config.ts';
export { configSchema, loadConfig } from './config.ts';
export type { Seams } from './foundation.ts';
export type { Sallyport } from './wiring.ts';
export { startSallyport } from './wiring.ts';
