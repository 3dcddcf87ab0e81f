import { Button, Drawer } from '@mantine/core';
import { CopyIcon } from '../../components/copy-text.tsx';
import { Fact, Facts } from '../../components/facts.tsx';
import { OutcomeMark } from '../../components/outcome-mark.tsx';
import { exactTime } from '../../components/time.ts';
import type { AuditEvent } from '../../events/event-sentence.ts';
import { eventSentence } from '../../events/event-sentence.ts';
import type { AuditFilter } from './audit-filter.ts';
import { EventData } from './event-data.tsx';
import styles from './event-drawer.module.css';

export interface EventDrawerProps {
  readonly event: AuditEvent | undefined;
  readonly onClose: () => void;
  readonly onPivot: (filter: AuditFilter) => void;
}

/** Everything that was recorded of one event, and the questions that follow from it. */
export function EventDrawer({ event, onClose, onPivot }: EventDrawerProps) {
  return (
    <Drawer
      opened={event !== undefined}
      onClose={onClose}
      position="right"
      size={520}
      title={event && <span className={styles.title}>{titleOf(event)}</span>}
    >
      {event && (
        <div className={styles.content}>
          <p className={styles.type}>{event.type}</p>
          <p className={styles.sentence}>
            <strong>{event.principal.name}</strong> {eventSentence(event)}
          </p>
          <div className={styles.state}>
            <OutcomeMark outcome={event.outcome} />
            <span className="quiet">{exactTime(event.time)}</span>
          </div>
          <Pivots event={event} onPivot={onPivot} />
          <Envelope event={event} />
          <h3 className={styles.heading}>Data</h3>
          <EventData data={event.data} />
          <details className={styles.json}>
            <summary>As JSON</summary>
            <div className={styles.copy}>
              <CopyIcon text={JSON.stringify(event, null, 2)} label="JSON" />
            </div>
            <pre>{JSON.stringify(event, null, 2)}</pre>
          </details>
        </div>
      )}
    </Drawer>
  );
}

/** The kind of event in words: `project.member_changed` → `Project member changed`. */
function titleOf({ type }: AuditEvent): string {
  const text = type.replaceAll(/[._]/g, ' ').replaceAll('mfa', 'second factor');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** The questions that follow. Each looks at the last 30 days, as the event may be old. */
function Pivots({ event, onPivot }: { event: AuditEvent; onPivot: (filter: AuditFilter) => void }) {
  const { requestId, resource } = event;
  const pivots: readonly (readonly [string, AuditFilter])[] = [
    ...(requestId === undefined ? [] : [['Same request', { range: 'all', requestId }] as const]),
    ['Same person', { range: '30d', principal: event.principal.id }],
    ...(resource === undefined
      ? []
      : [['Same resource', { range: '30d', resource: `${resource.kind}:${resource.id}` }] as const]),
    ['Same action', { range: '30d', action: event.action }],
  ];
  return (
    <div className={styles.pivots} role="group" aria-label="Look further">
      {pivots.map(([label, filter]) => (
        <Button key={label} size="xs" variant="default" onClick={() => onPivot(filter)}>
          {label}
        </Button>
      ))}
    </div>
  );
}

function Envelope({ event }: { event: AuditEvent }) {
  const { principal, resource } = event;
  return (
    <Facts>
      <Fact name="Action">
        <code>{event.action}</code>
      </Fact>
      <Fact name="Who">
        {principal.name} <span className="quiet">({principal.kind})</span>
        {principal.id !== principal.name && (
          <>
            <br />
            <code className="quiet">{principal.id}</code>
          </>
        )}
      </Fact>
      {resource && (
        <Fact name="Resource">
          {resource.name ?? resource.id} <span className="quiet">({resource.kind})</span>
          {resource.name !== undefined && (
            <>
              <br />
              <code className="quiet">{resource.id}</code>
            </>
          )}
        </Fact>
      )}
      <Optional name="Site" value={event.site} />
      <Optional name="Platform" value={event.platform} />
      <Optional name="Project" value={event.project} />
      <Optional name="Client address" value={event.clientIp} isCode />
      <Optional name="Request" value={event.requestId} isCode />
      <Optional name="Event" value={event.id} isCode />
      <Optional name="Record" value={`${event.seq}`} isCode />
    </Facts>
  );
}

function Optional({ name, value, isCode }: { name: string; value: string | undefined; isCode?: boolean }) {
  if (value === undefined) return null;
  return <Fact name={name}>{isCode ? <code>{value}</code> : value}</Fact>;
}
