/** Upper bounds in seconds: from 10 µs, where a layer lives, to 30 s, where a slow platform does. */
const bounds = [
  0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
  5, 10, 30,
] as const;

interface Series {
  readonly counts: Float64Array;
  sum: number;
  count: number;
}

/**
 * A latency histogram by one label, made for the request path: one observation is a binary search and two additions. The number of series is
 * bounded; what comes after `seriesMax` label values is counted as `other`.
 */
export interface LatencyHistogram {
  observe(label: string, seconds: number): void;
  /** Prometheus text exposition format 0.0.4. */
  print(): string;
}

export function createLatencyHistogram(options: {
  name: string;
  help: string;
  label: string;
  seriesMax: number;
}): LatencyHistogram {
  const series = new Map<string, Series>();

  function seriesOf(label: string): Series {
    const found = series.get(label);
    if (found) return found;
    if (series.size >= options.seriesMax && label !== 'other') return seriesOf('other');
    const made = { counts: new Float64Array(bounds.length + 1), sum: 0, count: 0 };
    series.set(label, made);
    return made;
  }

  return {
    observe(label, seconds) {
      const one = seriesOf(label);
      let low = 0;
      let high: number = bounds.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (seconds <= (bounds[middle] ?? Infinity)) high = middle;
        else low = middle + 1;
      }
      one.counts[low] = (one.counts[low] ?? 0) + 1;
      one.sum += seconds;
      one.count++;
    },
    print() {
      const lines = [`# HELP ${options.name} ${options.help}`, `# TYPE ${options.name} histogram`];
      for (const [label, one] of series) {
        const name = `${options.label}="${label.replaceAll(/[\\"\n]/g, '_')}"`;
        let cumulative = 0;
        bounds.forEach((bound, index) => {
          cumulative += one.counts[index] ?? 0;
          lines.push(`${options.name}_bucket{${name},le="${bound}"} ${cumulative}`);
        });
        lines.push(`${options.name}_bucket{${name},le="+Inf"} ${one.count}`);
        lines.push(`${options.name}_sum{${name}} ${one.sum}`, `${options.name}_count{${name}} ${one.count}`);
      }
      return `${lines.join('\n')}\n`;
    },
  };
}
