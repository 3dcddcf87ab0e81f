import { createBurst } from '../transport/stall.ts';

/** Who asks, in the order in which they are served when there is not enough for all. Health checks are answered before anybody is asked. */
export type Priority = 'person' | 'webhook' | 'sign_in' | 'stranger';

/** Turns away as much as the pressure asks for, from the last class up. */
export interface Shedder {
  admits(
    priority: Priority,
    ask: { readonly network: string; readonly pressure: number; readonly nowMs: number },
  ): boolean;
  /**
   * How long the connection of a stranger is not read after the answer: to say no again and again costs nearly as much as to say yes. Spread, so
   * that those who were answered together do not come back together.
   */
  restMs(pressure: number, isAdmitted: boolean): number;
}

interface Rule {
  /** Pressure at which the first of the class is turned away; one above it, as many as `most`. */
  readonly from: number;
  readonly most: number;
  /** Let in whatever the pressure: so many at once, a tenth of it each second. */
  readonly share: number;
}

const rules: Readonly<Record<Priority, Rule>> = {
  // A page of an editor asks for some 400 things at once: it comes whole.
  person: { from: 2, most: 0.9, share: 600 },
  webhook: { from: 1, most: 0.98, share: 100 },
  sign_in: { from: 0, most: 0.98, share: 50 },
  stranger: { from: 0, most: 0.98, share: 50 },
};

/** Who is turned away rests this long and up to three times that; who is let in, a part of it by the pressure. */
const restMs = 1000;
/** The golden ratio's fraction: its multiples fill the circle evenly. */
const spreadStep = 0.618_034;

const slots = 4096;
const windowMs = 1000;
/** A network that asked no more often than this in the last second is served before those that do. */
const quietMax = 4;
const quietHeadStart = 0.5;

/**
 * Exact and without chance: of a class under pressure every so-many-th request is let in. A network that asks seldom comes later into it than one
 * that floods. The memory is fixed: networks are counted in slots, and two that share one are counted together.
 */
export function createShedder(): Shedder {
  const owed: Record<Priority, number> = { person: 0, webhook: 0, sign_in: 0, stranger: 0 };
  const shares = {
    person: createBurst(rules.person.share),
    webhook: createBurst(rules.webhook.share),
    sign_in: createBurst(rules.sign_in.share),
    stranger: createBurst(rules.stranger.share),
  };
  const counts = new Uint16Array(slots);
  let windowEndsMs = 0;
  let spread = 0;

  function isQuiet(network: string, nowMs: number): boolean {
    if (nowMs >= windowEndsMs) {
      counts.fill(0);
      windowEndsMs = nowMs + windowMs;
    }
    const slot = slotOf(network);
    const count = Math.min(65_535, (counts[slot] ?? 0) + 1);
    counts[slot] = count;
    return count <= quietMax;
  }

  return {
    admits(priority, { network, nowMs, pressure }) {
      const rule = rules[priority];
      const start = rule.from + (isQuiet(network, nowMs) ? quietHeadStart : 0);
      const ratio = Math.min(rule.most, Math.max(0, pressure - start));
      if (ratio === 0) return true;
      owed[priority] += ratio;
      if (owed[priority] < 1) return true;
      if (shares[priority].take(nowMs)) return true;
      owed[priority]--;
      return false;
    },
    restMs(pressure, isAdmitted) {
      spread = (spread + spreadStep) % 1;
      return restMs * (isAdmitted ? Math.min(1, pressure) : 1) * (1 + 2 * spread);
    },
  };
}

/** FNV-1a over the text. */
function slotOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return (hash >>> 0) % slots;
}
