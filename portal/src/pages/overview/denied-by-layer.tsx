import { Link } from '@tanstack/react-router';
import { EmptyState } from '../../components/empty-state.tsx';
import { layerWords } from '../perimeter/words.ts';
import styles from './denied-by-layer.module.css';

/** Which layer said no how often, most first. */
export function DeniedByLayer({ layers }: { layers: readonly { layer: string; count: number }[] }) {
  if (layers.length === 0)
    return <EmptyState title="Nothing was denied">No layer refused anything in this time.</EmptyState>;
  const most = Math.max(...layers.map(entry => entry.count));
  return (
    <>
      <ul className={styles.layers}>
        {layers
          .toSorted((a, b) => b.count - a.count)
          .map(entry => (
            <li key={entry.layer}>
              <span>{layerWords(entry.layer)}</span>
              <b>{entry.count.toLocaleString('en-GB')}</b>
              <i style={{ width: `${(entry.count / most) * 100}%` }} aria-hidden />
            </li>
          ))}
      </ul>
      <Link to="/audit" search={{ outcome: 'denied' }} className={styles.more}>
        Show what was denied
      </Link>
    </>
  );
}
