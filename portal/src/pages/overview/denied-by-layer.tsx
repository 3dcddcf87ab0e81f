import { Link } from '@tanstack/react-router';
import { CountBars } from '../../components/count-bars.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { layerWords } from '../perimeter/words.ts';
import styles from './denied-by-layer.module.css';

/** Which layer said no how often, most first. */
export function DeniedByLayer({ layers }: { layers: readonly { layer: string; count: number }[] }) {
  if (layers.length === 0)
    return <EmptyState title="Nothing was denied">No layer refused anything in this time.</EmptyState>;
  return (
    <div className={styles.layers}>
      <CountBars
        bars={layers
          .toSorted((a, b) => b.count - a.count)
          .map(({ layer, count }) => ({ key: layer, label: layerWords(layer), count }))}
      />
      <Link to="/audit" search={{ outcome: 'denied' }} className={styles.more}>
        Show what was denied
      </Link>
    </div>
  );
}
