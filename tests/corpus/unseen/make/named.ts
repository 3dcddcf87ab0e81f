import type { WholeWriter } from '../../make/whole.ts';

/** What names the technique of the requests of one class that are written from then on. */
export const named =
  (write: WholeWriter, kind: string): ((technique: string) => void) =>
  technique =>
    write.as({ class: kind, technique });
