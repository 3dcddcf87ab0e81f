import type { ReactNode } from 'react';
import styles from './state-dot.module.css';

/** A state in words behind its colour. */
export function StateDot({ level, children }: { level: 'good' | 'warn' | 'bad' | 'off'; children: ReactNode }) {
  return (
    <span className={styles.state} data-level={level}>
      <span className={styles.dot} aria-hidden />
      {children}
    </span>
  );
}
