import type { Clock } from '../../core/clock.ts';
import type { Exchange } from '../exchange.ts';
import type { PlaneMessage } from '../snapshot.ts';

const tellEveryMs = 60_000;
const notedMax = 50_000;

/** Gathers who used what they hold in which project, and tells it at most once a minute. */
export interface Uses {
  /** Notes an exchange that was let through for what the person holds there. */
  note(exchange: Exchange): void;
  /** Tells what was gathered, when it is time. */
  sweep(): void;
}

/** Bounded: over 50,000 pairs in a minute are told at once. The times are for reviews to read, nothing is decided by them. */
export function createUses(deps: { clock: Clock; tell: (message: PlaneMessage) => void }): Uses {
  let noted = new Map<string, number>();
  let toldAt = deps.clock.now();

  function tell(): void {
    toldAt = deps.clock.now();
    if (noted.size === 0) return;
    const uses = noted;
    noted = new Map();
    deps.tell({ kind: 'used', uses });
  }

  return {
    note({ at, granted, project, signedIn }) {
      if (signedIn === undefined || project === undefined) return;
      if (granted?.kind !== 'permission' && granted?.kind !== 'enter') return;
      noted.set(`${signedIn.person.id}|${project}`, at);
      if (noted.size >= notedMax) tell();
    },
    sweep() {
      if (Math.abs(deps.clock.now() - toldAt) >= tellEveryMs) tell();
    },
  };
}
