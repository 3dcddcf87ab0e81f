import { useApi } from '../../api/queries.ts';
import { DataTable } from '../../components/data-table.tsx';
import { Moment } from '../../components/moment.tsx';
import { Panel } from '../../components/panel.tsx';

/** The accounts elsewhere that the person signs in with. */
export function OwnLinks() {
  const links = useApi('links.listOwn');
  const shown = links.data?.links ?? [];
  if (shown.length === 0) return null;
  return (
    <Panel title="Signing in through" flush>
      <DataTable
        label="Identity providers"
        rows={shown}
        rowKey={({ providerId }) => providerId}
        columns={[
          { key: 'name', header: 'Provider', narrow: 'title', cell: ({ providerName }) => providerName },
          { key: 'as', header: 'As', cell: ({ email, subject }) => email ?? subject },
          { key: 'seen', header: 'Last', width: '110px', cell: ({ lastSeenAt }) => <Moment time={lastSeenAt} /> },
        ]}
      />
    </Panel>
  );
}
