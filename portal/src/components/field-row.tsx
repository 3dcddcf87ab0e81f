import type { ReactNode } from 'react';
import styles from './field-row.module.css';

export interface FieldRowProps {
  /** In line at their tops, for fields that have the same above them and may grow; else at their feet, which suits a button too. */
  readonly isEven?: boolean;
  readonly children: ReactNode;
}

/** Fields beside each other, as many as there is room for. */
export function FieldRow({ isEven, children }: FieldRowProps) {
  return (
    <div className={styles.row} data-even={isEven}>
      {children}
    </div>
  );
}
