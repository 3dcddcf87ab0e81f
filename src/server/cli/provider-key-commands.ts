import type { OperationOutput } from '../../admin/client.ts';
import { type KeyStep, keySteps } from '../../identity/provider-settings.ts';
import type { CliContext, Command } from './command.ts';
import { usage } from './command.ts';
import { findProvider, printAddresses } from './provider-commands.ts';
import { printTable, printTime } from './table.ts';

type OwnKeys = OperationOutput<'providers.listKeys'>['keys'];

const nameArgument = { name: 'provider' } as const;

const show: Command = {
  name: 'providers show',
  summary: 'Show an identity provider: the addresses to give to it, and for SAML the gate’s own keys',
  positionals: [nameArgument],
  options: [],
  examples: ['sallyport providers show campus'],
  async run(ctx, args) {
    const client = ctx.client();
    const found = await findProvider(client, args.positionals[0] ?? '');
    const { keys } = await client('providers.listKeys', { params: { id: found.id } });
    if (ctx.json) {
      ctx.out(`${JSON.stringify({ ...found, keys })}\n`);
      return 0;
    }
    const { domains, enabled, kind, name } = found.provider;
    const state = enabled ? 'on' : 'off';
    ctx.out(`Identity provider "${name}" (${found.slug}): ${kind}, ${state}, ${domains.join(' ') || 'no domains'}.\n`);
    printAddresses(ctx, found);
    if (keys.length > 0) ctx.out(`\n${tableOf(keys)}`);
    return 0;
  },
};

const keys: Command = {
  name: 'providers keys',
  summary: 'Change the gate’s own keys towards a SAML provider, step by step: add, use, drop',
  positionals: [nameArgument, { name: 'step', choices: keySteps }],
  options: [],
  examples: [
    'sallyport providers keys campus add',
    'sallyport providers keys campus use',
    'sallyport providers keys campus drop',
  ],
  async run(ctx, args) {
    const client = ctx.client();
    const [name = '', word] = args.positionals;
    const step = keySteps.find(one => one === word);
    if (step === undefined) throw usage(keys, `want one of ${keySteps.join(', ')}`);
    const { addresses, id } = await findProvider(client, name);
    const made = await client('providers.stepKeys', { params: { id }, body: { step } });
    if (ctx.json) ctx.out(`${JSON.stringify(made.keys)}\n`);
    else sayDone(ctx, { step, keys: made.keys, metadata: addresses['metadata'] ?? '' });
    return 0;
  },
};

/** What is there now, and what has to be done at the provider before the next step. */
function sayDone(ctx: CliContext, done: { step: KeyStep; keys: OwnKeys; metadata: string }): void {
  const { step, keys: made, metadata } = done;
  const next = {
    add: `Now have the provider read ${metadata} anew, wait until it has, then: use.`,
    use: `Try a sign-in. When the provider has read ${metadata} once more: drop.`,
    drop: 'Done: the old keys are gone. The provider may forget their certificates.',
    'drop-next': `Done: the new keys are gone. A provider that has read them must read ${metadata} once more.`,
  } as const satisfies Record<KeyStep, string>;
  ctx.out(`${tableOf(made)}${next[step]}\n`);
}

function tableOf(rows: OwnKeys): string {
  return printTable(
    ['KEYS', 'FOR', 'VALID UNTIL', 'SHA-256 OF THE CERTIFICATE'],
    rows.map(({ fingerprint, role, use, validUntil }) => [role, use, printTime(validUntil), fingerprint]),
  );
}

/** The gate's own keys towards identity providers. */
export const providerKeyCommands: readonly Command[] = [show, keys];
