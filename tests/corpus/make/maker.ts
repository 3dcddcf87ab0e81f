/** What the author of one part of the corpus writes: see README.md. Payloads and texts are files beside it, in `attacks/` and `parts/`. */
import type { Whole } from './attack-set.ts';
import type { Chance } from './chance.ts';
import type { Parts } from './parts.ts';
import type { Shape } from './shape.ts';
import type { Visit } from './visit.ts';

export interface PartMaker {
  /** Begins the sequences of chance: another word, another corpus from the same makers. */
  readonly seed: string;
  /** Attacks that are whole requests. */
  readonly wholes: (chance: Chance) => readonly Whole[];
  /** Honest requests as many kinds of sites get them. */
  readonly shapes: readonly Shape[];
  /** One round of what services and people send to webhooks, forms and chats, for the recordings. */
  readonly visits: (chance: Chance, parts: Parts) => Visit[];
  /** Names and searches that honest requests draw from. */
  readonly people: readonly string[];
  readonly searches: readonly string[];
}
