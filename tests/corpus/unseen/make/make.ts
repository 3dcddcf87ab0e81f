/** Everything the unseen part is made from: empty until somebody who builds no detectors writes it (README.md says what). */
import type { PartMaker } from '../../make/maker.ts';

export const unseenMaker: PartMaker = {
  seed: 'third',
  wholes: () => [],
  shapes: [],
  visits: () => [],
  people: [],
  searches: [],
};
