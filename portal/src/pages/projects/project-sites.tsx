import { Link } from '@tanstack/react-router';
import { useApi, useMay } from '../../api/queries.ts';
import { Answer } from '../../components/answer.tsx';
import { Fact, Facts } from '../../components/facts.tsx';
import { Panel } from '../../components/panel.tsx';
import type { Project } from './projects-page.tsx';

/** The sites whose workflows are in this project unless they are assigned to another, of those the person may see. */
export function ProjectSites({ project }: { project: Project }) {
  const sites = useApi('sites.list');
  const mayManage = useMay('site.manage');
  return (
    <Panel
      title="Sites"
      note="What is on these sites belongs to this project, or to the projects that work there beside it."
    >
      <Answer query={sites}>
        {data => {
          const covered = data.sites.filter(
            site => site.defaultProject === project.id || site.projects.includes(project.id),
          );
          if (covered.length === 0) return <p className="quiet">It works on no site yet.</p>;
          return (
            <Facts>
              {covered.map(site => (
                <Fact
                  key={site.id}
                  name={
                    mayManage ? (
                      <Link to="/sites/$siteId" params={{ siteId: site.id }}>
                        {site.name}
                      </Link>
                    ) : (
                      site.name
                    )
                  }
                >
                  <a href={site.address}>{site.address.replace(/^https:\/\//, '')}</a>
                </Fact>
              ))}
            </Facts>
          );
        }}
      </Answer>
    </Panel>
  );
}
