import type { LeakDetector, LeakRule } from '../answers.ts';
import { cards } from './cards.ts';
import { databaseErrors } from './database.ts';
import { disclosures } from './disclosure.ts';
import { identities } from './identities.ts';
import { privateKeys, secrets } from './keys.ts';
import { traces } from './traces.ts';

/** Every detector of the answer side. */
export const leakDetectors: readonly LeakDetector[] = [
  ...traces,
  ...databaseErrors,
  ...disclosures,
  privateKeys,
  ...secrets,
  cards,
  ...identities,
];

/** What may in no case leave, whoever works: keys of machines and numbers of cards. */
export const strictLeakDetectors: readonly LeakDetector[] = [privateKeys, cards];

/** Every rule of the answer side, in their order: what records show. */
export const leakRules: readonly LeakRule[] = leakDetectors.flatMap(detector => detector.rules);
