import type { Bar } from './outcome-bars.ts';
import { spanLabel } from './outcome-bars.ts';
import styles from './outcome-table.module.css';

/** The numbers of a chart as a table, newest first. */
export function OutcomeTable({ label, bars }: { label: string; bars: readonly Bar[] }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keyboard
    <div className={styles.frame} tabIndex={0}>
      <table className={styles.table}>
        <caption className="visually-hidden">{label}</caption>
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">Allowed</th>
            <th scope="col">Failed</th>
            <th scope="col">Denied</th>
          </tr>
        </thead>
        <tbody>
          {bars.toReversed().map(bar => (
            <tr key={bar.start}>
              <th scope="row">{spanLabel(bar)}</th>
              <td>{bar.success.toLocaleString('en-GB')}</td>
              <td>{bar.failure.toLocaleString('en-GB')}</td>
              <td>{bar.denied.toLocaleString('en-GB')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
