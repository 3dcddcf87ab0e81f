import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useAction, useApi, useMay, useMe } from '../../api/queries.ts';
import { Answer } from '../../components/answer.tsx';
import { ConfirmDialog } from '../../components/confirm-dialog.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Moment } from '../../components/moment.tsx';
import { Panel } from '../../components/panel.tsx';
import { ProblemNotice } from '../../components/problem-notice.tsx';
import { RowButton } from '../../components/row-button.tsx';
import { roleLabel } from '../../roles.ts';
import styles from './people-page.module.css';
import type { Person } from './people-table.tsx';

/** Everything a person holds, and by which way. */
export function PersonAccess({ person }: { person: Person }) {
  const access = useApi('access.ofPerson', { params: { id: person.id } });
  return (
    <Panel title="Holds" flush>
      <Answer query={access}>
        {({ globalRole, ways }) => (
          <DataTable
            label="What the person holds"
            rows={ways}
            rowKey={way => `${way.kind}${way.project}${way.role}${way.grantId}${way.elevationId}`}
            columns={[
              { key: 'role', header: 'Role', width: 'minmax(0, 1.2fr)', narrow: 'title', cell: way => way.roleName },
              { key: 'where', header: 'Where', cell: way => way.projectName ?? 'At the gate itself' },
              {
                key: 'way',
                header: 'By',
                cell: way => {
                  if (way.kind === 'elevation') return 'for a time';
                  if (way.groupId === null) return 'given to them';
                  return (
                    <Link to="/people/groups/$groupId" params={{ groupId: way.groupId }}>
                      {way.groupName ?? 'a group that is gone'}
                    </Link>
                  );
                },
              },
              {
                key: 'until',
                header: 'Until',
                width: '120px',
                cell: way => (way.expiresAt === null ? '' : <Moment time={way.expiresAt} />),
              },
            ]}
            empty={
              <EmptyState title={`${roleLabel(globalRole)} of the gate, and nothing more`}>
                No role in a project, by themselves or by a group.
              </EmptyState>
            }
          />
        )}
      </Answer>
    </Panel>
  );
}

/** The groups of a person, wherever they are kept, and the accounts elsewhere they sign in with. */
export function PersonGroups({ person }: { person: Person }) {
  const groups = useApi('groups.ofPerson', { params: { id: person.id } });
  const links = useApi('links.list', { params: { id: person.id } });
  const mayManage = useMay('user.manage');
  const unlink = useAction('links.delete', { refreshes: ['links.list', 'groups.ofPerson', 'users.listSessions'] });
  const shown = links.data?.links ?? [];
  return (
    <Panel title="Belongs to">
      <Answer query={groups}>
        {data =>
          data.groups.length === 0 ? (
            <p className="quiet">No group.</p>
          ) : (
            <p className={styles.names}>
              {data.groups.map(group => (
                <Link key={group.id} to="/people/groups/$groupId" params={{ groupId: group.id }}>
                  {group.name}
                </Link>
              ))}
            </p>
          )
        }
      </Answer>
      {shown.map(link => (
        <p key={link.providerId} className={styles.link}>
          <span>
            Signs in through <strong>{link.providerName}</strong> as {link.email ?? link.subject}, last{' '}
            <Moment time={link.lastSeenAt} />
          </span>
          {mayManage && (
            <RowButton
              loading={unlink.isPending && unlink.variables.params.providerId === link.providerId}
              onClick={() => unlink.mutate({ params: { id: person.id, providerId: link.providerId } })}
            >
              Unlink
            </RowButton>
          )}
        </p>
      ))}
      <ProblemNotice error={unlink.error} />
    </Panel>
  );
}

/** Marks the account of an Owner as one for emergencies. Owners only. */
export function EmergencyMark({ person }: { person: Person }) {
  const isOwner = useMe().person.role === 'owner';
  const accounts = useApi('breakGlass.list', undefined, { enabled: isOwner });
  const [isAsking, setAsking] = useState(false);
  const options = { refreshes: ['breakGlass.list'] as const, onDone: () => setAsking(false) };
  const mark = useAction('breakGlass.mark', options);
  const unmark = useAction('breakGlass.unmark', options);
  if (!isOwner || person.role !== 'owner' || accounts.data === undefined) return null;
  const isMarked = accounts.data.accounts.some(account => account.userId === person.id);
  const action = isMarked ? unmark : mark;
  return (
    <Panel title="For emergencies" note="An account whose password is kept away, and whose sign-in raises an alarm.">
      <Button size="xs" variant="default" onClick={() => setAsking(true)}>
        {isMarked ? 'Make it an account like any other' : 'Keep this account for emergencies'}
      </Button>
      {isAsking && (
        <ConfirmDialog
          title={isMarked ? 'An account like any other' : 'Keep it for emergencies'}
          act={isMarked ? 'Take the mark away' : 'Mark it'}
          action={action}
          onClose={() => setAsking(false)}
          onConfirm={() => action.mutate({ params: { id: person.id } })}
        >
          {isMarked
            ? 'Its sign-ins raise no alarm any more, and it is disabled when nobody uses it for long.'
            : 'Each sign-in raises an alarm, and it is never disabled for being unused.'}
        </ConfirmDialog>
      )}
    </Panel>
  );
}
