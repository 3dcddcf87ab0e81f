import { Link, useNavigate } from '@tanstack/react-router';
import { useApi } from '../../api/queries.ts';
import { Answer } from '../../components/answer.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Moment } from '../../components/moment.tsx';
import { OutcomeMark } from '../../components/outcome-mark.tsx';
import { Panel } from '../../components/panel.tsx';
import { eventSentence } from '../../events/event-sentence.ts';
import styles from './recent-events.module.css';

/** The newest events that are more than reading. */
export function RecentEvents() {
  const navigate = useNavigate();
  const events = useApi('audit.search', { query: { importantOnly: 'true', limit: 8 } }, { refetchInterval: 15_000 });
  return (
    <Panel
      title="Recent important events"
      actions={
        <Link to="/audit" search={{ important: true }} className={styles.all}>
          Open the audit explorer
        </Link>
      }
    >
      <Answer query={events}>
        {data =>
          data.events.length === 0 ? (
            <EmptyState title="Nothing happened yet">Sign-ins, changes and refusals appear here.</EmptyState>
          ) : (
            <ol className={styles.events}>
              {data.events.map(event => (
                <li key={event.seq}>
                  <button
                    type="button"
                    onClick={() =>
                      void navigate({
                        to: '/audit',
                        search:
                          event.requestId === undefined ? { action: event.action } : { requestId: event.requestId },
                      })
                    }
                  >
                    <b>{event.principal.name}</b> {eventSentence(event)}
                  </button>
                  <OutcomeMark outcome={event.outcome} />
                  <span className={styles.time}>
                    <Moment time={event.time} />
                  </span>
                </li>
              ))}
            </ol>
          )
        }
      </Answer>
    </Panel>
  );
}
