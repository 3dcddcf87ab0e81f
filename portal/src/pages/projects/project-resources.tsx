import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { useApi, useMay } from '../../api/queries.ts';
import { Answer } from '../../components/answer.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Panel } from '../../components/panel.tsx';
import { AssignDialog } from './assign-dialog.tsx';
import type { Project } from './projects-page.tsx';

/** What was put into the project. What is assigned nowhere belongs to the default project of its site. */
export function ProjectResources({ project, mayAssign }: { project: Project; mayAssign: boolean }) {
  const resources = useApi('projects.listResources', { params: { id: project.id } });
  const sites = useApi('sites.list');
  const siteName = (id: string) => sites.data?.sites.find(site => site.id === id)?.name ?? id;
  const mayReadAudit = useMay('audit.read');
  const [isAssigning, setAssigning] = useState(false);
  const assign = mayAssign && (
    <Button size="xs" variant="default" onClick={() => setAssigning(true)}>
      Assign
    </Button>
  );
  return (
    <Panel title="Workflows and credentials" flush actions={assign}>
      <Answer query={resources}>
        {data => (
          <DataTable
            label="Workflows and credentials"
            dense
            rows={data.resources}
            rowKey={resource => `${resource.site} ${resource.kind} ${resource.resourceId}`}
            columns={[
              { key: 'kind', header: 'Kind', width: '110px', cell: resource => resource.kind.replaceAll('_', ' ') },
              { key: 'id', header: 'Id', narrow: 'title', cell: resource => <code>{resource.resourceId}</code> },
              { key: 'site', header: 'Site', width: 'minmax(0, 1fr)', cell: resource => siteName(resource.site) },
              {
                key: 'record',
                header: '',
                width: '64px',
                align: 'end',
                narrow: mayReadAudit ? 'bare' : 'hidden',
                cell: resource =>
                  mayReadAudit && (
                    <Link to="/audit" search={{ range: '30d', resource: `${resource.kind}:${resource.resourceId}` }}>
                      Events
                    </Link>
                  ),
              },
            ]}
            empty={
              <EmptyState title="Nothing is assigned to it">
                What is assigned nowhere belongs to the default project of its site. Assign a workflow to close it to
                everybody else.
              </EmptyState>
            }
          />
        )}
      </Answer>
      {isAssigning && <AssignDialog project={project} onClose={() => setAssigning(false)} />}
    </Panel>
  );
}
