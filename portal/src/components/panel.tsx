import type { ReactNode } from 'react';
import { useId } from 'react';
import styles from './panel.module.css';

export interface PanelProps {
  readonly title?: string;
  readonly note?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  /** The content brings its own padding, as tables do. */
  readonly flush?: boolean;
  readonly tone?: 'danger';
}

/** A titled surface: the one box that everything stands in. */
export function Panel({ title, note, actions, children, flush, tone }: PanelProps) {
  const id = useId();
  return (
    <section className={styles.panel} data-tone={tone} {...(title === undefined ? {} : { 'aria-labelledby': id })}>
      {title !== undefined && (
        <header className={styles.header}>
          <div>
            <h2 id={id}>{title}</h2>
            {note !== undefined && <p className={styles.note}>{note}</p>}
          </div>
          {actions !== undefined && <div className={styles.actions}>{actions}</div>}
        </header>
      )}
      <div className={flush ? styles.flush : styles.body}>{children}</div>
    </section>
  );
}
