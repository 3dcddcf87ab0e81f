import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import type { OperationOutput } from '../../../../src/admin/contract/contract.ts';
import { useApi, useMay } from '../../api/queries.ts';
import { Answer } from '../../components/answer.tsx';
import { DataTable } from '../../components/data-table.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Moment } from '../../components/moment.tsx';
import { Page } from '../../components/page.tsx';
import { Panel } from '../../components/panel.tsx';
import { roleLabel } from '../../roles.ts';
import { NewProjectDialog } from './new-project-dialog.tsx';
import styles from './projects-page.module.css';
import { RoleGuide } from './role-guide.tsx';

export type Project = OperationOutput<'projects.list'>['projects'][number];

/** The rooms in which people share workflows and credentials. */
export function ProjectsPage() {
  const projects = useApi('projects.list');
  const mayCreate = useMay('project.create');
  const [isMaking, setMaking] = useState(false);
  const make = mayCreate && (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setMaking(true)}>
      New project
    </Button>
  );
  return (
    <Page
      title="Projects"
      lead="Workflows, credentials and data sources of one project are closed to everybody outside it."
      actions={make}
    >
      <Panel flush>
        <Answer query={projects}>
          {data =>
            data.projects.length === 0 ? (
              <EmptyState title={mayCreate ? 'There is no project yet' : 'You belong to no project yet'} action={make}>
                {mayCreate
                  ? 'Make one for each team that should see only its own workflows.'
                  : 'Ask an administrator to add you to one.'}
              </EmptyState>
            ) : (
              <ProjectTable projects={data.projects} />
            )
          }
        </Answer>
      </Panel>
      <RoleGuide />
      {isMaking && <NewProjectDialog onClose={() => setMaking(false)} />}
    </Page>
  );
}

function ProjectTable({ projects }: { projects: readonly Project[] }) {
  const navigate = useNavigate();
  return (
    <DataTable
      label="Projects"
      rows={projects}
      rowKey={project => project.id}
      onRow={project => void navigate({ to: '/projects/$projectId', params: { projectId: project.id } })}
      columns={[
        {
          key: 'name',
          header: 'Project',
          width: 'minmax(0, 3fr)',
          narrow: 'title',
          cell: project => (
            <Link to="/projects/$projectId" params={{ projectId: project.id }} className={styles.name}>
              {project.name}
            </Link>
          ),
        },
        { key: 'members', header: 'Members', width: 'minmax(0, 1fr)', cell: project => project.members },
        {
          key: 'role',
          header: 'Your role',
          width: 'minmax(0, 1fr)',
          cell: project =>
            project.ownRole === null ? <span className="quiet">None</span> : roleLabel(project.ownRole),
        },
        {
          key: 'since',
          header: 'Since',
          width: 'minmax(0, 1fr)',
          cell: project => <Moment time={project.createdAt} />,
        },
      ]}
    />
  );
}
