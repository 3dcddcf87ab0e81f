import type { Bar } from './outcome-bars.ts';
import { spanLabel } from './outcome-bars.ts';
import type { OutcomeWords } from './outcome-chart.tsx';
import styles from './outcome-table.module.css';

/** The numbers of a chart as a table, newest first. */
export function OutcomeTable({ label, bars, words }: { label: string; bars: readonly Bar[]; words: OutcomeWords }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
    <div className={styles.frame} tabIndex={0}>
      <table className={styles.table}>
        <caption className="visually-hidden">{label}</caption>
        <thead>
          <tr>
            <th scope="col">Time</th>
            {words.map(([outcome, word]) => (
              <th key={outcome} scope="col">
                {word}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {bars.toReversed().map(bar => (
            <tr key={bar.start}>
              <th scope="row">{spanLabel(bar)}</th>
              {words.map(([outcome]) => (
                <td key={outcome}>{bar[outcome].toLocaleString('en-GB')}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
