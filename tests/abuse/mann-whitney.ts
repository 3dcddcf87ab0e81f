/**
 * How unlikely it is that two samples come from one distribution, by ranks (Mann-Whitney U, normal approximation with correction for ties):
 * the two-sided p. Says nothing of samples below twenty.
 */
export function mannWhitneyP(left: readonly number[], right: readonly number[]): number {
  const all = [...left.map(value => ({ value, isLeft: true })), ...right.map(value => ({ value, isLeft: false }))];
  all.sort((a, b) => a.value - b.value);
  let rankSum = 0;
  let ties = 0;
  for (let at = 0; at < all.length; ) {
    let end = at;
    while (end < all.length && all[end]?.value === all[at]?.value) end++;
    const rank = (at + 1 + end) / 2;
    const size = end - at;
    ties += size ** 3 - size;
    for (let i = at; i < end; i++) if (all[i]?.isLeft === true) rankSum += rank;
    at = end;
  }
  const [m, n, count] = [left.length, right.length, all.length];
  const u = rankSum - (m * (m + 1)) / 2;
  const deviation = Math.sqrt(((m * n) / 12) * (count + 1 - ties / (count * (count - 1))));
  if (deviation === 0) return 1;
  return twoSided(Math.abs(u - (m * n) / 2) / deviation);
}

/** The share of a normal distribution beyond `z` on both sides (Abramowitz and Stegun 7.1.26). */
function twoSided(z: number): number {
  const x = z / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return Math.min(1, series * Math.exp(-x * x));
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
