import { Link } from '@tanstack/react-router';
import type { OperationOutput } from '../../../../src/admin/contract/contract.ts';
import styles from './numbers.module.css';

/** The counts of the day, each a link to what it counts. */
export function Numbers({ overview }: { overview: OperationOutput<'system.overview'> }) {
  const { people, peopleWithMfa } = overview;
  return (
    <dl className={styles.numbers}>
      <Figure name="Requests" note="24 hours" value={overview.requests}>
        <Link to="/audit" search={{ type: 'request.finished' }} aria-label="Show the requests" />
      </Figure>
      <Figure name="Denied" note="24 hours" value={overview.denied} tone={overview.denied > 0 ? 'denied' : undefined}>
        <Link to="/audit" search={{ outcome: 'denied' }} aria-label="Show what was denied" />
      </Figure>
      <Figure
        name="Failed sign-ins"
        note="24 hours"
        value={overview.failedSignIns}
        tone={overview.failedSignIns > 0 ? 'failed' : undefined}
      >
        <Link to="/audit" search={{ type: 'auth.failed' }} aria-label="Show the failed sign-ins" />
      </Figure>
      <Figure name="Executions" note="24 hours" value={overview.executions}>
        <Link to="/audit" search={{ type: 'execution.started' }} aria-label="Show the executions" />
      </Figure>
      <Figure name="Live sessions" note="now" value={overview.sessions} />
      <Figure
        name="Second factor"
        note={peopleWithMfa === people ? 'everybody' : `${people - peopleWithMfa} without`}
        value={`${peopleWithMfa} of ${people}`}
        tone={peopleWithMfa < people ? 'failed' : undefined}
      >
        <Link to="/people" aria-label="Show the people" />
      </Figure>
    </dl>
  );
}

interface FigureProps {
  readonly name: string;
  readonly note: string;
  readonly value: number | string;
  readonly tone?: 'denied' | 'failed' | undefined;
  readonly children?: React.ReactNode;
}

function Figure({ name, note, value, tone, children }: FigureProps) {
  return (
    <div className={styles.figure} data-tone={tone}>
      <dt>{name}</dt>
      <dd>
        <b>{typeof value === 'number' ? value.toLocaleString('en-GB') : value}</b> <small>{note}</small>
        {children}
      </dd>
    </div>
  );
}
