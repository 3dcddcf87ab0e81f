import path from 'node:path';
import { importBreached } from '../breached-list.ts';
import type { Command } from './command.ts';

const importList: Command = {
  name: 'passwords import',
  summary:
    'Make the list of breached passwords from a file of SHA-1 in ascending order, as Have I Been Pwned gives it out',
  positionals: [{ name: 'source' }, { name: 'target' }],
  options: [],
  examples: ['sallyport passwords import pwned-passwords-sha1-ordered-by-hash.txt data/breached.bin'],
  async run(ctx, args) {
    const [source = '', target = ''] = args.positionals.map(file => path.resolve(ctx.cwd, file));
    const { entries } = await importBreached(source, target);
    if (ctx.json) ctx.out(`${JSON.stringify({ entries, target })}\n`);
    else ctx.out(`${entries} passwords in ${target}. Name it in the configuration: identity.passwords.breachedFile\n`);
    return 0;
  },
};

export const passwordCommands: readonly Command[] = [importList];
