import { Link } from '@tanstack/react-router';
import { EmptyState } from '../components/empty-state.tsx';
import { Page } from '../components/page.tsx';
import { Panel } from '../components/panel.tsx';
import { ProblemNotice } from '../components/problem-notice.tsx';

/** For an address that is no page. */
export function NotFound() {
  return (
    <Page title="No such page">
      <Panel>
        <EmptyState title="There is nothing at this address" action={<Link to="/sites">To the sites</Link>}>
          The link may be old, or the thing it led to was deleted.
        </EmptyState>
      </Panel>
    </Page>
  );
}

/** For a page that threw while it was drawn, or whose bundle could not be loaded after an update. */
export function PageFailure({ error }: { error: unknown }) {
  return (
    <Page title="This page failed">
      <ProblemNotice error={error} onRetry={() => window.location.reload()} />
    </Page>
  );
}
