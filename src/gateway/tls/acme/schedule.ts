const minuteMs = 60_000;
const backoffFirstMs = 2 * minuteMs;
const backoffMsMax = 12 * 60 * minuteMs;

/**
 * When a certificate is renewed: at two thirds of its life, up to a thirtieth of it earlier by `random`, so that many certificates of one
 * day do not come due in one minute.
 */
export function renewalTime(life: { fromMs: number; untilMs: number }, random: number): number {
  const wholeMs = life.untilMs - life.fromMs;
  return Math.round(life.fromMs + (wholeMs * 2) / 3 - (wholeMs / 30) * random);
}

/**
 * How long to wait after this many failures in a row: from two minutes doubling to twelve hours, a quarter more or less by `random`, and
 * never less than the server asked for. Slow enough for the usual bound of five failed validations an hour.
 */
export function backoffMs(failures: number, retryAfterMs: number | undefined, random: number): number {
  const plain = Math.min(backoffFirstMs * 2 ** Math.min(failures - 1, 20), backoffMsMax);
  return Math.round(Math.max(plain * (0.75 + random / 2), retryAfterMs ?? 0));
}
