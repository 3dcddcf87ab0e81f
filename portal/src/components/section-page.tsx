import { Link, useLocation } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
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
  const nav = useRef<HTMLElement>(null);
  const { pathname } = useLocation();
  // Where there is no room for all of them, the current one is the one to see.
  useEffect(() => {
    const row = nav.current;
    const current = row?.querySelector<HTMLElement>('[aria-current="page"]');
    if (row && current) row.scrollLeft = current.offsetLeft - (row.clientWidth - current.offsetWidth) / 2;
  }, [pathname]);
  return (
    <Page {...page}>
      <nav aria-label={name} className={styles.tabs} ref={nav}>
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
