import { SallyportError } from '../../core/errors.ts';
import { findConfigFile, loadConfig } from '../config.ts';
import { checkFiles } from '../config-files.ts';
import { refusals } from '../profile.ts';
import type { Command } from './command.ts';
import { printTable, printTime } from './table.ts';

/** What is said of a site whose port could not be opened. */
export function portTaken(site: string, port: number): string {
  return `${site}: port ${port} is taken by another program; nobody reaches the site until it is free.`;
}

const status: Command = {
  name: 'status',
  summary: 'Show whether the gate is up and what it guards',
  positionals: [],
  options: [],
  examples: [],
  async run(ctx) {
    const found = await ctx.client()('system.status');
    if (ctx.json) ctx.out(`${JSON.stringify(found)}\n`);
    else {
      ctx.out(`Sallyport ${found.version} (${found.profile}), up since ${printTime(found.startedAt)}\n`);
      ctx.out(
        `  ${found.ready ? 'ready' : 'NOT READY'}, ${found.recording ? 'recording' : 'NOT RECORDING'}, store ${found.store}, policy revision ${found.revision}\n`,
      );
      ctx.out(
        `  ${found.connections} connections, ${found.activeRequests} requests under way\n  portal ${found.portal}\n\n`,
      );
      const rows = found.sites.map(site => [
        site.name,
        site.platform,
        site.address,
        site.upstreams.map(one => `${one.url} ${one.healthy ? 'up' : 'DOWN'}`).join(', '),
      ]);
      ctx.out(
        rows.length === 0
          ? 'Nothing is protected yet: ./bin/sallyport protect http://localhost:5678\n'
          : printTable(['SITE', 'PLATFORM', 'ADDRESS', 'UPSTREAM'], rows),
      );
      for (const { site, port } of found.closedSites) ctx.out(`\n${portTaken(site, port)}\n`);
      if (found.needsFirstOwner) ctx.out('\nThere is no Owner yet: ./bin/sallyport owner-link\n');
    }
    return found.ready && found.recording && found.closedSites.length === 0 ? 0 : 1;
  },
};

const ownerLink: Command = {
  name: 'owner-link',
  summary: 'Print a new one-time link that creates the first Owner',
  positionals: [],
  options: [],
  examples: [],
  async run(ctx) {
    const link = await ctx.client()('operator.firstOwnerLink');
    ctx.out(
      ctx.json
        ? `${JSON.stringify(link)}\n`
        : `Create the first Owner (one use, until ${printTime(link.expiresAt)}):\n\n  ${link.url}\n\n`,
    );
    return 0;
  },
};

/** `config check` and `config print` are made where the base folder is known. */
export function configCommands(base: string): readonly Command[] {
  const load = (ctx: { configFile: string | undefined; cwd: string }) =>
    loadConfig(findConfigFile(ctx.configFile, base, ctx.cwd), base);
  return [
    {
      name: 'config check',
      summary: 'Check the configuration and say everything that is wrong with it',
      positionals: [],
      options: [],
      examples: ['sallyport config check --config /etc/sallyport/sallyport.yaml'],
      async run(ctx) {
        const loaded = load(ctx);
        const reasons = [...refusals(loaded), ...checkFiles(loaded, ctx.env)];
        const source = loaded.file ?? 'defaults (no sallyport.yaml)';
        if (ctx.json)
          ctx.out(
            `${JSON.stringify({ ok: reasons.length === 0, source, profile: loaded.config.profile, refusals: reasons })}\n`,
          );
        else if (reasons.length === 0) ctx.out(`Good: ${source}, profile ${loaded.config.profile}.\n`);
        else
          ctx.out(
            `${source} is well formed, but with profile ${loaded.config.profile} it would not start:\n${reasons.map(reason => `  ${reason}\n`).join('')}`,
          );
        return reasons.length === 0 ? 0 : 1;
      },
    },
    {
      name: 'config print',
      summary: 'Print the configuration in force, defaults filled in (secrets are references)',
      positionals: [],
      options: [],
      examples: [],
      async run(ctx) {
        ctx.out(`${JSON.stringify(load(ctx).config, null, 2)}\n`);
        return 0;
      },
    },
  ];
}

/** `completion` needs the table it stands in. */
export function completionCommand(print: (shell: 'bash' | 'zsh' | 'fish') => string): Command {
  return {
    name: 'completion',
    summary: 'Print a completion script for your shell',
    positionals: [{ name: 'shell', choices: ['bash', 'zsh', 'fish'] }],
    options: [],
    examples: ['sallyport completion bash > /etc/bash_completion.d/sallyport'],
    async run(ctx, args) {
      const shell = args.positionals[0];
      if (shell !== 'bash' && shell !== 'zsh' && shell !== 'fish')
        throw new SallyportError('server.usage', `Cannot print completion for "${shell ?? ''}"`);
      ctx.out(print(shell));
      return 0;
    },
  };
}

export const systemCommands: readonly Command[] = [status, ownerLink];
