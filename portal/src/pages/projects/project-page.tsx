import { useParams } from '@tanstack/react-router';
import { useApi, useMay } from '../../api/queries.ts';
import { Answer } from '../../components/answer.tsx';
import { Column, Columns } from '../../components/columns.tsx';
import { EmptyState } from '../../components/empty-state.tsx';
import { Page } from '../../components/page.tsx';
import { Panel } from '../../components/panel.tsx';
import { roleLabel } from '../../roles.ts';
import { ProjectMembers } from './project-members.tsx';
import { ProjectResources } from './project-resources.tsx';
import { ProjectSettings } from './project-settings.tsx';
import { ProjectSites } from './project-sites.tsx';
import type { Project } from './projects-page.tsx';
import { RoleGuide } from './role-guide.tsx';

/** One project: who belongs to it and what is in it. */
export function ProjectPage() {
  const { projectId } = useParams({ from: '/projects/$projectId' });
  const projects = useApi('projects.list');
  const project = projects.data?.projects.find(entry => entry.id === projectId);
  const role = project?.ownRole;
  return (
    <Page
      title={project?.name ?? 'Project'}
      lead={project && (role === null ? 'You have no role in this project.' : `You are ${roleLabel(role ?? '')} here.`)}
      back={{ to: '/projects', label: 'Projects' }}
    >
      <Answer query={projects}>
        {() =>
          project === undefined ? (
            <Panel>
              <EmptyState title="No such project">It was deleted, or you do not belong to it.</EmptyState>
            </Panel>
          ) : (
            <Details project={project} />
          )
        }
      </Answer>
    </Page>
  );
}

function Details({ project }: { project: Project }) {
  const mayManageAll = useMay('project.manage');
  const mayOwn = useMay('project.own') || project.ownRole === 'owner';
  const mayManage = mayManageAll || project.ownRole === 'admin' || project.ownRole === 'owner';
  return (
    <>
      <Columns>
        <Column>
          <ProjectMembers project={project} mayManage={mayManage} />
          <ProjectResources project={project} mayAssign={mayOwn} />
        </Column>
        <Column>
          <ProjectSites project={project} />
          <RoleGuide />
          {mayManage && <ProjectSettings key={project.name} project={project} mayDelete={mayOwn} />}
        </Column>
      </Columns>
    </>
  );
}
