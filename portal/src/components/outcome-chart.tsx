import type { KeyboardEvent } from 'react';
import { Fragment, useRef, useState } from 'react';
import type { Bar } from './outcome-bars.ts';
import { axisTop, labelledBars, spanLabel } from './outcome-bars.ts';
import styles from './outcome-chart.module.css';
import type { Outcome } from './outcome-mark.tsx';
import { OutcomeTable } from './outcome-table.tsx';

export interface OutcomeChartProps {
  readonly label: string;
  readonly bars: readonly Bar[];
  /** What pressing a bar does; said to the person by `pickHint`. */
  readonly onPick: (bar: Bar) => void;
  readonly pickHint: string;
  readonly height?: number;
  /** Only these are told, in these words; all three when left out. */
  readonly words?: OutcomeWords;
}

export type OutcomeWords = readonly (readonly [Outcome, string])[];

const allWords: OutcomeWords = [
  ['success', 'Allowed'],
  ['failure', 'Failed'],
  ['denied', 'Denied'],
];

/** Counts over time by outcome. Bars are reached with the arrow keys; the same numbers stand in a table for those who ask for it. */
export function OutcomeChart({ label, bars, onPick, pickHint, height = 168, words = allWords }: OutcomeChartProps) {
  const [active, setActive] = useState<number>();
  const [asTable, setAsTable] = useState(false);
  const shown = active === undefined ? undefined : bars[active];
  return (
    <figure className={styles.figure}>
      <figcaption className={styles.caption}>
        <span className={styles.readout} aria-hidden={shown === undefined}>
          {shown === undefined ? <Legend words={words} /> : <Readout bar={shown} words={words} />}
        </span>
        <button type="button" className={styles.toggle} aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          {asTable ? 'As chart' : 'As table'}
        </button>
      </figcaption>
      {asTable ? (
        <OutcomeTable label={label} bars={bars} words={words} />
      ) : (
        <Plot
          label={`${label}. ${pickHint}`}
          bars={bars}
          words={words}
          height={height}
          active={active}
          onActive={setActive}
          onPick={onPick}
        />
      )}
    </figure>
  );
}

interface PlotProps {
  readonly label: string;
  readonly words: OutcomeWords;
  readonly bars: readonly Bar[];
  readonly height: number;
  readonly active: number | undefined;
  readonly onActive: (index: number | undefined) => void;
  readonly onPick: (bar: Bar) => void;
}

function Plot({ label, bars, words, height, active, onActive, onPick }: PlotProps) {
  const columns = useRef<HTMLDivElement>(null);
  const top = axisTop(Math.max(0, ...bars.map(bar => bar.total)));
  const reached = Math.min(active ?? bars.length - 1, bars.length - 1);
  const move = (event: KeyboardEvent) => {
    const next = { ArrowLeft: reached - 1, ArrowRight: reached + 1, Home: 0, End: bars.length - 1 }[event.key];
    if (next === undefined || next < 0 || next >= bars.length) return;
    event.preventDefault();
    const button = columns.current?.children[next];
    if (button instanceof HTMLElement) button.focus();
  };
  return (
    <div className={styles.plot}>
      <div className={styles.axis} style={{ height }} aria-hidden>
        <span>{top.toLocaleString('en-GB')}</span>
        {top % 2 === 0 && <span>{(top / 2).toLocaleString('en-GB')}</span>}
        <span>0</span>
      </div>
      <div className={styles.area} style={{ height }}>
        <BarsDrawing bars={bars} top={top} active={active} />
        <div ref={columns} role="group" aria-label={label} className={styles.columns} onKeyDown={move}>
          {bars.map((bar, index) => (
            <button
              key={bar.start}
              type="button"
              tabIndex={index === reached ? 0 : -1}
              aria-label={`${spanLabel(bar)}: ${words.map(([outcome, word]) => `${bar[outcome]} ${word.toLowerCase()}`).join(', ')}`}
              onClick={() => onPick(bar)}
              onFocus={() => onActive(index)}
              onBlur={() => onActive(undefined)}
              onPointerEnter={() => onActive(index)}
              onPointerLeave={() => onActive(undefined)}
            />
          ))}
        </div>
      </div>
      <TimeAxis bars={bars} />
    </div>
  );
}

const unit = 10;
const gap = 1.6;

/** The drawing itself: one unit per bar, stretched to the width there is. */
function BarsDrawing({ bars, top, active }: { bars: readonly Bar[]; top: number; active: number | undefined }) {
  const y = (count: number) => (count / top) * 100;
  return (
    <svg
      viewBox={`0 0 ${bars.length * unit} 100`}
      preserveAspectRatio="none"
      aria-hidden="true"
      className={styles.drawing}
    >
      {[0, 50, 100].map(line => (
        <line key={line} x1="0" x2={bars.length * unit} y1={line} y2={line} className={styles.grid} />
      ))}
      {bars.map((bar, index) => {
        const x = index * unit + gap / 2;
        const parts = [
          ['success', y(bar.success), y(bar.failure) + y(bar.denied)],
          ['failure', y(bar.failure), y(bar.denied)],
          ['denied', y(bar.denied), 0],
        ] as const;
        return (
          <g key={bar.start} data-active={active === index || undefined} className={styles.bar}>
            {parts.map(([outcome, height, below]) =>
              height === 0 ? null : (
                <rect
                  key={outcome}
                  data-outcome={outcome}
                  x={x}
                  width={unit - gap}
                  y={100 - below - height}
                  height={Math.max(height, 0.8)}
                />
              ),
            )}
          </g>
        );
      })}
    </svg>
  );
}

function TimeAxis({ bars }: { bars: readonly Bar[] }) {
  const span = (bars.at(-1)?.end ?? 0) - (bars.at(0)?.start ?? 0);
  const format = new Intl.DateTimeFormat(
    'en-GB',
    span > 2 * 86_400_000 ? { day: 'numeric', month: 'short' } : { hour: '2-digit', minute: '2-digit' },
  );
  return (
    <div className={styles.times} aria-hidden>
      {labelledBars(bars, 8).map(index => (
        <span key={index} style={{ left: `${(index / bars.length) * 100}%` }}>
          {format.format(bars[index]?.start)}
        </span>
      ))}
    </div>
  );
}

function Legend({ words }: { words: OutcomeWords }) {
  return (
    <span className={styles.legend}>
      {words.map(([outcome, word]) => (
        <Fragment key={outcome}>
          <i data-outcome={outcome} /> {word}
        </Fragment>
      ))}
    </span>
  );
}

function Readout({ bar, words }: { bar: Bar; words: OutcomeWords }) {
  return (
    <span className={styles.legend}>
      <b>{spanLabel(bar)}</b>
      {words.map(([outcome]) => (
        <Fragment key={outcome}>
          <i data-outcome={outcome} /> {bar[outcome].toLocaleString('en-GB')}
        </Fragment>
      ))}
    </span>
  );
}
