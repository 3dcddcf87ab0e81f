import type { Outcome } from './outcome-mark.tsx';

export interface Bucket {
  readonly start: number;
  readonly outcome: Outcome;
  readonly count: number;
}

/** One bar of a chart: a span of time and what happened in it. */
export interface Bar {
  readonly start: number;
  readonly end: number;
  readonly success: number;
  readonly failure: number;
  readonly denied: number;
  readonly total: number;
}

const barsMax = 400;

/** Buckets as bars without gaps, from the bucket that holds `from` to the one that holds `to`; at most the newest 400. */
export function foldBars(buckets: readonly Bucket[], period: { from: number; to: number; bucketMs: number }): Bar[] {
  const { bucketMs } = period;
  const last = Math.floor(Math.max(period.from, period.to - 1) / bucketMs);
  const first = Math.max(Math.floor(period.from / bucketMs), last - barsMax + 1);
  const counts = new Map<number, { success: number; failure: number; denied: number }>();
  for (const bucket of buckets) {
    const index = Math.floor(bucket.start / bucketMs);
    const entry = counts.get(index) ?? { success: 0, failure: 0, denied: 0 };
    entry[bucket.outcome] += bucket.count;
    counts.set(index, entry);
  }
  return Array.from({ length: last - first + 1 }, (_, offset) => {
    const index = first + offset;
    const entry = counts.get(index) ?? { success: 0, failure: 0, denied: 0 };
    const total = entry.success + entry.failure + entry.denied;
    return { start: index * bucketMs, end: (index + 1) * bucketMs, ...entry, total };
  });
}

/** The next round number at or above, for the top of an axis: 1, 2, 3, 4, 5, 6, 8, 10, 15, 20 … */
export function axisTop(value: number): number {
  if (value <= 1) return 1;
  const magnitude = 10 ** Math.floor(Math.log10(value));
  const step = [1, 1.5, 2, 3, 4, 5, 6, 8, 10].find(
    factor => factor * magnitude >= value && Number.isInteger(factor * magnitude),
  );
  return (step ?? 10) * magnitude;
}

/** `07:00 to 08:00`, with the date where a bar spans a day or more. */
export function spanLabel(bar: { start: number; end: number }): string {
  const isDay = bar.end - bar.start >= 86_400_000;
  const time = (at: number) =>
    new Intl.DateTimeFormat(
      'en-GB',
      isDay ? { day: 'numeric', month: 'short' } : { hour: '2-digit', minute: '2-digit' },
    ).format(at);
  return isDay ? time(bar.start) : `${time(bar.start)} to ${time(bar.end)}`;
}

/** Which bars get a label below the axis, so that at most `count` stand there with even spaces. */
export function labelledBars(bars: readonly Bar[], count: number): readonly number[] {
  const every = Math.max(1, Math.ceil(bars.length / count));
  return bars.map((_, index) => index).filter(index => index % every === 0);
}
