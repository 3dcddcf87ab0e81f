import { Button, Checkbox, SegmentedControl } from '@mantine/core';
import { IconAdjustmentsHorizontal } from '@tabler/icons-react';
import { useId, useState } from 'react';
import { useApi } from '../../api/queries.ts';
import { FilterChoice, plainChoices } from '../../components/filter-choice.tsx';
import { SearchField } from '../../components/search-field.tsx';
import { eventTypes } from '../../events/event-sentence.ts';
import type { AuditFilter, AuditOutcome, Range } from './audit-filter.ts';
import { defaultRange, hasConditions } from './audit-filter.ts';
import type { ChangeFilter } from './audit-page.tsx';
import styles from './filter-bar.module.css';
import { PeriodFields } from './period-fields.tsx';

const rangeChoices: readonly { value: Range; label: string }[] = [
  { value: '15m', label: '15 min' },
  { value: '1h', label: '1 hour' },
  { value: '24h', label: '24 hours' },
  { value: '7d', label: '7 days' },
  { value: '30d', label: '30 days' },
  { value: 'all', label: 'All' },
];

const outcomeChoices: { value: AuditOutcome; label: string }[] = [
  { value: 'success', label: 'Allowed' },
  { value: 'failure', label: 'Failed' },
  { value: 'denied', label: 'Denied' },
];

export interface FilterBarProps {
  readonly filter: AuditFilter;
  readonly onChange: ChangeFilter;
  readonly onClear: () => void;
}

/** The conditions of the question; each change goes into the address bar at once. */
export function FilterBar({ filter, onChange, onClear }: FilterBarProps) {
  const isCustom = filter.from !== undefined || filter.to !== undefined;
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  return (
    <search className={styles.bar}>
      <div className={styles.first}>
        <div className={styles.ranges}>
          <SegmentedControl
            aria-label="Period"
            size="xs"
            value={isCustom ? 'custom' : (filter.range ?? defaultRange)}
            data={[...rangeChoices, { value: 'custom', label: 'Custom' }]}
            onChange={value => {
              if (value === 'custom') onChange({ from: startOfHour(Date.now() - 3_600_000), to: undefined });
              else onChange({ range: rangeChoices.find(choice => choice.value === value)?.value });
            }}
          />
        </div>
        <Checkbox
          label="Important only"
          checked={filter.important === true}
          onChange={event => onChange({ important: event.currentTarget.checked || undefined })}
        />
        <Button
          className={styles.more}
          size="xs"
          variant="default"
          aria-expanded={isOpen}
          aria-controls={id}
          leftSection={<IconAdjustmentsHorizontal size={15} />}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? 'Fewer filters' : 'Filters'}
        </Button>
        {hasConditions(filter) && (
          <Button size="xs" variant="subtle" onClick={onClear}>
            Clear filters
          </Button>
        )}
      </div>
      {isCustom && <PeriodFields filter={filter} onChange={onChange} />}
      <div id={id} className={styles.fields} data-open={isOpen || undefined}>
        <ConditionFields filter={filter} onChange={onChange} />
      </div>
    </search>
  );
}

function ConditionFields({ filter, onChange }: Pick<FilterBarProps, 'filter' | 'onChange'>) {
  const sites = useApi('sites.list');
  return (
    <>
      <SearchField
        label="Person"
        value={filter.principal}
        placeholder="E-mail or id"
        onChange={principal => onChange({ principal })}
      />
      <SearchField
        label="Action"
        value={filter.action}
        placeholder="workflow.*"
        onChange={action => onChange({ action })}
      />
      <FilterChoice
        label="Type"
        searchable
        choices={plainChoices(eventTypes)}
        value={filter.type}
        onChange={type => onChange({ type })}
      />
      <FilterChoice
        label="Outcome"
        choices={outcomeChoices}
        value={filter.outcome}
        onChange={outcome => onChange({ outcome })}
      />
      <FilterChoice
        label="Site"
        choices={plainChoices(siteNames(sites.data?.sites.map(site => site.name) ?? [], filter.site))}
        value={filter.site}
        onChange={site => onChange({ site })}
      />
      <SearchField
        label="Resource"
        value={filter.resource}
        placeholder="Name, id or kind:id"
        onChange={resource => onChange({ resource })}
      />
      <SearchField
        label="Request"
        value={filter.requestId}
        placeholder="Request id"
        onChange={requestId => onChange({ requestId })}
      />
    </>
  );
}

/** The sites there are, and the one that is asked for even when it is gone: its events stay. */
function siteNames(names: readonly string[], asked: string | undefined): string[] {
  return [...new Set(asked === undefined ? names : [...names, asked])];
}

function startOfHour(time: number): number {
  return Math.floor(time / 3_600_000) * 3_600_000;
}
