import { TextInput } from '@mantine/core';
import type { AuditFilter } from './audit-filter.ts';
import type { ChangeFilter } from './audit-page.tsx';
import styles from './filter-bar.module.css';
import { fromInput, toInput } from './local-time.ts';

/** The exact ends of a period, in the reader's own time zone. */
export function PeriodFields({ filter, onChange }: { filter: AuditFilter; onChange: ChangeFilter }) {
  return (
    <div className={styles.period}>
      <TextInput
        size="xs"
        type="datetime-local"
        step={1}
        label="From"
        value={toInput(filter.from)}
        onChange={event => onChange({ from: fromInput(event.currentTarget.value), to: filter.to })}
      />
      <TextInput
        size="xs"
        type="datetime-local"
        step={1}
        label="To (open when empty)"
        value={toInput(filter.to)}
        onChange={event => onChange({ from: filter.from ?? 0, to: fromInput(event.currentTarget.value) })}
      />
    </div>
  );
}
