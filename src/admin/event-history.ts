import type { Audit } from '../audit/audit.ts';
import type { Clock } from '../core/clock.ts';
import type { Bus, EventType, SecurityEvent } from '../core/events.ts';

const pageSize = 500;
/** A restart reads back at most this much of each kind from the log; busier gates begin their day anew. */
const pagesMax = 40;
const seenMax = 4 * pageSize * pagesMax;

/** Events as they are recorded, and those that were recorded before. */
export interface EventHistory extends Disposable {
  /** Resolves when what was recorded before this began was read back from the log: once, when first asked for; again where that failed. */
  filled(): Promise<void>;
}

/** Gives each event to `take` once: of every type as it is recorded, of these types also those of the time before. */
export function createEventHistory(
  deps: { bus: Pick<Bus, 'subscribe'>; audit: Pick<Audit, 'search'>; clock: Pick<Clock, 'now'> },
  past: { readonly types: readonly EventType[]; readonly ms: number },
  take: (event: SecurityEvent) => void,
): EventHistory {
  const startedAt = deps.clock.now();
  // Until the log was read back, an event may come both ways; its id tells.
  const seen = new Set<string>();
  let isFilled = false;
  let filling: Promise<void> | undefined;
  const takeOnce = (event: SecurityEvent): void => {
    if (!isFilled) {
      if (seen.has(event.id)) return;
      if (seen.size < seenMax) seen.add(event.id);
    }
    take(event);
  };
  const fill = async (): Promise<void> => {
    try {
      const range = { from: startedAt - past.ms, to: deps.clock.now() };
      for (const type of past.types) await readBack(deps.audit, { ...range, type }, takeOnce);
      isFilled = true;
      seen.clear();
    } catch (error) {
      filling = undefined;
      throw error;
    }
  };
  const unsubscribe = deps.bus.subscribe(takeOnce);
  return {
    filled() {
      filling ??= fill();
      return filling;
    },
    [Symbol.dispose]: unsubscribe,
  };
}

async function readBack(
  audit: Pick<Audit, 'search'>,
  query: { readonly from: number; readonly to: number; readonly type: EventType },
  take: (event: SecurityEvent) => void,
): Promise<void> {
  let cursor: string | undefined;
  for (let page = 0; page < pagesMax; page++) {
    const found = await audit.search({ ...query, limit: pageSize, ...(cursor === undefined ? {} : { cursor }) });
    for (const event of found.events) take(event);
    if (found.next === undefined) return;
    cursor = found.next;
  }
}
