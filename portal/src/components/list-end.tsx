import type { ReactNode } from 'react';
import styles from './list-end.module.css';

/** The foot of a table: how much there is, or the way to more. */
export function ListEnd({ children }: { children: ReactNode }) {
  return (
    <div className={styles.end} aria-live="polite">
      {children}
    </div>
  );
}
