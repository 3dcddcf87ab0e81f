import type { OperationInput, OperationOutput } from '../../../../src/admin/contract/contract.ts';

export type OwnKey = OperationOutput<'providers.listKeys'>['keys'][number];
type Step = OperationInput<'providers.stepKeys'>['body']['step'];

/** One step: what its button says, what to do at the provider before, and what it does. */
export interface KeyAct {
  readonly step: Step;
  readonly act: string;
  readonly advice: string;
  readonly effect: string;
}

const add: KeyAct = {
  step: 'add',
  act: 'Add a new key',
  advice: 'To change them, add a new key: the provider can read it while the one in use goes on.',
  effect: 'Its certificates stand in our metadata beside those in use. Nothing else changes yet.',
};
const use: KeyAct = {
  step: 'use',
  act: 'Use the new key',
  advice: 'Have the provider read our metadata again and wait until it has. From then on it takes both keys.',
  effect: 'From the next sign-in on we sign with the new key. A provider that does not know it yet turns people away.',
};
const drop: KeyAct = {
  step: 'drop',
  act: 'Drop the old key',
  advice:
    'Try a sign-in, and have the provider read our metadata once more. What is still encrypted to the old key cannot be read without it.',
  effect: 'It cannot be brought back. Sign-ins whose answer is encrypted to it are refused.',
};

/** The step that is next: what one change left behind goes before another is finished. */
export function nextKeyAct(keys: readonly Pick<OwnKey, 'role'>[]): KeyAct {
  if (keys.some(key => key.role === 'previous')) return drop;
  return keys.some(key => key.role === 'next') ? use : add;
}
