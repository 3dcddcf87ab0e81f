import type { PartMaker } from '../../make/maker.ts';

/** Nobody has written it yet. */
export const unseenMaker: PartMaker = {
  seed: 'fourth',
  wholes: () => [],
  shapes: [],
  visits: () => [],
  people: [],
  searches: [],
};
