import type { ReactNode } from 'react';
import styles from './two-lines.module.css';

/** What something is, and small below it what tells it apart from others; without `below` the first line alone. */
export function TwoLines({ children, below }: { children: ReactNode; below?: ReactNode }) {
  const isBare = below === undefined || below === null || below === false || below === '';
  return (
    <span className={styles.lines}>
      {children}
      {!isBare && <small>{below}</small>}
    </span>
  );
}
