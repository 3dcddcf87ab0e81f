import type { ReactNode } from 'react';
import styles from './list-end.module.css';

/** The foot of a table: how much there is, or the way to more. Who hears the page is told when it changes, where `isTold`. */
export function ListEnd({ children, isTold }: { children: ReactNode; isTold?: boolean }) {
  return (
    <div className={styles.end} aria-live={isTold ? 'polite' : undefined}>
      {children}
    </div>
  );
}
