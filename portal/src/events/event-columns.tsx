import type { Column } from '../components/data-table.tsx';
import { Moment } from '../components/moment.tsx';
import { OutcomeMark } from '../components/outcome-mark.tsx';
import styles from './event-columns.module.css';
import type { AuditEvent } from './event-sentence.ts';
import { eventSentence } from './event-sentence.ts';

/** The columns of every list of events. The sentence is the button that opens the event. */
export function eventColumns({ onSelect }: { onSelect: (event: AuditEvent) => void }): readonly Column<AuditEvent>[] {
  return [
    {
      key: 'what',
      header: 'What',
      width: 'minmax(0, 5fr)',
      narrow: 'title',
      cell: event => (
        <button type="button" className={styles.what} onClick={() => onSelect(event)}>
          <span>{eventSentence(event)}</span>
          <code>{event.action}</code>
        </button>
      ),
    },
    { key: 'who', header: 'Who', width: 'minmax(0, 2.4fr)', cell: event => <Who event={event} /> },
    {
      key: 'site',
      header: 'Site',
      width: 'minmax(0, 1.2fr)',
      cell: event => event.site ?? <span className="quiet">–</span>,
    },
    { key: 'outcome', header: 'Outcome', width: '92px', cell: event => <OutcomeMark outcome={event.outcome} /> },
    {
      key: 'time',
      header: 'Time',
      width: '132px',
      align: 'end',
      cell: event => <Moment time={event.time} form="log" />,
    },
  ];
}

function Who({ event }: { event: AuditEvent }) {
  return (
    <span className={styles.who}>
      <span title={event.principal.name}>{event.principal.name}</span>
      {event.clientIp !== undefined && <small>{event.clientIp}</small>}
    </span>
  );
}
