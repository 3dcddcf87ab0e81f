import type { CorpusPart } from '../corpus.ts';
import { unseenMaker } from '../unseen/make/make.ts';
import { firstMaker } from './make.ts';
import type { PartMaker } from './maker.ts';
import { secondMaker } from './seen-2/make.ts';
import { thirdMaker } from './seen-3/make.ts';

/** Who makes which part. */
export const makers: Readonly<Record<CorpusPart, PartMaker>> = {
  seen: firstMaker,
  'seen-2': secondMaker,
  'seen-3': thirdMaker,
  unseen: unseenMaker,
};

/** Whether anybody has written the makers of a part. */
export const isWritten = (part: CorpusPart): boolean => makers[part].shapes.length > 0;
