import { Link } from '@tanstack/react-router';
import type { PageProps } from './page.tsx';
import { Page } from './page.tsx';
import styles from './section-page.module.css';

export interface SectionTab {
  readonly to: string;
  readonly label: string;
}

/** A page of a section, with the way to the section's others. A tab is current on the pages below it too. */
export function SectionPage({
  name,
  tabs,
  children,
  ...page
}: PageProps & { readonly name: string; readonly tabs: readonly SectionTab[] }) {
  return (
    <Page {...page}>
      <nav aria-label={name} className={styles.tabs}>
        {tabs.map(tab => (
          <Link
            key={tab.to}
            to={tab.to}
            // The first tab's address is the beginning of all others'.
            activeOptions={{ exact: tab.to === tabs[0]?.to, includeSearch: false }}
          >
            {tab.label}
          </Link>
        ))}
      </nav>
      {children}
    </Page>
  );
}
