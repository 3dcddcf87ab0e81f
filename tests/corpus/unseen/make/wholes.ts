import type { Whole } from '../../make/attack-set.ts';
import type { Chance } from '../../make/chance.ts';
export function unseenWholes(_chance: Chance): readonly Whole[] {
  return [];
}
