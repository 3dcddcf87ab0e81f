interface End {
  readonly value: string;
  readonly label: string;
}

const hour: End = { value: '1h', label: 'An hour' };
const day: End = { value: '1d', label: 'A day' };
const week: End = { value: '7d', label: 'A week' };
const month: End = { value: '30d', label: '30 days' };
const quarter: End = { value: '90d', label: '90 days' };

/** How long a ban may hold. */
export const endsOfBans: readonly End[] = [hour, day, week, month, { value: 'ever', label: 'Until it is lifted' }];
/** How long an exclusion may hold. */
export const endsOfExclusions: readonly End[] = [
  day,
  week,
  month,
  quarter,
  { value: 'ever', label: 'Until it is removed' },
];

/** When a choice ends, from now; null for one that does not. */
export function endOf(value: string, now: number): number | null {
  const match = /^(\d+)([hd])$/.exec(value);
  return match === null ? null : now + Number(match[1]) * (match[2] === 'h' ? 3_600_000 : 86_400_000);
}
