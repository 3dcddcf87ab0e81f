import styles from './outcome-mark.module.css';

export type Outcome = 'success' | 'failure' | 'denied';

const words: Readonly<Record<Outcome, string>> = { success: 'Allowed', failure: 'Failed', denied: 'Denied' };

/** How it ended: a word and a colour, never the colour alone. */
export function OutcomeMark({ outcome }: { outcome: Outcome }) {
  return (
    <span className={styles.mark} data-outcome={outcome}>
      <span className={styles.dot} aria-hidden />
      {words[outcome]}
    </span>
  );
}
