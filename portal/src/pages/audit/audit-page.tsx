import { Button, Switch } from '@mantine/core';
import { IconShieldCheck } from '@tabler/icons-react';
import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback, useState } from 'react';
import { Page } from '../../components/page.tsx';
import type { AuditEvent } from '../../events/event-sentence.ts';
import type { AuditFilter } from './audit-filter.ts';
import { changeFilter } from './audit-filter.ts';
import { AuditHistogram } from './audit-histogram.tsx';
import styles from './audit-page.module.css';
import { AuditTable } from './audit-table.tsx';
import { EventDrawer } from './event-drawer.tsx';
import { FilterBar } from './filter-bar.tsx';
import { VerifyDialog } from './verify-dialog.tsx';

export type ChangeFilter = (change: Parameters<typeof changeFilter>[1]) => void;

/** The audit explorer: who did what to which thing, when, and how it ended. Every question is a link. */
export function AuditPage() {
  const filter = useSearch({ from: '/audit' });
  const navigate = useNavigate();
  const [selected, setSelected] = useState<AuditEvent>();
  const [isLive, setLive] = useState(false);
  const [isVerifying, setVerifying] = useState(false);
  const put = useCallback(
    (next: AuditFilter) => void navigate({ to: '/audit', search: next, replace: true, resetScroll: false }),
    [navigate],
  );
  const change: ChangeFilter = useCallback(asked => put(changeFilter(filter, asked)), [filter, put]);
  return (
    <Page
      title="Audit"
      lead="Every request, sign-in, change and workflow run, as it was recorded."
      actions={
        <div className={styles.actions}>
          <Switch
            label="Live"
            checked={isLive}
            disabled={filter.to !== undefined}
            onChange={event => setLive(event.currentTarget.checked)}
          />
          <Button
            variant="default"
            leftSection={<IconShieldCheck size={16} stroke={1.7} />}
            onClick={() => setVerifying(true)}
          >
            Verify the log
          </Button>
        </div>
      }
    >
      <FilterBar filter={filter} onChange={change} onClear={() => put(changeFilter({}, { range: filter.range }))} />
      <AuditHistogram filter={filter} onChange={change} isLive={isLive} />
      <AuditTable
        filter={filter}
        isLive={isLive && filter.to === undefined}
        selected={selected}
        onSelect={setSelected}
        onClear={() => put({})}
      />
      <EventDrawer
        event={selected}
        onClose={() => setSelected(undefined)}
        onPivot={next => {
          setSelected(undefined);
          put(next);
        }}
      />
      {isVerifying && <VerifyDialog onClose={() => setVerifying(false)} />}
    </Page>
  );
}
