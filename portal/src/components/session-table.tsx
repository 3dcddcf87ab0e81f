import { Button } from '@mantine/core';
import type { OperationOutput } from '../../../src/admin/contract/contract.ts';
import { DataTable } from './data-table.tsx';
import { deviceName } from './device-name.ts';
import { EmptyState } from './empty-state.tsx';
import { methodLabel } from './method-label.ts';
import { Moment } from './moment.tsx';
import styles from './session-table.module.css';
import { TwoLines } from './two-lines.tsx';

export type Session = OperationOutput<'me.listSessions'>['sessions'][number];

/** Sessions, the live ones first; ended ones say why. */
export function SessionTable({
  sessions,
  onEnd,
  ending,
}: {
  sessions: readonly Session[];
  onEnd?: (session: Session) => void;
  ending?: string | undefined;
}) {
  const ordered = sessions.toSorted(
    (a, b) => Number(a.endedAt !== null) - Number(b.endedAt !== null) || b.lastSeenAt - a.lastSeenAt,
  );
  return (
    <DataTable
      label="Sessions"
      rows={ordered}
      rowKey={session => session.id}
      empty={<EmptyState title="No sessions">Nobody is signed in here now.</EmptyState>}
      columns={[
        {
          key: 'device',
          header: 'Device',
          width: 'minmax(0, 2.6fr)',
          narrow: 'title',
          cell: session => (
            <span className={styles.device} title={session.userAgent}>
              {deviceName(session.userAgent)}
              {session.current && <em>This session</em>}
            </span>
          ),
        },
        { key: 'where', header: 'Where', cell: session => <Where session={session} /> },
        {
          key: 'proof',
          header: 'Signed in with',
          cell: session => session.methods.map(methodLabel).join(' + '),
        },
        {
          key: 'seen',
          header: 'Last seen',
          width: 'minmax(0, 1.5fr)',
          cell: session =>
            session.endedAt === null ? (
              <Moment time={session.lastSeenAt} />
            ) : (
              <span className="quiet">
                Ended <Moment time={session.endedAt} />
                {session.endReason !== null && `, ${session.endReason.replaceAll('_', ' ')}`}
              </span>
            ),
        },
        {
          key: 'actions',
          header: '',
          width: onEnd ? '64px' : '0',
          align: 'end',
          narrow: onEnd ? 'bare' : 'hidden',
          cell: session =>
            onEnd && session.endedAt === null && !session.current ? (
              <Button
                size="compact-sm"
                variant="default"
                loading={ending === session.id}
                onClick={() => onEnd(session)}
              >
                End
              </Button>
            ) : null,
        },
      ]}
    />
  );
}

function Where({ session }: { session: Session }) {
  return <TwoLines below={session.clientIp}>{session.host}</TwoLines>;
}
