import { Link } from '@tanstack/react-router';
import type { OperationOutput } from '../../../../src/admin/contract/contract.ts';
import { plural, relativeTime } from '../../components/time.ts';
import styles from './guard-replay.module.css';

type Replay = OperationOutput<'perimeter.replay'>;

const shownMax = 8;
const words = { pass: 'passed', would_block: 'told only', block: 'stopped' } as const;

/** What a changed guard would do to the requests of before: nothing of it is in force. */
export function GuardReplay({ result }: { result: Replay }) {
  const { examples, heads, newlyBlocked, newlyPassed, since } = result;
  const isSame = newlyBlocked === 0 && newlyPassed === 0;
  return (
    <div className={styles.replay} role="status">
      {heads === 0 ? (
        <p>No request of this site is remembered yet, so there is nothing to try it on.</p>
      ) : (
        <p>
          Tried on the last {plural(heads, 'request')}
          {since === null ? '' : `, the oldest ${relativeTime(since, Date.now())}`}:{' '}
          {isSame ? (
            <b>nothing would change.</b>
          ) : (
            <b>
              {newlyBlocked.toLocaleString('en-GB')} more would be held, {newlyPassed.toLocaleString('en-GB')} fewer.
            </b>
          )}
        </p>
      )}
      {examples.length > 0 && (
        <ul>
          {examples.slice(0, shownMax).map(example => (
            <li key={example.id}>
              <Link to="/perimeter/incidents/$incidentId" params={{ incidentId: example.id }}>
                {example.method} {example.path}
              </Link>
              <span>
                {verdict(example.before)} → {verdict(example.after)}
                {example.matches[0] === undefined ? '' : `: ${example.matches[0].title}`}
              </span>
            </li>
          ))}
        </ul>
      )}
      {examples.length > shownMax && <p className="quiet">And {newlyBlocked + newlyPassed - shownMax} more.</p>}
      <p className="quiet">Addresses, query and headers are judged; bodies are not kept, so nothing is said of them.</p>
    </div>
  );
}

function verdict(value: string): string {
  return Object.entries(words).find(([name]) => name === value)?.[1] ?? value;
}
