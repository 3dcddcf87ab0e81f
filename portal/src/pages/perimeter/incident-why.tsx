import { EmptyState } from '../../components/empty-state.tsx';
import styles from './perimeter.module.css';
import type { IncidentDetail, Match } from './words.ts';
import { categoryWords, matchWords, placeWords } from './words.ts';

/** Each rule that matched: in words, where, and the offending part. */
export function IncidentMatches({ incident }: { incident: Pick<IncidentDetail, 'matches' | 'problem' | 'reason'> }) {
  const { matches, problem, reason } = incident;
  if (matches.length === 0 && problem === null)
    return <EmptyState title="No rule of the firewall matched">{reason ?? 'The request went on.'}</EmptyState>;
  return (
    <div className={styles.matches}>
      {problem !== null && (
        <div className={styles.match}>
          <strong>It cannot be read in one way</strong>
          <p>{problem}. What the gate and the application would read differently is refused whatever it says.</p>
        </div>
      )}
      {matches.map(match => (
        <MatchShown key={JSON.stringify(match)} match={match} />
      ))}
    </div>
  );
}

/** One rule that matched. */
export function MatchShown({ match }: { match: Match }) {
  return (
    <article className={styles.match}>
      <header>
        <strong>{matchWords(match)}</strong>
        <span className="quiet nowrap">{match.points === 0 ? 'a sign only' : `${match.points} points`}</span>
      </header>
      <p>
        Found in {placeWords(match)}, by <code>{match.rule}</code>
      </p>
      {match.excerpt !== '' && <Excerpt text={match.excerpt} />}
    </article>
  );
}

const excerptPattern = /^((?:[^\p{L}\p{N}]|[x0])*[x0])?(.*?)([x0](?:[^\p{L}\p{N}]|[x0])*)?$/su;

/**
 * Letters of the surroundings came as `x` and digits as `0`: what begins or ends in nothing else stands back, what is left is the offending
 * part.
 */
function Excerpt({ text }: { text: string }) {
  const [, before = '', part = text, after = ''] = excerptPattern.exec(text) ?? [];
  return (
    <code className={styles.excerpt}>
      {before}
      <mark>{part === '' ? text : part}</mark>
      {part === '' ? '' : after}
    </code>
  );
}

/** Points by category, against the score that blocks. */
export function IncidentScores({ incident: { scores, threshold } }: { incident: IncidentDetail }) {
  const sorted = Object.entries(scores).toSorted((a, b) => b[1] - a[1]);
  const most = Math.max(threshold ?? 0, ...sorted.map(([, points]) => points)) * 1.1;
  return (
    <>
      <ul className={styles.scores}>
        {sorted.map(([category, points]) => (
          <li key={category}>
            <span>{categoryWords(category)}</span>
            <span>{threshold === null ? points : `${points} of ${threshold}`}</span>
            <div className={styles.track} aria-hidden>
              <i
                data-over={(threshold !== null && points >= threshold) || undefined}
                style={{ width: `${(points / most) * 100}%` }}
              />
              {threshold !== null && <b style={{ left: `${(threshold / most) * 100}%` }} />}
            </div>
          </li>
        ))}
      </ul>
      {threshold !== null && (
        <p className={styles.note}>
          One kind at {threshold} points stops a request at this site, or all together at {threshold * 2}.
        </p>
      )}
    </>
  );
}
