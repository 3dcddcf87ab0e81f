import type { ReactNode } from 'react';
import styles from './columns.module.css';

/** Two columns where there is room for them, one below the other where there is not; the first is the wider one. */
export function Columns({ children, isEven }: { children: ReactNode; isEven?: boolean }) {
  return (
    <div className={styles.columns} data-even={isEven}>
      {children}
    </div>
  );
}

/** Panels below each other, with the distance that columns have. */
export function Column({ children }: { children: ReactNode }) {
  return <div className={styles.column}>{children}</div>;
}
