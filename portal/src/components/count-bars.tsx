import type { ReactNode } from 'react';
import styles from './count-bars.module.css';

export interface CountBar {
  readonly key: string;
  readonly label: ReactNode;
  readonly count: number;
  readonly action?: ReactNode;
}

/** Counts as bars against the highest, in the order given. */
export function CountBars({ bars }: { bars: readonly CountBar[] }) {
  const most = Math.max(1, ...bars.map(bar => bar.count));
  return (
    <ul className={styles.bars}>
      {bars.map(bar => (
        <li key={bar.key}>
          <span>{bar.label}</span>
          <b>{bar.count.toLocaleString('en-GB')}</b>
          {bar.action !== undefined && <div className={styles.action}>{bar.action}</div>}
          <i style={{ width: `${(bar.count / most) * 100}%` }} aria-hidden />
        </li>
      ))}
    </ul>
  );
}
