import { randomBytes } from 'node:crypto';
import { createWriteStream, existsSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { systemClock } from '../../core/clock.ts';
import type { Log } from '../../core/log.ts';
import type { LoadedConfig } from '../config.ts';
import { findConfigFile, loadConfig } from '../config.ts';
import { makeDataDir } from '../foundation.ts';
import { createLog } from '../log.ts';
import { startSampleApp } from '../sample-app.ts';
import { protectSample } from '../sample-site.ts';
import type { Sallyport } from '../wiring.ts';
import { readVersion, startSallyport } from '../wiring.ts';
import type { CliContext, Command } from './command.ts';
import { portTaken } from './system-commands.ts';
import { printTime } from './table.ts';

const logBytesMax = 50 * 1024 * 1024;

/** `up` runs the gate until it is told to stop. */
export function upCommand(base: string): Command {
  return {
    name: 'up',
    summary: 'Start the gate and keep it running (what npm start does)',
    positionals: [],
    options: [
      {
        name: 'log',
        describe: 'Where the process log goes (default: file in development, stderr otherwise)',
        choices: ['file', 'stderr'],
      },
    ],
    examples: ['sallyport up', 'sallyport up --config /etc/sallyport/sallyport.yaml'],
    async run(ctx, args) {
      const startedAt = performance.now();
      const loaded = loadConfig(findConfigFile(ctx.configFile, base, ctx.cwd), base);
      const { log, where } = openLog(loaded, args.option('log'));
      await using stack = new AsyncDisposableStack();
      const sallyport = stack.use(
        await startSallyport(loaded, { clock: systemClock, random: randomBytes, env: ctx.env, log }),
      );
      if (loaded.config.sampleApp) await guardSample(sallyport, stack, log);
      const stopped = untilStopped(sallyport, log);
      await greet(ctx, loaded, sallyport, { startedAt, where });
      const reason = await stopped;
      ctx.out(`Stopped (${reason}). Everything recorded is on disk.\n`);
      return 0;
    },
  };
}

/** The sample is there while nothing else is: with another site protected, it is only kept if it was left in place. */
async function guardSample(sallyport: Sallyport, stack: AsyncDisposableStack, log: Log): Promise<void> {
  const { sites } = await sallyport.operator('sites.list');
  if (sites.length > 0 && !sites.some(site => site.name === 'sample')) return;
  const sample = stack.use(await startSampleApp());
  await protectSample(sallyport.operator, sample.origin);
  log.info('sample.started', { port: sample.port });
}

function openLog(loaded: LoadedConfig, named: string | undefined): { log: Log; where: string } {
  const { logLevel: level, profile } = loaded.config;
  // A terminal or a pipe that went away must not end the gate.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  if ((named ?? (profile === 'development' ? 'file' : 'stderr')) === 'stderr')
    return { log: createLog({ level, stream: process.stderr }), where: 'stderr' };
  makeDataDir(loaded.dataDir);
  const file = path.join(loaded.dataDir, 'sallyport.log');
  if (existsSync(file) && statSync(file).size > logBytesMax) renameSync(file, `${file}.1`);
  const stream = createWriteStream(file, { flags: 'a', mode: 0o600 });
  return { log: createLog({ level, stream, fallback: process.stderr }), where: file };
}

/**
 * Resolves with the signal when the gate has stopped: Ctrl-C, a service manager, a terminal that was closed. A second signal while it drains
 * ends the process at once.
 */
function untilStopped(sallyport: Sallyport, log: Log): Promise<string> {
  return new Promise((resolve, reject) => {
    let stopping = false;
    const stop = (signal: NodeJS.Signals) => {
      if (stopping) process.exit(1);
      stopping = true;
      sallyport.stop(signal).then(() => resolve(signal), reject);
    };
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stop(signal));
    process.on('uncaughtException', error => {
      log.error('process.uncaught', { error });
      // The log is written asynchronously: what ended the process must be seen somewhere.
      process.stderr.write(`Sallyport stops because of a fault of its own: ${error.stack ?? error.message}\n`);
      process.exitCode = 1;
      setImmediate(() => process.exit(1));
    });
  });
}

async function greet(
  ctx: CliContext,
  loaded: LoadedConfig,
  sallyport: Sallyport,
  how: { startedAt: number; where: string },
): Promise<void> {
  const seconds = ((performance.now() - how.startedAt) / 1000).toFixed(1);
  const status = await sallyport.operator('system.status');
  const sites = status.sites.map(site => `  ${site.name.padEnd(9)} ${site.address}\n`).join('');
  ctx.out(
    `\nSallyport ${readVersion()} is up (${seconds} s, ${loaded.config.profile}).\n\n  portal    ${sallyport.portalOrigin}\n${sites}`,
  );
  for (const { site, port } of status.closedSites) ctx.out(`\n${portTaken(site, port)}\n`);
  if (status.needsFirstOwner) {
    const link = await sallyport.operator('operator.firstOwnerLink');
    ctx.out(`\nCreate the first Owner (one use, until ${printTime(link.expiresAt)}):\n\n  ${link.url}\n`);
  }
  const guardsMore = status.sites.some(site => site.name !== 'sample');
  if (!guardsMore)
    ctx.out(
      `\nThen put the gate in front of what you run, in a second terminal:\n\n  ./bin/sallyport protect http://localhost:5678${ctx.configFile === undefined ? '' : ` --config ${ctx.configFile}`}\n`,
    );
  if (loaded.config.tls.mode === 'generated') {
    ctx.out(
      `\nThe certificate is signed by a CA made on this machine: trust ${path.join(path.relative(ctx.cwd, loaded.dataDir) || '.', 'tls', 'ca.pem')} once, or accept the warning.\n`,
    );
  }
  ctx.out(`Log: ${how.where === 'stderr' ? 'stderr' : path.relative(ctx.cwd, how.where)} · Stop with Ctrl-C\n`);
}
