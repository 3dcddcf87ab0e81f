import { Panel } from '../../components/panel.tsx';
import { projectRoles } from '../../roles.ts';
import styles from './projects-page.module.css';

/** What each role of a project may do, each in addition to the one before. */
export function RoleGuide() {
  return (
    <Panel title="What each role may do">
      <dl className={styles.roles}>
        {projectRoles.map(role => (
          <div key={role.value}>
            <dt>{role.label}</dt>
            <dd>{role.may}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
