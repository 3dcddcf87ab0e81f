import { Link } from '@tanstack/react-router';
import { useApi } from '../../api/queries.ts';
import { Answer } from '../../components/answer.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Moment } from '../../components/moment.tsx';
import { Panel } from '../../components/panel.tsx';
import { lastUsedColumn } from '../../components/table-columns.tsx';
import { TwoLines } from '../../components/two-lines.tsx';

/** Accounts for emergencies: kept in an envelope, heard when they are used. */
export function BreakGlass() {
  const accounts = useApi('breakGlass.list');
  return (
    <Panel
      title="Accounts for emergencies"
      note="Owners whose password is kept away for the day when everything else fails. Their sign-in raises an alarm. Mark one on the person’s page."
      flush
    >
      <Answer query={accounts}>
        {data => (
          <DataTable
            label="Accounts for emergencies"
            rows={data.accounts}
            rowKey={({ userId }) => userId}
            columns={[
              {
                key: 'who',
                header: 'Account',
                narrow: 'title',
                cell: ({ email, name, userId }) => (
                  <TwoLines below={email}>
                    <Link to="/people/$personId" params={{ personId: userId }}>
                      {name}
                    </Link>
                  </TwoLines>
                ),
              },
              { key: 'marked', header: 'Marked', width: '130px', cell: ({ markedAt }) => <Moment time={markedAt} /> },
              lastUsedColumn,
            ]}
            empty={
              <EmptyState title="None">When the identity provider is away, only local accounts get in.</EmptyState>
            }
          />
        )}
      </Answer>
    </Panel>
  );
}
