import type { Command } from './command.ts';

/** `n8n-hook` prints the file; whoever runs n8n decides to install it. */
export const hookCommand: Command = {
  name: 'n8n-hook',
  summary: 'Print an external-hook file for n8n: signed events with the actor, and a veto before a run',
  positionals: [{ name: 'site' }],
  options: [],
  examples: [
    'sallyport n8n-hook n8n > sallyport-hook.cjs   # then EXTERNAL_HOOK_FILES=/path/sallyport-hook.cjs for n8n',
  ],
  async run(ctx, args) {
    const { text, notes } = await ctx.client()('operator.n8nHook', { params: { id: args.positionals[0] ?? '' } });
    ctx.out(text);
    ctx.err(notes);
    return 0;
  },
};
