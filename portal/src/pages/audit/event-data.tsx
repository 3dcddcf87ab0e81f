import { Fact, Facts } from '../../components/facts.tsx';
import styles from './event-data.module.css';

/** The data of an event, one line per member; the time spent in each layer as bars. */
export function EventData({ data }: { data: Readonly<Record<string, unknown>> }) {
  const { layersUs, ...rest } = data;
  const hasLayers = isNumbers(layersUs) && Object.keys(layersUs).length > 0;
  const entries = Object.entries(rest).filter(([name, value]) => !isNothing(name, value));
  if (entries.length === 0 && !hasLayers) return <p className="quiet">None.</p>;
  return (
    <>
      <Facts>
        {entries.map(([name, value]) => (
          <Fact key={name} name={name}>
            <Value value={value} />
          </Fact>
        ))}
      </Facts>
      {hasLayers && <Layers layersUs={layersUs} />}
    </>
  );
}

/** What was cut before it said anything has no status and no path; other empty texts are names nobody gave. */
function isNothing(name: string, value: unknown): boolean {
  return value === '' || (name === 'status' && value === 0);
}

function Value({ value }: { value: unknown }) {
  if (value === null) return <span className="quiet">none</span>;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return <>{`${value}`}</>;
  if (Array.isArray(value))
    return <>{value.map(entry => (typeof entry === 'string' ? entry : JSON.stringify(entry))).join(', ')}</>;
  return (
    <Facts>
      {Object.entries(value as object).map(([name, inner]) => (
        <Fact key={name} name={name}>
          {typeof inner === 'string' ? inner : JSON.stringify(inner)}
        </Fact>
      ))}
    </Facts>
  );
}

function Layers({ layersUs }: { layersUs: Readonly<Record<string, number>> }) {
  const entries = Object.entries(layersUs);
  const longest = Math.max(1, ...entries.map(([, us]) => us));
  return (
    <table className={styles.layers}>
      <caption>Time in each layer</caption>
      <tbody>
        {entries.map(([name, us]) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td className={styles.track} aria-hidden>
              <span style={{ width: `${(us / longest) * 100}%` }} />
            </td>
            <td>{us >= 1000 ? `${(us / 1000).toFixed(1)} ms` : `${us} µs`}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function isNumbers(value: unknown): value is Readonly<Record<string, number>> {
  return typeof value === 'object' && value !== null && Object.values(value).every(entry => typeof entry === 'number');
}
